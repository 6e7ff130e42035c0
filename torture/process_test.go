package torture

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binaries is the folder of the real hub and terminal.
var binaries string

func TestMain(m *testing.M) {
	flag.Parse()
	// all at once: the tests wait for leases more than they work
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		code = 1
	}
	os.Exit(code)
}

// buildAndRun builds with the project's flags: GOFLAGS of the environment.
func buildAndRun(m *testing.M) (code int, err error) {
	binaries, err = os.MkdirTemp("", "comptoir-torture-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(binaries)) }()
	build := exec.Command("go", "build", "-o", binaries, "./cmd/hub", "./cmd/terminal")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("building: %w\n%s", err, out)
	}
	return m.Run(), nil
}

// process is a hub or a terminal, which may live several times. One goroutine at a time starts
// and ends it; any may write to it.
type process struct {
	name   string
	config string
	args   []string
	log    *tail
	// told is what a terminal says.
	told *told

	cmd   *exec.Cmd
	mu    sync.Mutex // guards stdin
	stdin io.WriteCloser
	// ready is closed by the line that says so, exited when this life has ended.
	ready, exited chan struct{}
}

func newProcess(t *testing.T, name, binary, config string, args ...string) *process {
	p := &process{
		name: name, config: config, log: &tail{}, told: newTold(),
		args: append([]string{filepath.Join(binaries, binary), "--config", config}, args...),
	}
	t.Cleanup(func() {
		if p.cmd != nil {
			p.kill()
		}
	})
	return p
}

func (p *process) start() error {
	cmd := exec.Command(p.args[0], p.args[1:]...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	ready, exited := make(chan struct{}), make(chan struct{})
	saidReady := sync.OnceFunc(func() { close(ready) })
	cmd.Stdout = &lines{each: func(line string) {
		if strings.HasPrefix(line, "ready") {
			saidReady()
		} else if strings.HasPrefix(line, "{") {
			p.told.hear(line)
		}
		p.log.add("out " + line)
	}}
	cmd.Stderr = &lines{each: func(line string) { p.log.add("err " + line) }}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", p.name, err)
	}
	p.log.add(fmt.Sprintf("--- started, pid %d", cmd.Process.Pid))
	p.mu.Lock()
	p.stdin = stdin
	p.mu.Unlock()
	p.cmd, p.ready, p.exited = cmd, ready, exited
	go func() {
		defer close(exited)
		p.log.add(fmt.Sprintf("--- ended: %v", errText(cmd.Wait())))
	}()
	return nil
}

func errText(err error) string {
	if err == nil {
		return "well"
	}
	return err.Error()
}

// alive reports whether the process has not ended by itself.
func (p *process) alive() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// kill ends the process as a power cut does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.exited
}

// terminate asks the process to end, which it must do well within the contract's 5 s.
func (p *process) terminate() (time.Duration, error) {
	begun := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, fmt.Errorf("SIGTERM to %s: %w", p.name, err)
	}
	select {
	case <-p.exited:
	case <-time.After(5 * time.Second):
		p.kill()
		return 0, fmt.Errorf("%s has not ended 5 s after SIGTERM", p.name)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return 0, fmt.Errorf("%s ended with %d after SIGTERM", p.name, code)
	}
	return time.Since(begun), nil
}

// lines cuts what a process writes into lines.
type lines struct {
	each func(line string)
	rest []byte
}

func (l *lines) Write(b []byte) (int, error) {
	l.rest = append(l.rest, b...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			return len(b), nil
		}
		l.each(string(line))
		l.rest = rest
	}
}

// tail keeps the last lines of a process's lives, as evidence.
type tail struct {
	mu    sync.Mutex
	lines []string
	at    time.Time // of the last one
}

// quiet is since when nothing was said.
func (l *tail) quiet() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.at)
}

const (
	kept    = 500 // lines
	longest = 300 // runes: an order is worth several screens
)

func (l *tail) add(line string) {
	if runes := []rune(line); len(runes) > longest {
		line = string(runes[:longest]) + "…"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = time.Now()
	l.lines = append(l.lines, l.at.Format("15:04:05.000 ")+line)
	if len(l.lines) > 2*kept {
		l.lines = append([]string(nil), l.lines[kept:]...)
	}
}

// last gives the last n lines that hold a text.
func (l *tail) last(n int, text string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []string
	for i := len(l.lines) - 1; i >= 0 && len(found) < n; i-- {
		if strings.Contains(l.lines[i], text) {
			found = append([]string{l.lines[i]}, found...)
		}
	}
	return found
}
