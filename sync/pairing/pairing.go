// Package pairing joins a terminal to a hub: it looks at the hub's certificate, exchanges a code for
// a key, and keeps what came of it in a file of its own.
package pairing

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"comptoir/sync/wire"
)

// Kind is why a terminal could not be paired.
type Kind string

// The kinds. Those of a hub's refusal are the wire's.
const (
	Code    Kind = wire.KindCode
	Tries   Kind = wire.KindTries
	Waiting Kind = wire.KindWaiting
	// Address: that is no address.
	Address Kind = "address"
	// Openly: plain http to another machine would show the key.
	Openly Kind = "openly"
	// Unreachable: nobody answers there.
	Unreachable Kind = "unreachable"
	// Strange: what answers is no hub, or an older one.
	Strange Kind = "strange"
	// Clock: the hub's certificate is not valid at this machine's time.
	Clock Kind = "clock"
	// Changed: the hub's key is not the one that somebody has just confirmed.
	Changed Kind = "changed"
)

// Error is why a terminal could not be paired.
type Error struct {
	Kind Kind
	// Wait is how long to wait before the next try.
	Wait time.Duration
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of an error; empty where it has none.
func KindOf(err error) Kind {
	if known, is := errors.AsType[*Error](err); is {
		return known.Kind
	}
	return ""
}

// Normal is an address as somebody types it, made whole: https where it says nothing, http on this
// machine. insecure lets plain http go to another machine.
func Normal(typed string, insecure bool) (string, error) {
	typed = strings.TrimSpace(typed)
	whole := typed
	if !strings.Contains(typed, "://") {
		whole = "https://" + typed
		if u, err := url.Parse(whole); err == nil && loopback(u.Hostname()) {
			whole = "http://" + typed
		}
	}
	u, err := url.Parse(whole)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", &Error{Kind: Address, Err: fmt.Errorf("%q is not an address such as https://hub.example.com", typed)}
	}
	if u.Scheme == "http" && !insecure && !loopback(u.Hostname()) {
		return "", &Error{Kind: Openly, Err: fmt.Errorf("%s is plain http to another machine, which shows the key and customers' names: use https, or start with --insecure", typed)}
	}
	return strings.TrimRight(whole, "/"), nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Look returns the pin that a hub's certificate needs: none where the system's authorities vouch
// for it, or where it is plain http. Whoever is there must compare wire.Fingerprint of it with what
// the hub shows, before a code is sent.
func Look(ctx context.Context, address string) (pin string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", &Error{Kind: Address, Err: err}
	}
	if u.Scheme == "http" {
		return "", nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, u.JoinPath(wire.PairPath).String(), nil)
	if err != nil {
		return "", &Error{Kind: Address, Err: err}
	}
	var shown []*x509.Certificate
	response, err := client(&tls.Config{
		MinVersion: tls.VersionTLS12, ServerName: u.Hostname(),
		// the certificate tells its own story: its key is compared by a person, and pinned
		InsecureSkipVerify: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			shown = state.PeerCertificates
			return errShown
		},
	}).Do(request)
	if err == nil { // no handshake succeeds
		return "", errors.Join(&Error{Kind: Strange, Err: fmt.Errorf("what answers at %s does not speak https", u.Host)}, response.Body.Close())
	}
	if _, is := errors.AsType[tls.RecordHeaderError](err); is || errors.Is(err, http.ErrSchemeMismatch) {
		return "", &Error{Kind: Strange, Err: fmt.Errorf("what answers at %s does not speak https: %w", u.Host, err)}
	}
	if !errors.Is(err, errShown) {
		return "", &Error{Kind: Unreachable, Err: fmt.Errorf("reaching the hub: %w", err)}
	}
	known, err := vouched(shown, u.Hostname(), nil, time.Now())
	if known || err != nil {
		return "", err
	}
	return wire.Pin(shown[0]), nil
}

// errShown ends a handshake once the certificate is known.
var errShown = errors.New("the certificate has been shown")

// client takes the way to the hub that the WebSocket will take.
func client(config *tls.Config) *http.Client {
	return &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, TLSClientConfig: config},
		// a code is for the hub that was asked
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// vouched reports whether authorities (nil: the system's) vouch for a hub's certificates. It is an
// error where they would at another time: such a certificate is renewed with another key, and must
// not be pinned because a clock is wrong.
func vouched(certificates []*x509.Certificate, host string, roots *x509.CertPool, now time.Time) (bool, error) {
	hub := certificates[0]
	options := x509.VerifyOptions{DNSName: host, Intermediates: x509.NewCertPool(), Roots: roots, CurrentTime: now}
	for _, certificate := range certificates[1:] {
		options.Intermediates.AddCert(certificate)
	}
	if _, err := hub.Verify(options); err == nil {
		return true, nil
	}
	if !now.Before(hub.NotBefore) && !now.After(hub.NotAfter) {
		return false, nil
	}
	options.CurrentTime = hub.NotBefore.Add(hub.NotAfter.Sub(hub.NotBefore) / 2)
	if _, err := hub.Verify(options); err != nil {
		return false, nil
	}
	const date = "2006-01-02"
	return false, &Error{Kind: Clock, Err: fmt.Errorf("the hub's certificate is valid from %s to %s, and here it is %s: set this machine's clock, or renew the certificate",
		hub.NotBefore.Format(date), hub.NotAfter.Format(date), now.Format(date))}
}

// Ask exchanges a code for a key. The pin is that of Look.
func Ask(ctx context.Context, address, pin string, p wire.Pair) (paired wire.Paired, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return paired, &Error{Kind: Address, Err: err}
	}
	body, err := json.Marshal(p)
	if err != nil {
		return paired, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.JoinPath(wire.PairPath).String(), bytes.NewReader(body))
	if err != nil {
		return paired, &Error{Kind: Address, Err: err}
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client(wire.ClientTLS(pin)).Do(request)
	if errors.Is(err, wire.ErrPin) {
		return paired, &Error{Kind: Changed, Err: err}
	}
	if err != nil {
		return paired, &Error{Kind: Unreachable, Err: fmt.Errorf("reaching the hub: %w", err)}
	}
	defer func() { _ = response.Body.Close() }() // read
	answer, err := io.ReadAll(io.LimitReader(response.Body, wire.MaxPair))
	if err != nil {
		return paired, &Error{Kind: Unreachable, Err: fmt.Errorf("reading the hub's answer: %w", err)}
	}
	if response.StatusCode != http.StatusCreated {
		return paired, refusal(response, answer)
	}
	if err := json.Unmarshal(answer, &paired); err != nil || paired.Device == "" || paired.Key == "" {
		return wire.Paired{}, &Error{Kind: Strange, Err: errors.New("what answers is not a hub that pairs terminals")}
	}
	return paired, nil
}

// refusal is a hub's answer to a code that it does not take.
func refusal(response *http.Response, answer []byte) error {
	var said struct {
		Error struct{ Kind, Message string }
	}
	if err := json.Unmarshal(answer, &said); err != nil || said.Error.Message == "" {
		return &Error{Kind: Strange, Err: fmt.Errorf("what answers is not a hub that pairs terminals: %s", response.Status)}
	}
	refused := &Error{Kind: Strange, Err: errors.New(said.Error.Message)}
	switch said.Error.Kind {
	case wire.KindCode, wire.KindTries, wire.KindWaiting:
		refused.Kind = Kind(said.Error.Kind)
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		refused.Wait = time.Duration(seconds) * time.Second
	}
	return refused
}
