// Package stories holds what the storybook shows: the terminal's screens on canned data.
package stories

import (
	"context"
	"errors"
	"image"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"comptoir/doctor"
	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/virtual"
	"comptoir/shop"
	"comptoir/sync/wire"
	"comptoir/terminal"
	"comptoir/ui"
	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// Story is one screen to look at.
type Story struct {
	Name   string
	Orders func(language string) []order.Order
	// Tell brings the window where the story is.
	Tell func(*Stage)
}

// Stories lists all of them.
func Stories() []Story {
	open := func(id string) func(*Stage) { return func(s *Stage) { s.Controller.Select(id) } }
	return slices.Concat([]Story{
		{"orders", Orders, nil},
		{"details", Orders, open("order-214")},
		{"payment", Orders, func(s *Stage) { open("order-214")(s); s.Controller.DetailTab(model.TabPayment) }},
		{"history", Orders, func(s *Stage) { open("order-214")(s); s.Controller.DetailTab(model.TabHistory) }},
		{"allergy", Long, open("order-217")},
		{"pickup", Orders, func(s *Stage) { s.Controller.Section(model.Pickup) }},
		{"alarm", ringing, nil},
		{"alarm-many", unanswered, nil},
		{"explanation", Orders, func(s *Stage) { open("order-214")(s); s.explain = true }},
		{"offline", Orders, offline},
		{"terminal-old", Orders, terminalOld},
		{"wrong-clock", Orders, barred(terminal.LinkClock)},
		{"untrusted-hub", Orders, barred(terminal.LinkUntrusted)},
		{"empty", func(string) []order.Order { return nil }, nil},
		{"waiting", func(string) []order.Order { return nil }, func(s *Stage) { s.terminal.locations = nil; s.terminal.link.Online = false }},
		{"printers", Orders, func(s *Stage) { tickets(s); s.Controller.Go(model.PlacePrinters) }},
		{"printers-trouble", Orders, func(s *Stage) { trouble(s); s.Controller.Go(model.PlacePrinters) }},
		{"printers-offline", Orders, func(s *Stage) { tickets(s); offline(s); s.Controller.Go(model.PlacePrinters) }},
		{"printers-none", Orders, func(s *Stage) {
			s.stranded = []terminal.Stranded{{Station: "Bar", Tickets: 3}}
			s.Controller.Go(model.PlacePrinters)
		}},
		{"printers-log", Orders, func(s *Stage) { trouble(s); s.Controller.Go(model.PlacePrinters); s.open = s.Window.ReadFaults }},
		{"ticket", Orders, func(s *Stage) {
			tickets(s)
			s.Controller.Go(model.PlacePrinters)
			s.open = func() { s.Window.ReadTicket("cuisine214") }
		}},
		{"printer-banner", Orders, trouble},
		{"details-print", Orders, func(s *Stage) { tickets(s); open("order-214")(s) }},
		{"setup-address", Orders, setUp(model.SetupAddress)},
		{"setup-wrong", Orders, setUpWrong},
		{"setup-typing", Orders, setUpTyping},
		{"setup-rename", Orders, rename},
		{"setup-test", Orders, setUp(model.SetupTest)},
		{"setup-stations", Orders, setUp(model.SetupStations)},
		{"setup-options", Orders, setUp(model.SetupOptions)},
		{"muted", Orders, func(s *Stage) { s.alert.Audio = terminal.AudioMuted }},
		{"muted-orders", unheard, func(s *Stage) { s.Controller.MuteNewOrders(true); s.Controller.MuteArrivals(true) }},
		{"settings", Orders, func(s *Stage) { s.Controller.Open(model.PageSettings) }},
		{"alerts", Orders, func(s *Stage) { s.alert = well(); s.Controller.Open(model.PageAlerts) }},
		{"alerts-trouble", Orders, func(s *Stage) {
			s.alert = terminal.AlertState{Audio: terminal.AudioMuted, Checked: true}
			s.Controller.MuteArrivals(true)
			for range 3 {
				s.Controller.StepVolume(-1)
			}
			s.Controller.Open(model.PageAlerts)
		}},
		{"more", Orders, func(s *Stage) { s.Controller.Go(model.PlaceMore) }},
		{"snackbar", Orders, func(s *Stage) {
			s.Controller.Screen()
			s.Controller.Go(model.PlaceMore)
			s.Controller.Appearance("dark")
		}},
		{"snackbar-long", Orders, func(s *Stage) {
			s.Controller.Screen()
			s.Controller.Offer(s.Controller.Words().Say("snackbar.printer.failed", "printer", word{"Froid et desserts", "Cold and desserts"}.in(s.language)), func() model.Plan { return model.Plan{} })
		}},
		{"doctor-well", Orders, func(s *Stage) { s.report = wellReport(s.language); s.Controller.Go(model.PlaceDoctor) }},
		{"doctor-incident", Orders, func(s *Stage) { s.report = incidentReport(s.language); s.Controller.Go(model.PlaceDoctor) }},
		{"doctor-wrong", Orders, func(s *Stage) { s.report = wrongReport(s.language); s.Controller.Go(model.PlaceDoctor) }},
		{"salvaged", Orders, func(s *Stage) { s.terminal.salvage = salvage() }},
		{"restored", Orders, func(s *Stage) { s.terminal.salvage = restored() }},
		{"salvaged-records", Orders, func(s *Stage) { s.terminal.salvage = salvagedRecords() }},
		{"disk-full", Orders, func(s *Stage) { diskFull(s) }},
		{"disk-full-alarm", Orders, func(s *Stage) { diskFull(s); s.terminal.troubles = diskTrouble() }},
		{"doctor-clock", Orders, unbelieved(doctor.HubClock)},
		{"doctor-untrusted", Orders, unbelieved(doctor.HubUntrusted)},
		{"doctor-salvaged", Orders, func(s *Stage) {
			diskFull(s)
			s.report.Salvage = salvage()
			s.Controller.Go(model.PlaceDoctor)
		}},
		{"incident", Orders, func(s *Stage) { s.report = incidentReport(s.language) }},
		{"crash-banner", Orders, func(s *Stage) { s.report = crashedReport(s.language) }},
		{"leave", Orders, func(s *Stage) { s.Controller.Go(model.PlaceMore); s.open = s.Window.Leave }},
		{"offline-printers", Orders, func(s *Stage) { tickets(s); offline(s); s.Controller.Go(model.PlacePrinters) }},
		{"offline-more", Orders, func(s *Stage) { offline(s); s.Controller.Go(model.PlaceMore) }},
		{"hub-lost", Orders, hubLost},
		{"clock-off", Orders, clockOff},
		{"lock", Orders, locked("")},
		{"lock-pin", Orders, locked("luc")},
		{"lock-wrong", Orders, func(s *Stage) { s.team.tries = 2; locked("luc")(s); s.pin("0000") }},
		{"lock-out", Orders, func(s *Stage) { s.team.wait = 4*time.Minute + 20*time.Second; locked("luc")(s) }},
		{"lock-alarm", ringing, locked("")},
		{"lock-many", Orders, func(s *Stage) { crowd(s); locked("")(s) }},
		{"signed-in", Orders, signedIn},
		{"signed-in-more", Orders, func(s *Stage) { signedIn(s); s.Controller.Go(model.PlaceMore) }},
		{"history-people", people, func(s *Stage) { open("order-214")(s); s.Controller.DetailTab(model.TabHistory) }},
		{"pin", Orders, asked("")},
		{"pin-wrong", Orders, func(s *Stage) { s.team.tries = 1; asked("claire")(s); s.pin("0000") }},
		{"pin-locked-out", Orders, func(s *Stage) { s.team.wait = 20 * time.Second; asked("claire")(s) }},
		{"locations", Orders, func(s *Stage) { chain(s); s.open = s.Window.Locations }},
		{"two-locations", elsewhere, chain},
		{"two-locations-offline", Orders, func(s *Stage) { chain(s); offline(s) }},
		{"two-locations-busy", Orders, func(s *Stage) { chain(s); busy(s); s.alert.Audio = terminal.AudioMuted }},
		{"hard", Hard, nil},
		{"hard-details", Hard, open("hard-000")},
	}, detailStories(), lookingStories(), alarms(), orderingStories())
}

// barred is a terminal that does not take the hub.
func barred(reason terminal.LinkReason) func(*Stage) {
	return func(s *Stage) { s.terminal.link.Online, s.terminal.link.Reason = false, reason }
}

// unbelieved is the doctor's word on a hub that is there.
func unbelieved(fault doctor.HubFault) func(*Stage) {
	return func(s *Stage) {
		s.report = wellReport(s.language)
		s.report.Hub.Online, s.report.Hub.Fault, s.report.Hub.Health = false, fault, wire.Health{}
		s.Controller.Go(model.PlaceDoctor)
	}
}

func terminalOld(s *Stage) {
	s.terminal.link.Online, s.terminal.link.Reason = false, terminal.LinkTerminalOld
	s.terminal.link.Versions = terminal.LinkVersions{HubOldest: 3, HubNewest: 4, Oldest: 1, Newest: 2}
}

func offline(s *Stage) {
	s.terminal.link.Online = false
	s.terminal.unsent = []string{"order-214", "order-217", "order-219"}
	s.alert.Audio = terminal.AudioNoDevice
	s.Controller.SoundRead()
	s.Controller.Select("order-214")
	s.Controller.Notify(terminal.Event{
		Kind: terminal.EventRefused, Command: order.Command{OrderID: "order-221", Type: order.MarkReady},
		Refused: &order.Error{Kind: order.NotPossible, Cause: order.AlreadyReady},
	})
}

// hubLost: the hub came back from a backup that does not have two of the orders.
func hubLost(s *Stage) {
	s.terminal.lost = []string{"order-214", "order-217"}
	s.Controller.Select("order-214")
}

// clockOff: the machine is ten minutes fast.
func clockOff(s *Stage) {
	s.report = wellReport(s.language)
	s.report.Hub.Ahead = -10 * time.Minute
}

// drawn remembers what paper would draw again, by the printed bytes: windows of hundreds of stories
// show the same few tickets.
var drawn sync.Map

// picture is a ticket as it came out; nil where none did.
func (s *Stage) picture(key string) image.Image {
	ticket, there := s.papers[key]
	if !there {
		return nil
	}
	profile := escpos.Generic(48)
	bytes, err := printer.Render(ticket, profile)
	if err != nil {
		return nil
	}
	known, there := drawn.Load(string(bytes))
	if !there {
		known, _ = drawn.LoadOrStore(string(bytes), paper(profile, bytes))
	}
	picture, _ := known.(image.Image) // nil where it could not be drawn
	return picture
}

func paper(profile *escpos.Profile, bytes []byte) image.Image {
	tickets, err := escpos.Decode(profile, bytes)
	if err != nil || len(tickets) == 0 {
		return nil
	}
	return virtual.Picture(tickets[0], profile.Columns)
}

// Stage is a window on which a story is shown.
type Stage struct {
	Controller *model.Controller
	Window     *ui.Window

	language string
	terminal *canned
	papers   map[string]terminal.Ticket
	alert    terminal.AlertState
	explain  bool
	printers []terminal.PrinterStatus
	stranded []terminal.Stranded
	faults   []terminal.FaultPeriod
	team     team
	report   *doctor.Report
	open     func() // a sheet, once the window has its size
}

// Show makes a window of a size and tells the story on it, by a test driver of Fyne.
func Show(app fyne.App, story Story, language string, mode theme.Mode, width, height float32) (*Stage, error) {
	s, err := Open(app, story, language, mode)
	if err != nil {
		return nil, err
	}
	s.Window.Draw()
	s.Window.Fyne().Resize(fyne.NewSize(width, height))
	// what the new size asked of the controller comes with the next states
	const settled = 4
	for range settled {
		s.Window.Draw()
	}
	if s.open != nil {
		s.open()
	}
	if s.explain {
		if err := s.tapLocked(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Open makes a window that shows nothing yet, and brings its controller where the story is.
func Open(app fyne.App, story Story, language string, mode theme.Mode) (*Stage, error) {
	s := &Stage{language: language, papers: map[string]terminal.Ticket{}, terminal: &canned{
		orders: story.Orders(language), ended: endedOrders(language), locations: []shop.Location{location(language)},
		link: terminal.Event{Kind: terminal.EventLink, Online: true, Since: at(12, 2)},
	}}
	waker := ui.NewWaker()
	var err error
	s.Controller, err = model.NewController(model.Options{
		Terminal: s.terminal, Clock: clock{}, Wake: waker.Wake,
		Places: []model.Place{model.PlaceOrders, model.PlacePrinters, model.PlaceMore},
		Tools:  fitter{language}, Work: s, Alerts: alerts{s}, Staff: &s.team, Doctor: cannedDoctor{s}, Leave: func() {}, Ordering: s.terminal,
		Preferences: terminal.Preferences{Language: language},
	})
	if err != nil {
		return nil, err
	}
	s.Window = ui.New(app, ui.Options{
		Controller: s.Controller, Waker: waker, Alerts: alerts{s}, Mode: mode,
		Picture: s.picture,
	})
	if story.Tell != nil {
		story.Tell(s)
	}
	return s, nil
}

// tapLocked opens the explanation of the first action that is locked.
func (s *Stage) tapLocked() error {
	for _, action := range s.Controller.Screen().Details.Actions {
		if action.Kind == model.ActionLocked {
			s.Window.Explain(action.Explanation)
			return nil
		}
	}
	return errors.New("no action is locked")
}

// Rename gives the customer of an order another name.
func (s *Stage) Rename(i int, name string) {
	o := s.terminal.orders[i].Clone()
	o.Customer.Name = name
	s.terminal.orders[i] = o
}

// Close ends the stage.
func (s *Stage) Close() { s.Window.Fyne().Close() }

type clock struct{}

func (clock) Now() time.Time { return Now() }

// Commands are what fingers have asked of the terminal.
func (s *Stage) Commands() []order.Command {
	s.terminal.mu.Lock()
	defer s.terminal.mu.Unlock()
	return slices.Clone(s.terminal.commands)
}

// canned is a terminal that never changes; it remembers its commands.
type canned struct {
	mu       sync.Mutex
	commands []order.Command

	disk      terminal.DiskFault
	salvage   terminal.Salvage
	orders    []order.Order
	ended     []order.Order // the last one first
	locations []shop.Location
	unsent    []string
	lost      []string
	refusals  []terminal.Refusal
	link      terminal.Event
	troubles  []terminal.Trouble

	ordering shop.Ordering
	reports  map[string]shop.Report
	changes  int
	waiting  int // changes
}

// Do only remembers the command.
func (c *canned) Do(command order.Command) (order.Order, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commands = append(c.commands, command)
	return order.Order{}, nil
}

func (c *canned) Orders() []order.Order { return c.orders }

// Order knows the active and the ended ones.
func (c *canned) Order(id string) (order.Order, bool, error) {
	for _, o := range append(slices.Clone(c.orders), c.ended...) {
		if o.ID == id {
			return o, true, nil
		}
	}
	return order.Order{}, false, nil
}

// Ended lists those of a business day in Montréal, as the terminal's service does.
func (c *canned) Ended(_ context.Context, day shop.Day) (terminal.Ended, error) {
	list := terminal.Ended{Day: day, Since: keptSince}
	for _, o := range c.ended {
		if calendar, err := c.locations[0].Calendar(); err != nil || calendar.BusinessDay(o.CompletedAt) == day {
			list.Orders = append(list.Orders, o)
		}
	}
	return list, nil
}

// EachEnded visits all of them.
func (c *canned) EachEnded(_ context.Context, visit func(order.Order) bool) error {
	for _, o := range c.ended {
		if !visit(o) {
			break
		}
	}
	return nil
}

func (c *canned) LinkState() terminal.Event { return c.link }
func (c *canned) Settings() []shop.Location { return c.locations }
func (c *canned) Unsent() []string          { return c.unsent }
func (c *canned) Lost() []string            { return c.lost }

func (c *canned) Refusals() []terminal.Refusal { return c.refusals }

// RefusalRead forgets.
func (c *canned) RefusalRead(string) error { return nil }

// Prefer forgets.
func (c *canned) Prefer(terminal.Preferences) error { return nil }

func location(language string) shop.Location {
	market := order.Policy{Accept: true, Reject: true}
	return shop.Location{
		ID: "plateau", Name: "Plateau", TimeZone: "America/Montreal", Currency: "CAD", Language: language,
		DayStarts: "04:00", PrintAheadMinutes: 600, PreparationMinutes: 20,
		Stations: []shop.Station{
			{ID: "cuisine", Name: word{"Cuisine chaude", "Hot kitchen"}.in(language), Default: true, Categories: []string{word{"Plats", "Mains"}.in(language), word{"Soupes", "Soups"}.in(language)}},
			{ID: "bar", Name: "Bar", Categories: []string{word{"Boissons", "Drinks"}.in(language)}},
			{ID: "froid", Name: word{"Froid et desserts", "Cold and desserts"}.in(language), Categories: []string{word{"Salades", "Salads"}.in(language), "Desserts"}},
		},
		AutoAccept: true, Menu: dishes(language),
		Connections: []shop.Connection{
			{ID: "doordash", Partner: "DoorDash", AutoAccept: true, PreparationMinutes: 20, Controls: shop.Controls{Pause: true, Stock: true}, Policy: market, Contact: shop.Contact{Phone: "855 555-0164", Web: "help.doordash.com/merchants"}},
			{ID: "deliverect", Partner: "Deliverect", PreparationMinutes: 20, Controls: shop.Controls{Pause: true, Preparation: true, Stock: true}, Policy: order.Policy{Accept: true, Reject: true, Delay: true}},
		},
	}
}

// Disk is that of the story.
func (c *canned) Disk() terminal.DiskFault { return c.disk }

// Salvaged is that of the story.
func (c *canned) Salvaged() terminal.Salvage { return c.salvage }

// HearSalvage forgets.
func (c *canned) HearSalvage() error { return nil }
