// Package doctor finds out what is wrong with a terminal: hub, platforms, printers, clock, disk,
// sound. It asks and judges; the words are ui/model's.
package doctor

import (
	"cmp"
	"slices"
	"time"

	"comptoir/sync/wire"
	"comptoir/terminal"
)

// State is how grave a finding is.
type State string

// The states, from good to bad.
const (
	OK State = "ok"
	// Unknown: it could not be asked, which something else explains.
	Unknown State = "unknown"
	Warn    State = "warn"
	Broken  State = "broken"
)

// Health is what a hub says of itself, Platform what it says of one of its connections.
type (
	Health   = wire.Health
	Platform = wire.PlatformHealth
)

// Bounds of what is well.
const (
	// ClockWarn is how far the clock may be from the hub's; beyond ClockBroken what is late and
	// what is not is judged wrongly.
	ClockWarn, ClockBroken = 30 * time.Second, 5 * time.Minute
	// DiskWarn and DiskBroken are bytes that must be free: a week of a busy shop, a day.
	DiskWarn, DiskBroken = 500 << 20, 50 << 20
)

// Report is what was found at one moment. It holds no order and no secret.
type Report struct {
	At      time.Time `json:"at"`
	Version string    `json:"version"`
	// Locations are those that the terminal serves, by id; none where nobody knows.
	Locations []string `json:"locations,omitempty"`
	Hub       Hub      `json:"hub"`
	Printers  Printers `json:"printers"`
	Disk      Disk     `json:"disk"`
	Sound     Sound    `json:"sound"`
	// Crash is the report of a crash that nobody has been told of; mostly empty.
	Crash string `json:"crash,omitempty"`
	// Salvage is what the terminal's file went through last; zero is never.
	Salvage terminal.Salvage `json:"salvage,omitzero"`
}

// HubFault is why a hub did not say how it is.
type HubFault string

// The faults of a hub.
const (
	HubAnswers     HubFault = ""
	HubUnreachable HubFault = "unreachable"
	// HubSilent: something takes the connection and says nothing in time.
	HubSilent HubFault = "silent"
	// HubStrange: what answers is no hub, or one that is broken.
	HubStrange HubFault = "strange"
	// HubClock: its certificate is not valid at this machine's time. HubUntrusted: nobody whom this
	// machine trusts vouches for it.
	HubClock     HubFault = "clock"
	HubUntrusted HubFault = "untrusted"
)

// Hub is how the hub is, by its own word, and how the terminal stands with it.
type Hub struct {
	Address string `json:"address"`
	// Running: a terminal works here, and its line is Online or not, Since when.
	Running bool      `json:"running"`
	Online  bool      `json:"online"`
	Since   time.Time `json:"since,omitzero"`

	Fault  HubFault `json:"fault,omitempty"`
	Health Health   `json:"health"` // zero where there is a Fault
	// Ahead is how far the hub's clock is ahead of ours, in nanoseconds.
	Ahead time.Duration `json:"ahead"`
}

// Printers are this terminal's. Known is false where nobody can say which they are.
type Printers struct {
	Known bool      `json:"known"`
	List  []Printer `json:"list"`
	// Stranded are the names of stations that have tickets and no printer.
	Stranded []string `json:"stranded,omitempty"`
}

// Printer is how a printer stands.
type Printer struct {
	Name string `json:"name"`
	// Asked is false where it was not: it takes nothing but tickets, or its queue is another's.
	Asked       bool           `json:"asked"`
	Fault       terminal.Fault `json:"fault,omitempty"`
	Since       time.Time      `json:"since,omitzero"`
	PaperLow    bool           `json:"paperLow,omitempty"`
	Waiting     int            `json:"waiting,omitempty"`
	Unconfirmed int            `json:"unconfirmed,omitempty"`
	Stale       int            `json:"stale,omitempty"`
}

// Disk is where the terminal's data lies.
type Disk struct {
	Known     bool   `json:"known"`
	Directory string `json:"directory"`
	// Free and File are bytes: those that are left, and those of the terminal's file.
	Free     uint64 `json:"free"`
	File     int64  `json:"file"`
	Writable bool   `json:"writable"`
	// Fault is what a terminal at work could not store for.
	Fault terminal.DiskFault `json:"fault,omitempty"`
}

// Sound is whether alarms can be heard; Known is false where there is nobody to hear them.
type Sound struct {
	Known  bool `json:"known"`
	Silent bool `json:"silent"`
}

// Check names what was looked at.
type Check string

// The checks, in the order in which people should read them.
const (
	CheckHub       Check = "hub"
	CheckPlatforms Check = "platforms"
	CheckPrinters  Check = "printers"
	CheckClock     Check = "clock"
	CheckDisk      Check = "disk"
	CheckData      Check = "data"
	CheckSound     Check = "sound"
	CheckVersion   Check = "version"
	CheckCrash     Check = "crash"
)

// Finding is what one check came to. Cause says what it is, so that words can be found for it.
type Finding struct {
	Check Check
	State State
	Cause string
	// Platform and Printer are those that it is about, where it is about one.
	Platform Platform
	Printer  Printer
}

// Findings judges a report. Where several platforms or printers are not well, each has its own
// finding; platforms of locations that the terminal does not serve have none.
func (r Report) Findings() []Finding {
	var all []Finding
	all = append(all, r.hub())
	all = append(all, r.platforms()...)
	all = append(all, r.printers()...)
	all = append(all, r.clock(), r.disk())
	all = append(all, r.data()...)
	if r.Sound.Known {
		f := Finding{Check: CheckSound, State: OK, Cause: "ok"}
		if r.Sound.Silent {
			f.State, f.Cause = Broken, "silent"
		}
		all = append(all, f)
	}
	all = append(all, Finding{Check: CheckVersion, State: OK, Cause: "ok"})
	if r.Crash != "" {
		all = append(all, Finding{Check: CheckCrash, State: Warn, Cause: "crashed"})
	}
	return all
}

// Wrong counts the findings that somebody should do something about.
func Wrong(findings []Finding) (n int) {
	for _, f := range findings {
		if f.State == Warn || f.State == Broken {
			n++
		}
	}
	return n
}

func (r Report) hub() Finding {
	h := r.Hub
	f := Finding{Check: CheckHub, State: Broken}
	switch {
	case h.Fault == HubAnswers && h.Health.Protocol != 0 && !understood(h.Health):
		f.Cause = "protocol"
	case h.Fault == HubAnswers && h.Running && !h.Online:
		f.Cause = "unlinked"
	case h.Fault == HubAnswers && r.hubProblems() > 0:
		f.State, f.Cause = Warn, "degraded"
	case h.Fault == HubAnswers && !h.Running:
		f.State, f.Cause = OK, "answers"
	case h.Fault == HubAnswers:
		f.State, f.Cause = OK, "online"
	case h.Running && h.Online: // the line stands, so it is not far
		f.State, f.Cause = Warn, "slow"
	default:
		f.Cause = string(h.Fault)
	}
	return f
}

// understood reports whether the hub speaks a version of the protocol that we speak.
func understood(h Health) bool {
	_, found := wire.Common(wire.Spoken(), wire.Versions{Oldest: cmp.Or(h.ProtocolOldest, h.Protocol), Newest: h.Protocol})
	return found
}

// hubProblems counts the hub's own problems. All are its own where it tells of no platform, as an
// older hub does.
func (r Report) hubProblems() int {
	if h := r.Hub.Health; len(h.Platforms) > 0 {
		return h.OwnProblems
	}
	return len(r.Hub.Health.Problems)
}

func (r Report) platforms() []Finding {
	if r.Hub.Fault != HubAnswers {
		return []Finding{{Check: CheckPlatforms, State: Unknown, Cause: "unknown"}}
	}
	var all []Finding
	ours := 0
	for _, p := range r.Hub.Health.Platforms {
		if len(r.Locations) > 0 && !slices.Contains(r.Locations, p.Location) {
			continue
		}
		ours++
		switch p.State {
		case wire.PlatformFailing:
			all = append(all, Finding{Check: CheckPlatforms, State: Warn, Cause: "failing", Platform: p})
		case wire.PlatformGivenUp:
			all = append(all, Finding{Check: CheckPlatforms, State: Broken, Cause: "given_up", Platform: p})
		}
	}
	switch {
	case len(all) > 0:
		return all
	case ours == 0:
		return []Finding{{Check: CheckPlatforms, State: OK, Cause: "none"}}
	}
	return []Finding{{Check: CheckPlatforms, State: OK, Cause: "ok"}}
}

func (r Report) printers() []Finding {
	if !r.Printers.Known {
		return []Finding{{Check: CheckPrinters, State: Unknown, Cause: "unknown"}}
	}
	var all []Finding
	if len(r.Printers.Stranded) > 0 {
		all = append(all, Finding{Check: CheckPrinters, State: Broken, Cause: "stranded"})
	}
	asked := false
	for _, p := range r.Printers.List {
		asked = asked || p.Asked
		f := Finding{Check: CheckPrinters, Printer: p}
		switch {
		case p.Fault != terminal.FaultNone:
			f.State, f.Cause = Broken, "fault"
		case p.Stale > 0:
			f.State, f.Cause = Warn, "stale"
		case p.Unconfirmed > 0:
			f.State, f.Cause = Warn, "unconfirmed"
		case p.PaperLow:
			f.State, f.Cause = Warn, "paper_low"
		default:
			continue
		}
		all = append(all, f)
	}
	switch {
	case len(all) > 0:
		return all
	case len(r.Printers.List) == 0:
		return []Finding{{Check: CheckPrinters, State: Warn, Cause: "none"}}
	case !asked:
		return []Finding{{Check: CheckPrinters, State: Unknown, Cause: "not_asked"}}
	}
	return []Finding{{Check: CheckPrinters, State: OK, Cause: "ok"}}
}

func (r Report) clock() Finding {
	f := Finding{Check: CheckClock, State: OK, Cause: "ok"}
	ahead, off := r.Hub.Ahead, r.Hub.Ahead.Abs()
	switch {
	case r.Hub.Health.Time.IsZero():
		f.State, f.Cause = Unknown, "unknown"
		return f
	case off > ClockBroken:
		f.State = Broken
	case off > ClockWarn:
		f.State = Warn
	default:
		return f
	}
	f.Cause = "behind" // ours
	if ahead < 0 {
		f.Cause = "ahead"
	}
	return f
}

func (r Report) disk() Finding {
	f := Finding{Check: CheckDisk, State: OK, Cause: "ok"}
	switch d := r.Disk; {
	case d.Fault == terminal.DiskFull:
		f.State, f.Cause = Broken, "full"
	case d.Fault == terminal.DiskReadOnly:
		f.State, f.Cause = Broken, "read_only"
	case d.Fault != terminal.DiskWorks:
		f.State, f.Cause = Broken, "failing"
	case !d.Known:
		f.State, f.Cause = Broken, "silent"
	case !d.Writable:
		f.State, f.Cause = Broken, "read_only"
	case d.Free < DiskBroken:
		f.State, f.Cause = Broken, "full"
	case d.Free < DiskWarn:
		f.State, f.Cause = Warn, "low"
	}
	return f
}

// data tells what the terminal's file went through, also once somebody has heard of it: the former
// file still lies there.
func (r Report) data() []Finding {
	s := r.Salvage
	f := Finding{Check: CheckData, State: Warn, Cause: "salvaged"}
	switch {
	case s.At.IsZero():
		return nil
	case s.Restored:
		f.Cause = "restored"
	case s.Records > 0:
		f.Cause = "records"
	}
	if s.Heard {
		f.State = OK
	}
	return []Finding{f}
}
