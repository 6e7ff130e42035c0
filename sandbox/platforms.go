package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"comptoir/menu"
)

// Platforms are the stand-ins of a shop's connections. They send orders at a rate, cancel and
// change some, and have a page with buttons, also for simulated kitchen printers. Start serves
// them all and the page, Aim says where the hub is, Run sends, Close ends what Start began.
type Platforms struct {
	config PlatformsConfig
	log    *slog.Logger
	now    func() time.Time
	links  []*link
	page   *server
	wake   chan struct{}
	// printers are those that Start began.
	printers []*kitchenPrinter

	mu     sync.Mutex // guards what follows, and the generators
	random *rand.Rand
	hub    string
	rate   float64
	next   time.Time // when the next order is due; zero: none is
	plans  []plan
	sent   []*Sent // oldest first
}

// PlatformsConfig says what to stand in for.
type PlatformsConfig struct {
	Options
	Connections []Connection
	// Listen is the page's address; empty is a free port of loopback.
	Listen string
	// Rate is how many orders come in a minute, at random; 0 is none but those sent by hand.
	Rate float64
	// Seed must differ at each start (GeneratorConfig).
	Seed uint64
	// Printers is how many simulated kitchen printers there are, up to MaxPrinters.
	Printers int
}

// Connection is one of the shop's, with what both sides agreed on: Deliverect or DoorDash.
type Connection struct {
	ID         string
	Deliverect *DeliverectConfig
	DoorDash   *DoorDashConfig
	// Location is the store that the orders are for, and Zone its clock; nil is this machine's.
	Location string
	Zone     *time.Location
	Menu     menu.Menu
	// Channels are Deliverect's channel numbers to choose from.
	Channels []int64
	// ShopToken is the hub's, for the check-in links of its API; without it the page shows none.
	ShopToken string
	// Address is where the stand-in listens; empty is a free port of loopback.
	Address string
}

// MaxRate is the most orders a minute.
const MaxRate = 600

// What is remembered: for the page alone.
const (
	keptOrders = 300
	keptCalls  = 2_000
)

const freePort = "127.0.0.1:0"

// platform is a stand-in: Deliverect or DoorDash.
type platform interface {
	Start(addr string) error
	URL() string
	Close() error
	Calls() []Call
	Store() Store
	Wait(ctx context.Context, wanted func([]Call) bool) error
	Fail(n int, fault Fault)
	Faults() int
	Heal()
	Send(ctx context.Context, hub, connection string, body []byte) (Answer, error)
	// Kinds are those that the platform has.
	Kinds() []Kind
	Webhook(o Order) []byte
	// Cancellation is nil where the order cannot be cancelled, Adjustment where the platform
	// changes none.
	Cancellation(o Order, at time.Time) []byte
	Adjustment(o Order) []byte
}

type link struct {
	Connection
	platform
	name      string
	generator *Generator
}

// Sent is an order that a stand-in sent, with all that it said of it since.
type Sent struct {
	Connection string
	Order      Order
	Cancelled  bool
	Messages   []Message
}

// Message is a webhook, and what the hub answered.
type Message struct {
	What What
	At   time.Time
	// Status is the hub's answer; 0: it gave none, and Problem says why.
	Status  int
	Problem string
}

// What a message is about.
type What string

// The messages.
const (
	Placing    What = "order"
	Cancelling What = "cancel"
	Changing   What = "change"
)

// Accepted reports whether the hub took the message.
func (m Message) Accepted() bool { return m.Status >= 200 && m.Status < 300 }

// What a button cannot do.
var (
	ErrNotReady = errors.New("sandbox: the hub is not up yet")
	ErrUnknown  = errors.New("sandbox: there is no such platform, printer, kind, timing or rate")
	ErrNoOrder  = errors.New("sandbox: there is no order of which that can be said")
)

// NewPlatforms prepares the stand-ins; nothing runs yet.
func NewPlatforms(config PlatformsConfig) (*Platforms, error) {
	if len(config.Connections) == 0 {
		return nil, errors.New("sandbox: there is no connection to stand in for")
	}
	if config.Printers < 0 || config.Printers > MaxPrinters {
		return nil, fmt.Errorf("sandbox: %d printers are asked for: use 0 to %d", config.Printers, MaxPrinters)
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Keep == 0 {
		config.Keep = keptCalls
	}
	p := &Platforms{
		config: config, log: config.Log, now: config.Now, wake: make(chan struct{}, 1),
		random: rand.New(rand.NewPCG(config.Seed, 1)),
	}
	if err := p.SetRate(config.Rate); err != nil {
		return nil, fmt.Errorf("sandbox: the rate is %g: use 0 to %d orders a minute", config.Rate, MaxRate)
	}
	for i, connection := range config.Connections {
		l := &link{Connection: connection}
		switch {
		case connection.Deliverect != nil:
			agreed := *connection.Deliverect
			agreed.Options = config.Options
			l.name, l.platform = "deliverect", NewDeliverect(agreed)
		case connection.DoorDash != nil:
			agreed := *connection.DoorDash
			agreed.Options = config.Options
			l.name, l.platform = "doordash", NewDoorDash(agreed)
		default:
			return nil, fmt.Errorf("sandbox: connection %s is neither Deliverect's nor DoorDash's", connection.ID)
		}
		if l.Zone == nil {
			l.Zone = time.Local
		}
		var err error
		l.generator, err = NewGenerator(GeneratorConfig{
			Menu: connection.Menu, Store: connection.Location, Channels: connection.Channels,
			UUIDs: connection.DoorDash != nil, Seed: config.Seed + uint64(i),
		})
		if err != nil {
			return nil, fmt.Errorf("connection %s: %w", connection.ID, err)
		}
		p.links = append(p.links, l)
	}
	return p, nil
}

// Start serves the platforms, the printers and the page, on loopback alone: whoever reaches the page can send
// orders.
func (p *Platforms) Start() error {
	for _, l := range p.links {
		address, err := onLoopback(l.Address)
		if err == nil {
			err = l.Start(address)
		}
		if err != nil {
			return errors.Join(err, p.Close())
		}
	}
	if err := p.startPrinters(); err != nil {
		return errors.Join(err, p.Close())
	}
	address, err := onLoopback(p.config.Listen)
	if err == nil {
		p.page, err = serve(address, p.Handler())
	}
	if err != nil {
		return errors.Join(fmt.Errorf("sandbox page: %w", err), p.Close())
	}
	return nil
}

func onLoopback(address string) (string, error) {
	if address == "" {
		return freePort, nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("%q is not host:port, such as 127.0.0.1:9300", address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", fmt.Errorf("%s can be reached by others: use 127.0.0.1", address)
	}
	return address, nil
}

// Close ends the servers and the printers. Run must have returned.
func (p *Platforms) Close() error {
	var failures []error
	for _, l := range p.links {
		failures = append(failures, l.Close())
	}
	if p.page != nil {
		failures = append(failures, p.page.close())
	}
	for _, k := range p.printers {
		k.device.Close()
	}
	return errors.Join(failures...)
}

// Endpoint is an address of the sandbox.
type Endpoint struct {
	// Name is "page", the platform's or the printer's.
	Name string
	// URL begins with http:// or, a printer's, with tcp://.
	URL string
	// Connection is whose platform it is; empty where it is none.
	Connection string
}

// Endpoints lists the page, the platforms and the printers, once started.
func (p *Platforms) Endpoints() []Endpoint {
	var endpoints []Endpoint
	if p.page != nil {
		endpoints = append(endpoints, Endpoint{Name: "page", URL: p.page.url})
	}
	for _, l := range p.links {
		endpoints = append(endpoints, Endpoint{Name: l.name, URL: l.URL(), Connection: l.ID})
	}
	for _, k := range p.printers {
		endpoints = append(endpoints, Endpoint{Name: k.name, URL: "tcp://" + k.address})
	}
	return endpoints
}

// Sent lists the latest orders, newest first.
func (p *Platforms) Sent() []Sent {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []Sent
	for _, s := range slices.Backward(p.sent) {
		known := *s
		known.Messages = slices.Clone(s.Messages)
		list = append(list, known)
	}
	return list
}

// Calls lists what a connection's platform got, oldest first.
func (p *Platforms) Calls(connection string) []Call {
	if l := p.link(connection); l != nil {
		return l.Calls()
	}
	return nil
}

// Wait returns once the calls to a connection's platform are as wanted, or with ctx's error.
func (p *Platforms) Wait(ctx context.Context, connection string, wanted func([]Call) bool) error {
	l := p.link(connection)
	if l == nil {
		return ErrUnknown
	}
	return l.Wait(ctx, wanted)
}

// Fail answers the next n calls to a connection's platform with the fault.
func (p *Platforms) Fail(connection string, n int, fault Fault) error {
	l := p.link(connection)
	if l == nil {
		return ErrUnknown
	}
	l.Fail(n, fault)
	return nil
}

// Heal ends a failing.
func (p *Platforms) Heal(connection string) error {
	l := p.link(connection)
	if l == nil {
		return ErrUnknown
	}
	l.Heal()
	return nil
}

func (p *Platforms) link(connection string) *link {
	at := slices.IndexFunc(p.links, func(l *link) bool { return l.ID == connection })
	if at < 0 {
		return nil
	}
	return p.links[at]
}
