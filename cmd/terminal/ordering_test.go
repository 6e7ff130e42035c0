package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"testing"
	"time"

	"comptoir/shop"
)

// A headless terminal takes changes of the ordering, and says what holds after each.
func TestHeadlessOrdering(t *testing.T) {
	c := newCounter(t)
	in, ask := io.Pipe()
	said, out := io.Pipe()
	c.screen.in, c.screen.out = in, out
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.screen.Run(ctx, c.service) }()
	lines := bufio.NewScanner(said)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("it begins with %q", lines.Text())
	}
	next := func(event string) (l struct {
		Event    string
		Command  string
		Error    struct{ Kind string }
		Ordering struct {
			shop.Held
			Location string
			Unsent   int
		}
	},
	) {
		t.Helper()
		for lines.Scan() {
			if json.Unmarshal(lines.Bytes(), &l) == nil && l.Event == event {
				return l
			}
		}
		t.Fatalf("it never says %q", event)
		return l
	}
	say := func(line string) {
		t.Helper()
		if _, err := io.WriteString(ask, line+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	say(`{"id":"1","type":"ChangeOrdering","change":{"channels":["@shop"],"pause":{"minutes":30}}}`)
	l := next("ordering")
	if channel, _ := l.Ordering.Channel(""); l.Ordering.Location != "plateau" || l.Ordering.Unsent != 1 || time.Until(channel.PausedUntil) < 29*time.Minute {
		t.Errorf("got %+v", l)
	}
	if pending := c.service.PendingChanges(); len(pending) != 1 || pending[0].Change.ID != "1" {
		t.Errorf("%+v waits for the hub", pending)
	}
	say(`{"id":"2","type":"ChangeOrdering","change":{"channels":["uber"],"pause":{"minutes":30}}}`)
	if l := next("refused"); l.Command != "2" || l.Error.Kind != "not_found" {
		t.Errorf("got %+v", l)
	}
	cancel()
	go func() { // what it still says
		for lines.Scan() {
		}
	}()
	<-ended
	_ = ask.Close()
	_ = out.Close()
}
