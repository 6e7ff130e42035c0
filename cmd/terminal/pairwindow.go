package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2"

	"comptoir/internal/supervise"
	"comptoir/sync/pairing"
	"comptoir/sync/wire"
	"comptoir/ui"
	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// pairer pairs this terminal for the pairing screen.
type pairer struct {
	data     string
	insecure bool
	log      *slog.Logger
}

// Look finds a hub.
func (p pairer) Look(ctx context.Context, typed string) (model.PairHub, error) {
	ctx, cancel := context.WithTimeout(ctx, pairPatience)
	defer cancel()
	address, err := pairing.Normal(typed, p.insecure)
	if err != nil {
		return model.PairHub{}, p.fault(err)
	}
	pin, err := pairing.Look(ctx, address)
	if err != nil {
		return model.PairHub{}, p.fault(err)
	}
	return model.PairHub{Address: address, Pin: pin, Fingerprint: wire.Fingerprint(pin)}, nil
}

// Pair exchanges a code for a key.
func (p pairer) Pair(ctx context.Context, hub model.PairHub, code string) error {
	ctx, cancel := context.WithTimeout(ctx, pairPatience)
	defer cancel()
	paired, err := exchange(ctx, hub.Address, hub.Pin, code, p.data, p.log)
	if err != nil {
		return p.fault(err)
	}
	p.log.Info("paired", "device", paired.Device, "hub", paired.Address)
	return nil
}

// fault is an error as the screen tells it. What is no fault of the hub's is one of the disk's.
func (p pairer) fault(err error) error {
	p.log.Warn("not paired", "error", err)
	if known, is := errors.AsType[*pairing.Error](err); is {
		return &model.PairError{Fault: model.PairFault(known.Kind), Wait: known.Wait, Err: err}
	}
	return &model.PairError{Fault: model.PairNotStored, Err: err}
}

// showPairing shows the pairing screen until the terminal is paired, and then has it started again.
// It needs the main goroutine.
func showPairing(ctx context.Context, c config, o options, log *slog.Logger) (code int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	app, err := newApp()
	if err != nil {
		return supervise.ExitStart, err
	}
	var paired atomic.Bool
	var window *ui.Pairing
	opened := make(chan struct{})
	presenter, err := model.NewPairing(cmp.Or(c.paired.Language, environmentLanguage()), c.Hub, pairer{o.data, o.insecure, log},
		func() { fyne.Do(func() { window.Follow() }) },
		func() {
			paired.Store(true)
			cancel()
		})
	if err != nil {
		return supervise.ExitStart, err
	}
	var group sync.WaitGroup
	window, view := ui.NewPairing(app, presenter, theme.Light, func(errand model.Errand) { group.Go(func() { errand(ctx) }) }, cancel)
	if err := o.window.open(app, view, opened); err != nil {
		return supervise.ExitStart, err
	}
	view.SetOnClosed(cancel)
	finish := func() int {
		if paired.Load() || c.paired.Again { // closed, it goes on as it was
			return supervise.ExitAgain
		}
		return supervise.ExitLeft
	}
	code, err = showAlone(ctx, app, view, opened, finish, log)
	cancel()
	group.Wait()
	if err == nil && c.paired.Again && !paired.Load() {
		if err = pairing.AskAgain(o.data, false, ""); err != nil {
			code = supervise.ExitStart
		}
	}
	return code, err
}
