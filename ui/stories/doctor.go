package stories

import (
	"time"

	"fyne.io/fyne/v2"

	"comptoir/doctor"
	"comptoir/sync/wire"
	"comptoir/terminal"
	"comptoir/ui"
	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// cannedDoctor has the story's report.
type cannedDoctor struct{ stage *Stage }

func (d cannedDoctor) Report() (doctor.Report, bool) {
	if d.stage.report == nil {
		return doctor.Report{}, false
	}
	return *d.stage.report, true
}

func (cannedDoctor) Closely(bool) {}

func (cannedDoctor) Told(string) {}

// wellReport is of a terminal with nothing wrong.
func wellReport(language string) *doctor.Report {
	kitchen := word{"Cuisine chaude", "Hot kitchen"}.in(language)
	return &doctor.Report{
		At: Now(), Version: "0.1.0", Locations: []string{"plateau"},
		Hub: doctor.Hub{
			Address: "https://hub.example.com", Running: true, Online: true, Since: at(12, 2),
			Health: wire.Health{
				Status: wire.HealthOK, Protocol: wire.Version, Comptoir: "0.1.0", Time: Now(),
				Platforms: []wire.PlatformHealth{
					{Connection: "doordash", Partner: "doordash", Location: "plateau", State: wire.PlatformOK},
					{Connection: "deliverect", Partner: "deliverect", Location: "plateau", State: wire.PlatformOK},
				},
			},
		},
		Printers: doctor.Printers{Known: true, List: []doctor.Printer{{Name: kitchen, Asked: true}, {Name: "Bar", Asked: true}}},
		Disk:     doctor.Disk{Known: true, Directory: "/var/lib/comptoir", Free: 12_400_000_000, File: 2_100_000, Writable: true},
		Sound:    doctor.Sound{Known: true},
	}
}

// incidentReport: a platform does not take its answers.
func incidentReport(language string) *doctor.Report {
	r := wellReport(language)
	p := &r.Hub.Health.Platforms[0]
	p.State, p.Since, p.Failing = wire.PlatformFailing, at(12, 5), 3
	r.Hub.Health.Status, r.Hub.Health.StatusPage = wire.HealthDegraded, "https://status.example.com"
	return r
}

// crashedReport: it has come back by itself.
func crashedReport(language string) *doctor.Report {
	r := wellReport(language)
	r.Crash = "crash-20261123T171130Z.txt"
	return r
}

// wrongReport is a bad day.
func wrongReport(language string) *doctor.Report {
	r := incidentReport(language)
	r.Hub.Health.OwnProblems = 2
	r.Printers.List[1].Fault, r.Printers.List[1].Since = terminal.FaultPaper, at(12, 11)
	r.Hub.Ahead = -95_000_000_000
	r.Disk.Free = 310_000_000
	r.Sound.Silent = true
	r.Crash = "crash-20261123T171130Z.txt"
	return r
}

// CrashScreen makes the window of a terminal that does not come up any more. It is no story of a
// Stage: there is no controller behind it.
func CrashScreen(app fyne.App, mode theme.Mode, width, height float32) (fyne.Window, error) {
	data, err := model.NewCrashScreen("/var/lib/comptoir/crash-20261123T171130Z.txt", time.Date(2026, time.November, 24, 12, 20, 0, 0, time.UTC))
	if err != nil {
		return nil, err
	}
	window := ui.NewCrash(app, data, mode, func() {})
	window.Resize(fyne.NewSize(width, height))
	return window, nil
}
