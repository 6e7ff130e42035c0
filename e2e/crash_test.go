package e2e

import (
	"errors"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/ui/theme"
)

// restart is the button of the plain error screen.
var restart = image.Pt(1280/2, bottom-theme.PrimaryHeight/2)

// data is the terminal's data directory.
func (s *shop) data() string {
	for i, argument := range s.terminal.command {
		if argument == "--data" {
			return s.terminal.command[i+1]
		}
	}
	s.t.Fatal("the terminal has no data directory")
	return ""
}

// child is the process that has the window, below the one that was started; 0 where there is none.
func (s *shop) child() int {
	s.t.Helper()
	pid := strconv.Itoa(s.terminal.cmd.Process.Pid)
	lists, err := filepath.Glob("/proc/" + pid + "/task/*/children")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil { // the thread has ended
			continue
		}
		for field := range strings.FieldsSeq(string(text)) {
			if child, err := strconv.Atoi(field); err == nil {
				return child
			}
		}
	}
	return 0
}

// crash ends the window's process by a signal.
func (s *shop) crash(signal syscall.Signal) {
	s.t.Helper()
	s.until("the window's process is there", func() bool { return s.child() != 0 })
	if err := syscall.Kill(s.child(), signal); err != nil {
		s.t.Fatal(err)
	}
}

// starts counts the lines "ready" that the terminal has said.
func (s *shop) starts() (n int) {
	for _, line := range s.terminal.last(1 << 20) {
		if _, said, _ := strings.Cut(line, " "); said == "ready" {
			n++
		}
	}
	return n
}

// said reports whether a line of the terminal holds these words.
func (s *shop) said(words string) bool {
	return strings.Contains(strings.Join(s.terminal.last(1<<20), "\n"), words)
}

func (s *shop) reports() []string {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.data(), "crash-*.txt"))
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// TestCrash: the window comes back after a crash with every order, and says once that there was
// one; when it does not stay, a plain screen says so, and starts it again.
func TestCrash(t *testing.T) {
	s := openShop(t, wide)
	id := s.send("deliverect-pickup", "CR4SH", time.Now())
	s.answer(id, gotIt)
	before := s.step("before")
	s.crash(syscall.SIGSEGV) // as a fault in the graphics driver
	s.until("it is back", func() bool { return s.starts() == 2 && s.connected() })
	s.until("the crash is written down", func() bool { return len(s.reports()) == 1 })
	text, err := os.ReadFile(s.reports()[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"SIGSEGV", "goroutine", "connected to the hub"} {
		if !strings.Contains(string(text), words) {
			t.Errorf("the report does not say %q:\n%s", words, text)
		}
	}
	for _, secret := range []string{"CR4SH", "terminal-secret", "Zoë"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the report says %q", secret)
		}
	}
	banner := image.Rect(left, listTop, names.Max.X, listTop+96) // minutes pass beside it
	s.changed("a banner tells of it", before, banner)
	s.step("told")
	s.tap(image.Pt(right-80, listTop+44)) // its details
	s.until("the panel is open", s.alarmed)
	s.step("panel")
	s.tap(image.Pt(sheetRight-theme.PaddingWide-theme.MinTouch/2, 24+theme.PaddingWide+theme.MinTouch/2))
	s.until("the panel is closed", s.quiet)
	s.until("it is told no more", func() bool { return differ(before, s.look(), banner) == 0 })
	s.command(id, order.Accept)
	s.until("tickets still come out", func() bool { return s.printed("CR4SH") == 2 })

	for range 4 { // with the first one the fourth shows the screen, unless that one was over a minute ago
		starts, seen := s.starts(), len(s.reports())
		s.crash(syscall.SIGKILL)
		s.until("the crash is written down", func() bool { return len(s.reports()) > seen })
		s.until("it is back, or gives up", func() bool { return s.starts() > starts || s.inBlue(s.look(), restart) })
		if s.starts() == starts {
			break
		}
	}
	s.until("the plain screen is there", func() bool { return s.inBlue(s.look(), restart) })
	plain := s.step("plain-screen")
	starts := s.starts()
	s.tap(restart)
	s.until("it is back", func() bool { return s.starts() == starts+1 && s.connected() })
	s.changed("it shows its orders", plain, names)
	s.step("back")

	s.ends(syscall.SIGTERM, 0)
}

// TestCannotStart: a terminal that cannot have its data shows why, and starts when somebody has
// mended that and says so.
func TestCannotStart(t *testing.T) {
	s := openShop(t, wide)
	id := s.send("deliverect-pickup", "CANT1", time.Now())
	s.answer(id, gotIt)
	file := filepath.Join(s.data(), "terminal.db")
	if err := errors.Join(os.Rename(file, file+".away"), os.Mkdir(file, 0o700)); err != nil {
		t.Fatal(err)
	}
	starts := s.starts()
	s.crash(syscall.SIGKILL)
	s.until("the plain screen is there", func() bool { return s.inBlue(s.look(), restart) })
	plain := s.step("cannot-start")
	s.tap(restart)
	s.until("it tries in vain", func() bool { now := s.look(); return differ(plain, now, names) > some || !s.inBlue(now, restart) })
	s.until("the plain screen is there again", func() bool { return s.inBlue(s.look(), restart) })
	if s.starts() != starts {
		t.Fatal("it has started without its data")
	}
	if err := errors.Join(os.Remove(file), os.Rename(file+".away", file)); err != nil {
		t.Fatal(err)
	}
	s.tap(restart)
	s.until("it is back", func() bool { return s.starts() == starts+1 && s.connected() })
	s.changed("it shows its orders", plain, names)
}

// TestDisplayLate: at boot a terminal may start before its display, and waits for it.
func TestDisplayLate(t *testing.T) {
	s := newShop(t, wide)
	s.hub.start(t)
	s.turnOff()
	s.terminal.launch(t)
	s.until("it has looked for its display", func() bool { return s.said("the display does not answer") })
	s.turnOn()
	s.terminal.await(t)
	s.until("the terminal is connected", s.connected)
	s.ends(syscall.SIGTERM, 0)
}

// ends wants the terminal to end within 5 s of a signal, or by itself where it is 0.
func (s *shop) ends(signal syscall.Signal, code int) {
	s.t.Helper()
	child := s.child()
	if signal != 0 {
		if err := s.terminal.cmd.Process.Signal(signal); err != nil {
			s.t.Fatal(err)
		}
	}
	select {
	case <-s.terminal.exited:
	case <-time.After(5 * time.Second):
		s.t.Fatal("it has not ended after 5 s")
	}
	if got := s.terminal.cmd.ProcessState.ExitCode(); got != code {
		s.t.Errorf("exit code %d, want %d", got, code)
	}
	if err := syscall.Kill(child, 0); err == nil {
		s.t.Error("the window's process is still there")
	}
}

// manage starts a window manager, whose Alt+F4 asks a window to close.
func (s *shop) manage(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("xprop"); err != nil {
		t.Skip("the window manager could not be waited for: ", err)
	}
	// its own word that it is there: a client that comes and goes before it resets the display
	there := filepath.Join(t.TempDir(), "there")
	manager := exec.Command("openbox", "--startup", "touch "+there)
	manager.Env = append(os.Environ(), s.env()...)
	if err := manager.Start(); err != nil {
		t.Skip("there is no window manager here that could close a window: ", err)
	}
	t.Cleanup(func() {
		_ = manager.Process.Kill() // it may have ended already
		_ = manager.Wait()         // killed
	})
	limit := time.After(patience)
	for {
		if _, err := os.Stat(there); err == nil {
			return
		}
		select {
		case <-limit:
			t.Fatal("the window manager is not there")
		case <-time.After(25 * time.Millisecond):
		}
	}
}

// askToClose has the window manager do so, once the window has the keyboard.
func (s *shop) askToClose() {
	s.t.Helper()
	active := regexp.MustCompile(`window id # 0x0*[1-9a-f]`)
	s.until("the window has the keyboard", func() bool {
		return active.Match(s.run("xprop", "-root", "_NET_ACTIVE_WINDOW"))
	})
	s.run("xdotool", "key", "alt+F4")
}

// TestClose: the window manager ends an ordinary terminal.
func TestClose(t *testing.T) {
	s := newShop(t, wide)
	s.manage(t)
	s.open(t)
	s.askToClose()
	s.ends(0, 0)
}

// TestKiosk: nothing but More leads out, and a second start says why it does not open.
func TestKiosk(t *testing.T) {
	s := newShop(t, wide)
	s.terminal.command = append(s.terminal.command, "--kiosk", "--window", "640x480")
	s.manage(t)
	s.open(t)
	before := s.step("whole-screen")

	began := time.Now()
	second := exec.Command(s.terminal.command[0], s.terminal.command[1:]...)
	second.Env = append(os.Environ(), s.terminal.env...)
	said, err := second.CombinedOutput()
	took := time.Since(began)
	t.Logf("a second start ends after %s", took)
	if second.ProcessState.ExitCode() != 1 || took > 4*time.Second { // 2 s where nothing else runs
		t.Errorf("a second start ends with %v after %s:\n%s", err, took, said)
	}
	if text := string(said); !strings.Contains(text, "another terminal is running on this data directory") || !strings.Contains(text, "come to the front") {
		t.Errorf("it says\n%s", text)
	}
	doctor := exec.Command(s.terminal.command[0], "doctor", "--config", s.config, "--data", s.data(), "--hub", s.url, "--language", "fr")
	said, err = doctor.CombinedOutput()
	if text := string(said); !strings.Contains(text, "Relié au hub depuis") || !strings.Contains(text, "2 imprimantes, toutes prêtes") {
		t.Errorf("the doctor does not hear of the terminal that runs (%v):\n%s", err, said)
	}

	s.askToClose()
	s.tap(place(2))
	s.changed("it is still there: More opens", before, content)
	s.step("more")
	const looks, settings, edge = 260, 96, 12 // the panels above, and the border of this one
	s.tap(image.Pt(left+320, topHeight+8+looks+settings+2*theme.PanelGap+edge+2*theme.SwitchRow+theme.SwitchRow/2))
	s.until("it asks", s.alarmed)
	s.step("leave")
	s.tap(image.Pt(1280/2+720/2-theme.PaddingWide-110, 24+188)) // the foot of a sheet of two lines
	s.ends(0, 5)
}
