package escpos_test

import (
	"reflect"
	"strings"
	"testing"

	"comptoir/printer/escpos"
)

// only decodes a stream that makes one ticket.
func only(t *testing.T, stream string) escpos.Ticket {
	t.Helper()
	tickets, err := escpos.Decode(nil, []byte(stream))
	if err != nil || len(tickets) != 1 {
		t.Fatalf("got %d tickets, %v", len(tickets), err)
	}
	return tickets[0]
}

// rows draws an image with a # for each black dot.
func rows(image *escpos.Image) string {
	if image == nil {
		return "no image"
	}
	var b strings.Builder
	for y := range image.Height {
		for x := range image.Width {
			if image.Black(x, y) {
				b.WriteByte('#')
			} else {
				b.WriteByte('.')
			}
		}
		b.WriteByte('/')
	}
	return b.String()
}

// Bytes by the rows of escpos.md, table 2.1.
func TestDecodeImages(t *testing.T) {
	const store = "\x1D(L\x0C\x000p0" // 10+2 bytes: an image of two rows of up to 8 dots
	for name, test := range map[string]struct{ stream, want, source string }{
		"raster":                 {"\x1Dv0\x00\x02\x00\x02\x00\x80\x01\xFF\x00", "#..............#/########......../", "raster A"},
		"double width":           {"\x1Dv0\x01\x01\x00\x01\x00\xA0", "##..##........../", "raster A"},
		"double height":          {"\x1Dv02\x01\x00\x01\x00\xA0", "#.#...../#.#...../", "raster A"},
		"quadruple":              {"\x1Dv03\x01\x00\x01\x00\x80", "##............../##............../", "raster A"},
		"graphics":               {store + "\x01\x011\x03\x00\x02\x00\xA0\x40" + "\x1D(L\x02\x0002", "#.#/.#./", "raster B"},
		"graphics 2x1":           {store + "\x02\x011\x03\x00\x02\x00\xA0\x40" + "\x1D(L\x02\x000\x02", "##..##/..##../", "raster B"},
		"graphics > 64K":         {"\x1D8L\x0C\x00\x00\x000p0\x01\x011\x03\x00\x02\x00\xA0\x40" + "\x1D(L\x02\x0002", "#.#/.#./", "raster B"},
		"column, 24 dots":        {"\x1B*\x21\x02\x00\x80\x00\x01\x00\x80\x00\n", "#./" + strings.Repeat("../", 7) + ".#/" + strings.Repeat("../", 14) + "#./", "column image"},
		"column, 8 dots":         {"\x1B*\x01\x02\x00\x80\x01\n", strings.Repeat("#./", 3) + strings.Repeat("../", 18) + strings.Repeat(".#/", 3), "column image"},
		"column, single density": {"\x1B*\x20\x01\x00\xFF\xFF\xFF\x1B*\x00\x01\x00\x00\n", strings.Repeat("##../", 24), "column image"},
		"column, to the cut":     {"\x1B*\x21\x01\x00\xFF\xFF\xFF\x1DV\x00", strings.Repeat("#/", 24), "column image"},
	} {
		t.Run(name, func(t *testing.T) {
			ticket := only(t, test.stream)
			if len(ticket.Lines) != 1 || ticket.Lines[0].Blank() {
				t.Fatalf("got %+v", ticket)
			}
			if got := rows(ticket.Lines[0].Image); got != test.want {
				t.Errorf("got %s, want %s (escpos.md 2.1: %s)", got, test.want, test.source)
			}
		})
	}
}

func TestDecodeImagePlace(t *testing.T) {
	const dot = "\x1Dv0\x00\x01\x00\x01\x00\x80"
	lines := only(t, "\x1Ba\x01\x1BJ\x08"+dot+"b\n\x1B3\x18c\x1B*\x21\x01\x00abcd\n\x1B2e\x1BJ\x05\n").Lines
	if len(lines) != 5 {
		t.Fatalf("got %+v", lines)
	}
	type place struct {
		text           string
		image          bool
		above, spacing int
	}
	var got []place
	for _, line := range lines {
		got = append(got, place{line.String(), line.Image != nil, line.Above, line.Spacing})
		if line.Align != escpos.Center {
			t.Errorf("%+v is not centred", line)
		}
	}
	want := []place{{"", true, 8, 1}, {"b", false, 0, 0}, {"cd", true, 0, 24}, {"e", false, 0, 5}, {"", false, 0, 0}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDecodeQR(t *testing.T) {
	const print = "\x1D(k\x03\x001Q0"
	data := func(s string) string { return "\x1D(k" + string([]byte{byte(len(s) + 3), 0}) + "1P0" + s }
	stream := "\x1D(k\x04\x001A2\x00\x1D(k\x03\x001C\x06\x1D(k\x03\x001E2" + data("https://example.org") + print + // row "QR"
		data("again") + print + print +
		"\x1D(k\x03\x001C\x11\x1D(k\x03\x001E9" + print + // a size and a level that do not exist
		"\x1B@" + print + // nothing to print any more
		data("x") + print
	var got []escpos.QR
	for _, line := range only(t, stream).Lines {
		if line.QR == nil || line.Blank() {
			t.Fatalf("got %+v", line)
		}
		got = append(got, *line.QR)
	}
	again := escpos.QR{Data: "again", Module: 6, Level: 'Q'}
	want := []escpos.QR{{Data: "https://example.org", Module: 6, Level: 'Q'}, again, again, again, {Data: "x", Module: 3, Level: 'L'}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// What cannot be drawn is skipped, and what follows it is printed.
func TestDecodeBadGraphics(t *testing.T) {
	for name, stream := range map[string]string{
		"within a line":     "ok\x1Dv0\x00\x01\x00\x01\x00\x80\x1D(k\x04\x001P0a\x1D(k\x03\x001Q0\n",
		"no rows":           "\x1Dv0\x00\x01\x00\x00\x00ok\n",
		"no columns":        "\x1B*\x21\x00\x00ok\n",
		"too long":          "\x1Dv0\x00\x10\x00\x01\x80" + strings.Repeat("\xFF", 0x10*0x8001) + "ok\n",
		"too few bits":      "\x1D(L\x0C\x000p0\x01\x011\x09\x00\x02\x00\xA0\x40\x1D(L\x02\x0002ok\n",
		"no header":         "\x1D(L\x03\x000p0\x1D(L\x02\x0002ok\n",
		"scaled by 9":       "\x1D(L\x0B\x000p0\x09\x091\x08\x00\x01\x00\xA0\x1D(L\x02\x0002ok\n",
		"nothing stored":    "\x1D(L\x02\x0002ok\n",
		"reset since":       "\x1D(L\x0B\x000p0\x01\x011\x08\x00\x01\x00\xA0\x1B@\x1D(L\x02\x0002ok\n",
		"empty":             "\x1D(L\x00\x00\x1D(k\x00\x00\x1D(k\x01\x001\x1D8L\x00\x00\x00\x00ok\n",
		"no QR data":        "\x1D(k\x03\x001Q0\x1D(k\x03\x001P0\x1D(k\x03\x001Q0ok\n",
		"other symbol":      "\x1D(k\x04\x000P0a\x1D(k\x03\x000Q0ok\n",
		"vertical":          "\x1DQ0\x00\x01\x00\x01\x00\x80ok\n",
		"cancelled columns": "\x1B*\x21\x01\x00abc\x1B@ok\n",
	} {
		t.Run(name, func(t *testing.T) {
			lines := only(t, stream).Lines
			if len(lines) != 1 || lines[0].String() != "ok" || lines[0].Image != nil || lines[0].QR != nil {
				t.Errorf("got %+v", lines)
			}
		})
	}
}

// TestDecodeEndlessImages: images count as paper, so a ticket stays of bounded size.
func TestDecodeEndlessImages(t *testing.T) {
	band := "\x1Dv0\x00\x02\x00\x00\x10" + strings.Repeat("\x01", 2*0x1000)
	tickets, err := escpos.Decode(nil, []byte(strings.Repeat(band, 100)))
	if err != nil || len(tickets) != 2 || len(tickets[0].Lines) != 59 {
		t.Errorf("%d tickets, %v", len(tickets), err)
	}
	wide := only(t, "\x1Dv0\x00\x00\x08\x01\x00"+strings.Repeat("\x01", 0x800)+"\x1B*\x21\x00\x08"+strings.Repeat("abc", 0x800)+"\n")
	for _, line := range wide.Lines {
		if line.Image == nil || line.Image.Width != 1024 {
			t.Errorf("got %+v", line.Image)
		}
	}
	if (&escpos.Image{Width: 8, Height: 8}).Black(0, 0) {
		t.Error("an image without bits is black")
	}
}
