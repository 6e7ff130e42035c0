package escpos_test

import (
	"strings"
	"testing"

	"comptoir/printer/escpos"
)

// TestModels holds what escpos.md says of the models: widths at the end of 2.1, the rest in its rows.
func TestModels(t *testing.T) {
	type facts struct {
		columns, columnsB, dots int
		pages                   string // names and numbers
		image                   escpos.ImageMode
		buzzer                  escpos.Buzzer
		qr, red, id, dotFeed    bool
	}
	const western, clone, old = "WPC1252=16 PC858=19 PC437=0", "WPC1252=16 PC437=0", "PC850=2 PC437=0"
	for name, want := range map[string]facts{
		"58mm":         {32, 42, 384, clone, escpos.ImageRaster, escpos.BuzzerClone, false, false, false, true},
		"80mm":         {48, 64, 576, clone, escpos.ImageRaster, escpos.BuzzerClone, false, false, false, true},
		"58mm-chinese": {32, 42, 384, clone, escpos.ImageRaster, escpos.BuzzerNone, false, false, false, true},
		"80mm-series":  {48, 64, 576, clone, escpos.ImageRaster, escpos.BuzzerClone, true, false, true, true},
		"NT-5890K":     {32, 42, 384, clone, escpos.ImageRaster, escpos.BuzzerNone, false, false, false, false},
		"TM-T20":       {48, 64, 576, western, escpos.ImageRaster, escpos.BuzzerOption, true, false, true, true},
		"TM-T88":       {42, 56, 512, western, escpos.ImageRaster, escpos.BuzzerOption, true, false, true, true},
		"TM-T88III":    {42, 56, 512, western, escpos.ImageRaster, escpos.BuzzerOption, false, false, false, true},
		"TM-m30":       {48, 64, 576, western, escpos.ImageGraphics, escpos.BuzzerEpson, true, false, true, true},
		"TM-U220":      {33, 40, 400, old, escpos.ImageColumn, escpos.BuzzerNone, false, true, false, true},
		"TM-U230":      {33, 40, 400, old, escpos.ImageColumn, escpos.BuzzerU230, false, true, false, true},
	} {
		p, ok := escpos.ProfileNamed(strings.ToLower(name))
		if !ok || p.Name != name {
			t.Errorf("%s: no such profile", name)
			continue
		}
		var pages []string
		for _, page := range p.CodePages {
			pages = append(pages, page.Name+"="+map[byte]string{0: "0", 2: "2", 16: "16", 19: "19"}[page.Number])
		}
		got := facts{p.Columns, p.ColumnsB, p.Dots, strings.Join(pages, " "), p.Image, p.Buzzer, p.QR, p.TwoColours, p.ProcessID, !p.NoDotFeed}
		if got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
		if err := p.Validate(); err != nil || !p.KanjiOff || !p.CashDrawer {
			t.Errorf("%s: %v, %+v", name, err, p)
		}
	}
	if names := escpos.ProfileNames(); len(names) != 11 {
		t.Errorf("%d names, 11 are tested: %q", len(names), names)
	}
	if p, ok := escpos.ProfileNamed("TM-X"); ok || p != nil {
		t.Errorf("a profile of no name: %+v", p)
	}
}

// Who changes a profile changes no other one.
func TestProfilesAreApart(t *testing.T) {
	first, _ := escpos.ProfileNamed("TM-T20")
	first.CodePages[0].Number, first.Columns = 99, 1
	for _, name := range []string{"TM-T20", "TM-T88"} {
		if p, _ := escpos.ProfileNamed(name); p.CodePages[0].Number != 16 || p.Columns < 42 {
			t.Errorf("%s changed: %+v", name, p)
		}
	}
}
