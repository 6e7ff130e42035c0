package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// The size of the display and of every window.
const width, height = 1280, 800

// display is a virtual one.
type display struct {
	name   string
	server *exec.Cmd
}

// startDisplay starts Xvfb on a free display.
func startDisplay() (*display, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	server := exec.Command("Xvfb", "-noreset", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{writer}
	err = server.Start()
	_ = writer.Close() // Xvfb has its own
	if err != nil {
		return nil, fmt.Errorf("starting Xvfb: %w: run scripts/setup.sh", err)
	}
	d := &display{server: server}
	if err := reader.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		d.close()
		return nil, err
	}
	number, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		d.close()
		return nil, fmt.Errorf("waiting for Xvfb: %w", err)
	}
	d.name = ":" + strings.TrimSpace(number)
	return d, nil
}

func (d *display) close() {
	_ = d.server.Process.Kill() // it may have ended already
	_ = d.server.Wait()         // killed
}

// process is a window that is measured.
type process struct {
	cmd     *exec.Cmd
	end     context.CancelFunc
	started time.Time
	lines   *bufio.Scanner
	stderr  bytes.Buffer
}

// start starts a program on the display; it is killed after the limit.
func (b *bench) start(ctx context.Context, limit time.Duration, program string, arguments ...string) (*process, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	p := &process{cmd: exec.CommandContext(ctx, program, arguments...), end: cancel}
	p.cmd.Env = append(os.Environ(), "DISPLAY="+b.display, "WAYLAND_DISPLAY=", "XDG_CONFIG_HOME="+filepath.Join(b.dir, "config"))
	p.cmd.WaitDelay = 5 * time.Second
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		cancel()
		return nil, err
	}
	// never written to: a subject ends when it closes, also with us
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		cancel()
		return nil, err
	}
	p.cmd.Cancel = func() error { return errors.Join(p.cmd.Process.Signal(syscall.SIGTERM), stdin.Close()) }
	p.lines = bufio.NewScanner(out)
	p.lines.Buffer(nil, 1<<20)
	p.started = time.Now()
	if err := p.cmd.Start(); err != nil {
		cancel()
		return nil, err
	}
	return p, nil
}

// subject starts this program as one of the windows that are measured.
func (b *bench) subject(ctx context.Context, limit time.Duration, role string, arguments ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return b.start(ctx, limit, self, append([]string{"-subject", role}, arguments...)...)
}

// line is the next one that the process prints.
func (p *process) line() (string, error) {
	if p.lines.Scan() {
		return p.lines.Text(), nil
	}
	if err := p.lines.Err(); err != nil {
		return "", err
	}
	return "", errors.New("a window ended too early: " + strings.TrimSpace(p.stderr.String()))
}

// ready waits for the line "ready", and says how long it took.
func (p *process) ready() (time.Duration, error) {
	line, err := p.line()
	took := time.Since(p.started)
	if err == nil && line != "ready" {
		err = fmt.Errorf("a window said %q, not that it is ready", line)
	}
	return took, err
}

// value reads a line of JSON.
func (p *process) value(into any) error {
	line, err := p.line()
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(line), into)
}

// close ends the process; what it was asked for, it has said.
func (p *process) close() {
	p.end()
	_ = p.cmd.Wait() // ended by us
}
