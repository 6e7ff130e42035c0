package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"comptoir/order"
	"comptoir/sync/wire"
)

var fromHub = []string{
	`{"welcome":{"version":1,"device":"till","time":"2026-11-23T10:00:00Z","locations":[{"id":"paris"}]}}`,
	`{"changes":{"location":"paris","cursor":{"shard":3,"epoch":"e1","sequence":7},"orders":[{"id":"a"},{"id":"b"}]}}`,
	`{"changes":{"location":"paris","cursor":{"shard":3,"epoch":"e1","sequence":7},"full":true,"last":true,"orders":[]}}`,
	`{"result":{"command":"c1","orderId":"a"}}`,
	`{"result":{"command":"c1","orderId":"a","refused":{"kind":"not_possible","cause":"already_ready"}}}`,
	`{"lease":{"location":"paris","station":"grill","device":"till","epoch":2,"formerSequence":5}}`,
	`{"welcome":{"version":1,"locations":[],"orderings":[{"location":"paris","ordering":{"maximum":{"value":4,"change":"c1"}}}]}}`,
	`{"ordering":{"location":"paris","ordering":{"channels":{"dd":{"pausedUntil":{"value":"2026-11-23T10:00:00Z","at":"2026-11-23T09:30:00Z","change":"c1","by":"till"}}},"busy":{"value":{"minutes":15,"until":"2026-11-23T10:00:00Z"},"change":"c2"},"stock":{"P1":{"value":{"out":true},"change":"c3"}}},"reports":{"dd":{"state":"refused","about":"pause","detail":"HTTP 400"}}}}`,
	`{"bye":{"reason":"closing"},"later":{"than":"us"}}`,
}

var fromTerminal = []string{
	`{"hello":{"version":1,"cursors":{"paris":{"shard":3,"epoch":"e1","sequence":7}},"stations":{"paris":["grill"]}}}`,
	`{"command":{"id":"c1","type":"Accept","orderId":"a","minutes":20}}`,
	`{"stored":{"location":"paris","cursor":{"shard":3,"epoch":"e1","sequence":7}}}`,
	`{"hello":{"version":1,"orderings":true}}`,
	`{"change":{"location":"paris","change":{"id":"c1","at":"2026-11-23T10:00:00Z","channels":["dd"],"pause":{"until":"2026-11-23T10:30:00Z"}}}}`,
	`{"change":{"location":"paris","change":{"id":"c2","busy":{"extraMinutes":15,"minutes":60},"maximum":4,"item":"P1","stock":{"out":true,"tomorrow":true}}}}`,
}

var neither = []string{
	``, `null`, `{}`, `[]`, `7`, `{"welcome":null}`, `{"surprise":{}}`, `{"bye":{}} {"bye":{}}`, `{"bye":{"reason":1}}`,
	`{"hello":[]}`, `{"stored":{}}`, `{"changes":{}}`, `{"lease":{"location":"paris"}}`,
	`{"ordering":{}}`, `{"change":{"location":"paris"}}`, `{"change":{"change":{"id":"c1"}}}`, `{"welcome":{"orderings":[{}]}}`, `{"welcome":{},"ordering":{"location":"paris"}}`,
	`{"bye":{},"result":{}}`, `{"hello":{},"stored":{"location":"paris"}}`, "\xff\xfe",
	`{"hello":{"cursors":{"":{}}}}`, `{"hello":{"stations":{"paris":[""]}}}`,
	`{"stored":{"location":"paris","cursor":{"shard":-1}}}`,
	`{"changes":{"location":"paris","cursor":{"epoch":"` + strings.Repeat("e", 201) + `"}}}`,
}

func TestDecode(t *testing.T) {
	for _, text := range fromHub {
		if _, err := wire.DecodeFromHub([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range fromTerminal {
		if _, err := wire.DecodeFromTerminal([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range neither {
		if _, err := wire.DecodeFromHub([]byte(text)); !errors.Is(err, wire.ErrFrame) {
			t.Errorf("from a hub: %s: got %v, want ErrFrame", text, err)
		}
		if _, err := wire.DecodeFromTerminal([]byte(text)); !errors.Is(err, wire.ErrFrame) {
			t.Errorf("from a terminal: %s: got %v, want ErrFrame", text, err)
		}
	}
}

func TestFrameSize(t *testing.T) {
	large := bytes.Repeat([]byte(" "), wire.MaxFrame)
	copy(large, `{"bye":{}}`)
	if _, err := wire.DecodeFromHub(large); err != nil {
		t.Errorf("the largest frame: %v", err)
	}
	if _, err := wire.DecodeFromHub(append(large, ' ')); !errors.Is(err, wire.ErrFrame) {
		t.Errorf("a larger frame: got %v, want ErrFrame", err)
	}
	long := order.Command{ID: "c1", By: strings.Repeat("x", wire.MaxFrame)}
	if _, err := wire.Encode(wire.FromTerminal{Command: &long}); !errors.Is(err, wire.ErrFrame) {
		t.Errorf("encoding a larger frame: got %v, want ErrFrame", err)
	}
}

// The short ways of encoding say the same as Encode.
func TestEncodeParts(t *testing.T) {
	for _, text := range fromHub {
		frame, err := wire.DecodeFromHub([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		want, err := wire.Encode(frame)
		if err != nil {
			t.Fatal(err)
		}
		got := want
		switch {
		case frame.Changes != nil:
			got, err = wire.EncodeChanges(*frame.Changes)
		case frame.Welcome != nil:
			frame.Welcome.Device = `"locations":[]` // a name like the field
			if want, err = wire.Encode(frame); err != nil {
				t.Fatal(err)
			}
			locations := make([]json.RawMessage, len(frame.Welcome.Locations))
			for i, l := range frame.Welcome.Locations {
				if locations[i], err = json.Marshal(l); err != nil {
					t.Fatal(err)
				}
			}
			got, err = wire.EncodeWelcome(*frame.Welcome, locations)
		}
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("got %s, error %v; want %s", got, err, want)
		}
	}
	large := []json.RawMessage{json.RawMessage(`"` + strings.Repeat("x", wire.MaxFrame) + `"`)}
	if _, err := wire.EncodeChanges(wire.Changes{Location: "paris", Orders: large}); !errors.Is(err, wire.ErrFrame) {
		t.Errorf("changes that are too large: %v", err)
	}
	if _, err := wire.EncodeWelcome(wire.Welcome{}, large); !errors.Is(err, wire.ErrFrame) {
		t.Errorf("a welcome that is too large: %v", err)
	}
}

// Whatever decodes comes back the same through Encode.
func FuzzFromHub(f *testing.F) {
	for _, text := range append(neither, fromHub...) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := wire.DecodeFromHub(data)
		if err != nil {
			if !errors.Is(err, wire.ErrFrame) || !reflect.ValueOf(frame).IsZero() {
				t.Fatalf("got %+v, %v", frame, err)
			}
			return
		}
		stable(t, frame, wire.DecodeFromHub)
	})
}

func FuzzFromTerminal(f *testing.F) {
	for _, text := range append(neither, fromTerminal...) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := wire.DecodeFromTerminal(data)
		if err != nil {
			if !errors.Is(err, wire.ErrFrame) || !reflect.ValueOf(frame).IsZero() {
				t.Fatalf("got %+v, %v", frame, err)
			}
			return
		}
		stable(t, frame, wire.DecodeFromTerminal)
	})
}

func stable[F wire.FromHub | wire.FromTerminal](t *testing.T, frame F, decode func([]byte) (F, error)) {
	t.Helper()
	once, err := wire.Encode(frame)
	if err != nil {
		t.Skip(err) // a time or a size that JSON cannot hold
	}
	again, err := decode(once)
	if err != nil {
		t.Fatalf("%s: %v", once, err)
	}
	twice, err := wire.Encode(again)
	if err != nil || !bytes.Equal(once, twice) {
		t.Fatalf("%s became %s, %v", once, twice, err)
	}
}
