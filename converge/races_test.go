package converge

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/order"
	"comptoir/sandbox"
	"comptoir/terminal"
	screens "comptoir/ui/model"
)

// race is a place where two meet on one order: Ana at the terminal that prints for the grill, which is
// cut off while she taps, Luc at another one, and the platform.
type race struct {
	*premises
	id            string
	first, second *till
	// at is when the winner acted, in the location's time.
	at time.Time
}

// meet finds out who prints.
func (r *race) meet() {
	err := r.tills[0].life.file.View(func(tx terminal.Tx) error {
		lease, _, err := tx.Lease("plateau", "grill")
		for i, x := range r.tills {
			if x.device == lease.Device {
				r.first, r.second = x, r.tills[(i+1)%len(r.tills)]
			}
		}
		return err
	})
	if err != nil || r.first == nil {
		r.t.Fatalf("nobody prints: %v", err)
	}
}

// ana taps without the hub, before or after the others.
func (r *race) ana(c order.Command) { r.taps(r.first, "Ana", c) }

func (r *race) luc(c order.Command) {
	r.wins()
	r.taps(r.second, "Luc", c)
	r.passes(time.Second)
}

func (r *race) wins() { r.at = r.now() }

func (r *race) taps(x *till, name string, c order.Command) {
	r.t.Helper()
	c.ID, c.OrderID, c.Person = r.nextID(), r.id, order.Person{ID: strings.ToLower(name), Name: name}
	given := r.give(x.device, c)
	x.do(given, func(l *life) error {
		_, err := l.service.Do(c)
		return err
	})
	if !given.sure {
		r.t.Fatalf("%s could not even ask for %s", name, c.Type)
	}
}

func (r *race) cancels() {
	r.wins()
	o := r.begun[r.id]
	r.give(o.Connection, order.Command{ID: order.Identity(o.ID, string(order.PartnerCancel)), Type: order.PartnerCancel, OrderID: o.ID})
	r.deliver(o.Connection, r.cancelled(o))
	r.passes(time.Second)
}

func (r *race) passes(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (r *race) later(d time.Duration) {
	r.mu.Lock()
	r.ahead += d
	r.mu.Unlock()
}

func do(kind order.CommandType) order.Command { return order.Command{Type: kind} }

func cancel(line string, quantity int) order.Command {
	return order.Command{Type: order.CancelItems, Items: []order.ItemQuantity{{Line: line, Quantity: quantity}}}
}

func refund(amount order.Money) order.Command {
	return order.Command{Type: order.RefundMoney, Amount: amount}
}

// TestRaces: who wins, and what the screen of whoever lost says of it, also after a restart.
func TestRaces(t *testing.T) {
	const (
		pickup   = "doordash-pickup"
		shop     = "shop"
		shipment = "shipment"
	)
	for _, tt := range []struct {
		name, from string
		// before happens while all are connected; ana without the hub, while others is what the rest
		// of the world does.
		before, others, ana func(*race)
		status              order.Status
		reason              order.Reason
		// fr and en are what Ana reads; empty where she was not refused.
		fr, en string
		// void: Ana's kitchen had a ticket, and gets one that takes it back.
		void bool
	}{
		{
			name: "both accept", from: pickup, status: order.Accepted,
			others: func(r *race) { r.luc(do(order.Accept)) }, ana: func(r *race) { r.ana(do(order.Accept)) },
			fr: "« Accepter » n’a pas été pris : déjà acceptée par Luc à {at}", en: "“Accept” was not taken: already accepted by Luc at {at}",
		},
		{
			name: "reject against accept", from: pickup, status: order.Accepted,
			others: func(r *race) { r.luc(do(order.Accept)) }, ana: func(r *race) { r.ana(do(order.Reject)) },
			fr: "« Refuser » n’a pas été pris : déjà acceptée par Luc à {at}", en: "“Reject” was not taken: already accepted by Luc at {at}",
		},
		{
			name: "accepted, printed, and cancelled by the platform", from: pickup, status: order.Completed, reason: order.CancelledByPartner,
			others: (*race).cancels, ana: func(r *race) { r.ana(do(order.Accept)); r.first.print() }, void: true,
			fr: "« Accepter » n’a pas été pris : déjà annulée par DoorDash à {at}", en: "“Accept” was not taken: already cancelled by DoorDash at {at}",
		},
		{
			name: "ready against the platform's cancellation", from: pickup, status: order.Completed, reason: order.CancelledByPartner,
			before: func(r *race) { r.luc(do(order.Accept)) }, others: (*race).cancels, ana: func(r *race) { r.ana(do(order.MarkReady)) },
			fr: "« C’est prêt » n’a pas été pris : déjà annulée par DoorDash à {at}", en: "“Mark ready” was not taken: already cancelled by DoorDash at {at}",
		},
		{
			name: "ready against the store's cancellation", from: shop, status: order.Completed, reason: order.CancelledByStore,
			others: func(r *race) { r.luc(do(order.CancelItems)) }, ana: func(r *race) { r.ana(do(order.MarkReady)) },
			fr: "« C’est prêt » n’a pas été pris : déjà annulée par Luc à {at}", en: "“Mark ready” was not taken: already cancelled by Luc at {at}",
		},
		{
			name: "hand-over against the platform's cancellation", from: pickup, status: order.Completed, reason: order.CancelledByPartner,
			before: func(r *race) { r.luc(do(order.Accept)); r.luc(do(order.MarkReady)) },
			others: (*race).cancels, ana: func(r *race) { r.ana(do(order.HandOver)) },
			fr: "« Remettre » n’a pas été pris : déjà annulée par DoorDash à {at}", en: "“Hand over” was not taken: already cancelled by DoorDash at {at}",
		},
		{
			name: "the platform's cancellation after the hand-over", from: pickup, status: order.Completed, reason: order.HandedOver,
			before: func(r *race) { r.luc(do(order.Accept)); r.luc(do(order.MarkReady)); r.luc(do(order.HandOver)) },
			others: (*race).cancels,
		},
		{
			name: "both refund", from: shop, status: order.Accepted,
			others: func(r *race) { r.luc(refund(5000)) }, ana: func(r *race) { r.ana(refund(5000)) },
			fr: "« Rembourser » n’a pas été pris : déjà remboursée par Luc à {at}", en: "“Refund” was not taken: already refunded by Luc at {at}",
		},
		{
			name: "both refund a part", from: shop, status: order.Accepted,
			others: func(r *race) { r.luc(refund(3000)) }, ana: func(r *race) { r.ana(refund(3000)) },
			fr: "« Rembourser » n’a pas été pris : déjà remboursée par Luc à {at}", en: "“Refund” was not taken: already refunded by Luc at {at}",
		},
		{
			name: "handed over elsewhere", from: shop, status: order.Completed, reason: order.HandedOver,
			before: func(r *race) { r.luc(do(order.MarkReady)) },
			others: func(r *race) { r.luc(do(order.HandOver)) }, ana: func(r *race) { r.ana(do(order.HandOver)) },
			fr: "« Remettre » n’a pas été pris : déjà remise par Luc à {at}", en: "“Hand over” was not taken: already handed over by Luc at {at}",
		},
		{
			name: "a start that waited three days", from: shop, status: order.Completed, reason: order.HandedOver,
			others: func(r *race) { r.luc(do(order.MarkReady)); r.luc(do(order.HandOver)); r.later(72 * time.Hour) },
			ana:    func(r *race) { r.ana(do(order.Start)) },
			fr:     "« Commencer » n’a pas été pris : déjà remise par Luc (1 janv., {at})", en: "“Start” was not taken: already handed over by Luc (Jan 1, {at})",
		},
		{
			name: "a delay of what is ready", from: shop, status: order.Ready,
			others: func(r *race) { r.luc(do(order.MarkReady)) }, ana: func(r *race) { r.ana(order.Command{Type: order.Delay, Minutes: 10}) },
			fr: "« Retarder » n’a pas été pris : déjà prête par Luc à {at}", en: "“Delay” was not taken: already ready by Luc at {at}",
		},
		{
			name: "items cancelled that were shipped meanwhile", from: shipment, status: order.Accepted,
			others: func(r *race) {
				r.luc(order.Command{Type: order.Ship, Items: []order.ItemQuantity{{Line: "b", Quantity: 2}}})
			},
			ana: func(r *race) { r.ana(cancel("b", 1)) },
			fr:  "« Annuler des articles » n’a pas été pris : articles déjà expédiés par Luc à {at}", en: "“Cancel items” was not taken: items already shipped by Luc at {at}",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(sandbox.Epoch)) // bubbles begin in 2000
				r := &race{premises: open(t, dir, rand.New(rand.NewPCG(1, 0)), func() bool { return false })}
				defer r.close()
				r.passes(time.Second)
				r.meet()
				switch tt.from {
				case pickup:
					r.id = r.placesFrom(pickup, viaDoorDash)
				default:
					form := map[string]order.FulfillmentType{shop: order.Pickup, shipment: order.Shipment}[tt.from]
					r.id = r.placesOwn(order.Order{
						Fulfillment: order.Fulfillment{Type: form, PromisedAt: r.now().Add(time.Hour)},
						Lines:       []order.Line{{ID: "b", Name: "Burger", PLU: "BRG-01", Quantity: 2, UnitPrice: 2000}, {ID: "c", Name: "Café", PLU: "BOI-01", Quantity: 1, UnitPrice: 1000}},
					})
				}
				r.passes(time.Second)
				if tt.before != nil {
					tt.before(r)
				}
				ana := r.first
				ana.line.Cut()
				r.passes(time.Minute)
				tt.others(r)
				if tt.ana != nil {
					tt.ana(r)
				}
				if err := r.settle(); err != nil {
					t.Error(err)
				}
				for restarts := range 2 {
					for language, want := range map[string]string{screens.French: tt.fr, screens.English: tt.en} {
						if got := r.reads(ana, language); got != r.filled(want, language) {
							t.Errorf("after %d restarts Ana reads %q, want %q", restarts, got, r.filled(want, language))
						}
					}
					if luc := r.reads(r.second, screens.French); luc != "" {
						t.Errorf("Luc reads %q", luc)
					}
					ana.close()
					ana.open()
				}
				if err := r.settle(); err != nil {
					t.Error(err)
				}
				o, _, err := ana.life.service.Order(r.id)
				if err != nil || o.Status != tt.status || o.Reason != tt.reason {
					t.Errorf("it ends as %s %q, want %s %q, %v", o.Status, o.Reason, tt.status, tt.reason, err)
				}
				if voids := r.voids(ana); (voids > 0) != tt.void {
					t.Errorf("%d tickets were taken back", voids)
				}
				r.look()
				r.close()
				r.judge()
				for _, fault := range r.faults {
					t.Error(fault)
				}
			})
		})
	}
}

// reads is what the details say on a terminal's screen, in a window that was just opened.
func (r *race) reads(x *till, language string) string {
	r.t.Helper()
	c, err := screens.NewController(screens.Options{
		Terminal: x.life.service, Clock: x, Wake: func() {}, Places: []screens.Place{screens.PlaceOrders},
		Preferences: terminal.Preferences{Language: language},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	c.Screen()
	for errand := c.Load(); errand != nil; errand = c.Load() {
		errand(r.t.Context())
	}
	c.Screen()
	c.Select(r.id)
	if details := c.Screen().Details; details != nil {
		return strings.ReplaceAll(details.Refused, "\u00a0", " ")
	}
	return ""
}

// filled has the winner's time in its place.
func (r *race) filled(want, language string) string {
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		r.t.Fatal(err)
	}
	at := r.at.In(zone)
	clock := fmt.Sprintf("%d h %02d", at.Hour(), at.Minute())
	if language == screens.English {
		clock = fmt.Sprintf("%d:%02d", at.Hour(), at.Minute())
	}
	return strings.ReplaceAll(strings.ReplaceAll(want, "{at}", clock), "\u00a0", " ")
}

// voids counts the tickets that a terminal printed to take others back.
func (r *race) voids(x *till) (n int) {
	err := x.life.file.View(func(tx terminal.Tx) error {
		jobs, err := tx.JobsOf(r.id)
		for _, j := range jobs {
			if j.Kind == order.Void && j.Copies > 0 {
				n++
			}
		}
		return err
	})
	if err != nil {
		r.t.Error(err)
	}
	return n
}
