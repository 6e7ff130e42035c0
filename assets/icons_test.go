package assets_test

import (
	"bytes"
	"encoding/xml"
	"slices"
	"testing"

	"comptoir/assets"
)

// The names of ui.md, section 8.
var names = []string{
	"orders", "sell", "printer", "reports", "more",
	"all", "bag", "car", "bike", "box", "store", "table",
	"clock", "alert", "check", "check-circle", "hourglass", "question", "info", "lock", "pause", "play",
	"flame", "bell", "speaker", "phone", "mail", "user", "pin", "home", "link", "truck",
	"cloud-check", "cloud-off", "refresh",
	"search", "filter", "x", "left", "right", "up", "down", "plus", "minus", "pencil", "trash",
	"card", "cash", "gift", "note", "gear", "chat", "send", "paper",
	"erase", "shift", // keys, not in ui.md
}

func TestIconsAreAsDescribed(t *testing.T) {
	want := slices.Sorted(slices.Values(names))
	if got := assets.IconNames(); !slices.Equal(got, want) {
		t.Errorf("icons %v, want %v", got, want)
	}
	for _, name := range names {
		svg := assets.Icon(name, "#1a1c1e", 1.75)
		if err := xml.Unmarshal(svg, new(struct{})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, part := range []string{`viewBox="0 0 24 24"`, `stroke="#1a1c1e"`, `stroke-width="1.75"`, `stroke-linecap="round"`} {
			if !bytes.Contains(svg, []byte(part)) {
				t.Errorf("%s lacks %s", name, part)
			}
		}
		if bytes.Contains(svg, []byte("currentColor")) {
			t.Errorf("%s: not coloured", name)
		}
	}
}

func TestUnknownIconIsEmpty(t *testing.T) {
	svg := assets.Icon("../icons", "#000000", 2)
	if !bytes.Contains(svg, []byte("<svg")) || bytes.Contains(svg, []byte("path")) {
		t.Errorf("got %s", svg)
	}
}
