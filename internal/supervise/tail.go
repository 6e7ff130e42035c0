package supervise

import (
	"bytes"
	"io"
	"slices"
	"sync"
)

// keptLines is how many lines of the log go into a report.
const keptLines = 60

// tail passes on what is written, and remembers what a report may hold of it.
type tail struct {
	to io.Writer

	mu    sync.Mutex
	lines []string
	fatal string // the runtime says it before it opens its dump
	rest  []byte // of a line that has no end yet
}

func newTail(to io.Writer) *tail { return &tail{to: to} }

// Write never fails: a log that nobody reads must not stop the program.
func (t *tail) Write(data []byte) (int, error) {
	_, _ = t.to.Write(data)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rest = append(t.rest, data...)
	for {
		line, rest, found := bytes.Cut(t.rest, []byte("\n"))
		if !found {
			break
		}
		t.rest = rest
		if text, is := cleanLog(string(line)); is {
			t.lines = append(t.lines, text)
		} else if fatal.Match(line) {
			t.fatal = string(line)
		}
	}
	if over := len(t.lines) - keptLines; over > 0 {
		t.lines = slices.Delete(t.lines, 0, over)
	}
	const longest = 64 << 10
	if len(t.rest) > longest {
		t.rest = nil
	}
	t.rest = bytes.Clone(t.rest)
	return len(data), nil
}

// last returns the last lines of the log, and the runtime's complaint if there was one.
func (t *tail) last() (lines []string, fatal string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.lines), t.fatal
}
