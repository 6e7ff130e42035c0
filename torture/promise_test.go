package torture

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"comptoir/internal/strace"
	"comptoir/order"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// promise is what somebody outside may rely on from the moment at which a program has said so.
type promise struct {
	// at is the place in the trace from which on it holds.
	at int
	// Order is there, with Command in its history and at least this Status; empty: any.
	Order     string       `json:"order"`
	Command   string       `json:"command,omitempty"`
	Status    order.Status `json:"status,omitempty"`
	Cancelled bool         `json:"cancelled,omitempty"`
	// sequence of the log that a terminal has heard of; 0: none.
	sequence uint64
	// job is a ticket that was told of, and its state then; empty: none.
	job   string
	state terminal.JobState
}

func (o *sent) promise() promise { return promise{Order: o.id, Status: order.Accepted} }

// promiseHeader carries, in a request, what a good answer to it promises.
const promiseHeader = "X-Torture"

func asking(header http.Header, p promise) http.Header {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // nothing in it can fail
	}
	header.Set(promiseHeader, string(text))
	return header
}

var ranks = []order.Status{order.New, order.Accepted, order.Preparing, order.Ready, order.Completed}

// kept reports whether an order is as promised. commands are those in its history, or waiting.
func (p promise) kept(o order.Order, commands []string) bool {
	return o.ID == p.Order && (p.Command == "" || slices.Contains(commands, p.Command)) &&
		slices.Index(ranks, o.Status) >= slices.Index(ranks, p.Status) && (!p.Cancelled || o.Cancelled())
}

func commandsOf(o order.Order) []string {
	var ids []string
	for _, entry := range o.History {
		ids = append(ids, entry.Command)
	}
	return ids
}

// listener finds the promises in what a traced program writes. A promise holds from the beginning
// of the call that tells it: the other side may hear it before the call returns.
type listener struct {
	// said takes what was written to a descriptor and not understood yet, and gives what is still
	// not whole, with the promises of the rest. asked is what was read from it since the last one.
	said  func(descriptor int, asked, text []byte) (rest []byte, promised []promise, err error)
	asked map[string][]byte
	open  map[string][]byte
	// before is the text before a call under way: it counts if the call writes less.
	before map[*strace.Call][]byte
}

func listen(events []strace.Event, said func(int, []byte, []byte) ([]byte, []promise, error)) ([]promise, error) {
	l := listener{said: said, asked: map[string][]byte{}, open: map[string][]byte{}, before: map[*strace.Call][]byte{}}
	var all []promise
	for i, e := range events {
		promised, err := l.hear(e)
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", i, err)
		}
		for _, p := range promised {
			p.at = i
			all = append(all, p)
		}
	}
	return all, nil
}

func (l *listener) hear(e strace.Event) ([]promise, error) {
	c := e.Call
	switch c.Name {
	case "read", "write", "writev", "close":
	default:
		return nil, nil
	}
	descriptor, file, err := c.File(0)
	if err != nil || !strings.HasPrefix(file, "socket:") && !strings.HasPrefix(file, "pipe:") {
		return nil, err
	}
	switch {
	case c.Name == "close":
		delete(l.asked, file)
		delete(l.open, file)
		return nil, nil
	case c.Name == "read":
		if !e.Returned || c.Result <= 0 {
			return nil, nil
		}
		data, err := c.Bytes(1)
		l.asked[file] = append(l.asked[file], data...)
		return nil, err
	}
	data, err := c.Bytes(1)
	if err != nil {
		return nil, err
	}
	if e.Returned {
		if before, whole := l.before[c], c.Result == int64(len(data)); !whole {
			l.open[file] = append(before, data[:max(c.Result, 0)]...)
		}
		delete(l.before, c)
		return nil, nil
	}
	l.before[c] = slices.Clone(l.open[file])
	rest, promised, err := l.said(descriptor, l.asked[file], append(l.open[file], data...))
	l.open[file] = slices.Clone(rest)
	delete(l.asked, file)
	return promised, err
}

// hubSaid understands the hub: answers to requests that carry a promise, and frames to terminals.
func hubSaid(_ int, asked, text []byte) ([]byte, []promise, error) {
	if bytes.HasPrefix(text, []byte("HTTP/1.1 ")) {
		_, after, found := bytes.Cut(asked, []byte(promiseHeader+": "))
		if !found || text[len("HTTP/1.1 ")] != '2' {
			return nil, nil, nil
		}
		value, _, _ := bytes.Cut(after, []byte("\r\n"))
		var p promise
		if err := json.Unmarshal(value, &p); err != nil {
			return nil, nil, fmt.Errorf("the header %s: %w", promiseHeader, err)
		}
		return nil, []promise{p}, nil
	}
	var promised []promise
	for {
		payload, rest, whole := textFrame(text)
		if !whole {
			return rest, promised, nil
		}
		text = rest
		frame, err := wire.DecodeFromHub(payload)
		switch {
		case err != nil:
			return nil, nil, err
		case frame.Result != nil && frame.Result.Refused == nil && frame.Result.OrderID != "":
			promised = append(promised, promise{Order: frame.Result.OrderID, Command: frame.Result.Command})
		case frame.Changes != nil:
			promised = append(promised, promise{sequence: frame.Changes.Cursor.Sequence})
		}
	}
}

// textFrame takes a WebSocket text frame of a server off a text. What is none (the rest of an
// answer, a pong) is passed over.
func textFrame(text []byte) (payload, rest []byte, whole bool) {
	const textKind, extended, large = 0x81, 126, 127
	for len(text) > 0 && text[0] != textKind {
		if text[0] != 0x8a || len(text) < 2 { // a pong, short as all control frames
			return nil, nil, false
		}
		text = text[min(2+int(text[1]), len(text)):]
	}
	if len(text) < 2 {
		return nil, text, false
	}
	length, header := uint64(text[1]), 2
	switch {
	case length == extended && len(text) >= 4:
		length, header = uint64(binary.BigEndian.Uint16(text[2:])), 4
	case length == large && len(text) >= 10:
		length, header = binary.BigEndian.Uint64(text[2:]), 10
	case length >= extended:
		return nil, text, false
	}
	if uint64(len(text)-header) < length {
		return nil, text, false
	}
	end := header + int(length) // no more than len(text)
	return text[header:end], text[end:], true
}

// terminalSaid understands a headless terminal's standard output.
func terminalSaid(descriptor int, _, text []byte) ([]byte, []promise, error) {
	if descriptor != 1 {
		return nil, nil, nil
	}
	var promised []promise
	for {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		if !whole {
			return text, promised, nil
		}
		if text = rest; !bytes.HasPrefix(line, []byte("{")) {
			continue // "ready"
		}
		e, err := readEvent(line)
		if err != nil {
			return nil, nil, err
		}
		promised = append(promised, e.promises()...)
	}
}

// event is a line of a headless terminal.
type event struct {
	Event  string
	Order  order.Order
	Ticket struct {
		Key   string
		State terminal.JobState
	}
}

func readEvent(line []byte) (e event, err error) {
	if err := json.Unmarshal(line, &e); err != nil {
		return e, fmt.Errorf("an event of the terminal: %w", err)
	}
	return e, nil
}

func (e event) promises() (all []promise) {
	switch e.Event {
	case "order":
		for _, id := range commandsOf(e.Order) {
			all = append(all, promise{Order: e.Order.ID, Command: id, Status: e.Order.Status, Cancelled: e.Order.Cancelled()})
		}
	case "ticket":
		all = append(all, promise{job: e.Ticket.Key, state: e.Ticket.State})
	}
	return all
}
