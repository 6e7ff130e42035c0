package hub_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/hub"
	"comptoir/order"
	"comptoir/sandbox"
	"comptoir/sync/wire"
)

// taken lists what a platform took, in the order in which it came: "d1 20".
func taken(t *testing.T, calls []sandbox.Call) []string {
	t.Helper()
	var list []string
	for _, call := range calls {
		if call.Problem != "" {
			t.Errorf("%s %s: %s", call.Method, call.Path, call.Problem)
		}
		if call.Status/100 == 2 {
			list = append(list, fmt.Sprint(call.Body["orderId"], " ", call.Body["status"]))
		}
	}
	return list
}

// through carries an order from its webhook to the customer.
func (w *world) through(id string) {
	w.t.Helper()
	w.fromDeliverect(example(w.t, "deliverect-pickup", id)).want(w.t, http.StatusOK)
	for _, c := range []order.CommandType{order.Start, order.MarkReady, order.HandOver} {
		w.command(order.Identity(viaDeliverect, id), c).want(w.t, http.StatusOK)
	}
}

var whole = []string{"20", "70", "90"}

func onlyOnce(t *testing.T, got []string, ids ...string) {
	t.Helper()
	for _, id := range ids {
		var mine []string
		for _, call := range got {
			if status, is := strings.CutPrefix(call, id+" "); is {
				mine = append(mine, status)
			}
		}
		if !slices.Equal(mine, whole) {
			t.Errorf("of %s the platform took %v, want %v", id, mine, whole)
		}
	}
}

func TestCallsThroughFaults(t *testing.T) {
	faults := map[string]func(*world){
		"none":  func(*world) {},
		"500":   func(w *world) { w.deliverect.Fail(5, sandbox.Fault{Status: 500}) },
		"401":   func(w *world) { w.deliverect.Fail(2, sandbox.Fault{Status: 401}) },
		"302":   func(w *world) { w.deliverect.Fail(2, sandbox.Fault{Status: 302}) },
		"hangs": func(w *world) { w.deliverect.Fail(3, sandbox.Fault{}) },
		"refuses connections for a minute": func(w *world) {
			w.platforms.setDown(true)
			time.AfterFunc(time.Minute, func() { w.platforms.setDown(false) })
		},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, w *world) {
				fault(w)
				w.through("d1")
				w.through("d2")
				pass(30 * time.Second)
				if name == "refuses connections for a minute" && len(w.deliverect.Calls()) > 0 {
					t.Error("calls came through")
				}
				pass(10 * time.Minute)
				onlyOnce(t, taken(t, w.deliverect.Calls()), "d1", "d2")
				if n := w.metric(`comptoir_partner_calls_total{call="status_20",partner="deliverect",result="done"}`); n != 2 {
					t.Errorf("done is counted %d times, want 2", n)
				}
				if status, problems := w.health(); status != "ok" || len(problems) > 0 {
					t.Errorf("health is %s, %v", status, problems)
				}
				if list := w.waiting(); len(list) > 0 {
					t.Errorf("calls still wait: %+v", list)
				}
			})
		})
	}
}

// What no platform is to hear of costs no commit, and a hub that starts again reads it again: each
// platform still hears everything once.
func TestCallsBesideOwnOrders(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		own := func(id string) {
			w.shop(http.MethodPost, orders, []byte(strings.ReplaceAll(sale, "web-1", id))).want(t, http.StatusCreated)
		}
		at := []byte(w.config.Locations[0].ID)
		restarted := func(do func(reader *bbolt.Bucket) error) {
			w.stop()
			db, err := bbolt.Open(filepath.Join(w.data, hub.DataFile), 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			err = db.Update(func(tx *bbolt.Tx) error { return do(tx.Bucket([]byte("calls.reader"))) })
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
			w.start()
		}
		cursor := func() (stored wire.Cursor) {
			restarted(func(reader *bbolt.Bucket) error {
				if value := reader.Get(at); value != nil {
					return json.Unmarshal(value, &stored)
				}
				return nil
			})
			return stored
		}
		own("s1")
		pass(time.Second)
		if at := cursor(); at.Sequence != 0 {
			t.Errorf("the cursor was stored at %d for an order of the own shop", at.Sequence)
		}
		for i := range 150 { // more than a page
			own(fmt.Sprint("many-", i))
		}
		restarted(func(reader *bbolt.Bucket) error {
			return reader.Put(at, []byte(`{"epoch":"of a log before","sequence":1}`))
		})
		pass(time.Second)
		if begun := cursor(); begun.Epoch == "of a log before" || begun.Sequence < 128 {
			t.Errorf("the reader stands at %+v after the log was put back", begun)
		}
		w.through("d1")
		pass(time.Minute)
		known := cursor()
		if known.Sequence == 0 {
			t.Error("the cursor was not stored with a platform's calls")
		}
		own("s2")
		own("s3")
		pass(time.Second)
		if again := cursor(); again != known {
			t.Errorf("the cursor moved from %+v to %+v", known, again)
		}
		w.through("d2")
		pass(time.Minute)
		onlyOnce(t, taken(t, w.deliverect.Calls()), "d1", "d2")
	})
}

// A redirect comes from something between us and the platform, and what it leads to is no answer.
func TestRedirectedCall(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		deliverect := w.platforms.hosts["127.0.0.1:9201"]
		captive := true
		w.platforms.hosts["127.0.0.1:9201"] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			switch {
			case captive:
				captive = false
				http.Redirect(rw, r, "/login", http.StatusFound)
			case r.URL.Path == "/login":
				rw.WriteHeader(http.StatusOK)
			default:
				deliverect.ServeHTTP(rw, r)
			}
		})
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		pass(time.Minute)
		if got := taken(t, w.deliverect.Calls()); !slices.Equal(got, []string{"d1 20"}) {
			t.Errorf("the platform took %v", got)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.deliverect.Fail(1, sandbox.Fault{Status: 429, RetryAfter: 90})
		began := time.Now()
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		pass(89 * time.Second)
		if n := len(w.deliverect.Calls()); n != 1 {
			t.Errorf("%d calls before Retry-After was over, want 1", n)
		}
		pass(2 * time.Second)
		list := w.deliverect.Calls()
		if len(list) != 2 || list[1].At.Sub(began) < 90*time.Second {
			t.Errorf("calls: %+v", list)
		}
		if n := w.metric(`comptoir_partner_calls_total{call="status_20",partner="deliverect",result="again"}`); n != 1 {
			t.Errorf("again is counted %d times, want 1", n)
		}
	})
}

// TestBackoff: twice as long each time, up to Most.
func TestBackoff(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.deliverect.Fail(60, sandbox.Fault{Status: 503})
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		pass(30 * time.Minute)
		list := w.deliverect.Calls()
		for i := 1; i < len(list); i++ {
			most := min(time.Minute, time.Second<<min(i-1, 10))
			if gap := list[i].At.Sub(list[i-1].At); gap < most/2 || gap > most+time.Second {
				t.Errorf("retry %d came after %v, want %v less at most half of it", i, gap, most)
			}
		}
		if len(list) < 30 {
			t.Errorf("%d tries in half an hour", len(list))
		}
	})
}

// A platform that hangs holds up neither the other one nor the other orders.
func TestCallsApart(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.deliverect.Fail(1, sandbox.Fault{})
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		pass(time.Second)
		w.fromDeliverect(example(t, "deliverect-pickup", "d2")).want(t, http.StatusOK)
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		pass(time.Second)
		if got := taken(t, w.deliverect.Calls()); !slices.Equal(got, []string{"d2 20"}) {
			t.Errorf("Deliverect took %v", got)
		}
		if n := len(w.doordash.Calls()); n != 1 {
			t.Errorf("DoorDash got %d calls", n)
		}
	})
}

type waiting struct {
	ID, OrderID, Connection, Call, Problem string
	MadeAt                                 time.Time
	Attempts                               int
	Dead                                   bool
}

func (w *world) waiting() []waiting {
	w.t.Helper()
	var list struct{ Calls []waiting }
	w.shop(http.MethodGet, calls, nil).into(w.t, http.StatusOK, &list)
	return list.Calls
}

func TestDeadLetters(t *testing.T) {
	brief := func(w *world) { w.retry = hub.Retry{First: time.Second, Most: 10 * time.Second, For: time.Minute} }
	inBubble(t, brief, func(t *testing.T, w *world) {
		w.platforms.setDown(true)
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		pass(30 * time.Second)
		if list := w.waiting(); len(list) != 1 || list[0].Dead || list[0].Attempts < 3 || list[0].Call != "status_20" || !strings.Contains(list[0].Problem, "connection refused") {
			t.Errorf("while it is tried: %+v", list)
		}
		if status, _ := w.health(); status != "ok" {
			t.Errorf("health is %s while the call is tried", status)
		}
		pass(time.Minute)
		w.platforms.setDown(false)
		w.restart() // a dead letter is still one afterwards
		pass(time.Minute)
		list := w.waiting()
		if len(list) != 1 || !list[0].Dead || list[0].OrderID != order.Identity(viaDeliverect, "d1") || list[0].Connection != viaDeliverect {
			t.Fatalf("given up: %+v", list)
		}
		status, problems := w.health()
		if status != "degraded" || len(problems) != 1 || !strings.Contains(problems[0], "demo-deliverect did not take status_20") {
			t.Errorf("health is %s, %q", status, problems)
		}
		if strings.Contains(problems[0], "orderStatus") {
			t.Errorf("health tells an address: %q", problems[0])
		}

		// what comes after the dead letter goes on
		w.command(list[0].OrderID, order.MarkReady).want(t, http.StatusOK)
		pass(time.Second)
		if got := taken(t, w.deliverect.Calls()); !slices.Equal(got, []string{"d1 70"}) {
			t.Errorf("after the dead letter the platform took %v", got)
		}

		again := func(id string) answer { return w.shop(http.MethodPost, calls+"/again", map[string]string{"id": id}) }
		again("unknown").refused(t, http.StatusNotFound)
		w.shop(http.MethodPost, calls+"/again", []byte("{")).refused(t, http.StatusBadRequest)
		var group sync.WaitGroup
		answers := make(chan int, 8)
		for range cap(answers) {
			group.Go(func() { answers <- again(list[0].ID).status })
		}
		group.Wait()
		close(answers)
		taps := map[int]int{}
		for status := range answers {
			taps[status]++
		}
		if taps[http.StatusAccepted] != 1 || taps[http.StatusNotFound] != 7 {
			t.Errorf("8 taps at once: %v, want one accepted", taps)
		}
		pass(time.Second)
		w.restart()
		pass(time.Minute)
		if got := taken(t, w.deliverect.Calls()); !slices.Equal(got, []string{"d1 70", "d1 20"}) {
			t.Errorf("the platform took %v", got)
		}
		if status, problems := w.health(); status != "ok" {
			t.Errorf("health is %s, %v", status, problems)
		}
	})
}

// TestRefusedCall: what a platform will never take is a dead letter at once.
func TestRefusedCall(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.deliverect.Fail(1, sandbox.Fault{Status: 422})
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		pass(time.Second)
		if list := w.waiting(); len(list) != 1 || !list[0].Dead || list[0].Problem != "HTTP 422" {
			t.Errorf("got %+v", list)
		}
		if n := w.metric(`comptoir_partner_calls_total{call="status_20",partner="deliverect",result="dead"}`); n != 1 {
			t.Errorf("dead is counted %d times, want 1", n)
		}
	})
}

// TestCallsRestart stops the hub over and over while a platform is down, and while it is not.
func TestCallsRestart(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.platforms.setDown(true)
		w.through("d1")
		for range 3 {
			w.restart()
			pass(2 * time.Second)
		}
		w.platforms.setDown(false)
		w.restart()
		w.through("d2")
		pass(time.Minute)
		for range 3 {
			w.restart()
			pass(time.Minute)
		}
		onlyOnce(t, taken(t, w.deliverect.Calls()), "d1", "d2")
	})
}

// A connection that is taken out of the configuration keeps its calls, and somebody is told.
func TestConnectionGone(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.platforms.setDown(true)
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		pass(time.Second)
		w.stop()
		connections := w.config.Connections
		w.config.Connections = connections[1:]
		w.start()
		if status, problems := w.health(); status != "degraded" || len(problems) != 1 || !strings.Contains(problems[0], viaDeliverect) {
			t.Errorf("health is %s, %v", status, problems)
		}
		w.stop()
		w.config.Connections = connections
		w.platforms.setDown(false)
		w.start()
		pass(time.Minute)
		if got := taken(t, w.deliverect.Calls()); !slices.Equal(got, []string{"d1 20"}) {
			t.Errorf("the platform took %v", got)
		}
	})
}

// TestSettled: a confirmation that is answered "already processed" means that the order was
// accepted elsewhere, or, after the deadline, that DoorDash has given it up.
func TestSettled(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.terminal("counter-1")
		early := example(t, "doordash-pickup", "early")
		w.doordash.Remember(early)
		w.doordash.Settle("early")
		w.fromDoorDash(early).want(t, http.StatusAccepted)
		pass(time.Minute)
		if o := w.order(viaDoorDash, "early"); o.Status != order.Accepted || o.Revision != 2 {
			t.Errorf("accepted elsewhere: %s, revision %d", o.Status, o.Revision)
		}

		w.platforms.setDown(true)
		late := example(t, "doordash-pickup", "late")
		w.fromDoorDash(late).want(t, http.StatusAccepted)
		pass(4 * time.Minute)
		w.doordash.Settle("late")
		w.platforms.setDown(false)
		pass(2 * time.Minute)
		o := w.order(viaDoorDash, "late")
		if o.Status != order.Expired || o.KitchenVersion != 2 {
			t.Errorf("given up by DoorDash: %s, kitchen version %d; want expired, and a ticket that says so", o.Status, o.KitchenVersion)
		}
		if n := w.metric(`comptoir_partner_calls_total{call="confirm",partner="doordash",result="settled"}`); n != 2 {
			t.Errorf("settled is counted %d times, want 2", n)
		}
		if list := w.waiting(); len(list) > 0 {
			t.Errorf("calls still wait: %+v", list)
		}
	})
}

// TestCallsAtTheEnd: the hub that stops while a platform answers keeps the answer.
func TestCallsAtTheEnd(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		deliverect := w.platforms.hosts["127.0.0.1:9201"]
		stopping := make(chan struct{})
		w.platforms.hosts["127.0.0.1:9201"] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			deliverect.ServeHTTP(rw, r)
			<-stopping
			<-r.Context().Done()
		})
		w.platforms.late = true
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		pass(time.Second)
		close(stopping)
		w.restart()
		pass(time.Minute)
		if got := taken(t, w.deliverect.Calls()); !slices.Equal(got, []string{"d1 20"}) {
			t.Errorf("the platform took %v", got)
		}
	})
}
