// Package terminal holds the use cases of a terminal: what it keeps, shows, sends and prints.
// It declares the ports that store, sync and printer fulfil, and knows none of them.
package terminal

import (
	"cmp"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/staff"
)

// Clock tells the time; tests inject it.
type Clock interface {
	Now() time.Time
}

// Cursor is the place in the hub's log up to which the terminal has stored.
type Cursor struct {
	Shard    int    `json:"shard"`
	Epoch    string `json:"epoch"`
	Sequence uint64 `json:"sequence"`
}

// Pending is a command that the hub has not confirmed yet.
type Pending struct {
	// Sequence orders the commands of this terminal; the store gives it.
	Sequence uint64        `json:"sequence"`
	Location string        `json:"location"`
	Command  order.Command `json:"command"`
}

// Store keeps everything that must survive a power cut. Update is one durable transaction: all
// of f's writes are on disk when it returns nil, or none is. An error of f comes back as it is.
// Where a record is damaged, or room has to be made first, Update runs f again from the beginning.
type Store interface {
	Update(f func(Tx) error) error
	View(f func(Tx) error) error
	// Disk is what keeps the last of what was written from the disk; none where nothing does.
	Disk() DiskFault
	// Mend tries whether the disk takes again what it has refused, and says what Disk then says.
	Mend() DiskFault
}

// DiskFault is why nothing can be stored, or soon nothing.
type DiskFault string

// The faults of the disk.
const (
	DiskWorks DiskFault = ""
	// DiskFull: the reserve, with which work goes on for a while, has been given up or is used up.
	DiskFull     DiskFault = "full"
	DiskReadOnly DiskFault = "read_only"
	// DiskFailing: it reports errors.
	DiskFailing DiskFault = "failing"
)

// DiskError is what a Store's Update fails with where the disk does not take it.
type DiskError struct {
	Fault DiskFault
	Err   error
}

func (e *DiskError) Error() string { return "the disk is " + string(e.Fault) + ": " + e.Err.Error() }

// Unwrap is the fault as the system tells it.
func (e *DiskError) Unwrap() error { return e.Err }

// Tx is the inside of a transaction. Values that are not there come back with found = false,
// never as an error; an error means that the file or a record is damaged.
type Tx interface {
	// Order is the order as the hub last confirmed it.
	Order(id string) (o order.Order, found bool, err error)
	PutOrder(order.Order) error
	// EachOrder visits every stored order, in no special sequence.
	EachOrder(func(order.Order) error) error
	// EachActiveOrder visits those that are active, by an index.
	EachActiveOrder(func(order.Order) error) error
	// EachEnded visits the orders that ended from a time on and before another, by an index, the
	// last one first, until f returns false. A zero time is no bound. f must not write.
	EachEnded(from, before time.Time, f func(order.Order) bool) error
	// FirstEnded is when the first of all stored orders ended; zero where none has.
	FirstEnded() (time.Time, error)

	// AddPending gives the command its sequence.
	AddPending(location string, c order.Command) (Pending, error)
	// PendingAfter lists at most limit pending commands, oldest first.
	PendingAfter(sequence uint64, limit int) ([]Pending, error)
	// PendingOf lists the pending commands of one order, oldest first.
	PendingOf(orderID string) ([]Pending, error)
	Healing
	Forgetting

	Cursor(location string) (c Cursor, found bool, err error)
	PutCursor(location string, c Cursor) error

	// Locations are the settings last heard from the hub.
	Locations() ([]shop.Location, error)
	PutLocations([]shop.Location) error
	Lease(location, station string) (l Lease, found bool, err error)
	PutLease(Lease) error

	Job(key string) (j Job, found bool, err error)
	// PutJob stores the job and keeps the queue: a job with an ended state is in no queue.
	PutJob(Job) error
	JobsOf(orderID string) ([]Job, error)
	// Queue visits the jobs of a station that have not ended, by Due and then by the sequence
	// in which they were first stored, until f returns false.
	Queue(location, station string, f func(Job) bool) error
	// Queues visits the jobs of all stations that have not ended, also of those that no settings name,
	// station by station.
	Queues(f func(Job) bool) error
	// Papers lists the n jobs of a station of which a copy may have come out last, the last one
	// first.
	Papers(location, station string, n int) ([]Job, error)
	// Setup is what was set up on this terminal's screen, empty where nothing was.
	Setup() (Setup, error)
	PutSetup(Setup) error
	// Torn are, by printer, the tickets that it may hold a part of.
	Torn() (map[string][]Ticket, error)
	PutTorn(map[string][]Ticket) error
	// Faults is the log of the printers' faults, the oldest first.
	Faults() ([]FaultPeriod, error)
	PutFaults([]FaultPeriod) error
	// HubAhead is how far the hub's clock was ahead of this machine's when that was last stored.
	HubAhead() (time.Duration, error)
	PutHubAhead(time.Duration) error
	// Count raises a counter by one and returns it: ticket and order numbers.
	Count(name string) (int, error)

	// Lockouts are what wrong PINs have led to, by person.
	Lockouts() (map[string]staff.Lockout, error)
	PutLockouts(map[string]staff.Lockout) error
	// Refusals are what the hub would not have, the oldest first.
	Refusals() ([]Refusal, error)
	PutRefusals([]Refusal) error
	// Orderings are empty where the hub has told none, and nobody has changed any.
	Orderings() (Orderings, error)
	PutOrderings(Orderings) error

	// Salvage is what the file went through last, empty where nothing.
	Salvage() (Salvage, error)
	PutSalvage(Salvage) error

	// Preferences are empty where nobody has chosen any.
	Preferences() (Preferences, error)
	PutPreferences(Preferences) error
}

// Preferences are how people want this terminal's screens. They stay on the terminal, and what
// is empty or not known any more means the default.
type Preferences struct {
	// Language is a tag such as "en"; the default is the location's.
	Language string `json:"language,omitempty"`
	// Appearance names one of the screens' looks.
	Appearance string `json:"appearance,omitempty"`
	// Alerts are what may sound here, and how loud.
	Alerts AlertPreferences `json:"alerts,omitzero"`
	// Location is the one that was shown last.
	Location string `json:"location,omitempty"`
}

// Lease is who prints a station's tickets of online orders.
type Lease struct {
	Location       string `json:"location"`
	Station        string `json:"station"`
	Device         string `json:"device"`
	Epoch          uint64 `json:"epoch"`
	FormerSequence uint64 `json:"formerSequence"`
}

// Job is one ticket on its way to paper. Its key is (order, station, version, kind): made in
// the transaction that first stores that version, it cannot exist twice.
type Job struct {
	Key      string           `json:"key"`
	OrderID  string           `json:"orderId"`
	Location string           `json:"location"`
	Station  string           `json:"station"`
	Version  int              `json:"version"`
	Kind     order.TicketKind `json:"kind"`
	// Owner is the terminal that alone prints the ticket, because its counter took the order, or
	// because the ticket takes back paper that only it knows of; empty for the others, which the
	// holder of the station's lease prints.
	Owner string `json:"owner,omitempty"`
	// Due gives the ticket its place in the queue. Only a Scheduled one waits until then: the
	// others print at once, however the clocks of hub and terminal differ.
	Due       time.Time `json:"due"`
	Scheduled bool      `json:"scheduled,omitempty"`
	// Sequence is a lower bound of where the order's change stands, or will stand, in the hub's
	// log.
	Sequence uint64   `json:"sequence"`
	State    JobState `json:"state"`
	// Heading is what the next copy must say above all, beside what its kind says.
	Heading Heading `json:"heading,omitempty"`
	// Copies counts the copies that may have come out, Marked those of them that said so.
	Copies int `json:"copies"`
	Marked int `json:"marked,omitempty"`
	// Printer is the one that was given the last copy.
	Printer string `json:"printer,omitempty"`
	// Released: somebody wants it printed, however old it is.
	Released bool `json:"released,omitempty"`
	// Lost: it is made anew, since the journal was damaged, and may have come out before.
	Lost bool `json:"lost,omitempty"`
	// Copy: it was asked for (Reprint), and says nothing of the order's paper.
	Copy bool `json:"copy,omitempty"`
	// SentAt is when the last copy's first byte left.
	SentAt time.Time `json:"sentAt,omitzero"`
	// Problem is the last fault in words, for screen and log.
	Problem string `json:"problem,omitempty"`
	// Number is the ticket's number of the station and business day, given at its first copy.
	Number int `json:"number,omitempty"`
	// Ticket is what the paper says; frozen when the first copy begins.
	Ticket *Ticket `json:"ticket,omitempty"`
}

// JobState is how far a job is.
type JobState string

// The states of a job. Unconfirmed goes back to JobQueued with HeadingDuplicate where the
// station reprints by itself.
const (
	JobQueued      JobState = "queued"
	JobSending     JobState = "sending"
	JobUnconfirmed JobState = "unconfirmed"
	// JobPrinted: proof that the paper came out.
	JobPrinted JobState = "printed"
	// JobSent: a blind printer took every byte.
	JobSent JobState = "sent"
	// JobDropped: a newer ticket says it all, or nothing is left to say.
	JobDropped JobState = "dropped"
	// JobElsewhere: another terminal reported it printed.
	JobElsewhere JobState = "elsewhere"
	// JobIdle: a void ticket of an order that nobody is known to have printed. It is queued if
	// this terminal takes the station over from one that may have.
	JobIdle JobState = "idle"
	// JobDiscarded: somebody decided that it need not come out, or a summary lists it.
	JobDiscarded JobState = "discarded"
)

// Ended reports whether nothing more will happen to the job.
func (s JobState) Ended() bool {
	switch s {
	case JobPrinted, JobSent, JobDropped, JobElsewhere, JobDiscarded:
		return true
	}
	return false
}

// out reports whether the last copy counts as printed.
func (s JobState) out() bool { return s == JobPrinted || s == JobSent }

// Heading is what a ticket says above all when it is not a normal one.
type Heading string

// The headings (design.md section 5). Changed and void tickets have theirs by their kind.
const (
	HeadingNone      Heading = ""
	HeadingDuplicate Heading = "duplicate"
	HeadingCopy      Heading = "copy"
)

// Ticket is the content of a kitchen ticket, without its form. Its texts stand as the channel
// sent them; the words of Comptoir are added in Language by the layout.
type Ticket struct {
	Kind     order.TicketKind `json:"kind"`
	Heading  Heading          `json:"heading,omitempty"`
	Language string           `json:"language"`
	TimeZone string           `json:"timeZone"`

	Number    string                `json:"number"`
	Section   order.FulfillmentType `json:"section"`
	Promised  time.Time             `json:"promised,omitzero"`
	Customer  string                `json:"customer"`
	Table     string                `json:"table"`
	Channel   string                `json:"channel"`
	Reference string                `json:"reference"`
	Received  time.Time             `json:"received"`

	Station string `json:"station"`
	// Part of Parts: "ticket 1 of 2" of this version of the order, or "bag 1 of 2"; none where
	// there is one bag.
	Part  int `json:"part"`
	Parts int `json:"parts"`
	// Others names the other stations that have a ticket.
	Others []string `json:"others,omitempty"`

	// Lines to make; of a changed ticket: unchanged lines. Removed and Added are its difference.
	Lines   []order.Line `json:"lines"`
	Removed []order.Line `json:"removed,omitempty"`
	Added   []order.Line `json:"added,omitempty"`
	// After is what the station's paper says once this ticket is out.
	After []order.Line `json:"after"`

	Note     string `json:"note"`
	Utensils *bool  `json:"utensils"`
	// Shop names the location, and what follows is what the order costs and how it was paid: of
	// receipts.
	Shop         string              `json:"shop,omitempty"`
	Currency     string              `json:"currency,omitempty"`
	Totals       order.Totals        `json:"totals,omitzero"`
	Transactions []order.Transaction `json:"transactions,omitempty"`
	// Sequence counts the tickets of the station and business day; a gap shows a lost one.
	Sequence int `json:"sequence"`
	// Replaces is the Sequence of the station's former ticket of this order, of changed and
	// void ones; 0 where it is not known.
	Replaces int `json:"replaces,omitempty"`
	// FirstSent is when an earlier copy was sent, of a duplicate or copy.
	FirstSent time.Time `json:"firstSent,omitzero"`
	// PrintedAt is the time at the foot.
	PrintedAt time.Time `json:"printedAt"`

	// Backup is the printer that this one stands in for: BACKUP OF …; empty on its own printer.
	Backup string `json:"backup,omitempty"`
	// Copies is how many the station wants, 0 for one: all in one job and one connection, each
	// with "copy 2 of 2" at its foot. They are wanted, and no doubt.
	Copies int `json:"copies,omitempty"`
	// BigText and Beeps are the station's (StationSetup).
	BigText bool `json:"bigText,omitempty"`
	Beeps   int  `json:"beeps,omitempty"`
	// Summary is what a ticket of KindSummary lists, instead of lines.
	Summary []Summary `json:"summary,omitempty"`
}

// Fault is what keeps a printer from printing.
type Fault string

// The faults, as the printer's answers or their absence tell them.
const (
	FaultNone Fault = ""
	// FaultUnreachable: no way to it, by network or cable, or it did not answer in time.
	FaultUnreachable Fault = "unreachable"
	// FaultBusy: another program holds its port.
	FaultBusy    Fault = "busy"
	FaultCover   Fault = "cover_open"
	FaultPaper   Fault = "paper_end"
	FaultCutter  Fault = "cutter"
	FaultOffline Fault = "offline" // it says so, and no more
	// FaultError needs the printer switched off and on, or a repair.
	FaultError Fault = "error"
)

// PrinterState is how a printer stands, as its queue last found it.
type PrinterState struct {
	Printer string `json:"printer"`
	Fault   Fault  `json:"fault,omitempty"`
	// PaperLow: the roll is near its end.
	PaperLow bool `json:"paperLow,omitempty"`
	// At is when it was found so.
	At time.Time `json:"at"`
}

// PrinterSetup is a printer of this terminal and how it is reached. The zero value of a field
// stands for its default.
type PrinterSetup struct {
	// Name never changes: stations, jobs and the log of faults know the printer by it. Label is
	// what people call it, empty where that is its name.
	Name  string `json:"name"`
	Label string `json:"label,omitempty"`
	// Kind is "tcp", "device" (a file such as /dev/usb/lp0), "serial" or "virtual".
	Kind string `json:"kind"`
	// Address is host:port, the path of a device file, or "/dev/ttyUSB0,9600".
	Address string `json:"address"`
	// Profile names the model (escpos.ProfileNamed); empty is a generic one of Columns.
	Profile string `json:"profile,omitempty"`
	Columns int    `json:"columns,omitempty"`
	// CodePage and the printer's number of it, where they are not the profile's.
	CodePage       string `json:"codePage,omitempty"`
	CodePageNumber int    `json:"codePageNumber,omitempty"`
	// Proof is "id", "fence", "status" or "blind".
	Proof string `json:"proof"`
}

// DisplayName is what people call the printer.
func (p PrinterSetup) DisplayName() string { return cmp.Or(p.Label, p.Name) }

// StationSetup is where and how this terminal prints a station's tickets.
type StationSetup struct {
	// Printer is its name; Backup takes over while it fails, none where empty.
	Printer string `json:"printer"`
	Backup  string `json:"backup,omitempty"`
	// Language of our own words; empty is the location's.
	Language string `json:"language,omitempty"`
	// BigText prints items, modifiers and notes a size larger; Combine adds up equal items.
	BigText bool `json:"bigText,omitempty"`
	Combine bool `json:"combine,omitempty"`
	// Beeps is how often the buzzer sounds, 0 to 9; Copies how many are printed, 0 for one.
	Beeps  int `json:"beeps,omitempty"`
	Copies int `json:"copies,omitempty"`
}

// Printing is a job that a printer is to carry out now.
type Printing struct {
	Key    string
	Ticket Ticket
	// Torn are tickets of which the printer may hold a part: their end is not known, and nothing
	// came out since.
	Torn []Ticket
}

// Outcome is what became of a copy.
type Outcome int

// The outcomes.
const (
	// NothingLeft: no byte left the terminal; the job stays queued, unmarked.
	NothingLeft Outcome = iota
	// Unknown: some bytes may have left, and nothing proves that the ticket came out.
	Unknown
	// Sent: a blind printer took every byte and the connection closed without an error.
	Sent
	// Proven: the printer said that it printed.
	Proven
)
