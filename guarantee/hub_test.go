package guarantee

import (
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// leaseTime is how long a silent holder keeps its stations, as at the real hub.
const leaseTime = 15 * time.Second

// errCut: the line to the hub is cut.
var errCut = errors.New("the hub does not answer")

// hub stands in for the real one: a log of the newest state of each order, and leases that it
// gives by the real one's rules.
type hub struct {
	location shop.Location
	// wake makes every terminal look for what is new.
	wake func()

	mu     sync.Mutex
	head   uint64
	orders map[string]order.Order
	place  map[string]uint64
	// sent is how far each terminal may have come; cut are those that are out of reach.
	sent    map[string]uint64
	cut     map[string]bool
	leases  map[string]held // by station
	number  int
	command int
}

type held struct {
	terminal.Lease
	seen time.Time
}

func newHub(wake func()) *hub {
	return &hub{
		wake: wake, orders: map[string]order.Order{}, place: map[string]uint64{},
		sent: map[string]uint64{}, cut: map[string]bool{}, leases: map[string]held{},
		location: shop.Location{
			ID: "plateau", Name: "Plateau", TimeZone: "America/Toronto", Currency: "CAD", Language: "fr",
			DayStarts: "04:00", PrintAheadMinutes: 5, PreparationMinutes: 20,
			Stations: []shop.Station{
				{ID: "grill", Name: "Gril", Categories: []string{"Burgers"}, Default: true},
				{ID: "bar", Name: "Bar", Categories: []string{"Boissons"}},
			},
			Connections: []shop.Connection{{ID: "demo", Partner: "demo", Policy: order.OwnPolicy()}},
		},
	}
}

// commandID never comes twice.
func (h *hub) commandID() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.nextID()
}

func (h *hub) nextID() string {
	h.command++
	return order.Identity("test", strconv.Itoa(h.command))
}

// comes is an order of a platform, accepted at once or by somebody later.
func (h *hub) comes(lines []order.Line, inMinutes int, accepted bool) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.number++
	now := time.Now()
	draft := order.Order{
		ID: order.Identity("demo", strconv.Itoa(h.number)), Location: h.location.ID, Channel: "Démo", Connection: "demo",
		Reference: fmt.Sprintf("reference-%d", h.number), Number: fmt.Sprintf("A%d", h.number), Currency: "CAD",
		PlacedAt: now, PreparationMinutes: 20, Fulfillment: order.Fulfillment{Type: order.Pickup}, Lines: lines,
	}
	if inMinutes > 0 {
		draft.Fulfillment.PromisedAt = now.Add(time.Duration(inMinutes) * time.Minute)
	}
	o, err := order.Apply(order.Order{}, order.Command{ID: h.nextID(), Type: order.Place, By: "demo", Order: &draft}, order.OwnPolicy(), now)
	if err == nil && accepted {
		o, err = order.Apply(o, order.Command{ID: h.nextID(), Type: order.Accept, By: order.AutoAccept}, order.OwnPolicy(), now)
	}
	if err != nil {
		return "", err
	}
	h.append(o)
	return o.ID, nil
}

func (h *hub) append(o order.Order) {
	h.head++
	h.orders[o.ID], h.place[o.ID] = o, h.head
	h.wake()
}

// does carries out what a platform, or somebody elsewhere, asks; what the order does not allow is
// no fault.
func (h *hub) does(id string, c order.Command) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	c.ID, c.OrderID, c.By = h.nextID(), id, cmp.Or(c.By, "demo")
	if err := h.apply(c); err != nil && order.KindOf(err) == "" {
		return err
	}
	return nil
}

func (h *hub) apply(c order.Command) error {
	before := h.orders[c.OrderID]
	next, err := order.Apply(before, c, h.location.Policy(before), time.Now())
	if err == nil && next.Revision > before.Revision {
		h.append(next)
	}
	return err
}

// known lists the orders that suit, by their ids.
func (h *hub) known(suits func(order.Order) bool) []order.Order {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []order.Order
	for _, o := range h.orders {
		if suits(o) {
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b order.Order) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

func (h *hub) order(id string) order.Order {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.orders[id]
}

// line cuts a terminal off, or connects it again.
func (h *hub) line(device string, holds bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cut[device] = !holds
	h.wake()
}

// enter hears that a terminal lives: it gets the stations that are free, and what it gets told is
// who holds which.
func (h *hub) enter(device string) ([]terminal.Lease, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cut[device] {
		return nil, errCut
	}
	now := time.Now()
	leases := make([]terminal.Lease, 0, len(h.location.Stations))
	for _, station := range h.location.Stations {
		before, given := h.leases[station.ID]
		switch {
		case !given:
			h.leases[station.ID] = held{terminal.Lease{Location: h.location.ID, Station: station.ID, Device: device, Epoch: 1}, now}
		case before.Device == device:
			before.seen = now
			h.leases[station.ID] = before
		case now.Sub(before.seen) >= leaseTime:
			next := before.Lease
			next.Device, next.Epoch = device, before.Epoch+1
			next.FormerSequence = max(before.FormerSequence, h.sent[before.Device])
			h.leases[station.ID] = held{next, now}
			h.wake()
		}
		leases = append(leases, h.leases[station.ID].Lease)
	}
	return leases, nil
}

// hear takes a command; the answer may get lost on its way.
func (h *hub) hear(device string, c order.Command) (refused *order.Error, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cut[device] {
		return nil, errCut
	}
	// the terminal knows its own change, heard of or not: whoever takes over must assume so
	defer func() { h.sent[device] = max(h.sent[device], h.place[c.OrderID]) }()
	if c.Type != order.Printed && !h.orders[c.OrderID].Applied(c.ID) && crc32.ChecksumIEEE([]byte(c.ID))%10 == 0 {
		return &order.Error{Kind: order.NotAllowed, Cause: order.OnPartnerOnly}, nil // it does not change its mind
	}
	err = h.apply(c)
	if refused, is := errors.AsType[*order.Error](err); is {
		return refused, nil
	}
	return nil, err
}

// page is what follows the cursor, at most limit orders; none where there is nothing new.
func (h *hub) page(device string, cursor terminal.Cursor, limit int) (terminal.Changes, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cut[device] {
		return terminal.Changes{}, errCut
	}
	changes := terminal.Changes{Location: h.location.ID, Cursor: terminal.Cursor{Epoch: "one", Sequence: h.head}}
	for id, sequence := range h.place {
		if sequence > cursor.Sequence {
			changes.Orders = append(changes.Orders, h.orders[id])
		}
	}
	slices.SortFunc(changes.Orders, func(a, b order.Order) int { return cmp.Compare(h.place[a.ID], h.place[b.ID]) })
	if len(changes.Orders) > limit {
		changes.Orders, changes.More = changes.Orders[:limit], true
		changes.Cursor.Sequence = h.place[changes.Orders[limit-1].ID]
	}
	h.sent[device] = max(h.sent[device], changes.Cursor.Sequence)
	return changes, nil
}

// holder is who prints a station's tickets of online orders.
func (h *hub) holder(station string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.leases[station].Device
}
