// Command terminal is the counter's terminal: a window for fingers. With --headless it has none:
// events are JSON lines on stdout, commands are JSON lines on stdin. "terminal doctor" says what
// is wrong with a terminal, and what to do; "terminal pair" makes it known to a hub; "terminal backup"
// and "terminal restore" copy its file, and put a copy back.
//
// With a window there are two processes: the first one shows nothing, and starts the second again
// when it crashes (package supervise).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"comptoir/internal/supervise"
)

func main() {
	begin := start
	arguments := os.Args[1:]
	if len(arguments) > 0 {
		if command := subcommand(arguments[0]); command != nil {
			begin, arguments = command, arguments[1:]
		}
	}
	code, err := begin(arguments)
	if err != nil {
		fmt.Fprintln(os.Stderr, "terminal:", err)
	}
	os.Exit(code)
}

// subcommand is that of the name, or nil.
func subcommand(name string) func(arguments []string) (code int, err error) {
	switch name {
	case "doctor":
		return examine
	case "pair":
		return pairCommand
	case "backup":
		return backupCommand
	case "restore":
		return restoreCommand
	}
	return nil
}

// options are what the command line says.
type options struct {
	config, data, hub string
	insecure, verbose bool
	headless          bool
	window            windowOptions
}

// where registers what every form of the command has.
func (o *options) where(flags *flag.FlagSet) {
	flags.StringVar(&o.config, "config", defaultConfig, "configuration `file` (docs/configuration.md)")
	flags.StringVar(&o.data, "data", "data", "`directory` of the terminal's file; made if missing")
	flags.StringVar(&o.hub, "hub", "", "the hub's `address`, instead of the configuration's")
	flags.BoolVar(&o.verbose, "verbose", false, "log more")
}

func (o *options) log() *slog.Logger {
	level := slog.LevelInfo
	if o.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// load reads the configuration, in which the command line wins, and who this terminal is.
func (o *options) load() (config, error) {
	c, err := loadConfig(o.config)
	if o.hub != "" {
		c.Hub = o.hub
	}
	if err != nil {
		return c, err
	}
	return c, c.identify(o.data, o.hub != "")
}

// start runs a terminal until a signal, or until its window is closed.
func start(arguments []string) (code int, err error) {
	var o options
	flags := flag.NewFlagSet("terminal", flag.ContinueOnError)
	o.where(flags)
	o.window.register(flags)
	flags.BoolVar(&o.headless, "headless", false, "no window: JSON lines on stdin and stdout")
	flags.BoolVar(&o.insecure, "insecure", false, "speak plain http to a hub on another machine")
	if err := flags.Parse(arguments); errors.Is(err, flag.ErrHelp) {
		return 0, nil
	} else if err != nil {
		return supervise.ExitStart, err
	}
	log := o.log()
	if !o.headless {
		supervised, err := supervise.Begin()
		if err != nil {
			return supervise.ExitStart, err
		}
		if !supervised {
			return watchOver(o, arguments, log)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if crash, shown := os.LookupEnv(crashVariable); shown {
		return showCrash(ctx, crash, o.window, log)
	}
	c, err := o.load()
	if err == nil {
		c.Hub, err = safe(c.Hub, o.insecure)
	}
	if err == nil && c.Device == "" && o.headless {
		err = errNotPaired
	}
	if err != nil {
		return supervise.ExitStart, err
	}
	if !o.headless && (c.Device == "" || c.paired.Again) {
		return showPairing(ctx, c, o, log)
	}
	if !o.headless {
		return openWindow(ctx, c, o.data, o.window, log)
	}
	clock := newClock()
	screen := newLines(clock, os.Stdin, os.Stdout, log)
	if err := run(ctx, c, o.data, clock, screen, log); err != nil {
		return supervise.ExitStart, err
	}
	return 0, nil
}
