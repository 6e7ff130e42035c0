package hub_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/order"
	"comptoir/partner/doordash"
	"comptoir/sandbox"
	"comptoir/shop"
	"comptoir/sync/wire"
)

const ordering = "/api/v1/locations/plateau/ordering"

func value[T any](v T) *T { return &v }

// counter is a terminal that knows orderings, and the ordering of its welcome.
func (w *world) counter(device string) (*terminal, wire.Ordering) {
	w.t.Helper()
	x := w.connect(device)
	x.send(wire.FromTerminal{Hello: &wire.Hello{Version: wire.Version, Orderings: true}})
	frame := x.next()
	if frame.Welcome == nil || len(frame.Welcome.Orderings) != 1 {
		w.t.Fatalf("the first frame is %s, want a welcome with an ordering", show(frame))
	}
	return x, frame.Welcome.Orderings[0]
}

// changeOrdering sends a change and waits for its result; the ordering came before it.
func (x *terminal) changeOrdering(c shop.Change) (wire.Result, []wire.Ordering) {
	x.t.Helper()
	if c.ID == "" {
		c.ID = newID()
	}
	x.send(wire.FromTerminal{Change: &wire.Change{Location: "plateau", Change: c}})
	var told []wire.Ordering
	result := until(x, func(f wire.FromHub) *wire.Result {
		if f.Ordering != nil {
			told = append(told, *f.Ordering)
		}
		return f.Result
	})
	return result, told
}

// mustChange is changeOrdering, for a change that must be taken.
func (x *terminal) mustChange(c shop.Change) []wire.Ordering {
	x.t.Helper()
	result, told := x.changeOrdering(c)
	if result.Refused != nil {
		x.t.Fatalf("refused: %+v", *result.Refused)
	}
	if len(told) == 0 {
		x.t.Fatal("the result came before the ordering")
	}
	return told
}

func pause(minutes int, channels ...string) shop.Change {
	return shop.Change{Channels: channels, Pause: &shop.Span{ForMinutes: minutes}}
}

// aboutStore are a stand-in's calls about its store, in short; none may be against its contract.
func aboutStore(t *testing.T, calls []sandbox.Call) (list []string) {
	t.Helper()
	for _, c := range calls {
		if c.Problem != "" {
			t.Errorf("%s %s: %s", c.Method, c.Path, c.Problem)
		}
		if c.Store {
			active, named := c.Body["isActive"]
			if !named {
				active = c.Body["is_active"]
			}
			list = append(list, fmt.Sprintf("%v %s %v", c.At.Sub(sandbox.Epoch).Round(time.Second), c.Path, active))
		}
	}
	return list
}

func wantCalls(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got calls\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A pause holds, over a restart of the hub, until its end, and its platform hears of both.
func TestPause(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x, before := w.counter("counter-1")
		if len(before.Ordering.Channels) != 0 || len(before.Reports) != 0 {
			t.Errorf("at first: %+v", before)
		}
		other, _ := w.counter("counter-2")
		x.mustChange(pause(30, viaDoorDash))
		if told := until(other, func(f wire.FromHub) *wire.Ordering { return f.Ordering }); !told.Ordering.Channels[viaDoorDash].PausedUntil.Value.Equal(sandbox.Epoch.Add(30 * time.Minute)) {
			t.Errorf("the other terminal heard %+v", told)
		}
		pass(10 * time.Minute)
		if s := w.doordash.Store(); !s.Paused || !s.Until.Equal(sandbox.Epoch.Add(30*time.Minute)) {
			t.Errorf("DoorDash knows %+v", s)
		}
		// an order that comes all the same is taken as ever
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		if o := w.order(viaDoorDash, "x1"); o.Status != order.Accepted {
			t.Errorf("an order that came during the pause is %s", o.Status)
		}
		w.restart()
		_, after := w.counter("counter-1")
		if c := after.Ordering.Channels[viaDoorDash]; !c.PausedUntil.Value.Equal(sandbox.Epoch.Add(30*time.Minute)) || c.PausedUntil.By != "counter-1" {
			t.Errorf("after the restart: %+v", after)
		}
		if r := after.Reports[viaDoorDash]; r.State != shop.Told {
			t.Errorf("after the restart the report is %+v", r)
		}
		pass(19 * time.Minute)
		if !w.doordash.Store().Paused {
			t.Error("the pause ended early")
		}
		pass(2 * time.Minute)
		wantCalls(t, aboutStore(t, w.doordash.Calls()),
			"0s /api/v1/stores/plateau/status false", "30m0s /api/v1/stores/plateau/status true")
		wantCalls(t, aboutStore(t, w.deliverect.Calls()))
		pass(24 * time.Hour)
		if n := len(aboutStore(t, w.doordash.Calls())); n != 2 {
			t.Errorf("%d calls a day later", n)
		}
	})
}

// The hub was down when the pause ended: the platform hears of the end at the start.
func TestPauseEndsWhileDown(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x, _ := w.counter("counter-1")
		x.mustChange(pause(30, viaDeliverect, shop.OwnShop))
		pass(time.Minute)
		w.stop()
		pass(time.Hour)
		if !w.deliverect.Store().Paused {
			t.Fatal("Deliverect is not paused")
		}
		w.start()
		pass(2 * time.Second)
		if w.deliverect.Store().Paused {
			t.Error("Deliverect is still paused")
		}
	})
}

func TestPauseEndedByHand(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x, _ := w.counter("counter-1")
		x.mustChange(pause(60, viaDoorDash, viaDeliverect, shop.OwnShop))
		pass(5 * time.Minute)
		x.mustChange(shop.Change{Channels: []string{viaDoorDash, viaDeliverect, shop.OwnShop}, Pause: &shop.Span{}})
		pass(2 * time.Hour)
		wantCalls(t, aboutStore(t, w.doordash.Calls()),
			"0s /api/v1/stores/plateau/status false", "5m0s /api/v1/stores/plateau/status true")
		wantCalls(t, aboutStore(t, w.deliverect.Calls()),
			"0s /updateStoreStatus/demo-location false", "5m0s /updateStoreStatus/demo-location true")
	})
}

func TestBusy(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x, _ := w.counter("counter-1")
		x.mustChange(shop.Change{Busy: &shop.BusyChange{Minutes: 15, Span: shop.Span{ForMinutes: 60}}})
		minutes := func(id string, want int) {
			t.Helper()
			w.fromDeliverect(example(t, "deliverect-pickup", id)).want(t, http.StatusOK)
			if o := w.order(viaDeliverect, id); o.PreparationMinutes != want {
				t.Errorf("%s takes %d minutes, want %d", id, o.PreparationMinutes, want)
			}
		}
		pass(59 * time.Minute)
		minutes("d1", 35)
		w.shop(http.MethodPost, orders, []byte(sale)).want(t, http.StatusCreated)
		if o := w.order("shop", "plateau", "web-1"); o.PreparationMinutes != 35 {
			t.Errorf("the own shop's takes %d minutes", o.PreparationMinutes)
		}
		if got := w.deliverect.Store().PreparationMinutes; got != 35 {
			t.Errorf("Deliverect knows %d minutes", got)
		}
		pass(2 * time.Minute)
		minutes("d2", 20)
		if got := w.deliverect.Store().PreparationMinutes; got != 20 {
			t.Errorf("afterwards Deliverect knows %d minutes", got)
		}
		wantCalls(t, aboutStore(t, w.doordash.Calls())) // it has no call for it
		x.mustChange(shop.Change{Channels: []string{viaDeliverect}, PreparationMinutes: value(25)})
		minutes("d3", 25)
	})
}

func TestAcceptByHand(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x, _ := w.counter("counter-1")
		x.mustChange(shop.Change{Channels: []string{viaDeliverect}, AutoAccept: value(false)})
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		w.restart()
		x, _ = w.counter("counter-1")
		pass(time.Minute)
		if o := w.order(viaDeliverect, "d1"); o.Status != order.New {
			t.Errorf("an order to accept by hand is %s", o.Status)
		}
		if o := w.order(viaDoorDash, "x1"); o.Status != order.Accepted {
			t.Errorf("the other channel's is %s", o.Status)
		}
		x.mustChange(shop.Change{Channels: []string{viaDeliverect}, AutoAccept: value(true)})
		synctest.Wait()
		if o := w.order(viaDeliverect, "d1"); o.Status != order.Accepted {
			t.Errorf("once it is by itself again, the order is %s", o.Status)
		}
	})
}

// More orders than the maximum wait, ring, and are neither lost nor rejected.
func TestMaximum(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x, _ := w.counter("counter-1")
		x.mustChange(shop.Change{Maximum: value(2)})
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() { w.fromDeliverect(example(t, "deliverect-pickup", fmt.Sprint("d", i))) })
		}
		all.Wait()
		accepted := func() (n int) {
			for _, o := range w.listed() {
				if o.Status == order.Accepted {
					n++
				}
			}
			return n
		}
		if n := accepted(); n != 2 {
			t.Errorf("%d orders were accepted by themselves, want 2", n)
		}
		// a person may accept as many as they like, and what they accept counts
		for _, o := range w.listed() {
			if o.Status == order.New {
				w.command(o.ID, order.Accept).want(t, http.StatusOK)
				break
			}
		}
		pass(14 * time.Minute)
		if n := accepted(); n != 3 {
			t.Errorf("14 minutes later %d are accepted", n)
		}
		pass(2 * time.Minute)
		if n := accepted(); n != 5 {
			t.Errorf("in the next quarter %d are accepted, want 2 more", n)
		}
		pass(15 * time.Minute)
		if n := accepted(); n != 6 || len(w.listed()) != 6 {
			t.Errorf("in the end %d of %d are accepted", n, len(w.listed()))
		}
	})
}

// A platform that waits for an answer gets a yes before its deadline: the maximum may make an
// order wait, and never costs it. What is for tonight is not of this quarter.
func TestMaximumAndDeadline(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x, _ := w.counter("counter-1")
		x.mustChange(shop.Change{Maximum: value(1)})
		for _, id := range []string{"x1", "x2"} {
			w.fromDoorDash(example(t, "doordash-pickup", id)).want(t, http.StatusAccepted)
		}
		tonight := time.Now().Add(8 * time.Hour).UTC().Format(time.RFC3339)
		w.fromDoorDash(example(t, "doordash-pickup", "x3", set(tonight, "order", "estimated_pickup_time"))).want(t, http.StatusAccepted)
		if a, b, c := w.order(viaDoorDash, "x1"), w.order(viaDoorDash, "x2"), w.order(viaDoorDash, "x3"); a.Status != order.Accepted || b.Status != order.New || c.Status != order.Accepted {
			t.Errorf("%s, %s, %s; want accepted, new, accepted", a.Status, b.Status, c.Status)
		}
		pass(3*time.Minute - 14*time.Second)
		if o := w.order(viaDoorDash, "x2"); o.Status != order.Accepted {
			t.Errorf("14 s before the deadline: %s %s", o.Status, o.Reason)
		}
		aboutStore(t, w.doordash.Calls())
	})
}

func TestOutOfStock(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x, _ := w.counter("counter-1")
		x.mustChange(shop.Change{Item: "BRG-01", Stock: &shop.StockChange{Out: true, Span: shop.Span{Tomorrow: true}}})
		x.mustChange(shop.Change{Item: "BOI-01", Stock: &shop.StockChange{Out: true}})
		pass(time.Second)
		if dd, dlv := w.doordash.Store().Out, w.deliverect.Store().Out; len(dd) != 2 || len(dlv) != 2 || dlv["BRG-01"].In(time.UTC).Hour() != 9 {
			t.Errorf("DoorDash knows %v, Deliverect %v", dd, dlv)
		}
		// the platform let one through: it is taken, and marked
		w.shop(http.MethodPost, orders, []byte(sale)).want(t, http.StatusCreated)
		o := w.order("shop", "plateau", "web-1")
		if !o.Lines[0].OutOfStock || o.Lines[1].OutOfStock || o.Status != order.Accepted {
			t.Errorf("got %s with %+v", o.Status, o.Lines)
		}
		pass(24 * time.Hour)
		if dd, dlv := w.doordash.Store().Out, w.deliverect.Store().Out; len(dd) != 1 || len(dlv) != 1 {
			t.Errorf("a day later DoorDash knows %v, Deliverect %v", dd, dlv)
		}
		x.mustChange(shop.Change{Item: "BOI-01", Stock: &shop.StockChange{}})
		pass(time.Second)
		if dd, dlv := w.doordash.Store().Out, w.deliverect.Store().Out; len(dd)+len(dlv) != 0 {
			t.Errorf("set back, and DoorDash knows %v, Deliverect %v", dd, dlv)
		}
		aboutStore(t, w.doordash.Calls())
		aboutStore(t, w.deliverect.Calls())
	})
}

// What the platform does not answer is tried again and said; a pause that is over by then is not
// sent at all.
func TestPlatformDown(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x, _ := w.counter("counter-1")
		w.platforms.setDown(true)
		first := x.mustChange(pause(10, viaDoorDash)) // the call is made at once, and may fail before the result
		pass(time.Minute)
		report := func() shop.Report {
			t.Helper()
			r := first[len(first)-1].Reports[viaDoorDash]
			for _, f := range x.told() {
				if f.Ordering != nil {
					r = f.Ordering.Reports[viaDoorDash]
				}
			}
			return r
		}
		if r := report(); r.State != shop.Unanswered || r.About != "store_pause" || !strings.Contains(r.Detail, "connection refused") {
			t.Errorf("got %+v", r)
		}
		pass(10 * time.Minute)
		w.platforms.setDown(false)
		pass(2 * time.Minute)
		if got := aboutStore(t, w.doordash.Calls()); len(got) != 1 || !strings.HasSuffix(got[0], "true") {
			t.Errorf("DoorDash got %v, want the end of the pause alone", got)
		}
		if r := report(); r.State != shop.Told {
			t.Errorf("in the end: %+v", r)
		}
	})
}

// What the platform refuses is said, until something else is to be told.
func TestPlatformRefuses(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x, _ := w.counter("counter-1")
		w.doordash.Fail(1, sandbox.Fault{Status: http.StatusBadRequest})
		x.mustChange(pause(60, viaDoorDash))
		pass(time.Second)
		var held struct {
			shop.Held
			Reports map[string]shop.Report
		}
		w.shop(http.MethodGet, ordering, nil).into(t, http.StatusOK, &held)
		if r := held.Reports[viaDoorDash]; r.State != shop.RefusedByPlatform || r.About != "store_pause" || r.Detail != "HTTP 400" {
			t.Errorf("got %+v", r)
		}
		if status, problems := w.health(); status != "degraded" || len(problems) != 1 || !strings.Contains(problems[0], "store_pause") {
			t.Errorf("health is %s: %v", status, problems)
		}
		w.restart() // it is not forgotten
		x, welcome := w.counter("counter-1")
		if r := welcome.Reports[viaDoorDash]; r.State != shop.RefusedByPlatform {
			t.Errorf("after a restart: %+v", r)
		}
		x.mustChange(shop.Change{Channels: []string{viaDoorDash}, Pause: &shop.Span{}})
		pass(time.Second)
		w.shop(http.MethodGet, ordering, nil).into(t, http.StatusOK, &held)
		if r := held.Reports[viaDoorDash]; r.State != shop.Told {
			t.Errorf("after the next call: %+v", r)
		}
		if status, problems := w.health(); status != "ok" {
			t.Errorf("health is %s: %v", status, problems)
		}
	})
}

// A platform without what its calls need hears nothing, and nobody says that it knows; with it, it
// hears what still holds.
func TestNothingToTellBy(t *testing.T) {
	var whole doordash.Config
	unset := func(w *world) {
		whole = w.config.Connections[1].Settings.(doordash.Config)
		without := whole
		without.StoreID = ""
		w.adapt(without)
	}
	inBubble(t, unset, func(t *testing.T, w *world) {
		x, _ := w.counter("counter-1")
		if told := x.mustChange(pause(60, viaDoorDash)); len(told[len(told)-1].Reports) != 0 {
			t.Errorf("got reports %+v", told)
		}
		pass(time.Minute)
		wantCalls(t, aboutStore(t, w.doordash.Calls()))
		w.stop()
		w.adapt(whole)
		w.start()
		pass(2 * time.Second)
		if !w.doordash.Store().Paused {
			t.Error("with its store's id DoorDash does not hear of the pause that holds")
		}
	})
}

// adapt gives the DoorDash connection other settings.
func (w *world) adapt(settings doordash.Config) {
	w.t.Helper()
	adapter, err := doordash.New(settings)
	if err != nil {
		w.t.Fatal(err)
	}
	w.config.Connections[1].Settings, w.config.Connections[1].Adapter = settings, adapter
}

// An older terminal never gets a frame that it does not know, and the same change is one change.
func TestOrderingFrames(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		old := w.terminal("counter-2")
		x, _ := w.counter("counter-1")
		c := pause(30, viaDoorDash)
		c.ID, c.At = "one", time.Now()
		x.mustChange(c)
		pass(time.Minute)
		x.mustChange(shop.Change{Channels: []string{viaDoorDash}, Pause: &shop.Span{}})
		pass(time.Minute)
		if result, told := x.changeOrdering(c); result.Refused != nil || len(told) > 1 || len(told) == 1 && !told[0].Ordering.Channels[viaDoorDash].PausedUntil.Value.IsZero() {
			// one frame at most: the report of the resume, unless that came before the former result
			t.Errorf("the first change again: %+v, %+v", result, told)
		}
		if result, _ := x.changeOrdering(pause(30, "uber")); result.Refused == nil || result.Refused.Kind != order.NotFound {
			t.Errorf("an unknown channel: %+v", result)
		}
		x.send(wire.FromTerminal{Change: &wire.Change{Location: "elsewhere", Change: shop.Change{ID: "two", Maximum: value(1)}}})
		if r := until(x, func(f wire.FromHub) *wire.Result { return f.Result }); r.Command != "two" || r.Refused == nil {
			t.Errorf("another location's: %+v", r)
		}
		for _, f := range old.told() {
			if f.Ordering != nil {
				t.Error("a terminal that does not know orderings got one")
			}
		}
	})
}

func TestOrderingAPI(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		doc := document(t, w)
		schema := resolve(doc, "#/components/schemas/Ordering")
		fits := func(a answer) {
			t.Helper()
			var value any
			if err := json.Unmarshal(a.body, &value); err != nil {
				t.Fatal(err)
			}
			for _, wrong := range check(doc, schema, value, "Ordering") {
				t.Error(wrong)
			}
		}
		first := w.shop(http.MethodGet, ordering, nil)
		first.want(t, http.StatusOK)
		fits(first)
		w.shop(http.MethodPost, ordering, []byte(`{"id":"1","channels":["demo-doordash"],"pause":{"minutes":30},"busy":{"extraMinutes":10,"minutes":60},"maximum":4,"item":"BRG-01","stock":{"out":true,"tomorrow":true}}`)).want(t, http.StatusOK)
		pass(time.Second)
		whole := w.shop(http.MethodGet, ordering, nil)
		fits(whole)
		var held shop.Held
		whole.into(t, http.StatusOK, &held)
		if c, _ := held.Channel(viaDoorDash); held.BusyMinutes != 10 || held.Maximum != 4 || !held.Out("BRG-01") || c.PausedUntil.IsZero() {
			t.Errorf("got %+v", held)
		}
		for body, status := range map[string]int{
			`{`: 400, `{"id":"2"}`: 400, `{"maximum":4}`: 400, `{"id":"2","maximum":"x"}`: 400,
			`{"id":"2","channels":["x"],"pause":{}}`: 404, `{"id":"2","item":"X","stock":{"out":true}}`: 404,
		} {
			w.shop(http.MethodPost, ordering, []byte(body)).refused(t, status)
		}
		w.post(ordering, []byte(`{"id":"3","maximum":1}`)).want(t, http.StatusUnauthorized)
	})
}
