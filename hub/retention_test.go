package hub_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
	"comptoir/sync/wire"
)

const day = 24 * time.Hour

// A full resync of a location where 10,000 orders have ended carries what is hot; the API has all.
func TestResyncOfMany(t *testing.T) {
	const ended = 10_000
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.end(ended)
		pass(4 * day)
		w.start()
		for n := range 3 {
			w.fromDoorDash(example(t, "doordash-pickup", fmt.Sprint("p", n))).want(t, http.StatusAccepted)
		}
		resync := func(old bool) (carried int) {
			x := w.connect("counter-1")
			defer x.leave()
			x.old = old
			x.hello(nil)
			for {
				page := x.changes()
				if carried += len(page.Orders); page.Last {
					return carried
				}
			}
		}
		carried := resync(false)
		if carried != 3 {
			t.Errorf("the full resync carries %d orders, want the 3 open ones", carried)
		}
		if all := resync(true); all != ended+3 {
			t.Errorf("a terminal that cannot ask gets %d orders, want all", all)
		}
		listed := 0
		for next := "start"; next != ""; {
			var list struct {
				Orders []order.Order
				Next   string
			}
			w.shop(http.MethodGet, orders+"?limit=500&after="+strings.TrimPrefix(next, "start"), nil).into(t, http.StatusOK, &list)
			listed += len(list.Orders)
			next = list.Next
		}
		if listed != ended+3 {
			t.Errorf("the API lists %d orders, want %d", listed, ended+3)
		}
		t.Logf("of %d orders a full resync carries %d, and the API lists %d", ended+3, carried, listed)
	})
}

// end puts orders that have ended into the hub's file, and leaves the hub stopped.
func (w *world) end(n int) {
	t := w.t
	t.Helper()
	w.stop()
	log, err := orderlog.Open(filepath.Join(w.data, "hub.db"), orderlog.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for writer := range 64 { // they share commits
		group.Go(func() {
			for i := writer; i < n; i += 64 {
				o := order.Order{
					ID: order.Identity("ended", fmt.Sprint(i)), Location: "plateau", Revision: 3, Status: order.Completed, Reason: order.HandedOver,
					Number: fmt.Sprint(i), PlacedAt: time.Now(), CompletedAt: time.Now(), Currency: "CAD",
				}
				if _, err := log.Append(t.Context(), o, 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
}

// Who reads the log from its beginning comes to its end, although its first pages are below the
// horizon: a terminal that cannot ask, and the calls to platforms, after a restart as after a restore.
func TestBeginningBelowHorizon(t *testing.T) {
	const ended = 300 // more than two pages of either
	for name, again := range map[string]func(*world){
		"restart": (*world).restart,
		"restore": func(w *world) { w.restore(w.backup(), true) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, w *world) {
				w.end(ended)
				pass(40 * day)
				w.start()
				w.through("d1")
				pass(time.Minute)
				again(w)
				w.through("d2")
				pass(time.Minute)
				onlyOnce(t, taken(t, w.deliverect.Calls()), "d1", "d2")

				x := w.connect("counter-1")
				x.old = true
				x.hello(nil)
				carried := 0
				for last := false; !last; {
					page := x.changes()
					carried += len(page.Orders)
					last = page.Last
				}
				if carried != ended+2 {
					t.Errorf("a terminal that cannot ask gets %d orders, want all %d", carried, ended+2)
				}
			})
		})
	}
}

// A terminal comes back after so many days. Within the allowed absence it goes on where it was;
// beyond it there is a full resync, and either way it learns how each order ended, and what the hub
// says of its commands.
func TestLongAbsence(t *testing.T) {
	for _, days := range []int{20, 34, 36, 400} {
		t.Run(fmt.Sprint(days, " days"), func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, w *world) {
				a, b := w.till("counter-1"), w.till("counter-2")
				pass(time.Second)
				id := func(n int) string { return order.Identity(viaDoorDash, fmt.Sprint("p", n)) }
				for n := range 4 {
					w.fromDoorDash(example(t, "doordash-pickup", fmt.Sprint("p", n))).want(t, http.StatusAccepted)
					pass(time.Second)
				}
				a.cut(true)
				w.restart()
				pass(10 * time.Second)
				a.do(id(0), order.MarkReady) // the hub does not hear of it for long
				a.do(id(1), order.MarkReady)
				sold := a.sell()
				a.close()
				b.do(id(0), order.MarkReady, order.HandOver)
				b.do(id(2), order.MarkReady, order.HandOver)
				pass(2 * time.Hour)
				w.fromDoorDash(example(t, "doordash-pickup", "later")).want(t, http.StatusAccepted)
				pass(time.Second)
				b.do(order.Identity(viaDoorDash, "later"), order.MarkReady, order.HandOver)
				pass(time.Second)
				b.close()
				w.stop()
				pass(time.Duration(days) * day)

				w.start()
				a.cut(false)
				a.open()
				pass(time.Minute)
				for n, want := range []order.Status{order.Completed, order.Ready, order.Completed, order.Accepted} {
					if got := a.order(id(n)); got.Status != want || got.Revision != w.order(viaDoorDash, fmt.Sprint("p", n)).Revision {
						t.Errorf("order %d is %s at revision %d, want %s as at the hub", n, got.Status, got.Revision, want)
					}
				}
				var o order.Order
				w.shop(http.MethodGet, orders+"/"+sold, nil).into(t, http.StatusOK, &o)
				if len(a.service.Doubted())+len(a.pending())+len(a.less) > 0 {
					t.Errorf("in doubt: %q, pending: %+v, fell back: %q", a.service.Doubted(), a.pending(), a.less)
				}
				// the first order had gone: that is said, and not passed over
				if len(a.refused) != 1 || a.refused[0].Command.OrderID != id(0) || a.refused[0].Refused.Cause == order.UnknownOrder {
					t.Errorf("refused: %+v", a.refused)
				}
				if full := a.resynced() > 1; full != (days > 35) {
					t.Errorf("after %d days there were %d full resyncs", days, a.resynced())
				}
			})
		})
	}
}

// A terminal that has a cursor of nothing has nothing: it gets the hot set.
func TestCursorOfNothing(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		x := w.terminal("counter-1")
		cursor := x.changes().Cursor
		x.leave()
		synctest.Wait()
		cursor.Sequence = 0
		x = w.connect("counter-1")
		x.hello(&cursor)
		welcome := until(x, func(f wire.FromHub) *wire.Welcome { return f.Welcome })
		if !welcome.Answers || len(welcome.Full) != 1 || welcome.Full[0] != "plateau" {
			t.Errorf("welcome: answers %v, full %q", welcome.Answers, welcome.Full)
		}
		if page := x.changes(); !page.Full || !page.Last || len(page.Orders) != 1 {
			t.Errorf("changes: full %v, last %v, %d orders", page.Full, page.Last, len(page.Orders))
		}
	})
}

// A terminal hears nothing of another location's orders, and cannot put one there.
func TestHeldOfOthers(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x := w.terminal("counter-1")
		ask := func(o wire.HeldOrder) wire.Answer {
			x.send(wire.FromTerminal{Held: &wire.Held{Location: "plateau", Orders: []wire.HeldOrder{o}}})
			return until(x, func(f wire.FromHub) *wire.Answer { return f.Answer })
		}
		good := order.Order{ID: "o1", Location: "plateau", Revision: 2, Status: order.Accepted, Number: "A1", Currency: "CAD", PlacedAt: time.Now(), History: []order.Entry{
			{At: time.Now(), By: "demo", What: order.WasPlaced, Command: "c1"}, {At: time.Now(), By: "counter-2", What: order.WasAccepted, Command: "c2"},
		}}
		for name, change := range map[string]func(*order.Order){
			"of another location": func(o *order.Order) { o.Location = "elsewhere" },
			"with another id":     func(o *order.Order) { o.ID = "o2" },
			"that nobody placed":  func(o *order.Order) { o.History = nil },
			"of no revision":      func(o *order.Order) { o.Revision = 0 },
			"too large":           func(o *order.Order) { o.Note = strings.Repeat("x", wire.MaxFrame-2<<10) },
		} {
			bad := good
			change(&bad)
			if a := ask(wire.HeldOrder{ID: "o1", Order: encode(t, bad)}); len(a.Missing) != 1 || len(a.Orders) != 0 || !a.Done {
				t.Errorf("an order %s: %d missing, %d orders", name, len(a.Missing), len(a.Orders))
			}
		}
		if a := ask(wire.HeldOrder{ID: "o1", Order: []byte(`{"id":7}`)}); len(a.Missing) != 1 {
			t.Errorf("what is no order was taken: %+v", a)
		}
		if a := ask(wire.HeldOrder{ID: "o1"}); len(a.Missing) != 1 {
			t.Errorf("an unknown order: %+v", a)
		}
		if a := ask(wire.HeldOrder{ID: "o1", Order: encode(t, good)}); len(a.Orders) != 1 {
			t.Errorf("a good order was not taken: %+v", a)
		}
		// an order may have grown since it was placed
		grown := good.Clone()
		grown.ID, grown.Note = "o3", strings.Repeat("x", 2<<20)
		if a := ask(wire.HeldOrder{ID: "o3", Order: encode(t, grown)}); len(a.Orders) != 1 {
			t.Errorf("a large order was not taken: %q missing", a.Missing)
		}
		// what is older, or went on differently, changes nothing
		other := good.Clone()
		other.History[1].Command, other.Revision = "c3", 5
		older := good.Clone()
		older.Revision, older.History = 1, older.History[:1]
		for _, o := range []order.Order{older, other, good} {
			a := ask(wire.HeldOrder{ID: "o1", Order: encode(t, o)})
			if len(a.Orders) != 1 || !strings.Contains(string(a.Orders[0]), `"revision":2,`) || !strings.Contains(string(a.Orders[0]), `"c2"`) {
				t.Errorf("offered revision %d, the hub has %s", o.Revision, a.Orders)
			}
		}
		if o, err := w.hub.Orders().Order("o1"); err != nil || o.Revision != 2 || !o.Applied("c2") {
			t.Errorf("the order is at revision %d, error %v", o.Revision, err)
		}
		// a location that is not its own ends the connection
		x.send(wire.FromTerminal{Held: &wire.Held{Location: "elsewhere"}})
		x.gone()
	})
}

func TestRetentionConfig(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "[retention]\ncompleted_days = 7\nabsence_days = 60": "",
		"[retention]\ncompleted_days = 0":                    "retention.completed_days",
		"[retention]\nabsence_days = 4000":                   "1 to 3650",
		"[retention]\ncompleted_days = 10\nabsence_days = 5": "retention.absence_days",
		"[retention]\ndays = 10":                             "retention.days",
	} {
		config, _, err := load(t, menuDir(t), small+"\n"+text)
		if want == "" {
			if err != nil || config.Retention.Hot < 3*day {
				t.Errorf("%q: %v, error %v", text, config.Retention, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v does not say %q", text, err, want)
		}
	}
}
