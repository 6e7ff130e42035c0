package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"rsc.io/qr"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// doctorSheet is the panel "What is wrong?": a row for each finding, the rows scroll.
type doctorSheet struct {
	*form
	data model.DoctorSheet
}

func newDoctorSheet(palette *theme.Palette, again, closed func()) *doctorSheet {
	d := &doctorSheet{form: newForm(palette, 960)}
	d.fits, d.closed, d.write = true, closed, d.findings
	d.foot = func() (*touch.Button, []*touch.Button) {
		return nil, []*touch.Button{d.outer.button("again", touch.Other, "refresh", d.data.Again, again)}
	}
	return d
}

func (d *doctorSheet) set(data model.DoctorSheet) {
	d.data, d.title, d.close, d.more, d.note = data, data.Title, data.Close, data.Below, data.At
	d.Refresh()
}

// findings puts the summary, the rows, and where incidents are told on a flow.
func (d *doctorSheet) findings(f *flow) {
	putBadge(f, d.data.State, 0, f.y)
	f.space(theme.BadgeHeight + 12)
	paged := false
	for _, row := range d.data.Rows {
		well := row.State.Tone == model.ToneOK || row.State.Tone == model.ToneInk2
		if well && !paged { // below what is wrong, where somebody who needs it looks
			paged = true
			d.page(f)
		}
		f.rule()
		f.space(12)
		d.row(f, row)
		f.space(12)
	}
	if !paged {
		d.page(f)
	}
}

// page says where incidents are told: in words, and for a telephone.
func (d *doctorSheet) page(f *flow) {
	if d.data.Page == "" {
		return
	}
	f.rule()
	f.space(12)
	const side, gap = 132, 20
	left, top := float32(0), f.y
	if code := qrCode(d.data.Page, side); code != nil { // an address that is too long has none
		code.Move(fyne.NewPos(0, f.y))
		f.add(code)
		left = side + gap
	}
	f.space(8)
	f.paragraph(line{theme.BodyBold, theme.Ink, d.data.PageLabel}, left, f.width)
	f.paragraph(line{theme.Body, theme.Ink, d.data.Page}, left, f.width)
	if left > 0 {
		f.y = max(f.y, top+side)
	}
	f.space(12)
}

// row has its state at the right of its name where there is room, and below it else.
func (d *doctorSheet) row(f *flow, row model.DoctorRow) {
	const name = 160
	x := float32(0)
	if f.width >= 560 {
		x = name
		f.cut(line{theme.ItemText, theme.Ink, row.Name}, 0, f.y+4, name-8)
		state := putBadge(f, row.State, f.width, f.y)
		top := f.y
		f.space(4)
		f.paragraph(line{theme.Body, theme.Ink, row.Text}, x, state-16)
		f.y = max(f.y, top+theme.BadgeHeight)
	} else {
		f.cut(line{theme.ItemText, theme.Ink, row.Name}, 0, f.y+4, f.width)
		putBadge(f, row.State, f.width, f.y)
		f.space(theme.BadgeHeight + 4)
		f.paragraph(line{theme.Body, theme.Ink, row.Text}, 0, f.width)
	}
	if row.Do != "" {
		f.space(theme.HalfStep)
		f.icon("right", 20, theme.AccInk, x, f.y+2)
		f.paragraph(line{theme.Body, theme.Ink2, row.Do}, x+28, f.width)
	}
}

// putBadge puts a badge at a place: from x where x is 0, up to x else. It returns where it begins.
func putBadge(f *flow, b model.Badge, x, y float32) (left float32) {
	view := touch.NewBadge(f.palette, badgeKind(b.Tone), string(b.Icon), b.Text)
	width := view.MinSize().Width
	left = x
	if x > 0 {
		left = x - width
	}
	place(view, area{left, y, width, theme.BadgeHeight})
	f.add(view)
	return left
}

// qrCode is an address for a telephone's camera, dark on white in every look and about as wide as
// it may be; nil where it is too long.
func qrCode(address string, widest float32) *canvas.Image {
	const quiet = 4 // modules that must be white around it
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return nil
	}
	side := code.Size + 2*quiet
	picture := image.NewGray(image.Rect(0, 0, side, side))
	for i := range picture.Pix {
		picture.Pix[i] = 0xFF
		if code.Black(i%side-quiet, i/side-quiet) {
			picture.Pix[i] = 0
		}
	}
	view := canvas.NewImageFromImage(picture)
	view.FillMode, view.ScaleMode = canvas.ImageFillStretch, canvas.ImageScalePixels
	width := float32(side) * max(1, float32(int(widest)/side)) // whole pixels for each module
	view.Resize(fyne.NewSize(width, width))
	return view
}
