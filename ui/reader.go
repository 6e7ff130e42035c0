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
	stay   string // the way out that says what stays; empty where nothing would change
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
	if r.stay != "" {
		others = append(others, r.outer.button("stay", touch.Other, "", r.stay, r.closed))
	}
	return nil, append(others, r.outer.button("act", touch.Other, string(r.action.Icon), r.action.Label, r.acted))
}

// faults shows the log of faults.
func (r *reader) faults(log model.FaultLog) {
	r.title, r.close, r.more, r.stay, r.action, r.acted = log.Title, log.Close, log.More, "", model.PrinterAction{}, nil
	r.write = func(f *flow) { f.history(model.Details{History: log.Lines}) }
	r.view.ScrollToTop()
	r.Refresh()
}

// ticket shows one ticket as it came out.
func (r *reader) ticket(sheet model.TicketSheet, picture image.Image, reprint func()) {
	r.title, r.close, r.more, r.stay, r.action, r.acted = sheet.Title, sheet.Close, sheet.More, "", sheet.Reprint, reprint
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

// leave asks whether to end the program.
func (r *reader) leave(sheet model.LeaveSheet, left func()) {
	r.title, r.close, r.more, r.stay = sheet.Title, sheet.Close, "", sheet.Stay
	r.action, r.acted = model.PrinterAction{Label: sheet.Leave, Icon: "x"}, left
	r.write = func(f *flow) { f.paragraph(line{theme.Body, theme.Ink, sheet.Text}, 0, f.width) }
	r.view.ScrollToTop()
	r.Refresh()
}
