package torture

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"comptoir/sync/wire"
)

// smallDisk is a file system of its own, 24 MB in memory, or skips the test and says why.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("SKIPPED, NOTHING WAS PROVEN: no small file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes all the room that is left, and gives the way to free it again.
func fill(t *testing.T, dir, name string) (free func()) {
	t.Helper()
	path := filepath.Join(dir, name)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if err := file.Close(); err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	}
}

// mostUntilFull bounds the orders that find room in pages which the file has already.
const mostUntilFull = 1500

// A terminal whose disk is full says so, shows what it has, and comes level by itself once there is
// room.
func TestTerminalDiskFull(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	l := newLinked(t, "--data", filepath.Join(dir, "till"))
	l.outside("BEFORE", 5)
	l.comesLevel(patience)
	pid := l.till.cmd.Process.Pid
	free := fill(t, dir, "ballast")
	whileNot := func(prefix string, done func() bool) {
		t.Helper()
		for i := 0; !done(); i++ {
			if i == mostUntilFull {
				t.Fatalf("%d orders do not fill the disk", i)
			}
			l.outside(fmt.Sprint(prefix, i), 1)
		}
	}
	whileNot("A", func() bool { return l.till.told.times("disk") > 0 })
	atReserve := len(l.orders)
	freeMore := fill(t, dir, "more") // what is left of the reserve
	whileNot("B", func() bool { return l.till.told.times("offline") > 0 })
	attempts := l.proxy.Stats().Connections
	const watched = 10 * time.Second
	<-time.After(watched)
	attempts = l.proxy.Stats().Connections - attempts
	const most = 30 // the waits are random, up to 4 s: some eight, and now and then twelve
	if attempts > most {
		t.Errorf("%d connections within %v: the client spins", attempts, watched)
	}
	doctor := exec.Command(l.till.args[0], "doctor", "--config", l.till.config, "--data", l.till.dataDir(), "--language", "en")
	said, err := doctor.Output()
	if failed, is := errors.AsType[*exec.ExitError](err); !is || failed.ExitCode() != 1 || !strings.Contains(string(said), "The disk is full") {
		t.Errorf("terminal doctor: %v\n%s", err, said)
	}
	if l.till.told.times("order") == 0 || !l.till.alive() {
		t.Error("the terminal has ended")
	}
	free()
	freeMore()
	l.until(patience, "the disk takes everything again", func() bool { return l.till.told.times("disk") > 1 })
	after := l.comesLevel(patience)
	if l.till.cmd.Process.Pid != pid || !l.till.alive() {
		t.Error("it needed a restart")
	}
	c := l.verifyFiles()
	t.Logf("terminal's disk full: orders %d, %d of them before the reserve was used; connections tried within %v of refusing: %d, in all %d; level %v after there was room; tickets %d, marked %d, twice unmarked %d",
		len(l.orders), atReserve, watched, attempts, l.proxy.Stats().Connections, after.Round(time.Millisecond), c.copies, c.marked, c.unmarkedAgain)
}

// A hub whose disk is full acknowledges nothing that it has not stored, says so, and goes on by
// itself; terminals work meanwhile.
func TestHubDiskFull(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	l := newLinkedHub(t, filepath.Join(dir, "hub"))
	l.outside("BEFORE", 5)
	free := fill(t, dir, "ballast")
	stored, refusals := 0, 0
	var refused []*sent
	for i := 0; refusals < 20; i++ {
		if i == mostUntilFull {
			t.Fatalf("%d orders do not fill the disk", i)
		}
		o := burgerAndCoffee(fmt.Sprint("F", i))
		body, err := o.body()
		if err != nil {
			t.Fatal(err)
		}
		l.deliverect.Remember(body)
		answer, status, err := l.ask(t.Context(), http.MethodPost, "/partners/deliverect/demo-deliverect/orders", body, deliverectHeader(body))
		l.orders = append(l.orders, o)
		switch {
		case err != nil:
			t.Fatal(err)
		case status == http.StatusServiceUnavailable:
			refusals++
			refused = append(refused, o)
		case status == http.StatusOK:
			stored++
			o.acknowledged = true
		default:
			t.Fatalf("answers %d %s", status, answer)
		}
	}
	health := l.health()
	if health.Status != wire.HealthDegraded || !strings.Contains(strings.Join(health.Problems, "\n"), "make room on its disk") {
		t.Errorf("healthz says %+v", health)
	}
	l.sells("SOLD")
	for _, o := range l.orders {
		if o.number == "SOLD" {
			o.acknowledged = true
		}
	}
	free()
	for _, o := range refused {
		l.mustPlace(o) // as platforms send again
	}
	after := l.comesLevel(patience)
	if health := l.health(); strings.Contains(strings.Join(health.Problems, "\n"), "make room") || !l.hub.alive() {
		t.Errorf("with room again, healthz says %+v", health)
	}
	c := l.verifyFiles()
	t.Logf("hub's disk full: answered 200 %d, 503 %d, all of these taken later; level %v after; lost %d, doubled %d; tickets %d, marked %d, twice unmarked %d",
		stored, refusals, after.Round(time.Millisecond), c.missing, c.doubled, c.copies, c.marked, c.unmarkedAgain)
}

func (l *linked) health() (health wire.Health) {
	l.t.Helper()
	answer, status, err := l.ask(l.t.Context(), http.MethodGet, wire.HealthPath, nil, http.Header{})
	if err == nil && status == http.StatusOK {
		err = json.Unmarshal(answer, &health)
	}
	if err != nil || status != http.StatusOK {
		l.t.Fatalf("healthz: %d %v", status, err)
	}
	return health
}
