package model

import (
	"reflect"
	"slices"
)

// Changes says what of the window has to be drawn again.
type Changes struct {
	// Length: the list has more or fewer cards; draw it whole.
	Length bool
	// Cards are the rows that show something else, by their place in the list.
	Cards []int

	Rail, Top, Banner, Tabs, Page, Empty, Details, Sheet, Alarm, Blocks, Chips, Search, Filter bool
	// Desk: the lock screen, the sheet that asks for a PIN, or the locations.
	Desk bool
}

// None reports whether everything may stay as it is.
func (c Changes) None() bool { return reflect.DeepEqual(c, Changes{}) }

// Changed compares two screens, so that the window draws a row and not the list.
func Changed(before, after Screen) Changes {
	c := Changes{
		Length:  len(before.Cards) != len(after.Cards),
		Rail:    !slices.Equal(before.Rail, after.Rail),
		Top:     before.Top != after.Top,
		Banner:  before.Banner != after.Banner,
		Tabs:    !slices.Equal(before.Tabs, after.Tabs),
		Page:    before.Page != after.Page,
		Empty:   before.Empty != after.Empty,
		Details: !reflect.DeepEqual(before.Details, after.Details),
		Blocks:  !slices.Equal(before.Blocks, after.Blocks),
		Chips:   !slices.Equal(before.Chips, after.Chips),
		Search:  !reflect.DeepEqual(before.Search, after.Search),
		Filter:  !reflect.DeepEqual(before.FilterSheet, after.FilterSheet),
		Sheet:   !reflect.DeepEqual(before.Sheet, after.Sheet),
		Alarm:   !reflect.DeepEqual(before.Alarm, after.Alarm),
		Desk: !reflect.DeepEqual(before.Lock, after.Lock) || !reflect.DeepEqual(before.Ask, after.Ask) ||
			!reflect.DeepEqual(before.Locations, after.Locations),
	}
	for i, card := range after.Cards {
		if i >= len(before.Cards) || before.Cards[i] != card {
			c.Cards = append(c.Cards, i)
		}
	}
	return c
}
