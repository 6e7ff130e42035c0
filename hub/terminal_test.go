package hub_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"comptoir/order"
	"comptoir/sync/wire"
)

// terminal is a terminal's end of the gateway. frames ends with the connection.
type terminal struct {
	t      *testing.T
	conn   *websocket.Conn
	frames chan wire.FromHub
	mute   atomic.Bool // no pings
	old    bool        // it asks for nothing that a full resync left out
}

var keys = map[string]string{"counter-1": "terminal-secret-1", "counter-2": "terminal-secret-2"}

// dial connects as a device; nothing is said yet.
func (w *world) dial(device, key string) (*websocket.Conn, int, error) {
	dialer := websocket.Dialer{NetDialContext: w.line.Dial}
	header := http.Header{}
	header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(device+":"+key)))
	conn, response, err := dialer.Dial("ws://hub"+wire.Path, header)
	status := 0
	if response != nil {
		status = response.StatusCode
		_ = response.Body.Close()
	}
	return conn, status, err
}

// connect is a terminal that has not said hello.
func (w *world) connect(device string) *terminal {
	w.t.Helper()
	conn, _, err := w.dial(device, keys[device])
	if err != nil {
		w.t.Fatal(err)
	}
	x := &terminal{t: w.t, conn: conn, frames: make(chan wire.FromHub, 10_000)}
	done := make(chan struct{})
	go x.read(done)
	go x.ping(done)
	w.t.Cleanup(x.leave)
	return x
}

func (x *terminal) read(done chan<- struct{}) {
	defer close(done)
	defer close(x.frames)
	for {
		_, data, err := x.conn.ReadMessage()
		if err != nil {
			return
		}
		frame, err := wire.DecodeFromHub(data)
		if err != nil {
			x.t.Errorf("the hub sent %.200s: %v", data, err)
			return
		}
		x.frames <- frame
	}
}

func (x *terminal) ping(done <-chan struct{}) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			if !x.mute.Load() {
				_ = x.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
			}
		}
	}
}

func (x *terminal) leave() { _ = x.conn.Close() }

func (x *terminal) send(frame wire.FromTerminal) {
	x.t.Helper()
	data, err := wire.Encode(frame)
	if err != nil {
		x.t.Fatal(err)
	}
	if err := x.conn.WriteMessage(websocket.TextMessage, data); err != nil {
		x.t.Fatal(err)
	}
}

// terminal is a welcomed terminal that has nothing on its disk.
func (w *world) terminal(device string, stations ...string) *terminal {
	w.t.Helper()
	x := w.connect(device)
	x.hello(nil, stations...)
	if frame := x.next(); frame.Welcome == nil {
		w.t.Fatalf("the first frame is %s, want a welcome", show(frame))
	}
	return x
}

func (x *terminal) hello(cursor *wire.Cursor, stations ...string) {
	x.t.Helper()
	hello := wire.Hello{Version: wire.Version, Stations: map[string][]string{wire.AnyLocation: stations}, Asks: !x.old}
	if cursor != nil {
		hello.Cursors = map[string]wire.Cursor{"plateau": *cursor}
	}
	x.send(wire.FromTerminal{Hello: &hello})
}

// next is the hub's next frame.
func (x *terminal) next() wire.FromHub {
	x.t.Helper()
	select {
	case frame, open := <-x.frames:
		if !open {
			x.t.Fatal("the hub closed the connection")
		}
		return frame
	case <-time.After(time.Minute):
		x.t.Fatal("the hub says nothing")
	}
	panic("unreachable")
}

// until skips the frames that are not wanted.
func until[T any](x *terminal, pick func(wire.FromHub) *T) T {
	x.t.Helper()
	for {
		if found := pick(x.next()); found != nil {
			return *found
		}
	}
}

func (x *terminal) changes() wire.Changes {
	x.t.Helper()
	return until(x, func(f wire.FromHub) *wire.Changes { return f.Changes })
}

func (x *terminal) lease() wire.Lease {
	x.t.Helper()
	return until(x, func(f wire.FromHub) *wire.Lease { return f.Lease })
}

// told is everything the hub has said by now.
func (x *terminal) told() []wire.FromHub {
	var frames []wire.FromHub
	for {
		select {
		case frame, open := <-x.frames:
			if !open {
				return frames
			}
			frames = append(frames, frame)
		default:
			return frames
		}
	}
}

// gone waits until the hub has ended the connection, and returns how long that took.
func (x *terminal) gone() time.Duration {
	x.t.Helper()
	began := time.Now()
	timeout := time.After(time.Hour)
	for {
		select {
		case _, open := <-x.frames:
			if !open {
				return time.Since(began)
			}
		case <-timeout:
			x.t.Fatal("the hub keeps the connection")
		}
	}
}

// ask sends a command and waits for its result.
func (x *terminal) ask(c order.Command) wire.Result {
	x.t.Helper()
	if c.ID == "" {
		c.ID = newID()
	}
	x.send(wire.FromTerminal{Command: &c})
	return until(x, func(f wire.FromHub) *wire.Result {
		if f.Result != nil && f.Result.Command == c.ID {
			return f.Result
		}
		return nil
	})
}

// do is ask, for a command that must be taken.
func (x *terminal) do(c order.Command) {
	x.t.Helper()
	if result := x.ask(c); result.Refused != nil {
		x.t.Fatalf("%s was refused: %+v", c.Type, *result.Refused)
	}
}

func show(frame wire.FromHub) string {
	data, err := json.Marshal(frame)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%.300s", data)
}
