package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"comptoir/ui/theme"
)

func TestMostSaysThatThereWasMore(t *testing.T) {
	test.NewTempApp(t)
	lines := []string{"un", "deux", "trois"}
	if got := most(lines, 3, theme.Body, 100); !slices.Equal(got, lines) {
		t.Errorf("all: %q", got)
	}
	width := theme.Body.Measure("deux tr…")
	if got := most(lines, 2, theme.Body, width); len(got) != 2 || got[0] != "un" || !strings.HasSuffix(got[1], "…") || lines[1] != "deux" {
		t.Errorf("two: %q of %q", got, lines)
	}
}
