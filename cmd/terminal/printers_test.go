package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/printer/raster"
	"comptoir/printer/virtual"
	"comptoir/shop"
	"comptoir/store"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// counter is a terminal without a hub, whose printers are set up while it runs.
type counter struct {
	t        *testing.T
	service  *terminal.Service
	stations chan map[string][]string
	screen   *lines
	heard    chan struct{} // holds a value after an event
	stop     func()
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	file, err := store.Open(filepath.Join(t.TempDir(), "terminal.db"))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	c := &counter{t: t, stations: make(chan map[string][]string, 10), heard: make(chan struct{}, 1), screen: newLines(systemClock{}, strings.NewReader(""), io.Discard, log)}
	queues := newPrinters(raster.New(), log)
	c.service, err = terminal.New(terminal.Config{Device: "counter-1"}, terminal.Ports{
		Store: file, Clock: systemClock{}, Log: log, WakeSync: func() {}, WakePrinters: queues.wake,
		Notify: func(e terminal.Event) {
			if e.Kind == terminal.EventPrinters {
				queues.changed()
			}
			c.screen.Notify(e)
			select {
			case c.heard <- struct{}{}:
			default:
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.ok(c.service.Locations([]shop.Location{{
		ID: "plateau", TimeZone: "America/Toronto", Currency: "CAD", Language: "fr", DayStarts: "04:00",
		Stations: []shop.Station{{ID: "grill", Name: "Gril", Default: true}},
	}}))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- queues.run(ctx, c.service, func(s map[string][]string) { c.stations <- s }) }()
	c.stop = func() {
		cancel()
		<-ended
		ended <- nil // it may be called again
	}
	t.Cleanup(func() {
		c.stop()
		c.ok(file.Close())
	})
	return c
}

func (c *counter) ok(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// sell places an order of one thing, and hears by which number it goes.
func (c *counter) sell() string {
	c.t.Helper()
	o, err := c.service.Place(order.Command{Order: &order.Order{Lines: []order.Line{{ID: "1", Name: "Burger", Quantity: 1, UnitPrice: 100}}}})
	c.ok(err)
	return o.Number
}

func (c *counter) offers(want ...string) {
	c.t.Helper()
	for {
		select {
		case got := <-c.stations:
			if reflect.DeepEqual(got[wire.AnyLocation], append([]string{}, want...)) {
				return
			}
		case <-time.After(10 * time.Second):
			c.t.Fatalf("the hub never hears of the stations %v", want)
		}
	}
}

// paper is a printer that hands out what it prints.
func paper(t *testing.T) (address string, printed chan string) {
	t.Helper()
	printed = make(chan string, 10)
	p, err := virtual.Listen("127.0.0.1:0", func(ticket virtual.Ticket) {
		var text strings.Builder
		for _, line := range ticket.Lines {
			for _, span := range line.Spans {
				text.WriteString(span.Text)
			}
			text.WriteByte('\n')
		}
		printed <- text.String()
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p.Addr(), printed
}

func comes(t *testing.T, printed chan string, number string) {
	t.Helper()
	select {
	case text := <-printed:
		if !strings.Contains(text, number) {
			t.Errorf("it printed %q, want order %s", text, number)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was printed")
	}
}

// From an empty configuration to a printer, another address, another printer, and none.
func TestPrintersSetUpWhileRunning(t *testing.T) {
	c := newCounter(t)
	c.offers()
	first := c.sell()
	oneAddress, one := paper(t)
	otherAddress, other := paper(t)
	c.ok(c.service.SetPrinter(terminal.PrinterSetup{Name: "hot", Kind: "tcp", Address: oneAddress}))
	c.ok(c.service.SetStation("grill", terminal.StationSetup{Printer: "hot"}))
	c.offers("grill")
	comes(t, one, first)
	renamed := terminal.PrinterSetup{Name: "hot", Kind: "tcp", Address: otherAddress}
	c.ok(c.service.SetPrinter(renamed))
	comes(t, other, c.sell())
	renamed.Label = "Hot kitchen"
	c.ok(c.service.SetPrinter(renamed))
	comes(t, other, c.sell())
	// what cannot be is shown, and can be mended
	c.ok(c.service.SetPrinter(terminal.PrinterSetup{Name: "hot", Kind: "tcp", Address: "nowhere"}))
	broken := c.sell()
	for state := terminal.FaultNone; state != terminal.FaultError; {
		all, err := c.service.Printers()
		c.ok(err)
		state = all[0].State.Fault
	}
	c.ok(c.service.SetPrinter(terminal.PrinterSetup{Name: "hot", Kind: "tcp", Address: oneAddress}))
	comes(t, one, broken)
	c.ok(c.service.SetStation("grill", terminal.StationSetup{}))
	c.ok(c.service.RemovePrinter("hot"))
	c.offers()
	c.stop()
}

// What a headless terminal is asked about its printers, and what it says of them.
func TestHeadlessPrinters(t *testing.T) {
	c := newCounter(t)
	address, printed := paper(t)
	c.ok(c.service.SetPrinter(terminal.PrinterSetup{Name: "hot", Kind: "tcp", Address: address}))
	c.ok(c.service.SetStation("grill", terminal.StationSetup{Printer: "hot"}))
	number := c.sell()
	comes(t, printed, number)
	id := c.service.Orders()[0].ID
	ask := func(command string) {
		t.Helper()
		c.screen.carryOut(c.service, []byte(command))
	}
	ask(`{"type":"Reprint","orderId":"` + id + `","station":"grill"}`)
	comes(t, printed, number)
	for _, kind := range []string{"PrintStale", "DiscardStale", "SummarizeStale"} {
		ask(`{"type":"` + kind + `","printer":"hot"}`)
	}
	ask(`{"type":"Confirm","key":"nothing"}`)
	ask(`{"type":"PrintAgain","key":"nothing"}`)
	ask(`{"id":"1","type":"Reprint","orderId":"nothing","station":"grill"}`)
	c.screen.Notify(terminal.Event{
		Kind: terminal.EventPrinter, Printer: terminal.PrinterState{Printer: "hot", Fault: terminal.FaultPaper, PaperLow: true},
		Stale: terminal.StaleQuestion{Tickets: 3, Closed: 1},
	})
	c.stop()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	c.screen.mu.Lock()
	defer c.screen.mu.Unlock()
	refused := 0
	for _, value := range c.screen.queue {
		if l := value.(line); l.Event == "refused" {
			refused++
		}
		c.ok(encoder.Encode(value))
	}
	for _, want := range []string{
		`"printer":{"name":"hot","fault":"paper_end","paperLow":true,"stale":3,"closed":1}`, `"key":"` + id + `/grill/copy/1"`,
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("it never says %s", want)
		}
	}
	if refused != 1 {
		t.Errorf("%d were refused, want the unknown order alone\n%s", refused, text.String())
	}
}
