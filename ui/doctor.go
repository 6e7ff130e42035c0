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
	*overlay
	body  *board
	view  *touch.Scroll
	data  model.DoctorSheet
	again *touch.Button
	close *touch.Button
}

func newDoctorSheet(palette *theme.Palette, again, closed func()) *doctorSheet {
	d := &doctorSheet{overlay: newOverlay(palette), body: newBoard()}
	d.view = touch.NewScroll(d.body.object)
	d.again = touch.NewButton(palette, touch.Other, "refresh", "", again)
	d.close = touch.NewButton(palette, touch.Other, "x", "", closed)
	d.fill = d.arrange
	d.holder.Objects = []fyne.CanvasObject{d.close, d.view, d.again}
	return d
}

func (d *doctorSheet) set(data model.DoctorSheet) {
	d.data = data
	d.again.SetLabel(data.Again)
	d.close.SetLabel(data.Close)
	d.Refresh()
}

func (d *doctorSheet) arrange(size fyne.Size) area {
	const widest, highest, top, edge = 960, 752, 24, 4
	panel := area{0, 0, size.Width, size.Height}
	padding := float32(theme.Padding)
	if size.Width >= theme.SheetFillsBelow {
		panel = area{(size.Width - widest) / 2, top, widest, min(highest, size.Height-2*top)}
		padding = theme.PaddingWide
	}
	inner := &flow{palette: d.palette, width: panel.width - 2*padding}
	d.write(inner)
	if size.Width >= theme.SheetFillsBelow { // no higher than it has to be
		panel.height = min(panel.height, inner.y+2*(theme.MinTouch+12+edge)+2*padding)
	}
	f := &flow{palette: d.palette, width: panel.width, y: padding}
	closing := d.close.MinSize().Width
	place(d.close, area{panel.width - padding - closing, f.y, closing, theme.MinTouch})
	f.cut(line{theme.PageTitle, theme.Ink, d.data.Title}, padding, f.y+12, panel.width-2*padding-closing-16)
	f.space(theme.MinTouch + 12)

	bottom := panel.height - padding - theme.MinTouch
	again := d.again.MinSize().Width
	place(d.again, area{panel.width - padding - again, bottom, again, theme.MinTouch})
	f.cut(line{theme.Body, theme.Ink2, d.data.At}, padding, bottom+(theme.MinTouch-theme.Body.LineHeight())/2, panel.width-2*padding-again-16)

	body := &flow{palette: d.palette, width: panel.width - 2*padding + 2*edge, y: edge}
	body.take(inner, fyne.NewPos(edge, body.y))
	body.space(inner.y + edge)
	d.body.show(body)
	place(d.view, area{padding - edge, f.y - edge, body.width, bottom - 12 - f.y + edge})
	d.view.Refresh()
	d.content.show(f)
	return panel
}

// write puts the summary, the rows, and where incidents are told on a flow.
func (d *doctorSheet) write(f *flow) {
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
