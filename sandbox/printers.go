package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"comptoir/printer/escpos"
	"comptoir/printer/simulator"
	"comptoir/printer/virtual"
)

// MaxPrinters is the most simulated printers.
const MaxPrinters = 8

const (
	printerSpeed   = 4_000 // bytes a second: a ticket is seen to take its time
	printerColumns = 48    // of 80 mm paper
	keptTickets    = 4
	untilMended    = time.Duration(math.MaxInt64)
)

// kitchenPrinter is a simulated printer, and the last of what came out of it.
type kitchenPrinter struct {
	name    string
	address string
	device  *simulator.Printer
	painter *virtual.Painter

	pressing sync.Mutex // a button ends one trouble and begins another

	mu      sync.Mutex // guards what follows; the device has its own lock when it takes this
	count   int
	tickets []printed // newest first
}

// printed is a ticket that came out.
type printed struct {
	number     int // of the printer's, from 1
	at         time.Time
	incomplete bool
	picture    func() ([]byte, error) // PNG; drawn once, when first looked at
}

func newKitchenPrinter(name string, painter *virtual.Painter) *kitchenPrinter {
	k := &kitchenPrinter{name: name, painter: painter}
	model := simulator.Epson()
	model.Speed = printerSpeed
	k.device = simulator.New(model, k.keep)
	return k
}

// listen opens the printer on a free port of loopback.
func (k *kitchenPrinter) listen() (err error) {
	k.address, err = k.device.Listen(freePort)
	return err
}

func (k *kitchenPrinter) keep(p simulator.Paper) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.count++
	ticket := printed{number: k.count, at: p.At, incomplete: p.Incomplete, picture: sync.OnceValues(func() ([]byte, error) {
		return k.draw(p.Ticket)
	})}
	k.tickets = slices.Insert(k.tickets, 0, ticket)
	k.tickets = k.tickets[:min(len(k.tickets), keptTickets)]
}

func (k *kitchenPrinter) draw(t escpos.Ticket) ([]byte, error) {
	var out bytes.Buffer
	err := k.painter.PNG(&out, t, printerColumns)
	return out.Bytes(), err
}

func (k *kitchenPrinter) last() []printed {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.tickets)
}

// trouble is the one under way; empty where all is well.
func (k *kitchenPrinter) trouble() simulator.Trouble {
	past := k.device.Past()
	if len(past) == 0 || !past[len(past)-1].Until.IsZero() {
		return ""
	}
	return past[len(past)-1].Trouble
}

// suffer replaces the trouble under way; the empty one mends.
func (k *kitchenPrinter) suffer(trouble simulator.Trouble) {
	k.pressing.Lock()
	defer k.pressing.Unlock()
	if trouble == k.trouble() {
		return
	}
	k.device.Mend()
	if trouble != "" {
		k.device.Fail(simulator.Fault{Trouble: trouble, For: untilMended})
	}
}

// printerFault is a button: its key in the page's words, and what it does to the printer.
type printerFault struct {
	key     string
	trouble simulator.Trouble
}

func printerFaults() []printerFault {
	return []printerFault{
		{"paper", simulator.PaperEnd},
		{"cover", simulator.CoverOpen},
		{"off", simulator.PowerOff},
		{"busy", simulator.Held},
		{"silent", simulator.Silent},
	}
}

// startPrinters adds each printer before it listens, so that Close ends it whatever happens.
func (p *Platforms) startPrinters() error {
	painter := virtual.NewPainter()
	for n := range p.config.Printers {
		k := newKitchenPrinter(fmt.Sprintf("printer-%d", n+1), painter)
		p.printers = append(p.printers, k)
		if err := k.listen(); err != nil {
			return fmt.Errorf("sandbox %s: %w", k.name, err)
		}
	}
	return nil
}

func (p *Platforms) printer(name string) (*kitchenPrinter, error) {
	at := slices.IndexFunc(p.printers, func(k *kitchenPrinter) bool { return k.name == name })
	if at < 0 {
		return nil, ErrUnknown
	}
	return p.printers[at], nil
}

func (p *Platforms) pressPrinter(r *http.Request) error {
	k, err := p.printer(r.PostFormValue("printer"))
	if err != nil {
		return err
	}
	pressed := r.PostFormValue("fault")
	if pressed == "none" {
		k.suffer("")
		return nil
	}
	for _, fault := range printerFaults() {
		if fault.key == pressed {
			k.suffer(fault.trouble)
			return nil
		}
	}
	return ErrUnknown
}

// serveTicket serves the picture of a ticket that is still remembered.
func (p *Platforms) serveTicket(w http.ResponseWriter, r *http.Request) {
	k, err := p.printer(r.PathValue("printer"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	last := k.last()
	at := slices.IndexFunc(last, func(t printed) bool { return strconv.Itoa(t.number) == r.PathValue("number") })
	if at < 0 {
		http.Error(w, errNoTicket.Error(), http.StatusNotFound)
		return
	}
	picture, err := last[at].picture()
	if err != nil {
		p.log.Error("sandbox page", "error", err)
		http.Error(w, "the ticket cannot be drawn", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "private, no-cache") // another start of the hub numbers anew
	http.ServeContent(w, r, "", last[at].at, bytes.NewReader(picture))
}

var errNoTicket = errors.New("sandbox: there is no such ticket, or newer ones took its place")

// printerView is a printer on the page.
type printerView struct {
	Name, Address string
	Trouble       bool
	State         string
	Faults        []faultView
	Tickets       []ticketView
}

type faultView struct {
	Value, Name string
	Chosen      bool
}

type ticketView struct {
	URL, At    string
	Incomplete bool
}

func (t words) printer(k *kitchenPrinter, zone *time.Location) printerView {
	trouble := k.trouble()
	v := printerView{Name: k.name, Address: k.address, Trouble: trouble != "", State: t["printer_well"]}
	for _, fault := range printerFaults() {
		chosen := fault.trouble == trouble
		if chosen {
			v.State = t["printer_is_"+fault.key]
		}
		v.Faults = append(v.Faults, faultView{fault.key, t["printer_"+fault.key], chosen})
	}
	for _, ticket := range k.last() {
		v.Tickets = append(v.Tickets, ticketView{
			URL: fmt.Sprintf("/tickets/%s/%d", k.name, ticket.number), At: clockIn(ticket.at, zone), Incomplete: ticket.incomplete,
		})
	}
	return v
}
