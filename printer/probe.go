package printer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// Found is what a printer told of itself.
type Found struct {
	// Maker and Model are empty where it said nothing.
	Maker, Model string
	// Profile names the model's profile for the encoder, empty where none is known.
	Profile string
	// Proof is the best that it can do.
	Proof Proof
	// PaperLow: the roll is near its end.
	PaperLow bool
}

// ProbeError is why a printer cannot be set up yet, and what to do.
type ProbeError struct {
	Fault  terminal.Fault
	Advice string
	Err    error
}

// Error is for logs and developers; screens have words of their own for a Fault.
func (e *ProbeError) Error() string { return fmt.Sprintf("%v: %s", e.Err, e.Advice) }

// Unwrap is the cause.
func (e *ProbeError) Unwrap() error { return e.Err }

const (
	identityTimeout = time.Second
	// trialTimeout is what a printer gets that is still printing for somebody.
	trialTimeout = 3 * time.Second
)

// Probe asks a printer, which uses no paper: is it there, what is it, and how can it prove what
// it prints? It takes up to 9 s where the printer answers nothing. A *ProbeError is a printer that
// is not reached or cannot print now; other errors are mistakes in the setup. A proof in the setup
// does not matter.
func Probe(ctx context.Context, setup terminal.PrinterSetup) (Found, error) {
	way, err := wayTo(setup)
	if err != nil {
		return Found{}, err
	}
	return probe(ctx, way.Open)
}

func probe(ctx context.Context, open func(context.Context) (Conversation, error)) (Found, error) {
	conn, err := open(ctx)
	if err != nil {
		return Found{}, advise(FaultOf(err), err)
	}
	t := talkTo(conn)
	t.torn = true // nobody knows what was sent to it before
	found, err := interview(ctx, t)
	_ = t.leave() // what was to be known is known
	if err != nil && ctx.Err() == nil {
		err = advise(FaultOf(err), err)
	}
	return found, err
}

func advise(fault terminal.Fault, err error) error {
	var broken *ProbeError
	if errors.As(err, &broken) {
		return err
	}
	advice := map[terminal.Fault]string{
		terminal.FaultBusy:    "another program or terminal prints on it: close that one, or wait until it has printed",
		terminal.FaultCover:   "close its cover",
		terminal.FaultPaper:   "put in a new roll of paper",
		terminal.FaultCutter:  "clear the cutter, then switch the printer off and on",
		terminal.FaultOffline: "put it online by its button, or switch it off and on",
		terminal.FaultError:   "switch it off and on; if that does not help, it needs a repair",
	}[fault]
	switch {
	case advice != "":
	case errors.Is(err, syscall.ECONNREFUSED):
		advice = "something is at this address but takes no tickets: check the address and the port, usually 9100"
	case errors.Is(err, os.ErrPermission):
		advice = "this user may not open it: add the user to the group of the file, usually lp or dialout"
	case errors.Is(err, os.ErrNotExist):
		advice = "there is no such file: plug the printer in and switch it on"
	default:
		advice = "check its address and cable, and that it is switched on"
	}
	return &ProbeError{Fault: fault, Advice: advice, Err: err}
}

// withoutID are models that have no GS ( H and may print it (escpos.md 2.3, row 1).
var withoutID = []string{"TM-T88III", "TM-L60II", "TM-U220", "TM-U230", "TM-U210", "TM-U300", "TM-J2000", "TM-J2100"}

// trial is a probe's number for its process ids, which nothing else uses at that moment.
const trial = 0x50524F

func interview(ctx context.Context, t *talk) (Found, error) {
	found := Found{Proof: ProofBlind}
	condition, err := t.ask(ctx, identityTimeout)
	if err != nil {
		return found, err
	}
	if condition.Fault != terminal.FaultNone {
		return found, &FaultError{condition}
	}
	found.PaperLow = condition.PaperLow
	if condition.Answered {
		found.Proof = ProofStatus
	}
	// A mode or half a line that somebody left is gone, and with it what an unknown command leaves.
	reset := []byte("\x1B@")
	if err := t.put(reset); err != nil {
		return found, err
	}
	if found.Maker, err = t.identity(ctx, escpos.QueryMaker); err != nil {
		return found, err
	}
	if found.Model, err = t.identity(ctx, escpos.QueryModel); err != nil {
		return found, err
	}
	found.Profile = profileOf(found.Model)
	if !slices.ContainsFunc(withoutID, func(model string) bool { return hasPrefixFold(found.Model, model) }) {
		id := escpos.NewID(trial)
		if err := t.put(escpos.ConfirmID(id)); err != nil {
			return found, err
		}
		_, ok, err := t.expectAnswer(ctx, trialTimeout, func(a escpos.Answer) bool { return a.Kind == escpos.AnswerID && a.ID == id })
		if err != nil {
			return found, err
		}
		if err := t.put(reset); err != nil {
			return found, err
		}
		if ok {
			found.Proof = ProofID
			return found, nil
		}
	}
	t.expect(escpos.QueryPaper)
	if err := t.put(escpos.QueryPaper.Request()); err != nil {
		return found, err
	}
	_, ok, err := t.expectAnswer(ctx, trialTimeout, func(a escpos.Answer) bool { return a.Kind == escpos.AnswerPaper })
	if err != nil {
		return found, err
	}
	if ok {
		found.Proof = ProofFence
	}
	return found, t.put(reset)
}

// identity asks for a maker or model; "" where nothing comes.
func (t *talk) identity(ctx context.Context, q escpos.Query) (string, error) {
	t.expect(q)
	if err := t.put(q.Request()); err != nil {
		return "", err
	}
	a, _, err := t.expectAnswer(ctx, identityTimeout, func(a escpos.Answer) bool {
		return a.Kind == escpos.AnswerIdentity && a.Query == q
	})
	return strings.TrimSpace(a.Text), err
}

// profileOf is the name of the profile that serves a model; the longest name that fits.
func profileOf(model string) string {
	for _, name := range []string{"TM-T88III", "TM-T88", "TM-T20", "TM-m30", "TM-U220", "TM-U230"} {
		if hasPrefixFold(model, name) {
			return name
		}
	}
	return ""
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
