// Package partnertest has what the tests of every platform's adapter need: the examples of its
// webhooks, and what holds whatever it is sent.
package partnertest

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/partner"
)

// examples is the repository's folder of webhooks, from an adapter's folder.
const examples = "../../examples/orders/"

// Example is the body of an example.
func Example(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(examples, name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// AddExamples seeds a fuzz target with the examples whose names match.
func AddExamples(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join(examples, pattern))
	if err != nil || len(files) == 0 {
		f.Fatal("no examples", err)
	}
	for _, file := range files {
		f.Add(Example(f, filepath.Base(file)))
	}
}

// CheckRead checks what came of any body: an error of a known kind, or an event that is whole, whose
// order can be placed, and of which the platform hears nothing but valid JSON.
func CheckRead(t *testing.T, a partner.Adapter, event partner.Event, err error, now time.Time) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, partner.ErrBody) && order.KindOf(err) != order.Invalid {
			t.Fatalf("an error of another kind: %v", err)
		}
		return
	}
	if event.Kind != partner.Ignored && len(event.References) == 0 || (event.Kind == partner.Placed || event.Kind == partner.Changed) && event.Order == nil {
		t.Fatalf("event %+v", event)
	}
	if event.Order == nil {
		return
	}
	draft := *event.Order
	draft.ID, draft.Location, draft.Connection = "1", "plateau", "demo"
	placed, err := order.Apply(order.Order{}, order.Command{ID: "1", Type: order.Place, Order: &draft}, a.Policy(), now)
	if err != nil {
		t.Fatalf("the order is refused: %v", err)
	}
	if _, err := json.Marshal(placed); err != nil {
		t.Fatal(err)
	}
	entry := placed.History[0]
	for _, what := range []order.What{order.WasAccepted, order.WasDelayed, order.WasReady, order.WasRejected} {
		entry.What = what
		for _, call := range a.Calls(placed, entry, time.Hour) {
			if !json.Valid(call.Body) {
				t.Fatalf("body %q", call.Body)
			}
		}
	}
}
