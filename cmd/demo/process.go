package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is the hub or the terminal, as a user starts it.
type process struct {
	name   string
	cmd    *exec.Cmd
	log    *os.File
	stdin  io.WriteCloser
	ended  chan struct{}
	isUp   chan struct{}
	events chan map[string]any
	once   sync.Once

	mu    sync.Mutex
	lines []string // what it says for people
}

// said is what the process has told people so far.
func (p *process) said() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.lines...)
}

// patience is how long anything in the demo may take.
const patience = 20 * time.Second

// launch starts a command; environment is added to this process's own.
func launch(ctx context.Context, logFile string, environment []string, path string, arguments ...string) (*process, error) {
	log, err := os.Create(logFile)
	if err != nil {
		return nil, fmt.Errorf("making a log: %w", err)
	}
	p := &process{
		name: path, log: log, ended: make(chan struct{}), isUp: make(chan struct{}),
		events: make(chan map[string]any, 1024),
	}
	p.cmd = exec.CommandContext(ctx, path, arguments...)
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 5 * time.Second
	p.cmd.Stderr = log
	p.cmd.Env = append(os.Environ(), environment...)
	stdout, err := p.cmd.StdoutPipe()
	if err == nil {
		p.stdin, err = p.cmd.StdinPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w; build it with make build", path, err)
	}
	go p.read(stdout)
	return p, nil
}

// read follows the process until its end.
func (p *process) read(stdout io.Reader) {
	defer close(p.ended)
	scanner := bufio.NewScanner(stdout)
	scanner.Buffer(nil, 4<<20)
	for scanner.Scan() {
		line := scanner.Text()
		if strings.HasPrefix(line, "ready") {
			p.once.Do(func() { close(p.isUp) })
			continue
		}
		if line != "" && line[0] != '{' {
			p.mu.Lock()
			p.lines = append(p.lines, line)
			p.mu.Unlock()
			continue
		}
		var event map[string]any
		if json.Unmarshal([]byte(line), &event) == nil {
			select {
			case p.events <- event:
			default: // nobody waits for events any more
			}
		}
	}
	_ = p.cmd.Wait() // how it ended is in its log
	_ = p.log.Close()
}

func (p *process) ready(ctx context.Context) error {
	select {
	case <-p.isUp:
		return nil
	case <-p.ended:
		log, _ := os.ReadFile(p.log.Name())
		return fmt.Errorf("%s ended: %s", p.name, strings.TrimSpace(string(log)))
	case <-time.After(patience):
		return fmt.Errorf("%s is not ready after %s", p.name, patience)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait reads events until one is wanted.
func (p *process) wait(ctx context.Context, what string, wanted func(map[string]any) bool) (map[string]any, error) {
	deadline := time.After(patience)
	for {
		select {
		case event := <-p.events:
			if wanted(event) {
				return event, nil
			}
		case <-p.ended:
			return nil, fmt.Errorf("%s ended", p.name)
		case <-deadline:
			return nil, fmt.Errorf("no %s after %s", what, patience)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// command gives the headless terminal a line.
func (p *process) command(value any) error {
	line, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if _, err := p.stdin.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("telling %s: %w", p.name, err)
	}
	return nil
}

func (p *process) stop() {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return
	}
	select {
	case <-p.ended:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill() // it was asked
		<-p.ended
	}
}
