package doctor

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"comptoir/sync/wire"
)

// hubError is why a hub did not say how it is.
type hubError struct {
	fault HubFault
	err   error
}

func (e *hubError) Error() string { return string(e.fault) + ": " + e.err.Error() }

func (e *hubError) Unwrap() error { return e.err }

// FaultOf is the fault that an error of HubClient shows; HubUnreachable where it does not say.
func FaultOf(err error) HubFault {
	if known, is := errors.AsType[*hubError](err); is {
		return known.fault
	}
	return HubUnreachable
}

// HubClient asks a hub how it is, at an address as in terminal.toml. It sends no key: whoever
// answers learns nothing. secure is how it speaks https; the system's authorities decide where nil.
func HubClient(address string, secure *tls.Config) (func(context.Context) (wire.Health, error), error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the hub's address: %w", err)
	}
	target := u.JoinPath(wire.HealthPath).String()
	client := &http.Client{
		// one connection each time: it is asked seldom, and a kept one may be dead
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, TLSClientConfig: secure},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context) (wire.Health, error) {
		health, err := fetch(ctx, client, target)
		if err == nil {
			return health, nil
		}
		return wire.Health{}, &hubError{faultOf(err), err}
	}, nil
}

func faultOf(err error) HubFault {
	untrusted, date := wire.Untrusted(err)
	timeout, is := errors.AsType[net.Error](err)
	switch {
	case date:
		return HubClock
	case untrusted:
		return HubUntrusted
	case errors.Is(err, context.DeadlineExceeded) || is && timeout.Timeout():
		return HubSilent
	case errors.Is(err, errStrange) || errors.Is(err, wire.ErrPin):
		return HubStrange
	}
	return HubUnreachable
}

var errStrange = errors.New("that is not how a hub answers")

func fetch(ctx context.Context, client *http.Client, target string) (health wire.Health, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return health, err
	}
	response, err := client.Do(request)
	if err != nil {
		return health, err
	}
	defer func() { _ = response.Body.Close() }() // read, or of no use
	const most = 1 << 20
	body, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil {
		return health, err
	}
	if response.StatusCode != http.StatusOK {
		return health, fmt.Errorf("%w: %s", errStrange, response.Status)
	}
	if err := json.Unmarshal(body, &health); err != nil {
		return wire.Health{}, fmt.Errorf("%w: %w", errStrange, err)
	}
	if health.Status != wire.HealthOK && health.Status != wire.HealthDegraded {
		return wire.Health{}, fmt.Errorf("%w: its status is %q", errStrange, health.Status)
	}
	return health, nil
}
