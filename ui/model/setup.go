package model

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"comptoir/terminal"
)

// PrinterTools is what setting up a printer asks of the terminal. All of it may wait.
type PrinterTools interface {
	// Devices lists the device files that may be printers.
	Devices() []string
	// Find asks a printer what it is; a *terminal.PrinterError says why it cannot.
	Find(context.Context, terminal.PrinterSetup) (terminal.PrinterFound, error)
	// TestPage prints one, in a language.
	TestPage(ctx context.Context, setup terminal.PrinterSetup, language string) error
	// CodePages lists the pages that the test page has a line in, in its order, for a printer.
	CodePages(terminal.PrinterSetup) []string
	// Setups are the printers and stations as they are set up now.
	Setups() ([]terminal.PrinterSetup, map[string]terminal.StationSetup)
	SetPrinter(terminal.PrinterSetup) error
	RemovePrinter(name string) error
	SetStation(station string, setup terminal.StationSetup) error
}

// Errand is something slow that a tap asks for, such as asking a printer what it is. It ends
// with its context. nil is nothing to do.
type Errand func(context.Context)

// SetupStep is a page of the sheet that sets up a printer.
type SetupStep string

// The pages, in their order; options are those of one station.
const (
	SetupAddress  SetupStep = "address"
	SetupTest     SetupStep = "test"
	SetupStations SetupStep = "stations"
	SetupOptions  SetupStep = "options"
)

func setupSteps() []SetupStep { return []SetupStep{SetupAddress, SetupTest, SetupStations} }

// Setup is the sheet that adds a printer, or changes one.
type Setup struct {
	Title string
	Step  SetupStep
	// Steps are the pages by name: "1 · Adresse".
	Steps []SetupPage

	// Of SetupAddress: by network or by cable, what was typed, what is plugged in.
	Kinds   []string
	Kind    int
	Address Field
	Devices []SetupChoice
	Hint    string

	// Of SetupTest: what was found, and what the paper shows.
	Found   []Fact
	Samples SetupQuestion
	Widths  SetupQuestion
	Again   string

	// Of SetupStations and SetupOptions; Name is what people call the printer.
	Name     Field
	Stations []SetupStation
	Options  SetupStationOptions

	// Problem says what went wrong, what still works and what to do.
	Problem Banner
	Next    SetupButton
	Back    string // empty on the first page
	Remove  string // of a printer that is there already
	Close   string
	More    string // the sign that the page goes on below
	// Keyboard is for its fields.
	Keyboard Keyboard
}

// SetupPage is one page's name.
type SetupPage struct {
	Name         string
	Chosen, Done bool
}

// SetupChoice is one of several; ID is what SetupChoose takes.
type SetupChoice struct {
	ID, Name string
	Chosen   bool
}

// SetupQuestion is what somebody reads off the test page.
type SetupQuestion struct {
	Text    string
	Choices []SetupChoice
}

// SetupStation is a station that may print there.
type SetupStation struct {
	ID, Name string
	// Text names its categories, and where it prints now.
	Text string
	On   bool
	// More leads to its options; empty where it does not print there.
	More string
}

// SetupStationOptions is how a station's tickets look and sound.
type SetupStationOptions struct {
	BigText, Combine SetupSwitch
	Beeps, Copies    SetupStepper
	Language, Backup SetupQuestion
}

// SetupSwitch is on or off.
type SetupSwitch struct {
	Label, OnText, OffText string
	On                     bool
}

// SetupStepper is a number within a range.
type SetupStepper struct {
	Label, Text string
	Less, More  bool
}

// SetupButton is the one that goes on.
type SetupButton struct {
	Label string
	Icon  Icon
	// Busy: the label says so, and the button holds still.
	Busy bool
	// Locked: nothing to go on with yet.
	Locked bool
}

const (
	kindNetwork = 0
	kindCable   = 1

	// defaultPort is where nearly every network printer listens.
	defaultPort = "9100"
	serialSpeed = ",9600"
	mostTyped   = 64
	mostNamed   = 24
	mostBeeps   = 9
	mostCopies  = 3
)

// setup is the sheet's state. The Controller's lock guards it.
type setup struct {
	open     bool
	existing string // the printer that is being changed; empty for a new one
	step     SetupStep
	kind     int
	typed    string
	wrong    string // key of what is wrong with it
	label    string // what the printer is to be called; empty for its own name
	badLabel string // key of what is wrong with it
	devices  []string
	device   string
	busy     string // key of what is being done
	failed   string // key of what could not be done
	advice   string // key of what to do about it
	printer  terminal.PrinterSetup
	found    *terminal.PrinterFound
	pages    []string
	printers []terminal.PrinterSetup
	stations map[string]terminal.StationSetup
	chosen   map[string]bool
	station  string // whose options are shown
}

// setupWidths are what paper there is, in columns.
func setupWidths() []int { return []int{32, 42, 48} }

func (s *setup) sheet(w *Words, settings Settings) *Setup {
	if !s.open {
		return nil
	}
	sheet := &Setup{Title: w.Say("setup.title"), Step: s.step, Close: w.Say("setup.close"), More: w.Say("details.below"), Keyboard: w.Keyboard()}
	if s.existing != "" {
		sheet.Title, sheet.Remove = w.Say("setup.title.change", "printer", s.called(s.existing)), w.Say("setup.remove")
	}
	at := slices.Index(setupSteps(), s.step)
	for i, step := range setupSteps() {
		sheet.Steps = append(sheet.Steps, SetupPage{
			Name: w.Say("setup.step", "number", strconv.Itoa(i+1), "name", w.Say("setup.step."+string(step))), Chosen: i == at, Done: i < at,
		})
	}
	if s.step != SetupAddress {
		sheet.Back = w.Say("setup.back")
	}
	switch s.step {
	case SetupAddress:
		s.addressPage(w, sheet)
	case SetupTest:
		s.testPage(w, sheet)
	case SetupStations:
		s.stationsPage(w, settings, sheet)
	case SetupOptions:
		s.optionsPage(w, settings, sheet)
	}
	if s.busy != "" {
		sheet.Next.Label, sheet.Next.Busy = w.Say(s.busy), true
	}
	sheet.Problem = s.trouble(w)
	return sheet
}

// address makes what was typed an address; ok is false where it cannot be one.
func address(typed string) (address string, ok bool) {
	host, port, err := net.SplitHostPort(typed)
	if err != nil {
		host, port = strings.Trim(typed, "[]"), defaultPort
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", false
	}
	if numeric := strings.Trim(host, "0123456789.") == ""; numeric && net.ParseIP(host) == nil {
		return "", false // 192.168.1, or 192.168.1.300
	}
	if host == "" || strings.ContainsAny(host, " /\\,") {
		return "", false
	}
	return net.JoinHostPort(host, port), true
}

// begin opens the sheet for a new printer, or for the one of this name.
func (s *setup) begin(existing string, printers []terminal.PrinterSetup, stations map[string]terminal.StationSetup) {
	*s = setup{open: true, existing: existing, step: SetupAddress, printers: printers, stations: maps.Clone(stations), chosen: map[string]bool{}}
	if s.stations == nil {
		s.stations = map[string]terminal.StationSetup{}
	}
	for id, station := range s.stations {
		s.chosen[id] = existing != "" && station.Printer == existing
	}
	for _, printer := range printers {
		if printer.Name == existing && existing != "" {
			s.printer, s.label, s.step = printer, printer.DisplayName(), SetupStations
			if printer.Kind == "" || printer.Kind == "tcp" {
				s.typed = strings.TrimSuffix(printer.Address, ":"+defaultPort)
			} else {
				s.kind, s.device = kindCable, printer.Address
			}
		}
	}
}

// addressed takes the address over into the printer; false says that it is none.
func (s *setup) addressed() bool {
	kind, at := "tcp", ""
	if s.kind == kindNetwork {
		var ok bool
		if at, ok = address(s.typed); !ok {
			s.wrong = "setup.address.wrong"
			return false
		}
	} else {
		kind, at = "device", s.device
		if strings.Contains(at, "tty") {
			kind, at = "serial", strings.TrimSuffix(at, serialSpeed)+serialSpeed
		}
	}
	if s.printer.Kind != kind || s.printer.Address != at {
		s.printer = terminal.PrinterSetup{Name: s.printer.Name, Label: s.printer.Label, Kind: kind, Address: at}
	}
	return true
}

// called is what people call the printer of this name.
func (s *setup) called(name string) string {
	for _, printer := range s.printers {
		if printer.Name == name {
			return printer.DisplayName()
		}
	}
	return name
}

// named is the name by which the terminal knows the printer for good. A new one gets that of its
// first station, or of its kind, with a number where another has it or is called so.
func (s *setup) named(w *Words, settings Settings) string {
	if s.existing != "" {
		return s.existing
	}
	base := w.Say("setup.name")
	for _, station := range settings.stations() {
		if s.chosen[station.ID] {
			base = station.Name
			break
		}
	}
	name := base
	taken := func(p terminal.PrinterSetup) bool { return p.Name == name || p.DisplayName() == name }
	for n := 2; slices.ContainsFunc(s.printers, taken); n++ {
		name = base + " " + strconv.Itoa(n)
	}
	return name
}

// labelled takes over what the printer is to be called; false says that another is called so.
func (s *setup) labelled() bool {
	label := strings.Join(strings.Fields(s.label), " ")
	for _, other := range s.printers {
		if other.Name != s.existing && label != "" && strings.EqualFold(other.DisplayName(), label) {
			s.badLabel = "setup.label.taken"
			return false
		}
	}
	s.printer.Label = label
	return true
}

// fail keeps why something could not be done.
func (s *setup) fail(key string, err error) {
	s.failed, s.advice = key, ""
	fault, ok := errors.AsType[*terminal.PrinterError](err)
	switch {
	case errors.Is(err, fs.ErrPermission):
		s.advice = "fault.do.permission"
	case errors.Is(err, syscall.ECONNREFUSED):
		s.advice = "fault.do.refused"
	case errors.Is(err, terminal.ErrTicketsWaiting):
		s.advice = "fault.do.waiting"
	case ok && fault.Fault != terminal.FaultNone:
		s.advice = "fault.do." + string(fault.Fault)
	}
}
