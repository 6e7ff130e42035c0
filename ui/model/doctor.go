package model

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"comptoir/doctor"
	"comptoir/terminal"
)

// Doctor examines the terminal. Its methods are instant, but for Told.
type Doctor interface {
	// Report is the newest; false before the first.
	Report() (doctor.Report, bool)
	// Closely examines at once, and then often; or seldom again.
	Closely(on bool)
	// Told remembers that somebody has been told of the report of a crash. It waits for the disk.
	Told(crash string)
}

// PlaceDoctor is not on the rail: it lies over where somebody is, and Go opens it.
const PlaceDoctor Place = "doctor"

// DoctorSheet is the panel "What is wrong?".
type DoctorSheet struct {
	Title string
	// State sums it up: "2 choses à régler".
	State Badge
	// At: "Vérifié à 12 h 17"; empty before the first time.
	At   string
	Rows []DoctorRow
	// PageLabel and Page are where people read of incidents; empty where nobody set it.
	PageLabel, Page string
	Again           string
	Close           string
	Below           string // "Voir la suite": more lies below
}

// DoctorRow is one finding.
type DoctorRow struct {
	Name  string
	State Badge
	Text  string
	// Do is what to do; empty where there is nothing.
	Do string
}

// NewDoctorSheet puts a report into words; nil is one that is not there yet.
func NewDoctorSheet(w *Words, s Settings, now time.Time, report *doctor.Report) DoctorSheet {
	sheet := DoctorSheet{
		Title: w.Say("doctor.title"), Again: w.Say("doctor.again"), Close: w.Say("doctor.close"), Below: w.Say("details.below"),
		State: badge(ToneInk2, "hourglass", w.Say("doctor.checking")),
	}
	if report == nil {
		return sheet
	}
	d := diagnosis{w, now.In(s.zone()), *report}
	sheet.At = w.Say("doctor.at", "time", w.When(report.At.In(s.zone()), d.now))
	findings := report.Findings()
	// what is wrong first: nobody must scroll for it
	slices.SortStableFunc(findings, func(a, b doctor.Finding) int { return gravity(b.State) - gravity(a.State) })
	sheet.State = badge(ToneOK, "check-circle", w.Say("doctor.well"))
	worst := ToneWarn
	for _, f := range findings {
		sheet.Rows = append(sheet.Rows, d.row(f))
		if f.State == doctor.Broken {
			worst = ToneLate
		}
	}
	if n := doctor.Wrong(findings); n > 0 {
		sheet.State = badge(worst, "alert", w.Count("doctor.wrong", n))
	}
	if page := report.Hub.Health.StatusPage; page != "" {
		sheet.PageLabel, sheet.Page = w.Say("doctor.page"), page
	}
	return sheet
}

func gravity(s doctor.State) int {
	return slices.Index([]doctor.State{doctor.OK, doctor.Unknown, doctor.Warn, doctor.Broken}, s)
}

// diagnosis is a report on its way into words.
type diagnosis struct {
	*Words
	now    time.Time // on the location's clocks
	report doctor.Report
}

func (d diagnosis) row(f doctor.Finding) DoctorRow {
	row := DoctorRow{Name: d.Say("doctor.name." + string(f.Check))}
	state := d.Say("doctor.state." + string(f.State))
	switch f.State {
	case doctor.OK:
		row.State = badge(ToneOK, "check", state)
	case doctor.Warn:
		row.State = badge(ToneWarn, "question", state)
	case doctor.Broken:
		row.State = badge(ToneLate, "alert", state)
	case doctor.Unknown:
		row.State = badge(ToneInk2, "minus", state)
	}
	if f.Check == doctor.CheckPrinters && f.Printer.Name != "" {
		row.Text, row.Do = d.printer(f)
		return row
	}
	if f.Check == doctor.CheckData {
		row.Text, row.Do = d.data(f)
		return row
	}
	if f.Cause == "stranded" {
		row.Text = d.Say("banner.stranded", "stations", strings.Join(d.report.Printers.Stranded, ", "))
		row.Do = d.Say("banner.stranded.text")
		return row
	}
	key := "doctor." + string(f.Check) + "." + f.Cause
	if f.Check == doctor.CheckVersion && d.report.Hub.Health.Comptoir == "" {
		key = "doctor.version.alone"
	}
	row.Text = d.Count(key, d.count(f), d.places(f)...)
	if d.has(key + ".do") {
		row.Do = d.Say(key+".do", d.places(f)...)
	}
	return row
}

// places are all that a finding's words may name.
func (d diagnosis) places(f doctor.Finding) []string {
	r := d.report
	since := r.Hub.Since
	if f.Platform.Connection != "" {
		since = f.Platform.Since
	}
	return []string{
		"address", r.Hub.Address, "since", d.since(since), "version", r.Version, "hubversion", r.Hub.Health.Comptoir,
		"platform", d.platform(f.Platform), "offset", d.offset(r.Hub.Ahead.Abs()),
		"free", d.size(float64(r.Disk.Free)), "file", d.size(float64(r.Disk.File)), "directory", r.Disk.Directory, "report", r.Crash,
	}
}

// count is the number that a finding's words may hold.
func (d diagnosis) count(f doctor.Finding) int {
	switch {
	case f.Check == doctor.CheckPlatforms && f.State == doctor.Broken:
		return f.Platform.GivenUp
	case f.Check == doctor.CheckPlatforms:
		return f.Platform.Failing
	case f.Check == doctor.CheckHub:
		if n := d.report.Hub.Health.OwnProblems; n > 0 {
			return n
		}
		return len(d.report.Hub.Health.Problems)
	}
	return len(d.report.Printers.List)
}

func (d diagnosis) printer(f doctor.Finding) (text, todo string) {
	p := f.Printer
	state := ""
	switch f.Cause {
	case "fault":
		state, todo = d.Say("fault."+string(p.Fault)), d.Say("fault.do."+string(p.Fault))
		if minutes := int(d.now.Sub(p.Since) / time.Minute); minutes > 0 && !p.Since.IsZero() {
			state = d.Say("printer.since", "fault", state, "duration", d.Duration(minutes))
		}
	case "stale":
		state, todo = d.Count("printer.stale", p.Stale), d.Say("banner.printer.stale")
	case "unconfirmed":
		state, todo = d.Count("printer.unconfirmed", p.Unconfirmed), d.Say("banner.printer.unconfirmed")
	case "paper_low":
		state, todo = d.Say("printer.paper_low"), d.Say("doctor.printers.paper_low.do")
	}
	return d.Say("banner.printer", "printer", p.Name, "fault", state), todo
}

// platform is a platform's own name, with the connection's where there are several.
func (d diagnosis) platform(p doctor.Platform) string {
	name := p.Partner
	if d.has("partner." + name) {
		name = d.Say("partner." + name)
	}
	same := func(other doctor.Platform) bool {
		return other.Partner == p.Partner && other.Connection != p.Connection
	}
	if slices.ContainsFunc(d.report.Hub.Health.Platforms, same) {
		name += " (" + p.Connection + ")"
	}
	return name
}

func (d diagnosis) since(t time.Time) string { return d.When(t.In(d.now.Location()), d.now) }

func (d diagnosis) offset(off time.Duration) string {
	if off < 2*time.Minute {
		return d.Say("doctor.seconds", "seconds", strconv.Itoa(int(off.Round(time.Second)/time.Second)))
	}
	return d.Duration(int(off.Round(time.Minute) / time.Minute))
}

// size writes bytes as people buy them.
func (d diagnosis) size(bytes float64) string {
	const mega, giga = 1e6, 1e9
	if bytes < giga {
		return d.Say("size.megabytes", "size", strconv.Itoa(int(math.Ceil(bytes/mega))))
	}
	text := strconv.FormatFloat(bytes/giga, 'f', 1, 64)
	if d.language == French {
		text = strings.Replace(text, ".", ",", 1)
	}
	return d.Say("size.gigabytes", "size", text)
}

// incident is the banner for a hub or a platform in trouble; its zero value is none. Without an
// answer of the hub there is none: the top bar says that it is away.
func (b *builder) incident() Banner {
	if b.Report == nil {
		return Banner{}
	}
	d := diagnosis{b.Words, b.Now.In(b.Settings.zone()), *b.Report}
	banner := Banner{Tone: ToneWarn, Icon: "alert", Action: b.Words.Say("incident.open"), Place: PlaceDoctor}
	platforms := 0
	for _, f := range b.Report.Findings() {
		key := "incident." + f.Cause
		switch {
		case f.Check == doctor.CheckHub && f.Cause == "degraded":
			key = "incident.hub"
		case f.Check == doctor.CheckPlatforms && f.Platform.Connection != "":
			platforms++
		default:
			continue
		}
		if banner.Title == "" {
			banner.Title = b.Words.Count(key, d.count(f), d.places(f)...)
			banner.Text = b.Words.Say(key + ".text")
		}
	}
	if banner.Title == "" {
		return Banner{}
	}
	if platforms > 1 {
		banner.Title, banner.Text = b.Words.Count("incident.several", platforms), b.Words.Say("incident.several.text")
	}
	if page := b.Report.Hub.Health.StatusPage; page != "" {
		banner.Text = joined(" ", banner.Text, b.Words.Say("incident.page", "address", page))
	}
	return banner
}

// crash is the banner after a crash that nobody has been told of.
func (b *builder) crash() Banner {
	if b.Report == nil || b.Report.Crash == "" {
		return Banner{}
	}
	return Banner{
		Tone: ToneWarn, Icon: "info", Title: b.Words.Say("crash.banner"), Text: b.Words.Say("crash.banner.text", "report", b.Report.Crash),
		Action: b.Words.Say("incident.open"), Place: PlaceDoctor,
	}
}

// clock is the banner of a machine whose clock is not the hub's.
func (b *builder) clock() Banner {
	if b.Report == nil {
		return Banner{}
	}
	d := diagnosis{b.Words, b.Now.In(b.Settings.zone()), *b.Report}
	for _, f := range b.Report.Findings() {
		if f.Check == doctor.CheckClock && (f.State == doctor.Warn || f.State == doctor.Broken) {
			return Banner{
				Tone: ToneWarn, Icon: "clock", Title: b.Words.Say("doctor.clock."+f.Cause, d.places(f)...),
				Text: b.Words.Say("doctor.clock." + f.Cause + ".do"), Action: b.Words.Say("incident.open"), Place: PlaceDoctor,
			}
		}
	}
	return Banner{}
}

// lost is the banner of a hub that has come back without some of the orders that are here.
func (b *builder) lost() Banner {
	if len(b.Lost) == 0 {
		return Banner{}
	}
	return Banner{Tone: ToneWarn, Icon: "alert", Title: b.Words.Count("lost.banner", len(b.Lost)), Text: b.Words.Say("lost.banner.text")}
}

// troubleBanner is the gravest of what the terminal finds by itself; its zero value is none.
func (b *builder) troubleBanner() Banner {
	printers := printerBanner(b.Words, b.Printers, b.Stranded)
	if printers.Tone == ToneLate {
		return printers
	}
	for _, banner := range []Banner{b.linkBanner(), b.salvaged(), b.refusedBanner(), b.incident(), printers, b.lost(), b.clock(), b.soundBanner(), b.crash()} {
		if banner.Title != "" {
			return banner
		}
	}
	return Banner{}
}

// DoctorSheet is the panel where it is open, nil where it is not.
func (c *Controller) DoctorSheet() *DoctorSheet {
	report := c.report()
	now := c.options.Clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.examining {
		return nil
	}
	sheet := NewDoctorSheet(c.chosenWords(), c.settings, now, report)
	return &sheet
}

// report is the doctor's newest, nil where there is none.
func (c *Controller) report() *doctor.Report {
	if c.options.Doctor == nil {
		return nil
	}
	if report, known := c.options.Doctor.Report(); known {
		return &report
	}
	return nil
}

// openDoctor opens the panel.
func (c *Controller) openDoctor() {
	if c.options.Doctor == nil {
		return
	}
	c.change(func() { c.examining = true })
	c.options.Doctor.Closely(true)
}

// ExamineAgain asks for new findings at once.
func (c *Controller) ExamineAgain() { c.options.Doctor.Closely(true) }

// CloseDoctor closes the panel. The errand remembers what it told.
func (c *Controller) CloseDoctor() Errand {
	c.change(func() { c.examining = false })
	c.options.Doctor.Closely(false)
	report := c.report()
	if report == nil || report.Crash == "" {
		return nil
	}
	return func(context.Context) {
		c.options.Doctor.Told(report.Crash)
		c.options.Doctor.Closely(false) // look again: the banner goes
	}
}

// PrintersOf is what a report holds of printers that a terminal knows.
func PrintersOf(list []terminal.PrinterStatus, stranded []terminal.Stranded) doctor.Printers {
	found := doctor.Printers{Known: true}
	for _, p := range list {
		found.List = append(found.List, doctor.Printer{
			Name: p.Setup.Name, Asked: true, Fault: p.State.Fault, Since: p.Since, PaperLow: p.State.PaperLow,
			Waiting: len(p.Waiting), Unconfirmed: len(p.Unconfirmed), Stale: len(p.Stale),
		})
	}
	for _, s := range stranded {
		found.Stranded = append(found.Stranded, s.Station)
	}
	return found
}
