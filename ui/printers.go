package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// printerView is what the Printers place shows: the place, and the pictures of each panel's last
// tickets in the same order, nil where there is none.
type printerView struct {
	place    model.PrinterPlace
	pictures [][]image.Image
}

// printers is the Printers place: how each one is, what to do, and what it printed last.
type printers struct {
	palette *theme.Palette
	shape   *shape
	board   *board
	scroll  *touch.Scroll
	kept    *kept
	control printerControl
	view    printerView
}

// printerControl is what the Printers place asks for. None of it waits.
type printerControl struct {
	add, log func()
	do       func(printer string, action model.PrinterAction)
	look     func(ticket string) // at one ticket, large
}

func newPrinters(palette *theme.Palette, s *shape, control printerControl) *printers {
	p := &printers{palette: palette, shape: s, board: newBoard(), control: control}
	p.scroll = touch.NewScroll(p.board.object)
	p.kept = newKept(palette, p.scroll)
	return p
}

func (p *printers) set(view printerView) {
	p.view = view
	p.fill()
}

func (p *printers) place(a area) {
	place(p.scroll, a)
	p.fill()
}

// The size of paper on a card.
const (
	paperWidth  = 168
	paperHeight = 208
	paperFoot   = 32 // for its caption
)

func (p *printers) fill() {
	size := p.scroll.Size()
	if size.Width <= 0 {
		return
	}
	m := p.shape.margin()
	f := &flow{palette: p.palette, width: size.Width, y: 8}
	p.heading(f, m)
	if words := p.view.place.Missing; words != "" {
		inner := &flow{palette: p.palette, width: size.Width - 2*m}
		inner.block("alert", theme.LateSoft, line{theme.BodyBold, theme.LateInk, words}, 0)
		f.take(inner, fyne.NewPos(m, f.y))
		f.space(inner.y + theme.PanelGap)
	}
	panels := p.view.place.Panels
	columns := 1
	if p.shape.wide() && len(panels) > 2 {
		columns = 2
	}
	const gap = theme.PanelGap
	width := (size.Width - 2*m - gap*float32(columns-1)) / float32(columns)
	for i := 0; i < len(panels); i += columns {
		row := min(columns, len(panels)-i)
		cards, height := make([]*flow, row), float32(0)
		for j := range row {
			cards[j] = p.card(i+j, width)
			height = max(height, cards[j].y)
		}
		for j, card := range cards {
			x := m + float32(j)*(width+gap)
			f.box(touch.Surface(p.palette, theme.RadiusCard, theme.CardShadow), area{x, f.y, width, height})
			f.take(card, fyne.NewPos(x, f.y))
		}
		f.space(height + gap)
	}
	if e := p.view.place.Empty; e.Text != "" {
		f.space(24)
		inner := &flow{palette: p.palette, width: size.Width - 2*m}
		inner.empty(e, p.kept.button("first", touch.Primary, "plus", e.Action, p.control.add))
		f.take(inner, fyne.NewPos(m, f.y))
		f.space(inner.y)
	}
	if note := p.view.place.Note; note != "" {
		inner := &flow{palette: p.palette, width: size.Width - 2*m}
		inner.point("info", line{theme.Body, theme.Ink2, note})
		f.take(inner, fyne.NewPos(m, f.y))
		f.space(inner.y + 8)
	}
	p.board.show(f)
	p.scroll.Refresh()
}

// heading sums the printers up, and has what is about all of them.
func (p *printers) heading(f *flow, m float32) {
	if now := p.view.place; now.Add == "" && now.Log == "" && now.State.Text == "" {
		return
	}
	right := f.width - m
	put := func(name string, icon, label string, tapped func()) {
		if label == "" {
			return
		}
		b := p.kept.button(name, touch.Other, icon, label, tapped)
		width := b.MinSize().Width
		right -= width
		place(b, area{right, f.y, width, theme.MinTouch})
		f.add(b)
		right -= 8
	}
	put("add", "plus", p.view.place.Add, p.control.add)
	put("log", "all", p.view.place.Log, p.control.log)
	if state := p.view.place.State; state.Text != "" {
		view := touch.NewBadge(p.palette, badgeKind(state.Tone), string(state.Icon), state.Text)
		if width := view.MinSize().Width; m+width < right {
			place(view, area{m, f.y + (theme.MinTouch-theme.BadgeHeight)/2, width, theme.BadgeHeight})
			f.add(view)
		}
	}
	f.space(theme.MinTouch + theme.PanelGap)
}

// card says how a printer is at the left, and shows its tickets at the right or below.
func (p *printers) card(i int, width float32) *flow {
	const padding, info, gap = 20, 300, 20
	panel := p.view.place.Panels[i]
	inner := &flow{palette: p.palette, width: width - 2*padding}
	papers := &flow{palette: p.palette, width: inner.width}
	beside := inner.width >= info+gap+paperWidth
	if beside {
		// as many papers as fit beside what has to be said
		most := max(1, int((inner.width-info-gap+gap)/(paperWidth+gap)))
		most = max(1, min(most, len(panel.Last)))
		papers.width = float32(most)*(paperWidth+gap) - gap
		inner.width -= papers.width + gap
	}
	p.state(inner, panel)
	p.papers(papers, i)
	height := inner.y
	if beside {
		height = max(height, papers.y)
	} else if papers.y > 0 {
		height += papers.y + 12
	}
	buttons := &flow{palette: p.palette, width: inner.width}
	if beside && inner.y+12 > papers.y { // they stand below the papers
		buttons.width = width - 2*padding
	}
	p.buttons(buttons, panel)
	if beside {
		height = max(height, inner.y+12+buttons.y)
	} else {
		height += 12 + buttons.y
	}
	card := &flow{palette: p.palette, width: width, y: height + 2*padding}
	card.take(inner, fyne.NewPos(padding, padding))
	if beside {
		card.take(papers, fyne.NewPos(width-padding-papers.width, padding))
	} else {
		card.take(papers, fyne.NewPos(padding, padding+inner.y+12))
	}
	card.take(buttons, fyne.NewPos(padding, padding+height-buttons.y))
	return card
}

// take moves what another flow made to a place of this one.
func (f *flow) take(other *flow, at fyne.Position) {
	for _, object := range other.objects {
		object.Move(object.Position().Add(at))
		f.add(object)
	}
}

func (p *printers) state(f *flow, panel model.PrinterPanel) {
	f.paragraph(line{theme.PanelTitle, theme.Ink, panel.Name}, 0, f.width)
	f.paragraph(line{theme.Body, theme.Ink2, panel.Where}, 0, f.width)
	f.space(4)
	view := touch.NewBadge(p.palette, badgeKind(panel.Badge.Tone), string(panel.Badge.Icon), panel.Badge.Text)
	place(view, area{0, f.y, min(f.width, view.MinSize().Width), theme.BadgeHeight})
	f.add(view)
	f.space(theme.BadgeHeight + 10)
	for _, point := range panel.Points {
		f.point(string(point.Icon), line{theme.Body, theme.Ink, point.Text})
	}
}

// buttons stand side by side as far as they fit.
func (p *printers) buttons(f *flow, panel model.PrinterPanel) {
	const gap = 8
	x, height := float32(0), float32(0)
	var row []*touch.Button
	end := func() { // the lower ones stand in the middle of the row
		for _, b := range row {
			b.Move(b.Position().AddXY(0, (height-b.Size().Height)/2))
		}
		f.space(height)
		x, height, row = 0, 0, nil
	}
	for _, action := range panel.Actions {
		kind := map[model.ActionKind]touch.Kind{
			model.ActionPrimary: touch.Primary, model.ActionDanger: touch.Danger,
		}[action.Kind] // Other is the zero value
		b := p.kept.button(panel.ID+" "+string(action.Verb), kind, string(action.Icon), action.Label, func() { p.control.do(panel.ID, action) })
		busy := ""
		if action.Busy {
			busy = action.Label
		}
		b.SetBusy(busy)
		least := b.MinSize()
		if x > 0 && x+least.Width > f.width {
			end()
			f.space(gap)
		}
		place(b, area{x, f.y, min(least.Width, f.width), least.Height})
		f.add(b)
		row = append(row, b)
		x += least.Width + gap
		height = max(height, least.Height)
	}
	end()
}

// papers shows as many of the last tickets as fit; a tap shows one large.
func (p *printers) papers(f *flow, i int) {
	const gap = 20
	panel := p.view.place.Panels[i]
	most := max(1, int((f.width+gap)/(paperWidth+gap)))
	for j, ticket := range panel.Last[:min(most, len(panel.Last))] {
		paper := part(p.kept, panel.ID+" paper "+ticket.Key, func() *paper { return newPaper(p.palette, p.scroll) })
		paper.OnTapped = func() { p.control.look(ticket.Key) }
		var picture image.Image
		if i < len(p.view.pictures) && j < len(p.view.pictures[i]) {
			picture = p.view.pictures[i][j]
		}
		paper.set(ticket, picture)
		place(paper, area{float32(j) * (paperWidth + gap), 0, paperWidth, paperHeight + paperFoot})
		f.add(paper)
		f.y = paperHeight + paperFoot
	}
}

// paper is one ticket as it looks, with its time below.
type paper struct {
	touch.Tappable
	ticket  model.TicketRef
	picture image.Image
}

func newPaper(palette *theme.Palette, scroller touch.Scroller) *paper {
	p := &paper{}
	p.Init(p, palette, nil)
	p.SetScroller(scroller)
	return p
}

func (p *paper) set(ticket model.TicketRef, picture image.Image) {
	if p.ticket == ticket && p.picture == picture {
		return
	}
	p.ticket, p.picture = ticket, picture
	p.Refresh()
}

// CreateRenderer is called by Fyne.
func (p *paper) CreateRenderer() fyne.WidgetRenderer {
	p.ExtendBaseWidget(p)
	box, ring := touch.NewBox(), touch.NewBox()
	number, caption := touch.NewText(p.Palette, theme.CardNumber), touch.NewText(p.Palette, theme.Body)
	view := &canvas.Image{FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScaleSmooth}
	var drawn image.Image
	paint := func() {
		look := touch.Look{
			Fill: p.Palette.Color(theme.Paper), Border: p.Palette.Color(theme.Line), BorderWidth: p.Palette.LineWidth(),
			Shadow: p.Palette.Shadow(theme.CardShadow),
		}
		if p.Pressed() || p.Focused() {
			look.Border, look.BorderWidth = p.Palette.Color(theme.Acc), theme.ChosenBorder
		}
		box.Set(look)
		ring.Set(touch.Look{})
		words := p.ticket.Number
		if p.picture != nil {
			words = ""
		}
		number.Set(words, theme.PaperInk)
		caption.Set(p.ticket.Text, theme.Ink2)
		show(view, p.picture != nil)
		if p.picture != nil && drawn != p.picture {
			drawn = p.picture
			view.Image = top(p.picture, paperWidth-8, paperHeight-8)
			view.Refresh()
		}
	}
	layout := func(fyne.Size) {
		box.Place(0, 0, paperWidth, paperHeight)
		number.PlaceCut(12, 12, paperWidth-24)
		if p.picture != nil && view.Image != nil {
			bounds := view.Image.Bounds()
			const width = paperWidth - 8
			place(view, area{4, 4, width, min(paperHeight-8, width*float32(bounds.Dy())/float32(bounds.Dx()))})
		}
		caption.PlaceCut(max(0, (paperWidth-caption.Width())/2), paperHeight+8, paperWidth)
	}
	minSize := func() fyne.Size { return fyne.NewSize(paperWidth, paperHeight+paperFoot) }
	return touch.Draw(p, paint, layout, minSize, ring.Object, box.Object, number.Object, view, caption.Object)
}

// top is as much of the top of a picture as has the shape of width x height.
func top(picture image.Image, width, height float32) image.Image {
	bounds := picture.Bounds()
	most := int(float32(bounds.Dx()) * height / width)
	part, ok := picture.(interface {
		SubImage(image.Rectangle) image.Image
	})
	if !ok || bounds.Dy() <= most {
		return picture
	}
	return part.SubImage(image.Rect(bounds.Min.X, bounds.Min.Y, bounds.Max.X, bounds.Min.Y+most))
}
