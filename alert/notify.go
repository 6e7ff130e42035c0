package alert

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"comptoir/terminal"
)

// The desktop's notifications (Desktop Notifications Specification 1.2).
const (
	service = "org.freedesktop.Notifications"
	object  = dbus.ObjectPath("/org/freedesktop/Notifications")

	// answerIn is how long the desktop may take for an answer.
	answerIn = 5 * time.Second
	// goodbye is how long taking the notifications away may hold up the end.
	goodbye = time.Second
)

// Notifier keeps the desktop's notifications level with the alarms that ring: they come with them
// and go with them, whoever answered. While the window is in front it shows none: its own banner
// lies over everything, and a notification would lie over the banner's button.
type Notifier struct {
	changed func()
	wake    chan struct{}

	mu      sync.Mutex
	wanted  []terminal.Notice
	focused bool
	check   bool
	checked bool
	works   bool
}

// NewNotifier returns one that shows nothing; changed runs when Works may answer something else.
func NewNotifier(changed func()) *Notifier {
	return &Notifier{changed: changed, wake: make(chan struct{}, 1), check: true}
}

// Show makes the notifications these.
func (n *Notifier) Show(notices []terminal.Notice) {
	n.tell(func() { n.wanted = slices.Clone(notices) })
}

// Focused says whether the window is in front.
func (n *Notifier) Focused(focused bool) { n.tell(func() { n.focused = focused }) }

// Check looks anew whether there is a desktop that shows notifications.
func (n *Notifier) Check() { n.tell(func() { n.check = true }) }

func (n *Notifier) tell(change func()) {
	n.mu.Lock()
	change()
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// Works says whether the desktop shows notifications; checked is false before it was asked.
func (n *Notifier) Works() (checked, works bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.checked, n.works
}

// Run keeps the notifications level until ctx ends, and takes them away then.
func (n *Notifier) Run(ctx context.Context) {
	var d *desktop
	defer func() {
		if d == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
		defer cancel()
		_ = d.level(ctx, nil) // a desktop that has gone has taken them along
		d.close()
	}()
	for {
		wanted, check := n.next()
		var err error
		if d == nil && (check || len(wanted) > 0) {
			d, err = dial(ctx)
		} else if d != nil && check {
			err = d.greet(ctx)
		}
		if d != nil && err == nil {
			err = d.level(ctx, wanted)
		}
		if err != nil && d != nil {
			d.close()
			d = nil
		}
		if check || err != nil || d != nil {
			n.found(d != nil)
		}
		select {
		case <-n.wake:
		case <-ctx.Done():
			return
		}
	}
}

func (n *Notifier) next() (wanted []terminal.Notice, check bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	check = n.check
	n.check = false
	if !n.focused {
		wanted = n.wanted
	}
	return wanted, check
}

func (n *Notifier) found(works bool) {
	n.mu.Lock()
	changed := !n.checked || n.works != works
	n.checked, n.works = true, works
	n.mu.Unlock()
	if changed {
		n.changed()
	}
}

// desktop is the connection to the one who shows notifications.
type desktop struct {
	conn   *dbus.Conn
	markup bool // it reads the text as HTML
	shown  map[string]shown
}

type shown struct {
	id     uint32
	notice terminal.Notice
}

// dial connects to the session's bus, where there is one: none is started.
func dial(ctx context.Context) (*desktop, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, err
	}
	d := &desktop{conn: conn, shown: map[string]shown{}}
	greeting, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	stop := context.AfterFunc(greeting, d.close) // these calls know no context
	defer stop()
	if err = conn.Auth(nil); err == nil {
		err = conn.Hello()
	}
	if err == nil {
		err = d.greet(ctx)
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *desktop) close() { _ = d.conn.Close() }

// greet asks whether somebody shows notifications, which the bus starts if it knows who.
func (d *desktop) greet(ctx context.Context) error {
	var capabilities []string
	if err := d.call(ctx, "GetCapabilities").Store(&capabilities); err != nil {
		return err
	}
	d.markup = slices.Contains(capabilities, "body-markup")
	return nil
}

func (d *desktop) call(ctx context.Context, method string, arguments ...any) *dbus.Call {
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	return d.conn.Object(service, object).CallWithContext(ctx, service+"."+method, 0, arguments...)
}

// level shows what is wanted and not shown, or shown otherwise, and takes the rest away. What
// somebody has closed is not shown again.
func (d *desktop) level(ctx context.Context, wanted []terminal.Notice) error {
	for key, old := range d.shown {
		if slices.ContainsFunc(wanted, func(n terminal.Notice) bool { return n.Key == key }) {
			continue
		}
		delete(d.shown, key)
		// an answer with an error says that somebody has closed it
		if call := d.call(ctx, "CloseNotification", old.id); call.Err != nil && !d.conn.Connected() {
			return call.Err
		}
	}
	for _, notice := range wanted {
		old, known := d.shown[notice.Key]
		if known && old.notice == notice {
			continue
		}
		id, err := d.notify(ctx, old.id, notice)
		if err != nil {
			return err
		}
		d.shown[notice.Key] = shown{id, notice}
	}
	return nil
}

// notify shows a notice in the place of an old one, 0 for none.
func (d *desktop) notify(ctx context.Context, old uint32, notice terminal.Notice) (id uint32, err error) {
	const never = int32(0) // it goes with its alarm
	text := notice.Text
	if d.markup {
		text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	}
	hints := map[string]dbus.Variant{
		"urgency":        dbus.MakeVariant(byte(2)), // critical: it stays
		"suppress-sound": dbus.MakeVariant(true),    // the bell sounds
		"desktop-entry":  dbus.MakeVariant("app.comptoir.terminal"),
	}
	err = d.call(ctx, "Notify", "Comptoir", old, "", notice.Title, text, []string{}, hints, never).Store(&id)
	return id, err
}
