package alert_test

import (
	"bufio"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"comptoir/alert"
	"comptoir/terminal"
)

// bus starts a real session bus of the test's own.
func bus(t *testing.T) (address string) {
	t.Helper()
	command := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address", "--address=unix:dir="+t.TempDir())
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatalf("%v: run make setup", err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	address, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(address)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	return address
}

// desktop shows notifications, as a real one does by the specification.
type desktop struct {
	conn         *dbus.Conn
	capabilities []string

	mu    sync.Mutex
	next  uint32
	shown map[uint32]string
	calls int
	hints map[string]dbus.Variant
}

func newDesktop(t *testing.T, address string, capabilities ...string) *desktop {
	t.Helper()
	d := &desktop{capabilities: capabilities, shown: map[uint32]string{}}
	var err error
	if d.conn, err = dbus.Connect(address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.conn.Close() })
	const name = "org.freedesktop.Notifications"
	if err := d.conn.Export(d, "/org/freedesktop/Notifications", name); err != nil {
		t.Fatal(err)
	}
	if reply, err := d.conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("the name of the notifications: %v %v", reply, err)
	}
	return d
}

// GetCapabilities is the specification's, as the methods that follow.
func (d *desktop) GetCapabilities() ([]string, *dbus.Error) { return d.capabilities, nil }

// Notify shows one.
func (d *desktop) Notify(app string, replaces uint32, icon, summary, body string, actions []string, hints map[string]dbus.Variant, expires int32) (uint32, *dbus.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls++
	id := replaces
	if id == 0 {
		d.next++
		id = d.next
	}
	d.shown[id] = fmt.Sprintf("%s: %s | %s | %d", app, summary, body, expires)
	d.hints = hints
	return id, nil
}

// CloseNotification takes one away.
func (d *desktop) CloseNotification(id uint32) *dbus.Error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, there := d.shown[id]; !there {
		return dbus.MakeFailedError(fmt.Errorf("no notification %d", id))
	}
	delete(d.shown, id)
	return nil
}

// shows says that exactly these are there.
func (d *desktop) shows(want ...string) func() bool {
	return func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		var got []string
		for _, text := range d.shown {
			got = append(got, text)
		}
		slices.Sort(got)
		return slices.Equal(got, want)
	}
}

var (
	fresh   = terminal.Notice{Key: "a", Title: "Nouvelle commande · R&D", Text: "#223 · Livraison"}
	arrived = terminal.Notice{Key: "b", Title: "Client arrivé", Text: "#219 · À l’extérieur"}
)

const (
	shownFresh   = "Comptoir: Nouvelle commande · R&D | #223 · Livraison | 0"
	shownArrived = "Comptoir: Client arrivé | #219 · À l’extérieur | 0"
)

// Notifications come and go with the alarms, and only while the window is not in front.
func TestNotificationsFollowTheAlarms(t *testing.T) {
	d := newDesktop(t, bus(t))
	n := alert.NewNotifier(func() {})
	stop := running(t, n.Run)
	eventually(t, "the desktop is found", func() bool { checked, works := n.Works(); return checked && works })
	n.Show([]terminal.Notice{fresh})
	eventually(t, "one is shown", d.shows(shownFresh))
	n.Show([]terminal.Notice{arrived, fresh})
	eventually(t, "both are shown", d.shows(shownArrived, shownFresh))
	if urgency := d.hints["urgency"].Value(); urgency != byte(2) {
		t.Errorf("urgency %v", urgency)
	}
	n.Show([]terminal.Notice{fresh}) // the other was answered somewhere
	eventually(t, "one is left", d.shows(shownFresh))
	if d.calls != 2 {
		t.Errorf("%d calls for 2 notifications", d.calls)
	}
	n.Focused(true)
	eventually(t, "the window is in front", d.shows())
	n.Focused(false)
	eventually(t, "the window is behind another", d.shows(shownFresh))

	// somebody closed it: it does not come again, and its end is no error
	d.mu.Lock()
	clear(d.shown)
	d.mu.Unlock()
	n.Show([]terminal.Notice{fresh, arrived})
	eventually(t, "only the new one is shown", d.shows(shownArrived))
	n.Show([]terminal.Notice{arrived})
	later := arrived
	later.Text = "#219 · 5 min"
	n.Show([]terminal.Notice{later})
	eventually(t, "it says something else", d.shows("Comptoir: Client arrivé | #219 · 5 min | 0"))
	stop()
	if !d.shows()() {
		t.Error("a terminal that has ended leaves notifications")
	}
}

// Who reads HTML gets it.
func TestNotificationsAsMarkup(t *testing.T) {
	d := newDesktop(t, bus(t), "body", "body-markup")
	n := alert.NewNotifier(func() {})
	running(t, n.Run)
	n.Show([]terminal.Notice{{Key: "a", Title: "A&B", Text: "<b>A & B</b>"}})
	eventually(t, "it is shown", d.shows("Comptoir: A&B | &lt;b&gt;A &amp; B&lt;/b&gt; | 0"))
}

// Without a bus, or with nobody on it, the terminal says so and goes on; who comes later is found.
func TestNoNotifications(t *testing.T) {
	found := func(n *alert.Notifier, want bool) func() bool {
		return func() bool { checked, works := n.Works(); return checked && works == want }
	}
	t.Run("no bus", func(t *testing.T) {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/nothing")
		n := alert.NewNotifier(func() {})
		running(t, n.Run)
		eventually(t, "it says that there are none", found(n, false))
		n.Show([]terminal.Notice{fresh})
	})
	t.Run("nobody on the bus", func(t *testing.T) {
		address := bus(t)
		n := alert.NewNotifier(func() {})
		running(t, n.Run)
		n.Show([]terminal.Notice{fresh})
		eventually(t, "it says that there are none", found(n, false))
		d := newDesktop(t, address)
		n.Check()
		eventually(t, "who came is found", found(n, true))
		eventually(t, "what rings is shown", d.shows(shownFresh))
		_ = d.conn.Close()
		n.Check()
		eventually(t, "who went is missed", found(n, false))
	})
}
