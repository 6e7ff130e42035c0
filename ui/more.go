package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// ModeOf is how the windows of an appearance look; that of an unknown one is the default.
func ModeOf(appearance string) theme.Mode {
	return theme.Mode(max(0, slices.Index(model.Appearances(), appearance)))
}

// moreView is what the More place shows.
type moreView struct {
	place model.MorePlace
	words *model.Words
	// person has signed in; empty where nobody has to.
	person string
	// leaves: the way out of the program is here.
	leaves bool
}

// moreControl is what the More place asks for. None of it waits.
type moreControl struct {
	language, appearance func(string)
	lock, doctor, leave  func()
	ordering             func()
	open                 func(model.MorePage)
	alerts               alertControl
}

// more is the More place: a tree of pages, with language and appearance at its top.
type more struct {
	palette *theme.Palette
	shape   *shape
	board   *board
	scroll  *touch.Scroll
	kept    *kept
	control moreControl
	view    moreView
	// pages draw what is on a page beside the rows that lead further.
	pages map[model.MorePage]func(*flow)
}

func newMore(palette *theme.Palette, s *shape, control moreControl) *more {
	m := &more{palette: palette, shape: s, board: newBoard(), control: control}
	m.scroll = touch.NewScroll(m.board.object)
	m.kept = newKept(palette, m.scroll)
	m.pages = map[model.MorePage]func(*flow){
		model.PageTop:    m.looks,
		model.PageAlerts: m.alerts,
	}
	return m
}

func (m *more) set(view moreView) {
	if m.view.place.Page != view.place.Page {
		m.scroll.ScrollToTop()
	}
	m.view = view
	m.fill()
}

func (m *more) place(a area) {
	place(m.scroll, a)
	m.fill()
}

const (
	moreWidth  = 640 // of a page's panels, at the most
	menuWidth  = 304
	besideMenu = 800 // as moreWidth
	panelEdge  = 20  // from a panel's border to its content
)

func (m *more) fill() {
	size := m.scroll.Size()
	if size.Width <= 0 || m.view.words == nil {
		return
	}
	margin := m.shape.margin()
	f := &flow{palette: m.palette, width: size.Width, y: 8}
	if path := m.view.place.Path; path != "" {
		f.cut(line{theme.Body, theme.Ink2, path}, margin, f.y, size.Width-2*margin)
		f.space(24 + 8)
	}
	left, width := margin, min(size.Width-2*margin, moreWidth)
	if menu := m.view.place.Menu; len(menu) > 0 && m.shape.wide() {
		side := &flow{palette: m.palette, width: menuWidth}
		m.rows(side, "menu ", menu)
		f.take(side, fyne.NewPos(margin, f.y))
		left += menuWidth + theme.PanelGap
		width = min(size.Width-left-margin, besideMenu)
	}
	page := &flow{palette: m.palette, width: width}
	if draw := m.pages[m.view.place.Page]; draw != nil {
		draw(page)
	}
	if entries := m.view.place.Entries; len(entries) > 0 {
		m.rows(page, "", entries)
	}
	if m.view.place.Page == model.PageTop {
		m.ends(page)
	}
	f.take(page, fyne.NewPos(left, f.y))
	f.space(page.y + 8)
	m.board.show(f)
	m.scroll.Refresh()
}

// panel puts a content on a surface of the flow's whole width, and goes below it.
func (f *flow) panel(across, down float32, fill func(*flow)) {
	inner := &flow{palette: f.palette, width: f.width - 2*across}
	fill(inner)
	height := inner.y + 2*down
	f.box(touch.Surface(f.palette, theme.RadiusCard, theme.CardShadow), area{0, f.y, f.width, height})
	f.take(inner, fyne.NewPos(across, f.y+down))
	f.space(height + theme.PanelGap)
}

// rows are a panel of what leads to other pages.
func (m *more) rows(f *flow, name string, entries []model.PageEntry) {
	f.panel(12, 12, func(f *flow) {
		for _, entry := range entries {
			row := part(m.kept, name+string(entry.Page), func() *touch.Row { return touch.NewRow(m.palette, nil) })
			row.OnTapped = func() { m.control.open(entry.Page) }
			row.Set(string(entry.Icon), entry.Name, entry.Chosen)
			f.put(row, theme.SwitchRow)
		}
	})
}

// signedIn says who has signed in, and locks.
func (m *more) signedIn(f *flow) {
	if m.view.person == "" {
		return
	}
	f.panel(panelEdge, panelEdge, func(f *flow) {
		lock := m.kept.button("lock", touch.Other, "lock", m.view.words.Say("more.lock"), m.control.lock)
		width := lock.MinSize().Width
		f.text(line{theme.PanelTitle, theme.Ink, m.view.words.Say("more.signed_in")}, 0, f.y)
		f.cut(line{theme.ItemText, theme.Ink2, m.view.person}, 0, f.y+theme.PanelTitle.LineHeight(), f.width-width-panelEdge)
		place(lock, area{f.width - width, f.y, width, theme.MinTouch})
		f.add(lock)
		f.space(theme.MinTouch)
	})
}

// looks are language and appearance, switched while running.
func (m *more) looks(f *flow) {
	m.signedIn(f)
	const segment, title = theme.MinTouch + 8, 36
	words := m.view.words
	choice := func(f *flow, name, heading string, labels []string, chosen int, choose func(int)) {
		f.text(line{theme.PanelTitle, theme.Ink, heading}, 0, f.y)
		f.space(title)
		s := part(m.kept, name, func() *touch.Segment { return touch.NewSegment(m.palette, labels, chosen, choose) })
		s.SetLabels(labels)
		s.Choose(chosen)
		f.put(s, segment)
	}
	f.panel(panelEdge, panelEdge, func(f *flow) {
		languages, appearances := model.Languages(), model.Appearances()
		choice(f, "language", words.Say("more.language"), named(words, "language.", languages),
			slices.Index(languages, words.Language()), func(i int) { m.control.language(languages[i]) })
		f.space(panelEdge)
		choice(f, "appearance", words.Say("more.appearance"), named(words, "appearance.", appearances),
			int(m.palette.Mode()), func(i int) { m.control.appearance(appearances[i]) })
	})
}

// ends lead to how orders are taken, to what is wrong, and out.
func (m *more) ends(f *flow) {
	f.panel(12, 12, func(f *flow) {
		row := func(name, icon, words string, tapped func()) {
			r := part(m.kept, name, func() *touch.Row { return touch.NewRow(m.palette, nil) })
			r.OnTapped = tapped
			r.Set(icon, words, false)
			f.put(r, theme.SwitchRow)
		}
		row("ordering", "pause", m.view.words.Say("more.ordering"), m.control.ordering)
		row("doctor", "question", m.view.words.Say("doctor.title"), m.control.doctor)
		if m.view.leaves {
			row("leave", "x", m.view.words.Say("more.leave"), m.control.leave)
		}
	})
}

// named are the names of values that people choose from.
func named(words *model.Words, prefix string, values []string) []string {
	names := make([]string, 0, len(values))
	for _, value := range values {
		names = append(names, words.Say(prefix+value))
	}
	return names
}
