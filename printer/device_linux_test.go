package printer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/simulator"
	"comptoir/terminal"
)

// terminalLine opens a pseudo-terminal: what is written to the file of that name comes out of
// main, and back.
func terminalLine(t *testing.T) (main *os.File, name string) {
	t.Helper()
	main, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { main.Close() })
	var number uint32
	control(t, main, func(fd int) error {
		if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
			return err
		}
		number, err = unix.IoctlGetUint32(fd, unix.TIOCGPTN)
		return err
	})
	name = fmt.Sprintf("/dev/pts/%d", number)
	// Raw, as a device file of a printer is; held open, so that main does not end between tickets.
	side, err := os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { side.Close() })
	control(t, side, func(fd int) error {
		settings, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			return err
		}
		settings.Iflag, settings.Oflag, settings.Lflag = 0, 0, 0
		settings.Cc[unix.VMIN], settings.Cc[unix.VTIME] = 1, 0
		return unix.IoctlSetTermios(fd, unix.TCSETS, settings)
	})
	return main, name
}

func control(t *testing.T, file *os.File, f func(fd int) error) {
	t.Helper()
	raw, err := file.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = f(int(fd)) }); err != nil || failed != nil {
		t.Fatal(err, failed)
	}
}

// attach puts a simulated printer on a line.
func attach(t *testing.T, device *simulator.Printer, main *os.File) {
	t.Helper()
	conn, err := device.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{}, 2)
	go func() { _, _ = io.Copy(conn, main); done <- struct{}{} }()
	go func() { _, _ = io.Copy(main, conn); done <- struct{}{} }()
	t.Cleanup(func() {
		main.Close()
		conn.Close()
		<-done
		<-done
	})
}

// TestLines: device files and serial lines carry tickets and their proof, at each level.
func TestLines(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"device", "serial"} {
		for proof, want := range map[string]terminal.Outcome{
			"id": terminal.Proven, "fence": terminal.Proven, "status": terminal.Sent, "blind": terminal.Sent,
		} {
			t.Run(kind+"/"+proof, func(t *testing.T) {
				t.Parallel()
				main, name := terminalLine(t)
				m := simulator.Epson()
				m.Speed = 11_520
				out := make(chan simulator.Paper, 10)
				device := simulator.New(m, func(p simulator.Paper) { out <- p })
				t.Cleanup(device.Close)
				attach(t, device, main)
				address := name
				if kind == "serial" {
					address += ",115200"
				}
				setup := terminal.PrinterSetup{Kind: kind, Address: address, Proof: proof}
				transport, err := printer.Open(setup)
				if err != nil {
					t.Fatal(err)
				}
				ticket, err := printer.Render(normal(), matrixProfile)
				if err != nil {
					t.Fatal(err)
				}
				for range 2 { // the line is free again after the first
					link, err := transport.Connect(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					outcome, err := link.Send(t.Context(), ticket)
					if outcome != want || err != nil {
						t.Errorf("got %v, %v", outcome, err)
					}
					if err := link.Close(); err != nil {
						t.Error(err)
					}
					if p := <-out; p.Incomplete || p.String() != textOf(normal(), terminal.HeadingNone) {
						t.Errorf("on paper:\n%s", p)
					}
				}
				if proof != "id" {
					return
				}
				if found, err := printer.Probe(t.Context(), setup); err != nil || found.Proof != printer.ProofID {
					t.Errorf("found %+v, %v", found, err)
				}
			})
		}
	}
}

// TestPlainFile: a file that can neither wait nor answer takes tickets all the same.
func TestPlainFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tickets")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, proof := range []string{"blind", "status"} {
		transport, err := printer.Open(terminal.PrinterSetup{Kind: "device", Address: path, Proof: proof})
		if err != nil {
			t.Fatal(err)
		}
		link, err := transport.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if outcome, err := link.Send(t.Context(), []byte(proof+"\n")); outcome != terminal.Sent || err != nil {
			t.Errorf("%s: %v, %v", proof, outcome, err)
		}
		if err := link.Close(); err != nil {
			t.Error(err)
		}
	}
	b, err := os.ReadFile(path)
	// one question, as it was not answered, after the end of what an earlier run may have left
	if want := "blind\n" + string(escpos.EndHead()) + "\x10\x04\x01status\n"; err != nil || string(b) != want {
		t.Errorf("%q, %v", b, err)
	}
}

// TestLineThatTakesNothing: a write on a serial line ends by its deadline, and the terminal with it.
func TestLineThatTakesNothing(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"device", "serial"} {
		_, name := terminalLine(t) // nobody reads
		transport, err := printer.Open(terminal.PrinterSetup{Kind: kind, Address: name})
		if err != nil {
			t.Fatal(err)
		}
		link, err := transport.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start := time.Now()
		outcome, err := link.Send(ctx, make([]byte, 1_000_000))
		if outcome != terminal.Unknown || err == nil {
			t.Errorf("%s: %v, %v", kind, outcome, err)
		}
		link.Close()
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s: took %v", kind, took)
		}
	}
}

// TestFaultOf: what an error shows of the printer.
func TestFaultOf(t *testing.T) {
	for want, errs := range map[terminal.Fault][]error{
		terminal.FaultNone:        {nil},
		terminal.FaultUnreachable: {unix.ECONNREFUSED, unix.EHOSTUNREACH, context.DeadlineExceeded, io.EOF, os.ErrNotExist, &net.OpError{Op: "dial", Err: context.DeadlineExceeded}},
		terminal.FaultBusy:        {unix.EBUSY, &net.OpError{Op: "write", Err: os.ErrDeadlineExceeded}},
		terminal.FaultPaper: {
			&printer.FaultError{Condition: printer.Condition{Answered: true, Fault: terminal.FaultPaper}},
			errors.Join(&printer.FaultError{Condition: printer.Condition{Fault: terminal.FaultPaper}}, unix.ECONNRESET),
		},
	} {
		for _, err := range errs {
			if got := printer.FaultOf(err); got != want {
				t.Errorf("%v: got %q, want %q", err, got, want)
			}
		}
	}
}
