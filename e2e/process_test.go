package e2e

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// process is a hub or a terminal of a test; it may live several times.
type process struct {
	name    string
	command []string
	env     []string
	stdin   *os.File // nil for none

	cmd           *exec.Cmd
	ready, exited chan struct{}

	mu   sync.Mutex
	said []string
}

func newProcess(t *testing.T, name string, env []string, args ...string) *process {
	t.Helper()
	p := &process{name: name, command: append([]string{filepath.Join(binaries, name)}, args...), env: env}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("last lines of %s:\n  %s", p.name, strings.Join(p.last(30), "\n  "))
		}
	})
	return p
}

// start starts the process and waits for its line "ready".
func (p *process) start(t *testing.T) {
	t.Helper()
	p.launch(t)
	p.await(t)
}

// launch starts the process.
func (p *process) launch(t *testing.T) {
	t.Helper()
	cmd := exec.Command(p.command[0], p.command[1:]...)
	cmd.Env = append(os.Environ(), p.env...)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = writer, writer
	if p.stdin != nil {
		cmd.Stdin = p.stdin
	}
	err = cmd.Start()
	_ = writer.Close() // the process has its own
	if err != nil {
		_ = reader.Close()
		t.Fatalf("starting %s: %v", p.name, err)
	}
	ready, exited := make(chan struct{}), make(chan struct{})
	p.cmd, p.ready, p.exited = cmd, ready, exited
	go func() {
		defer close(exited)
		p.read(reader, ready)
		err := cmd.Wait()
		p.add(fmt.Sprintf("--- ended: %v", err))
	}()
}

// await waits for the line "ready" of a process that was launched.
func (p *process) await(t *testing.T) {
	t.Helper()
	select {
	case <-p.ready:
	case <-p.exited:
		t.Fatalf("%s ended before it was ready", p.name)
	case <-time.After(20 * time.Second):
		t.Fatalf("%s is not ready after 20 s", p.name)
	}
}

// read keeps what the process says, until it has ended.
func (p *process) read(from io.ReadCloser, ready chan struct{}) {
	defer from.Close()
	scanner := bufio.NewScanner(from)
	scanner.Buffer(nil, 1<<20)
	for first := true; scanner.Scan(); {
		p.add(scanner.Text())
		if first && strings.HasPrefix(scanner.Text(), "ready") {
			first = false
			close(ready)
		}
	}
}

// kill ends the process as a power cut does.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.exited
}

func (p *process) add(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = append(p.said, time.Now().Format("15:04:05.000 ")+line)
}

func (p *process) last(n int) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.said[max(0, len(p.said)-n):]...)
}
