package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"comptoir/terminal"
)

// Blind is a printer of any kind that is sent nothing but tickets. One counts as sent when all
// of it was written and the conversation ended without an error.
type Blind struct {
	Open func(context.Context) (Conversation, error)
	// Speed is how many bytes a second it takes at least; 960 when zero.
	Speed int
}

var _ Transport = Blind{}

// Connect opens the conversation.
func (b Blind) Connect(ctx context.Context) (Link, error) {
	conn, err := b.Open(ctx)
	if err != nil {
		return nil, err
	}
	speed := b.Speed
	if speed <= 0 {
		speed = slowest
	}
	return &blindLink{conn: conn, speed: speed}, nil
}

type blindLink struct {
	conn   Conversation
	speed  int
	closed bool
}

func (l *blindLink) Close() error {
	if l.closed {
		return nil
	}
	l.closed = true
	return l.conn.Close()
}

func (l *blindLink) Send(ctx context.Context, ticket []byte) (terminal.Outcome, error) {
	limit := defaultWriteTimeout + time.Duration(len(ticket))*time.Second/time.Duration(l.speed)
	if err := l.conn.SetWriteDeadline(time.Now().Add(limit)); err != nil {
		return terminal.NothingLeft, err
	}
	stop := context.AfterFunc(ctx, func() {
		_ = l.conn.SetWriteDeadline(time.Now().Add(lastMoment)) // fails only once closed
	})
	n, err := l.conn.Write(ticket)
	stop()
	switch {
	case err != nil && n == 0:
		return terminal.NothingLeft, err
	case err != nil:
		return terminal.Unknown, err
	}
	if err := l.Close(); err != nil {
		return terminal.Unknown, err
	}
	return terminal.Sent, nil
}

// device opens printers that are files, such as /dev/usb/lp0.
type device struct {
	path string
	// free holds a token while no write is stuck in the file.
	free chan struct{}
}

func newDevice(path string) *device {
	d := &device{path: path, free: make(chan struct{}, 1)}
	d.free <- struct{}{}
	return d
}

// errInUse: the last write of this program has not come back yet.
var errInUse = errors.New("still writing the ticket before")

func (d *device) open(context.Context) (Conversation, error) {
	select {
	case <-d.free:
	default:
		return nil, fmt.Errorf("%s: %w", d.path, errInUse)
	}
	const flags = syscall.O_NOCTTY | syscall.O_NONBLOCK | os.O_APPEND
	file, err := os.OpenFile(d.path, os.O_RDWR|flags, 0)
	if errors.Is(err, os.ErrPermission) { // some may only be written
		file, err = os.OpenFile(d.path, os.O_WRONLY|flags, 0)
	}
	if err != nil {
		d.free <- struct{}{}
		return nil, err
	}
	release := func() { d.free <- struct{}{} }
	if file.SetWriteDeadline(time.Time{}) != nil { // a file that cannot wait
		return newReading(newPatient(file, func() {}), release), nil
	}
	return newReading(file, release), nil
}

// reading reads a file as one reads a connection: that nothing is there is not the end, and one
// that cannot be read is a printer that says nothing.
type reading struct {
	Conversation
	once    sync.Once
	closed  chan struct{}
	release func()
}

func newReading(c Conversation, release func()) *reading {
	return &reading{Conversation: c, closed: make(chan struct{}), release: release}
}

// rereadEvery is how often a file that has nothing to say is read again.
const rereadEvery = 50 * time.Millisecond

func (r *reading) Read(b []byte) (int, error) {
	for {
		n, err := r.Conversation.Read(b)
		if n > 0 {
			return n, nil
		}
		var wait <-chan time.Time
		switch {
		case err == nil, errors.Is(err, io.EOF), errors.Is(err, syscall.EAGAIN):
			wait = time.After(rereadEvery)
		case errors.Is(err, syscall.EBADF), errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.EACCES):
		default:
			return 0, err
		}
		select {
		case <-wait:
		case <-r.closed:
			return 0, os.ErrClosed
		}
	}
}

func (r *reading) Close() error {
	err := os.ErrClosed
	r.once.Do(func() {
		close(r.closed)
		err = r.Conversation.Close()
		if p, ok := r.Conversation.(*patient); ok && !p.idle() {
			go func() { // ends with the write, which the next open waits for
				<-p.idleAgain()
				r.release()
			}()
			return
		}
		r.release()
	})
	return err
}

// patient gives a writer the deadline it lacks. A write that is not over by then goes on in its
// goroutine, as nothing can stop it; abort may.
type patient struct {
	io.ReadWriteCloser
	abort func()

	mu       sync.Mutex
	deadline time.Time
	changed  chan struct{} // closed when the deadline changes
	writing  chan struct{} // closed when the write under way is over; nil before the first
}

func newPatient(rw io.ReadWriteCloser, abort func()) *patient {
	return &patient{ReadWriteCloser: rw, abort: abort, changed: make(chan struct{})}
}

func (p *patient) SetWriteDeadline(t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deadline = t
	close(p.changed)
	p.changed = make(chan struct{})
	return nil
}

// idleAgain is closed once no write is under way.
func (p *patient) idleAgain() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writing == nil {
		over := make(chan struct{})
		close(over)
		return over
	}
	return p.writing
}

func (p *patient) idle() bool {
	select {
	case <-p.idleAgain():
		return true
	default:
		return false
	}
}

func (p *patient) Write(b []byte) (int, error) {
	if !p.idle() {
		return 0, errInUse
	}
	over := make(chan struct{})
	p.mu.Lock()
	p.writing = over
	p.mu.Unlock()
	var n int
	var err error
	content := append([]byte(nil), b...) // the caller's, once this returns
	go func() {
		defer close(over)
		n, err = p.ReadWriteCloser.Write(content)
	}()
	for {
		p.mu.Lock()
		deadline, changed := p.deadline, p.changed
		p.mu.Unlock()
		var late <-chan time.Time
		if !deadline.IsZero() {
			late = time.After(time.Until(deadline))
		}
		select {
		case <-over:
			return n, err
		case <-changed:
		case <-late:
			p.abort()
			return 1, os.ErrDeadlineExceeded // how much has left is not known
		}
	}
}
