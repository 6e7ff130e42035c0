package e2e

import (
	"image"
	"image/color"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/sandbox"
	"comptoir/ui/theme"
)

// Where the details, the sheet of an action and that of how orders are taken have what these
// tests press, in the wide window.
var (
	head = image.Rect(right-theme.DetailsWidth, listTop, right, listTop+200)

	morePlus = image.Pt(947, 260) // of a delay
	delayGo  = image.Pt(880, 352)
	bagsGo   = image.Pt(880, 280)
	asking   = image.Rect(280, 24, 1000, 700)

	ordering        = image.Pt(830, topHeight/2)
	orderingClose   = image.Pt(1068, 76)
	channels        = image.Pt(640, 144)
	pauseDoorDash   = image.Pt(246, 597)
	resumeAll       = image.Pt(350, 276)
	orderingButtons = image.Rect(560, 8, 900, topHeight-8) // of the top bar
)

// count counts the pixels of a region that are like something.
func count(picture *image.RGBA, region image.Rectangle, like func(color.RGBA) bool) (n int) {
	for y := region.Min.Y; y < region.Max.Y; y++ {
		for x := region.Min.X; x < region.Max.X; x++ {
			if like(picture.RGBAAt(x, y)) {
				n++
			}
		}
	}
	return n
}

// blue and red say that something of a region is in the accent, or in the colour of what is wrong.
func (s *screen) blue(picture *image.RGBA, region image.Rectangle) bool {
	return count(picture, region, func(c color.RGBA) bool { return int(c.B) > int(c.R)+60 }) > some
}

func (s *screen) red(picture *image.RGBA, region image.Rectangle) bool {
	return count(picture, region, func(c color.RGBA) bool { return int(c.R) > int(c.G)+60 }) > some
}

// lower scrolls the details to their end, and back by as much.
func (s *shop) lower(back int) {
	s.t.Helper()
	before := s.look()
	for range 2 {
		s.swipe(image.Pt(1048, 520), image.Pt(1048, 40))
	}
	end := s.changed("the details' end comes up", before, page)
	s.swipe(image.Pt(1048, 420), image.Pt(1048, 420+back))
	s.changed("the details scroll back", end, page)
}

// curbside is an accepted order of Deliverect, which the details show.
func (s *shop) curbside() (id string) {
	s.t.Helper()
	id = s.send("deliverect-curbside", "C777", time.Now())
	s.answer(id, gotIt)
	before := s.look()
	s.tap(action(0))
	s.until("it is accepted", s.has(id, order.Accepted))
	s.changed("the card goes on", before, buttons)
	return id
}

// TestDelay: a platform hears of a delay, and what it says to it is said here.
func TestDelay(t *testing.T) {
	s := openShop(t, wide)
	id := s.curbside()
	promised := s.order(id).Fulfillment.PromisedAt
	delays := func() (answers []int) {
		for _, call := range s.deliverect.Calls() {
			if strings.HasSuffix(call.Path, "/updatePreparationTime") {
				answers = append(answers, call.Status)
			}
		}
		return answers
	}
	answers := func() (verdicts []order.Verdict) {
		for _, entry := range s.order(id).History {
			if entry.What == order.WasAnswered {
				verdicts = append(verdicts, entry.Answer.Verdict)
			}
		}
		return verdicts
	}
	delay := image.Pt(1048, 437)
	s.lower(100)
	s.tap(delay)
	s.until("the sheet opens", s.alarmed)
	five := s.step("delay-by-5")
	s.tap(morePlus)
	s.changed("it says 10 minutes", five, asking)
	s.step("delay-by-10")
	s.tap(delayGo)
	s.until("the sheet has closed", s.quiet)
	s.until("the platform hears of it", func() bool { return len(delays()) == 1 })
	s.until("its answer is known", func() bool { return len(answers()) == 1 })
	if now := s.order(id).Fulfillment.PromisedAt; !now.Equal(promised.Add(10 * time.Minute)) {
		t.Errorf("promised for %v, want 10 min after %v", now, promised)
	}
	if s.red(s.step("delayed"), head) {
		t.Error("the details say that something is wrong")
	}

	s.deliverect.Fail(1, sandbox.Fault{Status: http.StatusBadRequest})
	s.lower(100)
	s.tap(delay)
	s.until("the sheet opens", s.alarmed)
	s.tap(delayGo)
	s.until("the platform refuses the second one", func() bool { return len(delays()) == 2 })
	s.until("the details say so", func() bool { return s.quiet() && s.red(s.look(), head) })
	s.step("delay-refused")
	if got := answers(); !slices.Equal(got, []order.Verdict{order.AnswerTaken, order.AnswerRefused}) {
		t.Errorf("the platform's answers are %q", got)
	}
	if now := s.order(id).Fulfillment.PromisedAt; !now.Equal(promised.Add(10 * time.Minute)) {
		t.Errorf("refused, and promised for %v", now)
	}
}

// TestHandOver: an order of two bags goes when both are ticked, and not before.
func TestHandOver(t *testing.T) {
	s := openShop(t, wide)
	id := s.curbside()
	s.lower(164)
	s.tap(image.Pt(1048, 437))
	s.until("the sheet opens", s.alarmed)
	s.step("bags")
	s.tap(bagsGo)
	s.until("it is ready", s.has(id, order.Ready))
	s.tap(action(0))
	s.until("the sheet opens", s.alarmed)
	before := s.step("hand-over")
	const firstBag, secondBag, handOver = 204, 284, 379
	tick := func(y int) {
		s.tap(image.Pt(340, y))
		before = s.changed("a bag is ticked", before, asking)
	}
	s.tap(image.Pt(880, handOver)) // nothing is ticked
	tick(firstBag)
	s.tap(image.Pt(880, handOver)) // one is missing
	tick(secondBag)
	s.step("hand-over-ticked")
	if now := s.order(id); now.Status != order.Ready || s.quiet() {
		t.Fatalf("with a bag missing it is %s, sheet closed: %t", now.Status, s.quiet())
	}
	s.tap(image.Pt(880, handOver))
	s.until("it is handed over", s.has(id, order.Completed))
	s.until("the sheet has closed", s.quiet)
	if now := s.order(id); now.Bags != 2 {
		t.Errorf("%d bags", now.Bags)
	}
}

// TestPause: a channel is paused for a quarter of an hour, and taken up again before.
func TestPause(t *testing.T) {
	s := openShop(t, wide)
	s.until("the top bar is drawn", func() bool {
		return count(s.look(), orderingButtons, func(c color.RGBA) bool { return !bright(c) }) > some
	})
	s.tap(ordering)
	s.until("the sheet opens", s.alarmed)
	before := s.look()
	s.tap(channels)
	before = s.changed("the channels come up", before, image.Rect(180, 180, 1100, 770))
	s.step("channels")
	began := time.Now()
	s.tap(pauseDoorDash)
	s.changed("it says so", before, image.Rect(180, 480, 1100, 700))
	s.until("DoorDash hears of it", func() bool { return s.doordash.Store().Paused })
	if until := s.doordash.Store().Until; until.Before(began.Add(14*time.Minute)) || until.After(time.Now().Add(15*time.Minute)) {
		t.Errorf("paused until %v", until)
	}
	if s.deliverect.Store().Paused {
		t.Error("Deliverect is paused too")
	}
	s.step("doordash-paused")
	s.tap(orderingClose)
	s.until("the sheet has closed", s.quiet)
	s.until("the top bar says it", func() bool { return s.blue(s.look(), orderingButtons) })
	s.step("pause-counts-down")

	s.tap(ordering)
	s.until("the sheet opens", s.alarmed)
	s.tap(resumeAll)
	s.until("DoorDash hears of it", func() bool { return !s.doordash.Store().Paused })
	s.tap(orderingClose)
	s.until("the top bar says nothing of it", func() bool { return s.quiet() && !s.blue(s.look(), orderingButtons) })
	s.step("resumed")
}
