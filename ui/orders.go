package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// inset keeps shadows and focus rings of the cards inside the list, which clips.
const inset = 6

// orders is the Orders place: sections, cards, and the details of the chosen one.
type orders struct {
	widget.BaseWidget
	palette *theme.Palette
	shape   *shape
	control control

	tabs    *tabs
	list    *touch.List
	cards   map[string]model.Card
	ids     []string
	page    *pageBar
	notice  *notice
	empty   *empty
	details *details
	// open says that an order is chosen.
	open bool
	seen touched
}

// touched is what the list told the controller last.
type touched struct{ first, perPage int }

func newOrders(palette *theme.Palette, s *shape, control control, explain func(model.Explanation)) *orders {
	o := &orders{palette: palette, shape: s, control: control, cards: map[string]model.Card{}}
	o.tabs = newTabs(palette, func(section model.Section) {
		o.list.ScrollToTop()
		control.Section(section)
	})
	o.list = touch.NewList(theme.CardHeight, theme.CardGap,
		func(scroller touch.Scroller) fyne.CanvasObject {
			return newCard(palette, s, scroller, control.Select, control.Do)
		},
		func(row fyne.CanvasObject, id string) {
			if c, ok := row.(*card); ok {
				c.set(o.cards[id])
			}
		})
	o.list.SetInset(inset)
	o.list.OnMoved = o.moved
	o.page = newPageBar(palette, o.list.PageUp, o.list.PageDown)
	o.notice = newNotice(palette, func(banner model.Banner) {
		if banner.Place == "" {
			control.SoundRead()
			return
		}
		control.Go(banner.Place)
	})
	o.empty = newEmpty(palette)
	o.details = newDetails(palette, control, explain)
	o.ExtendBaseWidget(o)
	return o
}

// moved tells the controller what is in sight: the page bar says so.
func (o *orders) moved() {
	first, _, _ := o.list.InView()
	now := touched{max(0, first-1), o.perPage()}
	if now == o.seen {
		return
	}
	before := o.seen
	o.seen = now
	if now.perPage != before.perPage {
		o.control.PerPage(now.perPage)
	}
	if now.first != before.first {
		o.control.Scrolled(now.first)
	}
}

// perPage is how many cards fit.
func (o *orders) perPage() int {
	view := o.list.Size().Height - 2*inset
	lines := int((view + theme.CardGap) / (o.shape.cardHeight() + theme.CardGap))
	return max(1, lines*o.shape.columns())
}

// height is what so many cards take.
func (o *orders) height(cards int) float32 {
	lines := (cards + o.shape.columns() - 1) / o.shape.columns()
	return float32(lines)*(o.shape.cardHeight()+theme.CardGap) - theme.CardGap
}

// show draws what has changed, and no more.
func (o *orders) show(screen model.Screen, changes model.Changes) {
	if changes.Tabs {
		o.tabs.set(screen.Tabs)
		changes.Length = true // their words decide how they fit
	}
	if changes.Length || len(changes.Cards) > 0 {
		o.showCards(screen.Cards, changes)
	}
	if changes.Page {
		o.page.set(screen.Page)
	}
	if changes.Empty {
		o.empty.set(screen.Empty)
	}
	if changes.Banner {
		o.notice.set(screen.Banner)
	}
	if changes.Details {
		opened := screen.Details != nil
		if opened {
			o.details.set(*screen.Details)
		}
		changes.Length = changes.Length || opened != o.open
		o.open = opened
	}
	if changes.Length || changes.Banner || changes.Empty {
		o.Refresh()
	}
}

func (o *orders) showCards(cards []model.Card, changes model.Changes) {
	for _, i := range changes.Cards {
		changes.Length = changes.Length || o.ids[i] != cards[i].ID // they stand in another order
	}
	if changes.Length {
		o.fill(cards)
	}
	for _, i := range changes.Cards {
		o.cards[cards[i].ID] = cards[i]
		o.list.UpdateRow(cards[i].ID)
	}
}

// fill lists other cards, or the same ones in another order.
func (o *orders) fill(cards []model.Card) {
	clear(o.cards)
	ids := make([]string, 0, len(cards))
	for _, c := range cards {
		o.cards[c.ID] = c
		ids = append(ids, c.ID)
	}
	o.ids = ids
	o.list.SetIDs(ids)
}

// covered says that the details lie over the list.
func (o *orders) covered() bool { return o.open && !o.shape.wide() }

// CreateRenderer is called by Fyne.
func (o *orders) CreateRenderer() fyne.WidgetRenderer {
	paint := func() {}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, theme.MinTouch) }
	return touch.Draw(o, paint, o.layout, minSize,
		o.list, o.empty.board.object, o.tabs.strip, o.notice.board.object, o.page, o.details)
}

func (o *orders) layout(size fyne.Size) {
	if size.Width <= 0 {
		return
	}
	s, m := *o.shape, o.shape.margin()
	covered := o.covered()
	for _, part := range []fyne.CanvasObject{o.tabs.strip, o.notice.board.object} {
		show(part, !covered)
	}
	show(o.list, !covered && len(o.cards) > 0)
	show(o.empty.board.object, !covered && len(o.cards) == 0)
	show(o.details, o.open)
	if covered {
		show(o.page, false)
		place(o.details, area{m, 4, size.Width - 2*m, size.Height - 4 - m})
		return
	}
	right := size.Width - m
	stripEnd := right
	if s.narrow() {
		stripEnd = size.Width // the next tab is cut in view
	}
	o.tabs.place(area{m, 0, stripEnd - m, 0}, s)
	y := s.tabHeight() + s.gap()
	y += o.notice.place(area{m, y, right - m, 0})
	if o.open {
		width := s.detailsWidth()
		place(o.details, area{right - width, y, width, size.Height - m - y})
		right -= width + theme.PanelGap
	}
	bottom := size.Height - inset
	if !s.low() {
		bottom = size.Height - m
	}
	paged := !s.low() && o.height(len(o.cards)) > bottom-y
	show(o.page, paged)
	if paged {
		bottom -= theme.MinTouch
		place(o.page, area{m, bottom, right - m, theme.MinTouch})
		bottom -= 8
	}
	list := area{m, y, right - m, bottom - y}
	o.list.SetRowHeight(s.cardHeight())
	o.list.SetColumns(s.columns())
	place(o.list, area{list.x - inset, list.y - inset, list.width + 2*inset, list.height + 2*inset})
	o.empty.place(list)
	o.moved()
}
