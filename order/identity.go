package order

import (
	"crypto/sha256"
	"strings"
)

// Taker is the terminal whose counter took the order that the command places, where sender sends it: the
// name that it says, if the order's identity is made of that. A terminal that was paired anew, under another
// name, sends what it took before.
func (c Command) Taker(sender string) string {
	if c.Type == Place && c.OrderID == Identity(ChannelCounter, c.By, c.ID) {
		return c.By
	}
	return sender
}

// Identity makes the id of an order, or of a command, from the names that the outside world
// knows it by: the same names always give the same id, so that a repeated webhook is the same
// order. It has the form of a ULID (26 characters of Crockford's base 32).
func Identity(names ...string) string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	// 26 characters hold 130 bits; a ULID has 128, so the first holds only 3
	id := make([]byte, 26)
	var bits, have uint
	next := 0
	for i := range id {
		want := uint(5)
		if i == 0 {
			want = 3
		}
		for have < want {
			bits = bits<<8 | uint(sum[next])
			next++
			have += 8
		}
		have -= want
		id[i] = alphabet[bits>>have&(1<<want-1)]
	}
	return string(id)
}
