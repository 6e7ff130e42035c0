package ui

import (
	"image"

	"fyne.io/fyne/v2/canvas"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// reader is a sheet to read: something long, and what can be done with it.
type reader struct {
	*form
	action model.PrinterAction
	acted  func()
}

func newReader(palette *theme.Palette, closed func()) *reader {
	r := &reader{form: newForm(palette, 720)}
	r.fits, r.closed, r.foot = true, closed, r.buttons
	return r
}

func (r *reader) buttons() (primary *touch.Button, others []*touch.Button) {
	if r.action.Label == "" {
		return nil, nil
	}
	return nil, []*touch.Button{r.outer.button("act", touch.Other, string(r.action.Icon), r.action.Label, r.acted)}
}

// faults shows the log of faults.
func (r *reader) faults(log model.FaultLog) {
	r.title, r.close, r.more, r.action, r.acted = log.Title, log.Close, log.More, model.PrinterAction{}, nil
	r.write = func(f *flow) { f.history(model.Details{History: log.Lines}) }
	r.view.ScrollToTop()
	r.Refresh()
}

// ticket shows one ticket as it came out.
func (r *reader) ticket(sheet model.TicketSheet, picture image.Image, reprint func()) {
	r.title, r.close, r.more, r.action, r.acted = sheet.Title, sheet.Close, sheet.More, sheet.Reprint, reprint
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

// choose lists what can be printed.
func (r *reader) choose(sheet model.PrintSheet, chosen func(station string)) {
	r.title, r.close, r.more, r.action, r.acted = sheet.Title, sheet.Close, "", model.PrinterAction{}, nil
	r.write = func(f *flow) {
		for _, choice := range sheet.Choices {
			b := r.kept.button("print "+choice.ID, touch.Other, "printer", choice.Name, func() { chosen(choice.ID) })
			f.put(b, 64)
			f.space(8)
		}
		f.paragraph(line{theme.Body, theme.Ink2, sheet.Hint}, 0, f.width)
	}
	r.view.ScrollToTop()
	r.Refresh()
}
