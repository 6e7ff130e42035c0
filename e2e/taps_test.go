package e2e

import (
	"fmt"
	"image"
	"strings"
	"testing"
	"time"

	"comptoir/order"
)

// reprint is the button under the details of an order that is in the kitchen.
var reprint = image.Pt(right-200, bottom-16-28)

// errand taps, and keeps a picture after each tap. Each but the last must change what the page
// shows; of the last one comes what was wanted.
func (s *shop) errand(name, wanted string, done func() bool, taps ...image.Point) {
	s.t.Helper()
	before := s.step("taps-" + name + "-0")
	for i, at := range taps {
		s.tap(at)
		if i == len(taps)-1 {
			s.until(wanted, done)
			s.step(fmt.Sprintf("taps-%s-%d", name, i+1))
			return
		}
		before = s.changed(fmt.Sprintf("tap %d of %q shows", i+1, name), before, page)
		s.keep(fmt.Sprintf("taps-%s-%d", name, i+1), before)
	}
}

// copies counts the whole tickets with a number that say that they are copies.
func (s *shop) copies(number string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ticket := range s.tickets {
		if text := ticket.String(); !ticket.Incomplete && strings.Contains(text, "#"+number) && strings.Contains(text, "COPIE") {
			n++
		}
	}
	return n
}

// TestTaps: what is done most takes these taps from the orders, each in a picture.
func TestTaps(t *testing.T) {
	s := openShop(t, wide)
	now := time.Now()
	other := s.send("deliverect-pickup", "K4F2", now)
	s.answer(other, gotIt)
	id := s.send("deliverect-curbside", "C777", now) // due first
	s.answer(id, gotIt)

	before := s.look()
	s.errand("accept", "it is accepted", s.has(id, order.Accepted), action(0))
	before = s.changed("the card goes on", before, buttons)
	s.until("a ticket at each station", func() bool { return s.printed("C777") == 2 })

	s.errand("reprint", "a copy at each station", func() bool { return s.copies("C777") == 2 }, card(0), reprint)
	if n := s.printed("C777"); n != 4 {
		t.Errorf("%d tickets came out, want 4", n)
	}

	s.command(id, order.Start)
	before = s.changed("somebody else has started it", before, buttons)
	s.errand("ready", "it is ready", s.has(id, order.Ready), action(0))
	s.changed("the card goes on", before, buttons)

	off := image.Rect(arrivals.X, arrivals.Y-44, right, arrivals.Y+44)
	s.errand("mute-curbside", "the switch is off", func() bool { return !s.blue(s.look(), off) },
		place(2), settingsRow, firstRow, besideMenu, arrivals)
	before = s.look()
	s.tap(place(0))
	before = s.changed("the orders are back", before, page)
	sounds := len(s.speaker.sounds())
	s.checkIn(id, "Mazda CX-5 grise", "2")
	s.changed("the card says so", before, list)
	s.step("arrived-silently")
	if n := len(s.speaker.sounds()) - sounds; n > 0 || s.alarmed() {
		t.Errorf("%d sounds, alarm up: %t", n, s.alarmed())
	}

	s.errand("hand-over", "it is handed over", s.has(id, order.Completed), action(0))
	if now := s.order(other); now.Status != order.New {
		t.Errorf("the other order is %s", now.Status)
	}
}
