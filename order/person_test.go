package order_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"comptoir/order"
)

func TestHistoryNamesPeople(t *testing.T) {
	draft := supper()
	o := must(t, order.Order{}, ten, order.Command{Type: order.Place, Order: &draft})
	luc, claire := order.Person{ID: "luc", Name: "Luc"}, order.Person{ID: "claire", Name: strings.Repeat("é", 300)}
	o, err := order.Apply(o, order.Command{ID: "by-luc", Type: order.Accept, By: "counter-1", Person: luc, Approver: claire}, order.OwnPolicy(), ten)
	if err != nil {
		t.Fatal(err)
	}
	placed, accepted := o.History[0], o.History[1]
	if accepted.Person != luc || accepted.By != "counter-1" || accepted.Approver.ID != "claire" || len([]rune(accepted.Approver.Name)) > 101 {
		t.Errorf("%+v", accepted)
	}
	if data := encode(t, placed); strings.Contains(data, "person") || strings.Contains(data, "approver") {
		t.Errorf("nobody did this, and it says %s", data)
	}
}

// Records of before there were people read as before.
func TestEntryWithoutPerson(t *testing.T) {
	var entry order.Entry
	old := `{"at":"2026-11-23T10:00:00Z","by":"counter-1","what":"accepted","command":"c1"}`
	if err := json.Unmarshal([]byte(old), &entry); err != nil || entry.Person != (order.Person{}) || encode(t, entry) != old {
		t.Errorf("%v: %s", err, encode(t, entry))
	}
}

// Who asks never decides what may be done.
func TestPersonDecidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := drawPolicy(t)
		draft := drawOrder(t)
		o, err := order.Apply(order.Order{}, order.Command{ID: "c0", Type: order.Place, Order: &draft}, policy, ten)
		if err != nil {
			return
		}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			c := drawCommand(t, o, rapid.SampledFrom(allTypes()).Draw(t, "type"), rapid.StringMatching(`c[1-9]`).Draw(t, "id"))
			plain, refused := order.Apply(o, c, policy, ten)
			c.Person, c.Approver = order.Person{ID: "luc", Name: "Luc"}, order.Person{ID: "claire", Name: "Claire"}
			named, err := order.Apply(o, c, policy, ten)
			if encode(t, err) != encode(t, refused) {
				t.Fatalf("%s: %v, and by somebody %v", c.Type, refused, err)
			}
			if last := len(named.History) - 1; named.Revision > o.Revision {
				named.History[last].Person, named.History[last].Approver = order.Person{}, order.Person{}
			}
			if encode(t, named) != encode(t, plain) {
				t.Fatalf("%s differs:\n%s\n%s", c.Type, encode(t, plain), encode(t, named))
			}
			o = plain
		}
	})
}
