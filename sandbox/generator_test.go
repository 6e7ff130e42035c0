package sandbox_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"comptoir/menu"
	"comptoir/order"
	"comptoir/partner"
	"comptoir/partner/deliverect"
	"comptoir/partner/doordash"
	"comptoir/sandbox"
)

func demoMenu(t testing.TB) menu.Menu {
	t.Helper()
	text, err := os.ReadFile("../examples/shop/menu.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := menu.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// writer is a stand-in that writes generated orders, beside the adapter that must read them.
type writer struct {
	name    string
	adapter partner.Adapter
	header  func(body []byte) http.Header
	uuids   bool
	platform
}

type platform interface {
	Kinds() []sandbox.Kind
	Webhook(sandbox.Order) []byte
	Cancellation(sandbox.Order, time.Time) []byte
	Adjustment(sandbox.Order) []byte
}

func writers(t testing.TB) []writer {
	t.Helper()
	dlv, err := deliverect.New(deliverect.Config{Secret: "s", Currency: "CAD", Channels: map[string]string{"7": "Uber Eats"}})
	if err != nil {
		t.Fatal(err)
	}
	dd, err := doordash.New(doordash.Config{
		Authorization: "Bearer b", DeveloperID: "d", KeyID: "k", SigningSecret: base64.URLEncoding.EncodeToString(signingSecret), Currency: "CAD",
	})
	if err != nil {
		t.Fatal(err)
	}
	return []writer{
		{
			name: "deliverect", adapter: dlv, platform: sandbox.NewDeliverect(sandbox.DeliverectConfig{}),
			header: func(body []byte) http.Header {
				mac := hmac.New(sha256.New, []byte("s"))
				mac.Write(body)
				return http.Header{"X-Server-Authorization-Hmac-Sha256": {hex.EncodeToString(mac.Sum(nil))}}
			},
		},
		{
			name: "doordash", adapter: dd, platform: sandbox.NewDoorDash(sandbox.DoorDashConfig{}), uuids: true,
			header: func([]byte) http.Header { return http.Header{"Authorization": {"Bearer b"}} },
		},
	}
}

func (w writer) generator(t rapid.TB, m menu.Menu, seed uint64) *sandbox.Generator {
	t.Helper()
	g, err := sandbox.NewGenerator(sandbox.GeneratorConfig{Menu: m, Store: "plateau", Channels: []int64{7, 10_000}, UUIDs: w.uuids, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (w writer) read(t rapid.TB, body []byte) partner.Event {
	t.Helper()
	event, err := w.adapter.Read(partner.Webhook{Header: w.header(body), Body: body, Now: now})
	if err != nil {
		t.Fatalf("%s: %v\n%s", w.name, err, body)
	}
	return event
}

// TestGenerated: the adapters take every order, cancellation and change, and the orders are what
// the menu and the wish allow.
func TestGenerated(t *testing.T) {
	m, all := demoMenu(t), writers(t)
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.SampledFrom(all).Draw(t, "platform")
		wish := sandbox.Wish{
			Kind:   rapid.SampledFrom(append(w.Kinds(), "")).Draw(t, "kind"),
			Timing: rapid.SampledFrom([]sandbox.Timing{"", sandbox.Soon, sandbox.Scheduled, sandbox.Tight}).Draw(t, "timing"),
		}
		g := w.generator(t, m, rapid.Uint64().Draw(t, "seed"))
		for range 50 {
			o := g.Order(wish, w.Kinds(), now)
			if wish.Kind != "" && o.Kind != wish.Kind || wish.Timing != "" && o.Timing != wish.Timing || !slices.Contains(w.Kinds(), o.Kind) {
				t.Fatalf("wished %+v, got %s %s", wish, o.Kind, o.Timing)
			}
			event := w.read(t, w.Webhook(o))
			if event.Kind != partner.Placed || event.References[0] != o.ID {
				t.Fatalf("%+v", event)
			}
			placed := apply(t, w, order.Order{}, order.Command{Type: order.Place, Order: event.Order})
			checkOrder(t, w, o, placed)
			if body := w.Cancellation(o, now.Add(time.Minute)); body != nil {
				if event := w.read(t, body); event.Kind != partner.Cancelled || event.References[0] != o.ID {
					t.Fatalf("cancellation: %+v", event)
				}
			}
			changed := g.Change(o)
			body := w.Adjustment(changed)
			if body == nil {
				continue
			}
			event = w.read(t, body)
			if event.Kind != partner.Changed {
				t.Fatalf("change: %+v", event)
			}
			accepted := apply(t, w, placed, order.Command{Type: order.Accept})
			after := apply(t, w, accepted, order.Command{Type: order.PartnerChange, Order: event.Order})
			if after.KitchenVersion != accepted.KitchenVersion+1 {
				t.Fatalf("the change asks nothing of the kitchen: %+v", after.Lines)
			}
		}
	})
}

func apply(t *rapid.T, w writer, o order.Order, c order.Command) order.Order {
	t.Helper()
	c.ID = string(c.Type)
	if c.Order != nil {
		draft := *c.Order
		draft.ID, draft.Location, draft.Connection, draft.PreparationMinutes = "OUR-1", "plateau", "demo", 20
		c.Order = &draft
	}
	next, err := order.Apply(o, c, w.adapter.Policy(), now)
	if err != nil {
		t.Fatalf("%s: %v", c.Type, err)
	}
	return next
}

func checkOrder(t *rapid.T, w writer, o sandbox.Order, placed order.Order) {
	t.Helper()
	name := placed.Customer.Name
	if n := utf8.RuneCountInString(name); n < 3 || n > 60 {
		t.Fatalf("the name %q is %d long", name, n)
	}
	if len(placed.Lines) < 1 || len(placed.Lines) > 6 || placed.Number != o.Number || len(o.Number) < 4 || len(o.Number) > 12 {
		t.Fatalf("%+v", placed)
	}
	wait := placed.Fulfillment.PromisedAt.Sub(now)
	least, most := 15*time.Minute, 40*time.Minute
	switch o.Timing {
	case sandbox.Scheduled:
		least, most = 2*time.Hour, 3*time.Hour
	case sandbox.Tight:
		least, most = 2*time.Minute, 8*time.Minute
	}
	if wait < least || wait > most {
		t.Fatalf("%s is promised in %s", o.Timing, wait)
	}
	if o.Timing == sandbox.Tight && !placed.Lateness(now).Late {
		t.Fatal("a tight order is not late")
	}
	want := map[sandbox.Kind]order.FulfillmentType{
		sandbox.Pickup: order.Pickup, sandbox.Delivery: order.Delivery, sandbox.StoreDelivery: order.Delivery,
		sandbox.EatIn: order.Counter, sandbox.Curbside: order.Curbside, sandbox.DriveThrough: order.Curbside,
	}[o.Kind]
	if placed.Fulfillment.Type != want {
		t.Fatalf("%s became %s", o.Kind, placed.Fulfillment.Type)
	}
	for _, item := range o.Items {
		checkChoices(t, item)
	}
	var sum order.Money // by the adapter's lines, not by the generator's
	for _, line := range placed.Lines {
		each := line.UnitPrice
		for _, m := range line.Modifiers {
			each += m.UnitPrice * order.Money(m.Quantity)
		}
		sum += each * order.Money(line.Quantity)
	}
	switch totals := placed.Totals; {
	case w.name == "deliverect" && totals.Total != sum+totals.Tax+totals.Fees+totals.Tip:
		t.Fatalf("lines of %d, totals %+v", sum, totals)
	case w.name == "doordash" && sum != 0 && totals.Subtotal != sum:
		t.Fatalf("lines of %d, totals %+v", sum, totals)
	case totals.Total <= 0 || totals.Tax <= 0:
		t.Fatalf("totals %+v", totals)
	}
}

// checkChoices: what the item's groups require and allow.
func checkChoices(t *rapid.T, item sandbox.Item) {
	t.Helper()
	chosen, groups := map[string]int{}, map[string]menu.ModifierGroup{}
	seen := map[string]bool{}
	for _, c := range item.Choices {
		chosen[c.Group.ID] += c.Quantity
		groups[c.Group.ID] = c.Group
		if !slices.Contains(item.Item.ModifierGroups, c.Group.ID) || !slices.Contains(c.Group.Modifiers, c.Modifier) || seen[c.Modifier.PLU] {
			t.Fatalf("%s has %s", item.Item.PLU, c.Modifier.PLU)
		}
		seen[c.Modifier.PLU] = true
	}
	for id, n := range chosen {
		if g := groups[id]; g.Max > 0 && n > g.Max {
			t.Fatalf("%s has %d of %s, at most %d", item.Item.PLU, n, id, g.Max)
		}
	}
	if slices.Contains(item.Item.ModifierGroups, "cuisson") && chosen["cuisson"] != 1 {
		t.Fatalf("%s has %d of a group that wants one", item.Item.PLU, chosen["cuisson"])
	}
}

// TestVariety: among many orders there are all kinds, long names, notes, allergies and so on.
func TestVariety(t *testing.T) {
	m := demoMenu(t)
	for _, w := range writers(t) {
		seen := map[string]int{}
		g := w.generator(t, m, 7)
		for range 1000 {
			o := g.Order(sandbox.Wish{}, w.Kinds(), now)
			seen[string(o.Kind)]++
			seen[string(o.Timing)]++
			for what, is := range map[string]bool{
				"long name": utf8.RuneCountInString(o.Customer.Name) > 40, "note": o.Note != "", "allergy": strings.HasPrefix(o.Note, "ALLERGIE"),
				"utensils": o.Utensils, "no utensils": !o.Utensils, "channel 7": o.Channel == 7,
				"modifiers": slices.ContainsFunc(o.Items, func(i sandbox.Item) bool { return len(i.Choices) > 2 }),
			} {
				if is {
					seen[what]++
				}
			}
			seen["id "+o.ID]++
		}
		for _, kind := range w.Kinds() {
			if seen[string(kind)] < 100 {
				t.Errorf("%s: %d of 1000 are %s", w.name, seen[string(kind)], kind)
			}
		}
		for what, least := range map[string]int{
			"soon": 600, "scheduled": 80, "tight": 50, "long name": 50, "note": 100, "allergy": 40, "utensils": 200, "no utensils": 400, "modifiers": 100, "channel 7": 300,
		} {
			if seen[what] < least || seen[what] > 950 {
				t.Errorf("%s: %s: %d of 1000", w.name, what, seen[what])
			}
		}
		for what, n := range seen {
			if strings.HasPrefix(what, "id ") && n > 1 {
				t.Errorf("%s is there %d times", what, n)
			}
		}
		again, other := w.generator(t, m, 7), w.generator(t, m, 8)
		first := string(w.Webhook(w.generator(t, m, 7).Order(sandbox.Wish{}, w.Kinds(), now)))
		if string(w.Webhook(again.Order(sandbox.Wish{}, w.Kinds(), now))) != first || string(w.Webhook(other.Order(sandbox.Wish{}, w.Kinds(), now))) == first {
			t.Errorf("%s: one seed makes the same orders, another others", w.name)
		}
	}
}

// TestWireFormat: generated bodies have the fields of the examples, each of the same type, and
// no other but those that only deliveries by the store have.
func TestWireFormat(t *testing.T) {
	m := demoMenu(t)
	extra := map[string]bool{}
	for _, name := range []string{"tip_amount", "delivery_fee", "delivery_address"} {
		extra["order."+name] = true
	}
	for _, w := range writers(t) {
		want := map[string]string{}
		for _, name := range []string{"-pickup", "-delivery", "-curbside", "-eatin", "-cancel"} {
			body, err := os.ReadFile(examples + w.name + name + ".json")
			if err == nil && (w.name != "doordash" || name != "-cancel") {
				fields(t, body, want)
			}
		}
		got := map[string]string{}
		g := w.generator(t, m, 1)
		for range 300 {
			o := g.Order(sandbox.Wish{}, w.Kinds(), now)
			fields(t, w.Webhook(o), got)
			if w.name == "deliverect" {
				fields(t, w.Cancellation(o, now), got)
			}
		}
		for path, kind := range got {
			known := extra[path] || strings.HasPrefix(path, "order.delivery_address.")
			if want[path] != kind && !known {
				t.Errorf("%s: %s is %s, in the examples %q", w.name, path, kind, want[path])
			}
		}
		for path := range want {
			if got[path] == "" {
				t.Errorf("%s: %s is never sent", w.name, path)
			}
		}
	}
}

// fields notes the type of each field of a body by its path; levels of nesting are one.
func fields(t *testing.T, body []byte, into map[string]string) {
	t.Helper()
	var whole any
	if err := json.Unmarshal(body, &whole); err != nil {
		t.Fatal(err)
	}
	var visit func(path string, value any)
	visit = func(path string, value any) {
		path = strings.ReplaceAll(path, "subItems.subItems", "subItems")
		path = strings.ReplaceAll(path, "extras.options.extras", "extras")
		switch v := value.(type) {
		case map[string]any:
			for key, below := range v {
				visit(strings.TrimPrefix(path+"."+key, "."), below)
			}
		case []any:
			into[path] = "list"
			for _, below := range v {
				visit(path, below)
			}
		case string:
			into[path] = "text"
		case float64:
			into[path] = "number"
		case bool:
			into[path] = "bool"
		}
	}
	visit("", whole)
}

func TestNoMenu(t *testing.T) {
	digital := menu.Menu{Currency: "CAD", Items: []menu.Item{{PLU: "G", Name: "Carte-cadeau", Kind: order.DigitalLine}}}
	for _, m := range []menu.Menu{{}, digital} {
		if _, err := sandbox.NewGenerator(sandbox.GeneratorConfig{Menu: m}); err == nil {
			t.Error("got no error of a menu with nothing to order")
		}
	}
}
