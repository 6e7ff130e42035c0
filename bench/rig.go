package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"comptoir/hub"
	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/virtual"
	"comptoir/sandbox"
	"comptoir/store"
	possync "comptoir/sync"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// rig is a shop in one process: the hub behind a real HTTP server, a terminal that is joined as
// cmd/terminal joins it, two printers and the platform, all over loopback. The hooks that take
// the time stand around the parts, none within.
type rig struct {
	traces   traces
	hub      *hub.Hub
	server   *http.Server
	platform *sandbox.Deliverect
	address  string
	client   *http.Client
	store    *store.Store
	service  *terminal.Service
	desks    []*desk

	stop    context.CancelFunc
	running sync.WaitGroup
	leased  chan string
}

// traceHeader tells the hooks whose webhook it is.
const traceHeader = "X-Bench-Order"

const device, deviceKey = "counter-1", "terminal-secret-1"

func (b *bench) newRig(ctx context.Context) (r *rig, err error) {
	r = &rig{traces: traces{orders: map[string]*trace{}}, client: &http.Client{Timeout: 10 * time.Second}, leased: make(chan string, 64)}
	ctx, r.stop = context.WithCancel(ctx)
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	// logs are written as in a hub of real life, and thrown away
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	r.platform = sandbox.NewDeliverect(sandbox.DeliverectConfig{Options: sandbox.Options{Log: log}, Secret: secret})
	if err := r.platform.Start("127.0.0.1:0"); err != nil {
		return r, err
	}
	if err := r.startHub(ctx, b, log); err != nil {
		return r, err
	}
	if err := r.startTerminal(ctx, b, log); err != nil {
		return r, err
	}
	for range r.desks {
		select {
		case <-r.leased:
		case <-time.After(10 * time.Second):
			return r, errors.New("the terminal got no lease of its stations")
		case <-ctx.Done():
			return r, ctx.Err()
		}
	}
	return r, nil
}

func (r *rig) startHub(ctx context.Context, b *bench, log *slog.Logger) error {
	config, err := hub.LoadConfig(filepath.Join(b.examples, "shop", "hub.toml"))
	if err != nil {
		return err
	}
	for i := range config.Connections {
		c := &config.Connections[i]
		if c.Base, err = url.Parse(r.platform.URL()); err != nil {
			return err
		}
		c.Adapter = reader{c.Adapter, &r.traces}
	}
	if r.hub, err = hub.Open(config, hub.Options{Data: filepath.Join(b.dir, "path-hub"), Log: log}); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	r.address = "http://" + listener.Addr().String()
	r.server = &http.Server{Handler: r.traces.handler(r.hub.Handler()), ReadHeaderTimeout: 5 * time.Second}
	r.running.Go(func() { _ = r.server.Serve(listener) }) // ends by close
	r.running.Go(func() { _ = r.hub.Run(ctx) })           // what fails there shows as orders that do not come out
	return nil
}

func (r *rig) startTerminal(ctx context.Context, b *bench, log *slog.Logger) error {
	stations := []string{"grill", "bar"}
	setup := terminal.Setup{Stations: map[string]terminal.StationSetup{}}
	for _, name := range stations {
		d := &desk{traces: &r.traces}
		p, err := virtual.Listen("127.0.0.1:0", d.printed)
		if err != nil {
			return err
		}
		d.printer, d.name = p, name
		r.desks, setup.Stations[name] = append(r.desks, d), terminal.StationSetup{Printer: name}
	}
	var err error
	if r.store, err = store.Open(filepath.Join(b.dir, "path-terminal", "terminal.db")); err != nil {
		return err
	}
	var client *possync.Client
	var queues []*printer.Queue
	r.service, err = terminal.New(
		terminal.Config{Device: device, Setup: setup},
		terminal.Ports{
			Store: r.store, Clock: clock{}, Log: log, Notify: r.traces.notify,
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
	client, err = possync.New(possync.Config{
		URL: r.address, Device: device, Key: deviceKey, Stations: map[string][]string{wire.AnyLocation: stations}, Logger: log,
	}, replica{r.service, r})
	if err != nil {
		return err
	}
	for _, d := range r.desks {
		d.transport = printer.TCP{Address: d.printer.Addr(), Proof: printer.ProofBlind}
		queues = append(queues, printer.NewQueue(d.name, journal{r.service, d}, transport{d}, escpos.Generic(48), log))
	}
	r.running.Go(func() { _ = r.service.Run(ctx) })
	r.running.Go(func() { _ = client.Run(ctx) })
	for _, q := range queues {
		r.running.Go(func() { _ = q.Run(ctx) })
	}
	return nil
}

// close ends everything that newRig has started, as far as it came.
func (r *rig) close() error {
	var failures []error
	r.stop()
	if r.server != nil {
		failures = append(failures, r.server.Close())
	}
	r.running.Wait()
	for _, d := range r.desks {
		failures = append(failures, d.printer.Close())
	}
	if r.hub != nil {
		failures = append(failures, r.hub.Close())
	}
	if r.store != nil {
		failures = append(failures, r.store.Close())
	}
	if r.platform != nil {
		failures = append(failures, r.platform.Close())
	}
	r.client.CloseIdleConnections()
	return errors.Join(failures...)
}

// send posts a webhook, as the platform does.
func (r *rig) send(ctx context.Context, w webhook) error {
	r.platform.Remember(w.body) // it answers the hub's calls about this order
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.address+"/partners/deliverect/"+connection+"/orders", bytes.NewReader(w.body))
	if err != nil {
		return err
	}
	request.Header.Set(signatureHeader, w.signature)
	request.Header.Set(traceHeader, w.id)
	return r.post(request)
}

// handOver ends an order, so that the terminal's list stays as short as a real one.
func (r *rig) handOver(ctx context.Context, id string) error {
	for _, step := range []order.CommandType{order.MarkReady, order.HandOver} {
		body := fmt.Sprintf(`{"id":%q,"type":%q}`, order.Identity(id, string(step)), step)
		request, err := http.NewRequestWithContext(ctx, http.MethodPost,
			r.address+"/api/v1/locations/plateau/orders/"+id+"/commands", strings.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer shop-secret")
		if err := r.post(request); err != nil {
			return err
		}
	}
	return nil
}

func (r *rig) post(request *http.Request) error {
	response, err := r.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("the hub answered %d: %s", response.StatusCode, answer)
	}
	return nil
}

type clock struct{}

func (clock) Now() time.Time { return time.Now() }
