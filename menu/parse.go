package menu

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"comptoir/order"
)

// Parse reads a menu. It refuses keys that it does not know, since a misspelt one would be
// lost without a word, and anything after the menu. It does not validate what the menu says.
func Parse(data []byte) (Menu, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // editors on Windows leave one
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var m Menu
	if err := decoder.Decode(&m); err != nil {
		return Menu{}, explain(err, data, decoder.InputOffset())
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Menu{}, fmt.Errorf("menu: line %d: something follows the menu: take it out", line(data, decoder.InputOffset()))
	}
	for i := range m.Items {
		if m.Items[i].Kind == "" {
			m.Items[i].Kind = order.Physical
		}
	}
	return m, nil
}

// explain says where the JSON is wrong, and what to do.
func explain(err error, data []byte, offset int64) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("menu: line %d: not JSON: %w", line(data, syntax.Offset), err)
	}
	if mistyped, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("menu: line %d: %s cannot be a %s", line(data, mistyped.Offset), mistyped.Field, mistyped.Value)
	}
	if key, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("menu: unknown key %s: correct it or take it out", key)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("menu: it ends too early: close every bracket")
	}
	return fmt.Errorf("menu: line %d: %w", line(data, offset), err)
}

func line(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(offset, int64(len(data)))], []byte("\n"))
}
