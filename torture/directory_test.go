package torture

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// refused runs a program that must end by itself, with exit code 1 and words that say all of these.
func refused(t *testing.T, program []string, says ...string) {
	t.Helper()
	const limit = 30 * time.Second
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	out, err := exec.CommandContext(ctx, program[0], program[1:]...).CombinedOutput()
	text := string(out)
	if failed, is := errors.AsType[*exec.ExitError](err); !is || failed.ExitCode() != 1 {
		t.Errorf("%q ended with %v, want exit code 1, within %v:\n%s", program[1:], err, limit, text)
	}
	for _, words := range says {
		if !strings.Contains(text, words) {
			t.Errorf("%q says nothing of %q:\n%s", program[1:], words, text)
		}
	}
	if strings.Contains(text, "goroutine ") || strings.Contains(text, "\nready") {
		t.Errorf("%q was ready, or crashed:\n%s", program[1:], text)
	}
}

// TestOneProcessForEachDirectory: a second hub, or terminal, on a data directory says what to do and
// ends, and the first one goes on.
func TestOneProcessForEachDirectory(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	l.outside("A", 3)
	l.comesLevel(patience)
	hub, data := l.hub.args[0], l.hub.dataDir()
	backup := filepath.Join(t.TempDir(), "backup.db")
	if out, err := exec.Command(hub, "backup", "--data", data, backup).CombinedOutput(); err != nil {
		t.Fatalf("hub backup: %v\n%s", err, out)
	}
	elsewhere := []string{"--listen", freeAddress(t, canListen)}
	second := append(append([]string{}, l.hub.args...), elsewhere...)
	for range 2 { // the first refusal leaves nothing behind that lets the next one in
		refused(t, second, "another hub is running on this data directory", "stop that one first", "--data")
		refused(t, append(append([]string{}, second...), "--tls"), "another hub is running on this data directory")
		refused(t, []string{hub, "restore", "--data", data, backup}, "another hub is running on this data directory", "stop it first")
		refused(t, l.till.args, "another terminal is running on this data directory", "stop that one first", "--data", l.till.dataDir())
	}
	for _, left := range []string{"tls-*.pem", "hub.db.aside-*"} {
		if found, err := filepath.Glob(filepath.Join(data, left)); err != nil || len(found) > 0 {
			t.Errorf("the hubs that were refused left %q, %v", found, err)
		}
	}
	if !l.hub.alive() || !l.till.alive() {
		t.Fatal("the first ones have ended")
	}
	l.outside("B", 3)
	l.sells("C-1")
	l.comesLevel(patience)
	l.verifyFiles()
}

// abort makes a disk read-only under whoever works on it, as ext4 does where the device fails.
func (d *disk) abort(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("mount", "-o", "remount,abort", d.dir).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED, NOTHING WAS PROVEN: a disk cannot be made to fail here: %v %s", err, out)
	}
}

// mend mounts it anew, when nobody works on it.
func (d *disk) mend(t *testing.T) {
	t.Helper()
	for _, command := range [][]string{{"umount", d.dir}, {"mount", "-o", "loop", d.image, d.dir}} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%q: %v %s", command, err, out)
		}
	}
}

// TestTerminalReadOnly: a terminal whose disk becomes read-only says so, shows what it has and
// refuses in words what it cannot keep. It does not start on such a disk, and has everything once
// that is mended.
func TestTerminalReadOnly(t *testing.T) {
	t.Parallel()
	d := newDisk(t, filepath.Join(t.TempDir(), "disk.img"), true)
	l := newLinked(t, "--data", filepath.Join(d.dir, "till"))
	l.outside("A", 3)
	l.sells("C-1")
	l.comesLevel(patience)
	d.abort(t)
	l.outside("B", 3)
	l.until(patience, "the terminal says so", func() bool { return len(l.till.log.last(1, `"reason":"read_only"`)) > 0 })
	before := l.till.told.times("refused")
	o := burgerAndCoffee("C-2")
	o.platform = ownShop
	if err := l.till.sell(o); err != nil {
		t.Fatal(err)
	}
	l.until(patience, "a sale is refused", func() bool { return l.till.told.times("refused") > before })
	refusal := l.till.log.last(1, `"event":"refused"`)[0]
	if !strings.Contains(refusal, "read-only") {
		t.Errorf("it does not say why: %s", refusal)
	}
	doctor := []string{l.till.args[0], "doctor", "--config", l.till.config, "--data", l.till.dataDir(), "--language", "en"}
	refused(t, doctor, "Nothing can be written", "Restart the machine")
	if !l.till.alive() {
		t.Error("the terminal has ended")
	}
	l.till.kill()
	refused(t, l.till.args, "nothing can be written in "+l.till.dataDir(), "--data")
	d.mend(t)
	l.startOnline(l.till)
	after := l.comesLevel(patience)
	c := l.verifyFiles()
	t.Logf("terminal's disk read-only: orders %d, level %v after it was mended; lost %d, doubled %d; tickets %d, marked %d, twice unmarked %d",
		len(l.orders), after.Round(time.Millisecond), c.missing, c.doubled, c.copies, c.marked, c.unmarkedAgain)
}

// TestHubReadOnly: a hub whose disk becomes read-only acknowledges nothing that it cannot store, says
// so, answers reads, and does not start on such a disk. What it had acknowledged is there.
func TestHubReadOnly(t *testing.T) {
	t.Parallel()
	d := newDisk(t, filepath.Join(t.TempDir(), "disk.img"), true)
	l := newLinkedHub(t, filepath.Join(d.dir, "hub"))
	l.outside("A", 5)
	l.comesLevel(patience)
	d.abort(t)
	const tries = 50 // at once: a transaction that needs more pages than are free
	var late []*sent
	var asked sync.WaitGroup
	for i := range tries {
		o := burgerAndCoffee(fmt.Sprint("B-", i))
		body, err := o.body()
		if err != nil {
			t.Fatal(err)
		}
		l.deliverect.Remember(body)
		late, l.orders = append(late, o), append(l.orders, o)
		asked.Go(func() {
			answer, status, err := l.ask(t.Context(), http.MethodPost, "/partners/deliverect/demo-deliverect/orders", body, deliverectHeader(body))
			if err != nil || status != http.StatusServiceUnavailable {
				t.Errorf("an order is answered with %d %s, %v", status, answer, err)
			}
		})
	}
	asked.Wait()
	if problems := strings.Join(l.health().Problems, "\n"); !strings.Contains(problems, "nothing can be stored") {
		t.Errorf("healthz says %q", problems)
	}
	reading, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if stored, err := l.stored(reading); err != nil || len(stored) != 5 {
		t.Errorf("it shows %d orders, %v", len(stored), err)
	}
	l.sells("C-1")
	if !l.hub.alive() {
		t.Error("the hub has ended")
	}
	l.hub.kill()
	refused(t, l.hub.args, "nothing can be written in "+l.hub.dataDir(), "--data")
	refused(t, append(append([]string{}, l.hub.args...), "--tls"), "nothing can be written in "+l.hub.dataDir())
	d.mend(t)
	l.start(l.hub)
	for _, o := range late {
		l.mustPlace(o) // as platforms send again
	}
	after := l.comesLevel(patience)
	c := l.verifyFiles()
	t.Logf("hub's disk read-only: orders acknowledged before 5, refused %d and taken later, level %v after it was mended; lost %d, doubled %d",
		tries, after.Round(time.Millisecond), c.missing, c.doubled)
}
