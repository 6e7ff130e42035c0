package partner

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"comptoir/order"
)

// Decode reads body, which must hold one JSON value and nothing after it, into v. What is wrong
// comes back as ErrBody and names the field. Unknown fields are the platform's own business.
func Decode(body []byte, v any) error {
	err := json.Unmarshal(body, v)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := wrong.Field
		if field == "" {
			field = "the body"
		}
		return BadField(field, fmt.Sprintf("got %s, want %s", clip(wrong.Value), kindOf(wrong.Type)))
	}
	if err != nil {
		return fmt.Errorf("%w: %s", ErrBody, clip(err.Error()))
	}
	return nil
}

// kindOf names a Go type as JSON does.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	}
	return t.String()
}

// BadField is an ErrBody about one field.
func BadField(field, problem string) error {
	return fmt.Errorf("%w: %s: %s", ErrBody, field, problem)
}

// maxID is what order.Apply allows a reference.
const maxID = 200

// CheckID reports why a platform's identity of an order cannot be kept, and put in a path later.
func CheckID(field, id string) error {
	switch {
	case id == "":
		return BadField(field, "is missing")
	case len(id) > maxID:
		return BadField(field, fmt.Sprintf("is longer than %d bytes", maxID))
	case id == "." || id == "..", strings.ContainsFunc(id, unicode.IsControl), !utf8.ValidString(id):
		return BadField(field, fmt.Sprintf("%q cannot be an identity", id))
	}
	return nil
}

// ParseTime reads a platform's time, in UTC where it names no zone; no text is no time.
func ParseTime(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		parsed, err = time.Parse("2006-01-02T15:04:05", text)
	}
	if err != nil {
		return time.Time{}, BadField(field, fmt.Sprintf("%q is not a time such as 2026-01-31T18:30:00Z", clip(text)))
	}
	parsed = parsed.UTC()
	if parsed.IsZero() { // how some platforms write "none"
		return parsed, nil
	}
	// other years are mistakes, and some of them cannot be written as JSON again
	if year := parsed.Year(); year < 2000 || year > 2199 {
		return time.Time{}, BadField(field, fmt.Sprintf("the year of %q is out of range", clip(text)))
	}
	return parsed, nil
}

// Validate reports what order.Apply refuses of a draft, by placing it on trial: the rules stand
// in one place, and the hub, which only adds identity, settings and categories, accepts what
// Read returns.
func Validate(draft order.Order, policy order.Policy, now time.Time) error {
	draft.ID, draft.Location = "trial", "trial"
	_, err := order.Apply(order.Order{}, order.Command{ID: "trial", Type: order.Place, Order: &draft}, policy, now)
	return err
}

// TooDeep refuses modifiers nested deeper than an order may hold, before they are walked.
func TooDeep(field string) error {
	return &order.Error{Kind: order.Invalid, Cause: order.TooMany, Detail: fmt.Sprintf("%s: more than %d levels", field, order.MaxDepth)}
}

// Lines puts texts that say something under each other, each once.
func Lines(texts ...string) string {
	var kept []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(kept, text) {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, "\n")
}

// Words joins the texts that say something with a separator.
func Words(separator string, texts ...string) string {
	var kept []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, separator)
}

// ShortCode is what people can call out of an identity: its last characters.
func ShortCode(id string) string {
	const length = 5
	runes := []rune(id)
	return string(runes[max(0, len(runes)-length):])
}

// clip bounds what of a stranger's text goes into an error.
func clip(text string) string {
	const most = 120
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}
