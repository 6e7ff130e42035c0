package main

import (
	"log/slog"
	"path/filepath"
	"testing"

	"comptoir/store"
	"comptoir/terminal"
)

// Whatever is stored of the looks, the terminal starts.
func TestPreferences(t *testing.T) {
	path := filepath.Join(t.TempDir(), "terminal.db")
	file, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if got := preferences(file, log); got != (terminal.Preferences{}) {
		t.Errorf("nobody has chosen %+v", got)
	}
	want := terminal.Preferences{Language: "en", Appearance: "dark"}
	if err := file.Update(func(tx terminal.Tx) error { return tx.PutPreferences(want) }); err != nil {
		t.Fatal(err)
	}
	if got := preferences(file, log); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if got := preferences(file, log); got != (terminal.Preferences{}) {
		t.Errorf("read %+v of a closed file", got)
	}
}
