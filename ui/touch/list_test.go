package touch_test

import (
	"fmt"
	"image/color"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// card is a row as the screens make them: a card that can be pressed, with a
// button of its own.
type card struct {
	touch.Tappable
	id      string
	title   string
	action  *touch.Button
	updates int
}

func (c *card) CreateRenderer() fyne.WidgetRenderer {
	box, ring := touch.NewBox(), touch.NewBox()
	title := touch.NewText(c.Palette, theme.CardNumber)
	paint := func() {
		look := touch.Surface(c.Palette, theme.RadiusCard, theme.CardShadow)
		if c.Pressed() {
			look.Fill = c.Palette.Pressed(theme.Surface)
		}
		box.Set(look)
		ring.Set(touch.Ring(c.Palette, theme.RadiusCard, c.Focused()))
		title.Set(c.title, theme.Ink)
		c.action.Refresh()
	}
	layout := func(size fyne.Size) {
		box.Place(0, 0, size.Width, size.Height)
		touch.PlaceRing(ring, size)
		title.Place(16, 16)
		c.action.Resize(fyne.NewSize(168, 72))
		c.action.Move(fyne.NewPos(size.Width-184, 16))
	}
	least := func() fyne.Size { return fyne.NewSize(300, 104) }
	return touch.Draw(c, paint, layout, least, ring.Object, box.Object, title.Object, c.action)
}

// cards returns a list of 104 high cards with gaps of 8, and what was tapped.
func cards(palette *theme.Palette, count int) (*touch.List, *[]string) {
	tapped := &[]string{}
	list := touch.NewList(palette, 104, 8, func(scroller touch.Scroller) fyne.CanvasObject {
		c := &card{}
		c.action = touch.NewButton(palette, touch.Next, "check", "C’est prêt", func() { *tapped = append(*tapped, "act "+c.id) })
		c.action.SetScroller(scroller)
		c.Init(c, palette, func() { *tapped = append(*tapped, "open "+c.id) })
		c.SetScroller(scroller)
		return c
	}, func(row fyne.CanvasObject, id string) {
		c := row.(*card)
		c.id, c.title = id, "#"+id
		c.updates++
		c.Refresh()
	})
	list.SetIDs(numbers(count))
	return list, tapped
}

func numbers(count int) []string {
	ids := make([]string, count)
	for i := range ids {
		ids[i] = fmt.Sprint(i + 1)
	}
	return ids
}

func press(x, y float32) *desktop.MouseEvent {
	event := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	event.AbsolutePosition = fyne.NewPos(x, y)
	return event
}

func drag(x, y, dx, dy float32) *fyne.DragEvent {
	event := &fyne.DragEvent{Dragged: fyne.NewDelta(dx, dy)}
	event.AbsolutePosition = fyne.NewPos(x, y)
	return event
}

func rowOf(t *testing.T, list *touch.List, id string) *card {
	t.Helper()
	row, ok := list.Row(id).(*card)
	if !ok {
		t.Fatalf("row %s is not in view", id)
	}
	return row
}

func inView(list *touch.List) string {
	first, last, total := list.InView()
	return fmt.Sprintf("%d-%d/%d", first, last, total)
}

// inWindow shows a list of 600 × 552: five cards and their gaps, less the last.
func inWindow(t *testing.T, count int) (*touch.List, *[]string) {
	t.Helper()
	test.NewTempApp(t)
	list, tapped := cards(theme.NewPalette(theme.Light), count)
	window := test.NewTempWindow(t, list)
	window.SetPadded(false)
	window.Resize(fyne.NewSize(600, 552))
	return list, tapped
}

func TestListShowsOnlyWhatIsInView(t *testing.T) {
	list, _ := inWindow(t, 10_000)
	if got := inView(list); got != "1-5/10000" {
		t.Errorf("in view %s", got)
	}
	if list.Row("1") == nil || list.Row("7") != nil {
		t.Error("rows outside the view exist, or rows in view do not")
	}
	first := list.Row("1")
	list.PageDown()
	if got := inView(list); got != "6-10/10000" {
		t.Errorf("after a page %s", got)
	}
	list.ShowRow("9999")
	reused := false
	for _, id := range []string{"9995", "9996", "9997", "9998", "9999"} {
		row := rowOf(t, list, id)
		if row.title != "#"+id {
			t.Errorf("row %s says %s", id, row.title)
		}
		reused = reused || row == first
	}
	if !reused {
		t.Error("the first row was not used again")
	}
	list.PageUp()
	list.ScrollToTop()
	if got := inView(list); got != "1-5/10000" {
		t.Errorf("back at the top %s", got)
	}
}

func TestListPagesToItsEnds(t *testing.T) {
	list, _ := inWindow(t, 14)
	var seen []string
	for range 4 {
		seen = append(seen, inView(list))
		list.PageDown()
	}
	if want := []string{"1-5/14", "6-10/14", "10-14/14", "10-14/14"}; !slices.Equal(seen, want) {
		t.Errorf("down %v, want %v", seen, want)
	}
	list.PageUp()
	list.PageUp()
	if got := inView(list); got != "1-5/14" {
		t.Errorf("up again %s", got)
	}
}

func TestListOfNone(t *testing.T) {
	list, _ := inWindow(t, 0)
	list.PageDown()
	if got := inView(list); got != "0-0/0" {
		t.Errorf("in view %s", got)
	}
}

func TestListShrinksUnderTheView(t *testing.T) {
	list, _ := inWindow(t, 30)
	list.ShowRow("30")
	list.SetIDs(numbers(3))
	if got := inView(list); got != "1-3/3" {
		t.Errorf("in view %s", got)
	}
	if y := list.Row("1").Position().Y; y != 0 {
		t.Errorf("first row at %g", y)
	}
}

func TestListInTwoColumns(t *testing.T) {
	list, _ := inWindow(t, 14)
	list.SetColumns(2)
	if got := inView(list); got != "1-10/14" {
		t.Errorf("in view %s", got)
	}
	if second := list.Row("2"); second.Position() != fyne.NewPos(304, 0) || second.Size().Width != 296 {
		t.Errorf("second card at %v, %v", second.Position(), second.Size())
	}
}

// Headings stand between the rows, take no number, and pages count with them.
func TestListWithHeadings(t *testing.T) {
	list, _ := inWindow(t, 0)
	list.SetBlocks(touch.Block{IDs: []string{"a"}}, touch.Block{Heading: "Prévues · 8", IDs: numbers(8)}, touch.Block{Heading: "nobody", IDs: nil})
	if got := inView(list); got != "1-4/9" { // 104, 8, 40, 8 and three times 112
		t.Errorf("in view %s", got)
	}
	if y := list.Row("1").Position().Y; y != 160 {
		t.Errorf("the first row below the heading is at %g", y)
	}
	if height := list.ContentHeight(); height != 9*112+48-8 {
		t.Errorf("all is %g high", height)
	}
	list.PageDown()
	if got := inView(list); got != "5-9/9" || list.Row("4").Position().Y != 0 {
		t.Errorf("after a page %s", got)
	}
	list.PageUp()
	if got := inView(list); got != "1-4/9" {
		t.Errorf("back %s", got)
	}
	list.SetColumns(2)
	if got := inView(list); got != "1-7/9" || list.Row("1").Position() != fyne.NewPos(0, 160) || list.Row("2").Position() != fyne.NewPos(304, 160) {
		t.Errorf("in two columns %s: %v and %v", got, list.Row("1").Position(), list.Row("2").Position())
	}
	list.MouseDown(press(10, 5))
	list.SetBlocks(touch.Block{IDs: []string{"1", "a"}})
	if list.Row("1").Position().Y != 160 {
		t.Error("a row moved up while a finger was down")
	}
	list.MouseUp(press(10, 5))
	if list.Row("1").Position().Y != 0 {
		t.Error("it did not move up when the finger was")
	}
}

func TestListUpdatesOneRowOnly(t *testing.T) {
	list, _ := inWindow(t, 9)
	before := rowOf(t, list, "1").updates
	list.UpdateRow("2")
	list.UpdateRow("9") // not in view
	if got := rowOf(t, list, "1").updates; got != before {
		t.Error("another row was updated")
	}
	if got := rowOf(t, list, "2").updates; got != before+1 {
		t.Errorf("row 2 updated %d times", got-before)
	}
}

func TestFingerOnButton(t *testing.T) {
	tests := []struct {
		name   string
		moves  []float32 // of y
		tapped []string
		first  float32 // where the first row is then
	}{
		{"still", nil, []string{"act 1"}, 0},
		{"wobbles by 4", []float32{-4, 4}, []string{"act 1"}, 0},
		{"wobbles by 15", []float32{-15}, []string{"act 1"}, 0},
		{"swipes", []float32{-20, -100, -80}, nil, -200},
		{"swipes and comes back", []float32{-60, 60}, nil, 0},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			list, tapped := inWindow(t, 14)
			first := rowOf(t, list, "1")
			y := float32(40)
			first.action.MouseDown(press(500, y))
			if !first.action.Pressed() {
				t.Error("does not look pressed at once")
			}
			for _, move := range tc.moves {
				y += move
				first.action.Dragged(drag(500, y, 0, move))
			}
			first.action.MouseUp(press(500, y))
			first.action.DragEnd()
			if first.action.Pressed() {
				t.Error("still looks pressed")
			}
			if !slices.Equal(*tapped, tc.tapped) {
				t.Errorf("tapped %v, want %v", *tapped, tc.tapped)
			}
			list.ShowRow("2")
			if second := list.Row("2").Position().Y; tc.first == 0 && second != 112 {
				t.Errorf("second row at %g", second)
			}
			if tc.first < 0 && list.Row("1") != nil {
				t.Error("did not scroll")
			}
		})
	}
}

// A quick finger leaves the button before the list has followed it: Fyne says so first.
func TestQuickFinger(t *testing.T) {
	for _, x := range []float32{500, 1} { // also at a row's edge
		list, tapped := inWindow(t, 14)
		first := rowOf(t, list, "1")
		first.MouseDown(press(x, 40))
		first.MouseOut()
		first.Dragged(drag(x, -60, 0, -100))
		first.MouseUp(press(x, -60))
		first.DragEnd()
		if at := first.Position().Y; at != -100 || len(*tapped) > 0 {
			t.Errorf("from %g: the list is at %g, tapped %v", x, at, *tapped)
		}
	}
}

func TestFingerBetweenRows(t *testing.T) {
	list, tapped := inWindow(t, 14)
	list.MouseDown(press(10, 108))
	list.Dragged(drag(10, 58, 0, -50))
	list.DragEnd()
	list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -30)})
	if y := list.Row("1").Position().Y; y != -80 {
		t.Errorf("first row at %g", y)
	}
	if len(*tapped) > 0 {
		t.Errorf("tapped %v", *tapped)
	}
}

func TestNothingJumpsUnderTheFinger(t *testing.T) {
	list, tapped := inWindow(t, 5)
	first := rowOf(t, list, "1")
	updates := first.updates
	first.action.MouseDown(press(500, 40))
	list.SetIDs([]string{"9", "1", "2"})
	list.UpdateRow("1")
	if first.Position().Y != 0 || first.updates != updates || first.id != "1" {
		t.Error("changed while the finger was down")
	}
	first.action.MouseUp(press(500, 40))
	if !slices.Equal(*tapped, []string{"act 1"}) {
		t.Errorf("tapped %v", *tapped)
	}
	if got := rowOf(t, list, "1"); got.Position().Y != 112 || got.updates != updates+1 {
		t.Errorf("after it: at %g, %d updates", got.Position().Y, got.updates-updates)
	}
}

func TestOnlyTheFingerScrollsWhileItIsDown(t *testing.T) {
	list, _ := inWindow(t, 30)
	first := rowOf(t, list, "1")
	first.action.MouseDown(press(500, 40))
	list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -500)})
	list.ShowRow("30")
	if got := inView(list); got != "1-5/30" {
		t.Errorf("in view %s", got)
	}
}

func TestKeyboardLeavesRowsOutOfSight(t *testing.T) {
	list, _ := inWindow(t, 30)
	window := fyne.CurrentApp().Driver().CanvasForObject(list)
	action := rowOf(t, list, "1").action
	window.Focus(action)
	list.PageDown()
	if window.Focused() != nil || action.Focused() {
		t.Error("Enter would act on a row out of sight")
	}
}

func TestRowsFollowTheMode(t *testing.T) {
	test.NewTempApp(t)
	palette := theme.NewPalette(theme.Light)
	list, _ := cards(palette, 30)
	list.Resize(fyne.NewSize(600, 552))
	list.PageDown() // leaves spare rows
	palette.SetMode(theme.Dark)
	list.Refresh()
	list.ScrollToTop()
	for _, id := range []string{"1", "5"} {
		action := rowOf(t, list, id).action
		fill := test.WidgetRenderer(action).Objects()[1].(*canvas.Rectangle).FillColor
		if fill != theme.Color(theme.Dark, theme.AccSoft) {
			t.Errorf("row %s: button is %v", id, fill)
		}
	}
}

func TestLostFingerHoldsNothingForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		test.NewTempApp(t)
		list, _ := cards(theme.NewPalette(theme.Light), 5)
		list.Resize(fyne.NewSize(600, 552))
		rowOf(t, list, "1").MouseDown(press(10, 10))
		<-time.After(11 * time.Second)
		list.SetIDs([]string{"9"})
		if got := inView(list); got != "1-1/1" {
			t.Errorf("in view %s", got)
		}
	})
}

func TestStripScrollsOnlyWhenNarrow(t *testing.T) {
	test.NewTempApp(t)
	palette := theme.NewPalette(theme.Light)
	var tabs []fyne.CanvasObject
	for _, name := range []string{"Toutes", "Retrait", "Livraison", "Comptoir"} {
		tabs = append(tabs, touch.NewButton(palette, touch.Other, "", name, nil))
	}
	strip := touch.NewStrip(138, 8, tabs...)
	strip.Resize(fyne.NewSize(824, 72))
	if got := tabs[3].Position().X; got != 3*(200+8) || tabs[3].Size().Width != 200 {
		t.Errorf("wide: last at %g", got)
	}
	strip.Resize(fyne.NewSize(456, 64))
	strip.ShowItem(3)
	if got := tabs[3].Position().X + tabs[3].Size().Width; got != 456 {
		t.Errorf("narrow: last ends at %g", got)
	}
	first := tabs[1].(*touch.Button)
	first.MouseDown(press(200, 20))
	first.Dragged(drag(300, 20, 100, 0))
	first.MouseUp(press(300, 20))
	if got := tabs[3].Position().X + tabs[3].Size().Width; got != 556 {
		t.Errorf("swiped: last ends at %g", got)
	}
}

func TestScrollOfOneContent(t *testing.T) {
	test.NewTempApp(t)
	content := canvas.NewRectangle(color.Black)
	content.SetMinSize(fyne.NewSize(100, 500))
	scroll := touch.NewScroll(content)
	moved := 0
	scroll.OnMoved = func() { moved++ }
	scroll.Resize(fyne.NewSize(200, 300))
	scroll.DragBy(0, -1000)
	scroll.Release()
	if got := content.Position().Y; got != -200 {
		t.Errorf("content at %g", got)
	}
	if got := scroll.Offset(); got != 200 || moved == 0 {
		t.Errorf("offset %g, said %d times", got, moved)
	}
	scroll.ScrollToTop()
	if content.Size() != fyne.NewSize(200, 500) || content.Position().Y != 0 {
		t.Errorf("content %v at %v", content.Size(), content.Position())
	}
}
