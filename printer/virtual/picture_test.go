package virtual_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"sync"
	"testing"

	"comptoir/printer/escpos"
	"comptoir/printer/virtual"
)

const (
	side      = 40 // of 58 mm paper, dots
	paperTop  = 40
	cellWide  = 12
	cellHigh  = 24
	lineSpace = 30
)

func decode(t testing.TB, stream string) escpos.Ticket {
	t.Helper()
	tickets, err := escpos.Decode(nil, []byte(stream))
	if err != nil || len(tickets) != 1 {
		t.Fatalf("got %d tickets, %v", len(tickets), err)
	}
	return tickets[0]
}

// ink is where a picture is dark, without the edge of the cut.
func ink(picture image.Image) image.Rectangle {
	var found image.Rectangle
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			if dark(picture, x, y) {
				found = found.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return found
}

func dark(picture image.Image, x, y int) bool {
	r, _, _, a := picture.At(x, y).RGBA()
	return r < 0x8000 && a == 0xFFFF
}

// cells is a piece of the paper in columns and dots from the top of the print.
func cells(column, top, columns, dots int) image.Rectangle {
	return image.Rect(side+column*cellWide, paperTop+top, side+(column+columns)*cellWide, paperTop+top+dots)
}

// TestPlaces looks where a full block stands: reverse blanks are black to the edges of their cells.
func TestPlaces(t *testing.T) {
	const reverse = "\x1DB\x01"
	code := func(data string) string {
		return "\x1D(k\x03\x001C\x10\x1D(k" + string([]byte{byte(len(data) + 3), 0}) + "1P0" + data + "\x1D(k\x03\x001Q0"
	}
	for name, test := range map[string]struct {
		stream string
		want   image.Rectangle
	}{
		"left":                      {reverse + "  \n", cells(0, 0, 2, cellHigh)},
		"centre":                    {"\x1Ba\x01" + reverse + "  \n", cells(15, 0, 2, cellHigh)},
		"right":                     {"\x1Ba\x02" + reverse + "  \n", cells(30, 0, 2, cellHigh)},
		"size 2x3":                  {"\x1D!\x12" + reverse + "  \n", cells(0, 0, 4, 3*cellHigh)},
		"on one baseline":           {"\x1D!\x01  \x1D!\x00" + reverse + " \n", cells(2, cellHigh, 1, cellHigh)},
		"second line":               {"\n" + reverse + " \n", cells(0, lineSpace, 1, cellHigh)},
		"below a high one":          {"\x1D!\x22 \n" + reverse + "\x1D!\x00 \n", cells(0, 3*cellHigh, 1, cellHigh)},
		"dots above":                {"\x1BJ\x07" + reverse + " \n", cells(0, 7, 1, cellHigh)},
		"line spacing":              {"\x1B3\x40\n" + reverse + " \n", cells(0, 64, 1, cellHigh)},
		"too wide":                  {strings.Repeat(" ", 33) + reverse + " \n", cells(1, lineSpace, 1, cellHigh)},
		"no room for half a letter": {strings.Repeat(" ", 31) + "\x1D!\x10" + reverse + " \n", cells(0, lineSpace, 2, cellHigh)},
		"raster":                    {"\x1Ba\x01\x1Dv0\x00\x02\x00\x02\x00\xFF\xFF\xFF\xFF", image.Rect(side+184, paperTop, side+200, paperTop+2)},
		"below a raster":            {"\x1Dv0\x00\x01\x00\x05\x00\x00\x00\x00\x00\x00" + reverse + " \n", cells(0, 5, 1, cellHigh)},
		"raster too wide":           {"\x1Dv0\x00\x40\x00\x01\x00" + strings.Repeat("\xFF", 64), image.Rect(side, paperTop, side+384, paperTop+1)},
		"column image":              {"   \x1B*\x21\x01\x00\xFF\xFF\xFF\n", image.Rect(side+36, paperTop, side+37, paperTop+24)},
		"column bands":              {"\x1B3\x10" + strings.Repeat("\x1B*\x21\x01\x00\xFF\xFF\xFF\n", 2), image.Rect(side, paperTop, side+1, paperTop+48)},
		"QR":                        {"\x1Ba\x01" + code("abcdefgh"), cells(2, 0, 28, 336)}, // 21 squares of 16 dots
		"QR too wide":               {code("abcdefghabcdefghabcdefgh"), image.Rectangle{}},  // 25
		"font B":                    {reverse + "\x1BM\x01  \n", image.Rect(side, paperTop, side+18, paperTop+17)},
		"rotated":                   {reverse + "\x1BV\x01\x1D!\x01  \n", image.Rect(side, paperTop, side+48, paperTop+24)},
		"upside down":               {"\x1B{\x01" + reverse + " \x1DB\x00  \n", cells(31, 0, 1, cellHigh)},
		"upside down, high":         {"\x1B{\x01\x1D!\x01 " + reverse + "\x1D!\x00 \n", cells(30, 0, 1, cellHigh)},
		"tab":                       {"\t" + reverse + " \n", cells(8, 0, 1, cellHigh)},
		"position":                  {"   \x1B$\x00\x01" + reverse + " \n", image.Rect(side+256, paperTop, side+268, paperTop+24)},
		"position beyond":           {"\x1B$\x00\x02" + reverse + " \n", cells(0, 0, 1, cellHigh)},
		"barcode":                   {"\x1Dh\x30\x1Dw\x02\x1Ba\x01\x1Dk\x46\x0212", image.Rect(side+165, paperTop, side+219, paperTop+48)}, // 27 modules
		"barcode, text":             {"\x1Dh\x30\x1Dw\x02\x1DH\x03\x1Dk\x46\x0212", image.Rect(side, paperTop+4, side+54, paperTop+91)},
		"barcode too wide":          {"\x1Dw\x06\x1Dk\x45\x05ABCDE", image.Rectangle{}},
		"barcode of nothing":        {"\x1Dk\x45\x01?", image.Rectangle{}},
		"blank":                     {" \n", image.Rectangle{}},
	} {
		t.Run(name, func(t *testing.T) {
			picture := virtual.Picture(decode(t, test.stream), 32)
			if got := picture.Bounds().Dx(); got != 464 {
				t.Errorf("%d dots wide, want 58 mm", got)
			}
			if got := ink(picture); got != test.want {
				t.Errorf("ink at %v, want %v", got, test.want)
			}
		})
	}
}

func TestPaper(t *testing.T) {
	ticket := decode(t, "a\n\x1BJ\x10\x1DVB\x05")
	for columns, width := range map[int]int{48: 640, 42: 568, 32: 464, -1: 176, 1000: 1600} {
		if got := virtual.Picture(ticket, columns).Bounds().Dx(); got != width {
			t.Errorf("%d columns: %d dots", columns, got)
		}
	}
	picture := virtual.Picture(ticket, 32)
	if got, want := picture.Bounds().Dy(), paperTop+lineSpace+0x10+5+8; got != want {
		t.Errorf("%d dots high, want %d", got, want)
	}
	bottom := picture.Bounds().Dy() - 1
	_, _, _, tooth := picture.At(8, bottom).RGBA()
	_, _, _, gap := picture.At(0, bottom).RGBA()
	if tooth != 0xFFFF || gap != 0 {
		t.Errorf("a cut without teeth: %x, %x", tooth, gap)
	}
	torn := virtual.Picture(decode(t, "a\n"), 32)
	if _, _, _, edge := torn.At(0, torn.Bounds().Dy()-1).RGBA(); edge != 0xFFFF {
		t.Error("teeth without a cut")
	}
	for name, ticket := range map[string]escpos.Ticket{
		"endless":  {Lines: make([]escpos.Line, 10_000), Cut: escpos.CutFull},
		"fed":      {Feed: 1 << 40},
		"strange":  {Feed: -100, Lines: []escpos.Line{{Above: -1000, Spacing: -5, Spans: []escpos.Span{{Text: "a"}, {Text: "b", Style: escpos.Style{Width: 99, Height: -9}}}}}},
		"no bits":  {Lines: []escpos.Line{{Image: &escpos.Image{Width: 1 << 30, Height: 1 << 30}}, {QR: &escpos.QR{Data: "a"}}}},
		"nothing":  {},
		"too long": {Lines: []escpos.Line{{QR: &escpos.QR{Data: strings.Repeat("é", 3000), Module: 1}}}},
	} {
		if got := virtual.Picture(ticket, 32).Bounds().Dy(); got < paperTop || got > 20_000 {
			t.Errorf("%s: %d dots high", name, got)
		}
	}
}

// TestStyles compares a letter with itself in other styles.
func TestStyles(t *testing.T) {
	at := func(stream string) image.Image { return virtual.Picture(decode(t, stream+"\n"), 32) }
	count := func(picture image.Image) (n int) {
		for y := range picture.Bounds().Dy() {
			for x := range picture.Bounds().Dx() {
				if dark(picture, x, y) {
					n++
				}
			}
		}
		return n
	}
	plain := count(at("a"))
	if bold := count(at("\x1BE\x01a")); bold <= plain {
		t.Errorf("bold has %d dots, plain %d", bold, plain)
	}
	if reverse := count(at("\x1DB\x01a")); reverse < cellWide*cellHigh-2*plain || reverse >= cellWide*cellHigh {
		t.Errorf("reverse has %d dots, plain %d", reverse, plain)
	}
	if underlined := count(at("\x1B-\x01a")); underlined != plain+2*cellWide {
		t.Errorf("underlined has %d dots, plain %d", underlined, plain)
	}
	if got, want := count(at("\x1B-\x01\x1DB\x01a")), count(at("\x1DB\x01a")); got != want {
		t.Errorf("underlined reverse has %d dots, reverse %d", got, want)
	}
	if large := count(at("\x1D!\x33a")); large < 14*plain || large > 18*plain {
		t.Errorf("4x4 has %d dots, plain %d", large, plain)
	}
}

// TestRotated: a letter on its side is the letter, turned clockwise.
func TestRotated(t *testing.T) {
	upright, rotated := virtual.Picture(decode(t, "F\n"), 32), virtual.Picture(decode(t, "\x1BV\x01F\n"), 32)
	turned := virtual.Picture(decode(t, "\x1B{\x01F\n"), 32)
	for y := range cellHigh {
		for x := range cellWide {
			want := upright.At(side+x, paperTop+y)
			if rotated.At(side+cellHigh-1-y, paperTop+x) != want {
				t.Fatalf("rotated: dot %d, %d is elsewhere", x, y)
			}
			if turned.At(side+32*cellWide-1-x, paperTop+cellHigh-1-y) != want {
				t.Fatalf("upside down: dot %d, %d is elsewhere", x, y)
			}
		}
	}
}

func TestRed(t *testing.T) {
	picture := virtual.Picture(decode(t, "\x1Br\x01\x1DB\x01 \x1Br\x00 \n"), 32)
	if r, g, b, _ := picture.At(side+5, paperTop+5).RGBA(); r < 0xC000 || g > 0x2000 || b > 0x2000 {
		t.Errorf("red is %x, %x, %x", r, g, b)
	}
	if !dark(picture, side+cellWide+5, paperTop+5) {
		t.Error("black is not black")
	}
}

// TestLetters: those of the code pages differ from each other, and none is the box of a letter
// that the font lacks.
func TestLetters(t *testing.T) {
	painter := virtual.NewPainter()
	draw := func(letter rune, bold bool) string {
		var b bytes.Buffer
		span := escpos.Span{Text: string(letter), Style: escpos.Style{Width: 1, Height: 1, Bold: bold}}
		if err := painter.PNG(&b, escpos.Ticket{Lines: []escpos.Line{{Spans: []escpos.Span{span}}}}, 8); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, bold := range []bool{false, true} {
		seen := map[string]rune{draw('鸭', bold): '鸭', draw(' ', bold): ' '}
		for _, letter := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#$@[]{}|!?&+-=*/%«»’“”…—–·°×½€œŒæÆ" +
			"àâäçéèêëîïôöùûüÿÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸñÑ¿¡│─┌┐└┘█" {
			picture := draw(letter, bold)
			if other, ok := seen[picture]; ok {
				t.Errorf("%c looks like %c", letter, other)
			}
			seen[picture] = letter
		}
		if draw('鸭', bold) != draw('🍟', bold) {
			t.Error("letters that the font lacks are not all a box")
		}
	}
}

func TestPainterAtTheSameTime(t *testing.T) {
	painter := virtual.NewPainter()
	ticket := decode(t, ticket("Crème brûlée")+"\x1B@")
	var want bytes.Buffer
	if err := virtual.NewPainter().PNG(&want, ticket, 32); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			var got bytes.Buffer
			if err := painter.PNG(&got, ticket, 32); err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Error("another picture", err)
			}
		})
	}
	all.Wait()

	file, err := png.Decode(&want)
	if err != nil {
		t.Fatal(err)
	}
	picture := painter.Picture(ticket, 32)
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			if dark(file, x, y) != dark(picture, x, y) {
				t.Fatalf("file and picture differ at %d, %d", x, y)
			}
		}
	}
}

func FuzzPicture(f *testing.F) {
	f.Add([]byte(ticket("Crème brûlée")), 32)
	f.Add([]byte("\x1D!\x77abc\x1DB\x01d\x1B-\x01e\n\x1Dv0\x03\x02\x00\x02\x00abcd\x1B*\x21\x01\x00abc\x1D(k\x04\x001P0a\x1D(k\x03\x001Q0"), 9)
	f.Fuzz(func(t *testing.T, stream []byte, columns int) {
		tickets, _ := escpos.Decode(nil, stream) // the error is of the end of the stream
		for _, ticket := range tickets {
			virtual.Picture(ticket, columns)
			virtual.Text(ticket)
		}
	})
}

func BenchmarkPicture(b *testing.B) {
	painter := virtual.NewPainter()
	ticket := decode(b, "\x1BE\x01\x1D!\x33#214\n"+strings.Repeat("\x1D!\x112 Steak frites\n\x1D!\x01    + saignant\n", 8)+
		strings.Repeat("\x1D!\x00Aussi au poste Froid                  3 articles\n", 8)+"\x1BJ\x78\x1DV\x00")
	b.ReportAllocs()
	for b.Loop() {
		painter.Picture(ticket, 48)
	}
}

func TestTextOfGraphics(t *testing.T) {
	got := virtual.Text(decode(t, "abc\n\x1Dv0\x00\x01\x00\x01\x00\xFF\x1D(k\x04\x001P0x\x1D(k\x03\x001Q0\n\n\x1DV\x00"))
	want := "┌───┐\n│abc│\n│   │ image of 8x1 dots\n│   │ QR code of \"x\"\n└───┘\n"
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	got = virtual.Text(decode(t, "\x1Dk\x46\x0212\x1B{\x01\x1BM\x01\x1Br\x01\x1BV\x01a\n\x1B{\x00\x1BM\x00\x1Br\x00\x1BV\x00a\tb\n"))
	want = "┌─────────┐\n│         │ barcode of \"12\"\n│a        │ upside down, font B rotated red\n│a       b│\n│         │ not cut\n└─────────┘\n"
	want = strings.TrimSuffix(want, "└─────────┘\n")
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
