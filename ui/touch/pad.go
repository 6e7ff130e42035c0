package touch

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/theme"
)

const (
	padKey = 72 // width and height of a key at least
	padGap = 8

	// PadWidth and PadHeight are the least size of a Pad; two extra keys make it wider.
	PadWidth  = 3*padKey + 2*padGap
	PadHeight = 4*padKey + 3*padGap
	// PadLeast is how high it is where the window is too low for it.
	PadLeast = 4*theme.MinTouch + 3*padGap
)

// Pad types digits into a Field: PINs, amounts, counts.
type Pad struct {
	widget.BaseWidget
	writer
	palette *theme.Palette
	keys    []*key
	rows    [][]int // of keys
}

// NewPad returns a pad; extra are keys of the last row beside 0, such as "00" or a decimal sign,
// at most two.
func NewPad(palette *theme.Palette, extra ...string) *Pad {
	p := &Pad{palette: palette}
	erase := keyFace{icon: "erase", kind: keyErase}
	last := []keyFace{{label: "0"}}
	for i, label := range extra {
		if i == 0 {
			last = append([]keyFace{{label: label}}, last...)
		} else {
			last = append(last, keyFace{label: label})
		}
	}
	rows := [][]keyFace{
		{{label: "1"}, {label: "2"}, {label: "3"}},
		{{label: "4"}, {label: "5"}, {label: "6"}},
		{{label: "7"}, {label: "8"}, {label: "9"}},
		append(last, erase),
	}
	for _, row := range rows {
		var indexes []int
		for _, face := range row {
			made := newKey(palette, face, p.tapped)
			made.repeat = p.erase
			indexes = append(indexes, len(p.keys))
			p.keys = append(p.keys, made)
		}
		p.rows = append(p.rows, indexes)
	}
	p.ExtendBaseWidget(p)
	return p
}

// SetScroller names the scroller it sits in.
func (p *Pad) SetScroller(scroller Scroller) {
	for _, made := range p.keys {
		made.SetScroller(scroller)
	}
}

func (p *Pad) tapped(face keyFace) {
	if face.kind == keyErase {
		p.erase()
		return
	}
	p.write(face.label)
}

// CreateRenderer is called by Fyne.
func (p *Pad) CreateRenderer() fyne.WidgetRenderer {
	p.ExtendBaseWidget(p)
	objects := make([]fyne.CanvasObject, len(p.keys))
	for i, made := range p.keys {
		objects[i] = made
	}
	paint := func() {
		for _, made := range p.keys {
			made.Refresh()
		}
	}
	layout := func(size fyne.Size) {
		height := (size.Height - float32(len(p.rows)-1)*padGap) / float32(len(p.rows))
		for i, row := range p.rows {
			count := float32(len(row))
			x, y := float32(0), float32(i)*(height+padGap)
			width := (size.Width - (count-1)*padGap) / count
			if len(row) < 3 { // 0 is as wide as two, backspace stays in its column
				third := (size.Width - 2*padGap) / 3
				place(p.keys[row[0]], 0, y, 2*third+padGap, height)
				place(p.keys[row[1]], 2*(third+padGap), y, third, height)
				continue
			}
			for _, index := range row {
				place(p.keys[index], x, y, width, height)
				x += width + padGap
			}
		}
	}
	minSize := func() fyne.Size {
		most := float32(len(p.rows[len(p.rows)-1]))
		return fyne.NewSize(max(PadWidth, most*padKey+(most-1)*padGap), PadHeight)
	}
	return Draw(p, paint, layout, minSize, objects...)
}
