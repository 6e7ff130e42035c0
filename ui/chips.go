package ui

import (
	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// chips say above the list what is filtered; a tap takes one away.
type chips struct {
	board *board
	kept  *kept
	clear func(model.FilterPart)
	data  []model.Chip
	// found is how much a search has found; empty where nobody searches.
	found string
}

func newChips(palette *theme.Palette, clear func(model.FilterPart)) *chips {
	return &chips{board: newBoard(), kept: newKept(palette, nil), clear: clear}
}

// place puts them at the top of the area, side by side as far as there is room, and returns the
// height that they take.
func (c *chips) place(a area) (height float32) {
	f := &flow{palette: c.kept.palette, width: a.width}
	x := float32(0)
	wrapped := func(width float32) {
		if x > 0 && x+width > a.width {
			x = 0
			f.space(theme.MinTouch + theme.CardGap)
		}
	}
	for _, chip := range c.data {
		b := c.kept.button(string(chip.Part), touch.Other, string(chip.Icon), chip.Text, func() { c.clear(chip.Part) })
		if chip.Part != model.FilterAll {
			b.SetTrailing("x")
		}
		width := min(b.MinSize().Width, a.width)
		wrapped(width)
		place(b, area{x, f.y, width, theme.MinTouch})
		f.add(b)
		x += width + theme.CardGap
	}
	if c.found != "" {
		width := theme.BodyBold.Measure(c.found)
		wrapped(width)
		under := f.y
		if x > 0 { // beside the chips, in the middle of their height
			under += (theme.MinTouch - theme.BodyBold.LineHeight()) / 2
		}
		f.text(line{theme.BodyBold, theme.Ink2, c.found}, x, under)
		if x == 0 {
			f.space(theme.BodyBold.LineHeight())
		}
	}
	if len(c.data) > 0 && (x > 0 || c.found == "") {
		f.space(theme.MinTouch)
	}
	c.board.show(f)
	place(c.board.object, area{a.x, a.y, a.width, f.y})
	if f.y == 0 {
		return 0
	}
	return f.y + theme.CardGap
}
