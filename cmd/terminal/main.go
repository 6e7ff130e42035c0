// Command terminal is the counter's terminal: a window for fingers. With --headless it has none:
// events are JSON lines on stdout, commands are JSON lines on stdin.
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
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := start(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "terminal:", err)
		os.Exit(1)
	}
}

func start(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("terminal", flag.ContinueOnError)
	path := flags.String("config", "terminal.toml", "configuration `file` (docs/configuration.md)")
	data := flags.String("data", "data", "`directory` of the terminal's file; made if missing")
	hub := flags.String("hub", "", "the hub's `address`, instead of the configuration's")
	headless := flags.Bool("headless", false, "no window: JSON lines on stdin and stdout")
	var window windowOptions
	flags.StringVar(&window.size, "window", "1280x800", "`size` of the window")
	flags.BoolVar(&window.fullscreen, "fullscreen", false, "the window takes the whole screen, which stays on")
	insecure := flags.Bool("insecure", false, "speak plain http to a hub on another machine")
	verbose := flags.Bool("verbose", false, "log more")
	if err := flags.Parse(arguments); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	level := slog.LevelInfo
	if *verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	c, err := loadConfig(*path)
	if err != nil {
		return err
	}
	if *hub != "" {
		c.Hub = *hub
	}
	if err := safe(c.Hub, *insecure); err != nil {
		return err
	}
	if !*headless {
		return openWindow(ctx, c, *data, window, log)
	}
	screen := newLines(os.Stdin, os.Stdout, log)
	return run(ctx, c, *data, screen, log)
}
