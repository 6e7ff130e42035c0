package printer

import (
	"errors"
	"net"
	"os"
	"strings"
	"syscall"

	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// Condition is how a printer stands, in its own words. The zero value is one that said nothing.
type Condition struct {
	// Answered is false where it said nothing: many cannot. Its Fault is then FaultBusy if it
	// does not even read.
	Answered bool
	Fault    terminal.Fault
	// PaperLow: the roll is near its end.
	PaperLow bool
}

func conditionOf(s escpos.Status) Condition {
	return Condition{Answered: true, Fault: faultOf(s), PaperLow: s.Has(escpos.PaperLow)}
}

// faultOf names what a person has to see to first: an open cover also reads as an end of paper,
// and every fault as offline.
func faultOf(s escpos.Status) terminal.Fault {
	switch {
	case s.Has(escpos.Unrecoverable):
		return terminal.FaultError
	case s.Has(escpos.CutterError):
		return terminal.FaultCutter
	case s.Has(escpos.CoverOpen):
		return terminal.FaultCover
	case s.Has(escpos.PaperEnd):
		return terminal.FaultPaper
	case s.Has(escpos.Recoverable), s.Has(escpos.ErrorStop) && !s.Has(escpos.AutoRecoverable):
		return terminal.FaultError
	case s.Has(escpos.Offline | escpos.AutoRecoverable): // a hot head cools by itself
		return terminal.FaultOffline
	}
	return terminal.FaultNone
}

// FaultError is a printer that says why it cannot print. Nothing of the ticket was sent, or what
// was sent is not proven.
type FaultError struct{ Condition Condition }

// Error is for logs.
func (e *FaultError) Error() string { return "the printer says: " + string(e.Condition.Fault) }

// FaultOf is the fault that an error of this package shows. A refused connection is
// FaultUnreachable: that somebody else holds the port is known only from what was before.
func FaultOf(err error) terminal.Fault {
	if fault, ok := errors.AsType[*FaultError](err); ok {
		return fault.Condition.Fault
	}
	switch {
	case err == nil:
		return terminal.FaultNone
	case errors.Is(err, syscall.EBUSY), errors.Is(err, errNotTaken), errors.Is(err, errNotRead), errors.Is(err, errInUse):
		return terminal.FaultBusy
	case errors.Is(err, os.ErrDeadlineExceeded): // of a write, not of dialing: nothing is read
		return terminal.FaultBusy
	}
	return terminal.FaultUnreachable
}

// reason says in words why a printer cannot be reached or does not print.
func (w *words) reason(fault terminal.Fault, err error) string {
	var network net.Error
	switch fault {
	case terminal.FaultBusy:
		return w.busy
	case terminal.FaultCover:
		return w.cover
	case terminal.FaultPaper:
		return w.paper
	case terminal.FaultCutter:
		return w.cutter
	case terminal.FaultOffline:
		return w.offline
	case terminal.FaultError:
		return w.broken
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return w.refused
	case errors.As(err, &network) && network.Timeout():
		return w.noAnswer
	}
	return w.notHere
}

// doubt says in words why it is not known whether a copy came out.
func (w *words) doubt(fault terminal.Fault, err error) string {
	switch {
	case fault != terminal.FaultNone && fault != terminal.FaultUnreachable:
		return fill(&strings.Builder{}, w.unconfirmedBy, "{fault}", w.reason(fault, err))
	case errors.Is(err, errNoProof):
		return w.unproven
	}
	return w.unconfirmed
}
