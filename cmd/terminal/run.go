package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	gosync "sync"
	"time"

	"comptoir/printer"
	"comptoir/store"
	possync "comptoir/sync"
	"comptoir/terminal"
)

// screen is what shows the terminal's state to somebody, and takes what they ask. Its Notify
// neither blocks nor calls back.
type screen interface {
	Notify(terminal.Event)
	// Run serves until ctx ends.
	Run(ctx context.Context, service *terminal.Service) error
}

// journal also logs how printers stand.
type journal struct {
	*terminal.Service
	log *slog.Logger
}

// Heard implements printer.Journal.
func (j journal) Heard(s terminal.PrinterState) {
	j.log.Info("printer stands", "printer", s.Printer, "fault", s.Fault, "paperLow", s.PaperLow)
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

// run joins the parts of a terminal and works until ctx ends.
func run(ctx context.Context, c config, data string, screen screen, log *slog.Logger) error {
	file, err := store.Open(filepath.Join(data, "terminal.db"))
	if err != nil {
		return err
	}
	return errors.Join(work(ctx, c, file, screen, log), file.Close())
}

func work(ctx context.Context, c config, file *store.Store, screen screen, log *slog.Logger) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var client *possync.Client
	var queues []*printer.Queue
	service, err := terminal.New(
		terminal.Config{
			Device: c.Device, AskUnconfirmed: c.ReprintUnconfirmed == "ask",
			Setup: c.setup(),
		},
		terminal.Ports{
			Store: file, Clock: systemClock{}, Log: log, Notify: screen.Notify,
			WakeSync: func() { client.Wake() },
			WakePrinters: func() {
				for _, q := range queues {
					q.Wake()
				}
			},
		})
	if err != nil {
		return err
	}
	client, err = possync.New(possync.Config{URL: c.Hub, Device: c.Device, Key: c.Key, Stations: c.stations(), Logger: log}, service)
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	for name, p := range c.Printers {
		transport, err := printer.Open(p.setup(name))
		if err != nil {
			return fmt.Errorf("printers.%s.%w", name, err)
		}
		queues = append(queues, printer.NewQueue(name, journal{service, log}, transport, p.profile, log))
	}

	var group gosync.WaitGroup
	failures := make(chan error, len(queues)+3)
	part := func(name string, run func(context.Context) error) {
		group.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				failures <- fmt.Errorf("%s: %w", name, err)
				cancel()
			}
		})
	}
	part("alarms", service.Run)
	part("sync", client.Run)
	for _, q := range queues {
		part("printer", q.Run)
	}
	part("screen", func(ctx context.Context) error { return screen.Run(ctx, service) })
	group.Wait()
	select {
	case err := <-failures:
		return err
	default:
		return nil
	}
}

// safe refuses to send the terminal's key openly over a network.
func safe(hub string, insecure bool) error {
	u, err := url.Parse(hub)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("hub: %q is not an address such as https://hub.example.com", hub)
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || insecure || u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("hub: %s is plain http to another machine, which shows the key and customers' names: use https, or start with --insecure", hub)
}
