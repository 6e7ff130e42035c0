package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	gosync "sync"

	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// printers runs a queue for each printer that is set up, and tells the hub's client the stations.
type printers struct {
	letters escpos.Drawer
	log     *slog.Logger
	anew    chan struct{} // holds a value once something was set up anew

	mu     gosync.Mutex
	queues map[string]*running // changed by run alone
}

// running is one printer's queue at work.
type running struct {
	setup terminal.PrinterSetup
	queue *printer.Queue
	stop  context.CancelFunc
	ended chan struct{}
}

func newPrinters(letters escpos.Drawer, log *slog.Logger) *printers {
	return &printers{letters: letters, log: log, anew: make(chan struct{}, 1), queues: map[string]*running{}}
}

// wake makes all queues ask for tickets. It never blocks.
func (p *printers) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.queues {
		r.queue.Wake()
	}
}

// changed hears that printers or stations were set up anew. It never blocks.
func (p *printers) changed() {
	select {
	case p.anew <- struct{}{}:
	default:
	}
}

// run keeps the queues as the service has them set up, until ctx ends and the copies under way
// are out.
func (p *printers) run(ctx context.Context, service *terminal.Service, stations func(map[string][]string)) error {
	for {
		p.level(ctx, service)
		stations(map[string][]string{wire.AnyLocation: service.Stations()})
		select {
		case <-ctx.Done():
			p.mu.Lock()
			queues := make([]*running, 0, len(p.queues))
			for _, r := range p.queues {
				queues = append(queues, r)
			}
			p.mu.Unlock()
			for _, r := range queues {
				<-r.ended
			}
			return ctx.Err()
		case <-p.anew:
		}
	}
}

// level stops the queues of printers that are no more, or are reached otherwise, and starts those
// that are missing. A printer's old queue ends before its new one begins: never two at once.
func (p *printers) level(ctx context.Context, service *terminal.Service) {
	setups, _ := service.Setups()
	p.mu.Lock()
	var ending []*running
	for name, r := range p.queues {
		if !slices.ContainsFunc(setups, r.serves) {
			r.stop()
			ending = append(ending, r)
			delete(p.queues, name)
		}
	}
	p.mu.Unlock()
	for _, r := range ending {
		<-r.ended
	}
	for _, setup := range setups {
		p.mu.Lock()
		_, runs := p.queues[setup.Name]
		p.mu.Unlock()
		if !runs {
			p.start(ctx, service, setup)
		}
	}
}

// serves says that a queue goes on as it is for a setup: what people call the printer is nothing
// to it.
func (r *running) serves(setup terminal.PrinterSetup) bool {
	setup.Label = r.setup.Label
	return setup == r.setup
}

// start leaves out a printer that cannot be: its tickets wait, and it shows as broken.
func (p *printers) start(ctx context.Context, service *terminal.Service, setup terminal.PrinterSetup) {
	transport, profile, err := openPrinter(setup, p.letters)
	if err != nil {
		p.log.Error("printer cannot be used as it is set up", "printer", setup.Name, "err", err)
		service.Heard(terminal.PrinterState{Printer: setup.Name, Fault: terminal.FaultError, At: systemClock{}.Now().UTC()})
		return
	}
	ctx, stop := context.WithCancel(ctx)
	r := &running{
		setup: setup, stop: stop, ended: make(chan struct{}),
		queue: printer.NewQueue(setup.Name, service, transport, profile, p.log),
	}
	p.mu.Lock()
	p.queues[setup.Name] = r
	p.mu.Unlock()
	go func() {
		defer close(r.ended)
		defer stop()
		if err := r.queue.Run(ctx); err != nil {
			p.log.Error("printer's queue ended", "printer", setup.Name, "err", err)
		}
	}()
}

// openPrinter is how a printer is reached and what it understands; letters draws what it has no
// letters for.
func openPrinter(setup terminal.PrinterSetup, letters escpos.Drawer) (printer.Transport, *escpos.Profile, error) {
	profile, err := profileOf(setup)
	if err != nil {
		return nil, nil, err
	}
	profile.Drawer = letters
	transport, err := printer.Open(setup)
	if err != nil {
		return nil, nil, err
	}
	return transport, profile, nil
}

// profileOf is the named model's profile, or a generic one of the paper's width. Errors name the
// key of terminal.toml.
func profileOf(setup terminal.PrinterSetup) (*escpos.Profile, error) {
	var profile *escpos.Profile
	switch {
	case setup.Profile != "":
		named, known := escpos.ProfileNamed(setup.Profile)
		if !known {
			return nil, fmt.Errorf("profile: %q is not known; use one of %q, or leave it out", setup.Profile, escpos.ProfileNames())
		}
		if profile = named; setup.Columns > 0 && setup.Columns != profile.Columns {
			return nil, fmt.Errorf("columns: %s prints %d; leave it out, or leave out profile", setup.Profile, profile.Columns)
		}
	case setup.Columns == 0:
		profile = escpos.Generic(defaultColumns)
	case !slices.Contains([]int{32, 42, 48}, setup.Columns):
		return nil, fmt.Errorf("columns: %d is not possible; use 32 (58 mm), 42 or 48 (80 mm)", setup.Columns)
	default:
		profile = escpos.Generic(setup.Columns)
	}
	if setup.CodePage != "" {
		page, err := escpos.ParseCodePage(setup.CodePage)
		if err != nil {
			return nil, fmt.Errorf("code_page: %w", err)
		}
		if setup.CodePageNumber < 0 || setup.CodePageNumber > 255 {
			return nil, fmt.Errorf("code_page_number: %d must be 0 to 255", setup.CodePageNumber)
		}
		if setup.CodePageNumber > 0 {
			page.Number = byte(setup.CodePageNumber)
		}
		profile.CodePages = append([]escpos.CodePage{page},
			slices.DeleteFunc(profile.CodePages, func(other escpos.CodePage) bool { return other.Name == page.Name })...)
	}
	if err := profile.Validate(); err != nil {
		return nil, fmt.Errorf("columns or code_page: %w", err)
	}
	return profile, nil
}

const defaultColumns = 48
