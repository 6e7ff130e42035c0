package supervise

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// How children end, and what the parent makes of it.
func TestEnds(t *testing.T) {
	for name, test := range map[string]struct {
		plan     string
		code     int
		children int
		reports  int
		screens  int
	}{
		"the window is closed":                 {"end", 0, 1, 0, 0},
		"cannot start":                         {"start", ExitStart, 1, 0, 0},
		"the display comes late":               {"display display end", 0, 3, 0, 0},
		"the display is away after a crash":    {"panic display end", 0, 3, 1, 0},
		"the screen waits for its display":     {"panic panic panic display again end", 0, 6, 3, 2},
		"somebody leaves":                      {"left", ExitLeft, 1, 0, 0},
		"it wants another start":               {"again again end", 0, 3, 0, 0},
		"a panic":                              {"panic end", 0, 2, 1, 0},
		"a panic beside the main one":          {"nil end", 0, 2, 1, 0},
		"concurrent map writes":                {"map end", 0, 2, 1, 0},
		"a fault in C":                         {"segv end", 0, 2, 1, 0},
		"killed from outside":                  {"killed end", 0, 2, 1, 0},
		"a part fails":                         {"failed end", 0, 2, 1, 0},
		"a crash loop, given up":               {"panic panic panic end", ExitFailed, 4, 3, 1},
		"a crash loop, tried again":            {"panic panic panic again end", 0, 5, 3, 1},
		"a crash loop, and no screen":          {"nil", ExitFailed, 4, 3, 1},
		"the count begins anew after a screen": {"nil nil nil again nil nil end", 0, 7, 5, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := start(t, test.plan, "")
			if code := f.end(); code != test.code {
				t.Errorf("exit code %d, want %d\n%s", code, test.code, &f.errors)
			}
			if n := f.children(); n != test.children {
				t.Errorf("%d children, want %d", n, test.children)
			}
			out := f.out.String()
			if n := strings.Count(out, "screen crash-"); n != test.screens {
				t.Errorf("%d screens, want %d: %s", n, test.screens, out)
			}
			if n := strings.Count(out, "ready\n"); n != test.children-test.screens {
				t.Errorf("%d times ready, want once each start: %s", n, out)
			}
			names, err := reports(f.data)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if len(names) != test.reports {
				t.Errorf("reports %v, want %d", names, test.reports)
			}
			for _, name := range names {
				f.report(name, strings.Fields(test.plan)[0])
			}
		})
	}
}

// A display that never answers is no crash, and is not looked for without end.
func TestNoDisplay(t *testing.T) {
	f := start(t, "display", "")
	if code := f.end(); code != ExitStart {
		t.Errorf("exit code %d, want %d", code, ExitStart)
	}
	if n := f.children(); n < 3 {
		t.Errorf("it has looked %d times", n)
	}
	if names, err := reports(f.data); len(names) > 0 {
		t.Errorf("reports %v (%v)", names, err)
	}
}

// report checks what a report says, and what it does not.
func (f *family) report(name, cause string) {
	f.t.Helper()
	data, err := os.ReadFile(filepath.Join(f.data, name))
	if err != nil {
		f.t.Fatal(err)
	}
	text := string(data)
	for _, secret := range []string{"Zoë", "Tremblay", "555-0148", "Luc"} {
		if strings.Contains(text, secret) {
			f.t.Errorf("%s tells %q:\n%s", name, secret, text)
		}
	}
	want := map[string]string{
		"panic": "supervise.playChild", "nil": "panic: runtime error: invalid memory address", "map": "fatal error: concurrent map",
		"segv": "SIGSEGV: segmentation violation", "killed": "signal: killed", "failed": "exit status 3", "hangs": "SIGABRT: abort",
	}[cause]
	for _, words := range []string{want, "version  test", `"an order was taken"`} {
		if !strings.Contains(text, words) {
			f.t.Errorf("%s does not tell %q:\n%s", name, words, text)
		}
	}
}

// A signal reaches the child, and nothing starts again.
func TestSignals(t *testing.T) {
	for name, test := range map[string]struct {
		plan string
		code int
	}{
		"heard":      {"wait", 0},
		"not heeded": {"deaf", ExitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := start(t, test.plan, "")
			f.until("waits")
			began := time.Now()
			if err := f.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if code := f.end(); code != test.code {
				t.Errorf("exit code %d, want %d\n%s", code, test.code, &f.errors)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %s to end", took)
			}
			if f.children() != 1 {
				t.Error("it started again")
			}
			if names, err := reports(f.data); len(names) > 0 {
				t.Errorf("reports %v (%v)", names, err)
			}
		})
	}
}

// A watchdog's SIGABRT ends a child that hangs, and leaves a report of where.
func TestHangs(t *testing.T) {
	f := start(t, "deaf", "")
	f.until("waits")
	if err := f.cmd.Process.Signal(syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	if code := f.end(); code != 2 {
		t.Errorf("exit code %d, want the runtime's 2", code)
	}
	names, err := reports(f.data)
	if err != nil || len(names) != 1 || f.children() != 1 {
		t.Fatalf("reports %v (%v), %d children", names, err, f.children())
	}
	f.report(names[0], "hangs")
}

// A parent that is killed takes its child with it: no window without a parent, no locked file.
func TestParentKilled(t *testing.T) {
	f := start(t, "deaf", "")
	f.until("waits")
	if err := f.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	f.end() // only once the child has let go of stdout
}

func TestStandardInput(t *testing.T) {
	f := start(t, "cat", "a line of stdin\n")
	if code := f.end(); code != 0 || !strings.Contains(f.out.String(), "a line of stdin") {
		t.Errorf("exit code %d, %q", code, &f.out)
	}
}

func TestSeen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	unseen := func(want string) {
		t.Helper()
		if name, err := Unseen(dir); name != want || err != nil {
			t.Errorf("unseen is %q (%v), want %q", name, err, want)
		}
	}
	unseen("")
	at := time.Date(2026, 11, 23, 17, 17, 30, 0, time.UTC)
	for _, want := range []string{"crash-20261123T171730Z.txt", "crash-20261123T171730Z-2.txt"} {
		if _, err := write(dir, at, "a crash"); err != nil {
			t.Fatal(err)
		}
		unseen(want)
		if err := See(dir, want); err != nil {
			t.Fatal(err)
		}
		unseen("")
	}
	for i := range keptReports + 5 {
		if _, err := write(dir, at.Add(time.Duration(i+1)*time.Second), "a crash"); err != nil {
			t.Fatal(err)
		}
	}
	unseen("crash-20261123T171755Z.txt")
	if names, err := reports(dir); err != nil || len(names) != keptReports || names[0] != "crash-20261123T171736Z.txt" {
		t.Errorf("kept %v (%v)", names, err)
	}
}
