package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"comptoir/bench/internal/report"
	"comptoir/order"
	"comptoir/shop"
	"comptoir/store"
	"comptoir/terminal"
	"comptoir/ui/model"
)

// frameAim bounds the start of the terminal by that of a bare window.
const frameAim = 1.5

// startLimit is far more than any window needs to be ready.
const startLimit = time.Minute

// firstFrame measures a start: from exec to the line "ready".
func (b *bench) firstFrame(ctx context.Context) (t report.Table, err error) {
	stored, open := b.of(10_000, 1000), b.of(300, 30)
	program := filepath.Join(b.dir, "terminal")
	build := exec.CommandContext(ctx, "go", "build", "-C", "..", "-o", program, "comptoir/cmd/terminal")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return t, fmt.Errorf("building the terminal: %w", err)
	}
	if err := b.prepare(stored, open); err != nil {
		return t, err
	}
	config := filepath.Join(b.dir, "terminal.toml")
	// nobody listens there
	const text = "device = \"bench\"\nkey = \"bench\"\nhub = \"http://127.0.0.1:1\"\n" +
		"[printers.kitchen]\naddress = \"127.0.0.1:1\"\n[stations]\ncuisine = \"kitchen\"\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return t, err
	}

	bare := func() (*process, error) { return b.subject(ctx, startLimit, roleEmpty) }
	ours := func() (*process, error) {
		return b.start(ctx, startLimit, program, "-config", config, "-data", filepath.Join(b.dir, "data"))
	}
	var bares, terminals, ratios []float64
	rounds, starts := b.of(5, 1), b.of(3, 1)
	for round := range b.of(rounds+1, 1) {
		var of [2][]float64
		for range starts {
			for i, open := range []func() (*process, error){bare, ours} {
				took, err := timed(open)
				if err != nil {
					return t, err
				}
				of[i] = append(of[i], took.Seconds()*1e3)
			}
		}
		if round == 0 && !b.short { // it warms the files up
			continue
		}
		x, y := report.Median(of[0]), report.Median(of[1])
		bares, terminals, ratios = append(bares, x), append(terminals, y), append(ratios, y/x)
	}

	t = report.Table{
		Title: "E. First usable frame: from exec to \"ready\", which says that the window has the terminal's state",
		Head:  []string{"case", "ms", "x bare", "rounds", "aim", ""},
		Notes: []string{
			fmt.Sprintf("%d rounds of %d starts, in turns; the hub cannot be reached.", rounds, starts),
			"Both print it at the same point: when the function that fills the window has run on Fyne's goroutine.",
		},
	}
	t.Add("baseline: a bare Fyne window with an empty list", ms(report.Median(bares)), "1.00", "", "", "")
	r := report.Median(ratios)
	t.Add(fmt.Sprintf("the terminal, %d orders and their tickets stored, %d open", stored, open), ms(report.Median(terminals)),
		report.Ratio(r), report.Spread(ratios), fmt.Sprintf("<= %.2f", frameAim), report.AtMost(r, frameAim))
	return t, nil
}

// timed opens a window, waits until it is ready, and closes it.
func timed(open func() (*process, error)) (time.Duration, error) {
	p, err := open()
	if err != nil {
		return 0, err
	}
	defer p.close()
	return p.ready()
}

func ms(value float64) string { return fmt.Sprintf("%.0f", value) }

// prepare makes the data of a terminal that has been in use.
func (b *bench) prepare(stored, open int) error {
	file, err := store.Open(filepath.Join(b.dir, "data", "terminal.db"))
	if err != nil {
		return err
	}
	const together = 500
	for some := range slices.Chunk(orders(stored, open, time.Now()), together) {
		err = file.Update(func(tx terminal.Tx) error {
			for _, o := range some {
				if err := errors.Join(tx.PutOrder(o), tx.PutJob(printed(o))); err != nil {
					return err
				}
			}
			return tx.PutLocations([]shop.Location{location()})
		})
		if err != nil {
			break
		}
	}
	return errors.Join(err, file.Close())
}

// printed is an order's ticket, which came out when it was placed.
func printed(o order.Order) terminal.Job {
	station := location().Stations[0].ID
	return terminal.Job{
		Key: o.ID + "/" + station, OrderID: o.ID, Location: o.Location, Station: station, Version: 1, Kind: order.Kitchen,
		State: terminal.JobSent, Copies: 1, SentAt: o.PlacedAt, Number: 1,
		Ticket: &terminal.Ticket{
			Kind: order.Kitchen, Language: model.French, Number: o.Number, Section: o.Fulfillment.Type, Customer: o.Customer.Name,
			Channel: o.Channel, Station: station, Part: 1, Parts: 1, Lines: o.Lines, After: o.Lines, Received: o.PlacedAt, PrintedAt: o.PlacedAt,
		},
	}
}
