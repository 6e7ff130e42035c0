package model

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"comptoir/shop"
	"comptoir/terminal"
)

// tools is a terminal on which printers are set up.
type tools struct {
	mu       sync.Mutex
	devices  []string
	found    terminal.PrinterFound
	findErr  error
	printErr error
	saveErr  error
	tests    []terminal.PrinterSetup
	printers map[string]terminal.PrinterSetup
	stations map[string]terminal.StationSetup
}

func (t *tools) Devices() []string { return t.devices }

func (t *tools) Find(context.Context, terminal.PrinterSetup) (terminal.PrinterFound, error) {
	return t.found, t.findErr
}

func (t *tools) TestPage(_ context.Context, p terminal.PrinterSetup, _ string) error {
	t.tests = append(t.tests, p)
	return t.printErr
}

func (t *tools) CodePages(terminal.PrinterSetup) []string {
	return []string{"WPC1252", "PC858", "PC850"}
}

func (t *tools) Setups() ([]terminal.PrinterSetup, map[string]terminal.StationSetup) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var printers []terminal.PrinterSetup
	for _, p := range t.printers {
		printers = append(printers, p)
	}
	return printers, maps.Clone(t.stations)
}

func (t *tools) SetPrinter(p terminal.PrinterSetup) error {
	if t.saveErr != nil {
		return t.saveErr
	}
	t.printers[p.Name] = p
	return nil
}

// RemovePrinter gives its stations to their backups, as the terminal does.
func (t *tools) RemovePrinter(name string) error {
	if t.saveErr != nil {
		return t.saveErr
	}
	delete(t.printers, name)
	for id, s := range t.stations {
		switch name {
		case s.Printer:
			s.Printer, s.Backup = s.Backup, ""
		case s.Backup:
			s.Backup = ""
		}
		t.stations[id] = s
	}
	return nil
}

func (t *tools) SetStation(station string, s terminal.StationSetup) error {
	t.stations[station] = s
	return nil
}

// fitter sets up printers on a terminal of the location of the other tests.
func fitter(t *testing.T) (*Controller, *tools) {
	t.Helper()
	with := &tools{printers: map[string]terminal.PrinterSetup{}, stations: map[string]terminal.StationSetup{}}
	l := plateau
	l.Stations = []shop.Station{
		{ID: "grill", Name: "Cuisine chaude", Categories: []string{"Burgers", "Grillades"}, Default: true},
		{ID: "bar", Name: "Bar", Categories: []string{"Boissons"}},
	}
	f := &fake{now: noon, settings: []shop.Location{l}}
	c, err := NewController(Options{
		Terminal: f, Clock: f, Wake: func() {}, Places: []Place{PlacePrinters}, Tools: with,
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Screen() // takes the settings over
	return c, with
}

func runs(t *testing.T, errand Errand) {
	t.Helper()
	if errand != nil {
		errand(t.Context())
	}
}

func typed(c *Controller, text string) { c.SetupTyped(text) }

func TestSetUpANewPrinter(t *testing.T) {
	c, with := fitter(t)
	with.found = terminal.PrinterFound{Maker: "EPSON", Model: "TM-T20II", Profile: "TM-T20", Columns: 48, Proof: "id"}
	if c.Setup() != nil {
		t.Fatal("open before anybody asked")
	}
	runs(t, c.SetUp(""))
	s := c.Setup()
	if s.Step != SetupAddress || !s.Next.Locked || s.Remove != "" || s.Back != "" {
		t.Fatalf("at first %+v", s)
	}
	typed(c, "192.168.1.50")
	same(t, "typed", c.Setup().Address.Text, "192.168.1.50")

	errand := c.SetupNext()
	if next := c.Setup().Next; !next.Busy || next.Label != "Impression…" {
		t.Errorf("while it prints: %+v", next)
	}
	typed(c, "1") // holds still
	runs(t, errand)
	if len(with.tests) != 1 || with.tests[0].Address != "192.168.1.50:9100" || with.tests[0].Kind != "tcp" || with.tests[0].Profile != "TM-T20" {
		t.Fatalf("printed on %+v", with.tests)
	}
	s = c.Setup()
	if s.Step != SetupTest || len(s.Samples.Choices) != 3 || !s.Samples.Choices[0].Chosen || !s.Widths.Choices[2].Chosen {
		t.Fatalf("after the test %+v", s)
	}
	same(t, "found", s.Found[0].Text+", "+s.Found[1].Text, "EPSON TM-T20II, Confirme chaque ticket")
	c.SetupSample("PC858")
	c.SetupWidth("48")
	c.SetupWidth("1000")
	runs(t, c.SetupAgain())
	if again := with.tests[1]; again.Profile != "TM-T20" || again.Columns != 48 {
		t.Errorf("printed again as %+v", again)
	}
	c.SetupWidth("42") // not the model's paper: its profile would be wrong
	runs(t, c.SetupAgain())
	if again := with.tests[2]; again.CodePage != "PC858" || again.Columns != 42 {
		t.Errorf("printed again as %+v", again)
	}
	runs(t, c.SetupNext())

	s = c.Setup()
	same(t, "stations", s.Stations[0].Name+": "+s.Stations[0].Text, "Cuisine chaude: Burgers, Grillades, et tout le reste")
	c.SetupStation("bar")
	c.SetupOptions("bar")
	c.SetupCombine(true)
	c.SetupBeeps(-1)
	c.SetupBeeps(2)
	c.SetupCopies(1)
	c.SetupLanguage(English)
	if o := c.Setup().Options; !o.Combine.On || o.Beeps.Text != "2" || o.Copies.Text != "2" || !o.Copies.More || !o.Language.Choices[2].Chosen {
		t.Errorf("options %+v", o)
	}
	runs(t, c.SetupNext())
	runs(t, c.SetupNext())
	if c.Setup() != nil {
		t.Fatalf("still open: %+v", c.Setup())
	}
	want := terminal.PrinterSetup{Name: "Bar", Kind: "tcp", Address: "192.168.1.50:9100", Columns: 42, CodePage: "PC858", Proof: "id"}
	if got := with.printers["Bar"]; got != want {
		t.Errorf("kept %+v, want %+v", got, want)
	}
	station := terminal.StationSetup{Printer: "Bar", Combine: true, Beeps: 2, Copies: 2, Language: English}
	if with.stations["bar"] != station || len(with.stations) != 1 {
		t.Errorf("stations %+v", with.stations)
	}

	runs(t, c.SetUp(""))
	typed(c, "bar.local:9101")
	runs(t, c.SetupNext())
	runs(t, c.SetupNext())
	same(t, "where it prints now", c.Setup().Stations[1].Text, "Boissons · maintenant sur Bar")
	c.SetupStation("bar")
	runs(t, c.SetupNext())
	if with.printers["Bar 2"].Address != "bar.local:9101" || with.stations["bar"].Printer != "Bar 2" {
		t.Errorf("the second one: %+v, %+v", with.printers, with.stations)
	}
}

func TestSetUpSaysWhatIsWrong(t *testing.T) {
	c, with := fitter(t)
	runs(t, c.SetUp(""))
	for _, address := range []string{"192.168.1", "192.168.1.300", "192.168.1.5:99999", ":9100", "a b"} {
		typed(c, address)
		if errand := c.SetupNext(); errand != nil {
			t.Errorf("%q was tried", address)
		}
		if c.Setup().Address.Wrong == "" {
			t.Errorf("%q is said to be right", address)
		}
	}
	typed(c, "192.168.1.50")
	with.findErr = &terminal.PrinterError{Fault: terminal.FaultUnreachable, Err: errors.New("refused")}
	runs(t, c.SetupNext())
	s := c.Setup()
	if s.Step != SetupAddress || s.Next.Busy || s.Problem.Tone != ToneLate {
		t.Fatalf("not reached: %+v", s)
	}
	same(t, "not reached", s.Problem.Title, "La page d’essai n’est pas sortie")
	for err, want := range map[error]string{
		fs.ErrPermission:     "Cette caisse n’a pas le droit",
		syscall.ECONNREFUSED: "Quelque chose est à cette adresse",
		errors.New("noise"):  "Vérifiez l’adresse",
	} {
		with.findErr = &terminal.PrinterError{Fault: terminal.FaultUnreachable, Err: err}
		runs(t, c.SetupNext())
		if got := c.Setup().Problem.Text; !strings.HasPrefix(got, want) {
			t.Errorf("%v: %q", err, got)
		}
	}
	with.findErr, with.printErr = nil, errors.New("half a page")
	runs(t, c.SetupNext())
	same(t, "half", c.Setup().Problem.Text, "Rien n’a changé. Recommencez.")
	with.printErr = nil
	runs(t, c.SetupNext())
	runs(t, c.SetupNext())
	with.saveErr = errors.New("disk full")
	runs(t, c.SetupNext())
	if s := c.Setup(); s == nil || s.Problem.Title != "L’imprimante n’a pas été enregistrée" || len(with.printers) != 0 {
		t.Errorf("not saved: %+v", s)
	}

	errand := c.SetUp("")
	runs(t, errand)
	typed(c, "192.168.1.50")
	late := c.SetupNext()
	c.SetupClose()
	runs(t, late)
	if c.Setup() != nil {
		t.Error("an end that came late opened the sheet again")
	}
}

func TestSetUpByCable(t *testing.T) {
	c, with := fitter(t)
	runs(t, c.SetUp(""))
	c.SetupKind(kindCable)
	same(t, "nothing plugged in", c.Setup().Next.Label, "Chercher encore")
	with.devices = []string{"/dev/usb/lp0", "/dev/ttyUSB0"}
	runs(t, c.SetupNext())
	if s := c.Setup(); len(s.Devices) != 2 || !s.Next.Locked {
		t.Fatalf("plugged in: %+v", s)
	}
	c.SetupDevice("/dev/ttyUSB0")
	runs(t, c.SetupNext())
	if p := with.tests[0]; p.Kind != "serial" || p.Address != "/dev/ttyUSB0,9600" {
		t.Errorf("printed on %+v", p)
	}
	c.SetupBack()
	c.SetupDevice("/dev/usb/lp0")
	runs(t, c.SetupNext())
	if p := with.tests[1]; p.Kind != "device" || p.Address != "/dev/usb/lp0" {
		t.Errorf("printed on %+v", p)
	}
}

func TestChangeAPrinter(t *testing.T) {
	c, with := fitter(t)
	with.printers["Grill"] = terminal.PrinterSetup{Name: "Grill", Kind: "tcp", Address: "10.0.0.9:9100", Columns: 32, Proof: "blind"}
	with.printers["Bar"] = terminal.PrinterSetup{Name: "Bar", Kind: "tcp", Address: "10.0.0.8:9100"}
	with.stations["grill"] = terminal.StationSetup{Printer: "Grill"}
	runs(t, c.SetUp("Grill"))
	s := c.Setup()
	if s.Step != SetupStations || !s.Stations[0].On || s.Stations[1].On || s.Remove == "" {
		t.Fatalf("got %+v", s)
	}
	c.SetupOptions("grill")
	if backups := c.Setup().Options.Backup.Choices; !slices.ContainsFunc(backups, func(b SetupChoice) bool { return b.ID == "Bar" }) || len(backups) != 2 {
		t.Errorf("backups %+v", backups)
	}
	c.SetupBackup("Bar")
	c.SetupBack()
	c.SetupBack()
	same(t, "address", c.Setup().Address.Text, "10.0.0.9")
	runs(t, c.SetupNext())
	runs(t, c.SetupNext())
	runs(t, c.SetupNext())
	if with.stations["grill"].Backup != "Bar" || with.printers["Grill"].Columns != 32 {
		t.Errorf("kept %+v, %+v", with.stations, with.printers)
	}
	runs(t, c.SetUp("Grill"))
	runs(t, c.SetupRemove())
	if _, there := with.printers["Grill"]; there || c.Setup() != nil {
		t.Error("it is still there")
	}
}

// Another name is what people read; stations go by the one that never changes.
func TestRenameAPrinter(t *testing.T) {
	c, with := fitter(t)
	with.printers["Grill"] = terminal.PrinterSetup{Name: "Grill", Kind: "tcp", Address: "10.0.0.9:9100"}
	with.printers["Bar"] = terminal.PrinterSetup{Name: "Bar", Label: "Comptoir du bar", Kind: "tcp", Address: "10.0.0.8:9100"}
	with.stations["grill"] = terminal.StationSetup{Printer: "Grill"}
	with.stations["bar"] = terminal.StationSetup{Printer: "Bar"}
	runs(t, c.SetUp("Grill"))
	s := c.Setup()
	same(t, "at first", s.Name.Text, "Grill")
	same(t, "another's station", s.Stations[1].Text, "Boissons · maintenant sur Comptoir du bar")
	c.SetupNamed(" comptoir  DU bar ")
	if errand := c.SetupNext(); errand != nil || c.Setup().Name.Wrong != "Une autre imprimante porte déjà ce nom." {
		t.Fatalf("two of one name: %+v", c.Setup().Name)
	}
	c.SetupNamed("Passe  de midi ")
	if c.Setup().Name.Wrong != "" {
		t.Error("still said to be wrong")
	}
	runs(t, c.SetupNext())
	if p := with.printers["Grill"]; p.Label != "Passe de midi" || p.Name != "Grill" || len(with.printers) != 2 || with.stations["grill"].Printer != "Grill" {
		t.Errorf("kept %+v, %+v", with.printers, with.stations)
	}
	runs(t, c.SetUp("Grill"))
	same(t, "title", c.Setup().Title, "Imprimante Passe de midi")
	c.SetupNamed("Grill")
	runs(t, c.SetupNext())
	if p := with.printers["Grill"]; p.Label != "" {
		t.Errorf("called %q, as it is by itself", p.Label)
	}

	runs(t, c.SetUp(""))
	typed(c, "10.0.0.7")
	runs(t, c.SetupNext())
	runs(t, c.SetupNext())
	c.SetupStation("bar")
	same(t, "by itself", c.Setup().Name.Placeholder, "Bar 2")
	c.SetupNamed("Terrasse")
	runs(t, c.SetupNext())
	if p := with.printers["Bar 2"]; p.Label != "Terrasse" || with.stations["bar"].Printer != "Bar 2" {
		t.Errorf("kept %+v, %+v", with.printers, with.stations)
	}
}
