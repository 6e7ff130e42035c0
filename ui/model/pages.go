package model

import "slices"

// MorePage is a page of the More place; the empty one is its top.
type MorePage string

// The pages.
const (
	PageTop      MorePage = ""
	PageSettings MorePage = "settings"
	PageOrders   MorePage = "orders"
	PageAlerts   MorePage = "alerts"
)

// branch hangs a page below another one.
type branch struct {
	page, under MorePage
	icon        Icon
}

// branches is the tree of the More place, in the order of its rows. A page has its name in the text
// "more.page.…". It shows the rows below it, or what ui.more draws for it.
func branches() []branch {
	return []branch{
		{PageSettings, PageTop, "gear"},
		{PageOrders, PageSettings, "orders"},
		{PageAlerts, PageOrders, "bell"},
	}
}

// MorePlace is one page of the More place.
type MorePlace struct {
	Page  MorePage
	Title string
	Short string // of Title, for narrow windows
	// Path are the names of the pages above: "Plus › Paramètres"; empty at the top.
	Path string
	Back string // button; empty at the top
	// Entries lead further.
	Entries []PageEntry
	// Menu are the pages right below the settings, for windows with room beside the page; empty
	// above them.
	Menu []PageEntry
	// Alerts are those of PageAlerts.
	Alerts AlertPage
}

// PageEntry is a row that leads to a page.
type PageEntry struct {
	Page   MorePage
	Icon   Icon
	Name   string
	Chosen bool
}

// above lists the pages on the way to a page, the top left out, the nearest first.
func above(p MorePage) (path []MorePage) {
	for p != PageTop {
		i := slices.IndexFunc(branches(), func(b branch) bool { return b.page == p })
		if i < 0 {
			return nil
		}
		if p = branches()[i].under; p != PageTop {
			path = append(path, p)
		}
	}
	return path
}

// parent is where Back leads.
func parent(p MorePage) MorePage {
	if path := above(p); len(path) > 0 {
		return path[0]
	}
	return PageTop
}

func (w *Words) page(p MorePage) string {
	if p == PageTop {
		return w.Say("rail.more")
	}
	return w.Say("more.page." + string(p))
}

// morePlace builds what every page has.
func morePlace(w *Words, p MorePage) MorePlace {
	m := MorePlace{Page: p, Title: w.page(p), Short: w.page(p)}
	if short := "more.page." + string(p) + ".short"; w.has(short) {
		m.Short = w.Say(short)
	}
	if p == PageTop {
		m.Entries = entries(w, PageTop, nil)
		return m
	}
	way := above(p)
	m.Back, m.Path = w.Say("details.back"), w.page(PageTop)
	for _, page := range slices.Backward(way) {
		m.Path += " › " + w.page(page)
	}
	m.Entries = entries(w, p, nil)
	if slices.Contains(way, PageSettings) {
		m.Menu = entries(w, PageSettings, append(way, p))
	}
	return m
}

// entries are the rows below a page; those on the way are chosen.
func entries(w *Words, under MorePage, way []MorePage) (rows []PageEntry) {
	for _, b := range branches() {
		if b.under == under {
			rows = append(rows, PageEntry{Page: b.page, Icon: b.icon, Name: w.page(b.page), Chosen: slices.Contains(way, b.page)})
		}
	}
	return rows
}

// Open leads to a page of the More place.
func (c *Controller) Open(p MorePage) {
	c.change(func() { c.choice.Place, c.choice.Page = PlaceMore, p })
}

// Back leads to the page above.
func (c *Controller) Back() { c.change(func() { c.choice.Page = parent(c.choice.Page) }) }

// MorePlace is the chosen page as it should be now.
func (c *Controller) MorePlace() MorePlace {
	state := c.alertState() // never under our lock, as in Screen
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.chosenWords()
	m := morePlace(w, c.choice.Page)
	if m.Page == PageAlerts {
		m.Alerts = alertPage(w, c.preferences.Alerts, state)
	}
	return m
}
