package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// pageBar pages the list, for gloves and poor panels.
type pageBar struct {
	widget.BaseWidget
	palette    *theme.Palette
	data       model.Page
	back, next *touch.Button
}

func newPageBar(palette *theme.Palette, back, next func()) *pageBar {
	p := &pageBar{
		palette: palette,
		back:    touch.NewButton(palette, touch.Other, "up", "", back),
		next:    touch.NewButton(palette, touch.Other, "down", "", next),
	}
	p.ExtendBaseWidget(p)
	return p
}

func (p *pageBar) set(data model.Page) {
	p.data = data
	p.back.SetLabel(data.BackText)
	p.back.SetDisabled(!data.Back)
	p.next.SetLabel(data.NextText)
	p.next.SetDisabled(!data.Next)
	p.Refresh()
}

// CreateRenderer is called by Fyne.
func (p *pageBar) CreateRenderer() fyne.WidgetRenderer {
	text := touch.NewText(p.palette, theme.Body)
	paint := func() {
		text.Set(p.data.Text, theme.Ink2)
		p.back.Refresh()
		p.next.Refresh()
	}
	layout := func(size fyne.Size) {
		const least, gap = 112, 8
		next := max(least, p.next.MinSize().Width)
		back := max(least, p.back.MinSize().Width)
		place(p.next, area{size.Width - next, 0, next, theme.MinTouch})
		place(p.back, area{size.Width - next - gap - back, 0, back, theme.MinTouch})
		text.PlaceCut(0, (size.Height-text.LineHeight())/2, size.Width-next-back-3*gap)
	}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, theme.MinTouch) }
	return touch.Draw(p, paint, layout, minSize, text.Object, p.back, p.next)
}

// notice is the banner above the list.
type notice struct {
	palette *theme.Palette
	board   *board
	kept    *kept
	open    func(model.Place)
	data    model.Banner
}

func newNotice(palette *theme.Palette, open func(model.Place)) *notice {
	return &notice{palette: palette, board: newBoard(), kept: newKept(palette, nil), open: open}
}

func (n *notice) set(data model.Banner) { n.data = data }

// place puts the banner at the top of the area, and returns the height it takes.
func (n *notice) place(a area) (height float32) {
	f := &flow{palette: n.palette, width: a.width}
	if n.data.Title != "" {
		n.write(f)
	}
	n.board.show(f)
	place(n.board.object, area{a.x, a.y, a.width, f.y})
	if f.y == 0 {
		return 0
	}
	return f.y + 8
}

func (n *notice) write(f *flow) {
	fill, ink := theme.WarnSoft, theme.Warn
	if n.data.Tone == model.ToneLate {
		fill, ink = theme.LateSoft, theme.LateInk
	}
	const padding, indent = 12, 48
	right := f.width - padding
	var lead *touch.Button
	if n.data.Action != "" {
		to := n.data.Place
		lead = n.kept.button("open", touch.Other, "", n.data.Action, func() { n.open(to) })
		right -= lead.MinSize().Width + padding
	}
	f.y = padding
	f.icon(string(n.data.Icon), 24, ink, 12, f.y)
	f.paragraph(line{theme.BodyBold, ink, n.data.Title}, indent, right)
	const least = 560 // below it, the button leads to the rest of the words
	if lead == nil || f.width >= least {
		f.paragraph(line{theme.Body, ink, n.data.Text}, indent, right)
	}
	f.space(padding)
	if lead != nil {
		f.y = max(f.y, theme.MinTouch+2*padding)
		least := lead.MinSize()
		place(lead, area{right + padding, (f.y - least.Height) / 2, least.Width, least.Height})
	}
	words := f.objects
	f.objects = nil
	f.box(touch.Fill(n.palette, fill, theme.RadiusControl), area{0, 0, f.width, f.y})
	f.objects = append(f.objects, words...)
	if lead != nil {
		f.add(lead)
	}
}

// empty is said where a list has nothing.
type empty struct {
	palette *theme.Palette
	board   *board
	data    model.Empty
}

func newEmpty(palette *theme.Palette) *empty {
	return &empty{palette: palette, board: newBoard()}
}

func (e *empty) set(data model.Empty) { e.data = data }

// place puts icon and sentence in the middle of the area.
func (e *empty) place(a area) {
	made := &flow{palette: e.palette, width: a.width}
	made.empty(e.data, nil)
	f := &flow{palette: e.palette, width: a.width, y: a.height}
	f.take(made, fyne.NewPos(0, max(0, (a.height-made.y)/2)))
	e.board.show(f)
	place(e.board.object, a)
}

// empty puts icon, sentence and the one thing to do, nil for none, one below the other.
func (f *flow) empty(data model.Empty, act *touch.Button) {
	const icon, widest = 40, 480
	f.icon(string(data.Icon), icon, theme.Ink2, (f.width-icon)/2, f.y)
	f.space(icon + 12)
	for _, words := range touch.Wrap(data.Text, theme.ItemText, min(f.width, widest)) {
		f.text(line{theme.ItemText, theme.Ink2, words}, (f.width-theme.ItemText.Measure(words))/2, f.y)
		f.space(theme.ItemText.LineHeight())
	}
	if act != nil {
		f.space(16)
		size := act.MinSize()
		place(act, area{(f.width - size.Width) / 2, f.y, size.Width, size.Height})
		f.add(act)
		f.space(size.Height)
	}
}
