package hub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/order"
)

type object = map[string]any

// document is openapi.json as the hub serves it.
func document(t *testing.T, w *world) object {
	t.Helper()
	var doc object
	w.shop(http.MethodGet, "/api/openapi.json", nil).into(t, http.StatusOK, &doc)
	return doc
}

func TestOpenAPIRoutes(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		doc := document(t, w)
		var described []string
		ids := map[string]bool{}
		for path, item := range doc["paths"].(object) {
			for method, value := range item.(object) {
				if method == "parameters" {
					continue
				}
				described = append(described, strings.ToUpper(method)+" "+path)
				operation := value.(object)
				id, _ := operation["operationId"].(string)
				if id == "" || ids[id] {
					t.Errorf("%s %s: operationId %q is missing or there twice", method, path, id)
				}
				ids[id] = true
				if len(operation["responses"].(object)) == 0 {
					t.Errorf("%s has no responses", id)
				}
				for _, part := range strings.Split(path, "/") {
					if name, is := strings.CutPrefix(part, "{"); is && !hasParameter(doc, item.(object), strings.TrimSuffix(name, "}")) {
						t.Errorf("%s does not describe %s", id, part)
					}
				}
			}
		}
		routes := w.hub.Routes()
		slices.Sort(routes)
		slices.Sort(described)
		if !slices.Equal(routes, described) {
			t.Errorf("the hub serves\n%s\nand describes\n%s", strings.Join(routes, "\n"), strings.Join(described, "\n"))
		}
		if doc["openapi"] != "3.1.0" {
			t.Errorf("openapi is %v", doc["openapi"])
		}
		eachRef(doc, func(ref string) {
			if resolve(doc, ref) == nil {
				t.Errorf("%s leads nowhere", ref)
			}
		})
	})
}

func hasParameter(doc, item object, name string) bool {
	parameters, _ := item["parameters"].([]any)
	return slices.ContainsFunc(parameters, func(p any) bool {
		parameter := p.(object)
		if ref, is := parameter["$ref"].(string); is {
			parameter = resolve(doc, ref)
		}
		return parameter["name"] == name && parameter["in"] == "path" && parameter["required"] == true
	})
}

func eachRef(value any, visit func(string)) {
	switch v := value.(type) {
	case object:
		if ref, is := v["$ref"].(string); is {
			visit(ref)
		}
		for _, below := range v {
			eachRef(below, visit)
		}
	case []any:
		for _, below := range v {
			eachRef(below, visit)
		}
	}
}

func resolve(doc object, ref string) object {
	var value any = doc
	for _, key := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		below, _ := value.(object)
		value = below[key]
	}
	found, _ := value.(object)
	return found
}

// check compares a value with a schema: as much of JSON Schema as the document uses, and stricter
// in that it takes no key that is not described.
func check(doc, schema object, value any, at string) []string {
	if ref, is := schema["$ref"].(string); is {
		return check(doc, resolve(doc, ref), value, at)
	}
	if choices, is := schema["anyOf"].([]any); is {
		var wrong []string
		for _, choice := range choices {
			found := check(doc, choice.(object), value, at)
			if len(found) == 0 {
				return nil
			}
			wrong = append(wrong, found...)
		}
		return wrong
	}
	if types := fmt.Sprint(schema["type"]); !strings.Contains(types, typeOf(value)) && (types != "integer" || typeOf(value) != "number") {
		return []string{fmt.Sprintf("%s is %s, not %s", at, typeOf(value), types)}
	}
	if words, is := schema["enum"].([]any); is && !slices.Contains(words, value) {
		return []string{fmt.Sprintf("%s is %v, not one of %v", at, value, words)}
	}
	var wrong []string
	switch v := value.(type) {
	case string:
		if _, err := time.Parse(time.RFC3339, v); schema["format"] == "date-time" && (err != nil || !strings.HasSuffix(v, "Z")) {
			wrong = append(wrong, at+" is "+v+", not a time in UTC")
		}
	case []any:
		for i, item := range v {
			wrong = append(wrong, check(doc, schema["items"].(object), item, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case object:
		properties, _ := schema["properties"].(object)
		for key, below := range v {
			property, described := properties[key].(object)
			if !described {
				property, described = schema["additionalProperties"].(object)
			}
			if !described {
				wrong = append(wrong, at+"."+key+" is not described")
				continue
			}
			wrong = append(wrong, check(doc, property, below, at+"."+key)...)
		}
		required, _ := schema["required"].([]any)
		for _, key := range required {
			if _, there := v[key.(string)]; !there {
				wrong = append(wrong, at+"."+key.(string)+" is missing")
			}
		}
	}
	return wrong
}

func typeOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

// TestOpenAPIShapes compares what the hub answers with what it describes.
func TestOpenAPIShapes(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		doc := document(t, w)
		words := func(path string, want any) {
			t.Helper()
			if got := resolve(doc, path)["enum"]; !bytes.Equal(encode(t, got), encode(t, want)) {
				t.Errorf("%s lists %v, want %v", path, got, want)
			}
		}
		words("#/components/schemas/Command/properties/type", order.ScreenCommands())
		words("#/components/schemas/Command/properties/reason", order.RejectReasons())
		words("#/components/schemas/Command/properties/alarm", order.Alarms())
		fits := func(name string, a answer) {
			t.Helper()
			var value any
			if err := json.Unmarshal(a.body, &value); err != nil {
				t.Fatal(err)
			}
			for _, wrong := range check(doc, resolve(doc, "#/components/schemas/"+name), value, name) {
				t.Errorf("%s", wrong)
			}
		}
		placed := w.shop(http.MethodPost, orders, []byte(sale))
		fits("Order", placed)
		var got object
		placed.into(t, http.StatusCreated, &got)
		described := resolve(doc, "#/components/schemas/Order/properties")
		if have, want := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(described)); !slices.Equal(have, want) {
			t.Errorf("an order has %v,\nand is described with %v", have, want)
		}
		if required := resolve(doc, "#/components/schemas/Order")["required"].([]any); len(required) != len(described) {
			t.Errorf("%d keys of %d are required", len(required), len(described))
		}

		// an order through everything
		id := order.Identity(viaDeliverect, "d1")
		w.fromDeliverect(example(t, "deliverect-delivery", "d1")).want(t, http.StatusOK)
		x := w.terminal("counter-1", "grill")
		for _, state := range []order.TicketState{order.TicketUnconfirmed, order.TicketPrinted} {
			x.do(order.Command{Type: order.Printed, OrderID: id, Ticket: &order.Ticket{Station: "grill", Kind: order.Kitchen, State: state, Version: 1}})
		}
		for _, c := range []order.CommandType{order.Start, order.MarkReady, order.HandOver} {
			fits("Order", w.command(id, c))
		}
		w.fromDeliverect(example(t, "deliverect-cancel", "d1")).want(t, http.StatusOK)
		fits("Order", w.shop(http.MethodGet, orders+"/"+id, nil))
		fits("Error", w.command(id, order.HandOver))

		w.platforms.setDown(true)
		w.fromDeliverect(example(t, "deliverect-pickup", "d2")).want(t, http.StatusOK)
		pass(time.Minute)
		var list struct{ Calls []json.RawMessage }
		w.shop(http.MethodGet, calls, nil).into(t, http.StatusOK, &list)
		if len(list.Calls) == 0 {
			t.Error("no call waits")
		}
		for _, call := range list.Calls {
			fits("Call", answer{body: call})
		}
	})
}
