package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"comptoir/doctor"
	"comptoir/printer/simulator"
	"comptoir/store"
	"comptoir/sync/wire"
	"comptoir/terminal"
	"comptoir/ui/model"
)

// patient is a terminal's configuration with a hub that says how it is, and a printer that
// answers.
func patient(t *testing.T, health wire.Health) config {
	t.Helper()
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		health.Time = time.Now()
		_ = json.NewEncoder(w).Encode(health) // the client says what it missed
	}))
	t.Cleanup(hub.Close)
	p := simulator.New(simulator.Epson(), func(simulator.Paper) {})
	t.Cleanup(p.Close)
	address, err := p.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "terminal.toml")
	text := "device = \"counter-1\"\nkey = \"terminal-secret-1\"\nhub = \"" + hub.URL + "\"\n[printers.grill]\naddress = \"" + address + "\"\nproof = \"id\"\n[stations]\ngrill = \"grill\"\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// findings are the checks that a report fails or passes, by their names.
func findings(r doctor.Report) map[doctor.Check]string {
	found := map[doctor.Check]string{}
	for _, f := range r.Findings() {
		found[f.Check] = f.Cause
	}
	return found
}

func wellHub() wire.Health {
	return wire.Health{Status: wire.HealthOK, Problems: []string{}, Protocol: wire.Version, Comptoir: "0.1.0", Platforms: []wire.PlatformHealth{}}
}

// listens waits until a terminal without a window answers on its socket.
func listens(t *testing.T, data string) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		_, err := askLocal(t.Context(), data, http.MethodPost, localRaise)
		if errors.Is(err, errCannot) {
			return
		}
		select {
		case <-limit:
			t.Fatalf("the local socket does not answer as it should: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Whatever runs or does not, the doctor says what can be known.
func TestExamineFrom(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	check := func(name string, got doctor.Report, err error, want map[doctor.Check]string) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		found := findings(got)
		for c, cause := range want {
			if found[c] != cause {
				t.Errorf("%s: %s is %q, want %q", name, c, found[c], cause)
			}
		}
	}
	c := patient(t, wellHub())
	data := filepath.Join(t.TempDir(), "data")
	got, _, err := examineFrom(t.Context(), c, data, log)
	check("before the first start", got, err, map[doctor.Check]string{doctor.CheckHub: "answers", doctor.CheckPrinters: "ok", doctor.CheckDisk: "ok", doctor.CheckClock: "ok"})
	if _, err := os.Stat(data); !errors.Is(err, os.ErrNotExist) {
		t.Error("looking has made the data directory")
	}

	file, err := store.Open(filepath.Join(data, dataFile))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // closed below, where all goes well
	got, _, err = examineFrom(t.Context(), c, data, log)
	check("a terminal that hangs", got, err, map[doctor.Check]string{doctor.CheckHub: "answers", doctor.CheckPrinters: "unknown", doctor.CheckDisk: "ok"})

	service, err := terminal.New(terminal.Config{Device: "counter-1", Setup: c.setup()}, terminal.Ports{
		Store: file, Clock: systemClock{}, Log: log, Notify: func(terminal.Event) {}, WakeSync: func() {}, WakePrinters: func() {},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- serveLocal(ctx, c, data, file, service, newClock(), newLines(systemClock{}, nil, nil, log), log)
	}()
	listens(t, data)
	service.Heard(terminal.PrinterState{Printer: "grill", Fault: terminal.FaultPaper})
	got, _, err = examineFrom(t.Context(), c, data, log)
	check("a terminal that runs", got, err, map[doctor.Check]string{doctor.CheckHub: "unlinked", doctor.CheckPrinters: "fault", doctor.CheckDisk: "ok"})
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(data, localFile)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the socket is left behind")
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	got, _, err = examineFrom(t.Context(), c, data, log)
	check("a terminal that does not run", got, err, map[doctor.Check]string{doctor.CheckHub: "answers", doctor.CheckPrinters: "ok", doctor.CheckDisk: "ok"})
}

// The socket of a terminal that was killed is in nobody's way.
func TestSocketLeftOver(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	c := patient(t, wellHub())
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, localFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- serveLocal(ctx, c, data, nil, nil, newClock(), newLines(systemClock{}, nil, nil, log), log)
	}()
	listens(t, data)
	if info, err := os.Stat(filepath.Join(data, localFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket is %v (%v)", info, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if text := raiseOther(data).Error(); !strings.Contains(text, "--data") {
		t.Errorf("it does not say what to do: %s", text)
	}
}

func TestTell(t *testing.T) {
	words, err := model.LoadWords(model.English)
	if err != nil {
		t.Fatal(err)
	}
	report := doctor.Report{
		Hub:      doctor.Hub{Address: "http://hub", Health: wellHub()},
		Printers: doctor.Printers{Known: true, List: []doctor.Printer{{Name: "grill", Asked: true}}},
		Disk:     doctor.Disk{Known: true, Free: 10 << 30, Writable: true},
	}
	report.Hub.Health.Time = time.Now()
	var out bytes.Buffer
	if tell(&out, words, report, nil) || !strings.Contains(out.String(), "All is well\nFine           Hub            The hub answers at http://hub.\n") {
		t.Errorf("all is well:\n%s", &out)
	}
	out.Reset()
	report.Hub.Health.Problems, report.Hub.Health.StatusPage = []string{"demo did not take accept (2)"}, "https://status.example.com"
	if !tell(&out, words, report, nil) {
		t.Error("nothing is wrong")
	}
	for _, want := range []string{"1 thing to see to", "Have a look    Hub", "-> Orders still come in.", "demo did not take accept (2)", "https://status.example.com"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, &out)
		}
	}
}
