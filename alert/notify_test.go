package alert_test

import (
	"slices"
	"testing"

	"comptoir/alert"
	"comptoir/alert/desktop"
	"comptoir/terminal"
)

// shows says that exactly these are there, as the desktop writes them.
func shows(d *desktop.Desktop, want ...string) func() bool {
	return func() bool { return slices.Equal(d.Shown(), want) }
}

var (
	fresh   = terminal.Notice{Key: "a", Title: "Nouvelle commande · R&D", Text: "#223 · Livraison"}
	arrived = terminal.Notice{Key: "b", Title: "Client arrivé", Text: "#219 · À l’extérieur"}
)

const (
	shownFresh   = "Nouvelle commande · R&D | #223 · Livraison"
	shownArrived = "Client arrivé | #219 · À l’extérieur"
)

// Notifications come and go with the alarms, and only while the window is not in front.
func TestNotificationsFollowTheAlarms(t *testing.T) {
	d := desktop.New(t, desktop.Bus(t))
	n := alert.NewNotifier(func() {})
	stop := running(t, n.Run)
	eventually(t, "the desktop is found", func() bool { checked, works := n.Works(); return checked && works })
	n.Show([]terminal.Notice{fresh})
	eventually(t, "one is shown", shows(d, shownFresh))
	n.Show([]terminal.Notice{arrived, fresh})
	eventually(t, "both are shown", shows(d, shownArrived, shownFresh))
	if urgency := d.Hint("urgency"); urgency != byte(2) {
		t.Errorf("urgency %v", urgency)
	}
	n.Show([]terminal.Notice{fresh}) // the other was answered somewhere
	eventually(t, "one is left", shows(d, shownFresh))
	if calls := d.Calls(); calls != 2 {
		t.Errorf("%d calls for 2 notifications", calls)
	}
	n.Focused(true)
	eventually(t, "the window is in front", shows(d))
	n.Focused(false)
	eventually(t, "the window is behind another", shows(d, shownFresh))

	// somebody closed it: it does not come again, and its end is no error
	d.Clear()
	n.Show([]terminal.Notice{fresh, arrived})
	eventually(t, "only the new one is shown", shows(d, shownArrived))
	n.Show([]terminal.Notice{arrived})
	later := arrived
	later.Text = "#219 · 5 min"
	n.Show([]terminal.Notice{later})
	eventually(t, "it says something else", shows(d, "Client arrivé | #219 · 5 min"))
	stop()
	if !shows(d)() {
		t.Error("a terminal that has ended leaves notifications")
	}
}

// Who reads HTML gets it.
func TestNotificationsAsMarkup(t *testing.T) {
	d := desktop.New(t, desktop.Bus(t), "body", "body-markup")
	n := alert.NewNotifier(func() {})
	running(t, n.Run)
	n.Show([]terminal.Notice{{Key: "a", Title: "A&B", Text: "<b>A & B</b>"}})
	eventually(t, "it is shown", shows(d, "A&B | &lt;b&gt;A &amp; B&lt;/b&gt;"))
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
		address := desktop.Bus(t)
		n := alert.NewNotifier(func() {})
		running(t, n.Run)
		n.Show([]terminal.Notice{fresh})
		eventually(t, "it says that there are none", found(n, false))
		d := desktop.New(t, address)
		n.Check()
		eventually(t, "who came is found", found(n, true))
		eventually(t, "what rings is shown", shows(d, shownFresh))
		d.Leave()
		n.Check()
		eventually(t, "who went is missed", found(n, false))
	})
}
