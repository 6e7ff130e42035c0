package duel

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"comptoir/sync/wire"
)

// Role is the argument that makes this program a server: it then does nothing but Serve.
const Role = "duel-server"

// Process is a server in a process of its own.
type Process struct {
	setup   Setup
	address string
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	errors  bytes.Buffer
}

// Start starts this program again as a server.
func Start(ctx context.Context, setup Setup) (*Process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &Process{setup: setup, command: exec.CommandContext(ctx, program, Role)}
	p.command.Stderr = &p.errors
	p.command.WaitDelay = 5 * time.Second
	if p.in, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	a, err := p.do(setup)
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	p.address = a.Address
	return p, nil
}

// do sends a line and reads the answer.
func (p *Process) do(request any) (answer, error) {
	var a answer
	if err := json.NewEncoder(p.in).Encode(request); err != nil {
		return a, fmt.Errorf("asking %s: %w", p.setup.Kind, err)
	}
	if err := readLine(p.out, &a); err != nil {
		return a, fmt.Errorf("the answer of %s: %w", p.setup.Kind, err)
	}
	if a.Error != "" {
		return a, fmt.Errorf("%s: %s", p.setup.Kind, a.Error)
	}
	return a, nil
}

// Usage is what the process takes now, its garbage given back.
func (p *Process) Usage() (Usage, error) {
	a, err := p.do(request{Usage: true})
	if err != nil {
		return Usage{}, err
	}
	return *a.Usage, nil
}

// Spent is the processor time that the process has had, the kernel's on its behalf included. A
// neighbour on the same cores changes it less than it changes times on a clock.
func (p *Process) Spent() (time.Duration, error) {
	a, err := p.do(request{Spent: true})
	return a.Spent, err
}

// Positions are those of the locations now: what a terminal that has everything comes with.
func (p *Process) Positions() (map[string]wire.Cursor, error) {
	a, err := p.do(request{Positions: true})
	return a.Positions, err
}

// Fill gives each location so many orders more.
func (p *Process) Fill(each int) error {
	_, err := p.do(request{Fill: each})
	return err
}

// Publish changes orders at a steady rate, the locations in turn. It says when what was sent at a
// moment had been stored, both in Unix nanoseconds, by a server that has a log.
func (p *Process) Publish(count int, every time.Duration) (stored map[int64]int64, err error) {
	a, err := p.do(request{Publish: &publish{count, every}})
	return a.Stored, err
}

// Close ends the process, in order.
func (p *Process) Close() error {
	err := errors.Join(p.in.Close(), p.command.Wait())
	if err != nil {
		return fmt.Errorf("%s: %w: %s", p.setup.Kind, err, p.errors.Bytes())
	}
	return nil
}
