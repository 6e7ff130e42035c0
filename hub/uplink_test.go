package hub_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"comptoir/order"
)

// While a large frame of a terminal comes in, the hub has nothing to answer, and the pings stand
// behind that frame. Neither side gives up, and no other terminal takes the printers over.
func TestSlowUplink(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		a := w.till("counter-1")
		pass(time.Second)
		w.stop()
		banquet := order.Order{}
		for i := range 250 {
			banquet.Lines = append(banquet.Lines, order.Line{
				ID: fmt.Sprint(i), PLU: "BRG-01", Name: "Burger façon Comptoir", Note: "sans oignons, sauce à part", Quantity: 1, UnitPrice: 1450, Kind: order.Physical,
			})
		}
		o, err := a.service.Place(order.Command{ID: newID(), Order: &banquet})
		if err != nil {
			t.Fatal(err)
		}
		a.slower()
		w.start()
		pass(10 * time.Second) // the hello, and the order has begun
		b, at := w.till("counter-2"), a.dialled()
		begun := time.Now()
		pass(30 * time.Second)
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		pass(time.Second)
		b.print() // it holds no station
		if tickets := w.order(viaDoorDash, "x1").Tickets; len(tickets) != 0 {
			t.Errorf("another terminal has printed: %+v", tickets)
		}
		for len(w.listed()) < 2 {
			pass(time.Second)
			if time.Since(begun) > 5*time.Minute {
				t.Fatal("the order does not arrive")
			}
		}
		took := time.Since(begun)
		t.Logf("an order of %d bytes after %v more", len(encode(t, o)), took)
		if took < 20*time.Second {
			t.Error("the line was not slow")
		}
		if a.dialled() != at {
			t.Errorf("%d connections more", a.dialled()-at)
		}
	})
}

// A hub that has lost its log is given it back over a slow line.
func TestSlowOffers(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		a := w.till("counter-1")
		pass(time.Second)
		data := w.backup()
		const orders = 80
		for range orders {
			a.sell()
		}
		pass(time.Minute)
		before := w.acknowledged()
		a.slower()
		w.restore(data, true)
		begun := time.Now()
		for len(w.listed()) < orders && time.Since(begun) < 20*time.Minute {
			pass(5 * time.Second)
		}
		lost, commands, doubled := w.lost(before)
		t.Logf("%d orders offered in %v over %d connections", orders, time.Since(begun), a.dialled())
		if len(before) != orders || lost+commands+doubled != 0 || a.dialled() > 3 {
			t.Errorf("of %d orders %d lost, %d commands lost, %d doubled; %d connections", len(before), lost, commands, doubled, a.dialled())
		}
	})
}
