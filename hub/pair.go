package hub

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"comptoir/hub/checkin"
	"comptoir/order"
	"comptoir/sync/wire"
)

// The bounds of pairing. A code is one of 100 million: whoever guesses has at most wrongTries at
// the open ones before all of them die, so 2 in a million with the most that can be open.
const (
	codeFor = 10 * time.Minute
	// triesAtOnce from one address, then one each tryEvery.
	triesAtOnce = 5
	tryEvery    = 2 * time.Minute
	// wrongTries in total, from everywhere, end the open codes.
	wrongTries = 20
	mostCodes  = 10
)

// What a try to pair came to, as figures count it.
const (
	pairingDone    = "paired"
	pairingWrong   = "wrong_code"
	pairingExpired = "expired"
	pairingLimited = "too_many_tries"
	pairingWaiting = "waiting_for_another"
	pairingBad     = "bad_request"
)

// pairingCode is an open code. It is in memory alone: a restart of the hub ends it.
type pairingCode struct {
	salt      [16]byte
	hash      [sha256.Size]byte
	name      string
	locations []string
	until     time.Time
}

func (c *pairingCode) hashed(code string) [sha256.Size]byte {
	return sha256.Sum256(append(c.salt[:], code...))
}

// open makes a code that pairs one terminal. A second one for a name ends the first.
func (d *devices) open(name string, locations []string) (code string, until time.Time, err error) {
	if err := validDevice(name); err != nil {
		return "", until, err
	}
	if err := d.hub.config.serves(SharedDevice{DeviceConfig{ID: name}, locations}); err != nil {
		return "", until, err
	}
	now := d.hub.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.free(name); err != nil {
		return "", until, err
	}
	d.codes = slices.DeleteFunc(d.codes, func(c *pairingCode) bool { return c.name == name || !now.Before(c.until) })
	if len(d.codes) == 0 {
		d.wrong = 0
	}
	if len(d.codes) >= mostCodes {
		return "", until, fmt.Errorf("%d codes are open already; use them, or wait until they end", mostCodes)
	}
	number, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		return "", until, fmt.Errorf("making a code: %w", err)
	}
	code = fmt.Sprintf("%0*d", wire.CodeDigits, number)
	c := &pairingCode{name: name, locations: slices.Clone(locations), until: now.Add(codeFor)}
	_, _ = rand.Read(c.salt[:]) // never fails
	c.hash = c.hashed(code)
	d.codes = append(d.codes, c)
	return code, c.until, nil
}

// pairRefusal is why a terminal is not paired.
type pairRefusal struct {
	status        int
	kind, message string
	result        string
	wait          time.Duration
}

func (r *pairRefusal) Error() string { return r.message }

// pair exchanges a code for a key.
func (d *devices) pair(ctx context.Context, p wire.Pair, from string) (wire.Paired, error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	now := d.hub.now()
	if wait, ok := d.limits.Allow(from, now); !ok {
		return wire.Paired{}, &pairRefusal{
			http.StatusTooManyRequests, wire.KindTries, "too many tries from here: try again in " + roughly(wait), pairingLimited, wait,
		}
	}
	hubID, err := d.hub.hubID()
	if err != nil {
		return wire.Paired{}, err
	}
	c, err := d.take(p, hubID, now)
	if err != nil {
		return wire.Paired{}, err
	}
	key, err := d.add(ctx, c, from)
	if err != nil {
		d.mu.Lock() // the terminal is told to try again
		if !slices.ContainsFunc(d.codes, func(other *pairingCode) bool { return other.name == c.name }) {
			d.codes = append(d.codes, c)
		}
		d.mu.Unlock()
		return wire.Paired{}, err
	}
	d.hub.slog.Info("terminal paired", "device", c.name, "locations", c.locations)
	paired := wire.Paired{Device: c.name, Key: key, Hub: hubID, Name: d.hub.config.Name}
	for _, id := range c.locations {
		paired.Locations = append(paired.Locations, wire.PairedLocation{ID: id, Name: d.hub.locations[id].Name})
	}
	return paired, nil
}

// take finds the open code and uses it up.
func (d *devices) take(p wire.Pair, hubID string, now time.Time) (*pairingCode, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := -1
	for i, c := range d.codes { // all of them: the time says nothing of where
		hash := c.hashed(p.Code)
		if subtle.ConstantTimeCompare(hash[:], c.hash[:]) == 1 {
			at = i
		}
	}
	if at < 0 {
		d.codes = slices.DeleteFunc(d.codes, func(c *pairingCode) bool { return !now.Before(c.until) })
		if d.wrong++; len(d.codes) == 0 {
			d.wrong = 0
		} else if d.wrong >= wrongTries {
			d.hub.slog.Warn("too many wrong codes: the open ones have ended", "codes", len(d.codes))
			d.codes, d.wrong = nil, 0
		}
		return nil, &pairRefusal{http.StatusForbidden, wire.KindCode, "this is not an open code: it is mistyped, used already or too old; ask for a new one with hub pair", pairingWrong, 0}
	}
	c := d.codes[at]
	if !now.Before(c.until) {
		d.codes = slices.Delete(d.codes, at, at+1)
		return nil, &pairRefusal{http.StatusForbidden, wire.KindCode, "this code was good for 10 minutes, which are over: ask for a new one with hub pair", pairingExpired, 0}
	}
	if len(p.Waiting) > 0 && p.Hub != "" && p.Hub != hubID {
		return nil, &pairRefusal{
			http.StatusConflict, wire.KindWaiting,
			"this terminal holds what its former hub has not got yet: pair it with that hub again, or start it with another data directory and keep this one", pairingWaiting, 0,
		}
	}
	for _, id := range p.Waiting {
		if !slices.Contains(c.locations, id) {
			return nil, &pairRefusal{
				http.StatusConflict, wire.KindWaiting,
				"this terminal holds what is for location " + id + ", which this code is not for: make a code with --location " + id, pairingWaiting, 0,
			}
		}
	}
	if err := d.free(c.name); err != nil {
		return nil, &pairRefusal{http.StatusConflict, wire.KindCode, err.Error(), pairingWrong, 0}
	}
	d.codes = slices.Delete(d.codes, at, at+1)
	return c, nil
}

// roughly is a wait in words.
func roughly(wait time.Duration) string {
	if minutes := int((wait + time.Minute - 1) / time.Minute); minutes > 1 {
		return strconv.Itoa(minutes) + " minutes"
	}
	return "a minute"
}

func (d *devices) servePair(w http.ResponseWriter, r *http.Request) {
	p, err := readPair(r.Body)
	if err != nil {
		d.hub.metrics.pairings.WithLabelValues(pairingBad).Inc()
		w.Header().Set("Connection", "close") // the rest of a body that is too large is not read
		status := http.StatusBadRequest
		if errors.Is(err, errTooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		fail(w, status, string(order.Invalid), err.Error())
		return
	}
	paired, err := d.pair(r.Context(), p, checkin.Caller(r))
	if refused, is := errors.AsType[*pairRefusal](err); is {
		d.hub.metrics.pairings.WithLabelValues(refused.result).Inc()
		if refused.wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int((refused.wait+time.Second-1)/time.Second)))
		}
		fail(w, refused.status, refused.kind, refused.message)
		return
	}
	if err != nil {
		d.hub.unavailable(w, "pairing a terminal", err)
		return
	}
	d.hub.metrics.pairings.WithLabelValues(pairingDone).Inc()
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusCreated, paired)
}

var errTooLarge = errors.New("the body is larger than 64 KiB")

// readPair reads the request of a terminal that nobody knows yet.
func readPair(body io.Reader) (wire.Pair, error) {
	raw, err := io.ReadAll(io.LimitReader(body, wire.MaxPair+1))
	if err != nil {
		return wire.Pair{}, errors.New("the body stopped before its end")
	}
	if len(raw) > wire.MaxPair {
		return wire.Pair{}, errTooLarge
	}
	var p wire.Pair
	if err := decode(raw, &p); err != nil {
		return wire.Pair{}, err
	}
	p.Code = strings.ReplaceAll(p.Code, " ", "")
	if len(p.Code) != wire.CodeDigits || strings.Trim(p.Code, "0123456789") != "" {
		return wire.Pair{}, fmt.Errorf("code: give the %d digits that hub pair printed", wire.CodeDigits)
	}
	if len(p.Waiting) > wire.MaxLocations {
		return wire.Pair{}, fmt.Errorf("waiting: more than %d locations", wire.MaxLocations)
	}
	return p, nil
}

// The paths of the local socket, for the sub-commands of cmd/hub.
const (
	LocalDevices = "/devices"
	LocalPair    = "/devices/pair"
	LocalRevoke  = "/devices/revoke"
	LocalBackup  = "/backup"
)

// PairRequest asks for a code; PairCode is the answer.
type (
	PairRequest struct {
		Name      string   `json:"name"`
		Locations []string `json:"locations"`
	}
	PairCode struct {
		Code  string    `json:"code"`
		Until time.Time `json:"until"`
	}
)

// RevokeRequest names a device; Revoked is the answer: Configured says that hub.toml still names it.
type (
	RevokeRequest struct {
		Name string `json:"name"`
	}
	Revoked struct {
		Configured bool `json:"configured"`
	}
)

// RouteLocal adds what the hub does for its own user, who needs to prove nothing: never to be
// served on a network.
func (h *Hub) RouteLocal(mux *http.ServeMux) {
	mux.HandleFunc("GET "+LocalBackup, h.serveBackup)
	mux.HandleFunc("GET "+LocalDevices, func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, h.devices.list()) })
	mux.HandleFunc("POST "+LocalPair, func(w http.ResponseWriter, r *http.Request) {
		var wanted PairRequest
		if !h.localRequest(w, r, &wanted) {
			return
		}
		code, until, err := h.devices.open(wanted.Name, wanted.Locations)
		if err != nil {
			fail(w, http.StatusBadRequest, string(order.Invalid), err.Error())
			return
		}
		writeJSON(w, http.StatusOK, PairCode{code, until})
	})
	mux.HandleFunc("POST "+LocalRevoke, func(w http.ResponseWriter, r *http.Request) {
		var wanted RevokeRequest
		if !h.localRequest(w, r, &wanted) {
			return
		}
		configured, err := h.devices.revoke(r.Context(), wanted.Name)
		switch {
		case errors.Is(err, errNoDevice):
			fail(w, http.StatusNotFound, string(order.NotFound), err.Error())
		case err != nil:
			h.unavailable(w, "revoking a device", err)
		default:
			writeJSON(w, http.StatusOK, Revoked{configured})
		}
	})
}

func (h *Hub) localRequest(w http.ResponseWriter, r *http.Request, wanted any) bool {
	body, ok := h.body(w, r)
	if !ok {
		return false
	}
	if err := json.Unmarshal(body, wanted); err != nil {
		fail(w, http.StatusBadRequest, string(order.Invalid), err.Error())
		return false
	}
	return true
}
