package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"comptoir/order"
	"comptoir/sandbox"
)

// The platforms, as the hub's addresses name them, and the own shop.
const (
	deliverect = "deliverect"
	doordash   = "doordash"
	ownShop    = "shop"
)

// sent is an order that somebody outside has made.
type sent struct {
	platform string
	// reference is the platform's identity of it, id the hub's, number what stands on paper.
	reference, id, number string
	items                 []item
	// acknowledged: the hub, or the terminal that sold it, has taken it. cancelled: the hub has taken
	// the cancellation, finished: the hand-over.
	acknowledged, cancelled, finished bool
	// tries counts the requests that this took.
	tries int
}

type item struct {
	PLU      string `json:"plu"`
	Name     string `json:"name"`
	Category string `json:"category"`
	station  string
	quantity int
}

// at lists what a station has to make of the order.
func (o *sent) at(station string) []item {
	return slices.DeleteFunc(slices.Clone(o.items), func(it item) bool { return it.station != station })
}

// catalogue is the example shop's menu.
func catalogue() ([]item, error) {
	text, err := os.ReadFile(filepath.Join(examples, "shop", "menu.json"))
	if err != nil {
		return nil, err
	}
	var menu struct {
		Items []item `json:"items"`
	}
	if err := json.Unmarshal(text, &menu); err != nil {
		return nil, err
	}
	for i := range menu.Items {
		menu.Items[i].station = "grill"
		if menu.Items[i].Category == "Boissons" {
			menu.Items[i].station = "bar"
		}
	}
	return menu.Items, nil
}

// invent makes up an order of one to four items.
func invent(random *rand.Rand, menu []item, number string) *sent {
	o := &sent{
		platform: []string{deliverect, doordash, ownShop}[random.IntN(3)],
		number:   number, reference: fmt.Sprintf("%s-%08x", number, random.Uint32()),
	}
	for _, i := range random.Perm(len(menu))[:1+random.IntN(4)] {
		it := menu[i]
		it.quantity = 1 + random.IntN(3)
		o.items = append(o.items, it)
	}
	return o.named()
}

// named gives the order the id that the hub must give it: the same names, the same order.
func (o *sent) named() *sent {
	if o.platform == ownShop {
		o.id = order.Identity(ownShop, "plateau", o.reference)
	} else {
		o.id = order.Identity("demo-"+o.platform, o.reference)
	}
	return o
}

// body is the order as its platform sends it.
func (o *sent) body() ([]byte, error) {
	now := time.Now()
	if o.platform == ownShop {
		lines := []map[string]any{}
		for _, it := range o.items {
			lines = append(lines, map[string]any{"plu": it.PLU, "name": it.Name, "quantity": it.quantity, "unitPrice": 1000})
		}
		return json.Marshal(map[string]any{
			"reference": o.reference, "number": o.number, "lines": lines,
			"fulfillment": map[string]any{"type": "pickup", "promisedAt": now.Add(30 * time.Minute).UTC().Truncate(time.Second)},
			"customer":    map[string]any{"name": "Zoë Lévesque"},
		})
	}
	body, err := sandbox.Load(filepath.Join(examples, "orders", o.platform+"-pickup.json"),
		sandbox.Values{ID: o.reference, Number: o.number, Now: now})
	if err != nil {
		return nil, err
	}
	var whole map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&whole); err != nil {
		return nil, err
	}
	if o.platform == deliverect {
		items := []map[string]any{}
		for _, it := range o.items {
			items = append(items, map[string]any{"plu": it.PLU, "name": it.Name, "price": 1000, "quantity": it.quantity, "subItems": []any{}})
		}
		whole["items"] = items
	} else {
		categories := []map[string]any{}
		for i, it := range o.items {
			categories = append(categories, map[string]any{"name": it.Category, "items": []map[string]any{{
				"line_item_id": strconv.Itoa(i + 1), "merchant_supplied_id": it.PLU, "name": it.Name, "price": 0,
				"quantity": it.quantity, "extras": []any{},
			}}})
		}
		whole["order"].(map[string]any)["categories"] = categories
	}
	return json.Marshal(whole)
}

// place sends the order until the hub has it.
func (s *stage) place(ctx context.Context, o *sent) error {
	body, err := o.body()
	if err != nil {
		return err
	}
	return s.post(ctx, o, body)
}

// post sends an order's body, perhaps not for the first time.
func (s *stage) post(ctx context.Context, o *sent, body []byte) error {
	select {
	case s.sending <- struct{}{}:
	default: // nobody waits for it
	}
	var want []int
	var status, tries int
	var answer []byte
	var err error
	switch o.platform {
	case deliverect:
		s.deliverect.Remember(body)
		want = []int{http.StatusOK}
		answer, status, tries, err = s.insist(ctx, http.MethodPost, "/partners/deliverect/demo-deliverect/orders", body, asking(deliverectHeader(body), o.promise()))
	case doordash:
		s.doordash.Remember(body)
		want = []int{http.StatusAccepted}
		answer, status, tries, err = s.insist(ctx, http.MethodPost, "/partners/doordash/demo-doordash/orders", body, asking(doordashHeader(), o.promise()))
	default:
		want = []int{http.StatusCreated, http.StatusOK}
		answer, status, tries, err = s.insist(ctx, http.MethodPost, location+"/orders", body, asking(shopHeader(), o.promise()))
	}
	o.tries += tries
	if err == nil && !slices.Contains(want, status) {
		err = fmt.Errorf("%s order %s: the hub answers %d %s", o.platform, o.number, status, answer)
	}
	o.acknowledged = o.acknowledged || err == nil
	return err
}

// cancel sends the platform's cancellation until the hub has it.
func (s *stage) cancel(ctx context.Context, o *sent) error {
	body, err := sandbox.Load(filepath.Join(examples, "orders", o.platform+"-cancel.json"),
		sandbox.Values{ID: o.reference, OurID: o.id, Number: o.number, Now: time.Now()})
	if err != nil {
		return err
	}
	header := doordashHeader()
	if o.platform == deliverect {
		header = deliverectHeader(body)
	}
	asking(header, promise{Order: o.id, Status: order.Completed, Cancelled: true})
	answer, status, _, err := s.insist(ctx, http.MethodPost, "/partners/"+o.platform+"/demo-"+o.platform+"/orders", body, header)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("cancelling %s order %s: the hub answers %d %s", o.platform, o.number, status, answer)
	}
	o.cancelled = o.cancelled || err == nil
	return err
}

// finish hands an order over, so that the shop does not fill with open ones.
func (s *stage) finish(ctx context.Context, o *sent) error {
	for _, step := range []struct {
		command order.CommandType
		then    order.Status
	}{{order.MarkReady, order.Ready}, {order.HandOver, order.Completed}} {
		command := step.command
		id := order.Identity(o.id, "torture", string(command))
		body, err := json.Marshal(order.Command{ID: id, Type: command})
		if err != nil {
			return err
		}
		header := asking(shopHeader(), promise{Order: o.id, Command: id, Status: step.then})
		answer, status, _, err := s.insist(ctx, http.MethodPost, location+"/orders/"+o.id+"/commands", body, header)
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			return fmt.Errorf("%s of order %s: the hub answers %d %s", command, o.number, status, answer)
		}
	}
	o.finished = true
	return nil
}

// level places a last order with something for each station, and waits until the hub knows that
// its tickets came out. Stations print, and terminals report, in the order of acceptance: so
// all that came before it is on paper too, and the hub knows.
func (s *stage) level(limit time.Duration, number string) *sent {
	s.t.Helper()
	o := (&sent{platform: ownShop, number: number, reference: number, items: []item{
		{PLU: "BRG-01", Name: "Burger façon Comptoir", station: "grill", quantity: 1},
		{PLU: "BOI-01", Name: "Café crème", station: "bar", quantity: 1},
	}}).named()
	ctx, cancel := context.WithTimeout(s.t.Context(), limit)
	defer cancel()
	if err := s.place(ctx, o); err != nil {
		s.t.Fatal(err)
	}
	s.until(limit, "order "+number+" is reported printed at both stations, and no call waits", func() bool {
		var now order.Order
		if err := s.get(ctx, "/orders/"+o.id, &now); err != nil {
			return false
		}
		out := slices.DeleteFunc(now.Tickets, func(t order.Ticket) bool { return !t.State.Out() })
		if len(out) < 2 {
			return false
		}
		waiting, err := s.callsWaiting(ctx)
		return err == nil && waiting == 0
	})
	return o
}
