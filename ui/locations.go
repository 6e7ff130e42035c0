package ui

import (
	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// locations is the sheet that leads to the other locations.
type locations struct {
	*form
	data  model.LocationSheet
	chose func(id string)
}

func newLocations(palette *theme.Palette, chose func(id string), closed func()) *locations {
	l := &locations{form: newForm(palette, 640), chose: chose}
	l.fits, l.closed = true, closed
	l.write = l.rows
	return l
}

func (l *locations) set(data model.LocationSheet) {
	l.data, l.title, l.close, l.more = data, data.Title, data.Close, data.Below
	l.Refresh()
}

func (l *locations) rows(f *flow) {
	for i, row := range l.data.Rows {
		if i > 0 {
			f.space(theme.CardGap)
		}
		state := line{theme.BodyBold, theme.Ink2, row.State}
		if row.Late > 0 {
			state.token = theme.LateInk
		}
		t := part(l.kept, row.ID, func() *tile { return newTile(l.palette) })
		t.OnTapped = func() { l.chose(row.ID) }
		t.set("store", row.Name, row.Open, state, row.Chosen)
		f.put(t, tileHeight)
	}
}
