package escpos_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"comptoir/printer/escpos"
)

// read gives the bytes to a reader that was asked the questions.
func read(b []byte, asked ...escpos.Query) []escpos.Answer {
	var answers []escpos.Answer
	r := escpos.NewStatusReader(func(a escpos.Answer) { answers = append(answers, a) })
	for _, q := range asked {
		r.Asked(q)
	}
	_, _ = r.Write(b)
	return answers
}

// Bytes of escpos.md, tables 2.1 and 2.2 and section 2.3, row 1.
func TestRequests(t *testing.T) {
	for name, test := range map[string]struct {
		got  []byte
		want string
	}{
		"DLE EOT 1":  {escpos.QueryPrinter.Request(), "10 04 01"},
		"DLE EOT 2":  {escpos.QueryOffline.Request(), "10 04 02"},
		"DLE EOT 3":  {escpos.QueryError.Request(), "10 04 03"},
		"DLE EOT 4":  {escpos.QueryRoll.Request(), "10 04 04"},
		"GS r 1":     {escpos.QueryPaper.Request(), "1D 72 01"},
		"GS I maker": {escpos.QueryMaker.Request(), "1D 49 42"},
		"GS I model": {escpos.QueryModel.Request(), "1D 49 43"},
		"GS a":       {escpos.AutoStatus(escpos.AutoOnline | escpos.AutoErrors | escpos.AutoPaper), "1D 61 0E"},
		"GS a 0":     {escpos.AutoStatus(0), "1D 61 00"},
		"GS ( H":     {escpos.ConfirmID(escpos.ID{'a', 'b', ' ', '~'}), "1D 28 48 06 00 30 30 61 62 20 7E"},
		"GS ( D":     {escpos.RealTimeOff(), "1D 28 44 05 00 14 01 00 02 00"},
		"DLE ENQ 1":  {escpos.Resume(), "10 05 01"},
		"DLE ENQ 2":  {escpos.Discard(), "10 05 02"},
		"DLE DC4 8":  {escpos.ClearBuffers(), "10 14 08 01 03 14 01 06 02 08"},
	} {
		if got := fmt.Sprintf("% X", test.got); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

// Each bit of escpos.md, table 2.2, alone and beside the fixed bits.
func TestStatusBits(t *testing.T) {
	for _, test := range []struct {
		name  string
		asked escpos.Query
		b     []byte
		want  escpos.Status
	}{
		{"DLE EOT 1 clear", escpos.QueryPrinter, []byte{0x12}, 0},
		{"DLE EOT 1 bit 2", escpos.QueryPrinter, []byte{0x16}, escpos.DrawerHigh},
		{"DLE EOT 1 bit 3", escpos.QueryPrinter, []byte{0x1A}, escpos.Offline},
		{"DLE EOT 1 bit 5", escpos.QueryPrinter, []byte{0x32}, escpos.WaitingRecovery},
		{"DLE EOT 1 bit 6", escpos.QueryPrinter, []byte{0x52}, escpos.FeedButton},
		{"DLE EOT 2 clear", escpos.QueryOffline, []byte{0x12}, 0},
		{"DLE EOT 2 bit 2", escpos.QueryOffline, []byte{0x16}, escpos.CoverOpen},
		{"DLE EOT 2 bit 3", escpos.QueryOffline, []byte{0x1A}, escpos.FeedButton},
		{"DLE EOT 2 bit 5", escpos.QueryOffline, []byte{0x32}, escpos.PaperEnd},
		{"DLE EOT 2 bit 6", escpos.QueryOffline, []byte{0x52}, escpos.ErrorStop},
		{"DLE EOT 3 bit 2", escpos.QueryError, []byte{0x16}, escpos.Recoverable},
		{"DLE EOT 3 bit 3", escpos.QueryError, []byte{0x1A}, escpos.CutterError},
		{"DLE EOT 3 bit 5", escpos.QueryError, []byte{0x32}, escpos.Unrecoverable},
		{"DLE EOT 3 bit 6", escpos.QueryError, []byte{0x52}, escpos.AutoRecoverable},
		{"DLE EOT 4 clear", escpos.QueryRoll, []byte{0x12}, 0},
		{"DLE EOT 4 bits 2, 3", escpos.QueryRoll, []byte{0x1E}, escpos.PaperLow},
		{"DLE EOT 4 bits 5, 6: 72 is the end alone", escpos.QueryRoll, []byte{0x72}, escpos.PaperEnd},
		{"DLE EOT 4 all", escpos.QueryRoll, []byte{0x7E}, escpos.PaperEnd | escpos.PaperLow},
		{"ASB clear", 0, []byte{0x10, 0, 0, 0}, 0},
		{"ASB byte 1 bit 2", 0, []byte{0x14, 0, 0, 0}, escpos.DrawerHigh},
		{"ASB byte 1 bit 3", 0, []byte{0x18, 0, 0, 0}, escpos.Offline},
		{"ASB byte 1 bit 5", 0, []byte{0x30, 0, 0, 0}, escpos.CoverOpen},
		{"ASB byte 1 bit 6", 0, []byte{0x50, 0, 0, 0}, escpos.FeedButton},
		{"ASB byte 2 bit 2", 0, []byte{0x10, 0x04, 0, 0}, escpos.Recoverable},
		{"ASB byte 2 bit 3", 0, []byte{0x10, 0x08, 0, 0}, escpos.CutterError},
		{"ASB byte 2 bit 5", 0, []byte{0x10, 0x20, 0, 0}, escpos.Unrecoverable},
		{"ASB byte 2 bit 6", 0, []byte{0x10, 0x40, 0, 0}, escpos.AutoRecoverable},
		{"ASB byte 3 bits 0, 1", 0, []byte{0x10, 0, 0x03, 0}, escpos.PaperLow},
		{"ASB byte 3 bits 2, 3", 0, []byte{0x10, 0, 0x0C, 0}, escpos.PaperEnd},
		{"ASB byte 4 is reserved", 0, []byte{0x10, 0, 0, 0x6F}, 0},
		{"GS r 1 clear", escpos.QueryPaper, []byte{0x00}, 0},
		{"GS r 1 bits 0, 1", escpos.QueryPaper, []byte{0x03}, escpos.PaperLow},
		{"GS r 1 bits 2, 3", escpos.QueryPaper, []byte{0x0C}, escpos.PaperEnd},
	} {
		got := read(test.b, test.asked)
		if len(got) != 1 || got[0].Status != test.want || got[0].Query != test.asked {
			t.Errorf("%s: got %+v, want %v", test.name, got, test.want)
		}
	}
}

func TestStatusReader(t *testing.T) {
	id := escpos.Answer{Kind: escpos.AnswerID, ID: escpos.ID{'!', '"', '7', '2'}}
	for name, test := range map[string]struct {
		b     string
		asked []escpos.Query
		want  []escpos.Answer
	}{
		"process id":              {b: "7\"!\"72\x00", want: []escpos.Answer{id}},
		"offline response":        {b: "7#\x00", want: []escpos.Answer{{Kind: escpos.AnswerOffline, Status: escpos.Offline}}},
		"longer offline response": {b: "7#\x40\x41\x00", want: []escpos.Answer{{Kind: escpos.AnswerOffline, Status: escpos.Offline}}},
		"buffers cleared":         {b: "7%\x00", want: []escpos.Answer{{Kind: escpos.AnswerCleared}}},
		"model": {b: "_TM-T88V\x00", asked: []escpos.Query{escpos.QueryModel}, want: []escpos.Answer{
			{Kind: escpos.AnswerIdentity, Query: escpos.QueryModel, Text: "TM-T88V"},
		}},
		"nobody asked": {b: "\x12\x00\x0C_a\x00"},
		"real time within ASB": {b: "\x18\x00\x1A\x00\x00", asked: []escpos.Query{escpos.QueryPrinter}, want: []escpos.Answer{
			{Kind: escpos.AnswerStatus, Query: escpos.QueryPrinter, Status: escpos.Offline}, {Kind: escpos.AnswerAuto, Status: escpos.Offline},
		}},
		"real time within an id": {b: "7\"!\x12\"72\x00", asked: []escpos.Query{escpos.QueryRoll}, want: []escpos.Answer{
			{Kind: escpos.AnswerStatus, Query: escpos.QueryRoll}, id,
		}},
		"one answer to one question": {b: "\x12\x1A", asked: []escpos.Query{escpos.QueryPrinter}, want: []escpos.Answer{
			{Kind: escpos.AnswerStatus, Query: escpos.QueryPrinter},
		}},
		"noise breaks an id":       {b: "7\"!\"\xFF72\x00"},
		"id too long":              {b: "7\"!\"722\x00"},
		"id of control characters": {b: "7\"!\"\x0172\x00"},
		"id after a torn one":      {b: "7\"!\"7\"!\"72\x00", want: nil},
		"id after a start":         {b: "77\"!\"72\x00", want: []escpos.Answer{id}},
		"id after half an ASB":     {b: "\x10\x00\x007\"!\"72\x00", want: []escpos.Answer{id}},
		"id after a lone 5F":       {b: "_7\"!\"72\x00", want: []escpos.Answer{id}},
		"flow control":             {b: "\x13\x11\x13\x11"},
		"endless identity": {b: "_" + strings.Repeat("a", 200) + "7\"!\"72\x00", asked: []escpos.Query{escpos.QueryMaker}, want: []escpos.Answer{
			id,
		}},
		"endless offline response": {b: "7#" + strings.Repeat("\x01", 100) + "7\"!\"72\x00", want: []escpos.Answer{id}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := read([]byte(test.b), test.asked...); !slices.Equal(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestNewID(t *testing.T) {
	seen := map[escpos.ID]bool{}
	for counter := range uint32(20_000) {
		id := escpos.NewID(counter * 3901)
		for _, c := range id {
			if c < 0x20 || c > 0x7E {
				t.Fatalf("%d: %q", counter, id)
			}
		}
		if seen[id] {
			t.Fatalf("%d: %q again", counter, id)
		}
		seen[id] = true
	}
	if escpos.NewID(94*94*94*94) != escpos.NewID(0) {
		t.Error("does not begin again")
	}
}

func TestCutAt(t *testing.T) {
	for name, test := range map[string]struct {
		cut  escpos.Cut
		tail string
	}{
		"partial": {escpos.CutPartial, "\x1DVB\x00"},
		"full":    {escpos.CutFull, "\x1DVA\x00"},
		"legacy":  {escpos.CutLegacy, "\x1BJ\x00\x1Bm"},
		"none":    {escpos.CutNone, ""},
	} {
		p := escpos.Generic(48)
		p.Cut = test.cut
		e := escpos.NewEncoder(p)
		e.Init()
		e.Cut()
		e.Line("no \x1DV command in text")
		e.Raw([]byte("\x1D(k\x06\x001P0a\x1DV")) // QR data that looks like a cut
		e.Feed(4)
		e.Cut()
		b := e.Bytes()
		at := escpos.CutAt(b)
		if got := string(b[at:]); got != test.tail {
			t.Errorf("%s: the cut is % X, want % X", name, got, test.tail)
		}
	}
	if at := escpos.CutAt([]byte("a\n\x1D")); at != 3 {
		t.Errorf("torn: %d", at)
	}
}

// TestTear: half a ticket and the next one are two pieces of paper, wherever the half one ends.
func TestTear(t *testing.T) {
	p := escpos.Generic(48)
	e := escpos.NewEncoder(p)
	e.Init()
	e.Size(2, 2)
	e.Line("first")
	e.Align(escpos.Center)
	e.Beep(2, 3)
	e.Raw([]byte("\x1D(k\x1E\x001P0https://example.com/tickets"))
	e.Line("ticket")
	e.Cut()
	whole := slices.Clone(e.Bytes())
	for n := range whole {
		papers, err := escpos.Decode(p, slices.Concat(whole[:n], escpos.Tear(p, escpos.DataIn(whole)), whole))
		if err != nil {
			t.Fatal(err)
		}
		last := papers[len(papers)-1]
		if len(papers) < 2 || last.String() != "first\nticket\n" || len(last.Unknown) > 0 {
			t.Errorf("after %d bytes: %q", n, papers)
		}
		if len(papers) > 2 && strings.TrimSpace(papers[1].String()) != "" { // a scrap, where the cut had come
			t.Errorf("after %d bytes, between: %q", n, papers[1])
		}
	}
}

// answers draws what a printer can say, each question asked by the time it is answered.
func answer(t *rapid.T) escpos.Answer {
	pick := func(bits ...escpos.Status) (s escpos.Status) {
		for _, b := range bits {
			if rapid.Bool().Draw(t, "bit") {
				s |= b
			}
		}
		return s
	}
	switch kind := rapid.SampledFrom([]escpos.Kind{
		escpos.AnswerStatus, escpos.AnswerAuto, escpos.AnswerPaper, escpos.AnswerID, escpos.AnswerOffline, escpos.AnswerCleared, escpos.AnswerIdentity,
	}).Draw(t, "kind"); kind {
	case escpos.AnswerStatus:
		a := escpos.Answer{Kind: kind, Query: escpos.Query(rapid.IntRange(1, 4).Draw(t, "n"))}
		switch a.Query {
		case escpos.QueryPrinter:
			a.Status = pick(escpos.Offline, escpos.DrawerHigh, escpos.WaitingRecovery, escpos.FeedButton)
		case escpos.QueryOffline:
			a.Status = pick(escpos.CoverOpen, escpos.PaperEnd, escpos.ErrorStop, escpos.FeedButton)
		case escpos.QueryError:
			a.Status = pick(escpos.Recoverable, escpos.CutterError, escpos.Unrecoverable, escpos.AutoRecoverable)
		default:
			a.Status = pick(escpos.PaperEnd, escpos.PaperLow)
		}
		return a
	case escpos.AnswerAuto:
		return escpos.Answer{Kind: kind, Status: pick(escpos.Offline, escpos.CoverOpen, escpos.PaperEnd, escpos.PaperLow, escpos.CutterError, escpos.Recoverable)}
	case escpos.AnswerPaper:
		return escpos.Answer{Kind: kind, Query: escpos.QueryPaper, Status: pick(escpos.PaperEnd, escpos.PaperLow)}
	case escpos.AnswerID:
		return escpos.Answer{Kind: kind, ID: escpos.NewID(rapid.Uint32().Draw(t, "id"))}
	case escpos.AnswerOffline:
		return escpos.Answer{Kind: kind, Status: escpos.Offline}
	case escpos.AnswerIdentity:
		return escpos.Answer{
			Kind: kind, Query: rapid.SampledFrom([]escpos.Query{escpos.QueryMaker, escpos.QueryModel, escpos.QuerySerial}).Draw(t, "which"),
			Text: rapid.StringMatching(`[ -~]{0,80}`).Draw(t, "text"),
		}
	default:
		return escpos.Answer{Kind: kind}
	}
}

// TestStatusInterleaved: whatever a printer says in whatever order and pieces, with noise that
// cannot begin anything between, is read as it was said.
func TestStatusInterleaved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.SliceOfN(rapid.Custom(answer), 1, 20).Draw(t, "said")
		var heard []escpos.Answer
		r := escpos.NewStatusReader(func(a escpos.Answer) { heard = append(heard, a) })
		for _, a := range said {
			r.Asked(a.Query)
			b := escpos.AppendAnswer(nil, a)
			noise := rapid.SliceOfN(rapid.SampledFrom([]byte{0x11, 0x13, 0x80, 0xFF, 0xA5, 0x92}), 0, 3).Draw(t, "noise")
			for b = append(noise, b...); len(b) > 0; {
				n := rapid.IntRange(1, len(b)).Draw(t, "piece")
				_, _ = r.Write(b[:n])
				b = b[n:]
			}
		}
		if !slices.Equal(heard, said) {
			t.Fatalf("heard %+v, said %+v", heard, said)
		}
	})
}

// TestStatusWithinAuto: a real-time answer may cut into an automatic status at any byte.
func TestStatusWithinAuto(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		auto := escpos.AppendAnswer(nil, escpos.Answer{Kind: escpos.AnswerAuto, Status: escpos.CoverOpen | escpos.PaperLow})
		at := rapid.IntRange(0, len(auto)).Draw(t, "at")
		c := byte(rapid.SampledFrom([]int{0x12, 0x16, 0x1A, 0x32, 0x72, 0x7E}).Draw(t, "real time"))
		got := read(slices.Concat(auto[:at], []byte{c}, auto[at:]), escpos.QueryRoll)
		kinds := map[escpos.Kind]int{}
		for _, a := range got {
			kinds[a.Kind]++
		}
		if len(got) != 2 || kinds[escpos.AnswerStatus] != 1 || kinds[escpos.AnswerAuto] != 1 {
			t.Fatalf("got %+v", got)
		}
	})
}

// FuzzStatus: no bytes make the reader panic or hear an id that is not there in one piece, and
// after a pause that ends what had begun it hears what comes next.
func FuzzStatus(f *testing.F) {
	f.Add([]byte("7\"abcd\x00\x10\x00\x00\x00\x12\x0C_TM\x00"), byte(0xFF), byte(3))
	f.Add([]byte("7#\x01\x01\x127%\x007\"7\"7\""), byte(0x03), byte(1))
	f.Fuzz(func(t *testing.T, b []byte, asked, step byte) {
		var ids [][]byte
		r := escpos.NewStatusReader(func(a escpos.Answer) {
			if a.Kind == escpos.AnswerID {
				ids = append(ids, escpos.AppendAnswer(nil, a))
			}
			if len(a.Text) > 80 {
				t.Errorf("%d characters of identity", len(a.Text))
			}
		})
		for i, q := range []escpos.Query{escpos.QueryOffline, escpos.QueryPaper, escpos.QueryModel} {
			if asked&(1<<i) != 0 {
				r.Asked(q)
			}
		}
		for piece := range slices.Chunk(b, int(step)+1) {
			_, _ = r.Write(piece)
		}
		for _, id := range ids {
			if asked&1 == 0 && !bytes.Contains(b, id) { // no real-time answer may stand within
				t.Errorf("heard % X in % X", id, b)
			}
		}
		heard := len(ids)
		id := escpos.NewID(uint32(len(b)))
		_, _ = r.Write([]byte{0xFF}) // fits into nothing
		if _, _ = r.Write(escpos.AppendAnswer(nil, escpos.Answer{Kind: escpos.AnswerID, ID: id})); len(ids) != heard+1 {
			t.Errorf("deaf after % X", b)
		}
	})
}
