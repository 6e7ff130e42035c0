package printer_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/printer"
	"comptoir/printer/simulator"
	"comptoir/terminal"
)

// TestProbe: what a printer can do is found without paper.
func TestProbe(t *testing.T) {
	for name, test := range map[string]struct {
		model simulator.Model
		want  printer.Found
	}{
		"all":         {simulator.Epson(), printer.Found{Maker: "EPSON", Model: "TM-T88V", Profile: "TM-T88", Proof: printer.ProofID}},
		"no id":       {simulator.Model{RealTime: true, Fence: true}, printer.Found{Proof: printer.ProofFence}},
		"id alone":    {simulator.Model{ID: true}, printer.Found{Proof: printer.ProofID}},
		"old":         {simulator.Model{RealTime: true, Fence: true, ID: true, Maker: "EPSON", Name: "TM-T88III"}, printer.Found{Maker: "EPSON", Model: "TM-T88III", Profile: "TM-T88III", Proof: printer.ProofFence}},
		"status":      {simulator.Model{RealTime: true}, printer.Found{Proof: printer.ProofStatus}},
		"blind":       {simulator.Model{}, printer.Found{Proof: printer.ProofBlind}},
		"other maker": {simulator.Model{RealTime: true, Fence: true, Maker: "ACME", Name: "X1"}, printer.Found{Maker: "ACME", Model: "X1", Proof: printer.ProofFence}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tray := &tray{}
				device := simulator.New(test.model, tray.add)
				start := time.Now()
				got, err := printer.ProbeOver(t.Context(), func(ctx context.Context) (printer.Conversation, error) {
					return device.Dial(ctx)
				})
				if err != nil || got != test.want {
					t.Errorf("got %+v, %v, want %+v", got, err, test.want)
				}
				if took := time.Since(start); took > 9*time.Second {
					t.Errorf("took %v", took)
				}
				device.Close()
				for _, p := range tray.all() {
					t.Errorf("it printed:\n%s", p.String())
				}
			})
		})
	}
}

// TestProbeAfterATornCommand: the questions do not become the length of what another program left
// half sent, which would swallow the next tickets.
func TestProbeAfterATornCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tray := &tray{}
		device := simulator.New(simulator.Epson(), tray.add)
		defer device.Close()
		leave := func(b string) {
			conn, err := device.Dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Write([]byte(b)); err != nil {
				t.Fatal(err)
			}
			<-time.After(time.Second) // it has printed all
			if err := conn.Close(); err != nil {
				t.Fatal(err)
			}
		}
		leave("\x1D(k")
		got, err := printer.ProbeOver(t.Context(), func(ctx context.Context) (printer.Conversation, error) {
			return device.Dial(ctx)
		})
		if err != nil || got.Proof != printer.ProofID {
			t.Errorf("got %+v, %v", got, err)
		}
		leave("2 burgers\n\x1DV\x00")
		if papers := tray.all(); len(papers) != 1 || !strings.Contains(papers[0].String(), "2 burgers") {
			t.Errorf("it printed %v", papers)
		}
	})
}

func TestProbeTCP(t *testing.T) {
	device := simulator.New(simulator.Epson(), nil)
	defer device.Close()
	address, err := device.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	got, err := printer.Probe(t.Context(), terminal.PrinterSetup{Kind: "tcp", Address: address})
	if err != nil || got.Proof != printer.ProofID || got.Model != "TM-T88V" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestProbeErrors(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := listener.Addr().String()
	listener.Close()
	open := simulator.New(simulator.Epson(), nil)
	defer open.Close()
	open.Fail(simulator.Fault{Trouble: simulator.CoverOpen, For: 1 << 40})
	address, err := open.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		setup terminal.PrinterSetup
		fault terminal.Fault
		says  string
	}{
		"nobody":     {terminal.PrinterSetup{Kind: "tcp", Address: nobody}, terminal.FaultUnreachable, "port"},
		"cover":      {terminal.PrinterSetup{Kind: "tcp", Address: address}, terminal.FaultCover, "close its cover"},
		"no file":    {terminal.PrinterSetup{Kind: "device", Address: filepath.Join(t.TempDir(), "lp0")}, terminal.FaultUnreachable, "plug the printer in"},
		"no port":    {terminal.PrinterSetup{Kind: "serial", Address: filepath.Join(t.TempDir(), "tty") + ",9600"}, terminal.FaultUnreachable, "plug the printer in"},
		"no address": {terminal.PrinterSetup{Kind: "tcp", Address: "kitchen"}, "", "host:port"},
	} {
		_, err := printer.Probe(t.Context(), test.setup)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want it to say %q", name, err, test.says)
		}
		var broken *printer.ProbeError
		if found := errors.As(err, &broken); found != (test.fault != "") || found && broken.Fault != test.fault {
			t.Errorf("%s: got %+v, want fault %q", name, err, test.fault)
		}
	}
}

func TestOpen(t *testing.T) {
	for name, test := range map[string]struct {
		setup terminal.PrinterSetup
		says  string // empty: no error
		asks  bool
	}{
		"tcp":            {setup: terminal.PrinterSetup{Kind: "tcp", Address: "10.0.0.1:9100"}},
		"tcp, id":        {setup: terminal.PrinterSetup{Kind: "tcp", Address: "10.0.0.1:9100", Proof: "id"}, asks: true},
		"virtual":        {setup: terminal.PrinterSetup{Kind: "virtual", Address: "127.0.0.1:9101"}},
		"device":         {setup: terminal.PrinterSetup{Kind: "device", Address: "/dev/usb/lp0"}},
		"device, status": {setup: terminal.PrinterSetup{Kind: "device", Address: "/dev/usb/lp0", Proof: "status"}, asks: true},
		"serial, fence":  {setup: terminal.PrinterSetup{Kind: "serial", Address: "/dev/ttyUSB0,19200", Proof: "fence"}, asks: true},
		"serial":         {setup: terminal.PrinterSetup{Kind: "serial", Address: "/dev/ttyUSB0"}},
		"kind":           {setup: terminal.PrinterSetup{Kind: "fax", Address: "1"}, says: `"tcp", "device"`},
		"proof":          {setup: terminal.PrinterSetup{Kind: "tcp", Address: "10.0.0.1:9100", Proof: "hope"}, says: `"id", "fence"`},
		"no port":        {setup: terminal.PrinterSetup{Kind: "tcp", Address: "10.0.0.1"}, says: "192.168.1.50:9100"},
		"no path":        {setup: terminal.PrinterSetup{Kind: "device", Address: "lp0"}, says: "/dev/usb/lp0"},
		"speed":          {setup: terminal.PrinterSetup{Kind: "serial", Address: "/dev/ttyUSB0,fast"}, says: "/dev/ttyUSB0,9600"},
		"no serial port": {setup: terminal.PrinterSetup{Kind: "serial"}, says: "/dev/ttyUSB0,9600"},
	} {
		transport, err := printer.Open(test.setup)
		if test.says != "" {
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: got %v, want it to say %q", name, err, test.says)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, asks := transport.(printer.Asker); asks != test.asks {
			t.Errorf("%s: is it asked? %v", name, asks)
		}
	}
}
