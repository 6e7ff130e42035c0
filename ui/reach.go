package ui

import (
	"image"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// reach says how to reach the customer and the platform. The customer's digits are for who asks:
// others stand at the counter too.
func (d *details) reach(f *flow) {
	data := d.data
	if data.Phone == "" && data.Email == "" && len(data.Contact) == 0 {
		return
	}
	f.space(theme.HalfStep)
	f.rule()
	f.space(8)
	switch {
	case data.ShownPhone != "":
		f.icon("phone", 28, theme.Ink, 0, f.y+6)
		f.paragraph(line{theme.DetailNumber, theme.Ink, data.ShownPhone}, 40, f.width)
		f.space(8)
	case data.Phone != "":
		f.put(d.kept.button("phone", touch.Other, "phone", data.Phone, d.phone), theme.MinTouch)
		f.space(8)
	}
	if data.Email != "" {
		f.point("mail", line{theme.Body, theme.Ink, data.Email})
	}
	for _, contact := range data.Contact {
		f.point(string(contact.Icon), line{theme.Body, theme.Ink, contact.Text})
	}
}

// tickets show what each station has, with its paper, and print it once more.
func (d *details) tickets(f *flow) {
	if d.data.Tickets == nil {
		return
	}
	if empty := d.data.Tickets.Empty; empty != "" {
		f.point("printer", line{theme.Body, theme.Ink2, empty})
	}
	for i, ticket := range d.data.Tickets.List {
		if i > 0 {
			f.space(8)
			f.rule()
			f.space(12)
		}
		var picture image.Image
		if i < len(d.papers) {
			picture = d.papers[i]
		}
		d.ticket(f, ticket, picture)
	}
}

// ticket has its words and its button at the left of its paper, or over it where that leaves too
// little.
func (d *details) ticket(f *flow, ticket model.OrderTicket, picture image.Image) {
	const gap, least = 12, 150
	top, width := f.y, f.width
	beside := picture != nil && f.width-paperWidth-gap >= least
	if beside {
		width -= paperWidth + gap
	}
	words := &flow{palette: f.palette, width: width}
	words.paragraph(line{theme.PanelTitle, theme.Ink, ticket.Name}, 0, width)
	words.space(4)
	view := touch.NewBadge(f.palette, badgeKind(ticket.State.Tone), string(ticket.State.Icon), ticket.State.Text)
	place(view, area{0, words.y, min(width, view.MinSize().Width), theme.BadgeHeight})
	words.add(view)
	words.space(theme.BadgeHeight + 6)
	if ticket.Text != "" {
		words.paragraph(line{theme.Body, theme.Ink2, ticket.Text}, 0, width)
		words.space(4)
	}
	if print := ticket.Print; print.Label != "" {
		b := d.kept.button("print "+ticket.Station, touch.Other, string(print.Icon), print.Label, func() { d.paper.print(d.data.ID, ticket.Station) })
		busy := ""
		if print.Busy {
			busy = print.Label
		}
		b.SetBusy(busy)
		words.put(b, theme.MinTouch)
	}
	if picture == nil {
		f.take(words, f.at(0))
		f.space(words.y)
		return
	}
	paper := part(d.kept, "paper "+ticket.Station, func() *paper { return newPaper(f.palette, d.view) })
	paper.OnTapped = func() { d.paper.look(ticket.Key.Key) }
	reference := ticket.Key
	reference.Text = "" // said beside it
	paper.set(reference, picture)
	f.take(words, f.at(0))
	if beside {
		place(paper, area{width + gap, top, paperWidth, paperHeight})
		f.space(max(words.y, paperHeight))
	} else {
		f.space(words.y + gap)
		place(paper, area{0, f.y, paperWidth, paperHeight})
		f.space(paperHeight)
	}
	f.add(paper)
}
