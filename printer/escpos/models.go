package escpos

import "strings"

// models makes the profiles that have a name, in the order of [ProfileNames]. The facts are those of
// escpos.md: widths and code pages at the end of 2.1, QR codes and images in its rows "QR" and
// "raster B", buzzers in its rows "buzzer", process ids in 2.3.
func models() []Profile {
	western := []CodePage{{WPC1252, 16}, {PC858, 19}, {PC437, 0}}

	// 58 and 80 mm at 203 dpi.
	narrow := *Generic(32)
	narrow.Name = "58mm"
	wide := *Generic(48)
	wide.Name = "80mm"

	// The Chinese 58 mm printers: no cutter, no buzzer; FS . or they print Chinese for accents.
	chinese := narrow
	chinese.Name, chinese.Buzzer, chinese.Cut, chinese.CutFeed = "58mm-chinese", BuzzerNone, CutNone, 96

	// Its command set lists GS ( k and GS ( H (2.3).
	series := wide
	series.Name, series.QR, series.ProcessID = "80mm-series", true, true

	// Row "feed": ignores ESC J.
	nt5890k := chinese
	nt5890k.Name, nt5890k.NoDotFeed = "NT-5890K", true

	// The buzzer of these is an option on the drawer port.
	t20 := Profile{
		Name: "TM-T20", Columns: 48, ColumnsB: 64, Dots: 576, DPI: 203, CodePages: western, KanjiOff: true,
		Buzzer: BuzzerOption, CashDrawer: true, QR: true, Cut: CutPartial, ProcessID: true,
	}
	t88 := t20 // TM-T88IV to VI; 42 columns of 12 dots leave 8 free
	t88.Name, t88.Columns, t88.ColumnsB, t88.Dots, t88.DPI = "TM-T88", 42, 56, 512, 180

	t88iii := t88 // has no GS ( k, GS ( L or GS ( H, prints them as rubbish
	t88iii.Name, t88iii.QR, t88iii.ProcessID = "TM-T88III", false, false

	m30 := t20
	m30.Name, m30.Buzzer, m30.Image = "TM-m30", BuzzerEpson, ImageGraphics

	// Has neither WPC1252 nor PC858; red ribbon, ESC * only, no QR, no GS ( H. Its columns are in doubt:
	// 42 and 56, or 33 and 40; what is too wide would be broken, so the smaller ones.
	u220 := Profile{
		Name: "TM-U220", Columns: 33, ColumnsB: 40, Dots: 400, CodePages: []CodePage{{PC850, 2}, {PC437, 0}}, KanjiOff: true,
		TwoColours: true, Buzzer: BuzzerNone, CashDrawer: true, Image: ImageColumn, Cut: CutPartial,
	}
	u230 := u220
	u230.Name, u230.Buzzer = "TM-U230", BuzzerU230

	return []Profile{narrow, wide, chinese, series, nt5890k, t20, t88, t88iii, m30, u220, u230}
}

// ProfileNamed returns a new profile of a model, whatever the case of its name; ok is false if
// [ProfileNames] has no such name.
func ProfileNamed(name string) (p *Profile, ok bool) {
	all := models()
	for i := range all {
		if strings.EqualFold(all[i].Name, name) {
			p := all[i]
			p.CodePages = append([]CodePage(nil), p.CodePages...) // several models share theirs
			return &p, true
		}
	}
	return nil, false
}

// ProfileNames returns the names that [ProfileNamed] knows.
func ProfileNames() []string {
	all := models()
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	return names
}
