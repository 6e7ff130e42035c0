package systemd

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// manager is the socket of a service manager.
func manager(t *testing.T) *net.UnixConn {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return conn
}

func heard(t *testing.T, conn *net.UnixConn, patience time.Duration) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 64)
	n, err := conn.Read(buffer)
	if err != nil {
		return ""
	}
	return string(buffer[:n])
}

func TestNotify(t *testing.T) {
	conn := manager(t)
	if err := Notify(Ready); err != nil {
		t.Fatal(err)
	}
	if got := heard(t, conn, 5*time.Second); got != "READY=1" {
		t.Errorf("it heard %q", got)
	}
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "gone"))
	if Notify(Ready) == nil {
		t.Error("nobody hears it, and nobody is told")
	}
	t.Setenv("NOTIFY_SOCKET", "")
	if err := Notify(Ready); err != nil {
		t.Errorf("without a manager: %v", err)
	}
}

// A program that hangs gives no sign of life.
func TestBeat(t *testing.T) {
	conn := manager(t)
	t.Setenv("WATCHDOG_USEC", "20000")
	ctx, cancel := context.WithCancel(t.Context())
	hangs := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		Beat(ctx, func(alive func()) {
			select {
			case <-hangs:
			default:
				alive()
			}
		}, func(err error) { t.Error(err) })
	}()
	for range 3 {
		if got := heard(t, conn, 5*time.Second); got != "WATCHDOG=1" {
			t.Errorf("it heard %q", got)
		}
	}
	close(hangs)
	for heard(t, conn, 100*time.Millisecond) != "" { // what was on its way
	}
	cancel()
	<-done
	t.Setenv("WATCHDOG_USEC", "")
	Beat(t.Context(), nil, nil) // nobody wants to hear
}
