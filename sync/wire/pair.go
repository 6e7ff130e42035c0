package wire

// PairPath is where a terminal that has a code gets its name and key, by POST: a Pair, answered
// with a Paired, or with the error of the hub's API whose kind is one of the Kinds.
const PairPath = "/pair"

// MaxPair is the largest body of a Pair, in bytes.
const MaxPair = 64 << 10

// CodeDigits is how long a pairing code is, on the hub as on the terminal's pad.
const CodeDigits = 8

// The kinds of a refused pairing, and of a refused connection.
const (
	// KindCode: no open code is this one; it may be mistyped, used, or too old.
	KindCode = "code"
	// KindTries: too many wrong codes; Retry-After says in how many seconds to try again.
	KindTries = "tries"
	// KindWaiting: the terminal holds what is for another hub, or for another location.
	KindWaiting = "waiting"
	// KindRevoked: the terminal was paired, and is not any more.
	KindRevoked = "revoked"
)

// Pair asks to pair a terminal.
type Pair struct {
	// Code is eight digits; spaces between them count for nothing.
	Code string `json:"code"`
	// Waiting are the locations of commands that the terminal has not got rid of yet, and Hub is
	// the hub that they are for, empty where the terminal does not know: a hub that is another one,
	// or a code that is not for all of these locations, refuses, and the code stays open.
	Waiting []string `json:"waiting,omitempty"`
	Hub     string   `json:"hub,omitempty"`
}

// Paired is who the terminal is from now on.
type Paired struct {
	Device    string           `json:"device"`
	Key       string           `json:"key"`
	Locations []PairedLocation `json:"locations"`
	// Hub identifies the hub; Name is what people call it.
	Hub  string `json:"hub"`
	Name string `json:"name"`
}

// PairedLocation is one that the terminal serves.
type PairedLocation struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}
