package ui

import (
	"slices"

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
	search  *searching
	chips   *chips
	list    *touch.List
	cards   map[string]model.Card
	ids     []string
	blocks  []model.Block
	idle    bool // no card has a button
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

func newOrders(palette *theme.Palette, s *shape, control control, explain func(model.Explanation), paper paperControl) *orders {
	o := &orders{palette: palette, shape: s, control: control, cards: map[string]model.Card{}}
	o.tabs = newTabs(palette, func(section model.Section) {
		o.list.ScrollToTop()
		control.Section(section)
	})
	o.list = touch.NewList(palette, theme.CardHeight, theme.CardGap,
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
		switch {
		case banner.Order != "":
			control.Select(banner.Order)
		case banner.Pair:
			control.PairAgain()
		case banner.Salvage:
			control.HearSalvage()
		case banner.Place == "":
			control.SoundRead()
		default:
			control.Go(banner.Place)
		}
	})
	o.empty = newEmpty(palette)
	o.search = newSearching(palette, control)
	o.chips = newChips(palette, func(part model.FilterPart) {
		o.list.ScrollToTop()
		control.FilterClear(part)
	})
	o.details = newDetails(palette, control, explain, paper)
	o.ExtendBaseWidget(o)
	return o
}

// moved tells the controller what is in sight: the page bar says so.
func (o *orders) moved() {
	first, last, _ := o.list.InView()
	now := touched{max(0, first-1), o.perPage()}
	if first > 0 && len(o.blocks) > 0 { // headings take room too
		now.perPage = last - first + 1
	}
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
	lines := int((view + theme.CardGap) / (o.cardHeight() + theme.CardGap))
	return max(1, lines*o.shape.columns())
}

// cardHeight is that of the cards that are listed: where they are stacked and nothing can be done
// with any of them, they need no room for a button.
func (o *orders) cardHeight() float32 {
	const button = theme.PrimaryHeight + 8
	if o.shape.narrow() && o.idle {
		return o.shape.cardHeight() - button
	}
	return o.shape.cardHeight()
}

// show draws what has changed, and no more.
func (o *orders) show(screen model.Screen, changes model.Changes) {
	if changes.Tabs {
		o.tabs.set(screen.Tabs)
		changes.Length = true // their words decide how they fit
	}
	if changes.Search {
		if o.search.other(screen.Search) {
			o.list.ScrollToTop()
		}
		o.search.set(screen.Search)
		o.chips.found = ""
		if screen.Search != nil {
			o.chips.found = screen.Search.Found
		}
	}
	if changes.Chips {
		o.chips.data = screen.Chips
		o.list.ScrollToTop()
	}
	if changes.Blocks {
		o.blocks = screen.Blocks
		changes.Length = true
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
	idle := !slices.ContainsFunc(screen.Cards, func(c model.Card) bool { return c.Action.Label != "" })
	changes.Length = changes.Length || idle != o.idle
	o.idle = idle
	if changes.Length || changes.Banner || changes.Empty || changes.Search || changes.Chips {
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
	blocks, from := []touch.Block{{}}, 0
	for _, b := range o.blocks {
		blocks[len(blocks)-1].IDs = ids[from:b.First]
		blocks, from = append(blocks, touch.Block{Heading: b.Title}), b.First
	}
	blocks[len(blocks)-1].IDs = ids[from:]
	o.list.SetBlocks(blocks...)
}

// typed takes a letter of a real keyboard: it begins a search.
func (o *orders) typed(r rune) {
	if window := fyne.CurrentApp().Driver().CanvasForObject(o); window != nil {
		window.Unfocus() // Enter and the space bar belong to what is typed
	}
	o.search.typed(r)
}

// pressed takes the other keys of one.
func (o *orders) pressed(key fyne.KeyName) { o.search.pressed(key) }

// covered says that the details lie over the list.
func (o *orders) covered() bool { return o.open && !o.shape.wide() }

// CreateRenderer is called by Fyne.
func (o *orders) CreateRenderer() fyne.WidgetRenderer {
	paint := func() {}
	minSize := func() fyne.Size { return fyne.NewSize(theme.MinTouch, theme.MinTouch) }
	objects := append([]fyne.CanvasObject{
		o.list, o.empty.board.object, o.tabs.strip, o.chips.board.object, o.notice.board.object, o.page, o.details,
	}, o.search.objects()...)
	return touch.Draw(o, paint, o.layout, minSize, objects...)
}

func (o *orders) layout(size fyne.Size) {
	if size.Width <= 0 {
		return
	}
	s, m := *o.shape, o.shape.margin()
	covered := o.covered()
	show(o.tabs.strip, !covered && !o.search.on())
	show(o.notice.board.object, !covered && !o.search.on())
	show(o.chips.board.object, !covered)
	show(o.list, !covered && len(o.cards) > 0)
	show(o.empty.board.object, !covered && len(o.cards) == 0)
	show(o.details, o.open)
	if covered {
		show(o.page, false)
		for _, part := range o.search.objects() {
			show(part, false)
		}
		place(o.details, area{m, 4, size.Width - 2*m, size.Height - 4 - m})
		return
	}
	right := size.Width - m
	y, left := o.layoutTop(size, right)
	typing := left < size.Height
	if o.open {
		width := s.detailsWidth()
		place(o.details, area{right - width, y, width, size.Height - m - y})
		right -= width + theme.PanelGap
	}
	bottom := size.Height - inset
	switch {
	case typing:
		bottom = left - 8
	case !s.low():
		bottom = size.Height - m
	}
	o.list.SetRowHeight(o.cardHeight())
	o.list.SetColumns(s.columns())
	paged := !s.low() && !typing && o.list.ContentHeight() > bottom-y
	show(o.page, paged)
	if paged {
		bottom -= theme.MinTouch
		place(o.page, area{m, bottom, right - m, theme.MinTouch})
		bottom -= 8
	}
	list := area{m, y, right - m, bottom - y}
	place(o.list, area{list.x - inset, list.y - inset, list.width + 2*inset, list.height + 2*inset})
	o.empty.place(list)
	o.moved()
}

// layoutTop places what stands above the list, and the keyboard below it. It returns where the
// list begins, and the height that the keyboard leaves.
func (o *orders) layoutTop(size fyne.Size, right float32) (y, left float32) {
	s, m := *o.shape, o.shape.margin()
	above, left := o.search.place(area{m, 4, right - m, 0}, size, s.low())
	if o.search.on() {
		y = 4 + above
	} else {
		stripEnd := right
		if s.narrow() {
			stripEnd = size.Width // the next tab is cut in view
		}
		o.tabs.place(area{m, 0, stripEnd - m, 0}, s)
		y = s.tabHeight() + s.gap()
	}
	if s.low() && left < size.Height { // the results need what room there is
		show(o.chips.board.object, false)
		return y, left
	}
	y += o.chips.place(area{m, y, right - m, 0})
	if !o.search.on() {
		y += o.notice.place(area{m, y, right - m, 0})
	}
	return y, left
}
