package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"comptoir/store"
	"comptoir/terminal"
)

// The running terminal sends its file, a stopped one's is read, and neither is put back under a
// terminal that runs. What the commands are told wrongly they answer with what to do.
func TestBackupCommands(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	file, err := store.Open(filepath.Join(data, dataFile))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	service, err := terminal.New(terminal.Config{Device: "counter-1"}, terminal.Ports{
		Store: file, Clock: systemClock{}, Log: log, Notify: func(terminal.Event) {}, WakeSync: func() {}, WakePrinters: func() {},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- serveLocal(ctx, config{}, data, file, service, newClock(), newLines(systemClock{}, nil, nil, log), log)
	}()
	listens(t, data)
	dir := t.TempDir()
	running, stopped := filepath.Join(dir, "running.db"), filepath.Join(dir, "stopped.db")
	command := func(do func(out io.Writer) error) string {
		t.Helper()
		var out strings.Builder
		if err := do(&out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	backUp := func(to string) string {
		return command(func(out io.Writer) error { return makeBackup(t.Context(), []string{"--data", data, to}, out) })
	}
	if text := backUp(running); !strings.Contains(text, "0 orders") || !strings.Contains(text, running) {
		t.Errorf("it says %q", text)
	}
	if info, err := os.Stat(running); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	if err := makeBackup(t.Context(), []string{"--data", data, running}, io.Discard); err == nil || !strings.Contains(err.Error(), "another name") {
		t.Errorf("over a file that is there: %v", err)
	}
	if err := restore([]string{"--data", data, running}, io.Discard); !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), "stop it first") {
		t.Errorf("while it runs: %v", err)
	}
	cancel()
	if err := errors.Join(<-ended, file.Close()); err != nil {
		t.Fatal(err)
	}
	backUp(stopped)
	if text := command(func(out io.Writer) error { return restore([]string{"--data", data, stopped}, out) }); !strings.Contains(text, ".aside-") {
		t.Errorf("it says %q", text)
	}
	bad := filepath.Join(dir, "bad.db")
	if err := os.WriteFile(bad, []byte(strings.Repeat("words ", 5000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, arguments := range map[string][]string{
		"salvages": {"--data", data, bad}, "name one file": {"--data", data}, "no such file": {"--data", data, filepath.Join(dir, "none")},
	} {
		if err := restore(arguments, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("restore %q: %v", arguments, err)
		}
	}
	if err := os.WriteFile(filepath.Join(data, dataFile), []byte(strings.Repeat("words ", 5000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if text := command(func(out io.Writer) error { return restore([]string{"--data", data, stopped}, out) }); !strings.Contains(text, "may be missing") {
		t.Errorf("over a damaged file it says %q", text)
	}
	none := filepath.Join(dir, "none")
	if err := makeBackup(t.Context(), []string{"--data", none, filepath.Join(dir, "new.db")}, io.Discard); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("where no terminal has been: %v", err)
	}
	if _, err := os.Stat(none); !errors.Is(err, os.ErrNotExist) {
		t.Error("looking has made the directory")
	}
	if err := makeBackup(t.Context(), []string{"-h"}, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("help: %v", err)
	}
}
