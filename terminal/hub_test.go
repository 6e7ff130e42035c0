package terminal_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// hub is a hub in this process: a log of the newest state of each order, and leases.
type hub struct {
	t        rapid.TB
	clock    *clock
	location shop.Location
	epoch    string
	head     uint64
	orders   map[string]order.Order
	place    map[string]uint64
	leases   map[string]terminal.Lease
	sent     map[string]uint64
	cursors  map[string]terminal.Cursor
	refuse   func(order.Command) bool
	papers   []paper
	number   int
}

func newHub(t rapid.TB) *hub {
	return &hub{
		t: t, clock: &clock{now: ten}, location: plateau(), epoch: "one", orders: map[string]order.Order{}, place: map[string]uint64{},
		leases: map[string]terminal.Lease{}, sent: map[string]uint64{}, cursors: map[string]terminal.Cursor{},
	}
}

// join connects a till for the first time; it gets the leases that are free.
func (h *hub) join(tl *till) {
	h.t.Helper()
	tl.ok(tl.insist(func() error { return tl.service.Locations([]shop.Location{h.location}) }))
	for _, station := range h.location.Stations {
		if h.leases[station.ID].Device == "" {
			h.grant(station.ID, tl.name)
		}
		tl.ok(tl.insist(func() error { return tl.service.Lease(h.leases[station.ID]) }))
	}
}

// grant gives a station to a device; nobody hears of it yet.
func (h *hub) grant(station, device string) terminal.Lease {
	before := h.leases[station]
	h.leases[station] = terminal.Lease{
		Location: h.location.ID, Station: station, Device: device, Epoch: before.Epoch + 1,
		FormerSequence: max(before.FormerSequence, h.sent[before.Device]),
	}
	return h.leases[station]
}

func (h *hub) apply(c order.Command) error {
	before := h.orders[c.OrderID]
	next, err := order.Apply(before, c, h.location.Policy(before), h.clock.Now())
	if err != nil {
		return err
	}
	if next.Revision > before.Revision {
		h.append(next)
	}
	return nil
}

func (h *hub) append(o order.Order) {
	h.head++
	h.orders[o.ID], h.place[o.ID] = o, h.head
}

// must applies a command of the hub's own, or of the API.
func (h *hub) must(id string, c order.Command) {
	h.t.Helper()
	if c.ID == "" {
		c.ID = commandID()
	}
	if c.By == "" {
		c.By = "demo"
	}
	c.OrderID = id
	if err := h.apply(c); err != nil {
		h.t.Fatalf("%s at the hub: %v", c.Type, err)
	}
}

// comes is an order of a platform, accepted in the same write as it is placed.
func (h *hub) comes(change func(*order.Order)) string {
	h.t.Helper()
	return h.waits(change, true)
}

// waits is an order of a platform that, unless accepted, waits for somebody to answer.
func (h *hub) waits(change func(*order.Order), accepted bool) string {
	h.t.Helper()
	h.number++
	draft := order.Order{
		ID: order.Identity("demo", strconv.Itoa(h.number)), Location: "plateau", Channel: "Démo", Connection: "demo",
		Reference: fmt.Sprintf("reference-%d", h.number), Number: fmt.Sprintf("A%d", h.number), Currency: "CAD",
		PlacedAt: h.clock.Now(), PreparationMinutes: 20, Fulfillment: order.Fulfillment{Type: order.Pickup},
		Lines: lines(2, 1),
	}
	if change != nil {
		change(&draft)
	}
	o, err := order.Apply(order.Order{}, order.Command{ID: commandID(), Type: order.Place, By: "demo", Order: &draft}, order.OwnPolicy(), h.clock.Now())
	if err == nil && accepted {
		o, err = order.Apply(o, order.Command{ID: commandID(), Type: order.Accept, By: order.AutoAccept}, order.OwnPolicy(), h.clock.Now())
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.append(o)
	return o.ID
}

// change is what the platform now says of an order's lines.
func (h *hub) change(id string, now []order.Line) {
	h.t.Helper()
	h.must(id, order.Command{Type: order.PartnerChange, Order: &order.Order{Lines: now}})
}

// page is what follows the cursor, at most limit orders.
func (h *hub) page(cursor terminal.Cursor, limit int) terminal.Changes {
	changes := terminal.Changes{Location: h.location.ID, Cursor: terminal.Cursor{Epoch: h.epoch, Sequence: h.head}}
	for id, sequence := range h.place {
		if sequence > cursor.Sequence {
			changes.Orders = append(changes.Orders, h.orders[id])
		}
	}
	slices.SortFunc(changes.Orders, func(a, b order.Order) int { return int(h.place[a.ID]) - int(h.place[b.ID]) })
	if len(changes.Orders) > limit {
		changes.Orders, changes.More = changes.Orders[:limit], true
		changes.Cursor.Sequence = h.place[changes.Orders[limit-1].ID]
	}
	return changes
}

// send brings a till at most limit changes; lost ones left the hub and never arrive.
func (h *hub) send(tl *till, limit int, lost bool) {
	h.t.Helper()
	changes := h.page(h.cursors[tl.name], limit)
	h.sent[tl.name] = max(h.sent[tl.name], changes.Cursor.Sequence)
	if lost || len(changes.Orders) == 0 {
		return
	}
	tl.ok(tl.insist(func() error { return tl.service.Apply(changes) }))
	h.cursors[tl.name] = changes.Cursor
}

// hear takes at most limit commands of a till; where deaf, the till does not hear the answers.
func (h *hub) hear(tl *till, limit int, deaf bool) {
	h.t.Helper()
	pending, err := tl.service.PendingAfter(0, limit)
	tl.ok(err)
	for _, p := range pending {
		p.Command.By = p.Command.Taker(tl.name)
		err := error(&order.Error{Kind: order.NotAllowed, Cause: order.OnPartnerOnly})
		if h.refuse == nil || !h.refuse(p.Command) {
			err = h.apply(p.Command)
		}
		// the till knows its own change, heard of or not: whoever takes over must assume so
		h.sent[tl.name] = max(h.sent[tl.name], h.place[p.Command.OrderID])
		if deaf {
			continue
		}
		if refused, is := errors.AsType[*order.Error](err); is {
			tl.ok(tl.insist(func() error { return tl.service.Refused(p.Command.ID, refused) }))
		} else {
			tl.ok(err)
			tl.ok(tl.service.Accepted(p.Command.ID))
		}
	}
}

// quiet brings tills and hub level, after which the printer has nothing to print at any till.
func (h *hub) quiet(printer string, tills ...*till) {
	h.t.Helper()
	h.meet(tills...)
	for _, tl := range tills {
		tl.none(printer)
	}
}

// meet brings tills and hub level.
func (h *hub) meet(tills ...*till) {
	h.t.Helper()
	for range 20 {
		for _, tl := range tills {
			h.hear(tl, 1000, false)
		}
		quiet := true
		for _, tl := range tills {
			h.send(tl, 1000, false)
			quiet = quiet && len(tl.pending()) == 0 && h.cursors[tl.name].Sequence == h.head
		}
		if quiet {
			return
		}
	}
	h.t.Fatal("hub and terminals never agree")
}

// lines asks for burgers of the grill and coffees of the bar; none of what is 0.
func lines(burgers, coffees int) []order.Line {
	var all []order.Line
	if burgers > 0 {
		all = append(all, order.Line{ID: "b", Name: "Burger façon Comptoir", PLU: "BRG-01", Category: "Burgers", Station: "grill", Quantity: burgers, UnitPrice: 1450})
	}
	if coffees > 0 {
		all = append(all, order.Line{
			ID: "c", Name: "Café crème", PLU: "BOI-01", Category: "Boissons", Station: "bar", Quantity: coffees, UnitPrice: 350,
			Modifiers: []order.Modifier{{Name: "Lait d'avoine", Quantity: 1}}, Note: "bien chaud",
		})
	}
	return all
}

// brief writes tickets in a line: "kitchen 2×Burger; changed! -1×Burger" (! is a duplicate).
func brief(tickets ...terminal.Ticket) string {
	var words []string
	for _, t := range tickets {
		word := string(t.Kind)
		if t.Heading == terminal.HeadingDuplicate {
			word += "!"
		}
		if t.Kind != order.Kitchen {
			word += count(" -", t.Removed) + count(" +", t.Added)
		}
		words = append(words, word+count(" ", t.Lines))
	}
	return strings.Join(words, "; ")
}

func count(sign string, lines []order.Line) string {
	text := ""
	for _, l := range lines {
		name, _, _ := strings.Cut(l.Name, " ")
		text += sign + strconv.Itoa(l.Quantity) + "×" + name
	}
	return text
}

// says wants tickets to be, in brief, as given.
func says(t rapid.TB, want string, tickets ...terminal.Ticket) {
	t.Helper()
	if got := brief(tickets...); got != want {
		t.Errorf("on paper: %q, want %q", got, want)
	}
}

func states(jobs []terminal.Job) string {
	var words []string
	for _, j := range jobs {
		words = append(words, fmt.Sprintf("%s/%d/%s %s", j.Station, j.Version, j.Kind, j.State))
	}
	return strings.Join(words, ", ")
}

func inMinutes(n int) func(*order.Order) {
	return func(o *order.Order) { o.Fulfillment.PromisedAt = o.PlacedAt.Add(time.Duration(n) * time.Minute) }
}
