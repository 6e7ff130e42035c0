package escpos_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"comptoir/printer/escpos"

	"pgregory.net/rapid"
)

// wish is what an encoder was asked for, as a decoder should hand it out.
type wish struct {
	e      *escpos.Encoder
	ticket escpos.Ticket
	line   escpos.Line
	style  escpos.Style
	align  escpos.Alignment
	turned bool
	above  int
}

func (w *wish) text(s string) {
	w.e.Text(s)
	if s == "" {
		return
	}
	if last := len(w.line.Spans) - 1; last >= 0 && w.line.Spans[last].Style == w.style {
		w.line.Spans[last].Text += s
		return
	}
	w.line.Spans = append(w.line.Spans, escpos.Span{Text: s, Style: w.style})
}

func (w *wish) put(line escpos.Line) {
	line.Align, line.UpsideDown, line.Above = w.align, w.turned, w.above
	w.above = 0
	w.ticket.Lines = append(w.ticket.Lines, line)
}

func (w *wish) end() {
	w.e.Line("")
	w.put(w.line)
	w.line = escpos.Line{}
}

// startLine is what codes and images do first.
func (w *wish) startLine() {
	if len(w.line.Spans) > 0 {
		w.end()
	}
}

// TestRoundTrip: what an encoder is asked for is what a decoder hands out, in all styles and with all
// codes, on each model.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, ok := escpos.ProfileNamed(rapid.SampledFrom(escpos.ProfileNames()).Draw(t, "model"))
		if !ok {
			t.Fatal("no profile of a name")
		}
		p.NoDotFeed = false // its lines of some dots are another test
		w := &wish{e: escpos.NewEncoder(p), style: escpos.Style{Width: 1, Height: 1}}
		w.e.Init()
		letters := rapid.StringOfN(rapid.SampledFrom([]rune("aé€Ω1 ç─")), 1, 9, -1)
		flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			w.step(t, p, letters, flag)
		}
		w.startLine()
		w.e.Cut()
		w.ticket.Cut, w.ticket.Feed = p.Cut, w.above+p.CutFeed
		if err := w.e.Err(); err != nil {
			t.Fatal(err)
		}
		got, err := escpos.Decode(p, w.e.Bytes())
		if p.Cut == escpos.CutNone && len(w.ticket.Lines)+len(w.ticket.Beeps)+len(w.ticket.Kicks) == 0 {
			return // no paper
		}
		if err != nil || len(got) != 1 {
			t.Fatalf("%d tickets, %v", len(got), err)
		}
		if !reflect.DeepEqual(got[0], w.ticket) {
			type plain escpos.Ticket // without its String
			t.Fatalf("got  %+v\nwant %+v", plain(got[0]), plain(w.ticket))
		}
	})
}

func (w *wish) step(t *rapid.T, p *escpos.Profile, letters *rapid.Generator[string], flag func(string) bool) {
	midLine := len(w.line.Spans) > 0
	switch rapid.IntRange(0, 12).Draw(t, "step") {
	case 0, 1:
		w.text(p.Display(letters.Draw(t, "text")))
	case 2:
		w.end()
	case 3:
		style := escpos.Style{
			Width: rapid.IntRange(1, 8).Draw(t, "width"), Height: rapid.IntRange(1, 8).Draw(t, "height"),
			Bold: flag("bold"), Reverse: flag("reverse"), Underline: flag("underline"), Rotated: flag("rotated"), Color: w.style.Color,
		}
		if p.ColumnsB > 0 && flag("font B") {
			style.Font = escpos.FontB
		}
		if p.TwoColours && !midLine && flag("red") {
			style.Color = escpos.Red
		}
		w.e.Style(style)
		w.style = style
	case 4:
		if !midLine {
			w.align, w.turned = escpos.Alignment(rapid.IntRange(0, 2).Draw(t, "align")), flag("upside down")
			w.e.Align(w.align)
			w.e.UpsideDown(w.turned)
		}
	case 5:
		if dots := rapid.IntRange(1, 255).Draw(t, "dots"); !midLine {
			w.e.FeedDots(dots)
			w.above += dots
		}
	case 6:
		w.startLine()
		code := escpos.QR{Data: rapid.StringN(1, 20, 40).Draw(t, "data"), Module: rapid.IntRange(1, 5).Draw(t, "module"), Level: rapid.SampledFrom([]byte("LMQH")).Draw(t, "level")}
		w.e.QR(code)
		if p.QR {
			w.put(escpos.Line{QR: &code})
		} else {
			w.image(p, code.Image())
		}
	case 7:
		w.startLine()
		code := escpos.Barcode{
			Symbology: escpos.Code128, Data: strings.ReplaceAll(rapid.StringOfN(rapid.RuneFrom([]rune("{AB}0 ~")), 1, 8, -1).Draw(t, "data"), "\n", ""),
			Height: rapid.IntRange(1, 255).Draw(t, "height"), Module: 2, Text: escpos.CodeText(rapid.IntRange(0, 3).Draw(t, "text")),
		}
		w.e.Barcode(code)
		w.put(escpos.Line{Barcode: &code})
	case 8:
		w.startLine()
		picture := &escpos.Image{Width: rapid.IntRange(1, 40).Draw(t, "width"), Height: rapid.IntRange(1, 60).Draw(t, "height")}
		each := (picture.Width + 7) / 8
		picture.Bits = rapid.SliceOfN(rapid.Byte(), each*picture.Height, each*picture.Height).Draw(t, "bits")
		if spare := each*8 - picture.Width; spare > 0 { // beyond its width there is nothing
			for y := range picture.Height {
				picture.Bits[(y+1)*each-1] &= 0xFF << spare
			}
		}
		w.e.Bitmap(picture)
		w.image(p, picture)
	case 9:
		beep := escpos.Beep{Times: rapid.IntRange(1, 9).Draw(t, "times"), Tenths: rapid.IntRange(1, 9).Draw(t, "tenths")}
		w.e.Beep(beep.Times, beep.Tenths)
		switch p.Buzzer {
		case escpos.BuzzerNone:
		case escpos.BuzzerOption:
			beep.Tenths = 0
			fallthrough
		default:
			w.ticket.Beeps = append(w.ticket.Beeps, beep)
		}
	case 10:
		kick := escpos.Kick{Pin: escpos.Pin(rapid.IntRange(0, 1).Draw(t, "pin")), On: 100 * time.Millisecond, Off: 500 * time.Millisecond}
		w.e.KickDrawer(kick.Pin, kick.On, kick.Off)
		w.ticket.Kicks = append(w.ticket.Kicks, kick)
	case 11:
		w.startLine()
		if w.style.Width > 2 || w.style.Rotated { // no room
			return
		}
		w.e.Columns(escpos.Cell{Text: "ab", Width: 6}, escpos.Cell{Text: "9.50", Width: 5, Align: escpos.Right}, escpos.Cell{Text: "x", Width: 3, Align: escpos.Center})
		w.put(escpos.Line{Spans: []escpos.Span{{Text: "ab     9.50 x ", Style: w.style}}})
	case 12:
		w.startLine()
		first, second := "a", p.Display("é")
		at := rapid.IntRange(200, 300).Draw(t, "at")
		w.e.Text(first)
		w.e.Position(at)
		w.e.Line(second)
		w.put(escpos.Line{Spans: []escpos.Span{{Text: first, Style: w.style}, {Text: second, Style: w.style, At: at}}})
	}
}

// image expects the bands of an image.
func (w *wish) image(p *escpos.Profile, picture *escpos.Image) {
	rows := 255
	if p.Image == escpos.ImageColumn {
		rows = 24
	}
	each := (picture.Width + 7) / 8
	for top := 0; top < picture.Height; top += rows {
		height := min(rows, picture.Height-top)
		band := &escpos.Image{Width: picture.Width, Height: height, Bits: picture.Bits[top*each : (top+height)*each]}
		if p.Image == escpos.ImageRaster { // GS v 0 counts whole bytes
			band.Width = 8 * each
		}
		line := escpos.Line{Image: band, Spacing: height}
		if p.Image == escpos.ImageColumn {
			full := make([]byte, 24*each)
			copy(full, band.Bits)
			line = escpos.Line{Image: &escpos.Image{Width: picture.Width, Height: 24, Bits: full}, Spacing: 16}
		}
		w.put(line)
	}
}

func TestRoundTripTabs(t *testing.T) {
	p := escpos.Generic(48)
	b := encode(t, p, func(e *escpos.Encoder) {
		e.Tab()
		e.Text("a")
		e.Tab()
		e.Line("b")
		e.Size(2, 1)
		e.TabStops(3, 10)
		e.Size(1, 1)
		e.Text("c")
		e.Tab()
		e.Text("d")
		e.Tab()
		e.Tab() // beyond the last stop
		e.Line("e")
		e.LineSpacing(40)
		e.Line("f")
	})
	tickets, err := escpos.Decode(p, b)
	if err != nil || len(tickets) != 1 {
		t.Fatalf("%d tickets, %v", len(tickets), err)
	}
	plain := escpos.Style{Width: 1, Height: 1}
	want := []escpos.Line{
		{Spans: []escpos.Span{{Text: "a", Style: plain, At: 8 * 12}, {Text: "b", Style: plain, At: 16 * 12}}},
		{Spans: []escpos.Span{{Text: "c", Style: plain}, {Text: "d", Style: plain, At: 3 * 24}, {Text: "e", Style: plain, At: 10 * 24}}},
		{Spans: []escpos.Span{{Text: "f", Style: plain}}, Spacing: 40},
	}
	if !reflect.DeepEqual(tickets[0].Lines, want) {
		t.Errorf("got  %+v\nwant %+v", tickets[0].Lines, want)
	}
	if got, want := tickets[0].String(), "        a       b\nc     d             e\nf\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := tickets[0].Lines[1].Columns(); got != 21 {
		t.Errorf("%d columns, want 21", got)
	}
}

func TestRoundTripDotsByLines(t *testing.T) {
	p, _ := escpos.ProfileNamed("NT-5890K")
	tickets, err := escpos.Decode(p, encode(t, p, func(e *escpos.Encoder) {
		e.LineSpacing(50)
		e.Text("a")
		e.FeedDots(70)
		e.FeedDots(9)
		e.Line("b")
	}))
	if err != nil || len(tickets) != 1 || len(tickets[0].Lines) != 3 {
		t.Fatalf("got %+v, %v", tickets, err)
	}
	for i, want := range []int{70, 9, 50} {
		if got := tickets[0].Lines[i].Spacing; got != want {
			t.Errorf("line %d: spacing %d, want %d", i, got, want)
		}
	}
}

// Old forms of barcodes, and their looks when nothing was said.
func TestDecodeBarcodes(t *testing.T) {
	var got []escpos.Barcode
	for _, line := range only(t, "\x1Dk\x02123456789012\x00\x1DH1\x1Dw\x09\x1Dk\x04ABC\x00\x1Dk\x49\x06{CABCD\x1Dk\x49\x00").Lines {
		if line.Barcode == nil || line.Blank() {
			t.Fatalf("got %+v", line)
		}
		got = append(got, *line.Barcode)
	}
	want := []escpos.Barcode{
		{Symbology: escpos.EAN13, Data: "123456789012", Height: 162, Module: 3},
		{Symbology: escpos.Code39, Data: "ABC", Height: 162, Module: 3, Text: escpos.TextAbove},
		{Symbology: escpos.Code128, Data: "{CABCD", Height: 162, Module: 3, Text: escpos.TextAbove},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := only(t, "a\x1Dk\x04ABC\x00b\x1Dk\x04"+strings.Repeat("1", 300)+"\x00c\n").Lines; len(got) != 1 || got[0].String() != "abc" {
		t.Errorf("within a line: got %+v", got)
	}
}
