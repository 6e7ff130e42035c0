package escpos_test

import (
	"bytes"
	"testing"

	"comptoir/printer/escpos"

	kenshaw "github.com/kenshaw/escpos"
)

const benchItems = 9

// The same ticket of 32 lines by both encoders; kenshaw's has wrong accents.
func BenchmarkTicket(b *testing.B) {
	e := escpos.NewEncoder(escpos.Epson(48))
	b.ReportAllocs()
	for b.Loop() {
		e.Reset()
		e.Init()
		e.Size(4, 4)
		e.Bold(true)
		e.Line("#214")
		e.Bold(false)
		e.Size(2, 2)
		e.Line("CUEILLETTE       12 h 20")
		e.Size(1, 1)
		e.Line("Élodie Gagnon")
		for range benchItems {
			e.Size(2, 2)
			e.Bold(true)
			e.Line("2   Crème brûlée")
			e.Bold(false)
			e.Size(1, 2)
			e.Line("    + sauce au poivre")
			e.Line("    + à point, bœuf d’ici")
			e.FeedDots(8)
		}
		e.Size(1, 1)
		e.Line("Aussi au poste Froid : ticket 2      3 articles")
		e.Line("Ustensiles : non                n° 087 - 11 h 56")
		e.Feed(4)
		e.Cut()
	}
	b.SetBytes(int64(len(e.Bytes())))
}

func BenchmarkTicketKenshaw(b *testing.B) {
	var paper bytes.Buffer
	k := kenshaw.New(&paper)
	line := func(s string) {
		k.Write(s)
		k.Linefeed()
	}
	b.ReportAllocs()
	for b.Loop() {
		paper.Reset()
		k.Init()
		k.SetFontSize(4, 4)
		k.SetEmphasize(1)
		line("#214")
		k.SetEmphasize(0)
		k.SetFontSize(2, 2)
		line("CUEILLETTE       12 h 20")
		k.SetFontSize(1, 1)
		line("Élodie Gagnon")
		for range benchItems {
			k.SetFontSize(2, 2)
			k.SetEmphasize(1)
			line("2   Crème brûlée")
			k.SetEmphasize(0)
			k.SetFontSize(1, 2)
			line("    + sauce au poivre")
			line("    + à point, bœuf d’ici")
			k.WriteRaw([]byte("\x1BJ\x08"))
		}
		k.SetFontSize(1, 1)
		line("Aussi au poste Froid : ticket 2      3 articles")
		line("Ustensiles : non                n° 087 - 11 h 56")
		k.FormfeedN(4)
		k.WriteRaw([]byte("\x1DVB\x00"))
	}
	b.SetBytes(int64(paper.Len()))
}
