// Package wire holds the messages between a terminal and its hub, and their version. Frames
// are JSON text over WebSocket at /sync; the terminal proves who it is with HTTP Basic
// authentication (device, key) when it connects.
package wire

import (
	"encoding/json"
	"time"

	"comptoir/order"
	"comptoir/shop"
)

// Version is the protocol's newest, and Oldest the oldest that is still spoken.
const (
	Version = 1
	Oldest  = 1
)

// Versions are those of the protocol that one side speaks, from Oldest to Newest.
type Versions struct {
	Oldest int `json:"oldest"`
	Newest int `json:"newest"`
}

// Spoken are the versions that this release speaks.
func Spoken() Versions { return Versions{Oldest, Version} }

// Common is the newest version that both sides speak.
func Common(a, b Versions) (version int, found bool) {
	version = min(a.Newest, b.Newest)
	return version, version >= max(a.Oldest, b.Oldest)
}

// Receiving is what a pong of the hub says that answers no ping: a frame of this terminal has been
// coming in for some seconds. Its pings stand behind that frame, so it would hear nothing meanwhile.
const Receiving = "receiving"

// MaxFrame is the largest frame that either side takes, in bytes.
const MaxFrame = 4 << 20

// Path is where the hub's gateway listens.
const Path = "/sync"

// Cursor is a place in the hub's log: the sequence counts within the location's shard, and the
// epoch changes when the log is made anew or rolled back.
type Cursor struct {
	Shard    int    `json:"shard"`
	Epoch    string `json:"epoch"`
	Sequence uint64 `json:"sequence"`
}

// FromTerminal is one frame from a terminal: exactly one field is set.
type FromTerminal struct {
	Hello   *Hello         `json:"hello,omitempty"`
	Command *order.Command `json:"command,omitempty"`
	Stored  *Stored        `json:"stored,omitempty"`
	// Change goes only to a hub whose Welcome told Orderings: older ones know no such frame.
	Change *Change `json:"change,omitempty"`
	// Held and Clock go only to a hub whose Welcome says Answers.
	Held  *Held  `json:"held,omitempty"`
	Clock *Clock `json:"clock,omitempty"`
}

// Change is what somebody at a terminal asks of a location's ordering. A Result answers it.
type Change struct {
	Location string      `json:"location"`
	Change   shop.Change `json:"change"`
}

// Hello is a terminal's first frame.
type Hello struct {
	// Version is the oldest that the terminal speaks: the one that hubs know that have no Newest.
	Version int `json:"version"`
	// Newest is the newest that it speaks; older terminals, which speak only Version, say none.
	Newest int `json:"newest,omitempty"`
	// Cursors by location id: what the terminal has on its disk. None means nothing.
	Cursors map[string]Cursor `json:"cursors"`
	// Stations by location id: those that this terminal has a printer for. AnyLocation stands for
	// the locations that are not named: before its first welcome a terminal knows none.
	Stations map[string][]string `json:"stations"`
	// Orderings: the terminal takes Ordering frames. Older ones know no such frame.
	Orderings bool `json:"orderings,omitempty"`
	// Asks: the terminal sends Held for what a full resync did not bring. Older ones do not, and get
	// every order that there is instead of the hot ones.
	Asks bool `json:"asks,omitempty"`
	// Parts: the terminal takes a welcome in several frames.
	Parts bool `json:"parts,omitempty"`
	// Known are the sums (Sum) of the settings that it has, by location id.
	Known map[string]string `json:"known,omitempty"`
	// Resyncs are the full resyncs that were cut off, by location id. Older hubs begin them anew.
	Resyncs map[string]Resync `json:"resyncs,omitempty"`
}

// Resync is how far a full resync had come when it was cut off.
type Resync struct {
	// Cursor is that of the last page that the terminal stored.
	Cursor Cursor `json:"cursor"`
	// Began is the Welcome's Time of the connection over which the first page came.
	Began time.Time `json:"began"`
}

// Versions are those that the terminal speaks.
func (h Hello) Versions() Versions { return Versions{h.Version, max(h.Version, h.Newest)} }

// AnyLocation stands, in Hello.Stations, for the locations that are not named.
const AnyLocation = "*"

// Stored tells the hub what the terminal now has on its disk. It also renews leases.
type Stored struct {
	Location string `json:"location"`
	Cursor   Cursor `json:"cursor"`
}

// FromHub is one frame from the hub: exactly one field is set.
type FromHub struct {
	Welcome *Welcome `json:"welcome,omitempty"`
	Changes *Changes `json:"changes,omitempty"`
	Result  *Result  `json:"result,omitempty"`
	Lease   *Lease   `json:"lease,omitempty"`
	Bye     *Bye     `json:"bye,omitempty"`
	// Ordering comes after the Welcome's whenever it has changed.
	Ordering *Ordering `json:"ordering,omitempty"`
	// Answer and Clock come to those who sent Held and Clock.
	Answer *Answer `json:"answer,omitempty"`
	Clock  *Clock  `json:"clock,omitempty"`
}

// Welcome is the hub's first frame; it comes again when a setting changes.
type Welcome struct {
	// Version is the newest that both sides speak, and the one spoken from here on.
	Version int    `json:"version"`
	Device  string `json:"device"`
	// Time is the hub's clock.
	Time      time.Time       `json:"time"`
	Locations []shop.Location `json:"locations"`
	// More: the settings of more locations follow in another Welcome. Only the last one has what is
	// below. It comes only to those that said Parts.
	More bool `json:"more,omitempty"`
	// Same are those of Locations whose settings are as in Hello.Known: they have their id alone.
	Same []string `json:"same,omitempty"`
	// Orderings are those of the locations; an older hub tells none, and takes no Change.
	Orderings []Ordering `json:"orderings,omitempty"`
	// Answers: the hub takes Held and Clock frames. Older ones know no such frames.
	Answers bool `json:"answers,omitempty"`
	// Full are the locations of which a full resync follows: the terminal keeps its commands until
	// it knows what the hub has lost.
	Full []string `json:"full,omitempty"`
	// Resumed are those of Full whose resync goes on where the Hello says. The others begin anew.
	Resumed []string `json:"resumed,omitempty"`
}

// Ordering is how a location takes orders, whole, and what its platforms know of it.
type Ordering struct {
	Location string        `json:"location"`
	Ordering shop.Ordering `json:"ordering"`
	// Reports by connection.
	Reports map[string]shop.Report `json:"reports,omitempty"`
}

// Changes holds the newest state of each order that changed, in the order of the log.
type Changes struct {
	Location string `json:"location"`
	// Cursor is the place in the log after these changes.
	Cursor Cursor `json:"cursor"`
	// Full marks the pages of a full resync; Last is set on its last page.
	Full bool `json:"full,omitempty"`
	Last bool `json:"last,omitempty"`
	// More: the log held more than a page; the next one follows.
	More   bool              `json:"more,omitempty"`
	Orders []json.RawMessage `json:"orders"`
}

// Result answers a command. An accepted command shows in a Changes frame besides.
type Result struct {
	Command string   `json:"command"`
	OrderID string   `json:"orderId"`
	Refused *Refusal `json:"refused,omitempty"`
}

// Refusal is why a command may not be.
type Refusal struct {
	Kind   order.Kind  `json:"kind"`
	Cause  order.Cause `json:"cause"`
	Detail string      `json:"detail,omitempty"`
}

// Lease says which device prints a station's tickets of online orders.
type Lease struct {
	Location string `json:"location"`
	Station  string `json:"station"`
	Device   string `json:"device"`
	// Epoch rises each time the lease changes hands.
	Epoch uint64 `json:"epoch"`
	// FormerSequence is how far in the location's log the former holder was known to be: what
	// lies at or before it and was not reported printed may have come out there. 0 where there
	// was no former holder.
	FormerSequence uint64 `json:"formerSequence"`
}

// Bye is the hub's last frame before it closes: why, for people and for the log.
type Bye struct {
	Reason string `json:"reason"`
	// Kind is why, for programs; "" is any other reason.
	Kind ByeKind `json:"kind,omitempty"`
	// Versions are the hub's, of ByeVersion.
	Versions *Versions `json:"versions,omitempty"`
}

// ByeKind is why a hub closes.
type ByeKind string

// ByeVersion: the two sides have no version of the protocol in common.
const ByeVersion ByeKind = "version"
