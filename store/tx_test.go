package store_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/staff"
	"comptoir/store"
	"comptoir/terminal"
)

func anOrder(id string, status order.Status) order.Order {
	return order.Order{
		ID: id, Location: "shop", Revision: 3, Channel: "DoorDash", Status: status, PlacedAt: noon,
		Fulfillment: order.Fulfillment{Type: order.Pickup, PromisedAt: noon.Add(30 * time.Minute)},
		Currency:    "CAD",
		Lines:       []order.Line{{ID: "1", Name: "Poutine <grande> & co", Quantity: 2, Modifiers: []order.Modifier{}}},
		Tickets:     []order.Ticket{}, Transactions: []order.Transaction{}, History: []order.Entry{},
	}
}

func aJob(key, orderID string) terminal.Job {
	return terminal.Job{
		Key: key, OrderID: orderID, Location: "shop", Station: "grill", Version: 1,
		Kind: order.Kitchen, Due: noon, State: terminal.JobQueued,
	}
}

// contents is one of everything that a store keeps.
type contents struct {
	order     order.Order
	pending   terminal.Pending
	cursor    terminal.Cursor
	locations []shop.Location
	lease     terminal.Lease
	job       terminal.Job
	setup     terminal.Setup
	faults    []terminal.FaultPeriod
	torn      map[string][]terminal.Ticket
	lockouts  map[string]staff.Lockout
	orderings terminal.Orderings
	hubAhead  time.Duration

	preferences terminal.Preferences
}

func sample() contents {
	job := aJob("j1", "o1")
	job.Copies, job.SentAt = 1, noon
	job.Ticket = &terminal.Ticket{Kind: order.Kitchen, Number: "A1"}
	return contents{
		order: anOrder("o1", order.Accepted),
		pending: terminal.Pending{Sequence: 1, Location: "shop", Command: order.Command{
			ID: "c1", Type: order.Start, OrderID: "o1", At: noon,
		}},
		cursor:    terminal.Cursor{Shard: 3, Epoch: "e", Sequence: math.MaxUint64},
		locations: []shop.Location{{ID: "z", Name: "Zoé"}, {ID: "a"}},
		lease:     terminal.Lease{Location: "shop", Station: "grill", Device: "d", Epoch: 7, FormerSequence: 9},
		job:       job,
		setup: terminal.Setup{
			Printers: map[string]terminal.PrinterSetup{"Grill é": {Name: "Grill é", Kind: "serial", Address: "/dev/ttyUSB0,9600", Proof: "id"}},
			Removed:  []string{"old"},
			Stations: map[string]terminal.StationSetup{"bar": {}, "grill": {Printer: "Grill é", Copies: 2, Combine: true}},
		},
		faults:   []terminal.FaultPeriod{{Printer: "Grill é", Fault: terminal.FaultPaper, From: noon, Until: noon.Add(time.Minute)}},
		torn:     map[string][]terminal.Ticket{"Grill é": {{Number: "A1", Kind: order.Kitchen}}},
		hubAhead: -10 * time.Minute,
		lockouts: map[string]staff.Lockout{"luc": {Wrong: 3, Left: time.Minute, At: noon}},
		orderings: terminal.Orderings{
			Told: map[string]terminal.OrderingTold{"shop": {Location: "shop", Ordering: shop.Ordering{
				Busy: shop.Field[shop.Busy]{Value: shop.Busy{Minutes: 15, Until: noon}, At: noon, Change: "c1", By: "d"},
			}}},
			Pending: []terminal.PendingChange{{Location: "shop", Change: shop.Change{ID: "c2", At: noon, Channels: []string{"dd"}, Pause: &shop.Span{Until: noon.Add(time.Hour)}}}},
		},

		preferences: terminal.Preferences{Language: "en", Appearance: "dark", Alerts: terminal.AlertPreferences{MuteArrivals: true, Volume: 7}},
	}
}

func (c contents) put(tx terminal.Tx) error {
	_, pending := tx.AddPending(c.pending.Location, c.pending.Command)
	_, count := tx.Count("tickets")
	return errors.Join(
		pending, count, tx.PutOrder(c.order), tx.PutCursor("shop", c.cursor),
		tx.PutLocations(c.locations), tx.PutLease(c.lease), tx.PutJob(c.job),
		tx.PutSetup(c.setup), tx.PutFaults(c.faults), tx.PutTorn(c.torn), tx.PutPreferences(c.preferences),
		tx.PutLockouts(c.lockouts), tx.PutOrderings(c.orderings), tx.PutHubAhead(c.hubAhead),
	)
}

func (c contents) check(t *testing.T) func(terminal.Tx) error {
	return func(tx terminal.Tx) error {
		t.Helper()
		o, found, err := tx.Order("o1")
		same(t, "order", o, c.order, found, err)
		pending, err := tx.PendingAfter(0, 10)
		same(t, "pending", pending, []terminal.Pending{c.pending}, true, err)
		cursor, found, err := tx.Cursor("shop")
		same(t, "cursor", cursor, c.cursor, found, err)
		locations, err := tx.Locations()
		same(t, "locations", locations, c.locations, true, err)
		lease, found, err := tx.Lease("shop", "grill")
		same(t, "lease", lease, c.lease, found, err)
		job, found, err := tx.Job("j1")
		same(t, "job", job, c.job, found, err)
		setup, err := tx.Setup()
		same(t, "setup", setup, c.setup, true, err)
		faults, err := tx.Faults()
		same(t, "faults", faults, c.faults, true, err)
		torn, err := tx.Torn()
		same(t, "torn", torn, c.torn, true, err)
		lockouts, err := tx.Lockouts()
		same(t, "lockouts", lockouts, c.lockouts, true, err)
		orderings, err := tx.Orderings()
		same(t, "orderings", orderings, c.orderings, true, err)
		ahead, err := tx.HubAhead()
		same(t, "hub's clock", ahead, c.hubAhead, true, err)
		same(t, "queue", queue(t, tx, "shop", "grill"), []string{"j1"}, true, nil)
		papers, err := tx.Papers("shop", "grill", 2)
		same(t, "papers", papers, []terminal.Job{c.job}, true, err)
		preferences, err := tx.Preferences()
		same(t, "preferences", preferences, c.preferences, true, err)
		return nil
	}
}

// empty checks that nothing is there, which is never an error.
func empty(t *testing.T) func(terminal.Tx) error {
	return func(tx terminal.Tx) error {
		t.Helper()
		_, order1, err1 := tx.Order("o1")
		_, cursor, err2 := tx.Cursor("shop")
		_, lease, err3 := tx.Lease("shop", "grill")
		_, job, err4 := tx.Job("j1")
		if order1 || cursor || lease || job {
			t.Error("something is there")
		}
		pending, err5 := tx.PendingAfter(0, 10)
		ofOrder, err6 := tx.PendingOf("o1")
		locations, err7 := tx.Locations()
		jobs, err8 := tx.JobsOf("o1")
		papers, err10 := tx.Papers("shop", "grill", 1)
		preferences, err11 := tx.Preferences()
		if len(pending)+len(ofOrder)+len(locations)+len(jobs)+len(papers) > 0 || preferences != (terminal.Preferences{}) {
			t.Error("a list is not empty")
		}
		setup, err := tx.Setup()
		same(t, "setup", setup, terminal.Setup{}, true, err)
		orderings, err := tx.Orderings()
		same(t, "orderings", orderings, terminal.Orderings{}, true, err)
		ahead, err := tx.HubAhead()
		same(t, "hub's clock", ahead, time.Duration(0), true, err)
		faults, err := tx.Faults()
		same(t, "faults", len(faults), 0, true, err)
		torn, err := tx.Torn()
		same(t, "torn", len(torn), 0, true, err)
		lockouts, err := tx.Lockouts()
		same(t, "lockouts", len(lockouts), 0, true, err)
		never := func(order.Order) error { return errors.New("an order is there") }
		err9 := tx.Queue("shop", "grill", func(terminal.Job) bool { t.Error("the queue is not empty"); return true })
		return errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11, tx.EachOrder(never), tx.EachActiveOrder(never))
	}
}

func same(t testing.TB, what string, got, want any, found bool, err error) {
	t.Helper()
	if err != nil || !found {
		t.Errorf("%s: found %v, error %v", what, found, err)
	} else if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func queue(t testing.TB, tx terminal.Tx, location, station string) []string {
	t.Helper()
	var keys []string
	if err := tx.Queue(location, station, func(j terminal.Job) bool { keys = append(keys, j.Key); return true }); err != nil {
		t.Error(err)
	}
	return keys
}

func TestEmpty(t *testing.T) { view(t, open(t, place(t)), empty(t)) }

func TestOrders(t *testing.T) {
	s := open(t, place(t))
	statuses := []order.Status{order.New, order.Accepted, order.Preparing, order.Ready, order.Completed, order.Rejected, order.Expired}
	update(t, s, func(tx terminal.Tx) error {
		for _, status := range statuses {
			if err := tx.PutOrder(anOrder(string(status), status)); err != nil {
				return err
			}
		}
		return nil
	})
	ids := func(each func(func(order.Order) error) error) []string {
		t.Helper()
		var ids []string
		if err := each(func(o order.Order) error { ids = append(ids, o.ID); return nil }); err != nil {
			t.Error(err)
		}
		slices.Sort(ids)
		return ids
	}
	view(t, s, func(tx terminal.Tx) error {
		same(t, "all", ids(tx.EachOrder), []string{"accepted", "completed", "expired", "new", "preparing", "ready", "rejected"}, true, nil)
		same(t, "active", ids(tx.EachActiveOrder), []string{"accepted", "expired", "new", "preparing", "ready"}, true, nil)
		stop := errors.New("stop")
		for _, each := range []func(func(order.Order) error) error{tx.EachOrder, tx.EachActiveOrder} {
			visited := 0
			if err := each(func(order.Order) error { visited++; return stop }); !errors.Is(err, stop) || visited != 1 {
				t.Errorf("an error of f gave %v after %d orders", err, visited)
			}
		}
		return nil
	})
	update(t, s, func(tx terminal.Tx) error {
		return errors.Join(tx.PutOrder(anOrder("new", order.Completed)), tx.PutOrder(anOrder("expired", order.Accepted)))
	})
	view(t, s, func(tx terminal.Tx) error {
		same(t, "active", ids(tx.EachActiveOrder), []string{"accepted", "expired", "preparing", "ready"}, true, nil)
		return nil
	})
	// whoever visits may write
	update(t, s, func(tx terminal.Tx) error {
		visited := 0
		err := tx.EachActiveOrder(func(o order.Order) error {
			visited++
			o.Status = order.Completed
			return tx.PutOrder(o)
		})
		if visited != 4 {
			t.Errorf("visited %d active orders, want 4", visited)
		}
		same(t, "active", ids(tx.EachActiveOrder), []string(nil), true, nil)
		return err
	})
	// opened and closed in one transaction
	update(t, s, func(tx terminal.Tx) error {
		err := errors.Join(tx.PutOrder(anOrder("brief", order.New)), tx.PutOrder(anOrder("brief", order.Accepted)))
		same(t, "active", ids(tx.EachActiveOrder), []string{"brief"}, true, err)
		err = tx.PutOrder(anOrder("brief", order.Completed))
		same(t, "active", ids(tx.EachActiveOrder), []string(nil), true, err)
		return nil
	})
	view(t, s, func(tx terminal.Tx) error {
		same(t, "active", ids(tx.EachActiveOrder), []string(nil), true, nil)
		return nil
	})
}

func TestIdentities(t *testing.T) {
	s := open(t, place(t))
	for _, id := range []string{"", "\xff", strings.Repeat("x", 40_000)} {
		if err := s.Update(func(tx terminal.Tx) error { return tx.PutOrder(anOrder(id, order.New)) }); err == nil {
			t.Errorf("order %.5q stored", id)
		}
		job := aJob(id, "o")
		if err := s.Update(func(tx terminal.Tx) error { return tx.PutJob(job) }); err == nil {
			t.Errorf("job %.5q stored", id)
		}
		c := order.Command{ID: id, OrderID: "o"}
		if err := s.Update(func(tx terminal.Tx) error { _, err := tx.AddPending("shop", c); return err }); err == nil {
			t.Errorf("command %.5q stored", id)
		}
	}
	long := aJob("j1", strings.Repeat("x", 40_000))
	update(t, s, func(tx terminal.Tx) error { // an error that f swallows leaves no half of the job
		if err := tx.PutJob(long); err == nil {
			t.Error("job stored")
		}
		return nil
	})
	view(t, s, empty(t))
}

// Identities with any byte, 0 above all, must not run into one another in composite keys.
func TestAwkwardIdentities(t *testing.T) {
	s := open(t, place(t))
	names := []string{"a", "a\x00", "a\x00a", "\x00", "\x00\x00", "\x01a", "aa", "", "é\x00\x08", strings.Repeat("\x00", 200), strings.Repeat("z", 200)}
	update(t, s, func(tx terminal.Tx) error {
		for i, a := range names {
			if a != "" {
				if err := tx.PutOrder(anOrder(a, order.New)); err != nil {
					return err
				}
			}
			if _, err := tx.AddPending("shop", order.Command{ID: fmt.Sprint("c", i), OrderID: a}); err != nil {
				return err
			}
			for k, b := range names {
				j := aJob(fmt.Sprint(i, "\x00", k), a)
				j.Location, j.Station, j.Copies = a, b, 1
				l := terminal.Lease{Location: a, Station: b, Device: j.Key}
				if err := errors.Join(tx.PutJob(j), tx.PutLease(l)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	view(t, s, func(tx terminal.Tx) error {
		for i, a := range names {
			o, found, err := tx.Order(a)
			if err != nil || found == (a == "") || o.ID != a {
				t.Errorf("order %q: got %q, %v, %v", a, o.ID, found, err)
			}
			pending, err := tx.PendingOf(a)
			if err != nil || len(pending) != 1 || pending[0].Command.ID != fmt.Sprint("c", i) {
				t.Errorf("pending of %q: %v, %v", a, pending, err)
			}
			jobs, err := tx.JobsOf(a)
			if err != nil || len(jobs) != len(names) {
				t.Errorf("%d jobs of %q, want %d: %v", len(jobs), a, len(names), err)
			}
			for k, b := range names {
				key := fmt.Sprint(i, "\x00", k)
				same(t, "queue", queue(t, tx, a, b), []string{key}, true, nil)
				papers, err := tx.Papers(a, b, 2)
				if err != nil || len(papers) != 1 || papers[0].Key != key {
					t.Errorf("papers of %q, %q: %v, %v", a, b, papers, err)
				}
				l, found, err := tx.Lease(a, b)
				same(t, "lease", l.Device, key, found, err)
			}
		}
		return nil
	})
}

func TestPending(t *testing.T) {
	s := open(t, place(t))
	add := func(c order.Command) (p terminal.Pending) {
		t.Helper()
		update(t, s, func(tx terminal.Tx) (err error) { p, err = tx.AddPending("shop", c); return err })
		return p
	}
	c1 := order.Command{ID: "c1", Type: order.Place, Order: &order.Order{ID: "o1", Status: order.New}}
	p1 := add(c1) // Place names the order in its draft
	p2 := add(order.Command{ID: "c2", Type: order.Accept, OrderID: "o2"})
	p3 := add(order.Command{ID: "c3", Type: order.Accept, OrderID: "o1"})
	if p1.Sequence >= p2.Sequence || p2.Sequence >= p3.Sequence {
		t.Errorf("sequences %d, %d, %d do not rise", p1.Sequence, p2.Sequence, p3.Sequence)
	}
	same(t, "the same command again", add(c1), p1, true, nil)
	view(t, s, func(tx terminal.Tx) error {
		for _, test := range []struct {
			after uint64
			limit int
			want  []terminal.Pending
		}{
			{0, 10, []terminal.Pending{p1, p2, p3}},
			{0, 2, []terminal.Pending{p1, p2}},
			{0, 0, nil},
			{0, -1, nil},
			{p1.Sequence, 1, []terminal.Pending{p2}},
			{p3.Sequence, 1, nil},
			{math.MaxUint64, 1, nil},
		} {
			got, err := tx.PendingAfter(test.after, test.limit)
			same(t, fmt.Sprintf("at most %d after %d", test.limit, test.after), got, test.want, true, err)
		}
		got, err := tx.PendingOf("o1")
		same(t, "of o1", got, []terminal.Pending{p1, p3}, true, err)
		return nil
	})
	update(t, s, func(tx terminal.Tx) error {
		return errors.Join(tx.RefusePending("c1", noon), tx.RefusePending("c1", noon), tx.RefusePending("unknown", noon), tx.RefusePending("", noon))
	})
	view(t, s, func(tx terminal.Tx) error {
		got, err := tx.PendingAfter(0, 10)
		same(t, "the rest", got, []terminal.Pending{p2, p3}, true, err)
		got, err = tx.PendingOf("o1")
		same(t, "of o1", got, []terminal.Pending{p3}, true, err)
		return nil
	})
	update(t, s, func(tx terminal.Tx) error {
		return errors.Join(tx.RefusePending("c2", noon), tx.RefusePending("c3", noon))
	})
	if p4 := add(c1); p4.Sequence <= p3.Sequence { // sequences are never given twice
		t.Errorf("sequence %d after %d", p4.Sequence, p3.Sequence)
	}
}

func TestSettings(t *testing.T) {
	s := open(t, place(t))
	update(t, s, func(tx terminal.Tx) error {
		return errors.Join(
			tx.PutLocations([]shop.Location{{ID: "a"}, {ID: "b"}}), tx.PutLocations([]shop.Location{{ID: "c"}}),
			tx.PutCursor("a", terminal.Cursor{Sequence: 1}), tx.PutCursor("b", terminal.Cursor{Sequence: 2}),
			tx.PutCursor("a", terminal.Cursor{Sequence: 3}),
		)
	})
	view(t, s, func(tx terminal.Tx) error {
		locations, err := tx.Locations()
		same(t, "locations", locations, []shop.Location{{ID: "c"}}, true, err)
		for location, want := range map[string]uint64{"a": 3, "b": 2} {
			c, found, err := tx.Cursor(location)
			same(t, "cursor of "+location, c.Sequence, want, found, err)
		}
		return nil
	})
	update(t, s, func(tx terminal.Tx) error {
		for i, name := range []string{"a", "b", "a", "a"} {
			n, err := tx.Count(name)
			same(t, "count "+name, n, []int{1, 1, 2, 3}[i], true, err)
		}
		return nil
	})
}

func TestQueue(t *testing.T) {
	s := open(t, place(t))
	put := func(key string, due time.Time, state terminal.JobState) {
		t.Helper()
		j := aJob(key, "o1")
		j.Due, j.State = due, state
		update(t, s, func(tx terminal.Tx) error { return tx.PutJob(j) })
	}
	expect := func(want ...string) {
		t.Helper()
		view(t, s, func(tx terminal.Tx) error {
			same(t, "queue", queue(t, tx, "shop", "grill"), want, true, nil)
			return nil
		})
	}
	put("b", noon, terminal.JobQueued)
	put("a", noon, terminal.JobQueued)
	expect("b", "a")
	put("b", noon, terminal.JobSending) // keeps its place in the queue
	expect("b", "a")
	put("c", noon.Add(-time.Nanosecond), terminal.JobQueued)
	put("d", time.Time{}, terminal.JobUnconfirmed)
	put("e", time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC), terminal.JobQueued)
	put("f", noon.Add(time.Nanosecond).In(time.FixedZone("east", 13*3600)), terminal.JobQueued)
	expect("d", "e", "c", "b", "a", "f")
	put("b", noon.Add(time.Hour), terminal.JobQueued)
	expect("d", "e", "c", "a", "f", "b")
	for i, state := range []terminal.JobState{terminal.JobPrinted, terminal.JobSent, terminal.JobDropped, terminal.JobElsewhere} {
		put([]string{"d", "e", "c", "f"}[i], noon, state)
	}
	expect("a", "b")
	put("d", noon, terminal.JobQueued) // printed again, in its first place
	put("b", noon, terminal.JobQueued)
	expect("b", "a", "d")

	moved := aJob("b", "o2")
	moved.Station = "bar"
	update(t, s, func(tx terminal.Tx) error { return tx.PutJob(moved) })
	expect("a", "d")
	view(t, s, func(tx terminal.Tx) error {
		same(t, "bar", queue(t, tx, "shop", "bar"), []string{"b"}, true, nil)
		var keys []string
		jobs, err := tx.JobsOf("o1")
		for _, j := range jobs {
			keys = append(keys, j.Key)
		}
		same(t, "jobs of o1", keys, []string{"a", "c", "d", "e", "f"}, true, err)
		jobs, err = tx.JobsOf("o2")
		same(t, "jobs of o2", jobs, []terminal.Job{moved}, true, err)

		visited := 0
		err = tx.Queue("shop", "grill", func(terminal.Job) bool { visited++; return false })
		same(t, "visited", visited, 1, true, err)
		return nil
	})
	update(t, s, func(tx terminal.Tx) error { // whoever visits may write
		var keys []string
		err := tx.Queue("shop", "grill", func(j terminal.Job) bool {
			keys = append(keys, j.Key)
			j.State = terminal.JobPrinted
			if err := tx.PutJob(j); err != nil {
				t.Error(err)
			}
			return true
		})
		same(t, "visited", keys, []string{"a", "d"}, true, err)
		same(t, "queue", queue(t, tx, "shop", "grill"), []string(nil), true, nil)
		return nil
	})
}

// A job that cannot be encoded must leave no half of itself behind.
func TestRefusedJob(t *testing.T) {
	s := open(t, place(t))
	j := aJob("j1", "o1")
	j.Due = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	update(t, s, func(tx terminal.Tx) error {
		if err := tx.PutJob(j); err == nil || errors.Is(err, store.ErrDamaged) {
			t.Errorf("got %v", err)
		}
		return nil
	})
	view(t, s, empty(t))
}

// A job of an earlier version of Comptoir, without the fields that came since.
func TestOldJob(t *testing.T) {
	path := place(t)
	s := open(t, path)
	update(t, s, func(tx terminal.Tx) error { return tx.PutJob(aJob("j1", "o1")) })
	closeStore(t, s)
	edit(t, path, func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("jobs")).Put([]byte("j1"), []byte(`{"first":1,`+
			`"job":{"key":"j1","orderId":"o1","location":"shop","station":"grill","version":1,"kind":"kitchen",`+
			`"due":"2026-11-23T12:00:00Z","sequence":4,"state":"sent","copies":1,"sentAt":"2026-11-23T12:00:01Z","number":7,`+
			`"ticket":{"kind":"kitchen","language":"fr","lines":[],"after":[],"sequence":7,"printedAt":"2026-11-23T12:00:01Z"}}}`))
	})
	view(t, open(t, path), func(tx terminal.Tx) error {
		job, found, err := tx.Job("j1")
		if err != nil || !found || job.State != terminal.JobSent || job.Number != 7 || job.Ticket.Sequence != 7 || job.Marked != 0 || job.Released {
			t.Errorf("found %t, %+v, %v", found, job, err)
		}
		return nil
	})
}
