package wire

import "time"

// HealthPath is where a hub says how it is, to everybody: it tells of no order and no secret.
const HealthPath = "/healthz"

// What Health.Status may be.
const (
	HealthOK       = "ok"
	HealthDegraded = "degraded"
)

// Health is how a hub is. It is asked for, and is no frame: a terminal that the hub does not
// know, or that speaks another version, still gets it.
type Health struct {
	Status string `json:"status"`
	// Problems are what somebody should look at, in words.
	Problems []string `json:"problems"`
	// Protocol is the hub's Version, Comptoir the version of the hub.
	// ProtocolOldest is the oldest that it speaks; an older hub, which speaks only one, does not say.
	Protocol       int    `json:"protocol"`
	ProtocolOldest int    `json:"protocolOldest,omitempty"`
	Comptoir       string `json:"comptoir"`
	// Time is the hub's clock.
	Time time.Time `json:"time"`
	// StatusPage is where people read of incidents; empty where nobody set one.
	StatusPage string `json:"statusPage,omitempty"`
	// OwnProblems counts the problems that are the hub's own, and not a platform's.
	OwnProblems int `json:"ownProblems,omitempty"`
	// Platforms are the connections, by id.
	Platforms []PlatformHealth `json:"platforms"`
}

// PlatformState is how a platform takes what it must be told.
type PlatformState string

// The states of a platform, from good to bad.
const (
	PlatformOK PlatformState = "ok"
	// PlatformFailing: calls have failed for a minute or longer, and are tried again.
	PlatformFailing PlatformState = "failing"
	// PlatformGivenUp: calls were given up; somebody must send them again, or tell the platform.
	PlatformGivenUp PlatformState = "given_up"
)

// PlatformHealth is how a connection's calls to its platform fare.
type PlatformHealth struct {
	Connection string        `json:"connection"`
	Partner    string        `json:"partner"`
	Location   string        `json:"location"`
	State      PlatformState `json:"state"`
	// Since is when the oldest of the calls that fail was made; zero where none does.
	Since time.Time `json:"since,omitzero"`
	// Failing and GivenUp count the calls.
	Failing int `json:"failing,omitempty"`
	GivenUp int `json:"givenUp,omitempty"`
}
