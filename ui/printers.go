package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// printer is a card of the Printers place, with the pictures of its last tickets in the same
// order; nil where there is none.
type printer struct {
	model.PrinterCard
	pictures []image.Image
}

// printers is the Printers place: how each one is, and what it printed last.
type printers struct {
	palette *theme.Palette
	shape   *shape
	board   *board
	scroll  *touch.Scroll
	cards   []printer
	none    string
}

func newPrinters(palette *theme.Palette, s *shape) *printers {
	p := &printers{palette: palette, shape: s, board: newBoard()}
	p.scroll = touch.NewScroll(p.board.object)
	return p
}

func (p *printers) set(cards []printer, none string) {
	p.cards, p.none = cards, none
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
)

func (p *printers) fill() {
	size := p.scroll.Size()
	if size.Width <= 0 {
		return
	}
	m := p.shape.margin()
	f := &flow{palette: p.palette, width: size.Width, y: 8}
	for _, card := range p.cards {
		p.card(f, card, m)
		f.space(theme.PanelGap)
	}
	if len(p.cards) == 0 {
		f.space(24)
		f.icon("printer", 40, theme.Ink2, (f.width-40)/2, f.y)
		f.space(52)
		for _, words := range wrap(p.none, theme.ItemText, min(480, f.width-2*m)) {
			f.text(line{theme.ItemText, theme.Ink2, words}, (f.width-theme.ItemText.Measure(words))/2, f.y)
			f.space(24)
		}
	}
	p.board.show(f)
	p.scroll.Refresh()
}

// card says how a printer is at the left, and shows its tickets at the right or below.
func (p *printers) card(f *flow, card printer, m float32) {
	const padding, info = 20, 320
	width := f.width - 2*m
	top := f.y
	inner := &flow{palette: p.palette, width: width - 2*padding}
	if width >= 640 {
		inner.width = info
	}
	p.state(inner, card)
	papers := &flow{palette: p.palette, width: width - 2*padding}
	if width >= 640 {
		papers.width -= info + padding
	}
	p.papers(papers, card)
	height := inner.y
	x, y := m+padding, top+padding
	at := fyne.NewPos(x+info+padding, y)
	if width >= 640 {
		height = max(height, papers.y)
	} else {
		at = fyne.NewPos(x, y+inner.y+8)
		if papers.y > 0 {
			height += papers.y + 8
		}
	}
	height += 2 * padding
	f.box(touch.Surface(p.palette, theme.RadiusCard, theme.CardShadow), area{m, top, width, height})
	f.take(inner, fyne.NewPos(x, y))
	f.take(papers, at)
	f.y = top + height
}

// take moves what another flow made to a place of this one.
func (f *flow) take(other *flow, at fyne.Position) {
	for _, object := range other.objects {
		object.Move(object.Position().Add(at))
		f.add(object)
	}
}

func (p *printers) state(f *flow, card printer) {
	f.paragraph(line{theme.PanelTitle, theme.Ink, card.Name}, 0, f.width)
	f.paragraph(line{theme.Body, theme.Ink2, card.Address}, 0, f.width)
	f.space(4)
	view := touch.NewBadge(p.palette, badgeKind(card.Badge.Tone), string(card.Badge.Icon), card.Badge.Text)
	place(view, area{0, f.y, view.MinSize().Width, theme.BadgeHeight})
	f.add(view)
	f.space(theme.BadgeHeight + 10)
	for _, point := range []struct{ icon, words string }{
		{"orders", card.Stations}, {"all", card.Waiting}, {"info", card.Problem},
	} {
		if point.words != "" {
			f.point(point.icon, line{theme.Body, theme.Ink, point.words})
		}
	}
}

// papers shows as many of the last tickets as fit.
func (p *printers) papers(f *flow, card printer) {
	const gap = 16
	most := max(1, int((f.width+gap)/(paperWidth+gap)))
	for i, ticket := range card.Last[:min(most, len(card.Last))] {
		x := float32(i) * (paperWidth + gap)
		look := touch.Look{
			Fill: p.palette.Color(theme.Paper), Border: p.palette.Color(theme.Line), BorderWidth: p.palette.LineWidth(),
			Shadow: p.palette.Shadow(theme.CardShadow),
		}
		f.box(look, area{x, 0, paperWidth, paperHeight})
		if i < len(card.pictures) && card.pictures[i] != nil {
			f.picture(card.pictures[i], area{x + 2, 2, paperWidth - 4, paperHeight - 4})
		} else {
			f.cut(line{theme.CardNumber, theme.PaperInk, ticket.Number}, x+12, 12, paperWidth-24)
		}
		caption := touch.Cut(ticket.Text, theme.Body, paperWidth)
		f.text(line{theme.Body, theme.Ink2, caption}, x+(paperWidth-theme.Body.Measure(caption))/2, paperHeight+8)
		f.y = paperHeight + 32
	}
}

// picture shows the top of a picture in an area.
func (f *flow) picture(picture image.Image, a area) {
	bounds := picture.Bounds()
	height := min(bounds.Dy(), int(float32(bounds.Dx())*a.height/a.width))
	if part, ok := picture.(interface {
		SubImage(image.Rectangle) image.Image
	}); ok && height < bounds.Dy() {
		picture = part.SubImage(image.Rect(bounds.Min.X, bounds.Min.Y, bounds.Max.X, bounds.Min.Y+height))
	} else {
		height = bounds.Dy()
	}
	view := canvas.NewImageFromImage(picture)
	view.FillMode = canvas.ImageFillContain
	view.ScaleMode = canvas.ImageScaleSmooth
	scaled := min(a.height, a.width*float32(height)/float32(bounds.Dx()))
	place(view, area{a.x, a.y, a.width, scaled})
	f.add(view)
}
