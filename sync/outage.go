package sync

import (
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/websocket"

	"comptoir/sync/wire"
	"comptoir/terminal"
)

// outage is why there is no connection: reason is for people, err for the log.
type outage struct {
	reason terminal.LinkReason
	err    error
	// versions are what the hub speaks, where the two have none in common.
	versions wire.Versions
	// retry is how long the hub wants to be left alone; 0 where it did not say.
	retry time.Duration
	// welcomed: the connection had stood.
	welcomed bool
}

func (o *outage) Error() string {
	if o.err == nil {
		return o.reason.String()
	}
	return o.reason.String() + ": " + o.err.Error()
}

func outageOf(err error) outage {
	if o, ok := errors.AsType[*outage](err); ok {
		return *o
	}
	return *lost(err)
}

func storing(err error) *outage { return &outage{reason: terminal.LinkStoring, err: err} }

func garbled(err error) *outage { return &outage{reason: terminal.LinkGarbled, err: err} }

func silent(err error) *outage { return &outage{reason: terminal.LinkSilent, err: err} }

// lost tells the ends of a connection from each other.
func lost(err error) *outage {
	if errors.Is(err, websocket.ErrReadLimit) || errors.Is(err, wire.ErrFrame) {
		return garbled(err)
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return silent(err)
	}
	return &outage{reason: terminal.LinkLost, err: err}
}

// farewell reads the hub's Bye.
func farewell(bye wire.Bye) *outage {
	if bye.Kind == wire.ByeVersion && bye.Versions != nil {
		return otherVersions(*bye.Versions)
	}
	o := &outage{reason: terminal.LinkClosed}
	if bye.Reason != "" {
		o.err = errors.New(clip(bye.Reason))
	}
	return o
}

// otherVersions says which side is to be updated.
func otherVersions(hub wire.Versions) *outage {
	o := &outage{reason: terminal.LinkTerminalOld, versions: hub}
	if hub.Newest < wire.Oldest {
		o.reason = terminal.LinkHubOld
	}
	return o
}

// maxRetry bounds what a hub, or a proxy before it, may ask for.
const maxRetry = time.Minute

// refused reads an answer that is no WebSocket.
func refused(response *http.Response, err error) *outage {
	switch response.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return &outage{reason: terminal.LinkUnknown, err: err}
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		o := &outage{reason: terminal.LinkBusy, err: err}
		if seconds, wrong := strconv.Atoi(response.Header.Get("Retry-After")); wrong == nil && seconds > 0 {
			o.retry = min(time.Duration(min(seconds, 3600))*time.Second, maxRetry)
		}
		return o
	}
	return &outage{reason: terminal.LinkStrange, err: errors.New(clip(response.Status))}
}
