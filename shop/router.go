package shop

import (
	"slices"
	"strings"

	"comptoir/menu"
	"comptoir/order"
)

// Router says which category and station each line of an order belongs to, in the same way for
// platforms, the own shop and the counter. It never changes; make a new one for new settings.
//
// Categories match by their exact name, case included, but for spaces around it.
type Router struct {
	menu     *menu.Index
	stations map[string]string // by category
	names    map[string]string // by station
	standby  string
}

// NewRouter makes the router of a location.
func NewRouter(l Location) *Router {
	r := &Router{menu: menu.NewIndex(l.Menu), stations: map[string]string{}, names: map[string]string{}}
	for i, station := range l.Stations {
		// without a default, which Validate refuses, the first station cooks what is left
		if station.Default || i == 0 {
			r.standby = station.ID
		}
		r.names[station.ID] = station.Name
		for _, category := range station.Categories {
			r.stations[strings.TrimSpace(category)] = station.ID
		}
	}
	return r
}

// Route sets the category and the station of each line: the menu's category by PLU, else the
// line's own; the station that claims the category, else the default one. A line that has no
// kind takes the menu's; nothing digital goes to a station.
func (r *Router) Route(o *order.Order) {
	o.Lines = slices.Clone(o.Lines) // others may hold the same lines
	for i := range o.Lines {
		l := &o.Lines[i]
		l.Category = strings.TrimSpace(l.Category)
		if item, ok := r.menu.Item(l.PLU); ok {
			l.Category = strings.TrimSpace(item.Category)
			if l.Kind == "" {
				l.Kind = item.Kind
			}
		}
		l.Station = ""
		if l.Kind != order.DigitalLine {
			l.Station = r.Station(l.Category)
		}
	}
}

// Station returns the id of the station that makes a category.
func (r *Router) Station(category string) string {
	if station, ok := r.stations[strings.TrimSpace(category)]; ok {
		return station
	}
	return r.standby
}

// StationName is how people call a station; its id where it has no name.
func (r *Router) StationName(id string) string {
	if name := r.names[id]; name != "" {
		return name
	}
	return id
}

// PreparationMinutes is how long the order takes: the minutes given, or those of the item that
// takes longest.
func (r *Router) PreparationMinutes(o order.Order, minutes int) int {
	for _, l := range o.Lines {
		if item, ok := r.menu.Item(l.PLU); ok {
			minutes = max(minutes, item.PreparationMinutes)
		}
	}
	return minutes
}
