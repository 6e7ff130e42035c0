package hub_test

import (
	"bytes"
	"testing"

	"comptoir/hub"
)

// Only a whole, masked, short ping is taken; anything else is left to the WebSocket untouched.
func TestTakePing(t *testing.T) {
	ping := func(head, length byte, payload string) []byte {
		mask := []byte{1, 2, 3, 4}
		frame := append([]byte{head, length}, mask...)
		for i := range payload {
			frame = append(frame, payload[i]^mask[i%4])
		}
		return frame
	}
	long := string(bytes.Repeat([]byte("p"), 125))
	for name, test := range map[string]struct {
		came []byte
		want string
		is   bool
		left int
	}{
		"empty ping":             {came: ping(0x89, 0x80, ""), is: true},
		"ping":                   {came: ping(0x89, 0x85, "hello"), want: "hello", is: true},
		"longest ping":           {came: ping(0x89, 0x80|125, long), want: long, is: true},
		"ping before a frame":    {came: append(ping(0x89, 0x81, "x"), ping(0x81, 0x82, "{}")...), want: "x", is: true, left: 8},
		"text":                   {came: ping(0x81, 0x82, "{}"), left: 8},
		"pong":                   {came: ping(0x8a, 0x81, "x"), left: 7},
		"close":                  {came: ping(0x88, 0x82, "\x03\xe8"), left: 8},
		"part of a message":      {came: ping(0x09, 0x81, "x"), left: 7},
		"reserved bits":          {came: ping(0xc9, 0x81, "x"), left: 7},
		"not masked":             {came: []byte{0x89, 5, 'h', 'e', 'l', 'l', 'o'}, left: 7},
		"a length of two bytes":  {came: ping(0x89, 0x80|126, long), left: 131},
		"cut off in the payload": {came: ping(0x89, 0x85, "hel"), left: 9},
		"cut off in the head":    {came: []byte{0x89, 0x80, 1}, left: 3},
		"nothing":                {},
	} {
		data, is, left := hub.TakePing(test.came)
		if string(data) != test.want || is != test.is || left != test.left {
			t.Errorf("%s: got %q, %v, %d bytes left; want %q, %v, %d", name, data, is, left, test.want, test.is, test.left)
		}
	}
}
