package escpos_test

import (
	"bytes"
	"image"
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

	ribbon, ok := escpos.ProfileNamed("TM-U220")
	byLines, ok2 := escpos.ProfileNamed("NT-5890K")
	if !ok || !ok2 {
		t.Fatal("no such profile")
	}
	buzzer := func(b escpos.Buzzer) *escpos.Profile {
		p := escpos.Generic(48)
		p.Buzzer = b
		return p
	}
	bands, graphics := escpos.Generic(48), escpos.Generic(48)
	bands.BandRows, graphics.Image = 2, escpos.ImageGraphics
	bitmap := &escpos.Image{Width: 9, Height: 3, Bits: []byte{0x80, 0, 0x40, 0, 0xFF, 0x80}}

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
		{"Font", generic, func(e *escpos.Encoder) { e.Font(escpos.FontB); e.Font(escpos.FontA) }, "\x1B\x4D\x01\x1B\x4D\x00", "font"},
		{"Font, only one", torn, func(e *escpos.Encoder) { e.Font(escpos.FontB) }, "", "font"},
		{"Rotate", generic, func(e *escpos.Encoder) { e.Rotate(true); e.Rotate(false) }, "\x1B\x56\x01\x1B\x56\x00", "upside-down: rotate 90"},
		{"UpsideDown", generic, func(e *escpos.Encoder) { e.UpsideDown(true); e.UpsideDown(false) }, "\x1B\x7B\x01\x1B\x7B\x00", "upside-down"},
		{"Color", ribbon, func(e *escpos.Encoder) { e.Color(escpos.Red); e.Color(escpos.Black) }, "\x1B\x72\x01\x1B\x72\x00", "colour"},
		{"Color, only one", generic, func(e *escpos.Encoder) { e.Color(escpos.Red) }, "", "colour: harmful on thermal"},
		{"LineSpacing", generic, func(e *escpos.Encoder) { e.LineSpacing(24); e.LineSpacing(0) }, "\x1B\x33\x18\x1B\x32", "line spacing"},
		{"TabStops", generic, func(e *escpos.Encoder) { e.TabStops(4, 30); e.Text("a"); e.Tab(); e.Line("b") }, "\x1B\x44\x04\x1E\x00a\x09b\x0A", "tabs"},
		{"TabStops, none", generic, func(e *escpos.Encoder) { e.TabStops() }, "\x1B\x44\x00", "tabs"},
		{"Position", generic, func(e *escpos.Encoder) { e.Position(300) }, "\x1B\x24\x2C\x01", "tabs: abs pos"},
		{"Columns", generic, func(e *escpos.Encoder) {
			e.Columns(escpos.Cell{"two words", 6, escpos.Left}, escpos.Cell{"9.50", 6, escpos.Right}, escpos.Cell{"x", 3, escpos.Center})
		}, "two     9.50 x \x0Awords          \x0A", "feed"},
		{"Rule", generic, func(e *escpos.Encoder) { e.Size(2, 1); e.Rule('=') }, "\x1D\x21\x10" + strings.Repeat("=", 24) + "\x0A", "widths: x2 halves columns"},
		{"Rule of font B", generic, func(e *escpos.Encoder) { e.Font(escpos.FontB); e.Rule('-') }, "\x1B\x4D\x01" + strings.Repeat("-", 64) + "\x0A", "widths: 80 mm"},
		{"FeedDots by lines", byLines, func(e *escpos.Encoder) { e.FeedDots(8); e.FeedDots(0) }, "\x1B\x33\x08\x0A\x1B\x32", "feed: NT-5890K ignores 1B 4A; line spacing"},
		{"Style", generic, func(e *escpos.Encoder) {
			e.Style(escpos.Style{Width: 2, Height: 2, Bold: true, Reverse: true, Underline: true, Rotated: true, Font: escpos.FontB})
			e.Style(escpos.Style{Width: 2, Height: 2, Bold: true, Reverse: true, Underline: true, Rotated: true, Font: escpos.FontB})
			e.Style(escpos.Style{Width: 1, Height: 2, Bold: true, Reverse: true, Underline: true, Rotated: true, Font: escpos.FontB})
		}, "\x1D\x21\x11\x1B\x45\x01\x1D\x42\x01\x1B\x2D\x01\x1B\x56\x01\x1B\x4D\x01\x1D\x21\x01", "size, bold, reverse, underline, rotate, font"},
		{"Beep U230", buzzer(escpos.BuzzerU230), func(e *escpos.Encoder) { e.Beep(3, 5) }, "\x1B\x28\x41\x05\x00\x61\x64\x03\x05\x05", "buzzer Epson U230"},
		{"Beep option", buzzer(escpos.BuzzerOption), func(e *escpos.Encoder) { e.Beep(3, 5) }, "\x1B\x28\x41\x03\x00\x61\x01\x03", "buzzer optional"},
		{"Beep bell", buzzer(escpos.BuzzerBell), func(e *escpos.Encoder) { e.Beep(3, 5) }, "\x07\x07\x07", "buzzer others"},
		{"KickDrawer, none", torn, func(e *escpos.Encoder) { e.KickDrawer(escpos.Pin2, 100*time.Millisecond, 0) }, "", "no drawer"},
		{"QR", epson, func(e *escpos.Encoder) { e.QR(escpos.QR{Data: "abc", Module: 4, Level: 'Q'}) }, "\x1D\x28\x6B\x04\x00\x31\x41\x32\x00" +
			"\x1D\x28\x6B\x03\x00\x31\x43\x04\x1D\x28\x6B\x03\x00\x31\x45\x32\x1D\x28\x6B\x06\x00\x31\x50\x30abc\x1D\x28\x6B\x03\x00\x31\x51\x30", "QR"},
		{"Barcode", epson, func(e *escpos.Encoder) {
			e.Text("a")
			e.Barcode(escpos.Barcode{Symbology: escpos.Code128, Data: "A{1", Height: 60, Module: 3, Text: escpos.TextBelow})
		}, "a\x0A\x1D\x68\x3C\x1D\x77\x03\x1D\x66\x00\x1D\x48\x02\x1D\x6B\x49\x06{BA{{1", "barcode"},
		{
			"Barcode EAN", epson, func(e *escpos.Encoder) { e.Barcode(escpos.Barcode{Symbology: escpos.EAN13, Data: "4006381333931"}) },
			"\x1D\x68\x50\x1D\x77\x02\x1D\x66\x00\x1D\x48\x00\x1D\x6B\x43\x0D4006381333931", "barcode",
		},
		{"Bitmap", generic, func(e *escpos.Encoder) { e.Bitmap(bitmap) }, "\x1D\x76\x30\x00\x02\x00\x03\x00\x80\x00\x40\x00\xFF\x80", "raster A"},
		{"Bitmap in bands", bands, func(e *escpos.Encoder) { e.Bitmap(bitmap) }, "\x1D\x76\x30\x00\x02\x00\x02\x00\x80\x00\x40\x00\x1D\x76\x30\x00\x02\x00\x01\x00\xFF\x80", "raster A: keep bands"},
		{
			"Bitmap, graphics", graphics, func(e *escpos.Encoder) { e.Bitmap(bitmap) },
			"\x1D\x28\x4C\x10\x00\x30\x70\x30\x01\x01\x31\x09\x00\x03\x00\x80\x00\x40\x00\xFF\x80\x1D\x28\x4C\x02\x00\x30\x32", "raster B",
		},
		{
			"Bitmap, column", ribbon, func(e *escpos.Encoder) { e.Bitmap(bitmap) },
			"\x1B\x33\x10\x1B\x2A\x21\x09\x00\xA0\x00\x00\x60\x00\x00" + strings.Repeat("\x20\x00\x00", 7) + "\x0A\x1B\x32", "column image",
		},
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
		"font":             func(e *escpos.Encoder) { e.Font(2) },
		"colour":           func(e *escpos.Encoder) { e.Color(2) },
		"spacing":          func(e *escpos.Encoder) { e.LineSpacing(256) },
		"tab stops fall":   func(e *escpos.Encoder) { e.TabStops(8, 8) },
		"tab stop 256":     func(e *escpos.Encoder) { e.TabStops(256) },
		"tab stop 0":       func(e *escpos.Encoder) { e.TabStops(0) },
		"33 tab stops":     func(e *escpos.Encoder) { e.TabStops(make([]int, 33)...) },
		"position":         func(e *escpos.Encoder) { e.Position(65536) },
		"position -1":      func(e *escpos.Encoder) { e.Position(-1) },
		"wide cells":       func(e *escpos.Encoder) { e.Columns(escpos.Cell{Width: 40}, escpos.Cell{Width: 9}) },
		"endless cells":    func(e *escpos.Encoder) { e.Columns(escpos.Cell{Width: 1 << 62}, escpos.Cell{Width: 1 << 62}) },
		"no cell":          func(e *escpos.Encoder) { e.Columns(escpos.Cell{Width: 0}) },
		"cell's alignment": func(e *escpos.Encoder) { e.Columns(escpos.Cell{Width: 1, Align: 3}) },
		"rule of nothing":  func(e *escpos.Encoder) { e.Rule('\x00') },
		"rule of two":      func(e *escpos.Encoder) { e.Rule('鸭') },
		"no QR data":       func(e *escpos.Encoder) { e.QR(escpos.QR{}) },
		"QR level":         func(e *escpos.Encoder) { e.QR(escpos.QR{Data: "a", Level: 'X'}) },
		"QR module":        func(e *escpos.Encoder) { e.QR(escpos.QR{Data: "a", Module: 17}) },
		"QR too wide":      func(e *escpos.Encoder) { e.QR(escpos.QR{Data: strings.Repeat("a", 300), Module: 16}) },
		"QR too long":      func(e *escpos.Encoder) { e.QR(escpos.QR{Data: strings.Repeat("a", 3000), Module: 1}) },
		"symbology":        func(e *escpos.Encoder) { e.Barcode(escpos.Barcode{Symbology: 66, Data: "1"}) },
		"barcode height":   func(e *escpos.Encoder) { e.Barcode(escpos.Barcode{Symbology: escpos.ITF, Data: "12", Height: 256}) },
		"barcode module":   func(e *escpos.Encoder) { e.Barcode(escpos.Barcode{Symbology: escpos.ITF, Data: "12", Module: 1}) },
		"barcode text":     func(e *escpos.Encoder) { e.Barcode(escpos.Barcode{Symbology: escpos.ITF, Data: "12", Text: 4}) },
		"barcode too wide": func(e *escpos.Encoder) {
			e.Barcode(escpos.Barcode{Symbology: escpos.Code128, Data: strings.Repeat("a", 30)})
		},
		"no bitmap":        func(e *escpos.Encoder) { e.Bitmap(nil) },
		"bitmap too wide":  func(e *escpos.Encoder) { e.Bitmap(&escpos.Image{Width: 577, Height: 1, Bits: make([]byte, 73)}) },
		"bitmap too short": func(e *escpos.Encoder) { e.Bitmap(&escpos.Image{Width: 9, Height: 2, Bits: make([]byte, 3)}) },
		"no picture":       func(e *escpos.Encoder) { e.Image(nil) },
		"empty picture":    func(e *escpos.Encoder) { e.Image(image.NewGray(image.Rect(5, 5, 5, 9))) },
		"endless picture":  func(e *escpos.Encoder) { e.Image(image.Black) },
		"long picture":     func(e *escpos.Encoder) { e.Image(image.NewGray(image.Rect(0, 0, 1, 8193))) },
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

// What printers take only at the start of a line is an error within one.
func TestAlignWithinLineIsAnError(t *testing.T) {
	ribbon, _ := escpos.ProfileNamed("TM-U220")
	e := escpos.NewEncoder(ribbon)
	for name, do := range map[string]func(){
		"align": func() { e.Align(escpos.Center) }, "upside down": func() { e.UpsideDown(true) },
		"colour": func() { e.Color(escpos.Red) }, "position": func() { e.Position(0) },
	} {
		e.Reset()
		e.Text("a")
		do()
		if e.Err() == nil || string(e.Bytes()) != "a" {
			t.Errorf("%s: % X, %v", name, e.Bytes(), e.Err())
		}
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
		"font B":       change(func(p *escpos.Profile) { p.ColumnsB = -1 }),
		"few dots":     change(func(p *escpos.Profile) { p.Dots = 575 }),
		"many dots":    change(func(p *escpos.Profile) { p.Dots = 1025 }),
		"wide":         escpos.Generic(1 << 60),
		"image":        change(func(p *escpos.Profile) { p.Image = 9 }),
		"bands":        change(func(p *escpos.Profile) { p.BandRows = 2048 }),
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
