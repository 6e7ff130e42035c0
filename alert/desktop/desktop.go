// Package desktop is a desktop that shows notifications, on a real session bus of its own: for
// tests, of the notifier and of the whole terminal.
package desktop

import (
	"bufio"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// Bus starts a session bus, and makes it that of this process.
func Bus(t testing.TB) (address string) {
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
		_ = command.Process.Kill() // it may have ended already
		_ = command.Wait()         // killed
	})
	address, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(address)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	return address
}

// Desktop keeps notifications as a real one does (Desktop Notifications Specification 1.2).
type Desktop struct {
	conn         *dbus.Conn
	capabilities []string

	mu    sync.Mutex
	next  uint32
	shown map[uint32]string
	calls int
	hints map[string]dbus.Variant
}

// New returns a desktop on a bus, until the test ends.
func New(t testing.TB, address string, capabilities ...string) *Desktop {
	t.Helper()
	d := &Desktop{capabilities: capabilities, shown: map[uint32]string{}}
	var err error
	if d.conn, err = dbus.Connect(address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Leave)
	const name = "org.freedesktop.Notifications"
	if err := d.conn.Export(d, "/org/freedesktop/Notifications", name); err != nil {
		t.Fatal(err)
	}
	if reply, err := d.conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("the name of the notifications: %v %v", reply, err)
	}
	return d
}

// Leave goes from the bus.
func (d *Desktop) Leave() { _ = d.conn.Close() }

// GetCapabilities is the specification's, as the two methods that follow.
func (d *Desktop) GetCapabilities() ([]string, *dbus.Error) { return d.capabilities, nil }

// Notify shows one; expires is 0 for never.
func (d *Desktop) Notify(_ string, replaces uint32, _, summary, body string, _ []string, hints map[string]dbus.Variant, expires int32) (uint32, *dbus.Error) {
	if expires != 0 {
		return 0, dbus.MakeFailedError(fmt.Errorf("it would go after %d ms", expires))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls++
	id := replaces
	if id == 0 {
		d.next++
		id = d.next
	}
	d.shown[id] = summary + " | " + body
	d.hints = hints
	return id, nil
}

// CloseNotification takes one away.
func (d *Desktop) CloseNotification(id uint32) *dbus.Error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, there := d.shown[id]; !there {
		return dbus.MakeFailedError(fmt.Errorf("no notification %d", id))
	}
	delete(d.shown, id)
	return nil
}

// Shown are the notifications that are there, as "summary | body", sorted.
func (d *Desktop) Shown() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Values(d.shown))
}

// Calls counts the calls of Notify.
func (d *Desktop) Calls() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.calls
}

// Hint is one of the last notification.
func (d *Desktop) Hint(name string) any {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.hints[name].Value()
}

// Clear closes all, as a person does.
func (d *Desktop) Clear() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.shown)
}
