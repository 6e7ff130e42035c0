package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"comptoir/internal/backup"
	"comptoir/store"
)

// backupCommand is the command "terminal backup": a copy of the terminal's file as it is at one moment,
// whether the terminal runs or not.
func backupCommand(arguments []string) (code int, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return ended(makeBackup(ctx, arguments, os.Stdout))
}

// restoreCommand is the command "terminal restore": it puts a backup in the place of the terminal's file.
func restoreCommand(arguments []string) (code int, err error) {
	return ended(restore(arguments, os.Stdout))
}

// ended is how a command ends.
func ended(err error) (code int, _ error) {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0, nil
	default:
		return 1, err
	}
}

func makeBackup(ctx context.Context, arguments []string, out io.Writer) error {
	data, file, err := backup.Arguments("terminal", "backup", arguments)
	if err != nil {
		return err
	}
	orders, size, err := backup.Make(file, func(w io.Writer) error { return copyFile(ctx, data, w) }, store.Inspect)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	fmt.Fprintf(out, "%s: %d orders, %d bytes. terminal.toml and pairing.json are files of their own: keep them too\n", file, orders, size)
	return nil
}

// copyFile has the running terminal send its file, or reads it where none runs.
func copyFile(ctx context.Context, data string, w io.Writer) error {
	response, err := callLocal(ctx, data, http.MethodGet, localBackup)
	if errors.Is(err, errNoTerminal) {
		return copyStopped(data, w)
	}
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // read
	_, err = io.Copy(w, response.Body)
	return err
}

func copyStopped(data string, w io.Writer) error {
	path := filepath.Join(data, dataFile)
	if err := backup.Present("terminal", path); err != nil {
		return err
	}
	return store.Backup(path, w)
}

func restore(arguments []string, out io.Writer) error {
	data, file, err := backup.Arguments("terminal", "restore", arguments)
	if err != nil {
		return err
	}
	s, err := store.Restore(file, filepath.Join(data, dataFile), time.Now(), slog.New(slog.DiscardHandler))
	switch {
	case errors.Is(err, store.ErrInUse):
		return fmt.Errorf("%w: stop it first", err)
	case errors.Is(err, store.ErrDamaged):
		return fmt.Errorf("%w; where there is no better backup, put it in the place of %s: the terminal salvages what it can when it starts", err, filepath.Join(data, dataFile))
	case err != nil:
		return err
	}
	fmt.Fprintf(out, "restored %s: %d actions to send, %d waiting tickets, %d orders\n", file, s.Commands, s.Tickets, s.Orders)
	if s.Aside != "" {
		fmt.Fprintf(out, "what was there before is %s; what could be read of what it had not sent or printed is carried over\n", s.Aside)
	}
	if len(s.Missing) > 0 {
		fmt.Fprintln(out, "that file was damaged, and some of it could not be read: actions that were not sent may be missing. Keep it, and call the support")
	}
	fmt.Fprintln(out, "Start the terminal: the hub sends the orders again, and tickets that may have come out are headed POSSIBLE DUPLICATE")
	return nil
}
