// Package supervise keeps a program with a window going over its crashes: a parent process, which
// shows nothing, starts it again and writes down what happened. Nothing inside a process outlives
// what it must here: concurrent map writes, a fault in the C code of a graphics driver, the
// kernel's killer of processes that take too much memory.
package supervise

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Exit codes of the child that mean something to the parent. Any other one but 0, and any signal
// that the parent did not send, is a crash.
const (
	// ExitStart: it could not start, and said why. Another start would end the same way.
	ExitStart = 1
	// ExitFailed: a part failed while it worked.
	ExitFailed = 3
	// ExitAgain: it asks for another start, as the error screen does.
	ExitAgain = 4
	// ExitLeft: somebody who may has ended it, and wants it to stay so.
	ExitLeft = 5
	// ExitDisplay: the display did not answer. It may in a moment: a display that has lost its last
	// client begins anew, and refuses clients meanwhile; at boot it may come after its first one.
	ExitDisplay = 6
)

// Parent starts a program and stays beside it.
type Parent struct {
	// Program and Arguments are the child's; it has the environment of the parent, and its
	// standard input, output and errors. Lines on stderr pass through the parent.
	Program   string
	Arguments []string
	// Directory is where reports are written; made if missing.
	Directory string
	Version   string
	Log       *slog.Logger
	// Screen are the environment's entries with which the program shows the plain error screen
	// of a report; the report is "" where none could be written.
	Screen func(report string) []string
	// Most crashes within a time are answered by another start, the next one by the screen; 3
	// within a minute where zero.
	Most   int
	Within time.Duration
	// Grace is how long the child may take to end after a signal; 4.5 s where zero.
	Grace time.Duration
	// Patience is how long a display may take to answer; 10 s where zero.
	Patience time.Duration
}

// ended is how a child ended.
type ended struct {
	code   int // -1: by a signal
	words  string
	ran    time.Duration
	dump   string   // what the runtime said of a crash
	lines  []string // of the log, cleaned
	asked  bool     // the parent was told to end it
	killed bool     // because it did not heed that
	failed error
}

func (e ended) crashed() bool {
	switch e.code {
	case 0, ExitStart, ExitLeft, ExitDisplay:
		return false
	}
	return !e.asked
}

// Run works until the child ends for good, and returns the exit code of the whole. Signals are
// passed on, and end the child for good. It locks its goroutine to its thread, with which the
// child would die.
func (p *Parent) Run(signals <-chan os.Signal) (code int, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var crashes []time.Time
	for {
		select {
		case <-signals: // it came while nobody was there to hear it
			return 0, nil
		default:
		}
		end := p.window(signals, nil)
		if end.failed != nil {
			return ExitStart, end.failed
		}
		if end.code == ExitAgain && !end.asked { // it has been paired, or wants to be
			continue
		}
		if !end.crashed() {
			if end.dump != "" { // SIGQUIT, or SIGABRT of a watchdog: somebody wants to know where it hangs
				p.report(end)
			}
			return exitCode(end), nil
		}
		report := p.report(end)
		crashes = p.recent(append(crashes, time.Now()))
		if len(crashes) <= p.most() {
			p.Log.Warn("starting again after a crash", "crashes", len(crashes))
			continue
		}
		p.Log.Error("too many crashes: showing the error screen", "crashes", len(crashes), "within", p.within())
		shown := p.window(signals, p.Screen(report))
		if shown.asked {
			return exitCode(shown), nil
		}
		if shown.code != ExitAgain { // not even a screen: whoever started us may try later
			return ExitFailed, errors.Join(fmt.Errorf("it crashed %d times within %s", len(crashes), p.within()), shown.failed)
		}
		crashes = nil
	}
}

func (p *Parent) most() int {
	if p.Most == 0 {
		return 3
	}
	return p.Most
}

func (p *Parent) within() time.Duration {
	if p.Within == 0 {
		return time.Minute
	}
	return p.Within
}

func (p *Parent) grace() time.Duration {
	if p.Grace == 0 {
		return 4500 * time.Millisecond
	}
	return p.Grace
}

func (p *Parent) patience() time.Duration {
	if p.Patience == 0 {
		return 10 * time.Second
	}
	return p.Patience
}

// recent drops the crashes that are too long ago to count.
func (p *Parent) recent(crashes []time.Time) []time.Time {
	last := crashes[len(crashes)-1]
	return slices.DeleteFunc(crashes, func(at time.Time) bool { return last.Sub(at) >= p.within() })
}

// exitCode is that of the parent for its child's.
func exitCode(e ended) int {
	switch {
	case e.code == ExitDisplay:
		return ExitStart
	case e.code >= 0:
		return e.code
	case e.killed:
		return ExitFailed
	}
	return 0 // by the signal that it was to end by
}

// window runs the program once its display answers, or gives up.
func (p *Parent) window(signals <-chan os.Signal, environment []string) ended {
	const first, longest = 100 * time.Millisecond, time.Second
	patience := time.After(p.patience())
	for wait := first; ; wait = min(2*wait, longest) {
		end := p.child(signals, environment)
		if end.code != ExitDisplay || end.asked {
			return end
		}
		p.Log.Warn("the display does not answer", "again", wait)
		select {
		case <-time.After(wait):
		case <-signals:
			end.asked = true
			return end
		case <-patience:
			return end
		}
	}
}

// child runs the program once.
func (p *Parent) child(signals <-chan os.Signal, environment []string) (end ended) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return ended{code: ExitStart, failed: fmt.Errorf("a pipe for crashes: %w", err)}
	}
	errs := newTail(os.Stderr)
	cmd := exec.Command(p.Program, p.Arguments...)
	cmd.Env = append(append(os.Environ(), environment...), fmt.Sprintf("%s=%d", variable, crashFile))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, errs
	cmd.ExtraFiles = []*os.File{writer} // the first one is crashFile
	cmd.SysProcAttr = dieTogether()
	const late = time.Second // for what the child started and left behind
	cmd.WaitDelay = late
	began := time.Now()
	err = cmd.Start()
	_ = writer.Close() // the child has its own
	if err != nil {
		_ = reader.Close()
		return ended{code: ExitStart, failed: fmt.Errorf("starting %s: %w", p.Program, err)}
	}
	dump := make(chan string, 1)
	go func() { dump <- readDump(reader) }()

	gone, passed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(passed)
		end.asked, end.killed = p.pass(signals, cmd.Process, gone)
	}()
	_ = cmd.Wait() // ProcessState says it
	close(gone)
	<-passed
	if err := reader.SetReadDeadline(time.Now().Add(late)); err != nil {
		p.Log.Debug("the pipe of crashes has no deadlines", "error", err)
	}
	end.code, end.words, end.ran = cmd.ProcessState.ExitCode(), cmd.ProcessState.String(), time.Since(began)
	end.dump = <-dump
	lines, fatal := errs.last()
	end.lines = lines
	if fatal != "" && end.dump != "" && !strings.HasPrefix(end.dump, "panic: ") && !strings.Contains(end.dump, fatal) {
		end.dump = fatal + "\n\n" + end.dump
	}
	_ = reader.Close() // read to its end
	return end
}

// pass hands signals on until the child is gone, and kills one that does not heed them.
func (p *Parent) pass(signals <-chan os.Signal, child *os.Process, gone <-chan struct{}) (asked, killed bool) {
	var kill <-chan time.Time
	for {
		select {
		case s := <-signals:
			asked = true
			if err := child.Signal(s); err != nil {
				p.Log.Debug("passing a signal on", "signal", s, "error", err)
			}
			if kill == nil {
				kill = time.After(p.grace())
			}
		case <-kill:
			p.Log.Warn("it did not end, and is killed", "after", p.grace())
			killed = true
			_ = child.Kill() // it may have ended just now
		case <-gone:
			return asked, killed
		}
	}
}

// Signals are those that a parent passes on.
func Signals() []os.Signal {
	return []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGABRT}
}

// readDump keeps the beginning of what the runtime says of a crash, and reads it all: the crash
// must not wait for us.
func readDump(from io.Reader) string {
	const most = 1 << 20
	text, err := io.ReadAll(io.LimitReader(from, most))
	if err == nil {
		_, _ = io.Copy(io.Discard, from) // ends with the child
	}
	return string(text)
}
