package escpos_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"comptoir/printer/escpos"

	"pgregory.net/rapid"
)

// kitchenTicket is a ticket as the layout will make it (ui.md, section 10).
func kitchenTicket(e *escpos.Encoder) {
	e.Init()
	e.Beep(2, 3)
	e.Align(escpos.Center)
	e.Reverse(true)
	e.Size(2, 2)
	e.Line(" DOUBLON POSSIBLE ")
	e.Reverse(false)
	e.Align(escpos.Left)
	e.Size(4, 4)
	e.Bold(true)
	e.Line("#214")
	e.FeedDots(8)
	e.Size(2, 2)
	e.Text("2")
	e.Bold(false)
	e.Line(" Crème brûlée")
	e.Size(1, 1)
	e.Feed(2)
	e.Underline(true)
	e.Line("N° 041 – 12 h 20")
	e.FeedDots(24)
	e.Cut()
	e.KickDrawer(escpos.Pin5, 100*time.Millisecond, 500*time.Millisecond)
}

func TestDecodeTicket(t *testing.T) {
	p := escpos.Epson(48)
	b := encode(t, p, func(e *escpos.Encoder) {
		kitchenTicket(e)
		e.Init()
		e.Text("second")
		e.Feed(2)
	})
	got, err := escpos.Decode(p, b)
	if err != nil {
		t.Fatal(err)
	}
	normal := escpos.Style{Width: 1, Height: 1}
	underlined := escpos.Style{Width: 1, Height: 1, Underline: true}
	want := []escpos.Ticket{
		{
			Lines: []escpos.Line{
				{Align: escpos.Center, Spans: []escpos.Span{{Text: " DOUBLON POSSIBLE ", Style: escpos.Style{Width: 2, Height: 2, Reverse: true}}}},
				{Spans: []escpos.Span{{Text: "#214", Style: escpos.Style{Width: 4, Height: 4, Bold: true}}}},
				{Above: 8, Spans: []escpos.Span{{Text: "2", Style: escpos.Style{Width: 2, Height: 2, Bold: true}}, {Text: " Crème brûlée", Style: escpos.Style{Width: 2, Height: 2}}}},
				{},
				{},
				{Spans: []escpos.Span{{Text: "N° 041 – 12 h 20", Style: underlined}}},
			},
			Feed:  24,
			Cut:   escpos.CutPartial,
			Beeps: []escpos.Beep{{Times: 2, Tenths: 3}},
		},
		{
			Lines: []escpos.Line{{Spans: []escpos.Span{{Text: "second", Style: normal}}}, {}},
			Kicks: []escpos.Kick{{Pin: escpos.Pin5, On: 100 * time.Millisecond, Off: 500 * time.Millisecond}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got, want := got[0].String(), " DOUBLON POSSIBLE \n#214\n2 Crème brûlée\n\n\nN° 041 – 12 h 20\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := got[0].Lines[2].Columns(); got != 28 {
		t.Errorf("%d columns, want 28", got)
	}
}

// Commands that the encoder does not make must not derail the text after them.
func TestDecodeSkips(t *testing.T) {
	for name, command := range map[string]string{
		"kanji on and off": "\x1C\x26\x1C\x2E",
		"kanji glyph":      "\x1C2\x77\x21" + strings.Repeat("\x1B", 72) + "\x1C(E\x02\x00ab",
		"buzzer off":       "\x10\x14\x03\x01\x01\x01\x01\x01\x10\x14\x07\x01",
		"page mode area":   "\x1BWabcdefgh",
		"counters":         "\x1Dg0\x00\x14\x00\x1Dz0\x01\x01",
		"font":             "\x1BM\x01",
		"line spacing":     "\x1B\x32\x1B\x33\x10",
		"rotate":           "\x1BV\x01",
		"upside down":      "\x1B{\x01",
		"colour":           "\x1Br\x01",
		"margin, width":    "\x1DL\x41\x41\x1DW\x41\x41",
		"tab stops":        "\x1BD\x41\x42\x00",
		"position":         "\x1B$\x0C\x00",
		"peripheral":       "\x1B=\x01",
		"bell":             "\x07\x1E",
		"beep U230":        "\x1B(A\x05\x00\x61\x64\x41\x41\x41",
		"beep DK port":     "\x1B(A\x03\x00\x61\x04\x01",
		"QR":               "\x1D(k\x04\x00\x31\x41\x32\x00\x1D(k\x06\x00\x31\x50\x30abc\x1D(k\x03\x00\x31\x51\x30",
		"QR of clones":     "\x1BZ\x00\x01\x08\x03\x00abc",
		"barcode A":        "\x1Dh\x50\x1Dw\x03\x1DH\x02\x1Df\x00\x1Dk\x04ABC\x00",
		"barcode B":        "\x1Dk\x49\x05{BABC",
		"raster A":         "\x1Dv0\x00\x02\x00\x02\x00\x1B@\x1D\x00",
		"raster B":         "\x1D(L\x0C\x000p0\x01\x011\x08\x00\x02\x00\x1B\x40\x1D(L\x02\x0002",
		"raster above 64K": "\x1D8L\x04\x00\x00\x00\x1B\x1D\x1B@",
		"column image":     "\x1B*\x21\x02\x00abcdef\x1B*\x00\x02\x00ab",
		"downloaded image": "\x1D*\x01\x0112345678",
		"process id":       "\x1D(H\x06\x0000abcd",
		"realtime off":     "\x1D(D\x05\x00\x14\x01\x00\x02\x00",
		"status":           "\x10\x04\x01\x10\x04\x07\x01\x10\x05\x01\x10\x14\x01\x00\x01\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
		"status, buffered": "\x1Da\xFF\x1Dr\x01\x1DI\x42",
		"international":    "\x1BR\x00",
		"NUL, CR, DEL":     "\x00\x0D\x7F",
	} {
		t.Run(name, func(t *testing.T) {
			tickets, err := escpos.Decode(nil, []byte("a"+command+"b\n"))
			if err != nil || len(tickets) != 1 || tickets[0].String() != "ab\n" || tickets[0].Unknown != nil {
				t.Errorf("got %+v, %v", tickets, err)
			}
		})
	}
}

func TestDecodeUnknownCommand(t *testing.T) {
	tickets, err := escpos.Decode(nil, []byte("a\x1B\xFEb\x1D\xFDc\x1C\xFC\x10\x41d"))
	if err != nil || len(tickets) != 1 {
		t.Fatalf("got %+v, %v", tickets, err)
	}
	if got := tickets[0].String(); got != "abcd\n" {
		t.Errorf("got %q", got)
	}
	want := [][2]byte{{0x1B, 0xFE}, {0x1D, 0xFD}, {0x1C, 0xFC}, {0x10, 0x41}}
	if got := tickets[0].Unknown; !reflect.DeepEqual(got, want) {
		t.Errorf("got % X, want % X", got, want)
	}
}

func TestDecodeCuts(t *testing.T) {
	for command, want := range map[string]escpos.Cut{
		"\x1DV\x00": escpos.CutFull, "\x1DV0": escpos.CutFull, "\x1DVA\x03": escpos.CutFull,
		"\x1DVa\x00": escpos.CutFull, "\x1DVg\x00": escpos.CutFull, "\x1Bi": escpos.CutFull,
		"\x1DV\x01": escpos.CutPartial, "\x1DV1": escpos.CutPartial, "\x1DVB\x03": escpos.CutPartial,
		"\x1DVb\x00": escpos.CutPartial, "\x1DVh\x00": escpos.CutPartial, "\x1Bm": escpos.CutPartial,
		"\x1DV\x09\x00": escpos.CutNone,
	} {
		tickets, err := escpos.Decode(nil, []byte("a"+command))
		if err != nil || len(tickets) != 1 || tickets[0].Cut != want || tickets[0].String() != "a\n" {
			t.Errorf("% X: got %+v, %v", command, tickets, err)
		}
	}
}

// What an old driver may send in place of the encoder's commands.
func TestDecodeOldForms(t *testing.T) {
	tickets, err := escpos.Decode(nil, []byte("\x1B!\xB8a\x1B!\x00b\x1BG\x01c\x1Ba1d\n\x1Ba1e\x1B-1f\x1B-0\tg"))
	want := []escpos.Line{
		{Spans: []escpos.Span{
			{Text: "a", Style: escpos.Style{Width: 2, Height: 2, Bold: true, Underline: true}},
			{Text: "b", Style: escpos.Style{Width: 1, Height: 1}},
			{Text: "cd", Style: escpos.Style{Width: 1, Height: 1, Bold: true}}, // no alignment within a line
		}},
		{Align: escpos.Center, Spans: []escpos.Span{
			{Text: "e", Style: escpos.Style{Width: 1, Height: 1, Bold: true}},
			{Text: "f", Style: escpos.Style{Width: 1, Height: 1, Bold: true, Underline: true}},
			{Text: "g", Style: escpos.Style{Width: 1, Height: 1, Bold: true}, At: 8 * 12},
		}},
	}
	if err != nil || len(tickets) != 1 || !reflect.DeepEqual(tickets[0].Lines, want) {
		t.Errorf("got %+v, %v", tickets, err)
	}
}

func TestDecodeCodePageNumbers(t *testing.T) {
	const epson = "\x82\x1Bt\x02\x82\x1Bt\x04\x82\x1Bt\x10\xE9\x1Bt\x13\xD5\x1Bt\x28\xA4\x1Bt\x63\xA4"
	tickets, err := escpos.Decode(nil, []byte(epson))
	if err != nil || len(tickets) != 1 || tickets[0].String() != "éééé€€\uFFFD\n" {
		t.Errorf("Epson: got %v, %v", tickets, err)
	}
	p := profileOf(t, "WPC1252")
	p.CodePages[0].Number = 71 // as some clones (escpos.md, code-page facts)
	tickets, err = escpos.Decode(p, encode(t, p, func(e *escpos.Encoder) { e.Init(); e.Line("œuf") }))
	if err != nil || len(tickets) != 1 || tickets[0].String() != "œuf\n" {
		t.Errorf("clone: got %v, %v", tickets, err)
	}
}

func TestDecodeTruncated(t *testing.T) {
	for _, end := range []string{
		"\x1B", "\x1Bt", "\x1B*\x21\x02\x00abc", "\x1D", "\x1DV", "\x1DVB", "\x1D(k\x04", "\x1D(k\x04\x001A", "\x1Dv0\x00\x02",
		"\x1D8L\xFF\xFF\xFF\xFF", "\x1Dk\x04ABC", "\x1Dk\x49", "\x1BD\x01", "\x10", "\x10\x04", "\x10\x14", "\x1C", "\x1C\x21", "\x1B(A\x04\x000", "\x1Bp\x00",
	} {
		tickets, err := escpos.Decode(nil, []byte("a\n"+end))
		if !errors.Is(err, escpos.ErrTruncated) {
			t.Errorf("% X: error %v", end, err)
		}
		if len(tickets) != 1 || tickets[0].String() != "a\n" {
			t.Errorf("% X: got %+v", end, tickets)
		}
	}
}

func TestDecoderStartsAnewAfterClose(t *testing.T) {
	var got []string
	d := escpos.NewDecoder(nil, func(ticket escpos.Ticket) { got = append(got, ticket.String()) })
	for _, part := range []string{"\x1B!\x20a\x1D(k\xFF\xFFabc", "b\n\x1BJ\x08", "c\x1DV\x01\x1B"} {
		if _, err := d.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
		_ = d.Close() // truncated or not is another test
	}
	if want := []string{"a\n", "b\n", "c\n"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := d.Close(); err != nil || len(got) != 3 {
		t.Errorf("empty stream: %v, %q", err, got)
	}
}

func TestDecodeEndlessPaper(t *testing.T) {
	tickets, err := escpos.Decode(nil, []byte(strings.Repeat("a\x1Bd\xFF", 100)))
	if err != nil || len(tickets) != 3 || len(tickets[0].Lines) != 10_000 || tickets[0].Cut != escpos.CutNone {
		t.Errorf("%d tickets, %v", len(tickets), err)
	}
}

// stream writes b in pieces; cuts holds their lengths, and the rest is the last.
func stream(b []byte, cuts []int) ([]escpos.Ticket, error) {
	var tickets []escpos.Ticket
	d := escpos.NewDecoder(nil, func(ticket escpos.Ticket) { tickets = append(tickets, ticket) })
	for _, n := range cuts {
		n = min(n, len(b))
		piece := append([]byte(nil), b[:n]...)
		if _, err := d.Write(piece); err != nil {
			return nil, err
		}
		clear(piece) // the decoder must not hold on to it
		b = b[n:]
	}
	if _, err := d.Write(b); err != nil {
		return nil, err
	}
	return tickets, d.Close()
}

func TestStreamEqualsWhole(t *testing.T) {
	ticket := encode(t, escpos.Epson(48), kitchenTicket)
	commands := []string{
		string(ticket), "\x1DVB\x00", "\x1D(k\x06\x001P0abc", "\x1Dv0\x00\x02\x00\x02\x00abcd", "\x1D8L\x04\x00\x00\x00abcd",
		"\x1D(k\x03\x001Q0", "\x1D(L\x0B\x000p0\x01\x011\x08\x00\x01\x00a", "\x1D(L\x02\x0002", "\x1B3\x18", "\x1BJ\x03",
		"\x1B*\x21\x01\x00abc", "\x1Dk\x04AB\x00", "\x1BD\x01\x02\x00", "\x1B(A\x04\x00011\x02", "\x10\x04\x07\x01", "\x1B", "\x1D", "\x10", "\x1C", "é", "\n",
	}
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(strings.Join(rapid.SliceOf(rapid.OneOf(
			rapid.SampledFrom(commands),
			rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "noise")) }),
		)).Draw(t, "parts"), ""))
		checkStream(t, b, rapid.SliceOf(rapid.IntRange(0, 20)).Draw(t, "cuts"))
	})
}

func checkStream(t interface{ Fatalf(string, ...any) }, b []byte, cuts []int) {
	whole, wholeErr := escpos.Decode(nil, b)
	parts, partsErr := stream(b, cuts)
	if !reflect.DeepEqual(whole, parts) {
		t.Fatalf("% X cut at %v:\nwhole %+v\nparts %+v", b, cuts, whole, parts)
	}
	if fmt.Sprint(wholeErr) != fmt.Sprint(partsErr) {
		t.Fatalf("% X cut at %v: whole %v, parts %v", b, cuts, wholeErr, partsErr)
	}
}
