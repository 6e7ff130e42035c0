package supervise

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCleanDump(t *testing.T) {
	const trace = "goroutine 1 [running, locked to thread]:\ncomptoir/ui.(*Window).show(0xc000012345, {0x1, 0x2?, _}, ...)\n\tcomptoir/ui/window.go:290 +0x1b\n" +
		"created by comptoir/ui.(*Window).Run in goroutine 7\n\tcomptoir/ui/run.go:18 +0x5c"
	for name, test := range map[string]struct{ dump, want string }{
		"runtime's own":    {"panic: runtime error: index out of range [5] with length 3\n\n" + trace, "panic: runtime error: index out of range [5] with length 3\n\n" + trace},
		"fatal":            {"fatal error: concurrent map writes\n\n" + trace, "fatal error: concurrent map writes\n\n" + trace},
		"words":            {"panic: order of Zoë\nand her telephone\n\n" + trace, "panic: (its words are left out: they may hold personal data)\n\n" + trace + "\n(lines left out: 1)"},
		"said to be fatal": {"panic: x\nfatal error: Zoe\n\n" + trace, "panic: (its words are left out: they may hold personal data)\n\n" + trace + "\n(lines left out: 1)"},
		"wrapped":          {"panic: reading: runtime error: Zoe", "panic: (its words are left out: they may hold personal data)"},
		"half a frame":     {"Zoe.Tremblay()\nnothing", "\n(lines left out: 2)"},
		"signal":           {"[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a]", "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a]"},
	} {
		if got := cleanDump(test.dump); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, test.want)
		}
	}
}

// Whatever somebody's name is and wherever it stands in the words of a panic, no report tells it.
func TestCleanTellsNoWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := "Zo" + rapid.StringMatching(`[A-Za-zé]{3,12}`).Draw(t, "name")
		before := rapid.StringMatching(`[ -~]{0,20}`).Draw(t, "before")
		after := rapid.StringMatching(`[ -~é]{0,20}`).Draw(t, "after")
		words := before + name + " 514-" + after
		if text := cleanDump("panic: " + words + "\n" + words + "\n\ngoroutine 1 [running]:\n"); strings.Contains(text, name) {
			t.Errorf("%q is told: %s", words, text)
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n\tx.go:1 +0x1")
	f.Fuzz(func(t *testing.T, dump string) {
		once := cleanDump(dump)
		for _, line := range strings.Split(once, "\n") {
			if strings.ContainsFunc(line, func(r rune) bool { return r > 127 && r != '·' && r != '…' }) {
				t.Errorf("%q comes out of %q", line, dump)
			}
		}
	})
}

func TestCleanLog(t *testing.T) {
	for line, want := range map[string]string{
		`time=2026-11-23T12:17:30.123-05:00 level=WARN msg="no connection to the hub" hub=http://x error="Zoë"`: `2026-11-23T12:17:30.123-05:00 WARN "no connection to the hub"`,
		`time=2026-11-23T12:17:30.123-05:00 level=INFO msg=ready customer="msg=\"Zoë\""`:                        `2026-11-23T12:17:30.123-05:00 INFO ready`,
		`Zoë`:              "",
		`libGL error: Zoë`: "",
	} {
		if got, is := cleanLog(line); got != want || is != (want != "") {
			t.Errorf("%s: got %q", line, got)
		}
	}
}
