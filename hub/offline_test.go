package hub_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"comptoir/hub"
	"comptoir/shop"
	"comptoir/store"
	possync "comptoir/sync"
	posterminal "comptoir/terminal"
)

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

// A terminal without its hub changes how orders are taken; once the hub is there it has the change
// once, by a real socket and real files on both sides.
func TestChangeMadeOffline(t *testing.T) {
	config, err := hub.LoadConfig("../examples/shop/hub.toml")
	if err != nil {
		t.Fatal(err)
	}
	h, err := hub.Open(config, hub.Options{Data: t.TempDir(), Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h.Handler())
	file, err := store.Open(filepath.Join(t.TempDir(), "terminal.db"))
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan posterminal.Event, 100)
	var client *possync.Client
	service, err := posterminal.New(posterminal.Config{Device: "counter-1"}, posterminal.Ports{
		Store: file, Clock: realClock{}, Log: testLog(t), WakePrinters: func() {},
		WakeSync: func() {
			if client != nil {
				client.Wake()
			}
		},
		Notify: func(e posterminal.Event) {
			if e.Kind == posterminal.EventOrdering {
				heard <- e
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	// it knows its location from a day before
	if err := service.Locations([]shop.Location{config.Locations[0].Location}); err != nil {
		t.Fatal(err)
	}
	for _, minutes := range []int{30, 60} {
		if err := service.ChangeOrdering("", pause(minutes, viaDoorDash)); err != nil {
			t.Fatal(err)
		}
	}
	client, err = possync.New(possync.Config{URL: server.URL, Device: "counter-1", Key: "terminal-secret-1", Logger: slog.New(slog.DiscardHandler)}, service)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- client.Run(ctx) }()
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		<-ended
		<-ended
		server.Close()
		if err := file.Close(); err != nil {
			t.Error(err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	answered := 0
	timeout := time.After(time.Minute)
	for answered < 2 {
		select {
		case e := <-heard:
			if e.Refused != nil {
				t.Fatalf("refused: %v", e.Refused)
			}
			if e.Change != "" {
				answered++
			}
		case <-timeout:
			t.Fatal("the hub never answers")
		}
	}
	view, err := service.Ordering("")
	if err != nil {
		t.Fatal(err)
	}
	channel, _ := view.Held.Channel(viaDoorDash)
	if left := time.Until(channel.PausedUntil); view.Unsent != 0 || left < 59*time.Minute || left > time.Hour {
		t.Errorf("%d changes are unsent, and the pause ends in %v", view.Unsent, left)
	}
	if told := view.Ordering.Channels[viaDoorDash].PausedUntil; told.By != "counter-1" {
		t.Errorf("the hub wrote down %+v", told)
	}
}
