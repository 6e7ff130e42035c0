package hub_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"comptoir/order"
)

func TestWebhookRefused(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		good := example(t, "deliverect-pickup", "d1")
		dash := example(t, "doordash-pickup", "x1")
		items := func(change func(map[string]any)) []byte {
			return example(t, "deliverect-pickup", "d1", func(m map[string]any) {
				change(m["items"].([]any)[0].(map[string]any))
			})
		}
		bearer := []string{"Authorization", "Bearer doordash-secret"}
		large := slices.Concat([]byte(`{"_id":"d1","note":"`), bytes.Repeat([]byte("x"), 1<<20), []byte(`"}`))
		tests := []struct {
			name    string
			path    string
			body    []byte
			header  []string // nil: Deliverect's right signature
			status  int
			counted [2]string
			says    string
		}{
			{"no signature", deliverectWebhook, good, []string{}, 401, [2]string{"deliverect", "bad_signature"}, "signature"},
			{"signature of another body", deliverectWebhook, good, []string{"X-Server-Authorization-HMAC-SHA256", sign(dash)}, 401, [2]string{"deliverect", "bad_signature"}, ""},
			{"signature that is no hex", deliverectWebhook, good, []string{"X-Server-Authorization-HMAC-SHA256", "zz"}, 401, [2]string{"deliverect", "bad_signature"}, ""},
			{"no authorization", doordashWebhook, dash, []string{}, 401, [2]string{"doordash", "bad_signature"}, ""},
			{"wrong authorization", doordashWebhook, dash, []string{"Authorization", "Bearer other"}, 401, [2]string{"doordash", "bad_signature"}, ""},
			{"broken and unsigned", deliverectWebhook, []byte("{"), []string{}, 401, [2]string{"deliverect", "bad_signature"}, ""},
			{"unknown partner", "/partners/ubereats/demo-deliverect/orders", good, nil, 404, [2]string{"unknown", "unknown"}, "no such partner"},
			{"unknown connection", "/partners/deliverect/other/orders", good, nil, 404, [2]string{"deliverect", "unknown"}, ""},
			{"connection of another partner", "/partners/doordash/demo-deliverect/orders", good, nil, 404, [2]string{"doordash", "unknown"}, ""},
			{"large", deliverectWebhook, large, nil, 413, [2]string{"deliverect", "bad_body"}, "1 MiB"},
			{"empty", deliverectWebhook, nil, nil, 400, [2]string{"deliverect", "bad_body"}, "unexpected end"},
			{"broken", deliverectWebhook, []byte(`{"_id":`), nil, 400, [2]string{"deliverect", "bad_body"}, "unexpected end"},
			{"a list", deliverectWebhook, []byte(`[]`), nil, 400, [2]string{"deliverect", "bad_body"}, "array"},
			{"more after it", deliverectWebhook, append(slices.Clone(good), "{}"...), nil, 400, [2]string{"deliverect", "bad_body"}, "after top-level value"},
			{"wrong type", deliverectWebhook, items(set("2", "quantity")), nil, 400, [2]string{"deliverect", "bad_body"}, "items.quantity"},
			{"half an item", deliverectWebhook, items(set(1.5, "quantity")), nil, 400, [2]string{"deliverect", "bad_body"}, "items.quantity"},
			{"negative quantity", deliverectWebhook, items(set(-1, "quantity")), nil, 400, [2]string{"deliverect", "bad_body"}, "quantity"},
			{"no quantity", deliverectWebhook, items(set(nil, "quantity")), nil, 400, [2]string{"deliverect", "bad_body"}, "quantity"},
			{"huge quantity", deliverectWebhook, items(set(10_000, "quantity")), nil, 400, [2]string{"deliverect", "bad_body"}, "quantity"},
			{"quantity beyond integers", deliverectWebhook, items(set(1e30, "quantity")), nil, 400, [2]string{"deliverect", "bad_body"}, "quantity"},
			{"huge price", deliverectWebhook, items(set(int64(1)<<62, "price")), nil, 400, [2]string{"deliverect", "bad_body"}, "amount"},
			{"no name", deliverectWebhook, items(set("", "name")), nil, 400, [2]string{"deliverect", "bad_body"}, "name"},
			{"no items", deliverectWebhook, example(t, "deliverect-pickup", "d1", set([]any{}, "items")), nil, 400, [2]string{"deliverect", "bad_body"}, "no lines"},
			{"no identity", deliverectWebhook, example(t, "deliverect-pickup", "d1", set("", "_id")), nil, 400, [2]string{"deliverect", "bad_body"}, "_id"},
			{"unknown type of order", deliverectWebhook, example(t, "deliverect-pickup", "d1", set(6, "orderType")), nil, 400, [2]string{"deliverect", "bad_body"}, "orderType"},
			{"a time that is none", deliverectWebhook, example(t, "deliverect-pickup", "d1", set("soon", "pickupTime")), nil, 400, [2]string{"deliverect", "bad_body"}, "pickupTime"},
			{"cancellation of nothing", deliverectWebhook, []byte(`{"_id":"nothing","status":100}`), nil, 404, [2]string{"deliverect", "unknown"}, "no order"},
			{"broken order of DoorDash", doordashWebhook, []byte(`{"event":{"type":"OrderCreate"},"order":{"id":5}}`), bearer, 400, [2]string{"doordash", "bad_body"}, "id"},
			{"no order of DoorDash", doordashWebhook, []byte(`{"event":{"type":"OrderCreate"}}`), bearer, 400, [2]string{"doordash", "bad_body"}, "order"},
			{"no event and no identity", doordashWebhook, []byte(`{}`), bearer, 400, [2]string{"doordash", "bad_body"}, "external_order_id"},
			{"DoorDash cancels nothing", doordashWebhook, []byte(`{"external_order_id":"nothing"}`), bearer, 404, [2]string{"doordash", "unknown"}, "no order"},
			{"DoorDash changes nothing", doordashWebhook, example(t, "doordash-pickup", "nothing", set("OrderAdjustment", "event", "type")), bearer, 404, [2]string{"doordash", "unknown"}, "no order"},
		}
		for _, tt := range tests {
			before := w.webhooks(tt.counted[0], tt.counted[1])
			header := tt.header
			if header == nil {
				header = []string{"X-Server-Authorization-HMAC-SHA256", sign(tt.body)}
			}
			_, message := w.post(tt.path, tt.body, header...).refused(t, tt.status)
			if !strings.Contains(message, tt.says) {
				t.Errorf("%s: got %q, want %q in it", tt.name, message, tt.says)
			}
			if after := w.webhooks(tt.counted[0], tt.counted[1]); after != before+1 {
				t.Errorf("%s: %v was counted %d times, want once", tt.name, tt.counted, after-before)
			}
		}
		if list := w.listed(); len(list) > 0 {
			t.Errorf("%d orders were stored", len(list))
		}
		pass(time.Minute)
		if n := len(w.deliverect.Calls()) + len(w.doordash.Calls()); n > 0 {
			t.Errorf("%d calls were made to platforms", n)
		}
	})
}

// TestBodies sends what the table above cannot: bodies without a length, and bodies that stop.
func TestBodies(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		good := example(t, "deliverect-pickup", "d1")
		spaces := bytes.Repeat([]byte(" "), 1<<20)
		send := func(body io.Reader, signed []byte) answer {
			r := httptest.NewRequest(http.MethodPost, deliverectWebhook, body)
			r.ContentLength = -1
			r.Header.Set("X-Server-Authorization-HMAC-SHA256", sign(signed))
			return w.serve(r)
		}
		send(io.MultiReader(bytes.NewReader(good), bytes.NewReader(spaces)), good).want(t, http.StatusRequestEntityTooLarge)
		send(broken{bytes.NewReader(good)}, good).want(t, http.StatusBadRequest)
		if n := w.webhooks("deliverect", "bad_body"); n != 2 {
			t.Errorf("bad_body was counted %d times, want twice", n)
		}
		exact := append(slices.Clone(good), spaces[:1<<20-len(good)]...)
		send(bytes.NewReader(exact), exact).want(t, http.StatusOK)

		// half a body, and then silence
		conn, err := w.line.Dial(context.Background(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: hub\r\nContent-Length: 100\r\n\r\n{\"_id\":", deliverectWebhook); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusBadRequest {
			t.Errorf("a body that stops: HTTP %d, want 400", response.StatusCode)
		}
		if len(w.listed()) != 1 {
			t.Errorf("%d orders, want the one that came whole", len(w.listed()))
		}
	})
}

func TestSections(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		want := map[int]order.FulfillmentType{1: order.Pickup, 2: order.Delivery, 3: order.Counter, 4: order.Curbside, 5: order.Curbside}
		for number, section := range want {
			id := fmt.Sprint("type", number)
			w.fromDeliverect(example(t, "deliverect-pickup", id, set(number, "orderType"))).want(t, http.StatusOK)
			if got := w.order(viaDeliverect, id).Fulfillment.Type; got != section {
				t.Errorf("Deliverect's order type %d: got %s, want %s", number, got, section)
			}
		}
		for word, section := range map[string]order.FulfillmentType{
			"pickup": order.Pickup, "dx_delivery": order.Delivery, "mx_fleet_delivery": order.Delivery,
		} {
			w.fromDoorDash(example(t, "doordash-pickup", word, set(word, "order", "fulfillment_type"))).want(t, http.StatusAccepted)
			if got := w.order(viaDoorDash, word).Fulfillment.Type; got != section {
				t.Errorf("DoorDash's %s: got %s, want %s", word, got, section)
			}
		}
	})
}

// TestPlaced checks what the hub makes of an order: identity, location, preparation, channel,
// categories and stations.
func TestPlaced(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		body := example(t, "deliverect-pickup", "d1",
			set(99_999, "channel"), set("another-store", "location"), set("another-store", "posLocationId"), set(map[string]any{"new": true}, "surprise"))
		w.fromDeliverect(body).want(t, http.StatusOK)
		o := w.order(viaDeliverect, "d1")
		if o.Location != "plateau" || o.Connection != viaDeliverect || o.Reference != "d1" || o.PreparationMinutes != 20 || o.Currency != "CAD" {
			t.Errorf("got %+v", o)
		}
		if o.Channel != "Deliverect" {
			t.Errorf("the channel without a name is %q, want Deliverect", o.Channel)
		}
		type where struct{ category, station string }
		want := map[string]where{
			"BRG-01": {"Burgers", "grill"}, "GRL-01": {"Grillades", "grill"}, "BOI-01": {"Boissons", "bar"},
			"SPC-77": {"", "grill"}, // in no menu, and Deliverect sends no category
		}
		for _, l := range o.Lines {
			if got := (where{l.Category, l.Station}); got != want[l.PLU] {
				t.Errorf("%s: got %+v, want %+v", l.PLU, got, want[l.PLU])
			}
		}
		if o.Lines[1].Name != "Bœuf grillé à point" || o.Lines[1].Note != "Allergie sévère : arachides et noix" {
			t.Errorf("line %+v is not as the platform sent it", o.Lines[1])
		}

		w.fromDeliverect(example(t, "deliverect-pickup", "d2", set(7, "channel"))).want(t, http.StatusOK)
		if got := w.order(viaDeliverect, "d2").Channel; got != "Uber Eats" {
			t.Errorf("channel 7 is %q, want Uber Eats", got)
		}

		// DoorDash: by merchant_supplied_id, else the payload's category
		w.fromDoorDash(example(t, "doordash-pickup", "x1", func(m map[string]any) {
			category := m["order"].(map[string]any)["categories"].([]any)[1].(map[string]any)
			category["name"] = "Boissons"
			category["items"].([]any)[0].(map[string]any)["merchant_supplied_id"] = "SPC-1"
			first := m["order"].(map[string]any)["categories"].([]any)[0].(map[string]any)
			first["name"] = "Promotions" // the menu knows better
		})).want(t, http.StatusAccepted)
		o = w.order(viaDoorDash, "x1")
		for i, want := range []where{{"Burgers", "grill"}, {"Boissons", "bar"}} {
			if got := (where{o.Lines[i].Category, o.Lines[i].Station}); got != want {
				t.Errorf("DoorDash's line %d: got %+v, want %+v", i+1, got, want)
			}
		}
		if got, want := o.AcceptBy, time.Now().Add(3*time.Minute); !got.Equal(want) {
			t.Errorf("accept by %v, want %v", got, want)
		}
	})
}

func TestRepeatedWebhook(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		body := example(t, "doordash-pickup", "x1")
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				if a := w.fromDoorDash(body); a.status != http.StatusAccepted {
					t.Errorf("HTTP %d: %s", a.status, a.body)
				}
			})
		}
		group.Wait()
		first := w.order(viaDoorDash, "x1")
		pass(time.Minute)
		w.fromDoorDash(body).want(t, http.StatusAccepted)
		w.fromDoorDash(body).want(t, http.StatusAccepted)
		list := w.listed()
		if len(list) != 1 || list[0].Revision != first.Revision {
			t.Errorf("%d orders, revision %d, want one of revision %d", len(list), list[0].Revision, first.Revision)
		}
		if got := w.webhooks("doordash", "accepted"); got != 1 {
			t.Errorf("accepted %d, want 1", got)
		}
		if got := w.webhooks("doordash", "repeated"); got != 17 {
			t.Errorf("repeated %d, want 17", got)
		}
		if n := len(w.doordash.Calls()); n != 1 {
			t.Errorf("%d calls to DoorDash, want the one confirmation", n)
		}
	})
}

func TestDeliverectCancels(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		ended := func(id string, status order.Status, reason order.Reason) {
			t.Helper()
			if o := w.order(viaDeliverect, id); o.Status != status || o.Reason != reason {
				t.Errorf("%s is %s, %s; want %s, %s", id, o.Status, o.Reason, status, reason)
			}
		}
		w.fromDeliverect(example(t, "deliverect-pickup", "known")).want(t, http.StatusOK)
		// nothing but the identity must do
		cancel := []byte(`{"_id":"known","status":100}`)
		w.fromDeliverect(cancel).want(t, http.StatusOK)
		ended("known", order.Completed, order.CancelledByPartner)
		revision := w.order(viaDeliverect, "known").Revision
		w.fromDeliverect(cancel).want(t, http.StatusOK)
		w.fromDeliverect(example(t, "deliverect-cancel", "known")).want(t, http.StatusOK)
		if got := w.order(viaDeliverect, "known").Revision; got != revision {
			t.Errorf("repeated cancellations made revision %d of %d", got, revision)
		}

		// the cancellation first, and the late order finds itself cancelled
		w.fromDeliverect(example(t, "deliverect-cancel", "early")).want(t, http.StatusOK)
		ended("early", order.Completed, order.CancelledByPartner)
		w.fromDeliverect(example(t, "deliverect-pickup", "early")).want(t, http.StatusOK)
		ended("early", order.Completed, order.CancelledByPartner)
		if v := w.order(viaDeliverect, "early").KitchenVersion; v != 0 {
			t.Errorf("a kitchen heard of it: version %d", v)
		}

		// after it has left the counter
		w.fromDeliverect(example(t, "deliverect-pickup", "gone")).want(t, http.StatusOK)
		id := order.Identity(viaDeliverect, "gone")
		w.command(id, order.MarkReady).want(t, http.StatusOK)
		w.command(id, order.HandOver).want(t, http.StatusOK)
		w.fromDeliverect(example(t, "deliverect-cancel", "gone")).want(t, http.StatusOK)
		ended("gone", order.Completed, order.HandedOver)
		history := w.order(viaDeliverect, "gone").History
		if last := history[len(history)-1]; last.What != order.WasCancelledByPartner || !last.Contradicts {
			t.Errorf("the history ends with %+v", last)
		}
		if accepted, repeated := w.webhooks("deliverect", "accepted"), w.webhooks("deliverect", "repeated"); accepted != 5 || repeated != 3 {
			t.Errorf("accepted %d, repeated %d; want 5 and 3", accepted, repeated)
		}
		pass(time.Minute)
		said := map[string]int{}
		for _, call := range w.deliverect.Calls() {
			said[fmt.Sprint(call.Body["orderId"], " ", call.Body["status"])]++
		}
		for _, id := range []string{"known", "early", "gone"} {
			if said[id+" 110"] != 1 {
				t.Errorf("%s: 110 was sent %d times, want once (%v)", id, said[id+" 110"], said)
			}
		}
	})
}

func TestDoorDashEvents(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		for _, id := range []string{"x1", "x2", "x3", "x4"} {
			w.fromDoorDash(example(t, "doordash-pickup", id)).want(t, http.StatusAccepted)
		}
		ours := order.Identity(viaDoorDash, "x2")
		for id, cancel := range map[string]string{
			"x1": `{"external_order_id":"x1","client_order_id":"nothing"}`,
			"x2": `{"external_order_id":"nothing","client_order_id":"` + ours + `"}`,
			"x3": `{"event":{"type":"order_canceled"},"external_order_id":"x3","store":{"merchant_supplied_id":"elsewhere"}}`,
		} {
			w.fromDoorDash([]byte(cancel)).want(t, http.StatusOK)
			if o := w.order(viaDoorDash, id); o.Reason != order.CancelledByPartner {
				t.Errorf("%s is %s, %s", id, o.Status, o.Reason)
			}
		}

		w.fromDoorDash([]byte(`{"event":{"type":"dasher_status_update"},"delivery":{"dasher_status":"dasher_confirmed"}}`)).want(t, http.StatusOK)
		if n := w.webhooks("doordash", "unknown"); n != 1 {
			t.Errorf("unknown %d, want 1", n)
		}

		adjusted := example(t, "doordash-pickup", "x4", set("OrderAdjustment", "event", "type"), func(m map[string]any) {
			categories := m["order"].(map[string]any)["categories"].([]any)
			m["order"].(map[string]any)["categories"] = categories[1:]
		})
		for range 2 {
			w.fromDoorDash(adjusted).want(t, http.StatusOK)
		}
		o := w.order(viaDoorDash, "x4")
		if len(o.Lines) != 1 || o.Lines[0].PLU != "BOI-01" || o.Lines[0].Station != "bar" || o.KitchenVersion != 2 || o.Revision != 3 {
			t.Errorf("after the adjustment, sent twice: revision %d, kitchen version %d, %+v", o.Revision, o.KitchenVersion, o.Lines)
		}
	})
}
