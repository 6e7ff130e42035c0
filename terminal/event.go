package terminal

import (
	"time"

	"comptoir/order"
)

// Event is something that a screen, or whoever reads the headless terminal, wants to know.
// Which fields are set depends on the kind.
type Event struct {
	Kind  EventKind
	Order order.Order
	Alarm order.Alarm
	Job   Job
	// Online and Reason of EventLink; Since is when it last changed.
	Online bool
	Reason LinkReason
	Since  time.Time
	// Versions belong to the reasons LinkTerminalOld and LinkHubOld of EventLink.
	Versions LinkVersions
	// Printer and Stale of EventPrinter; Since is when its fault began.
	Printer PrinterState
	Stale   StaleQuestion
	// Disk of EventDisk.
	Disk DiskFault
	// Command and Refused of EventRefused.
	Command order.Command
	Refused *order.Error
	// Location of EventOrdering. Where the hub has answered a change, Change is its id, and
	// Refused why it would not take it.
	Location string
	Change   string
}

// EventKind names an event.
type EventKind string

// The kinds of event. An alarm comes once when it starts to ring.
const (
	EventOrder        EventKind = "order"
	EventAlarm        EventKind = "alarm"
	EventAcknowledged EventKind = "acknowledged"
	EventTicket       EventKind = "ticket"
	EventLink         EventKind = "link"
	EventRefused      EventKind = "refused"
	EventSettings     EventKind = "settings"
	// EventPrinter: a printer stands otherwise, or its old tickets ask something else.
	EventPrinter EventKind = "printer"
	// EventPrinters: printers or stations were set up anew.
	EventPrinters EventKind = "printers"
	// EventTrouble: Troubles answers something else.
	EventTrouble EventKind = "trouble"
	// EventDisk: the disk takes nothing more, or everything again.
	EventDisk EventKind = "disk"
	// EventLost: Lost answers something else.
	EventLost EventKind = "lost"
	// EventOrdering: a location takes orders in another way, or the hub has answered a change.
	EventOrdering EventKind = "ordering"
)
