// Package strace reads what the tool strace writes of a program's system calls with -f -y -xx.
package strace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Calls are the system calls that can change a file, and those that show what a program tells
// others, as strace's -e trace= takes them. Those with a question mark are not on every machine.
const Calls = "openat,close,read,write,writev,pwrite64,pwritev,?pwritev2," +
	"sendfile,copy_file_range,splice,fallocate,truncate,ftruncate,fdatasync,fsync,sync_file_range,msync,mmap,lseek," +
	"?rename,?renameat,?renameat2,?unlink,unlinkat,?link,linkat,?dup,dup3,?dup2,io_uring_setup"

// Options are strace's for a trace that Parse understands, written to the file out: all threads,
// the whole of all data, and the traced program as the child of whoever starts strace.
func Options(out string) []string {
	return []string{"-D", "-f", "-y", "-xx", "-s", "16777216", "-e", "signal=kill", "-e", "trace=" + Calls, "-o", out}
}

// Call is one system call.
type Call struct {
	Thread int
	Name   string
	// Args are the arguments as strace writes them. Until the call has returned, those that it
	// fills (what a read gives) are missing.
	Args []string
	// Result is what it returned, negative where it failed; only Returned calls have one.
	Result   int64
	Returned bool
	// ResultFile is the file of a descriptor that it returned.
	ResultFile string
}

// Event is the beginning or the end of a call. strace stops a thread at both, so whatever follows
// from a call's end stands behind it, and whatever led to its beginning stands before it.
type Event struct {
	Call *Call
	// Returned marks the end. A call under way when the program was killed has none.
	Returned bool
}

// Parse reads a whole trace. A last line without its end is left out: strace was killed too.
func Parse(r io.Reader) ([]Event, error) {
	p := parser{open: map[int]*Call{}}
	lines := bufio.NewReaderSize(r, 1<<20)
	for n := 1; ; n++ {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return p.events, nil
		}
		if err == nil {
			err = p.line(strings.TrimSuffix(line, "\n"))
		}
		if err != nil {
			return nil, fmt.Errorf("strace, line %d: %w", n, err)
		}
	}
}

type parser struct {
	events []Event
	open   map[int]*Call // by thread
}

func (p *parser) line(line string) error {
	digits, rest, found := strings.Cut(line, " ")
	thread, err := strconv.Atoi(digits)
	if !found || err != nil {
		return fmt.Errorf("no thread id before %q", clip(line))
	}
	rest = strings.TrimLeft(rest, " ")
	switch {
	case strings.HasPrefix(rest, "---"): // a signal
		return nil
	case strings.HasPrefix(rest, "???"), strings.HasPrefix(rest, "<... ???"):
		return nil // a call that strace could not look at: the thread ended at its beginning
	case strings.HasPrefix(rest, "+++"): // the thread's end
		delete(p.open, thread)
		return nil
	case strings.HasPrefix(rest, "<... "):
		return p.resumed(thread, rest)
	}
	name, rest, found := strings.Cut(rest, "(")
	if !found || name == "" || strings.ContainsAny(name, " <>") {
		return fmt.Errorf("no call in %q", clip(line))
	}
	if p.open[thread] != nil {
		return fmt.Errorf("thread %d begins %s within %s", thread, name, p.open[thread].Name)
	}
	c := &Call{Thread: thread, Name: name}
	args, rest, err := arguments(rest)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	c.Args = args
	p.events = append(p.events, Event{Call: c})
	if rest == "<unfinished ...>" || rest == "<detached ...>" {
		p.open[thread] = c
		return nil
	}
	return p.returned(c, rest)
}

// resumed takes the second half of a call, such as "<... read resumed>"\x41", 1) = 1".
func (p *parser) resumed(thread int, rest string) error {
	name, rest, found := strings.Cut(strings.TrimPrefix(rest, "<... "), " resumed>")
	c := p.open[thread]
	if !found || c == nil || c.Name != name {
		return fmt.Errorf("thread %d resumes %q, which it has not begun", thread, clip(name))
	}
	delete(p.open, thread)
	args, rest, err := arguments(rest)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	c.Args = append(c.Args, args...)
	return p.returned(c, rest)
}

// returned takes what follows the arguments: ") = 5</a/file>", ") = -1 ENOENT (No such file)".
func (p *parser) returned(c *Call, rest string) error {
	rest = strings.TrimPrefix(rest, "<unfinished ...>") // the program was killed in it
	text, found := strings.CutPrefix(strings.TrimLeft(strings.TrimPrefix(rest, ")"), " "), "= ")
	if !strings.HasPrefix(rest, ")") || !found {
		return fmt.Errorf("%s: no result in %q", c.Name, clip(rest))
	}
	if strings.HasPrefix(text, "?") { // it never returned, or will be begun again
		return nil
	}
	number, _, _ := strings.Cut(text, " ")
	number, file, named := strings.Cut(number, "<")
	result, err := strconv.ParseInt(number, 0, 64)
	if unsigned, big := strconv.ParseUint(number, 0, 64); err != nil && big == nil {
		result, err = int64(unsigned), nil // an address; nobody reads it as a number
	}
	if err != nil {
		return fmt.Errorf("%s: the result %q is no number", c.Name, clip(number))
	}
	if named {
		name, err := unescape(strings.TrimSuffix(file, ">"))
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		c.ResultFile = string(name)
	}
	c.Result, c.Returned = result, true
	p.events = append(p.events, Event{Call: c, Returned: true})
	return nil
}

// arguments cuts a list at its commas, down to the parenthesis or the mark that ends it, and gives
// the rest of the line from there.
func arguments(text string) (args []string, rest string, err error) {
	depth, start, quoted := 0, 0, false
	take := func(end int) {
		if arg := strings.TrimSpace(text[start:end]); arg != "" {
			args = append(args, arg)
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case strings.HasPrefix(text[i:], "<unfinished ...>"), strings.HasPrefix(text[i:], "<detached ...>"), c == ')' && depth == 0:
			take(i)
			return args, text[i:], nil
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		case c == ',' && depth == 0:
			take(i)
			start = i + 1
		}
	}
	return nil, "", fmt.Errorf("the arguments do not end: %q", clip(text))
}

func clip(text string) string {
	const most = 80
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
