package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"comptoir/shop"
)

// Bounds of a frame's own fields; orders and commands have theirs in package order.
const (
	MaxName      = 200
	MaxLocations = 1_000
	MaxStations  = 200
	MaxChannels  = 1_000
)

// ErrFrame is what every error of decoding and encoding wraps.
var ErrFrame = errors.New("bad frame")

// DecodeFromHub reads one frame of a hub. Fields that it does not know are passed over, since a
// hub may be newer; a frame of which it knows nothing is an error.
func DecodeFromHub(data []byte) (FromHub, error) {
	var f FromHub
	if err := decode(data, &f); err != nil {
		return FromHub{}, err
	}
	if err := f.check(); err != nil {
		return FromHub{}, err
	}
	return f, nil
}

// DecodeFromTerminal reads one frame of a terminal, like DecodeFromHub. It does not judge the
// command: that is for order.Apply, whose refusal the terminal can show.
func DecodeFromTerminal(data []byte) (FromTerminal, error) {
	var f FromTerminal
	if err := decode(data, &f); err != nil {
		return FromTerminal{}, err
	}
	if err := f.check(); err != nil {
		return FromTerminal{}, err
	}
	return f, nil
}

// Encode makes a frame of a FromHub or a FromTerminal; one that is too large for the other side
// is an error.
func Encode[F FromHub | FromTerminal](f F) ([]byte, error) {
	data, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFrame, err)
	}
	if len(data) > MaxFrame {
		return nil, tooLarge(len(data))
	}
	return data, nil
}

// EncodeChanges is Encode of Changes whose orders are JSON as json.Marshal made it, which it copies
// without reading it again.
func EncodeChanges(c Changes) ([]byte, error) {
	orders := c.Orders
	c.Orders = []json.RawMessage{}
	frame, err := json.Marshal(FromHub{Changes: &c})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFrame, err)
	}
	at := len(frame) - len("]}}") // the orders are the last field
	return insert(frame, at, orders)
}

// EncodeWelcome is Encode of a Welcome with these locations, each of which json.Marshal has made:
// they are large, and the same for all terminals.
func EncodeWelcome(w Welcome, locations []json.RawMessage) ([]byte, error) {
	w.Locations = []shop.Location{}
	frame, err := json.Marshal(FromHub{Welcome: &w})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFrame, err)
	}
	const empty = `"locations":[]` // inside a text the quotes would be escaped
	at := bytes.Index(frame, []byte(empty)) + len(empty) - 1
	return insert(frame, at, locations)
}

// Sum tells settings from others: of a location as json.Marshal makes it.
func Sum(location []byte) string {
	const enough = 16
	sum := sha256.Sum256(location)
	return hex.EncodeToString(sum[:enough])
}

// insert puts the elements of an array into its place in a frame, each copied once.
func insert(frame []byte, at int, elements []json.RawMessage) ([]byte, error) {
	size := len(frame)
	for _, e := range elements {
		size += len(e) + 1
	}
	if len(elements) > 0 {
		size-- // one comma fewer
	}
	if size > MaxFrame {
		return nil, tooLarge(size)
	}
	data := append(make([]byte, 0, size), frame[:at]...)
	for i, e := range elements {
		if i > 0 {
			data = append(data, ',')
		}
		data = append(data, e...)
	}
	return append(data, frame[at:]...), nil
}

func decode(data []byte, f any) error {
	if len(data) > MaxFrame {
		return tooLarge(len(data))
	}
	if err := json.Unmarshal(data, f); err != nil {
		return fmt.Errorf("%w: %w", ErrFrame, err)
	}
	return nil
}

func (f FromHub) check() error {
	if err := exactlyOne(f.Welcome != nil, f.Changes != nil, f.Result != nil, f.Lease != nil, f.Bye != nil, f.Ordering != nil, f.Answer != nil, f.Clock != nil); err != nil {
		return err
	}
	switch {
	case f.Changes != nil:
		return errors.Join(named("changes.location", f.Changes.Location), f.Changes.Cursor.check())
	case f.Lease != nil:
		return errors.Join(named("lease.location", f.Lease.Location), named("lease.station", f.Lease.Station))
	case f.Ordering != nil:
		return named("ordering.location", f.Ordering.Location)
	case f.Answer != nil:
		return named("answer.location", f.Answer.Location)
	case f.Welcome != nil:
		return f.Welcome.check()
	}
	return nil
}

func (w Welcome) check() error {
	if len(w.Locations) > MaxLocations || len(w.Orderings) > MaxLocations {
		return fmt.Errorf("%w: %d locations, %d orderings", ErrFrame, len(w.Locations), len(w.Orderings))
	}
	for _, o := range w.Orderings {
		if err := named("welcome.orderings", o.Location); err != nil {
			return err
		}
	}
	return nil
}

func (f FromTerminal) check() error {
	if err := exactlyOne(f.Hello != nil, f.Command != nil, f.Stored != nil, f.Change != nil, f.Held != nil, f.Clock != nil); err != nil {
		return err
	}
	switch {
	case f.Hello != nil:
		return f.Hello.check()
	case f.Stored != nil:
		return errors.Join(named("stored.location", f.Stored.Location), f.Stored.Cursor.check())
	case f.Change != nil:
		return f.Change.check()
	case f.Held != nil:
		return f.Held.check()
	}
	return nil
}

// check leaves the judgement of what is asked to shop.Change.Settle, whose refusal the terminal
// can show.
func (c Change) check() error {
	if len(c.Change.Channels) > MaxChannels {
		return fmt.Errorf("%w: change: %d channels", ErrFrame, len(c.Change.Channels))
	}
	return errors.Join(named("change.location", c.Location), named("change.id", c.Change.ID))
}

func (h Hello) check() error {
	if len(h.Cursors) > MaxLocations || len(h.Stations) > MaxLocations || len(h.Resyncs) > MaxLocations || len(h.Known) > MaxLocations {
		return fmt.Errorf("%w: hello: too many locations", ErrFrame)
	}
	for location, cursor := range h.Cursors {
		if err := errors.Join(named("hello.cursors", location), cursor.check()); err != nil {
			return err
		}
	}
	for location, resync := range h.Resyncs {
		if err := errors.Join(named("hello.resyncs", location), resync.Cursor.check()); err != nil {
			return err
		}
	}
	for location, sum := range h.Known {
		if err := errors.Join(named("hello.known", location), named("hello.known", sum)); err != nil {
			return err
		}
	}
	for location, stations := range h.Stations {
		if err := named("hello.stations", location); err != nil {
			return err
		}
		if len(stations) > MaxStations {
			return fmt.Errorf("%w: hello: %d stations", ErrFrame, len(stations))
		}
		for _, station := range stations {
			if err := named("hello.stations", station); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c Cursor) check() error {
	if len(c.Epoch) > MaxName || c.Shard < 0 {
		return fmt.Errorf("%w: cursor", ErrFrame)
	}
	return nil
}

func exactlyOne(set ...bool) error {
	n := 0
	for _, is := range set {
		if is {
			n++
		}
	}
	if n != 1 {
		return fmt.Errorf("%w: %d known messages in it, not 1", ErrFrame, n)
	}
	return nil
}

func named(field, name string) error {
	if name == "" || len(name) > MaxName {
		return fmt.Errorf("%w: %s has %d characters", ErrFrame, field, len(name))
	}
	return nil
}

func tooLarge(size int) error {
	return fmt.Errorf("%w: %d bytes, more than %d", ErrFrame, size, MaxFrame)
}
