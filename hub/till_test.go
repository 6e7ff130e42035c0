package hub_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"sync"
	"testing/synctest"
	"time"

	"comptoir/order"
	"comptoir/store"
	possync "comptoir/sync"
	posterminal "comptoir/terminal"
)

// till is a whole terminal but for its screen and its paper: the real service, file and client.
type till struct {
	w       *world
	name    string
	path    string
	file    *store.Store
	clocks  func() *posterminal.HubClock // a new one at each start
	clock   *posterminal.HubClock
	service *posterminal.Service
	client  *possync.Client
	stop    func()

	mu sync.Mutex
	// shown is how much of each order's history the screen has shown; less are those that fell back.
	shown map[string]int
	less  []string
	// refused are the commands that the hub would not have.
	refused []posterminal.Event
	asleep  bool // its line is cut
	resyncs int  // full ones that came to their end
	// slow: what it says goes at 1 kB/s from the next connection on. dials counts these.
	slow  bool
	dials int
	// fails is after how many bytes of the hub each connection ends; 0 is never.
	fails int
}

func (w *world) till(name string) *till { return w.skewed(name, 0) }

// skewed is a till on a machine whose clock is so much ahead.
func (w *world) skewed(name string, ahead time.Duration) *till { return w.cutting(name, ahead, 0) }

// cutting is one whose connections each end after so many bytes of the hub, unless that is 0.
func (w *world) cutting(name string, ahead time.Duration, fails int) *till {
	began := time.Now()
	x := &till{
		w: w, name: name, fails: fails, path: filepath.Join(w.t.TempDir(), name+".db"), shown: map[string]int{},
		clocks: func() *posterminal.HubClock {
			return posterminal.NewHubClock(skewedClock(ahead), func() time.Duration { return time.Since(began) })
		},
	}
	w.t.Cleanup(func() { x.close() })
	x.open()
	return x
}

type skewedClock time.Duration

func (c skewedClock) Now() time.Time { return time.Now().Add(time.Duration(c)) }

func (x *till) open() {
	t := x.w.t
	t.Helper()
	var err error
	if x.file, err = store.Open(x.path); err != nil {
		t.Fatal(err)
	}
	x.clock = x.clocks()
	if err := x.clock.Recall(x.file); err != nil {
		t.Fatal(err)
	}
	setup := posterminal.Setup{Printers: map[string]posterminal.PrinterSetup{}, Stations: map[string]posterminal.StationSetup{}}
	for _, station := range []string{"grill", "bar"} {
		setup.Printers[station] = posterminal.PrinterSetup{Name: station, Kind: "tcp", Address: "127.0.0.1:9100"}
		setup.Stations[station] = posterminal.StationSetup{Printer: station}
	}
	x.service, err = posterminal.New(posterminal.Config{Device: x.name, Setup: setup}, posterminal.Ports{
		Store: x.file, Clock: x.clock, HubAhead: x.clock.Ahead, Log: testLog(t), WakePrinters: func() {}, Notify: x.hear,
		WakeSync: func() {
			if x.client != nil {
				x.client.Wake()
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	x.client, err = possync.New(possync.Config{
		URL: "http://hub", Device: x.name, Key: keys[x.name], Logger: testLog(t), Dial: x.dial, Clock: x.clock,
		Stations: map[string][]string{"*": {"grill", "bar"}},
	}, counting{x.service, x})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = x.client.Run(ctx) // the context's
	}()
	x.stop = sync.OnceFunc(func() {
		cancel()
		<-ended
		if err := x.file.Close(); err != nil {
			t.Error(err)
		}
	})
}

// counting counts the full resyncs on their way to the service.
type counting struct {
	*posterminal.Service
	till *till
}

func (c counting) Apply(changes posterminal.Changes) error {
	if changes.Last {
		c.till.mu.Lock()
		c.till.resyncs++
		c.till.mu.Unlock()
	}
	return c.Service.Apply(changes)
}

func (x *till) close() { x.stop() }

func (x *till) dial(ctx context.Context, network, address string) (net.Conn, error) {
	x.mu.Lock()
	asleep, slow, fails := x.asleep, x.slow, x.fails
	x.dials++
	x.mu.Unlock()
	if asleep {
		return nil, errors.New("the line is cut")
	}
	x.w.lines.Lock()
	line := x.w.line
	x.w.lines.Unlock()
	conn, err := line.Dial(ctx, network, address)
	if slow && err == nil {
		conn = uplink{conn}
	}
	if fails > 0 && err == nil {
		conn = &failing{conn, fails}
	}
	return conn, err
}

// failing ends after so many bytes of the hub.
type failing struct {
	net.Conn
	left int
}

func (f *failing) Read(b []byte) (int, error) {
	n, err := f.Conn.Read(b[:min(len(b), f.left)])
	if f.left -= n; f.left <= 0 {
		_ = f.Close()
	}
	return n, err
}

// uplink takes 1 kB/s.
type uplink struct{ net.Conn }

func (u uplink) Write(b []byte) (written int, err error) {
	const each = 100
	for err == nil && len(b) > 0 {
		time.Sleep(100 * time.Millisecond) // synthetic
		var n int
		n, err = u.Conn.Write(b[:min(each, len(b))])
		b, written = b[n:], written+n
	}
	return written, err
}

// slower gives the till a slow line from its next connection on, and none before.
func (x *till) slower() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.slow, x.dials = true, 0
}

// resynced counts the full resyncs that came to their end.
func (x *till) resynced() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.resyncs
}

func (x *till) dialled() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.dials
}

// mend has the connections to come hold.
func (x *till) mend() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fails = 0
}

// cut keeps the till from its hub from the next connection on, or no more.
func (x *till) cut(on bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.asleep = on
}

func (x *till) hear(e posterminal.Event) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch e.Kind {
	case posterminal.EventOrder:
		if n := len(e.Order.History); n < x.shown[e.Order.ID] {
			x.less = append(x.less, e.Order.ID)
		} else {
			x.shown[e.Order.ID] = n
		}
	case posterminal.EventRefused:
		x.refused = append(x.refused, e)
	}
}

func (x *till) do(id string, kinds ...order.CommandType) {
	x.w.t.Helper()
	for _, kind := range kinds {
		if _, err := x.service.Do(order.Command{ID: newID(), Type: kind, OrderID: id}); err != nil {
			x.w.t.Fatalf("%s: %s of %s: %v", x.name, kind, id, err)
		}
	}
}

func (x *till) sell() string {
	x.w.t.Helper()
	o, err := x.service.Place(order.Command{ID: newID(), Order: &order.Order{Lines: []order.Line{
		{ID: "1", PLU: "BRG-01", Name: "Burger façon Comptoir", Quantity: 1, UnitPrice: 1450, Kind: order.Physical},
	}}})
	if err != nil {
		x.w.t.Fatal(err)
	}
	return o.ID
}

// print prints all that is due, and reports it.
func (x *till) print() {
	t := x.w.t
	t.Helper()
	for _, printer := range []string{"grill", "bar"} {
		for {
			job, found, _, err := x.service.Next(printer)
			if err != nil {
				t.Fatal(err)
			}
			if !found {
				break
			}
			if _, ok, err := x.service.Begin(printer, job.Key); err != nil {
				t.Fatal(err)
			} else if ok {
				if err := x.service.Finish(printer, job.Key, posterminal.Sent, ""); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	synctest.Wait()
}

func (x *till) order(id string) order.Order {
	x.w.t.Helper()
	o, _, err := x.service.Order(id)
	if err != nil {
		x.w.t.Fatal(err)
	}
	return o
}

// pending are the commands that the hub has not confirmed.
func (x *till) pending() []posterminal.Pending {
	x.w.t.Helper()
	pending, err := x.service.PendingAfter(0, 10_000)
	if err != nil {
		x.w.t.Fatal(err)
	}
	return pending
}
