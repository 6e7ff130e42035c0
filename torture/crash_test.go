package torture

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/hub/orderlog"
	"comptoir/internal/crash"
	"comptoir/internal/strace"
	"comptoir/order"
)

// recording is one life of a traced program.
type recording struct {
	dir      string
	start    func() (*crash.Disk, error) // the disk before this life
	events   []strace.Event
	promises []promise
}

// record traces a process's next lives. The traced program stays the child of the test.
func (p *process) record(trace string) {
	p.args = append(append([]string{"strace"}, strace.Options(trace)...), p.args...)
}

// needStrace skips a test where nothing can be traced, and says why.
func needStrace(t *testing.T) {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "true.trace")
	out, err := exec.Command("strace", append(strace.Options(trace), "true")...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Skipf("SKIPPED, NOTHING WAS PROVEN: strace does not work here: %v %s"+
			"(scripts/setup.sh installs it; a container needs --cap-add SYS_PTRACE)", err, out)
	}
}

// waitFor reads a trace once strace has written the last line of a program that was ended.
func (s *stage) waitFor(trace string, pid int) []strace.Event {
	s.t.Helper()
	end := fmt.Sprintf("\n%d ", pid)
	var text []byte
	s.until(30*time.Second, "strace has written the program's end", func() bool {
		var err error
		if text, err = os.ReadFile(trace); err != nil {
			s.t.Fatal(err)
		}
		_, last, found := strings.Cut(string(text[max(0, len(text)-200):]), end)
		return found && strings.Contains(last, "+++")
	})
	events, err := strace.Parse(strings.NewReader(string(text)))
	if err != nil {
		s.t.Fatal(err)
	}
	return events
}

// during records what a program does while something goes on, and until it has ended by itself: a
// call that a kill cuts off may have been made or not.
func (s *stage) during(p *process, dir string, said func(int, []byte, []byte) ([]byte, []promise, error), run func()) *recording {
	s.t.Helper()
	before := filepath.Join(s.t.TempDir(), "before")
	if err := os.CopyFS(before, os.DirFS(dir)); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.t.Fatal(err)
	}
	trace := filepath.Join(s.t.TempDir(), p.name+".trace")
	args := p.args
	p.record(trace)
	if p == s.hub {
		s.start(p)
	} else {
		s.startOnline(p)
	}
	p.args = args
	run()
	if _, err := p.terminate(); err != nil {
		s.t.Fatal(err)
	}
	r := &recording{dir: dir, events: s.waitFor(trace, p.cmd.Process.Pid)}
	r.start = func() (*crash.Disk, error) { return crash.Load(before, dir) }
	var err error
	if r.promises, err = listen(r.events, said); err != nil {
		s.t.Fatal(err)
	}
	s.faithful(r)
	return r
}

// faithful: had nothing been lost, the disk would hold what the directory holds.
func (s *stage) faithful(r *recording) {
	s.t.Helper()
	d, err := r.start()
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range r.events {
		if err := d.Take(e); err != nil {
			s.t.Fatal(err)
		}
	}
	real, err := crash.Load(r.dir, r.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(0, 0))
	if !maps.EqualFunc(d.Image(random, 1), real.Image(random, 1), slices.Equal) {
		s.t.Fatal("the trace does not lead to the files that are there: something reached them unseen")
	}
}

// cuts picks places in the trace, in sequence: half of them just after something was promised, where
// most is at stake, the others wherever something happens to the files.
func (r *recording) cuts(random *rand.Rand, n int) []int {
	var busy []int
	for i, e := range r.events {
		if name := e.Call.Name; name == "pwrite64" || name == "fdatasync" || name == "fsync" || name == "ftruncate" {
			busy = append(busy, i)
		}
	}
	all := make([]int, n)
	for i := range all {
		if all[i] = busy[random.IntN(len(busy))]; i%2 == 0 && len(r.promises) > 0 {
			all[i] = r.promises[random.IntN(len(r.promises))].at
		}
	}
	slices.Sort(all)
	return all
}

// outcome is what became of the promises at all cuts together.
type outcome struct {
	cuts, writes, syncs                 int
	promised, found, lost, doubled, bad int
	reopened                            int // by the real program
	problems                            []string
}

func (o *outcome) problem(format string, args ...any) {
	if len(o.problems) < 10 {
		o.problems = append(o.problems, fmt.Sprintf(format, args...))
	}
}

func (o *outcome) add(more outcome) {
	o.cuts += more.cuts
	o.writes += more.writes
	o.syncs += more.syncs
	o.promised += more.promised
	o.found += more.found
	o.lost += more.lost
	o.doubled += more.doubled
	o.bad += more.bad
	o.reopened += more.reopened
	o.problems = append(o.problems, more.problems...)
}

func (o outcome) String() string {
	return fmt.Sprintf("cut points %d, in %d writes and %d syncs; promised before the cuts %d, found %d, lost %d, doubled %d; "+
		"files that do not open %d; opened by the program itself besides %d",
		o.cuts, o.writes, o.syncs, o.promised, o.found, o.lost, o.doubled, o.bad, o.reopened)
}

// reader opens what a disk holds and judges what was promised.
type reader func(dir string, promised []promise, o *outcome) error

// cut takes the power away at places of a recording, and reads what the disk then holds. Calls that
// drop names are taken as never made. image, which may be nil, gets some of the images besides.
func (r *recording) cut(t *testing.T, random *rand.Rand, cuts []int, drop func(*strace.Call) bool, read reader, image func(dir string, promised []promise, o *outcome) error) outcome {
	t.Helper()
	d, err := r.start()
	if err != nil {
		t.Fatal(err)
	}
	var o outcome
	taken := 0
	for i, at := range cuts {
		for ; taken <= at; taken++ {
			if e := r.events[taken]; drop == nil || !drop(e.Call) {
				if err := d.Take(e); err != nil {
					t.Fatal(err)
				}
			}
		}
		chance := []float64{0, 1, 0.5, random.Float64()}[random.IntN(4)]
		dir := filepath.Join(t.TempDir(), "image")
		if err := crash.Write(dir, d.Image(random, chance)); err != nil {
			t.Fatal(err)
		}
		promised := latest(slices.DeleteFunc(slices.Clone(r.promises), func(p promise) bool { return p.at > at }))
		o.cuts++
		o.promised += len(promised)
		if err := guarded(func() error { return read(dir, promised, &o) }); err != nil {
			o.bad++
			o.problem("cut at event %d of %d, chance %.2f: %v", at, len(r.events), chance, err)
		} else if image != nil && i%10 == 0 {
			o.reopened++
			if err := image(dir, promised, &o); err != nil {
				o.problem("cut at event %d of %d, chance %.2f: the program itself: %v", at, len(r.events), chance, err)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	o.writes, o.syncs = d.Writes, d.Syncs
	return o
}

// guarded makes an error of what bbolt does on pages that make no sense: it panics, or reads beyond
// the file's end.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// readLog opens the hub's file as the hub does.
func readLog(dir string, promised []promise, o *outcome) (err error) {
	log, err := orderlog.Open(filepath.Join(dir, "hub.db"), orderlog.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	if err := log.View(long(filepath.Join(dir, "hub.db"))); err != nil {
		return err
	}
	stored, err := logged(log)
	if err != nil {
		return err
	}
	head, err := log.Head("plateau")
	if err != nil {
		return err
	}
	o.judge(promised, stored, head.Sequence)
	if n := log.Damaged(); n > 0 {
		return fmt.Errorf("%d damaged records", n)
	}
	return nil
}

// readWholeLog looks at every page besides. It is not for files that are expected to be bad: bbolt
// looks in a goroutine of its own, where nobody catches a fault.
func readWholeLog(dir string, promised []promise, o *outcome) (err error) {
	if err := readLog(dir, promised, o); err != nil {
		return err
	}
	log, err := orderlog.Open(filepath.Join(dir, "hub.db"), orderlog.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	return log.View(func(tx *bbolt.Tx) error {
		var found []error
		for err := range tx.Check() {
			found = append(found, err)
		}
		return errors.Join(found...)
	})
}

// logged lists all orders of a hub's file.
func logged(log *orderlog.Bolt) (all []order.Order, err error) {
	for after := ""; ; {
		page, next, err := log.Orders("plateau", after, 100)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if after = next; after == "" {
			return all, nil
		}
	}
}

// long: the file has all the pages that it says it has.
func long(path string) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		info, err := os.Stat(path)
		if err == nil && info.Size() < tx.Size() {
			err = fmt.Errorf("%s has %d bytes and counts %d", path, info.Size(), tx.Size())
		}
		return err
	}
}

// judge looks for what was promised among the hub's orders.
func (o *outcome) judge(promised []promise, stored []order.Order, head uint64) {
	byID, references := map[string]order.Order{}, map[string]int{}
	for _, s := range stored {
		byID[s.ID] = s
		if references[s.Reference]++; s.Reference != "" && references[s.Reference] == 2 {
			o.doubled++
			o.problem("the order %s is there twice", s.Reference)
		}
	}
	for _, p := range promised {
		s := byID[p.Order]
		if p.sequence > head || p.Order != "" && !p.kept(s, commandsOf(s)) {
			o.lost++
			o.problem("promised %+v, there is %s %q of log %d", p, s.ID, s.Status, head)
			continue
		}
		o.found++
	}
}

// mustBeWhole: every promise was looked for and none is lost, and everything opens.
func (o outcome) mustBeWhole(t *testing.T, what string) {
	t.Helper()
	t.Logf("%s: %v", what, o)
	if o.lost+o.doubled+o.bad > 0 || len(o.problems) > 0 || o.found == 0 || o.found != o.promised {
		t.Errorf("%s: %d problems, such as:\n%s", what, o.lost+o.doubled+o.bad, strings.Join(o.problems, "\n"))
	}
}

// mustSeeLoss: the check is worth nothing if it finds a bad disk good.
func (o outcome) mustSeeLoss(t *testing.T, what string) {
	t.Helper()
	t.Logf("negative control, %s: %v", what, o)
	if o.lost+o.bad == 0 {
		t.Errorf("negative control, %s: no loss was found", what)
	}
}

// isContentSync: names are synced by fsync of their directory, so that the files are there.
func isContentSync(c *strace.Call) bool { return c.Name == "fdatasync" }

// lastCommits are the writes of a meta page (one of the first two) by the last n commits before a cut.
func (r *recording) lastCommits(at, n int) map[*strace.Call]bool {
	found := map[*strace.Call]bool{}
	for i := at; i >= 0 && len(found) < n; i-- {
		c := r.events[i].Call
		if offset, err := c.Number(3); r.events[i].Returned && c.Name == "pwrite64" && err == nil && offset < 2*4096 {
			found[c] = true
		}
	}
	return found
}

// controls: a disk that does not do as it is told must be found out.
func (r *recording) controls(t *testing.T, random *rand.Rand, cuts []int, read reader) {
	t.Helper()
	r.cut(t, random, cuts, isContentSync, read, nil).mustSeeLoss(t, "a disk that ignores every sync of a file")
	var o outcome
	for range 5 {
		at := r.promises[random.IntN(len(r.promises))].at
		// a promise may come some commits after its own
		dropped := r.lastCommits(at, 10)
		o.add(r.cut(t, random, []int{at}, func(c *strace.Call) bool { return dropped[c] }, read, nil))
	}
	o.mustSeeLoss(t, "the last commits' writes are missing")
}
