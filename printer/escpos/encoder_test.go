package escpos_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/printer/escpos"
)

// profileOf is a plain profile with the given code pages under Epson's numbers.
func profileOf(t testing.TB, names ...string) *escpos.Profile {
	t.Helper()
	p := &escpos.Profile{Name: "test", Columns: 48, Cut: escpos.CutPartial}
	for _, name := range names {
		page, err := escpos.ParseCodePage(name)
		if err != nil {
			t.Fatal(err)
		}
		p.CodePages = append(p.CodePages, page)
	}
	return p
}

func encode(t testing.TB, p *escpos.Profile, do func(*escpos.Encoder)) []byte {
	t.Helper()
	e := escpos.NewEncoder(p)
	do(e)
	if err := e.Err(); err != nil {
		t.Fatal(err)
	}
	return e.Bytes()
}

// Sources are the rows of escpos.md, table 2.1.
func TestCommandBytes(t *testing.T) {
	generic, epson := escpos.Generic(48), escpos.Epson(48)
	legacy := profileOf(t, "PC437")
	legacy.Cut, legacy.CutFeed = escpos.CutLegacy, 120
	full := profileOf(t, "PC437")
	full.Cut, full.CutFeed = escpos.CutFull, 16
	torn := profileOf(t, "PC858")
	torn.Cut, torn.CutFeed = escpos.CutNone, 60

	for _, test := range []struct {
		name    string
		profile *escpos.Profile
		do      func(*escpos.Encoder)
		want    string
		source  string
	}{
		{"Init", generic, func(e *escpos.Encoder) { e.Init() }, "\x1B\x40\x1C\x2E\x1B\x52\x00\x1B\x74\x10", "init, kanji off, international set, code page"},
		{"Init western", torn, func(e *escpos.Encoder) { e.Init() }, "\x1B\x40\x1B\x52\x00\x1B\x74\x13", "init, international set, code page"},
		{"Line", generic, func(e *escpos.Encoder) { e.Line("ab") }, "ab\x0A", "feed"},
		{"Size 1x1", generic, func(e *escpos.Encoder) { e.Size(1, 1) }, "\x1D\x21\x00", "size"},
		{"Size 2x3", generic, func(e *escpos.Encoder) { e.Size(2, 3) }, "\x1D\x21\x12", "size"},
		{"Size 8x8", generic, func(e *escpos.Encoder) { e.Size(8, 8) }, "\x1D\x21\x77", "size"},
		{"Bold", generic, func(e *escpos.Encoder) { e.Bold(true); e.Bold(false) }, "\x1B\x45\x01\x1B\x45\x00", "bold"},
		{"Underline", generic, func(e *escpos.Encoder) { e.Underline(true); e.Underline(false) }, "\x1B\x2D\x01\x1B\x2D\x00", "underline"},
		{"Reverse", generic, func(e *escpos.Encoder) { e.Reverse(true); e.Reverse(false) }, "\x1D\x42\x01\x1D\x42\x00", "reverse"},
		{"Align", generic, func(e *escpos.Encoder) { e.Align(escpos.Center); e.Align(escpos.Right); e.Align(escpos.Left) }, "\x1B\x61\x01\x1B\x61\x02\x1B\x61\x00", "align"},
		{"Feed", generic, func(e *escpos.Encoder) { e.Feed(4) }, "\x1B\x64\x04", "feed"},
		{"FeedDots", generic, func(e *escpos.Encoder) { e.FeedDots(8) }, "\x1B\x4A\x08", "feed"},
		{"Cut partial", generic, func(e *escpos.Encoder) { e.Cut() }, "\x1D\x56\x42\x00", "cut B"},
		{"Cut full", full, func(e *escpos.Encoder) { e.Cut() }, "\x1D\x56\x41\x10", "cut B"},
		{"Cut legacy", legacy, func(e *escpos.Encoder) { e.Cut() }, "\x1B\x4A\x78\x1B\x6D", "cut, clones"},
		{"Cut none", torn, func(e *escpos.Encoder) { e.Cut() }, "\x1B\x4A\x3C", "feed"},
		{"Cut ends the line", generic, func(e *escpos.Encoder) { e.Text("a"); e.Cut() }, "a\x0A\x1D\x56\x42\x00", "cut: only at line start"},
		{"Beep Epson", epson, func(e *escpos.Encoder) { e.Beep(3, 5) }, "\x1B\x28\x41\x04\x00\x30\x31\x03\x05", "buzzer Epson m30"},
		{"Beep clone", generic, func(e *escpos.Encoder) { e.Beep(3, 5) }, "\x1B\x42\x03\x05", "buzzer clones"},
		{"Beep none", torn, func(e *escpos.Encoder) { e.Beep(3, 5) }, "", "no buzzer"},
		{"KickDrawer", generic, func(e *escpos.Encoder) { e.KickDrawer(escpos.Pin2, 100*time.Millisecond, 500*time.Millisecond) }, "\x1B\x70\x00\x32\xFA", "drawer"},
		{"KickDrawer pin 5", generic, func(e *escpos.Encoder) { e.KickDrawer(escpos.Pin5, 120*time.Millisecond, 240*time.Millisecond) }, "\x1B\x70\x01\x3C\x78", "drawer"},
		{"Raw", generic, func(e *escpos.Encoder) { e.Raw([]byte{0x10, 0x04, 0x01}) }, "\x10\x04\x01", "status in 2.2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := encode(t, test.profile, test.do); string(got) != test.want {
				t.Errorf("got % X, want % X (escpos.md 2.1: %s)", got, test.want, test.source)
			}
		})
	}
}

// One test for each defect of kenshaw/escpos (escpos.md, section 1) that an
// encoder can have; the number is its row there.
func TestDefectsOfKenshaw(t *testing.T) {
	p := escpos.Generic(48)
	for _, test := range []struct {
		defect string
		do     func(*escpos.Encoder)
		want   string
	}{
		{"2: text is not raw UTF-8", func(e *escpos.Encoder) { e.Init(); e.Reset(); e.Text("é") }, "\x1B\x74\x10\xE9"},
		{"4: Feed leaves the language alone", func(e *escpos.Encoder) { e.Feed(1) }, "\x1B\x64\x01"},
		{"5: bold is ESC E", func(e *escpos.Encoder) { e.Bold(true) }, "\x1B\x45\x01"},
		{"6: a kick has 5 bytes", func(e *escpos.Encoder) {
			e.KickDrawer(escpos.Pin2, 2*time.Millisecond, 0)
			e.Text("ab")
		}, "\x1B\x70\x00\x01\x00ab"},
		{"7: a kick can last", func(e *escpos.Encoder) { e.KickDrawer(escpos.Pin2, 510*time.Millisecond, 510*time.Millisecond) }, "\x1B\x70\x00\xFF\xFF"},
		{"8: a partial cut feeds", func(e *escpos.Encoder) { e.Cut() }, "\x1D\x56\x42\x00"},
		{"13: a count above 127 is one byte", func(e *escpos.Encoder) { e.Feed(200); e.FeedDots(255) }, "\x1B\x64\xC8\x1B\x4A\xFF"},
		{"14: text is no XML", func(e *escpos.Encoder) { e.Text("&amp;lt;") }, "&amp;lt;"},
		{"15: text cannot command", func(e *escpos.Encoder) { e.Text("a\x1Bp\x00\x32\xFAb\x10\x14\x01") }, "ap2[]b"},
		{"18: dots are fed by ESC J", func(e *escpos.Encoder) { e.FeedDots(24) }, "\x1B\x4A\x18"},
	} {
		t.Run(test.defect, func(t *testing.T) {
			if got := encode(t, p, test.do); string(got) != test.want {
				t.Errorf("got % X, want % X", got, test.want)
			}
		})
	}

	t.Run("9: nothing at the end", func(t *testing.T) {
		b := encode(t, p, func(e *escpos.Encoder) { e.Init(); e.Line("a"); e.Cut() })
		if !bytes.HasSuffix(b, []byte("a\x0A\x1D\x56\x42\x00")) {
			t.Errorf("got % X", b)
		}
	})
}

// Defect 3 of kenshaw: bad arguments end the process there.
func TestBadArguments(t *testing.T) {
	const ms = time.Millisecond
	for name, do := range map[string]func(*escpos.Encoder){
		"width 0":          func(e *escpos.Encoder) { e.Size(0, 1) },
		"height 9":         func(e *escpos.Encoder) { e.Size(1, 9) },
		"alignment":        func(e *escpos.Encoder) { e.Align(3) },
		"feed -1":          func(e *escpos.Encoder) { e.Feed(-1) },
		"feed 256":         func(e *escpos.Encoder) { e.Feed(256) },
		"dots -1":          func(e *escpos.Encoder) { e.FeedDots(-1) },
		"dots 256":         func(e *escpos.Encoder) { e.FeedDots(256) },
		"no beep":          func(e *escpos.Encoder) { e.Beep(0, 1) },
		"long beep":        func(e *escpos.Encoder) { e.Beep(1, 10) },
		"pin":              func(e *escpos.Encoder) { e.KickDrawer(2, 100*ms, 100*ms) },
		"no pulse":         func(e *escpos.Encoder) { e.KickDrawer(escpos.Pin2, 0, 100*ms) },
		"pulse beyond 255": func(e *escpos.Encoder) { e.KickDrawer(escpos.Pin2, 512*ms, 0) },
		"negative pause":   func(e *escpos.Encoder) { e.KickDrawer(escpos.Pin2, 100*ms, -ms) },
	} {
		t.Run(name, func(t *testing.T) {
			e := escpos.NewEncoder(escpos.Generic(48))
			do(e)
			first := e.Err()
			if first == nil {
				t.Fatal("no error")
			}
			e.Line("still printed")
			e.Size(99, 99)
			if e.Err() != first {
				t.Errorf("error became %v, was %v", e.Err(), first)
			}
			if got := string(e.Bytes()); got != "still printed\n" {
				t.Errorf("got %q", got)
			}
			e.Reset()
			if e.Err() != nil || len(e.Bytes()) != 0 {
				t.Errorf("after Reset: %v, % X", e.Err(), e.Bytes())
			}
		})
	}
}

func TestAlignWithinLineIsAnError(t *testing.T) {
	e := escpos.NewEncoder(escpos.Generic(48))
	e.Text("a")
	e.Align(escpos.Center)
	if e.Err() == nil {
		t.Error("no error")
	}
	for name, end := range map[string]func(){
		"line": func() { e.Line("") }, "feed": func() { e.Feed(1) }, "dots": func() { e.FeedDots(1) }, "init": e.Init,
	} {
		e.Reset()
		e.Text("a")
		end()
		e.Align(escpos.Center)
		if e.Err() != nil {
			t.Errorf("after %s: %v", name, e.Err())
		}
	}
}

func TestBadProfiles(t *testing.T) {
	change := func(do func(*escpos.Profile)) *escpos.Profile {
		p := escpos.Generic(48)
		do(p)
		return p
	}
	for name, p := range map[string]*escpos.Profile{
		"nil":          nil,
		"zero":         {},
		"columns":      escpos.Generic(0),
		"no page":      change(func(p *escpos.Profile) { p.CodePages = nil }),
		"unknown page": change(func(p *escpos.Profile) { p.CodePages[1].Name = "PC1" }),
		"buzzer":       change(func(p *escpos.Profile) { p.Buzzer = 9 }),
		"cut":          change(func(p *escpos.Profile) { p.Cut = 9 }),
		"cut feed":     change(func(p *escpos.Profile) { p.CutFeed = 256 }),
	} {
		t.Run(name, func(t *testing.T) {
			e := escpos.NewEncoder(p)
			e.Init()
			e.Line("é")
			e.Cut()
			e.Reset()
			if e.Err() == nil {
				t.Error("no error after Reset")
			}
		})
	}
}

func TestParseCodePage(t *testing.T) {
	for name, want := range map[string]escpos.CodePage{
		"WPC1252": {Name: escpos.WPC1252, Number: 16}, "windows-1252": {Name: escpos.WPC1252, Number: 16},
		"PC858": {Name: escpos.PC858, Number: 19}, "cp858": {Name: escpos.PC858, Number: 19},
		"PC850": {Name: escpos.PC850, Number: 2}, "CP_850": {Name: escpos.PC850, Number: 2},
		"PC437": {Name: escpos.PC437, Number: 0}, "IBM437": {Name: escpos.PC437, Number: 0},
		"PC863": {Name: escpos.PC863, Number: 4}, "cp 863": {Name: escpos.PC863, Number: 4},
		"ISO8859-15": {Name: escpos.ISO8859_15, Number: 40}, "iso-8859-15": {Name: escpos.ISO8859_15, Number: 40}, "latin9": {Name: escpos.ISO8859_15, Number: 40},
	} {
		if got, err := escpos.ParseCodePage(name); err != nil || got != want {
			t.Errorf("%q: got %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "1", "utf-8"} {
		if got, err := escpos.ParseCodePage(name); err == nil {
			t.Errorf("%q: got %v", name, got)
		}
	}
}

func TestMissing(t *testing.T) {
	e := escpos.NewEncoder(escpos.Generic(48))
	e.Init()
	e.Line("鸭 🍟 鸭 œ")
	if got := e.Missing(); !slices.Equal(got, []rune{'鸭', '🍟'}) {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(string(e.Bytes()), "[] [] [] \x9C\n") {
		t.Errorf("got %q", e.Bytes())
	}
	e.Reset()
	if got := e.Missing(); len(got) != 0 {
		t.Errorf("after Reset: %q", got)
	}
}
