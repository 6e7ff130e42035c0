package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"comptoir/printer/escpos"
	"comptoir/terminal"
)

func TestLoadConfigExamples(t *testing.T) {
	for _, name := range []string{"terminal.toml", "terminal-2.toml"} {
		c, err := loadConfig(filepath.Join("..", "..", "examples", "shop", name))
		if err != nil {
			t.Fatal(err)
		}
		grill := c.Printers[c.Stations["grill"].Printer]
		if grill.Address != "127.0.0.1:9101" || grill.Proof != "blind" || grill.profile.Columns != 48 {
			t.Errorf("%s: the grill prints on %+v", name, grill)
		}
		if page := grill.profile.CodePages[0]; page.Name != escpos.WPC1252 {
			t.Errorf("%s: the first code page is %s", name, page.Name)
		}
	}
}

// Both forms of a station; and a terminal that is set up by hand on its screen.
func TestLoadConfigStations(t *testing.T) {
	const content = "device = \"counter-1\"\nkey = \"k\"\n"
	path := filepath.Join(t.TempDir(), "terminal.toml")
	load := func(more string) terminal.Setup {
		t.Helper()
		if err := os.WriteFile(path, []byte(content+more), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := loadConfig(path)
		if err != nil {
			t.Fatal(err)
		}
		return c.setup()
	}
	if got := load(""); len(got.Printers)+len(got.Stations) != 0 {
		t.Errorf("got %+v of nothing", got)
	}
	got := load(`
[printers.hot]
kind = "device"
address = "/dev/usb/lp0"
profile = "TM-T20"
proof = "id"
[printers.cold]
kind = "serial"
address = "/dev/ttyUSB0,9600"
[stations]
bar = "cold"
[stations.grill]
printer = "hot"
backup = "cold"
copies = 2
beeps = 3
big_text = true
combine = true
language = "en"
`)
	want := terminal.StationSetup{Printer: "hot", Backup: "cold", Language: "en", BigText: true, Combine: true, Beeps: 3, Copies: 2}
	if got.Stations["grill"] != want || got.Stations["bar"] != (terminal.StationSetup{Printer: "cold"}) {
		t.Errorf("stations %+v", got.Stations)
	}
	if p := got.Printers["hot"]; p.Name != "hot" || p.Profile != "TM-T20" || p.Proof != "id" || p.Kind != "device" {
		t.Errorf("printer %+v", p)
	}
	if p := got.Printers["cold"]; p.Kind != "serial" || p.Proof != "blind" {
		t.Errorf("printer %+v", p)
	}
}

// A mistake names the file, the key and what to do.
func TestLoadConfigMistakes(t *testing.T) {
	const good = "device = \"counter-1\"\nkey = \"k\"\n"
	const printer = "[printers.a]\naddress = \"10.0.0.1:9100\"\n"
	for name, test := range map[string]struct {
		content string
		says    []string
	}{
		"no device":       {"key = \"k\"", []string{"device", "give the name"}},
		"colon in device": {"device = \"a:b\"\nkey = \"k\"", []string{"device", "without a colon"}},
		"no key":          {"device = \"a\"", []string{"key", "give the key"}},
		"syntax":          {"device = ", []string{"line 1"}},
		"wrong type":      {"device = 1", []string{"device"}},
		"unknown key":     {good + "colour = 1", []string{"unknown key colour", "docs/configuration.md"}},
		"reprint":         {good + "reprint_unconfirmed = \"never\"", []string{"reprint_unconfirmed", `"auto" or "ask"`}},
		"address":         {good + "[printers.a]\naddress = \"10.0.0.1\"", []string{"printers.a.address", "host:port"}},
		"kind":            {good + printer + "kind = \"fax\"", []string{"printers.a.kind", `"tcp"`}},
		"profile":         {good + printer + "profile = \"fax\"", []string{"printers.a.profile", "TM-T20"}},
		"model's columns": {good + printer + "profile = \"TM-T88\"\ncolumns = 32", []string{"printers.a.columns", "leave"}},
		"max age":         {good + "max_age_minutes = 0", []string{"max_age_minutes", "1 or more"}},
		"lost backup":     {good + printer + "[stations.grill]\nprinter = \"a\"\nbackup = \"b\"", []string{"stations.grill", "[printers.b]"}},
		"own backup":      {good + printer + "[stations.grill]\nprinter = \"a\"\nbackup = \"a\"", []string{"stations.grill", "another printer"}},
		"station's key":   {good + printer + "[stations.grill]\ncolour = 1", []string{"unknown key colour"}},
		"station's type":  {good + printer + "[stations.grill]\ncopies = \"two\"", []string{"copies", "two"}},
		"beeps":           {good + printer + "[stations.grill]\nprinter = \"a\"\nbeeps = 10", []string{"stations.grill", "beeps"}},
		"columns":         {good + printer + "columns = 40", []string{"printers.a.columns", "32"}},
		"proof":           {good + printer + "proof = \"hope\"", []string{"printers.a.proof", `"blind"`}},
		"code page":       {good + printer + "code_page = \"CP9\"", []string{"printers.a.code_page"}},
		"page number":     {good + printer + "code_page = \"PC858\"\ncode_page_number = 300", []string{"printers.a.code_page_number", "0 to 255"}},
		"lost printer":    {good + printer + "[stations]\ngrill = \"b\"", []string{"stations.grill", "[printers.b]"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "terminal.toml")
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := loadConfig(path)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, text := range append(test.says, "terminal.toml") {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%q does not say %q", err, text)
				}
			}
		})
	}
}

func TestSafe(t *testing.T) {
	for hub, want := range map[string]bool{
		"http://127.0.0.1:8080": true, "http://localhost:8080": true, "http://[::1]:80": true,
		"https://hub.example.com": true, "http://192.168.1.4:8080": false, "ftp://127.0.0.1": false, "https://": false, "hub.example.com": true,
	} {
		if _, err := safe(hub, false); (err == nil) != want {
			t.Errorf("%s: %v", hub, err)
		}
	}
	if _, err := safe("http://192.168.1.4:8080", true); err != nil {
		t.Errorf("--insecure: %v", err)
	}
}
