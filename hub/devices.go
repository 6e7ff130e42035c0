package hub

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"comptoir/hub/checkin"
	"comptoir/sync/wire"

	"go.etcd.io/bbolt"
)

var (
	bucketPaired  = []byte("devices.paired")  // name → pairedDevice
	bucketRevoked = []byte("devices.revoked") // SHA-256 of a key → revokedKey
	bucketSeen    = []byte("devices.seen")    // name → when its last connection ended
)

// Why a device is refused, as figures count it.
const (
	refusedUnknown  = "unknown_device"
	refusedKey      = "wrong_key"
	refusedRevoked  = "revoked"
	refusedLocation = "other_location"
)

// byeWait is how long a revoked terminal may take to hear why, before it is cut off.
const byeWait = 500 * time.Millisecond

// device is a terminal that may connect, bound to its locations.
type device struct {
	ID        string
	keyHash   [sha256.Size]byte
	locations []*location
	// pairedAt and pairedFrom tell of the pairing; zero for a device of the configuration.
	pairedAt   time.Time
	pairedFrom string
	// revoked is for the sessions that are open: none of their frames counts any more.
	revoked atomic.Bool
}

func (d *device) serves(id string) bool {
	return slices.ContainsFunc(d.locations, func(l *location) bool { return l.ID == id })
}

func (d *device) configured() bool { return d.pairedAt.IsZero() }

// pairedDevice is how the hub's file keeps a device that was paired with a code.
type pairedDevice struct {
	KeyHash   []byte    `json:"keyHash"`
	Locations []string  `json:"locations"`
	At        time.Time `json:"at"`
	From      string    `json:"from"`
}

// revokedKey is remembered for good, so that hub.toml cannot bring a revoked key back. Another key
// under the same name is another pairing.
type revokedKey struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// devices knows who may connect: the devices of hub.toml, active at once, and those paired while
// the hub runs, kept in its file. Keys are 256 random bits, so that their plain SHA-256 tells
// nothing of them.
type devices struct {
	hub    *Hub
	limits *checkin.Limiter

	// changing is held from a decision until it is stored.
	changing sync.Mutex

	mu      sync.Mutex
	known   map[string]*device
	revoked map[[sha256.Size]byte]revokedKey
	seen    map[string]time.Time
	codes   []*pairingCode
	// wrong counts the wrong tries while a code was open.
	wrong int
}

func newDevices(h *Hub) (*devices, error) {
	d := &devices{
		hub: h, limits: checkin.NewLimiter(triesAtOnce, tryEvery),
		known: map[string]*device{}, revoked: map[[sha256.Size]byte]revokedKey{}, seen: map[string]time.Time{},
	}
	if err := d.read(); err != nil {
		return nil, fmt.Errorf("reading the paired devices: %w", err)
	}
	for _, l := range h.config.Locations {
		for _, c := range l.Devices {
			d.configure(c, []string{l.ID})
		}
	}
	for _, c := range h.config.Devices {
		d.configure(c.DeviceConfig, c.Locations)
	}
	return d, nil
}

// configure takes over a device of hub.toml, which wins over one paired under its name: whoever
// wrote it there meant it.
func (d *devices) configure(c DeviceConfig, locations []string) {
	hash := sha256.Sum256([]byte(c.Key))
	if _, gone := d.revoked[hash]; gone {
		d.hub.slog.Warn("a device of the configuration is revoked: remove its line, or give it another key", "device", c.ID)
		return
	}
	if d.known[c.ID] != nil {
		d.hub.slog.Warn("a device of the configuration has the name of a paired one, which is refused from now on", "device", c.ID)
	}
	d.known[c.ID] = &device{ID: c.ID, keyHash: hash, locations: d.places(locations)}
}

// places are the locations that are still configured.
func (d *devices) places(ids []string) []*location {
	var known []*location
	for _, id := range ids {
		if l := d.hub.locations[id]; l != nil {
			known = append(known, l)
		}
	}
	return known
}

func (d *devices) read() error {
	err := d.hub.log.Update(context.Background(), func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketPaired, bucketRevoked, bucketSeen} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.hub.log.View(func(tx *bbolt.Tx) error {
		// a damaged revocation must not open the door again: the hub does not start
		err := tx.Bucket(bucketRevoked).ForEach(func(k, v []byte) error {
			var r revokedKey
			if err := json.Unmarshal(v, &r); err != nil || len(k) != sha256.Size {
				return fmt.Errorf("revoked key %x is damaged; restore a backup: %w", k, err)
			}
			d.revoked[[sha256.Size]byte(k)] = r
			return nil
		})
		if err != nil {
			return err
		}
		err = tx.Bucket(bucketPaired).ForEach(func(k, v []byte) error {
			var p pairedDevice
			if err := json.Unmarshal(v, &p); err != nil || len(p.KeyHash) != sha256.Size {
				d.hub.slog.Error("a paired device's record is damaged: pair it again", "device", string(k), "error", err)
				return nil
			}
			one := &device{ID: string(k), keyHash: [sha256.Size]byte(p.KeyHash), locations: d.places(p.Locations), pairedAt: p.At, pairedFrom: p.From}
			if len(one.locations) < len(p.Locations) {
				d.hub.slog.Warn("a paired device's location is gone from the configuration", "device", one.ID)
			}
			d.known[one.ID] = one
			return nil
		})
		if err != nil {
			return err
		}
		return tx.Bucket(bucketSeen).ForEach(func(k, v []byte) error {
			var at time.Time
			if err := at.UnmarshalText(v); err != nil {
				d.hub.slog.Warn("when a device was last seen cannot be read", "device", string(k), "error", err)
				return nil
			}
			d.seen[string(k)] = at
			return nil
		})
	})
}

// authenticate finds the device of a terminal's request, or answers it.
func (d *devices) authenticate(w http.ResponseWriter, r *http.Request) (*device, bool) {
	id, key, _ := r.BasicAuth()
	hash := sha256.Sum256([]byte(key))
	d.mu.Lock()
	one := d.known[id]
	before, gone := d.revoked[hash]
	d.mu.Unlock()
	if one != nil && subtle.ConstantTimeCompare(one.keyHash[:], hash[:]) == 1 && !gone {
		return one, true
	}
	kind, text, why := "device", "unknown device or wrong key: pair this terminal, or mend its device and key", refusedUnknown
	switch {
	case gone && before.Name == id: // whoever has the key may know what became of it
		kind, text, why = wire.KindRevoked, revokedText, refusedRevoked
	case one != nil:
		why = refusedKey
	}
	d.hub.metrics.refuse(why)
	w.Header().Set("WWW-Authenticate", `Basic realm="comptoir"`)
	fail(w, http.StatusUnauthorized, kind, text)
	return nil, false
}

const revokedText = "this terminal was revoked: pair it again with a new code"

// left remembers when a terminal was last here. Of one that was revoked meanwhile it keeps nothing:
// another one may have its name already.
func (d *devices) left(one *device) {
	now := d.hub.now().UTC()
	d.mu.Lock()
	known := d.known[one.ID] == one
	if known {
		d.seen[one.ID] = now
	}
	d.mu.Unlock()
	if !known {
		return
	}
	err := d.hub.log.Update(context.Background(), func(tx *bbolt.Tx) error {
		text, err := now.MarshalText()
		if err != nil {
			return err
		}
		return tx.Bucket(bucketSeen).Put([]byte(one.ID), text)
	})
	if err != nil {
		d.hub.slog.Warn("when a device was last seen is not stored", "device", one.ID, "error", err)
	}
}

// DeviceState is a device as "hub devices" lists it.
type DeviceState struct {
	Name      string    `json:"name"`
	Locations []string  `json:"locations"`
	PairedAt  time.Time `json:"pairedAt,omitzero"` // zero: it is in hub.toml
	From      string    `json:"from,omitempty"`    // the address that it was paired from
	Connected bool      `json:"connected,omitempty"`
	SeenAt    time.Time `json:"seenAt,omitzero"`
	RevokedAt time.Time `json:"revokedAt,omitzero"`
}

// list is every device that may connect, and then those that were revoked, by name.
func (d *devices) list() []DeviceState {
	connected := d.hub.gateway.connected()
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]DeviceState, 0, len(d.known)+len(d.revoked))
	for id, one := range d.known {
		state := DeviceState{Name: id, Locations: []string{}, PairedAt: one.pairedAt, From: one.pairedFrom, Connected: connected[id], SeenAt: d.seen[id]}
		for _, l := range one.locations {
			state.Locations = append(state.Locations, l.ID)
		}
		list = append(list, state)
	}
	for _, r := range d.revoked {
		list = append(list, DeviceState{Name: r.Name, Locations: []string{}, RevokedAt: r.At})
	}
	slices.SortFunc(list, func(a, b DeviceState) int {
		if gone := !a.RevokedAt.IsZero(); gone == b.RevokedAt.IsZero() { // one of them is
			if gone {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(a.Name, b.Name), a.RevokedAt.Compare(b.RevokedAt))
	})
	return list
}

// strayed counts what a terminal asked of a location that is not its own. It hears no more than
// that there is no such order.
func (d *devices) strayed(one *device) {
	d.hub.metrics.refuse(refusedLocation)
	d.hub.slog.Warn("a terminal asks for another location's order", "device", one.ID)
}

// errRevoked ends a session.
var errRevoked = errors.New("the device was revoked")

// errNoDevice: there is no device of this name that could connect.
var errNoDevice = errors.New("there is no such device")

// revoke refuses a device from now on, and ends its connection. configured says that hub.toml
// still names it.
func (d *devices) revoke(ctx context.Context, name string) (configured bool, err error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	d.mu.Lock()
	one := d.known[name]
	d.mu.Unlock()
	if one == nil {
		return false, fmt.Errorf("%w: %q; hub devices lists them", errNoDevice, name)
	}
	now := d.hub.now().UTC()
	err = d.hub.log.Update(ctx, func(tx *bbolt.Tx) error { return putRevoked(tx, one, now) })
	if err != nil {
		return false, fmt.Errorf("storing that %s is revoked: %w", name, err)
	}
	d.mu.Lock()
	delete(d.known, name)
	d.revoked[one.keyHash] = revokedKey{name, now}
	d.mu.Unlock()
	one.revoked.Store(true)
	d.hub.gateway.dismiss(one)
	d.hub.slog.Info("device revoked", "device", name)
	return one.configured(), nil
}

func putRevoked(tx *bbolt.Tx, one *device, now time.Time) error {
	value, err := json.Marshal(revokedKey{one.ID, now})
	if err != nil {
		return err
	}
	if err := tx.Bucket(bucketPaired).Delete([]byte(one.ID)); err != nil {
		return err
	}
	return tx.Bucket(bucketRevoked).Put(one.keyHash[:], value)
}

// errTaken: another terminal has the name.
var errTaken = errors.New("the name is taken")

// free reports whether a name may be given to a terminal that is going to be paired. One that was
// paired and never came may be paired again: the answer with its key may have been lost. d.mu is
// held.
func (d *devices) free(name string) error {
	one := d.known[name]
	if one == nil {
		return nil
	}
	if _, came := d.seen[name]; !one.configured() && !came && !d.hub.gateway.connected()[name] {
		return nil
	}
	return fmt.Errorf("%w: there is a device %q; choose another name, or revoke that one first", errTaken, name)
}

// add pairs a terminal, and returns its key, which nobody keeps but the terminal.
func (d *devices) add(ctx context.Context, c *pairingCode, from string) (key string, err error) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	key = base64.RawURLEncoding.EncodeToString(secret)
	one := &device{ID: c.name, keyHash: sha256.Sum256([]byte(key)), locations: d.places(c.locations), pairedAt: d.hub.now().UTC(), pairedFrom: from}
	value, err := json.Marshal(pairedDevice{KeyHash: one.keyHash[:], Locations: c.locations, At: one.pairedAt, From: from})
	if err != nil {
		return "", err
	}
	d.mu.Lock()
	before := d.known[c.name]
	d.mu.Unlock()
	err = d.hub.log.Update(ctx, func(tx *bbolt.Tx) error {
		if before != nil { // it never came
			if err := putRevoked(tx, before, one.pairedAt); err != nil {
				return err
			}
		}
		// seen is of the terminal that had the name before
		if err := tx.Bucket(bucketSeen).Delete([]byte(c.name)); err != nil {
			return err
		}
		return tx.Bucket(bucketPaired).Put([]byte(c.name), value)
	})
	if err != nil {
		return "", fmt.Errorf("storing the device %s: %w", c.name, err)
	}
	d.mu.Lock()
	if before != nil {
		d.revoked[before.keyHash] = revokedKey{before.ID, one.pairedAt}
		before.revoked.Store(true)
	}
	d.known[c.name] = one
	delete(d.seen, c.name)
	d.mu.Unlock()
	return key, nil
}

// validDevice checks the name of a terminal that is going to be paired: it stands in logs, in the
// history of orders and in an Authorization header.
func validDevice(name string) error {
	const most = 40
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.'
	}
	if name == "" || len(name) > most || strings.ContainsFunc(name, func(r rune) bool { return !plain(r) }) {
		return fmt.Errorf("the name %q: use 1 to %d letters without accents, digits, dots, dashes and underscores, such as counter-3", name, most)
	}
	return nil
}

// hubID names this hub's file, so that a terminal knows whether what it holds is for this hub.
func (h *Hub) hubID() (string, error) {
	value, err := secret(h.log, "identity")
	if err != nil {
		return "", err
	}
	const enough = 16
	sum := sha256.Sum256(value)
	return hex.EncodeToString(sum[:enough]), nil
}

// connected are the devices with a welcomed session.
func (g *gateway) connected() map[string]bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	ids := map[string]bool{}
	for s := range g.sessions {
		if s.counted {
			ids[s.device.ID] = true
		}
	}
	return ids
}

// dismiss ends a revoked device's connections, and tells it why where it listens.
func (g *gateway) dismiss(d *device) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for s := range g.sessions {
		if s.device == d {
			s.send(wire.FromHub{Bye: &wire.Bye{Reason: revokedText, Kind: wire.KindRevoked}})
			time.AfterFunc(byeWait, s.end)
		}
	}
}
