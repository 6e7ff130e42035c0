package duel

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"

	"comptoir/hub"
	"comptoir/order"
	"comptoir/sync/wire"
)

// hubServer is the real hub, with all its parts at work.
type hubServer struct {
	http.Handler
	hub     *hub.Hub
	stop    context.CancelFunc
	running sync.WaitGroup
	failure error // of Run; after running
}

func newHub(ctx context.Context, setup Setup) (*hubServer, error) {
	config, err := hub.LoadConfig(setup.Shop)
	if err != nil {
		return nil, err
	}
	if len(config.Locations) == 0 {
		return nil, errors.New("the example shop has no location")
	}
	example := config.Locations[0]
	config.Connections, config.Locations, config.Devices = nil, nil, nil
	for i := range setup.Locations {
		l := example
		l.ID, l.Devices = location(i), nil
		for j := range setup.Each {
			l.Devices = append(l.Devices, hub.DeviceConfig{ID: device(i, j), Key: deviceKey})
		}
		config.Locations = append(config.Locations, l)
	}
	// logs are written as in a hub of real life, and thrown away
	opened, err := hub.Open(config, hub.Options{Data: setup.Dir, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Collect: hub.Collector()})
	if err != nil {
		return nil, err
	}
	s := &hubServer{hub: opened, Handler: opened.Handler()}
	ctx, s.stop = context.WithCancel(ctx)
	s.running.Go(func() {
		if err := opened.Run(ctx); !errors.Is(err, context.Canceled) {
			s.failure = err
		}
	})
	return s, nil
}

func (s *hubServer) deliver(ctx context.Context, o order.Order, expected int64) error {
	_, err := s.hub.Orders().Append(ctx, o, expected)
	return err
}

func (s *hubServer) watch(f func(location string)) (cancel func()) {
	return s.hub.Orders().Watch(f)
}

func (s *hubServer) position(location string) (wire.Cursor, error) {
	return s.hub.Orders().Head(location)
}

func (s *hubServer) close() error {
	s.stop()
	s.running.Wait()
	return errors.Join(s.failure, s.hub.Close())
}
