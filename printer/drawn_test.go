package printer_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/raster"
	"comptoir/printer/virtual"
	"comptoir/terminal"
)

// world holds what no code page has.
func world() terminal.Ticket {
	t := normal()
	t.Customer = "ליאור כהן"
	t.Note = "Merci 🙏 de sonner au 2ᵉ étage (الطابق الثاني) et d’attendre le chat 🐈 avant d’ouvrir la porte !"
	t.Lines = []order.Line{
		item(2, "Falafel فلافل", with("sans piment 🌶️", "Жареный лук"), note("Allergie : arachides 🥜 حساسية من الفول السوداني")),
		item(12, "شاورما"),
		item(1, "ผัดไทย", note("ไม่เผ็ด")),
		item(3, "Frites 🍟🔥", note("عدد 2 بدون ملح، وواحدة 12:30 مع صلصة حارة جدا من فضلك")),
	}
	return t
}

// TestDrawnTickets shows tickets with emoji, Arabic, Hebrew, Thai and Russian. Look at the pictures that
// -update writes.
func TestDrawnTickets(t *testing.T) {
	painter, letters := virtual.NewPainter(), raster.New()
	for name, p := range map[string]*escpos.Profile{"world-48": escpos.Generic(48), "world-32": escpos.Generic(32)} {
		p.Drawer = letters
		var got bytes.Buffer
		if err := painter.PNG(&got, paper(t, world(), p), p.Columns); err != nil {
			t.Fatal(err)
		}
		comparePNG(t, filepath.Join("testdata", name+".png"), got.Bytes())
	}
}

// TestDrawnLinesFit: lines that are drawn are no wider than the paper, and as many as laid out.
func TestDrawnLinesFit(t *testing.T) {
	letters := raster.New()
	likely := []rune("ae é0œ’ 🍟👨\u200d👩🏽שללאфا鸭ไม่नस्ते()! \n")
	rapid.Check(t, func(t *rapid.T) {
		p := escpos.Generic(rapid.SampledFrom([]int{32, 42, 48}).Draw(t, "columns"))
		p.Drawer = letters
		text := rapid.StringOf(rapid.SampledFrom(likely))
		ticket := normal()
		ticket.Number, ticket.Customer, ticket.Note, ticket.Reference = text.Draw(t, "number"), text.Draw(t, "customer"), text.Draw(t, "note"), text.Draw(t, "reference")
		ticket.Lines = []order.Line{{Name: text.Draw(t, "name"), Note: "Allergie " + text.Draw(t, "allergy"), Quantity: 12, Modifiers: nested(text.Draw(t, "modifier"), text.Draw(t, "inner"))}}
		b, err := printer.Render(ticket, p)
		if err != nil {
			t.Fatal(err)
		}
		papers, err := escpos.Decode(p, b)
		if err != nil || len(papers) != 1 || len(papers[0].Unknown) > 0 {
			t.Fatalf("%d tickets, %v", len(papers), err)
		}
		lines := printer.Layout(ticket, p)
		if got := len(papers[0].Lines) - 4; got != len(lines) {
			t.Fatalf("%d lines on paper, %d laid out", got, len(lines))
		}
		for i, line := range papers[0].Lines[:len(lines)] {
			if line.Image == nil && line.String() != lines[i].String() || line.Columns() > p.Columns {
				t.Fatalf("line %d is %q, want %q", i, line, lines[i])
			}
			if line.Image != nil && line.Image.Width > p.Columns*12 {
				t.Fatalf("line %d is %d dots wide", i, line.Image.Width)
			}
		}
	})
}
