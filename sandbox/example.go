package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Epoch is the "now" of the files in examples/orders: every time in them is relative to it.
var Epoch = time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC)

// Values are what makes one order out of an example. What is empty stays as it is.
type Values struct {
	// ID is the platform's identity of the order: the one to place, or to cancel.
	ID string
	// OurID is our order id, which a DoorDash cancellation gives back.
	OurID string
	// Number is the short code that people call out.
	Number string
	// Now is when the order is sent: all times move by as much as it is from Epoch.
	Now time.Time
}

// Load reads an example and prepares it.
func Load(file string, v Values) ([]byte, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	prepared, err := Prepare(body, v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return prepared, nil
}

// Prepare gives a webhook of an example its identity, its number and its times.
func Prepare(body []byte, v Values) ([]byte, error) {
	var whole map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // a number must leave as it came
	if err := decoder.Decode(&whole); err != nil {
		return nil, err
	}
	if !v.Now.IsZero() {
		shift(whole, v.Now.Sub(Epoch))
	}
	replace(whole, "_id", v.ID)
	replace(whole, "channelOrderId", v.ID)
	replace(whole, "channelOrderDisplayId", v.Number)
	replace(whole, "external_order_id", v.ID)
	replace(whole, "client_order_id", v.OurID)
	if inner, ok := whole["order"].(map[string]any); ok {
		replace(inner, "id", v.ID)
		replace(inner, "delivery_short_code", v.Number)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(whole); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

func replace(object map[string]any, key, value string) {
	if _, found := object[key]; found && value != "" {
		object[key] = value
	}
}

// shift moves every time below value, and returns what to put in its place.
func shift(value any, by time.Duration) any {
	switch v := value.(type) {
	case map[string]any:
		for key, below := range v {
			v[key] = shift(below, by)
		}
	case []any:
		for i, below := range v {
			v[i] = shift(below, by)
		}
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return t.Add(by).UTC().Truncate(time.Second).Format(time.RFC3339)
		}
	}
	return value
}
