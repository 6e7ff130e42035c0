package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// alarm is the banner over everything, until somebody has said that they saw it.
type alarm struct {
	*overlay
	data    model.Alarm
	rail    func(shape) float32 // the rail's width: the banner is centred on the rest where there is room
	buttons []*touch.Button
	taken   *touch.Button // answers what needs nothing more, all at once
}

func newAlarm(palette *theme.Palette, rail func(shape) float32, gotIt func(model.AlarmRow), gotAll func([]model.AlarmRow)) *alarm {
	a := &alarm{overlay: newOverlay(palette), rail: rail}
	a.fill = a.arrange
	a.taken = touch.NewButton(palette, touch.Other, "check", "", func() { gotAll(a.data.Taken) })
	a.holder.Objects = append(a.holder.Objects, a.taken)
	const rows = 2
	for i := range rows {
		button := touch.NewButton(palette, touch.Primary, "check", "", func() {
			if i < len(a.data.Rows) {
				gotIt(a.data.Rows[i])
			}
		})
		button.SetHeight(theme.AlarmHeight)
		a.buttons = append(a.buttons, button)
		a.holder.Objects = append(a.holder.Objects, button)
	}
	return a
}

func (a *alarm) set(data model.Alarm) {
	a.data = data
	for i, button := range a.buttons {
		show(button, i < len(data.Rows))
		if i < len(data.Rows) {
			paintAction(button, touch.Primary, "check", data.Rows[i].GotIt, data.Rows[i].Busy)
		}
	}
	show(a.taken, data.TakenGotIt != "")
	a.taken.SetLabel(data.TakenGotIt)
	a.Refresh()
}

func (a *alarm) arrange(size fyne.Size) area {
	s := shape{size.Width, size.Height}
	content := s.content(a.rail(s))
	margin, padding, gap := s.margin(), float32(theme.PaddingWide), float32(theme.PanelGap)
	if !s.wide() {
		padding, gap = theme.Padding, 8
		content.x, content.width = 0, s.width // over the rail too
	}
	width := min(1120, content.width-2*margin)
	panel := area{content.x + (content.width-width)/2, margin, width, 0}
	f := &flow{palette: a.palette, width: width, y: padding}
	a.title(f, padding)
	f.space(gap)
	for i, row := range a.data.Rows {
		if i >= len(a.buttons) {
			break
		}
		if i > 0 {
			f.space(gap)
		}
		r := alarmRow{flow: f, row: row, button: a.buttons[i], area: area{padding, f.y, width - 2*padding, 136}}
		if s.narrow() {
			f.y += r.narrow()
		} else {
			f.y += r.wide()
		}
	}
	a.more(f, padding, s.narrow())
	f.space(padding)
	panel.height = f.y
	a.content.show(f)
	return panel
}

// more says how many others there are, and has the button for those that need nothing more.
func (a *alarm) more(f *flow, padding float32, narrow bool) {
	if a.data.More == "" {
		return
	}
	f.space(8)
	button := a.data.TakenGotIt != ""
	y := f.y
	if button && !narrow { // in one line
		width := a.taken.MinSize().Width
		place(a.taken, area{f.width - padding - width, f.y, width, theme.MinTouch})
		y += (theme.MinTouch - 24) / 2
	}
	f.text(line{theme.BodyBold, theme.Ink2, a.data.More}, padding, y)
	switch {
	case button && narrow:
		f.space(24 + 8)
		place(a.taken, area{padding, f.y, f.width - 2*padding, theme.MinTouch})
		f.space(theme.MinTouch)
	case button:
		f.space(theme.MinTouch)
	default:
		f.space(24)
	}
}

// title is what rings, and for whom the answer counts, where there is room for that too.
func (a *alarm) title(f *flow, padding float32) {
	f.icon("speaker", 28, theme.Ink, padding, f.y+2)
	title := line{theme.PanelTitle, theme.Ink, a.data.Title}
	x := padding + 40
	hint := theme.Body.Measure(a.data.Hint)
	if hint > 0 && x+title.role.Measure(title.words)+24+hint+padding <= f.width {
		f.right(line{theme.Body, theme.Ink2, a.data.Hint}, f.width-padding, f.y+4)
	}
	f.space(2)
	f.paragraph(title, x, f.width-padding)
	f.space(2)
}

// alarmRow is one order or trouble that rings.
type alarmRow struct {
	*flow
	row    model.AlarmRow
	button *touch.Button
	area   area
}

// wide has the button at the right.
func (r alarmRow) wide() (height float32) {
	const side, disc, button = 24, 72, 200
	a := r.area
	right := a.x + a.width - side
	left := a.x + side + disc + side
	textWidth := right - button - side - left
	words := most(touch.Wrap(r.sentence(), theme.Body, textWidth), 3, theme.Body, textWidth)
	height = max(a.height, 24+44+24*float32(len(words))+2*16)
	a.height = height
	r.box(touch.Fill(r.palette, theme.AccSoft, theme.RadiusCard), a)
	r.disc(a.x+side, a.y+(height-disc)/2, disc)
	top := a.y + (height-24-44-24*float32(len(words)))/2
	r.heading(left, top, textWidth)
	r.words(words, left, top+68)
	place(r.button, area{right - button, a.y + (height-theme.AlarmHeight)/2, button, theme.AlarmHeight})
	return height
}

// narrow has the button below.
func (r alarmRow) narrow() (height float32) {
	const side, disc = 16, 56
	a := r.area
	left := a.x + side + disc + 12
	width := a.width - 2*side
	words := most(touch.Wrap(r.sentence(), theme.Body, width), 4, theme.Body, width)
	a.height = 12 + 68 + 8 + 24*float32(len(words)) + 12 + theme.AlarmHeight + side
	r.box(touch.Fill(r.palette, theme.AccSoft, theme.RadiusCard), a)
	r.disc(a.x+side, a.y+18, disc)
	r.heading(left, a.y+12, a.x+a.width-side-left)
	r.words(words, a.x+side, a.y+88)
	place(r.button, area{a.x + side, a.y + a.height - side - theme.AlarmHeight, width, theme.AlarmHeight})
	return a.height
}

func (r alarmRow) disc(x, y, size float32) {
	r.box(touch.Look{Fill: r.palette.Color(theme.Acc), Radius: size / 2}, area{x, y, size, size})
	const icon = 40
	r.icon(string(r.row.Icon), icon, theme.OnAcc, x+(size-icon)/2, y+(size-icon)/2)
}

func (r alarmRow) heading(x, y, width float32) {
	r.cut(line{theme.BodyBold, theme.AccInk, r.row.Heading}, x, y, width)
	number := min(theme.AlarmNumber.Measure(r.row.Number), width)
	r.cut(line{theme.AlarmNumber, theme.Ink, r.row.Number}, x, y+20, width) // a printer's name may be long
	if left := width - number - 16; left > theme.CustomerName.Size() {
		r.cut(line{theme.CustomerName, theme.Ink, r.row.Name}, x+number+16, y+36, left)
	}
}

func (r alarmRow) sentence() string {
	if r.row.Strong == "" {
		return r.row.Text
	}
	return r.row.Strong + touch.Dot + r.row.Text
}

// words are the sentence's lines; what is strong begins the first.
func (r alarmRow) words(lines []string, x, y float32) {
	for i, words := range lines {
		rest, at := words, x
		if strong := r.row.Strong; i == 0 && strong != "" && strings.HasPrefix(words, strong) {
			at += r.text(line{theme.BodyBold, theme.Ink, strong}, x, y)
			rest = words[len(strong):]
		}
		r.text(line{theme.Body, theme.Ink, rest}, at, y)
		y += theme.Body.LineHeight()
	}
}
