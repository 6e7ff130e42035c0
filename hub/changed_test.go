package hub_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// A platform changes an order there and back, whose lines get new identities each time, and repeats
// what it sent first: the kitchen hears of each change, and of the late repetition nothing.
func TestChangedThereAndBack(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x := w.till("counter-1")
		pass(time.Second)
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		adjusted := func(line string, quantity int) []byte {
			return example(t, "doordash-pickup", "x1", set("OrderAdjustment", "event", "type"), func(m map[string]any) {
				item := m["order"].(map[string]any)["categories"].([]any)[0].(map[string]any)["items"].([]any)[0].(map[string]any)
				item["line_item_id"], item["quantity"] = line, quantity
			})
		}
		there := adjusted("l-1", 5)
		for i, step := range []struct {
			body     []byte
			quantity int
			tickets  int
		}{
			{there, 5, 1},
			{adjusted("l-2", 7), 7, 1},
			{adjusted("l-3", 5), 5, 1},
			{there, 5, 0},
			{adjusted("l-4", 7), 7, 1},
			{there, 7, 0}, // a repetition that comes late undoes nothing
		} {
			x.print()
			pass(time.Second)
			before := w.order(viaDoorDash, "x1").KitchenVersion
			w.fromDoorDash(step.body).want(t, http.StatusOK)
			pass(time.Second)
			o := w.order(viaDoorDash, "x1")
			_, found, _, err := x.service.Next("grill")
			if err != nil || found != (step.tickets > 0) {
				t.Errorf("step %d: a ticket %t, error %v", i, found, err)
			}
			if o.Lines[0].Quantity != step.quantity || int(o.KitchenVersion-before) != step.tickets {
				t.Errorf("step %d: %d of it, and %d kitchen versions more, want %d and %d", i, o.Lines[0].Quantity, o.KitchenVersion-before, step.quantity, step.tickets)
			}
		}
	})
}

// A change may be as large as an order, and no larger: no frame would hold it with what is added
// later.
func TestChangeTooLarge(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		before := w.order(viaDoorDash, "x1")
		huge := example(t, "doordash-pickup", "x1", set("OrderAdjustment", "event", "type"), func(m map[string]any) {
			option := map[string]any{"name": "o"} // of which we keep more
			var items []any
			for n := range 400 {
				var options []any
				for range 120 {
					options = append(options, option)
				}
				items = append(items, map[string]any{"name": "i", "quantity": 1, "price": 0, "line_item_id": fmt.Sprint(n), "extras": []any{map[string]any{"options": options}}})
			}
			m["order"].(map[string]any)["categories"] = []any{map[string]any{"name": "c", "items": items}}
		})
		kind, message := w.fromDoorDash(huge).refused(t, http.StatusBadRequest)
		t.Logf("a body of %d bytes: %s, %s", len(huge), kind, message)
		if after := w.order(viaDoorDash, "x1"); after.Revision != before.Revision {
			t.Errorf("it is at revision %d", after.Revision)
		}
	})
}
