// Command demo is what `make run` starts: a hub with stand-ins of the platforms that send
// orders, two virtual printers, and the terminal's window. Without a display it works for a
// minute on a virtual one and keeps pictures; with -headless it plays the example orders.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"comptoir/printer/virtual"
	"comptoir/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// What examples/shop says: the addresses, and the paper.
const (
	hubAddress        = "127.0.0.1:8080"
	grillAddress      = "127.0.0.1:9101"
	barAddress        = "127.0.0.1:9102"
	deliverectAddress = "127.0.0.1:9201"
	doordashAddress   = "127.0.0.1:9202"
	columns           = 48 // of its printers
)

func run(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	binaries := flags.String("bin", "bin", "`directory` of the hub and the terminal")
	examples := flags.String("examples", "examples", "`directory` of the shop and the orders")
	out := flags.String("out", "out", "`directory` for logs and tickets; emptied of an earlier run's")
	headless := flags.Bool("headless", false, "no window: play the example orders, check what comes of them, and end")
	minute := flags.Duration("for", time.Minute, "how long to run where there is no display")
	if err := flags.Parse(arguments); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	d := &demo{out: *out, examples: *examples, began: time.Now(), painter: virtual.NewPainter()}
	defer d.close()
	if err := d.prepare(); err != nil {
		return err
	}
	play := d.playWindow
	switch {
	case *headless:
		play = d.playHeadless
	case os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "":
		play = func(ctx context.Context, binaries string) error { return d.playHidden(ctx, binaries, *minute) }
	}
	if err := play(ctx, *binaries); err != nil {
		return fmt.Errorf("%w (logs: %s)", err, d.out)
	}
	return nil
}

// demo is the whole of what runs.
type demo struct {
	out, examples string
	began         time.Time

	printing   sync.Mutex
	tickets    []ticket
	came       chan struct{}
	printers   []*virtual.Printer
	painter    *virtual.Painter
	deliverect *sandbox.Deliverect
	doordash   *sandbox.DoorDash
	hub        *process
	terminal   *process
	display    *exec.Cmd
	// quiet leaves the paper out of what is said: the window shows it.
	quiet bool
}

// ticket is a piece of paper that came out.
type ticket struct {
	station string
	text    string
}

// say prints one line of what happens.
func (d *demo) say(who, format string, values ...any) {
	d.printing.Lock()
	defer d.printing.Unlock()
	fmt.Printf("%6.2f s  %-10s  %s\n", time.Since(d.began).Seconds(), who, fmt.Sprintf(format, values...))
}

func (d *demo) prepare() error {
	for _, dir := range []string{"hub", "terminal", "tickets", "screens"} {
		if err := os.RemoveAll(filepath.Join(d.out, "demo", dir)); err != nil {
			return fmt.Errorf("emptying %s: %w", d.out, err)
		}
	}
	d.out = filepath.Join(d.out, "demo")
	if err := os.MkdirAll(filepath.Join(d.out, "tickets"), 0o755); err != nil {
		return fmt.Errorf("making %s: %w", d.out, err)
	}
	d.came = make(chan struct{}, 1)
	return nil
}

// printersUp starts the virtual printers.
func (d *demo) printersUp() error {
	for _, p := range []struct{ station, address string }{{"grill", grillAddress}, {"bar", barAddress}} {
		printer, err := virtual.Listen(p.address, func(t virtual.Ticket) { d.paper(p.station, t) })
		if err != nil {
			return fmt.Errorf("%w; is another demo running?", err)
		}
		d.printers = append(d.printers, printer)
		d.say("printer", "%s listens on %s, like a kitchen printer on port 9100", p.station, p.address)
	}
	return nil
}

// hubUp starts the hub on the example shop, and waits until it is usable.
func (d *demo) hubUp(ctx context.Context, binaries string, more ...string) (err error) {
	d.hub, err = launch(ctx, filepath.Join(d.out, "hub.log"), nil, filepath.Join(binaries, "hub"), append([]string{
		"--config", filepath.Join(d.examples, "shop", "hub.toml"), "--data", filepath.Join(d.out, "hub"), "--listen", hubAddress,
	}, more...)...)
	if err != nil {
		return err
	}
	if err := d.hub.ready(ctx); err != nil {
		return err
	}
	d.say("hub", "is ready on http://%s", hubAddress)
	return nil
}

// terminalUp starts the example shop's terminal, and waits until it is usable.
func (d *demo) terminalUp(ctx context.Context, binaries string, environment []string, more ...string) (err error) {
	d.terminal, err = launch(ctx, filepath.Join(d.out, "terminal.log"), environment, filepath.Join(binaries, "terminal"), append([]string{
		"--config", filepath.Join(d.examples, "shop", "terminal.toml"), "--data", filepath.Join(d.out, "terminal"),
		"--hub", "http://" + hubAddress,
	}, more...)...)
	if err != nil {
		return err
	}
	return d.terminal.ready(ctx)
}

// playHeadless plays the example orders on a terminal without a window, and checks all of it.
func (d *demo) playHeadless(ctx context.Context, binaries string) error {
	if err := errors.Join(d.printersUp(), d.platforms()); err != nil {
		return err
	}
	if err := d.hubUp(ctx, binaries); err != nil {
		return err
	}
	if err := d.terminalUp(ctx, binaries, nil, "--headless"); err != nil {
		return err
	}
	d.say("terminal", "is ready, without a window")
	return d.play(ctx)
}

func (d *demo) platforms() error {
	file, err := os.Create(filepath.Join(d.out, "platforms.log"))
	if err != nil {
		return fmt.Errorf("making a log: %w", err)
	}
	options := sandbox.Options{Log: slog.New(slog.NewTextHandler(file, nil))}
	d.deliverect = sandbox.NewDeliverect(sandbox.DeliverectConfig{Options: options, Secret: "deliverect-secret"})
	signing, err := base64.RawURLEncoding.DecodeString("ZG9vcmRhc2gtc2lnbmluZy1zZWNyZXQ")
	if err != nil {
		return err
	}
	d.doordash = sandbox.NewDoorDash(sandbox.DoorDashConfig{
		Options: options, Authorization: "Bearer doordash-secret",
		DeveloperID: "demo-developer", KeyID: "demo-key", SigningSecret: signing,
	})
	if err := errors.Join(d.deliverect.Start(deliverectAddress), d.doordash.Start(doordashAddress)); err != nil {
		return fmt.Errorf("%w; is another demo running?", err)
	}
	d.say("platforms", "stand-ins of Deliverect on %s and of DoorDash on %s", deliverectAddress, doordashAddress)
	return nil
}

// paper keeps and shows a ticket.
func (d *demo) paper(station string, t virtual.Ticket) {
	text := virtual.Text(t.Ticket)
	d.printing.Lock()
	d.tickets = append(d.tickets, ticket{station: station, text: text})
	n := len(d.tickets)
	fmt.Printf("%6.2f s  %-10s  ticket %d comes out at the station %q\n", t.At.Sub(d.began).Seconds(), "printer", n, station)
	if !d.quiet {
		for _, line := range bytes.Split([]byte(text), []byte("\n")) {
			fmt.Printf("          %s\n", line)
		}
	}
	d.printing.Unlock()
	name := filepath.Join(d.out, "tickets", fmt.Sprintf("%02d-%s", n, station))
	if err := d.keep(name, text, t); err != nil {
		d.say("demo", "the ticket could not be kept: %v", err)
	}
	select {
	case d.came <- struct{}{}:
	default:
	}
}

// keep writes a ticket as text and as a picture.
func (d *demo) keep(name, text string, t virtual.Ticket) error {
	var picture bytes.Buffer
	return errors.Join(
		os.WriteFile(name+".txt", []byte(text+"\n"), 0o644),
		d.painter.PNG(&picture, t.Ticket, columns),
		os.WriteFile(name+".png", picture.Bytes(), 0o644),
	)
}

func (d *demo) close() {
	for _, p := range []*process{d.terminal, d.hub} {
		if p != nil {
			p.stop()
		}
	}
	if d.display != nil {
		_ = d.display.Process.Kill() // a virtual screen has nothing to save
		_ = d.display.Wait()
	}
	closers := []io.Closer{}
	for _, p := range d.printers {
		closers = append(closers, p)
	}
	if d.deliverect != nil {
		closers = append(closers, d.deliverect, d.doordash)
	}
	for _, c := range closers {
		_ = c.Close() // the demo ends either way
	}
}
