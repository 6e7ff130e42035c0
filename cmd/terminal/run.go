package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	gosync "sync"
	"time"

	"comptoir/store"
	possync "comptoir/sync"
	"comptoir/sync/pairing"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// screen is what shows the terminal's state to somebody, and takes what they ask. Its Notify
// neither blocks nor calls back.
type screen interface {
	Notify(terminal.Event)
	// Run serves until ctx ends.
	Run(ctx context.Context, service *terminal.Service) error
}

// dataFile is the terminal's file in its data directory.
const dataFile = "terminal.db"

// run joins the parts of a terminal and works until ctx ends.
func run(ctx context.Context, c config, data string, clock *terminal.HubClock, screen screen, log *slog.Logger) error {
	for salvages := 0; ; salvages++ {
		file, err := openStore(data, log)
		if err != nil {
			return withRemedy(err, data)
		}
		err = errors.Join(work(ctx, c, data, file, clock, screen, log), file.Close())
		if !errors.Is(err, store.ErrDamaged) || file.Err() == nil || salvages == maxSalvages {
			return err
		}
		log.Error("beginning again with what can be salvaged", "error", err)
	}
}

// maxSalvages in one run: a disk that damages each new file needs a person.
const maxSalvages = 3

// openStore opens the terminal's file. A damaged one is set aside, and what can be read of it
// carried over into a new one.
func openStore(data string, log *slog.Logger, choices ...store.Option) (*store.Store, error) {
	path := filepath.Join(data, dataFile)
	choices = append(choices, store.WithLogger(log))
	file, err := store.Open(path, choices...)
	if !errors.Is(err, store.ErrDamaged) {
		return file, err
	}
	log.Error("the terminal's data is damaged", "error", err)
	if _, err := store.Salvage(path, time.Now(), log); err != nil {
		return nil, err
	}
	return store.Open(path, choices...)
}

func work(ctx context.Context, c config, data string, file *store.Store, clock *terminal.HubClock, screen screen, log *slog.Logger) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := clock.Recall(file); err != nil {
		return err
	}
	var client *possync.Client
	queues := newPrinters(c.letters, log)
	service, err := terminal.New(
		terminal.Config{
			Device: c.Device, AskUnconfirmed: c.ReprintUnconfirmed == "ask",
			Setup: c.setup(), MaxAge: time.Duration(c.MaxAgeMinutes) * time.Minute,
		},
		terminal.Ports{
			Store: file, Clock: clock, HubAhead: clock.Ahead, Log: log,
			Notify: func(e terminal.Event) {
				switch e.Kind {
				case terminal.EventPrinter:
					log.Info("printer stands", "printer", e.Printer.Printer, "fault", e.Printer.Fault, "paperLow", e.Printer.PaperLow, "old", e.Stale.Tickets)
				case terminal.EventPrinters:
					queues.changed()
				}
				screen.Notify(e)
			},
			WakeSync:     func() { client.Wake() },
			WakePrinters: queues.wake,
		})
	if err != nil {
		return err
	}
	client, err = possync.New(possync.Config{
		URL: c.Hub, Device: c.Device, Key: c.Key, TLS: wire.ClientTLS(c.paired.Pin), Clock: clock,
		Stations: map[string][]string{wire.AnyLocation: service.Stations()}, Logger: log,
	}, service)
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}

	var group gosync.WaitGroup
	failures := make(chan error, 6)
	part := func(name string, run func(context.Context) error) {
		group.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				failures <- fmt.Errorf("%s: %w", name, err)
				cancel()
			}
		})
	}
	part("data", func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return nil
		case <-file.Damaged():
			return file.Err()
		}
	})
	part("alarms", service.Run)
	part("sync", client.Run)
	part("printers", func(ctx context.Context) error { return queues.run(ctx, service, client.SetStations) })
	part("local", func(ctx context.Context) error { return serveLocal(ctx, c, data, file, service, clock, screen, log) })
	part("screen", func(ctx context.Context) error { return screen.Run(ctx, service) })
	group.Wait()
	select {
	case err := <-failures:
		return err
	default:
		return nil
	}
}

// safe makes the hub's address whole, and refuses to send the terminal's key openly over a network.
func safe(hub string, insecure bool) (string, error) {
	whole, err := pairing.Normal(hub, insecure)
	if err != nil {
		return hub, fmt.Errorf("hub: %w", err)
	}
	return whole, nil
}
