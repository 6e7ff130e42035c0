package ui

import (
	"strconv"

	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// tabs are the sections, side by side.
type tabs struct {
	strip   *touch.Strip
	palette *theme.Palette
	items   []*sectionTab
	shape   shape
	look    tabLook
	shown   model.Section
	chosen  func(model.Section)
}

func newTabs(palette *theme.Palette, chosen func(model.Section)) *tabs {
	return &tabs{palette: palette, chosen: chosen, strip: touch.NewStrip(theme.MinTouch, 0)}
}

func (t *tabs) set(list []model.Tab) {
	if len(t.items) != len(list) {
		t.items = nil
		objects := make([]fyne.CanvasObject, 0, len(list))
		for range list {
			item := newSectionTab(t)
			t.items = append(t.items, item)
			objects = append(objects, item)
		}
		t.strip.SetItems(objects...)
	}
	for i, tab := range list {
		t.items[i].set(tab)
	}
	for i, tab := range list {
		if tab.Chosen && tab.Section != t.shown {
			t.shown = tab.Section
			t.strip.ShowItem(i)
		}
	}
}

// tabLook is how large the words of a tab are.
type tabLook struct {
	role    theme.Role
	icon    float32
	padding float32
}

// tabLooks are tried in this order, until all tabs fit beside each other.
func tabLooks(s shape) []tabLook {
	switch {
	case s.wide():
		return []tabLook{{theme.ButtonLabel, 24, 16}, {theme.ButtonLabel, 24, 10}, {theme.BodyBold, 20, 10}}
	case s.narrow():
		return []tabLook{{theme.ButtonLabel, 0, 14}}
	}
	return []tabLook{{theme.BodyBold, 0, 10}, {theme.BodyBold, 0, 7}}
}

// tabEdge is around each tab inside its cell: the strip clips, and the focus ring stands out.
const tabEdge = 4

// place puts the strip there, as if it had no edge.
func (t *tabs) place(a area, s shape) {
	a = area{a.x - tabEdge, a.y - tabEdge, a.width + 2*tabEdge, s.tabHeight() + 2*tabEdge}
	for _, look := range tabLooks(s) {
		t.look = look
		if t.least()*float32(len(t.items)) <= a.width {
			break
		}
	}
	t.shape = s
	least := t.least()
	if s.narrow() {
		least = max(least, 138+2*tabEdge)
	}
	t.strip.SetMinWidth(least)
	place(t.strip, a)
}

// least is how narrow the widest tab can be.
func (t *tabs) least() float32 {
	least := float32(theme.MinTouch)
	for _, item := range t.items {
		least = max(least, item.least())
	}
	return least
}

type sectionTab struct {
	touch.Tappable
	tabs *tabs
	tab  model.Tab
}

func newSectionTab(t *tabs) *sectionTab {
	s := &sectionTab{tabs: t}
	s.Init(s, t.palette, func() { t.chosen(s.tab.Section) })
	return s
}

func (s *sectionTab) set(tab model.Tab) {
	if s.tab == tab {
		return
	}
	s.tab = tab
	s.Refresh()
}

func (s *sectionTab) least() float32 {
	look := s.tabs.look
	icon := look.icon
	if icon > 0 {
		icon += 8
	}
	row1 := icon + look.role.Measure(s.tab.Name) + 8 + look.role.Measure(strconv.Itoa(s.tab.Open))
	row2 := 16 + 6 + theme.BodyBold.Measure(s.tab.Text)
	return max(row1, row2) + 2*look.padding + 2*tabEdge
}

// CreateRenderer is called by Fyne.
func (s *sectionTab) CreateRenderer() fyne.WidgetRenderer {
	p := s.Palette
	box, ring := touch.NewBox(), touch.NewBox()
	icon, state := touch.NewIcon(p, 24), touch.NewIcon(p, 16)
	name, count := touch.NewText(p, theme.ButtonLabel), touch.NewText(p, theme.ButtonLabel)
	words := touch.NewText(p, theme.Body)
	paint := func() {
		fill, ink, stateInk := theme.Surface, theme.Ink, theme.Ink2
		if s.tab.Late > 0 {
			stateInk = theme.LateInk
		}
		if s.tab.Chosen {
			fill, ink, stateInk = theme.Inv, theme.OnInv, theme.OnInv
		}
		fillLook := touch.Fill(p, fill, theme.RadiusControl)
		if !s.tab.Chosen {
			fillLook.Border, fillLook.BorderWidth = p.Color(theme.Line), p.LineWidth()
		}
		if s.Pressed() {
			fillLook.Fill = p.Pressed(fill)
		}
		box.Set(fillLook)
		ring.Set(touch.Ring(p, theme.RadiusControl, s.Focused()))
		look := s.tabs.look
		name.SetRole(look.role)
		count.SetRole(look.role)
		icon.SetSize(look.icon)
		shown := ""
		if look.icon > 0 {
			shown = string(s.tab.Icon)
		}
		icon.Set(shown, ink)
		name.Set(s.tab.Name, ink)
		count.Set(strconv.Itoa(s.tab.Open), ink)
		state.Set(string(s.tab.StateIcon), stateInk)
		if s.tab.Late > 0 {
			words.SetRole(theme.BodyBold)
		} else {
			words.SetRole(theme.Body)
		}
		words.Set(s.tab.Text, stateInk)
	}
	layout := func(size fyne.Size) {
		padding := s.tabs.look.padding + tabEdge
		box.Place(tabEdge, tabEdge, size.Width-2*tabEdge, size.Height-2*tabEdge)
		ring.Place(1, 1, size.Width-2, size.Height-2)
		const row = 26
		top := (size.Height - 2*row) / 2
		x := padding
		if icon.Shown() {
			icon.Place(x, top+(row-icon.Size())/2)
			x += icon.Size() + 8
		}
		name.Place(x, top+(row-name.LineHeight())/2)
		count.PlaceRight(size.Width-padding, top+(row-count.LineHeight())/2)
		state.Place(padding, top+row+(row-state.Size())/2)
		words.Place(padding+state.Size()+6, top+row+(row-words.LineHeight())/2)
	}
	minSize := func() fyne.Size { return fyne.NewSize(s.least(), s.tabs.shape.tabHeight()+2*tabEdge) }
	return touch.Draw(s, paint, layout, minSize,
		ring.Object, box.Object, icon.Object, name.Object, count.Object, state.Object, words.Object)
}
