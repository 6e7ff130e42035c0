package e2e

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/ui/theme"
)

// wide is the usual window, of three columns; narrow one of a phone's width.
var (
	wide   = image.Pt(1280, 800)
	narrow = image.Pt(480, 800)
)

// Where things are in the wide window (ui.md sections 4 and 9) while an order is chosen, as one
// always is there.
const (
	topHeight = 72
	tabHeight = 72
	left      = theme.RailWidth + theme.Margin
	right     = 1280 - theme.Margin
	bottom    = 800 - theme.Margin
	listRight = right - theme.DetailsWidth - theme.PanelGap
	listTop   = topHeight + tabHeight + theme.PanelGap
	// row is from the alarm's top to the middle of its first row's button, whatever its words need.
	row = theme.PaddingWide + 32 + theme.PanelGap + 68
)

var (
	gotIt    = image.Pt(right-theme.PaddingWide-24-200/2, theme.Margin+row) // "Compris"
	pageBack = image.Pt(listRight-2*112-theme.Grid+60, bottom-theme.MinTouch/2)

	connection = image.Rect(left, 0, 800, topHeight)
	tabs       = image.Rect(left, topHeight, right, topHeight+tabHeight)
	list       = image.Rect(left, listTop, listRight, bottom-theme.MinTouch-theme.Grid)
	// names and buttons are what no minute changes in the list, chosen the number in the details.
	names   = image.Rect(left, listTop, left+336, list.Max.Y)
	buttons = image.Rect(listRight-theme.Padding-theme.CardAction, listTop, listRight, list.Max.Y)
	chosen  = image.Rect(right-theme.DetailsWidth, listTop, right-theme.DetailsWidth+160, listTop+60)
	content = image.Rect(theme.RailWidth, topHeight, 1280, 800)
	// snackbar is what was just done, at the bottom left, and undo its button.
	snackbar = image.Rect(left, 800-theme.Margin-72, left+560, 800-theme.Margin)
	undo     = image.Pt(snackbar.Max.X-50, 800-theme.Margin-36)
)

// cardY is the middle of a card of the list, counted from 0.
func cardY(i int) int {
	return listTop + i*(theme.CardHeight+theme.CardGap) + theme.CardHeight/2
}

// action is the button of a card.
func action(i int) image.Point {
	return image.Pt(listRight-theme.Padding-theme.CardAction/2, cardY(i))
}

// card is where a card has no button.
func card(i int) image.Point { return image.Pt(left+theme.Padding+theme.MonogramSize+100, cardY(i)) }

// tab is one of the six sections.
func tab(i int) image.Point { return image.Pt(left+(right-left)*(2*i+1)/12, topHeight+tabHeight/2) }

// place is an item of the rail.
func place(i int) image.Point { return image.Pt(theme.RailWidth/2, 12+i*(88+theme.Grid)+88/2) }

// part is one of the parts of a segment in More, the top one or the one below.
func part(segment, i, of int) image.Point {
	const width, height, heading, padding = 600, theme.MinTouch + 8, 36, 20
	y := topHeight + 8 + padding + heading + segment*(height+padding+heading) + height/2
	return image.Pt(left+padding+width*(2*i+1)/(2*of), y)
}

// alarmed says that the alarm lies over everything: its scrim darkens the window's lower edge.
func (s *screen) alarmed() bool {
	return !bright(s.look().RGBAAt(s.size.X/2, s.size.Y-theme.HalfStep))
}

func (s *screen) quiet() bool { return !s.alarmed() }

// answer taps the alarm away.
func (s *shop) answer(id string, at image.Point) {
	s.t.Helper()
	s.until("the alarm comes up", s.alarmed)
	s.step("alarm")
	s.tap(at)
	s.until("the alarm is acknowledged at the hub", s.happened(id, order.WasAcknowledged))
	s.until("the alarm has gone", s.quiet)
}

// TestDay is an order's way from the alarm to the customer's hands.
func TestDay(t *testing.T) {
	s := openShop(t, wide)
	id := s.send("deliverect-pickup", "K4F2", time.Now())
	s.answer(id, gotIt)
	if now := s.order(id); now.Status != order.New || s.printed("K4F2") > 0 {
		t.Fatalf("the answer to the alarm made it %s, with %d tickets", now.Status, s.printed("K4F2"))
	}
	for _, next := range []struct {
		name   string
		status order.Status
	}{
		{"accepted", order.Accepted}, {"started", order.Preparing}, {"made-ready", order.Ready}, {"handed-over", order.Completed},
	} {
		before := s.step("before-it-is-" + next.name)
		s.tap(action(0))
		s.until("the hub hears of it: "+string(next.status), s.has(id, next.status))
		s.changed("the card says "+string(next.status), before, buttons)
		if next.status == order.Accepted {
			s.until("a ticket at each of the two stations", func() bool { return s.printed("K4F2") == 2 })
		}
	}
	s.step("nothing-left")
	if n := s.printed("K4F2"); n != 2 {
		t.Errorf("%d tickets came out, want 2", n)
	}
}

// TestAlarms: four at once, one of an order that has been accepted by itself.
func TestAlarms(t *testing.T) {
	s := openShop(t, wide)
	now := time.Now()
	ids := []string{
		s.send("doordash-delivery", "9K3D8", now), s.send("deliverect-curbside", "C777", now),
		s.send("deliverect-delivery", "U123", now), s.send("deliverect-eatin", "T006", now),
	}
	s.until("all have arrived", func() bool { return s.order(ids[3]).ID != "" })
	answered := func() (n int) {
		for _, id := range ids {
			if s.happened(id, order.WasAcknowledged)() {
				n++
			}
		}
		return n
	}
	s.until("the alarm comes up", s.alarmed)
	for i := range ids {
		before := s.step("alarms")
		if i == 0 { // what lies below is out of reach
			s.tap(place(2))
			s.tap(action(4))
		}
		s.tap(gotIt)
		s.until("one more is acknowledged", func() bool { return answered() == i+1 })
		s.changed("the next alarm moves up", before, image.Rect(left, 0, right, 800))
	}
	s.until("the alarm has gone", s.quiet)
	s.step("quiet")
	for i, id := range ids {
		if status := s.order(id).Status; (status == order.Accepted) != (i == 0) {
			t.Errorf("order %d is %s", i, status)
		}
	}
}

// many sends orders whose alarms somebody else answers; the first is due first.
func (s *shop) many(n int) (ids []string) {
	s.t.Helper()
	now := time.Now()
	for i := range n {
		id := s.send("deliverect-pickup", fmt.Sprintf("M%03d", i), now.Add(time.Duration(i-n)*time.Minute))
		ids = append(ids, id)
		s.command(id, order.Acknowledge)
	}
	s.until("the window shows them", func() bool {
		return s.quiet() && s.inBlue(s.look(), action(4))
	})
	return ids
}

// inBlue says that a primary button is there.
func (s *screen) inBlue(picture *image.RGBA, button image.Point) bool {
	c := picture.RGBAAt(button.X-theme.CardAction/2+12, button.Y-theme.PrimaryHeight/2+12)
	return int(c.B) > int(c.R)+60
}

// TestFinger: wobbling taps, swipes, sections, details.
func TestFinger(t *testing.T) {
	s := openShop(t, wide)
	ids := s.many(9)
	before := s.step("many")

	// up from a button, down from another, up from a card, and back by the button
	far := image.Pt(0, 300)
	s.swipe(action(3), action(3).Sub(far))
	scrolled := s.changed("the list has scrolled", before, names)
	s.step("swiped")
	s.swipe(action(0), action(0).Add(far).Add(far.Div(3))) // each swipe loses what could be a tap
	s.changed("the list has scrolled back", scrolled, names)
	s.same("the list is where it was", before, names)
	s.swipe(card(3), card(3).Sub(far))
	s.changed("the list has scrolled again", before, names)
	s.tap(pageBack)
	s.same("the button pages back", before, names)

	s.tap(card(2))
	s.changed("the details show the third order", before, chosen)
	third := s.step("third-chosen")
	s.tap(tab(3)) // Delivery: none
	empty := s.changed("the section has no orders", third, buttons)
	s.step("empty-section")
	s.tap(tab(0))
	s.changed("all orders are back", empty, buttons)
	for i, id := range ids { // by now every tap has had its time
		if now := s.order(id); now.Status != order.New {
			t.Fatalf("a swipe or a tap beside it has made order %d %s", i, now.Status)
		}
	}

	// wobbling by 4 px, then at once a second time: that one trembles, and does not start it
	before = s.look()
	at := action(1)
	s.finger(at, at.Add(image.Pt(4, -4)), at.Add(image.Pt(-4, 4)), at.Add(image.Pt(4, 4)), at.Add(image.Pt(-3, 0)))
	s.finger(at)
	s.until("the wobbling tap has accepted the second order", s.has(ids[1], order.Accepted))
	s.changed("the card shows the next step", before, buttons)
	s.step("second-accepted")
	s.tap(action(2))
	s.until("a tap has accepted the third order", s.has(ids[2], order.Accepted))
	for i, id := range ids {
		want := order.New
		if i == 1 || i == 2 {
			want = order.Accepted
		}
		if now := s.order(id); now.Status != want {
			t.Errorf("order %d is %s, want %s", i, now.Status, want)
		}
	}
}

// TestMore: language and appearance switch while orders are open.
func TestMore(t *testing.T) {
	s := openShop(t, wide)
	s.many(5)
	orders := s.step("french")
	s.tap(place(2))
	more := s.changed("More comes up", orders, content)
	s.step("more")
	s.tap(part(0, 1, 2))
	s.changed("it speaks English", more, content)
	s.step("more-english")
	s.tap(place(0))
	s.changed("so do the orders", orders, tabs)
	s.step("english")
	s.tap(place(2))
	s.until("More is back", func() bool { return differ(orders, s.look(), buttons) > some })
	s.tap(part(0, 0, 2))
	s.same("it speaks French again", more, content)

	for i, appearance := range []string{"light", "dark", "contrast"} {
		before := s.look()
		s.tap(part(1, i, 3))
		if i > 0 {
			s.changed("it looks different: "+appearance, before, content)
		}
		s.tap(place(0))
		s.changed("the orders: "+appearance, before, content)
		s.step("orders-" + appearance)
		s.tap(place(1))
		s.until("the printers: "+appearance, func() bool { return differ(before, s.look(), content) > some })
		s.step("printers-" + appearance)
		before = s.look()
		s.tap(place(2))
		s.changed("back in More", before, content)
	}
	s.tap(part(1, 0, 3))
	s.same("it is light again", more, content)
	s.tap(place(0))
	s.same("the orders are as they were", orders, names)
}

// TestRestart: a power cut costs neither language, appearance nor the sight of the last tickets.
func TestRestart(t *testing.T) {
	s := openShop(t, wide)
	ids := s.many(5)
	s.tap(action(0))
	s.until("it is accepted", s.has(ids[0], order.Accepted))
	s.until("a ticket at each station", func() bool { return s.printed("M000") == 2 })
	french := s.look()
	s.tap(place(2))
	more := s.changed("More comes up", french, content)
	s.tap(part(0, 1, 2))
	s.changed("it speaks English", more, content)
	s.step("undo")
	s.tap(undo)
	s.same("it speaks French again", more, content)
	s.tap(part(0, 1, 2))
	english := s.changed("it speaks English after all", more, content)
	s.tap(part(1, 1, 3))
	dark := s.changed("it is dark", english, content)
	dark = s.changed("the way back is no longer offered", dark, snackbar)
	s.tap(place(0))
	orders := s.changed("the orders come up", dark, content)
	s.tap(place(1))
	printers := s.changed("the printers come up", orders, content)
	s.step("printers-before-the-cut")

	s.terminal.kill()
	s.terminal.start(t)
	s.until("it is connected again", s.connected)
	s.same("the orders are dark and English again", orders, names)
	s.step("after-the-cut")
	s.tap(place(1))
	s.same("the printers still show their last tickets", printers, content)
	s.step("printers-after-the-cut")
}

// TestBareMachine: no locale, no D-Bus, and a sound player that finds no device.
func TestBareMachine(t *testing.T) {
	players := t.TempDir()
	if err := os.WriteFile(filepath.Join(players, "aplay"), []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := openShop(t, wide, "LANG=C", "LC_ALL=C", "LANGUAGE=", "DBUS_SESSION_BUS_ADDRESS=", "DBUS_SYSTEM_BUS_ADDRESS=", "PATH="+players)
	sound := s.step("bare")
	id := s.send("deliverect-pickup", "K4F2", time.Now())
	s.answer(id, gotIt)
	s.changed("the window says that there is no sound", sound, connection)
	s.step("no-sound")
	s.tap(action(0))
	s.until("it is accepted", s.has(id, order.Accepted))
	s.until("a ticket at each station", func() bool { return s.printed("K4F2") == 2 })
}

// TestHubKilled: the counter works on without the hub.
func TestHubKilled(t *testing.T) {
	s := openShop(t, wide)
	ids := s.many(5)
	online := s.step("online")
	s.hub.kill()
	s.changed("the window says that it is offline", online, connection)
	before := s.step("offline")
	s.tap(action(0))
	s.until("a ticket at each station, without a hub", func() bool { return s.printed("M000") == 2 })
	s.changed("the card goes on", before, buttons)
	s.step("accepted-offline")
	s.hub.start(t)
	s.within(10*time.Second, "the hub has heard of it", s.has(ids[0], order.Accepted))
	s.same("the window says that it is online", online, connection)
	s.step("online-again")
	if n := s.printed("M000"); n != 2 {
		t.Errorf("%d tickets came out, want 2", n)
	}
}

// TestNarrow: one column, a bar at the bottom, and buttons over the whole width.
func TestNarrow(t *testing.T) {
	s := openShop(t, narrow)
	id := s.send("deliverect-pickup", "K4F2", time.Now())
	s.until("the alarm comes up", s.alarmed)
	s.answer(id, image.Pt(narrow.X/2, theme.MarginNarrow+theme.Padding+32+8+12+68+8+24*2+12+theme.AlarmHeight/2))
	before := s.step("narrow")
	const cardHeight = 212
	s.tap(image.Pt(narrow.X/2, topHeight+64+8+cardHeight-8-theme.PrimaryHeight/2))
	s.until("it is accepted", s.has(id, order.Accepted))
	s.until("a ticket at each station", func() bool { return s.printed("K4F2") == 2 })
	after := s.changed("the card goes on", before, image.Rect(0, 144, narrow.X, 400))
	s.step("narrow-accepted")
	s.tap(image.Pt(narrow.X/2, topHeight+64+8+40))
	s.changed("the details cover the list", after, image.Rect(0, topHeight, narrow.X, 700))
	s.step("narrow-details")
}
