package duel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"comptoir/sync/wire"
)

const (
	// pingEvery is a real terminal's. centrifuge pings by itself.
	pingEvery = 5 * time.Second
	// patience is for what takes well under a second on a quiet machine.
	patience = time.Minute
)

// Fleet is many terminals of one server. They do as little as can be, so that the server is what
// is measured: frames are searched for orders, not decoded.
type Fleet struct {
	process *Process
	want    int
	end     context.CancelFunc
	ctx     context.Context
	readers sync.WaitGroup
	buffers sync.Pool

	mu        sync.Mutex
	terminals []*terminal
	level     int // terminals that have what they want
	leveled   chan struct{}
	arrivals  []Arrival
	failure   error
}

// Arrival is one order at one terminal, and when it was given to the server; Unix nanoseconds.
type Arrival struct{ Sent, Read int64 }

// NewFleet makes a fleet whose terminals each want so many orders.
func NewFleet(ctx context.Context, p *Process, want int) *Fleet {
	f := &Fleet{process: p, want: want, leveled: make(chan struct{}), buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
	f.ctx, f.end = context.WithCancel(ctx)
	f.readers.Go(f.ping)
	return f
}

// Connect adds the terminals of the locations from (inclusive) to (exclusive), so many at a time,
// each from its position, and returns when all are welcome.
func (f *Fleet) Connect(from, to, together int, positions map[string]wire.Cursor) error {
	slots := make(chan struct{}, together)
	failures := make(chan error, (to-from)*f.process.setup.Each)
	var group sync.WaitGroup
	for i := from; i < to; i++ {
		for j := range f.process.setup.Each {
			slots <- struct{}{}
			group.Go(func() {
				defer func() { <-slots }()
				if err := f.connect(i, j, positions[location(i)]); err != nil {
					failures <- err
				}
			})
		}
	}
	group.Wait()
	return first(failures)
}

func (f *Fleet) connect(i, j int, at wire.Cursor) error {
	t := &terminal{fleet: f, welcome: make(chan struct{})}
	if err := t.dial(i, j, at); err != nil {
		return fmt.Errorf("connecting a terminal to %s: %w", f.process.setup.Kind, err)
	}
	f.mu.Lock()
	f.terminals = append(f.terminals, t)
	f.mu.Unlock()
	f.readers.Go(t.read)
	select {
	case <-t.welcome:
		return nil
	case <-time.After(patience):
		return errors.New("a terminal was not welcomed")
	case <-f.ctx.Done():
		return f.ctx.Err()
	}
}

// Wait returns when every terminal has as many orders as it wants.
func (f *Fleet) Wait() error {
	select {
	case <-f.leveled:
		return nil
	case <-time.After(patience):
	case <-f.ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Join(f.failure, f.ctx.Err(), fmt.Errorf("%d of %d terminals have their orders", f.level, len(f.terminals)))
}

// Arrivals are all that the terminals have had.
func (f *Fleet) Arrivals() []Arrival {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.arrivals
}

// Ping has every terminal of a hub ping it once, as each does after a while.
func (f *Fleet) Ping() error {
	if f.process.setup.Kind != Hub {
		return nil
	}
	f.mu.Lock()
	terminals := f.terminals
	f.mu.Unlock()
	for _, t := range terminals {
		if err := t.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(patience)); err != nil {
			return fmt.Errorf("ping: %w", err)
		}
	}
	return nil
}

func (f *Fleet) ping() {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if err := f.Ping(); err != nil {
				f.fail(err)
			}
		case <-f.ctx.Done():
			return
		}
	}
}

func (f *Fleet) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ctx.Err() == nil && f.failure == nil {
		f.failure = err
	}
}

// Close ends all connections. It tells the first failure, of a terminal that the server lost.
func (f *Fleet) Close() error {
	f.end()
	f.mu.Lock()
	for _, t := range f.terminals {
		_ = t.conn.Close() // it is over either way
	}
	f.mu.Unlock()
	f.readers.Wait()
	return f.failure
}

// terminal is one connection.
type terminal struct {
	fleet   *Fleet
	conn    *websocket.Conn
	welcome chan struct{}
	// The rest is the reader's.
	welcomed bool
	got      int
}

func (t *terminal) dial(i, j int, at wire.Cursor) error {
	dialer := websocket.Dialer{ReadBufferSize: 4096, WriteBufferPool: &writeBuffers, HandshakeTimeout: patience}
	header := http.Header{}
	address := "ws://" + t.fleet.process.address
	var hello [][]byte
	if t.fleet.process.setup.Kind == Hub {
		request := http.Request{Header: header}
		request.SetBasicAuth(device(i, j), deviceKey)
		address += wire.Path
		frame, err := wire.Encode(wire.FromTerminal{Hello: &wire.Hello{
			Version: wire.Version, Cursors: map[string]wire.Cursor{location(i): at}, Orderings: true,
			Stations: map[string][]string{wire.AnyLocation: {"grill", "bar"}},
		}})
		if err != nil {
			return err
		}
		hello = [][]byte{frame}
	} else {
		hello = [][]byte{
			fmt.Appendf(nil, `{"id":1,"connect":{"name":%q}}`, device(i, j)),
			fmt.Appendf(nil, `{"id":2,"subscribe":{"channel":%q,"recover":%t,"recoverable":true,"offset":%d,"epoch":%q}}`, location(i), at.Epoch != "", at.Sequence, at.Epoch),
		}
	}
	conn, response, err := dialer.DialContext(t.fleet.ctx, address, header)
	if err != nil {
		if response != nil {
			return fmt.Errorf("%w: %s", err, response.Status)
		}
		return err
	}
	t.conn = conn
	for _, frame := range hello {
		if err := conn.WriteMessage(websocket.TextMessage, frame); err != nil {
			return err
		}
	}
	return nil
}

var writeBuffers sync.Pool

// read takes frames until the connection ends.
func (t *terminal) read() {
	for {
		if err := t.frame(); err != nil {
			t.fleet.fail(err)
			return
		}
	}
}

func (t *terminal) frame() error {
	_, r, err := t.conn.NextReader()
	if err != nil {
		return err
	}
	buffer := t.fleet.buffers.Get().(*bytes.Buffer)
	defer t.fleet.buffers.Put(buffer)
	buffer.Reset()
	if _, err := buffer.ReadFrom(r); err != nil {
		return err
	}
	now, data := time.Now(), buffer.Bytes()
	if t.fleet.process.setup.Kind == Centrifuge && string(data) == "{}" { // a ping
		return t.conn.WriteMessage(websocket.TextMessage, data)
	}
	if !t.welcomed && (bytes.HasPrefix(data, []byte(`{"welcome"`)) || bytes.Contains(data, []byte(`"id":2,"subscribe"`))) {
		t.welcomed = true
		close(t.welcome)
	}
	return t.count(data, now)
}

// count finds the orders in a frame.
func (t *terminal) count(data []byte, now time.Time) error {
	var arrivals []Arrival
	for {
		_, rest, found := bytes.Cut(data, []byte(stamp))
		if !found {
			break
		}
		digits, rest, _ := bytes.Cut(rest, []byte(`"`))
		sent, err := strconv.ParseInt(string(digits), 10, 64)
		if err != nil {
			return fmt.Errorf("an order's stamp: %w", err)
		}
		arrivals, data = append(arrivals, Arrival{sent, now.UnixNano()}), rest
	}
	if len(arrivals) == 0 {
		return nil
	}
	f := t.fleet
	f.mu.Lock()
	defer f.mu.Unlock()
	f.arrivals = append(f.arrivals, arrivals...)
	before := t.got
	t.got += len(arrivals)
	if t.got > f.want {
		return fmt.Errorf("a terminal got %d orders, not %d", t.got, f.want)
	}
	if before < f.want && t.got == f.want {
		f.level++
		if f.level == f.process.setup.Locations*f.process.setup.Each {
			close(f.leveled)
		}
	}
	return nil
}
