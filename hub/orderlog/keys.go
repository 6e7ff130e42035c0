package orderlog

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// MaxName bounds an order id and a location id, in bytes.
const MaxName = 1024

// checkName refuses what a key or the order's JSON could not hold unchanged.
func checkName(what, name string) error {
	switch {
	case name == "":
		return fmt.Errorf("%w: no %s", ErrInvalid, what)
	case len(name) > MaxName:
		return fmt.Errorf("%w: the %s has %d bytes, more than %d", ErrInvalid, what, len(name), MaxName)
	case !utf8.ValidString(name):
		return fmt.Errorf("%w: the %s %q is not UTF-8", ErrInvalid, what, name)
	}
	return nil
}

// Keys begin with the location under its length: whatever bytes a name holds, no key of one
// location begins like those of another.

func appendName(b []byte, name string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(name)))
	return append(b, name...)
}

// cutName splits off what appendName added.
func cutName(b []byte) (name string, rest []byte, ok bool) {
	if len(b) < 2 {
		return "", nil, false
	}
	n := int(binary.BigEndian.Uint16(b))
	if b = b[2:]; len(b) < n {
		return "", nil, false
	}
	return string(b[:n]), b[n:], true
}

func locationPrefix(location string) []byte {
	return appendName(make([]byte, 0, 2+len(location)+24), location)
}

func changeKey(location string, sequence uint64) []byte {
	return binary.BigEndian.AppendUint64(locationPrefix(location), sequence)
}

// placedKey sorts the last placed first: the time is turned round, its sign bit before it.
func placedKey(location string, millis int64, id string) []byte {
	b := binary.BigEndian.AppendUint64(locationPrefix(location), ^(uint64(millis) ^ 1<<63))
	return append(b, id...)
}

func openKey(location, id string) []byte {
	return append(locationPrefix(location), id...)
}
