package store

import (
	"fmt"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/staff"
	"comptoir/terminal"
)

func (t tx) Order(id string) (order.Order, bool, error) {
	return get(t, bucketOrders, []byte(id), isOrder(id))
}

func isOrder(id string) func(order.Order) bool {
	return func(o order.Order) bool { return o.ID == id }
}

func (t tx) PutOrder(o order.Order) error {
	if err := checkText(o.ID); err != nil {
		return fmt.Errorf("put order: %w", err)
	}
	id := []byte(o.ID)
	if err := t.put(bucketOrders, id, o); err != nil {
		return err
	}
	return t.indexOrder(o)
}

func (t tx) indexOrder(o order.Order) error {
	id := []byte(o.ID)
	if err := t.listEnded(o); err != nil {
		return err
	}
	switch listed := t.raw(bucketOpen, id) != nil; {
	case o.Active() == listed: // the usual case: one page less to write
		return nil
	case listed:
		return t.delete(bucketOpen, id)
	default:
		return t.putRaw(bucketOpen, id, []byte{}) // nil would look like no entry until the commit
	}
}

func (t tx) EachOrder(f func(order.Order) error) error {
	for id, data := range t.each(bucketOrders, nil, nil) {
		o, err := decode(bucketOrders, id, data, isOrder(string(id)))
		if err != nil {
			return err
		}
		if err := f(o); err != nil {
			return err
		}
	}
	return nil
}

func (t tx) EachActiveOrder(f func(order.Order) error) error {
	for id := range t.each(bucketOpen, nil, nil) {
		o, err := mustGet(t, bucketOrders, id, isOrder(string(id)))
		if err != nil {
			return err
		}
		if err := f(o); err != nil {
			return err
		}
	}
	return nil
}

func (t tx) Cursor(location string) (terminal.Cursor, bool, error) {
	return get[terminal.Cursor](t, bucketCursors, []byte(location), nil)
}

func (t tx) PutCursor(location string, c terminal.Cursor) error {
	return t.put(bucketCursors, []byte(location), c)
}

// keyLocations: the list is one record, since the hub always sends it whole.
var keyLocations = []byte("all")

func (t tx) Locations() ([]shop.Location, error) {
	locations, _, err := get[[]shop.Location](t, bucketLocations, keyLocations, nil)
	return locations, err
}

func (t tx) PutLocations(locations []shop.Location) error {
	return t.put(bucketLocations, keyLocations, locations)
}

var keyPreferences = []byte("all")

func (t tx) Preferences() (terminal.Preferences, error) {
	p, _, err := get[terminal.Preferences](t, bucketPreferences, keyPreferences, nil)
	return p, err
}

func (t tx) PutPreferences(p terminal.Preferences) error {
	return t.put(bucketPreferences, keyPreferences, p)
}

var (
	keySetup, keyFaults, keyTorn = []byte("setup"), []byte("faults"), []byte("torn")
	keyLockouts, keyOrderings    = []byte("lockouts"), []byte("orderings")
	keyRefusals, keyHubAhead     = []byte("refusals"), []byte("hubAhead")
	keySalvage, keyJump          = []byte("salvage"), []byte("jump")
)

func (t tx) Orderings() (terminal.Orderings, error) {
	o, _, err := get[terminal.Orderings](t, bucketMeta, keyOrderings, nil)
	return o, err
}

func (t tx) PutOrderings(o terminal.Orderings) error { return t.put(bucketMeta, keyOrderings, o) }

func (t tx) Refusals() ([]terminal.Refusal, error) {
	refusals, _, err := get[[]terminal.Refusal](t, bucketMeta, keyRefusals, nil)
	return refusals, err
}

func (t tx) PutRefusals(refusals []terminal.Refusal) error {
	return t.put(bucketMeta, keyRefusals, refusals)
}

func (t tx) HubAhead() (time.Duration, error) {
	ahead, _, err := get[time.Duration](t, bucketMeta, keyHubAhead, nil)
	return ahead, err
}

func (t tx) PutHubAhead(ahead time.Duration) error { return t.put(bucketMeta, keyHubAhead, ahead) }

func (t tx) Salvage() (terminal.Salvage, error) {
	s, _, err := get[terminal.Salvage](t, bucketMeta, keySalvage, nil)
	return s, err
}

func (t tx) PutSalvage(s terminal.Salvage) error { return t.put(bucketMeta, keySalvage, s) }

func (t tx) Setup() (terminal.Setup, error) {
	setup, _, err := get[terminal.Setup](t, bucketMeta, keySetup, nil)
	return setup, err
}

func (t tx) PutSetup(setup terminal.Setup) error { return t.put(bucketMeta, keySetup, setup) }

func (t tx) Faults() ([]terminal.FaultPeriod, error) {
	faults, _, err := get[[]terminal.FaultPeriod](t, bucketMeta, keyFaults, nil)
	return faults, err
}

func (t tx) PutFaults(faults []terminal.FaultPeriod) error {
	return t.put(bucketMeta, keyFaults, faults)
}

func (t tx) Torn() (map[string][]terminal.Ticket, error) {
	torn, _, err := get[map[string][]terminal.Ticket](t, bucketMeta, keyTorn, nil)
	return torn, err
}

func (t tx) PutTorn(torn map[string][]terminal.Ticket) error {
	return t.put(bucketMeta, keyTorn, torn)
}

func (t tx) Lockouts() (map[string]staff.Lockout, error) {
	lockouts, _, err := get[map[string]staff.Lockout](t, bucketMeta, keyLockouts, nil)
	return lockouts, err
}

func (t tx) PutLockouts(lockouts map[string]staff.Lockout) error {
	return t.put(bucketMeta, keyLockouts, lockouts)
}

func (t tx) Lease(location, station string) (terminal.Lease, bool, error) {
	return get(t, bucketLeases, composite(location, station), func(l terminal.Lease) bool {
		return l.Location == location && l.Station == station
	})
}

func (t tx) PutLease(l terminal.Lease) error {
	if err := checkText(l.Location, l.Station); err != nil {
		return fmt.Errorf("put lease: %w", err)
	}
	return t.put(bucketLeases, composite(l.Location, l.Station), l)
}

func (t tx) Count(name string) (int, error) {
	n, found, err := get[int](t, bucketCounters, []byte(name), nil)
	if err == nil && !found {
		n, err = t.begin(name)
	}
	if err != nil {
		return 0, err
	}
	n++
	return n, t.put(bucketCounters, []byte(name), n)
}
