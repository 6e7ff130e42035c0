package main

import (
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"

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

// The process ends even where the window's toolkit hangs while it ends.
func TestQuit(t *testing.T) {
	for name, test := range map[string]struct {
		broken error
		hangs  bool
		want   []int
	}{
		"ends":            {nil, false, nil},
		"hangs":           {nil, true, []int{0}},
		"breaks and ends": {errors.New("disk"), false, nil}, // main says so
		"breaks, hangs":   {errors.New("disk"), true, []int{3}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var codes []int
				gone := make(chan struct{})
				if !test.hangs {
					close(gone)
				}
				quit(gone, test.broken, exitCode(test.broken, false, false), func(code int) { codes = append(codes, code) })
				if !slices.Equal(codes, test.want) {
					t.Errorf("exit codes %v, want %v", codes, test.want)
				}
			})
		})
	}
}

// panicky is a window whose loop panics.
type panicky struct {
	fyne.Window
	run func()
}

func (p panicky) ShowAndRun() { p.run() }

// Only where there is no display is a panic an error: the parent has to hear of all others.
func TestShow(t *testing.T) {
	closed := make(chan struct{})
	close(closed)
	display := func() { panic("no display") }
	mistake := func() {
		var none []int
		_ = none[len(none)]
	}
	for name, test := range map[string]struct {
		opened <-chan struct{}
		run    func()
		stays  bool
		err    bool
	}{
		"no display":              {make(chan struct{}), display, false, true},
		"a mistake at once":       {make(chan struct{}), mistake, true, false},
		"a panic in the day":      {closed, display, true, false},
		"a mistake in the day":    {closed, mistake, true, false},
		"closed, nothing happens": {closed, func() {}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if stayed := recover() != nil; stayed != test.stays {
					t.Errorf("it panics: %v, want %v", stayed, test.stays)
				}
			}()
			if err := show(panicky{run: test.run}, test.opened); (err != nil) != test.err {
				t.Errorf("error %v", err)
			}
		})
	}
}
