package model

import (
	"time"

	"comptoir/order"
	"comptoir/ui/search"
)

// mostFound is how many orders a search shows: whoever sees more types another letter.
const mostFound = 50

// mostSearched is how long a query can be.
const mostSearched = 60

// Lookup is the search as it stands.
type Lookup struct {
	Query string
	// Found are the first that match, All is how many do.
	Found []order.Order
	All   int
	// Loading: orders of former days are still being read; Failed: they could not all be.
	Loading, Failed bool
}

// SearchBar is the search in words.
type SearchBar struct {
	Field Field
	Query string
	// Typing: the keyboard on the screen is there. Show brings it back.
	Typing   bool
	Keyboard Keyboard
	Show     string
	Close    string
	// Found: "12 commandes"; empty where nothing is looked for.
	Found string
}

func (b *builder) searchBar() *SearchBar {
	if b.Search == nil {
		return nil
	}
	w := b.Words
	bar := &SearchBar{
		Field: Field{Placeholder: w.Say("search.hint"), Limit: mostSearched},
		Query: b.Search.Query, Typing: b.Choice.Typing, Keyboard: w.Keyboard(),
		Show: w.Say("search.keyboard"), Close: w.Say("explain.close"),
	}
	switch found := len(b.Search.Found); {
	case found == 0:
	case b.Search.All > found:
		bar.Found = w.Count("search.first", b.Search.All, "first", w.Count("search.found", found))
	default:
		bar.Found = w.Count("search.found", found)
	}
	return bar
}

func (b *builder) found() []*view {
	views := make([]*view, 0, len(b.Search.Found))
	for _, o := range b.Search.Found {
		views = append(views, b.view(o))
	}
	return views
}

func (b *builder) nothingFound() Empty {
	switch {
	case b.Search.Query == "":
		return Empty{Icon: "search", Text: b.Words.Say("search.hint_long")}
	case b.Search.Loading:
		return Empty{Icon: "hourglass", Text: b.Words.Say("empty.loading")}
	case b.Search.Failed:
		return Empty{Icon: "alert", Text: b.Words.Say("empty.unread")}
	case b.filter != (Filter{}):
		return Empty{Icon: "search", Text: b.Words.Say("search.none_filtered", "query", b.Search.Query)}
	}
	return Empty{Icon: "search", Text: b.Words.Say("search.none", "query", b.Search.Query)}
}

// span is a stretch of time of one location.
type span struct{ from, before time.Time }

// chosen tells which of the orders that match are wanted, by the location that is shown and by the
// filter. Without a day they are looked for on all of them.
func (s Settings) chosen(f Filter) func(search.Order) bool {
	if f == (Filter{}) && len(s.locations) < 2 {
		return nil
	}
	days := map[string]span{}
	if f.Day != "" {
		for _, l := range s.locations {
			days[l.ID] = span{l.calendar.DayStart(f.Day), l.calendar.DayStart(f.Day.Add(1))}
		}
	}
	return func(o search.Order) bool {
		if !s.shows(o.Location) || !f.wants(statusOf(o.Status, o.Cancelled), channelOf(o.Channel, o.Connection)) {
			return false
		}
		if f.Day == "" {
			return true
		}
		at := o.Ended
		if o.Status.Open() {
			at = o.Due
		}
		day := days[o.Location]
		return !at.Before(day.from) && at.Before(day.before)
	}
}
