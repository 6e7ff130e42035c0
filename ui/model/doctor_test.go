package model

import (
	"strings"
	"sync"
	"testing"
	"time"

	"comptoir/doctor"
	"comptoir/order"
	"comptoir/shop"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// healthy is a report with nothing wrong, at noon.
func healthy() doctor.Report {
	return doctor.Report{
		At: noon, Version: "0.1.0", Locations: []string{"plateau"},
		Hub: doctor.Hub{
			Address: "http://hub:8080", Running: true, Online: true, Since: at("12:02"),
			Health: wire.Health{
				Status: wire.HealthOK, Protocol: wire.Version, Comptoir: "0.1.1", Time: noon,
				Platforms: []wire.PlatformHealth{
					{Connection: "dd", Partner: "doordash", Location: "plateau", State: wire.PlatformOK},
					{Connection: "ue", Partner: "deliverect", Location: "plateau", State: wire.PlatformOK},
				},
			},
		},
		Printers: doctor.Printers{Known: true, List: []doctor.Printer{{Name: "Grill", Asked: true}, {Name: "Bar", Asked: true}}},
		Disk:     doctor.Disk{Known: true, Directory: "/data", Free: 12_400_000_000, File: 2_100_000, Writable: true},
		Sound:    doctor.Sound{Known: true},
	}
}

func fail(r *doctor.Report, i int, state wire.PlatformState, calls int) {
	p := &r.Hub.Health.Platforms[i]
	p.State, p.Since, p.Failing = state, at("12:05"), calls
	if state == wire.PlatformGivenUp {
		p.Failing, p.GivenUp = 0, calls
	}
	r.Hub.Health.Status = wire.HealthDegraded
}

func TestDoctorSheet(t *testing.T) {
	settings := NewSettings([]shop.Location{plateau})
	for name, test := range map[string]struct {
		change func(*doctor.Report)
		state  string
		says   []string
	}{
		"well": {func(*doctor.Report) {}, "Tout est en ordre", []string{
			"Hub · En ordre · Relié au hub depuis 12 h 02.", "Plateformes · En ordre · Toutes prennent nos réponses.",
			"Imprimantes · En ordre · 2 imprimantes, toutes prêtes.", "Horloge · En ordre · À la même heure que le hub.",
			"Disque · En ordre · 12,4 Go libres, 3 Mo de données.", "Son · En ordre · Cette caisse peut sonner.", "Version · En ordre · Caisse 0.1.0, hub 0.1.1.",
		}},
		"offline": {func(r *doctor.Report) {
			r.Hub.Online, r.Hub.Fault, r.Hub.Health = false, doctor.HubUnreachable, wire.Health{}
		}, "1 chose à régler", []string{
			"Hub · En panne · Le hub ne répond pas à http://hub:8080. · Ce qui est à l’écran", "Plateformes · Inconnu", "Horloge · Inconnu", "Version · En ordre · Caisse 0.1.0.",
		}},
		"several": {func(r *doctor.Report) {
			fail(r, 0, wire.PlatformFailing, 3)
			r.Printers.List[1].Fault, r.Printers.List[1].Since = terminal.FaultPaper, noon.Add(-6*time.Minute)
			r.Hub.Ahead = -42 * time.Second
			r.Sound.Silent = true
			r.Crash = "crash-20261123T120000Z.txt"
		}, "5 choses à régler", []string{
			"Plateformes · À voir · DoorDash ne prend plus nos réponses depuis 12 h 05 : 3 attendent. · Ses commandes",
			"Imprimantes · En panne · Bar : Plus de papier depuis 6 min · Elle n’a plus de papier.",
			"Horloge · À voir · Cette caisse avance de 42 s sur le hub.", "Son · En panne · Aucun son",
			"Dernière panne · À voir · Comptoir s’est arrêté de lui-même, puis a redémarré. Le rapport est dans crash-20261123T120000Z.txt.",
		}},
		"two of a platform": {func(r *doctor.Report) {
			r.Hub.Health.Platforms[1].Partner = "doordash"
			fail(r, 1, wire.PlatformGivenUp, 1)
		}, "1 chose à régler", []string{"Plateformes · En panne · DoorDash (ue) n’a pas pris 1 réponse."}},
		"clock off for long": {func(r *doctor.Report) { r.Hub.Ahead = 2 * time.Hour }, "1 chose à régler", []string{"Cette caisse retarde de 2 h sur le hub."}},
		"stranded":           {func(r *doctor.Report) { r.Printers.Stranded = []string{"Bar"} }, "1 chose à régler", []string{"Aucune imprimante pour Bar · Ajoutez"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := healthy()
			test.change(&r)
			sheet := NewDoctorSheet(wordsOf(t, French), settings, noon, &r)
			same(t, "state", plain(sheet.State.Text), test.state)
			same(t, "at", plain(sheet.At), "Vérifié à 12 h 17")
			var rows []string
			for _, row := range sheet.Rows {
				rows = append(rows, plain(dots(row.Name, row.State.Text, row.Text, row.Do)))
			}
			text := strings.Join(rows, "\n")
			for _, words := range test.says {
				if !strings.Contains(text, words) {
					t.Errorf("it does not say %q:\n%s", words, text)
				}
			}
		})
	}
	waiting := NewDoctorSheet(wordsOf(t, French), settings, noon, nil)
	if len(waiting.Rows) > 0 || waiting.State.Text != "Vérification…" {
		t.Errorf("before the first report: %+v", waiting)
	}
}

// Whatever is found has words in each language, with nothing left to fill in.
func TestDoctorHasWords(t *testing.T) {
	reports := []func(*doctor.Report){
		func(*doctor.Report) {},
		func(r *doctor.Report) { r.Hub.Running = false },
		func(r *doctor.Report) { r.Hub.Online = false },
		func(r *doctor.Report) { r.Hub.Health.OwnProblems = 2 },
		func(r *doctor.Report) { r.Hub.Health.Protocol = 9 },
		func(r *doctor.Report) { r.Hub.Health.Platforms = nil },
		func(r *doctor.Report) { fail(r, 0, wire.PlatformFailing, 1) },
		func(r *doctor.Report) { fail(r, 0, wire.PlatformGivenUp, 2) },
		func(r *doctor.Report) { r.Hub.Fault = doctor.HubSilent },
		func(r *doctor.Report) { r.Hub.Online, r.Hub.Fault = false, doctor.HubSilent },
		func(r *doctor.Report) { r.Hub.Online, r.Hub.Fault = false, doctor.HubStrange },
		func(r *doctor.Report) { r.Hub.Online, r.Hub.Fault = false, doctor.HubUnreachable },
		func(r *doctor.Report) { r.Hub.Online, r.Hub.Fault = false, doctor.HubClock },
		func(r *doctor.Report) { r.Hub.Online, r.Hub.Fault = false, doctor.HubUntrusted },
		func(r *doctor.Report) { r.Printers = doctor.Printers{} },
		func(r *doctor.Report) { r.Printers.List = nil },
		func(r *doctor.Report) { r.Printers.List = []doctor.Printer{{Name: "Bar"}} },
		func(r *doctor.Report) { r.Printers.List[0].Stale = 2 },
		func(r *doctor.Report) { r.Printers.List[0].Unconfirmed = 1 },
		func(r *doctor.Report) { r.Printers.List[0].PaperLow = true },
		func(r *doctor.Report) { r.Printers.Stranded = []string{"Bar"} },
		func(r *doctor.Report) { r.Hub.Ahead = time.Minute },
		func(r *doctor.Report) { r.Hub.Ahead = -time.Hour },
		func(r *doctor.Report) { r.Disk = doctor.Disk{} },
		func(r *doctor.Report) { r.Disk.Free = 1000 },
		func(r *doctor.Report) { r.Disk.Free = doctor.DiskWarn - 1 },
		func(r *doctor.Report) { r.Disk.Writable = false },
		func(r *doctor.Report) { r.Sound.Silent = true },
		func(r *doctor.Report) { r.Crash = "crash-1.txt" },
	}
	for _, fault := range []terminal.Fault{
		terminal.FaultUnreachable, terminal.FaultBusy, terminal.FaultCover, terminal.FaultPaper, terminal.FaultCutter, terminal.FaultOffline, terminal.FaultError,
	} {
		reports = append(reports, func(r *doctor.Report) { r.Printers.List[0].Fault = fault })
	}
	for _, language := range Languages() {
		w := wordsOf(t, language)
		for i, change := range reports {
			r := healthy()
			change(&r)
			sheet := NewDoctorSheet(w, NewSettings([]shop.Location{plateau}), noon, &r)
			for _, row := range sheet.Rows {
				for _, text := range []string{row.Name, row.State.Text, row.Text, row.Do} {
					if strings.HasPrefix(text, "doctor.") || strings.ContainsAny(text, "{}") || text == "" && row.Do != "" {
						t.Errorf("%s, report %d: %q", language, i, text)
					}
				}
				wrong := row.State.Tone == ToneLate || row.State.Tone == ToneWarn
				if wrong != (row.Do != "") {
					t.Errorf("%s, report %d: %s is %s, and what to do is %q", language, i, row.Text, row.State.Text, row.Do)
				}
			}
		}
	}
}

func TestIncident(t *testing.T) {
	paper := terminal.PrinterStatus{Setup: terminal.PrinterSetup{Name: "Bar"}, State: terminal.PrinterState{Fault: terminal.FaultPaper}}
	unsure := terminal.PrinterStatus{Setup: terminal.PrinterSetup{Name: "Bar"}, Unconfirmed: []terminal.PrinterJob{{}}}
	for name, test := range map[string]struct {
		change   func(*doctor.Report)
		printers []terminal.PrinterStatus
		title    string
		text     string
	}{
		"none":     {func(*doctor.Report) {}, nil, "", ""},
		"failing":  {func(r *doctor.Report) { fail(r, 0, wire.PlatformFailing, 2) }, nil, "DoorDash ne prend plus nos réponses depuis 12 h 05", "Ses commandes arrivent et s’impriment toujours."},
		"given up": {func(r *doctor.Report) { fail(r, 1, wire.PlatformGivenUp, 2) }, nil, "Deliverect n’a pas pris 2 réponses", "Réglez"},
		"both":     {func(r *doctor.Report) { fail(r, 0, wire.PlatformFailing, 1); fail(r, 1, wire.PlatformFailing, 1) }, nil, "2 plateformes", "Répondez"},
		"the hub":  {func(r *doctor.Report) { r.Hub.Health.OwnProblems = 1 }, nil, "Le hub signale un problème", "arrivent"},
		"status page": {func(r *doctor.Report) {
			r.Hub.Health.OwnProblems = 1
			r.Hub.Health.StatusPage = "https://status.example.com"
		}, nil, "Le hub", "Suivi : https://status.example.com"},
		"offline says it elsewhere": {func(r *doctor.Report) { r.Hub.Fault = doctor.HubUnreachable }, nil, "", ""},
		"elsewhere": {func(r *doctor.Report) {
			fail(r, 0, wire.PlatformFailing, 2)
			r.Hub.Health.Platforms[0].Location = "laval"
		}, nil, "", ""},
		"a printer first":   {func(r *doctor.Report) { fail(r, 0, wire.PlatformFailing, 2) }, []terminal.PrinterStatus{paper}, "Bar : Plus de papier", ""},
		"then the incident": {func(r *doctor.Report) { fail(r, 0, wire.PlatformFailing, 2) }, []terminal.PrinterStatus{unsure}, "DoorDash", ""},
		"then a doubt":      {func(r *doctor.Report) { r.Crash = "crash-1.txt" }, []terminal.PrinterStatus{unsure}, "Bar : ", ""},
		"then a crash":      {func(r *doctor.Report) { r.Crash = "crash-1.txt" }, nil, "Comptoir s’est arrêté, puis a redémarré", "Les commandes sont intactes. Le rapport est dans crash-1.txt."},
	} {
		t.Run(name, func(t *testing.T) {
			r := healthy()
			test.change(&r)
			s := State{Now: noon, Words: wordsOf(t, French), Settings: NewSettings([]shop.Location{plateau}), Report: &r, Printers: test.printers}
			banner := Build(s, nil).Banner
			if !strings.HasPrefix(plain(banner.Title), test.title) || test.title == "" && banner.Title != "" || !strings.Contains(plain(banner.Text), test.text) {
				t.Errorf("got %q, %q", plain(banner.Title), plain(banner.Text))
			}
			if banner.Title != "" && banner.Action == "" {
				t.Error("it leads nowhere")
			}
		})
	}
}

// fakeDoctor has one report, and remembers.
type fakeDoctor struct {
	mu      sync.Mutex
	report  *doctor.Report
	closely []bool
	told    []string
}

func (f *fakeDoctor) Report() (doctor.Report, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.report == nil {
		return doctor.Report{}, false
	}
	return *f.report, true
}

func (f *fakeDoctor) Closely(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closely = append(f.closely, on)
}

func (f *fakeDoctor) Told(crash string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = append(f.told, crash)
	f.report.Crash = ""
}

func TestDoctorPanel(t *testing.T) {
	f := &fake{now: noon, orders: map[string]order.Order{}, settings: []shop.Location{plateau}}
	d := &fakeDoctor{}
	left := 0
	c, err := NewController(Options{Terminal: f, Clock: f, Wake: func() {}, Places: []Place{PlaceOrders, PlaceMore}, Doctor: d, Leave: func() { left++ }})
	if err != nil {
		t.Fatal(err)
	}
	c.Go(PlaceMore)
	if c.DoctorSheet() != nil {
		t.Error("the panel is open before anybody asked")
	}
	c.Go(PlaceDoctor)
	if sheet := c.DoctorSheet(); sheet == nil || sheet.State.Text != "Vérification…" {
		t.Errorf("before the first report: %+v", sheet)
	}
	if c.CloseDoctor() != nil {
		t.Error("there is nothing to remember")
	}
	r := healthy()
	r.Crash = "crash-1.txt"
	d.report = &r
	if banner := c.Screen().Banner; banner.Place != PlaceDoctor {
		t.Errorf("the banner is %+v", banner)
	}
	c.Go(PlaceDoctor)
	if sheet := c.DoctorSheet(); len(sheet.Rows) != 8 {
		t.Errorf("%+v", sheet)
	}
	for _, item := range c.Screen().Rail {
		if item.Chosen != (item.Place == PlaceMore) {
			t.Errorf("the panel lies over where somebody is, not %+v", item)
		}
	}
	c.ExamineAgain()
	errand := c.CloseDoctor()
	if errand == nil || c.DoctorSheet() != nil {
		t.Fatal("the panel does not close, or forgets what it told")
	}
	errand(t.Context())
	if len(d.told) != 1 || d.told[0] != "crash-1.txt" || c.Screen().Banner.Title != "" {
		t.Errorf("told %v, banner %+v", d.told, c.Screen().Banner)
	}
	if d.closely[len(d.closely)-1] {
		t.Error("it is looked at closely for ever")
	}

	if sheet, known := c.LeaveSheet(); !known || sheet.Leave == "" || left != 0 {
		t.Errorf("the way out: %+v", sheet)
	}
	c.Leave()(t.Context())
	if left != 1 {
		t.Error("nobody left")
	}
	c.options.Leave = nil
	if _, known := c.LeaveSheet(); known {
		t.Error("a way out that leads nowhere")
	}
}

func TestCrashScreen(t *testing.T) {
	screen, err := NewCrashScreen("/data/crash-1.txt", at("12:20"))
	if err != nil || len(screen.Parts) != 2 || screen.Restart != "Redémarrer · Restart" {
		t.Fatalf("%+v (%v)", screen, err)
	}
	for _, part := range screen.Parts {
		for _, text := range []string{part.Title, part.Text, part.Safe, part.File, part.Again} {
			if text == "" || strings.ContainsAny(text, "{}") {
				t.Errorf("%q", text)
			}
		}
	}
	without, err := NewCrashScreen("", at("12:20"))
	if err != nil || without.Parts[0].File == screen.Parts[0].File {
		t.Errorf("%+v (%v)", without, err)
	}
	texts := map[string]bool{}
	for _, fault := range []StartFault{StartFailing, StartFull, StartNewer, StartReadOnly} {
		unable, err := NewStartScreen(fault, "the error", at("12:20"))
		if err != nil || len(unable.Parts) != 2 || unable.Report != "the error" || unable.Parts[0].Title == screen.Parts[0].Title {
			t.Fatalf("%+v (%v)", unable, err)
		}
		for _, part := range unable.Parts {
			if part.Text == "" || strings.HasPrefix(part.Text, "start.") || texts[part.Text] {
				t.Errorf("%s: %q", fault, part.Text)
			}
			texts[part.Text] = true
		}
	}
}
