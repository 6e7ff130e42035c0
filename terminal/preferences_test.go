package terminal_test

import (
	"testing"

	"comptoir/terminal"
)

func TestPreferencesAreKept(t *testing.T) {
	a, _ := alone(t)
	if got := a.service.Preferences(); got != (terminal.Preferences{}) {
		t.Errorf("at first %+v", got)
	}
	want := terminal.Preferences{Language: "en", Appearance: "dark"}
	a.ok(a.service.SetPreferences(want))
	a.restart()
	if got := a.service.Preferences(); got != want {
		t.Errorf("after a restart %+v, want %+v", got, want)
	}
}
