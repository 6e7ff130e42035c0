package model

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// PairFault is why a terminal could not be paired.
type PairFault string

// The faults. What is wrong with the code stands at the code, the rest at the hub's address, but for
// PairWaiting, which is about this terminal.
const (
	PairCode        PairFault = "code"
	PairTries       PairFault = "tries"
	PairWaiting     PairFault = "waiting"
	PairAddress     PairFault = "address"
	PairOpenly      PairFault = "openly"
	PairUnreachable PairFault = "unreachable"
	PairStrange     PairFault = "strange"
	PairClock       PairFault = "clock"
	PairChanged     PairFault = "changed"
	// PairNotStored: the disk of this terminal did not take it.
	PairNotStored PairFault = "not_stored"
)

// PairError is a PairFault with how long to wait before the next try.
type PairError struct {
	Fault PairFault
	Wait  time.Duration
	Err   error
}

func (e *PairError) Error() string { return string(e.Fault) + ": " + e.Err.Error() }

func (e *PairError) Unwrap() error { return e.Err }

// Pairer pairs this terminal. Its errors are *PairError.
type Pairer interface {
	// Look finds the hub at an address, as typed, and returns it made whole. fingerprint is what
	// somebody has to compare first; empty where authorities vouch for the hub.
	Look(ctx context.Context, typed string) (hub PairHub, err error)
	// Pair exchanges a code for a key, with that hub.
	Pair(ctx context.Context, hub PairHub, code string) error
}

// PairHub is a hub that was found.
type PairHub struct{ Address, Pin, Fingerprint string }

// PairSheet is the screen of a terminal that is nobody yet.
type PairSheet struct {
	Title, Text, Close, Below string
	// Address and Code are typed in; both are out of sight while Fingerprint is to be compared.
	Address, Code Field
	Problem       Banner
	// Fingerprint is what the hub shows too; No is the answer that it does not, and Next that it does.
	Fingerprint, No string
	Next            SetupButton
	// Other is the language that a tap changes to, by its own name.
	Other    string
	Keyboard Keyboard
}

// PairDigits are those of a code.
const PairDigits = 8

// Pairing is the presenter of the pairing screen. Its methods may be called from any goroutine.
type Pairing struct {
	pairer  Pairer
	changed func()
	paired  func()
	words   map[string]*Words

	mu       sync.Mutex
	language string
	address  string // what the line begins with
	code     string // handed over, while the fingerprint is compared
	hub      PairHub
	asking   bool // the fingerprint is being compared
	busy     bool
	fault    *PairError
}

// NewPairing begins with an address that may be known. changed runs when the screen has changed,
// paired when the terminal is; neither may block.
func NewPairing(language, address string, pairer Pairer, changed, paired func()) (*Pairing, error) {
	p := &Pairing{pairer: pairer, changed: changed, paired: paired, words: map[string]*Words{}, language: language, address: address}
	for _, known := range Languages() {
		words, err := LoadWords(known)
		if err != nil {
			return nil, err
		}
		p.words[known] = words
	}
	if p.words[language] == nil {
		p.language = English
	}
	return p, nil
}

// Translate changes to the other language.
func (p *Pairing) Translate() {
	p.mu.Lock()
	p.language = p.other()
	p.mu.Unlock()
	p.changed()
}

// other is the language that is not shown.
func (p *Pairing) other() string {
	for _, language := range Languages() {
		if language != p.language {
			return language
		}
	}
	return p.language
}

// Complete reports whether what is typed can be tried.
func (p *Pairing) Complete(address, code string) bool {
	return strings.TrimSpace(address) != "" && len(code) == PairDigits
}

// Try looks for the hub, and pairs with it where nobody has to compare anything.
func (p *Pairing) Try(address, code string) Errand {
	if !p.Complete(address, code) || !p.begin(func() { p.address, p.code = address, code }) {
		return nil
	}
	return func(ctx context.Context) {
		hub, err := p.pairer.Look(ctx, address)
		if err == nil && hub.Fingerprint == "" {
			err = p.pairer.Pair(ctx, hub, code)
		}
		p.mu.Lock()
		p.hub = hub
		p.asking = err == nil && hub.Fingerprint != ""
		asking := p.asking
		p.mu.Unlock()
		p.end(err)
		if err == nil && !asking {
			p.paired()
		}
	}
}

// Same says that the hub shows the same fingerprint: the code goes there.
func (p *Pairing) Same() Errand {
	p.mu.Lock()
	hub, code, asking := p.hub, p.code, p.asking
	p.mu.Unlock()
	if !asking || !p.begin(func() {}) {
		return nil
	}
	return func(ctx context.Context) {
		err := p.pairer.Pair(ctx, hub, code)
		p.mu.Lock()
		p.asking = false
		p.mu.Unlock()
		p.end(err)
		if err == nil {
			p.paired()
		}
	}
}

// Differs says that the hub shows another fingerprint. Once the code is on its way, it is too late.
func (p *Pairing) Differs() {
	p.mu.Lock()
	if !p.busy {
		p.asking = false
		p.fault = &PairError{Fault: PairChanged, Err: errors.New("the fingerprints differ")}
	}
	p.mu.Unlock()
	p.changed()
}

func (p *Pairing) begin(prepare func()) bool {
	p.mu.Lock()
	free := !p.busy
	if free {
		p.busy, p.fault = true, nil
		prepare()
	}
	p.mu.Unlock()
	p.changed()
	return free
}

func (p *Pairing) end(err error) {
	p.mu.Lock()
	p.busy = false
	if err != nil {
		fault, known := errors.AsType[*PairError](err)
		if !known {
			fault = &PairError{Fault: PairStrange, Err: err}
		}
		p.fault = fault
	}
	p.mu.Unlock()
	p.changed()
}

// Sheet is the screen as it is now.
func (p *Pairing) Sheet() PairSheet {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.words[p.language]
	s := PairSheet{
		Title: w.Say("pair.title"), Text: w.Say("pair.text"), Close: w.Say("pair.close"), Below: w.Say("details.below"),
		Address:  Field{Label: w.Say("pair.address"), Text: p.address, Placeholder: "hub.example.com", Limit: 200},
		Code:     Field{Label: w.Say("pair.code"), Limit: PairDigits},
		Next:     SetupButton{Label: w.Say("pair.next"), Icon: "link"},
		Other:    p.words[p.other()].Say("pair.language"),
		Keyboard: w.Keyboard(),
	}
	if p.asking {
		s.Title, s.Text = w.Say("pair.same"), w.Say("pair.same.text")
		s.Fingerprint, s.No = p.hub.Fingerprint, w.Say("pair.same.no")
		s.Next = SetupButton{Label: w.Say("pair.same.yes"), Icon: "check"}
	}
	if p.busy {
		s.Next = SetupButton{Label: w.Say("pair.busy"), Busy: true}
	}
	if p.fault != nil {
		p.tell(w, &s)
	}
	return s
}

// tell says what went wrong, where the eye is.
func (p *Pairing) tell(w *Words, s *PairSheet) {
	said := w.Say("pair.wrong." + string(p.fault.Fault))
	switch p.fault.Fault {
	case PairCode:
		s.Code.Wrong = said
	case PairTries:
		minutes := max(1, int((p.fault.Wait+time.Minute-1)/time.Minute))
		s.Code.Wrong = w.Say("pair.wrong.tries", "duration", w.Duration(minutes))
	case PairWaiting, PairNotStored:
		s.Problem = Banner{Tone: ToneLate, Icon: "alert", Title: said, Text: w.Say("pair.wrong." + string(p.fault.Fault) + ".text")}
	default:
		s.Address.Wrong = said
	}
}

// barredBanner says why the hub and this terminal will not come together by themselves.
func (b *builder) barredBanner() Banner {
	bar := string(b.Link.Reason)
	banner := Banner{Tone: ToneLate, Icon: "cloud-off", Title: b.Words.Say("barred." + bar), Text: b.Words.Say("barred." + bar + ".text")}
	if unsent := len(b.Unsent); unsent > 0 {
		banner.Text += " " + b.Words.Count("barred.unsent", unsent)
	}
	if b.PairAgain {
		banner.Action, banner.Pair = b.Words.Say("barred.action"), true
	} else {
		banner.Text += " " + b.Words.Say("barred.file")
	}
	return banner
}

// PairAgain leads to the pairing screen. What the terminal holds stays.
func (c *Controller) PairAgain() {
	if again := c.options.PairAgain; again != nil {
		again()
	}
}
