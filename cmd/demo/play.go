package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"comptoir/sandbox"
)

// play sends the example orders, does what a cashier would, and checks that everything came
// out.
func (d *demo) play(ctx context.Context) error {
	steps := []func(context.Context) error{
		d.firstOrder, d.sameAgain, d.otherOrders, d.ownShop, d.counterSale, d.cashier, d.cancellation, d.summary,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) load(name string) ([]byte, error) {
	return sandbox.Load(filepath.Join(d.examples, "orders", name), sandbox.Values{Now: time.Now()})
}

// sender is one of the stand-ins.
type sender interface {
	Send(ctx context.Context, hub, connection string, body []byte) (sandbox.Answer, error)
}

func (d *demo) send(ctx context.Context, from sender, connection, name string, body []byte) error {
	answer, err := from.Send(ctx, "http://"+hubAddress, connection, body)
	if err != nil {
		return fmt.Errorf("sending %s: %w", name, err)
	}
	d.say("platform", "sends %s, signed; the hub answers %d", name, answer.Status)
	if answer.Status >= 300 {
		return fmt.Errorf("the hub refused %s: %s", name, answer.Body)
	}
	return nil
}

// printed waits until so many tickets have come out in all.
func (d *demo) printed(ctx context.Context, n int) error {
	deadline := time.After(patience)
	for {
		d.printing.Lock()
		have := len(d.tickets)
		d.printing.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-d.came:
		case <-deadline:
			return fmt.Errorf("%d of %d tickets came out in %s", have, n, patience)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (d *demo) firstOrder(ctx context.Context) error {
	body, err := d.load("deliverect-pickup.json")
	if err != nil {
		return err
	}
	if err := d.send(ctx, d.deliverect, "demo-deliverect", "deliverect-pickup.json", body); err != nil {
		return err
	}
	return d.printed(ctx, 2)
}

func (d *demo) sameAgain(ctx context.Context) error {
	body, err := d.load("deliverect-pickup.json")
	if err != nil {
		return err
	}
	d.say("demo", "the same webhook twice more: it is the same order, and nothing prints again")
	for range 2 {
		if err := d.send(ctx, d.deliverect, "demo-deliverect", "deliverect-pickup.json", body); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) otherOrders(ctx context.Context) error {
	for _, order := range []struct {
		from             sender
		connection, file string
	}{
		{d.deliverect, "demo-deliverect", "deliverect-curbside.json"},
		{d.deliverect, "demo-deliverect", "deliverect-eatin.json"},
		{d.doordash, "demo-doordash", "doordash-delivery.json"},
	} {
		body, err := d.load(order.file)
		if err != nil {
			return err
		}
		if err := d.send(ctx, order.from, order.connection, order.file, body); err != nil {
			return err
		}
	}
	return nil
}

// api calls the hub as the own shop.
func (d *demo) api(ctx context.Context, method, path string, body, answer any) (int, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://"+hubAddress+"/api/v1/locations/plateau"+path, bytes.NewReader(data))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer shop-secret")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, fmt.Errorf("calling the hub: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, fmt.Errorf("calling the hub: %w", err)
	}
	if response.StatusCode >= 300 {
		return response.StatusCode, fmt.Errorf("the hub answered %d: %s", response.StatusCode, text)
	}
	return response.StatusCode, json.Unmarshal(text, answer)
}

func (d *demo) ownShop(ctx context.Context) error {
	order := map[string]any{
		"reference": "web-1001", "number": "W12", "fulfillment": map[string]any{
			"type": "pickup", "promisedAt": time.Now().Add(30 * time.Minute).UTC().Format(time.RFC3339),
		},
		"preparationMinutes": 35,
		"customer":           map[string]any{"name": "Marc-André Roy"},
		"lines":              []any{map[string]any{"plu": "BRG-01", "name": "Burger façon Comptoir", "quantity": 1, "unitPrice": 1450}},
		"totals":             map[string]any{"subtotal": 1450, "tax": 217, "total": 1667},
		"payments":           []any{map[string]any{"id": "p1", "kind": "card", "amount": 1667}},
	}
	var answer struct {
		Number, Status string
		Late           bool
	}
	status, err := d.api(ctx, http.MethodPost, "/orders", order, &answer)
	if err != nil {
		return err
	}
	d.say("own shop", "posts order %s: %d, %s, late: %t (35 min to make, promised in 30)", answer.Number, status, answer.Status, answer.Late)
	if !answer.Late {
		return fmt.Errorf("an order that needs 35 minutes and is promised in 30 is not late")
	}
	return nil
}

func (d *demo) counterSale(_ context.Context) error {
	d.say("cashier", "takes an order at the counter")
	return d.terminal.command(map[string]any{"type": "Place", "order": map[string]any{
		"fulfillment": map[string]any{"type": "counter", "table": "6"},
		"lines": []any{
			map[string]any{"plu": "GRL-01", "name": "Bœuf grillé à point", "quantity": 2, "unitPrice": 2200},
			map[string]any{"plu": "BOI-01", "name": "Café crème", "quantity": 2, "unitPrice": 350},
		},
		"totals": map[string]any{"subtotal": 5100, "total": 5100},
	}})
}

// cashier marks the first order ready and hands it over; the platform hears of it.
func (d *demo) cashier(ctx context.Context) error {
	event, err := d.terminal.wait(ctx, "order of Deliverect", func(e map[string]any) bool {
		return e["event"] == "order" && e["number"] == "K4F2"
	})
	if err != nil {
		return err
	}
	id := event["orderId"]
	for _, command := range []string{"Start", "Ready", "HandOver"} {
		if err := d.terminal.command(map[string]any{"type": command, "orderId": id}); err != nil {
			return err
		}
		d.say("cashier", "%s, order #K4F2", command)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = d.deliverect.Wait(ctx, func(calls []sandbox.Call) bool {
		for _, call := range calls {
			if fmt.Sprint(call.Body["status"]) == "90" {
				return true
			}
		}
		return false
	})
	if err != nil {
		return fmt.Errorf("the platform did not hear that the order was handed over: %w", err)
	}
	return nil
}

// cancellation takes back an order that is in the kitchen already.
func (d *demo) cancellation(ctx context.Context) error {
	body, err := d.load("doordash-pickup.json")
	if err != nil {
		return err
	}
	if err := d.send(ctx, d.doordash, "demo-doordash", "doordash-pickup.json", body); err != nil {
		return err
	}
	if err := d.printed(ctx, 12); err != nil {
		return err
	}
	if body, err = d.load("doordash-cancel.json"); err != nil {
		return err
	}
	if err := d.send(ctx, d.doordash, "demo-doordash", "doordash-cancel.json", body); err != nil {
		return err
	}
	return d.printed(ctx, 14)
}

// summary says where everything ended up, and fails if something is missing.
func (d *demo) summary(ctx context.Context) error {
	var list struct {
		Orders []struct {
			Number, Channel, Status, Reason string
			Fulfillment                     struct{ Type string }
			Late                            bool
			Tickets                         []struct{ Station, Kind, State string }
		}
	}
	if _, err := d.api(ctx, http.MethodGet, "/orders?limit=100", nil, &list); err != nil {
		return err
	}
	fmt.Println()
	d.say("demo", "%d orders at the hub, newest first:", len(list.Orders))
	for _, o := range list.Orders {
		var tickets []string
		for _, t := range o.Tickets {
			tickets = append(tickets, t.Station+" "+t.Kind+" "+t.State)
		}
		fmt.Printf("          #%-8s %-12s %-9s %-10s %-22s %s\n", o.Number, o.Channel, o.Fulfillment.Type, o.Status, o.Reason, strings.Join(tickets, ", "))
	}
	d.say("demo", "calls that the platforms got:")
	for name, calls := range map[string][]sandbox.Call{"Deliverect": d.deliverect.Calls(), "DoorDash": d.doordash.Calls()} {
		for _, call := range calls {
			body, _ := json.Marshal(call.Body) // it was JSON when it came
			fmt.Printf("          %-10s %s %s %s → %d\n", name, call.Method, call.Path, body, call.Status)
			if call.Problem != "" {
				return fmt.Errorf("%s: %s", name, call.Problem)
			}
		}
	}
	d.printing.Lock()
	n := len(d.tickets)
	d.printing.Unlock()
	d.say("demo", "%d tickets in %s, logs beside them. All is well.", n, filepath.Join(d.out, "tickets"))
	return nil
}
