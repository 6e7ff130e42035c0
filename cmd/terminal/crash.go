package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"fyne.io/fyne/v2"

	"comptoir/internal/supervise"
	"comptoir/internal/version"
	"comptoir/store"
	"comptoir/ui"
	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// crashVariable has the child show the plain error screen; its value is the report's file.
const crashVariable = "COMPTOIR_CRASH"

// crashPatience is how long the error screen waits for somebody before it tries by itself: orders
// go on arriving, and nothing prints meanwhile.
const crashPatience = 2 * time.Minute

// watchOver runs the terminal as the child of this process.
func watchOver(o options, arguments []string, log *slog.Logger) (code int, err error) {
	program, err := os.Executable()
	if err != nil {
		return supervise.ExitStart, fmt.Errorf("finding this program: %w", err)
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, supervise.Signals()...)
	defer signal.Stop(signals)
	parent := supervise.Parent{
		Program: program, Arguments: arguments, Directory: o.data, Version: version.Comptoir, Log: log,
		Screen: func(report string) []string { return []string{crashVariable + "=" + report} },
	}
	return parent.Run(signals)
}

// showCrash shows the plain error screen of a terminal that has crashed too often. It needs the main
// goroutine.
func showCrash(ctx context.Context, report string, options windowOptions, log *slog.Logger) (code int, err error) {
	data, err := model.NewCrashScreen(report, time.Now().Add(crashPatience))
	if err != nil {
		return supervise.ExitStart, err
	}
	app, err := newApp()
	if err != nil {
		return supervise.ExitStart, err
	}
	return showPlain(ctx, app, data, options, log)
}

// showUnable shows why a terminal cannot have its data: the screen of a kiosk must not stay black. It
// needs the main goroutine.
func showUnable(ctx context.Context, app fyne.App, failure error, data string, options windowOptions, log *slog.Logger) (code int, err error) {
	fault := model.StartFailing
	switch {
	case errors.Is(failure, store.ErrNewer):
		fault = model.StartNewer
	case errors.Is(failure, syscall.ENOSPC), errors.Is(failure, syscall.EDQUOT):
		fault = model.StartFull
	case errors.Is(failure, syscall.EROFS), errors.Is(failure, fs.ErrPermission):
		fault = model.StartReadOnly
	}
	screen, err := model.NewStartScreen(fault, failure.Error(), time.Now().Add(crashPatience))
	if err == nil {
		switch code, err = showPlain(ctx, app, screen, options, log); code {
		case supervise.ExitAgain, supervise.ExitDisplay:
			return code, err
		}
	}
	return supervise.ExitStart, errors.Join(withRemedy(failure, data), err)
}

// showPlain shows the plain error screen until somebody asks for another start, or nobody does for some
// time.
func showPlain(ctx context.Context, app fyne.App, data model.CrashScreen, options windowOptions, log *slog.Logger) (code int, err error) {
	ctx, cancel := context.WithTimeout(ctx, crashPatience)
	defer cancel()
	var again atomic.Bool
	window := ui.NewCrash(app, data, theme.Light, func() {
		again.Store(true)
		cancel()
	})
	opened := make(chan struct{})
	if err := options.open(app, window, opened); err != nil {
		return supervise.ExitStart, err
	}
	window.SetOnClosed(cancel)
	finish := func() int {
		if again.Load() || ctx.Err() == context.DeadlineExceeded {
			return supervise.ExitAgain
		}
		return 0
	}
	return showAlone(ctx, app, window, opened, finish, log)
}
