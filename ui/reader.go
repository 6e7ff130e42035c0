package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// reader is a sheet to read: a title, something long that scrolls, and what can be done with it.
type reader struct {
	*overlay
	body  *board
	view  *touch.Scroll
	kept  *kept
	title string
	// write puts the content on a flow.
	write  func(*flow)
	close  string
	closed func()
	action model.PrinterAction
	acted  func()
}

func newReader(palette *theme.Palette, closed func()) *reader {
	r := &reader{overlay: newOverlay(palette), body: newBoard(), closed: closed}
	r.view = touch.NewScroll(r.body.object)
	r.kept = newKept(palette, nil)
	r.fill = r.arrange
	return r
}

// faults shows the log of faults.
func (r *reader) faults(log model.FaultLog) {
	r.title, r.close, r.action, r.acted = log.Title, log.Close, model.PrinterAction{}, nil
	r.write = func(f *flow) { f.history(model.Details{History: log.Lines}) }
	r.view.ScrollToTop()
	r.Refresh()
}

// ticket shows one ticket as it came out.
func (r *reader) ticket(sheet model.TicketSheet, picture image.Image, reprint func()) {
	r.title, r.close, r.action, r.acted = sheet.Title, sheet.Close, sheet.Reprint, reprint
	r.write = func(f *flow) {
		f.paragraph(line{theme.Body, theme.Ink2, sheet.Text}, 0, f.width)
		f.space(12)
		if picture == nil {
			return
		}
		bounds := picture.Bounds()
		width := min(f.width, float32(bounds.Dx()), 460)
		height := width * float32(bounds.Dy()) / float32(bounds.Dx())
		x := (f.width - width) / 2
		look := touch.Look{Fill: f.palette.Color(theme.Paper), Border: f.palette.Color(theme.Line), BorderWidth: f.palette.LineWidth()}
		f.box(look, area{x - 1, f.y, width + 2, height + 2})
		view := canvas.NewImageFromImage(picture)
		view.FillMode, view.ScaleMode = canvas.ImageFillStretch, canvas.ImageScaleSmooth
		place(view, area{x, f.y + 1, width, height})
		f.add(view)
		f.space(height + 2)
	}
	r.view.ScrollToTop()
	r.Refresh()
}

// choose lists what can be printed, or done.
func (r *reader) choose(icon string, sheet model.PrintSheet, chosen func(station string)) {
	r.title, r.close, r.action, r.acted = sheet.Title, sheet.Close, model.PrinterAction{}, nil
	r.write = func(f *flow) {
		for _, choice := range sheet.Choices {
			b := r.kept.button("print "+choice.ID, touch.Other, icon, choice.Name, func() { chosen(choice.ID) })
			b.SetScroller(r.view)
			f.put(b, 64)
			f.space(8)
		}
		f.paragraph(line{theme.Body, theme.Ink2, sheet.Hint}, 0, f.width)
	}
	r.view.ScrollToTop()
	r.Refresh()
}

func (r *reader) arrange(size fyne.Size) area {
	const widest, highest, top, edge = 720, 752, 24, 4
	panel := area{0, 0, size.Width, size.Height}
	padding := float32(theme.Padding)
	if size.Width >= theme.SheetFillsBelow {
		panel = area{(size.Width - widest) / 2, top, widest, min(highest, size.Height-2*top)}
		padding = theme.PaddingWide
	}
	inner := &flow{palette: r.palette, width: panel.width - 2*padding}
	if r.write != nil {
		r.write(inner)
	}
	if size.Width >= theme.SheetFillsBelow { // no higher than it has to be
		const around = theme.MinTouch + 12 + theme.MinTouch + 12 + 2*edge
		panel.height = min(panel.height, inner.y+around+2*padding)
	}
	f := &flow{palette: r.palette, width: panel.width, y: padding}
	closing := r.kept.button("close", touch.Other, "x", r.close, r.closed)
	width := closing.MinSize().Width
	place(closing, area{panel.width - padding - width, f.y, width, theme.MinTouch})
	f.cut(line{theme.PageTitle, theme.Ink, r.title}, padding, f.y+12, panel.width-2*padding-width-16)
	f.space(theme.MinTouch + 12)
	r.holder.Objects = []fyne.CanvasObject{closing, r.view}
	bottom := panel.height - padding
	if r.action.Label != "" {
		act := r.kept.button("act", touch.Other, string(r.action.Icon), r.action.Label, r.acted)
		least := act.MinSize()
		bottom -= least.Height
		place(act, area{panel.width - padding - least.Width, bottom, least.Width, least.Height})
		r.holder.Objects = append(r.holder.Objects, act)
		bottom -= 12
	}
	body := &flow{palette: r.palette, width: inner.width + 2*edge, y: inner.y + 2*edge}
	body.take(inner, fyne.NewPos(edge, edge))
	r.body.show(body)
	place(r.view, area{padding - edge, f.y - edge, body.width, bottom - f.y + edge})
	r.view.Refresh()
	r.content.show(f)
	return panel
}
