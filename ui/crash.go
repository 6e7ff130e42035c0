package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// crash is the plain screen of a terminal that does not come up any more. It needs nothing that
// may be broken: no data, no preferences, no hub.
type crash struct {
	widget.BaseWidget
	palette *theme.Palette
	data    model.CrashScreen
	restart *touch.Button
	board   *board
	scroll  *touch.Scroll
}

// NewCrash makes the window that shows it; restart is asked for by a finger.
func NewCrash(app fyne.App, data model.CrashScreen, mode theme.Mode, restart func()) fyne.Window {
	theme.Wear(app, mode)
	c := &crash{palette: theme.NewPalette(mode), data: data, board: newBoard()}
	c.restart = touch.NewButton(c.palette, touch.Primary, "refresh", data.Restart, restart)
	c.scroll = touch.NewScroll(c.board.object)
	c.ExtendBaseWidget(c)
	window := app.NewWindow("Comptoir")
	window.SetPadded(false)
	window.SetMaster()
	window.SetContent(c)
	return window
}

// CreateRenderer is called by Fyne.
func (c *crash) CreateRenderer() fyne.WidgetRenderer {
	background := touch.NewBox()
	paint := func() {
		background.Set(touch.Look{Fill: c.palette.Color(theme.Bg)})
		c.restart.Refresh()
	}
	layout := func(size fyne.Size) {
		background.Place(0, 0, size.Width, size.Height)
		if size.Width > 0 {
			c.arrange(size)
		}
	}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, theme.MinTouch) }
	return touch.Draw(c, paint, layout, minSize, background.Object, c.scroll, c.restart)
}

// arrange puts the languages side by side where there is room, the button at the bottom.
func (c *crash) arrange(size fyne.Size) {
	const gap, widest = 32, 1200
	s := shape{size.Width, size.Height}
	margin := s.margin()
	width := min(size.Width-2*margin, widest)
	x := (size.Width - width) / 2
	bottom := size.Height - margin - theme.PrimaryHeight
	button := min(width, max(320, c.restart.MinSize().Width))
	place(c.restart, area{(size.Width - button) / 2, bottom, button, theme.PrimaryHeight})

	f := &flow{palette: c.palette, width: width}
	columns := len(c.data.Parts)
	if s.narrow() {
		columns = 1
	}
	column := (width - gap*float32(columns-1)) / float32(max(1, columns))
	height := float32(0)
	for i, part := range c.data.Parts {
		inner := &flow{palette: c.palette, width: column}
		c.write(inner, part)
		if columns == 1 {
			f.take(inner, fyne.NewPos(0, f.y))
			f.space(inner.y + 24)
			continue
		}
		f.take(inner, fyne.NewPos(float32(i)*(column+gap), 0))
		height = max(height, inner.y)
	}
	f.y = max(f.y, height)
	if c.data.Report != "" {
		f.space(8)
		f.paragraph(line{theme.BodyBold, theme.Ink, c.data.Report}, 0, width)
	}
	c.board.show(f)
	room := bottom - 16 - margin
	top := margin
	if free := room - f.y; free > 0 && s.wide() {
		top += free / 3
	}
	place(c.scroll, area{x, top, width, bottom - 16 - top})
	c.scroll.Refresh()
}

func (c *crash) write(f *flow, part model.CrashPart) {
	f.icon("alert", 32, theme.LateInk, 0, f.y)
	f.paragraph(line{theme.PageTitle, theme.Ink, part.Title}, 44, f.width)
	f.space(8)
	f.paragraph(line{theme.Body, theme.Ink, part.Text}, 0, f.width)
	f.space(8)
	f.point("check-circle", line{theme.BodyBold, theme.Ok, part.Safe})
	f.space(4)
	f.point("refresh", line{theme.Body, theme.Ink, part.Again})
	f.space(4)
	f.point("note", line{theme.Body, theme.Ink2, part.File})
}
