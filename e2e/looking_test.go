package e2e

import (
	"image"
	"testing"

	"comptoir/order"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// Where search and filter are in the wide window; the clock beside them is never wider or
// narrower than that by more than a half of a button.
var (
	searchButton = image.Pt(1000, topHeight/2)
	filterButton = image.Pt(1115, topHeight/2)
	searchClose  = image.Pt(right-60, topHeight+4+theme.MinTouch/2)

	// keys is the keyboard beside the rail, keyM a letter on it, keyDone its last key.
	keys    = image.Rect(theme.RailWidth, 800-touch.KeyboardHeight, 1280, 800)
	keyM    = image.Pt(989, 800-touch.KeyboardHeight+4+2*64+32)
	keyDone = image.Pt(1085, 800-touch.KeyboardHeight+4+3*64+32)
	// results is where the list of a search stands in any case.
	results = image.Rect(left, listTop+30, left+336, keys.Min.Y-theme.Grid)

	// ready is a check of the filter's sheet, see its way out, chip what is then above the list.
	ready = image.Pt(700, 352)
	see   = image.Pt(860, 616)
	chip  = image.Pt(left+60, listTop+theme.MinTouch/2)
)

// TestSearchAndFilter: orders are found by a real keyboard and by a finger, and filtered.
func TestSearchAndFilter(t *testing.T) {
	s := openShop(t, wide)
	ids := s.many(6)
	all := s.look()
	s.command(ids[3], order.Accept)
	s.command(ids[3], order.MarkReady)
	before := s.changed("the list says that one is ready", all, buttons)
	s.step("before-the-search")

	s.run("xdotool", "type", "--delay", "30", "m003")
	found := s.changed("a real keyboard finds one order", before, names)
	s.step("found-by-keyboard")
	s.run("xdotool", "key", "Escape")
	s.same("the list is back", before, names)

	s.tap(searchButton)
	opened := s.changed("the keyboard comes up", before, keys)
	s.tap(keyM)
	s.changed("a finger finds orders", opened, results)
	s.step("found-by-finger")
	s.tap(keyDone)
	s.until("the keyboard has gone", func() bool { return differ(opened, s.look(), keys) > 10*some })
	s.step("results")
	s.tap(searchClose)
	s.same("the list is back again", before, names)
	if differ(found, before, names) == 0 {
		t.Error("the search showed what the list does")
	}

	s.tap(filterButton)
	s.until("the sheet opens", s.alarmed)
	sheet := s.step("filter")
	s.tap(ready)
	s.changed("the check is on", sheet, image.Rect(280, 24, 1000, 776))
	s.step("filter-ready")
	s.tap(see)
	s.until("the sheet has closed", s.quiet)
	filtered := s.changed("one order is left", before, names)
	s.step("filtered")
	s.tap(chip)
	s.changed("the chip has gone", filtered, names)
	s.same("all orders are back", before, names)
}
