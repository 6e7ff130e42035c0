package ui

import (
	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// announce says the allergies of all items, and on the other tabs the order's own: whole, or
// where they would not all be in view that there are some.
func (f *flow) announce(d model.Details, view float32) {
	blocks := []string{d.Allergies, d.Allergy}
	if d.Chosen == model.TabItems { // which begin with the order's own
		blocks = blocks[:1]
	}
	height := float32(0)
	for i, words := range blocks {
		if words != "" {
			height += f.blockHeight(theme.BodyBold, words, 0) + float32(min(i, 1)*8)
		}
	}
	if height > view {
		blocks = []string{d.AllergiesShort}
	}
	for _, words := range blocks {
		if words != "" {
			f.block("alert", theme.Inv, line{theme.BodyBold, theme.OnInv, words}, 0)
			f.space(8)
		}
	}
}

// items says what is ordered, after what must be known first.
func (f *flow) items(d model.Details) {
	if d.Allergy != "" {
		f.block("alert", theme.Inv, line{theme.BodyBold, theme.OnInv, d.Allergy}, 0)
		f.space(8)
	}
	if d.Warning != "" {
		f.block("question", theme.WarnSoft, line{theme.BodyBold, theme.Warn, d.Warning}, 0)
		f.space(8)
	}
	for _, l := range d.Lines {
		f.item(l)
	}
	if len(d.Facts) > 0 {
		f.space(theme.HalfStep)
		f.rule()
		f.space(8)
	}
	for _, fact := range d.Facts {
		f.point(string(fact.Icon), line{theme.Body, theme.Ink, fact.Text})
	}
}

func (f *flow) item(l model.Line) {
	const indent = 40
	ink := theme.Ink
	if l.Struck {
		ink = theme.Dis
	}
	right := f.width
	if l.Price != "" {
		right = f.right(line{theme.Body, ink, l.Price}, f.width, f.y) - 12
	}
	f.text(line{theme.ButtonLabel, ink, l.Quantity}, 0, f.y)
	left := max(indent, theme.ButtonLabel.Measure(l.Quantity)+8)
	f.paragraph(line{theme.ButtonLabel, ink, l.Name}, left, right)
	if l.Change != "" {
		f.paragraph(line{theme.BodyBold, theme.LateInk, l.Change}, left, f.width)
	}
	if l.Extras != "" {
		f.paragraph(line{theme.Body, theme.Ink2, l.Extras}, left, f.width)
	}
	if l.Allergy != "" {
		f.space(2)
		f.block("alert", theme.Inv, line{theme.BodyBold, theme.OnInv, l.Allergy}, left)
		f.allergies = f.y
	}
	f.space(6)
}

// payment says what the order costs, and what of it was paid.
func (f *flow) payment(d model.Details) {
	if d.Source != "" {
		f.point("info", line{theme.Body, theme.Ink2, d.Source})
	}
	for _, amount := range d.Totals {
		role, ink := theme.Body, theme.Ink2
		if amount.Bold {
			role, ink = theme.BodyBold, theme.Ink
		}
		left := f.right(line{role, theme.Ink, amount.Text}, f.width, f.y)
		f.cut(line{role, ink, amount.Label}, 0, f.y, left-8)
		f.space(28)
	}
	if len(d.Transactions) > 0 {
		f.space(4)
		f.rule()
		f.space(8)
	}
	for _, t := range d.Transactions {
		left := f.right(line{theme.BodyBold, theme.Ink, t.Text}, f.width, f.y)
		f.icon(string(t.Icon), 20, theme.Ink, 0, f.y+2)
		f.cut(line{theme.Body, theme.Ink, t.Label}, 28, f.y, left-36)
		f.space(24)
		state := line{theme.Body, theme.Ink2, t.Time}
		if t.Wrong {
			state.role, state.token = theme.BodyBold, theme.LateInk
		}
		f.text(state, 28, f.y)
		f.space(32)
	}
}

// history says who did what, the newest first.
func (f *flow) history(d model.Details) {
	indent := float32(0)
	for _, entry := range d.History {
		indent = max(indent, theme.BodyBold.Measure(entry.Time)+12)
	}
	indent = min(indent, f.width/2)
	for _, entry := range d.History {
		f.text(line{theme.BodyBold, theme.Ink, entry.Time}, 0, f.y)
		f.paragraph(line{theme.Body, theme.Ink, entry.Text}, indent, f.width)
		if entry.Who != "" {
			f.paragraph(line{theme.Body, theme.Ink2, entry.Who}, indent, f.width)
		}
		f.space(8)
	}
}
