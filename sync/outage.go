package sync

import (
	"errors"
	"net"

	"github.com/gorilla/websocket"

	"comptoir/sync/wire"
	"comptoir/terminal"
)

// outage is why there is no connection: reason is for people, err for the log.
type outage struct {
	reason string
	err    error
	// barred is why the hub will not have the terminal, or the terminal the hub; empty: it is not.
	barred terminal.Bar
	// welcomed: the connection had stood.
	welcomed bool
}

func (o *outage) Error() string {
	if o.err == nil {
		return o.reason
	}
	return o.reason + ": " + o.err.Error()
}

func outageOf(err error) outage {
	if o, ok := errors.AsType[*outage](err); ok {
		return *o
	}
	return *lost(err)
}

func storing(err error) *outage {
	return &outage{reason: "this terminal cannot store orders: " + err.Error()}
}

func garbled(err error) *outage {
	return &outage{reason: "the hub sends what this terminal does not understand", err: err}
}

// revoked: somebody at the hub took the terminal's key away.
func revoked(err error) *outage {
	return &outage{reason: "this terminal was revoked at the hub: pair it again", err: err, barred: terminal.BarredRevoked}
}

func silent(err error) *outage { return &outage{reason: "the hub does not answer", err: err} }

// lost tells the ends of a connection from each other.
func lost(err error) *outage {
	if errors.Is(err, websocket.ErrReadLimit) || errors.Is(err, wire.ErrFrame) {
		return garbled(err)
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return silent(err)
	}
	return &outage{reason: "the connection to the hub was lost", err: err}
}
