package orderlog_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"comptoir/hub/orderlog"
	"comptoir/hub/orderlog/logtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBolt(t *testing.T) {
	logtest.Run(t, func(t *testing.T, now func() time.Time) orderlog.Log {
		return open(t, newPath(t), orderlog.Options{Now: now})
	})
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "hub", "orders.db") }

// open opens a log that the test's end closes, if the test has not.
func open(t testing.TB, path string, options orderlog.Options) *orderlog.Bolt {
	t.Helper()
	if options.Logger == nil {
		options.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	b, err := orderlog.Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return b
}
