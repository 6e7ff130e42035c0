package store

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/internal/aside"
	"comptoir/order"
	"comptoir/terminal"
)

// margin is how far numbers jump where the last one is not known: far enough that none comes twice
// (a station does not print a thousand tickets in the hours whose records are lost), and to be seen.
const margin = 1000

// fresh is what a new file is called until it is whole.
const fresh = ".new"

// Salvage puts a new file in the place of a damaged one, with everything that can be read of it,
// and sets the damaged one aside: it stays in the directory, with the time in its name. Nobody else
// may have the file open. now is the terminal's clock.
//
// Commands, the print journal, numbers and settings are carried over first, in one transaction;
// orders follow, and where there is no room for all of them, the rest comes from the hub: cursors
// are never carried over.
func Salvage(path string, now time.Time, log *slog.Logger) (s terminal.Salvage, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("salvage %s: %w", path, err)
		}
	}()
	unlock, err := lock(path)
	if err != nil {
		return s, err
	}
	defer unlock()
	info, err := os.Stat(path)
	if err != nil {
		return s, err
	}
	w, err := readWreck(path)
	if err != nil {
		return s, err
	}
	if _, err := w.version(); err != nil {
		return s, err
	}
	beside := aside.Path(path, now)
	s = w.account(now)
	s.Until = w.byHub(info.ModTime())
	if s.Until.After(s.At) { // the clock was set back since
		s.Until = s.At
	}
	s.Aside = beside
	if before := w.records[bucketMeta][string(keySalvage)]; before != nil {
		s = follow(s, value[terminal.Salvage](before.value))
	}
	if err := w.write(path+fresh, &s, log); err != nil {
		return s, errors.Join(err, os.Remove(path+fresh))
	}
	if err := aside.Replace(path, path+fresh, beside); err != nil {
		return s, err
	}
	if err := os.Remove(path + marker); err != nil && !errors.Is(err, os.ErrNotExist) {
		return s, err
	}
	log.Error("the data was damaged: what could be read was carried over",
		"aside", beside, "commands", s.Commands, "tickets", s.Tickets, "orders", s.Orders, "missing", s.Missing, "doubt", s.Doubt)
	return s, nil
}

// follow adds what is still to be said of an earlier time: its journal lacks the same as before, and
// what was missing may not have been read. A power cut may come after the new file is in its place and
// before the marker is gone; then it is salvaged once more, and looks whole.
func follow(s, before terminal.Salvage) terminal.Salvage {
	s.Doubt = s.Doubt || before.Doubt
	if before.Until.After(s.Until) {
		s.Until = before.Until
	}
	if !before.Heard {
		for _, kind := range before.Missing {
			if !slices.Contains(s.Missing, kind) {
				s.Missing = append(s.Missing, kind)
			}
		}
	}
	return s
}

// byHub is what the hub's clock says at a time of this machine's, as well as the file knows.
func (w *wreck) byHub(at time.Time) time.Time {
	if r := w.records[bucketMeta][string(keyHubAhead)]; r != nil {
		at = at.Add(value[time.Duration](r.value))
	}
	return at.UTC()
}

// account says what will be carried over. now is this machine's clock.
func (w *wreck) account(now time.Time) terminal.Salvage {
	s := terminal.Salvage{At: w.byHub(now), Missing: w.kinds(), Doubt: w.doubt()}
	s.Commands = len(w.records[bucketPending])
	for _, r := range w.records[bucketJobs] {
		if state := value[jobRecord](r.value).Job.State; !state.Ended() && state != terminal.JobIdle {
			s.Tickets++
		}
	}
	return s
}

// doubt says whether the print journal may lack something.
func (w *wreck) doubt() bool { return !w.certain || w.missing[bucketJobs] }

// write makes the new file.
func (w *wreck) write(path string, s *terminal.Salvage, log *slog.Logger) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	db, err := bbolt.Open(path, 0o600, options(config{lockTimeout: time.Second}))
	if err != nil {
		return err
	}
	db.AllocSize = chunk
	fill := func() error {
		if err := migrate(db); err != nil {
			return err
		}
		if err := db.Update(func(b *bbolt.Tx) error { return w.putFirst(tx{b}, *s) }); err != nil {
			return err
		}
		if err := w.putOrders(db, s); err != nil {
			log.Error("not all orders were carried over: the hub will send them", "error", err)
		}
		return nil
	}
	return errors.Join(fill(), db.Close())
}

// putFirst writes what the hub does not have.
func (w *wreck) putFirst(t tx, s terminal.Salvage) error {
	if err := w.each(bucketPending, func(key []byte, r *record) error {
		p := value[terminal.Pending](r.value)
		return errors.Join(t.indexPending(p), t.putRaw(bucketPending, key, r.value))
	}); err != nil {
		return err
	}
	if err := w.each(bucketJobs, func(key []byte, r *record) error {
		record := value[jobRecord](r.value)
		if r.old {
			record.Job = doubtful(record.Job, s)
		}
		return t.putJob(record)
	}); err != nil {
		return err
	}
	for _, name := range []string{bucketPending, bucketJobs} {
		if err := t.b.Bucket([]byte(name)).SetSequence(w.next(name)); err != nil {
			return fmt.Errorf("set the sequence of bucket %s: %w", name, err)
		}
	}
	for _, name := range kept() {
		switch name {
		case bucketPending, bucketJobs, bucketOrders, bucketCursors:
			continue
		}
		if err := w.each(name, func(key []byte, r *record) error {
			if name == bucketMeta && string(key) == string(keySchema) {
				return nil // the new file has its own
			}
			if name == bucketCounters && r.old {
				return t.put(name, key, jumped(value[int](r.value)))
			}
			return t.putRaw(name, key, r.value)
		}); err != nil {
			return err
		}
	}
	if err := t.indexRecent(); err != nil {
		return err
	}
	if w.missing[bucketCounters] || !w.certain {
		if err := t.jump(s.At); err != nil {
			return err
		}
	}
	return t.PutSalvage(s)
}

// doubtful heads a ticket that was not begun, by a record that may not have been the newest.
func doubtful(j terminal.Job, s terminal.Salvage) terminal.Job {
	if j.Copies == 0 && j.State == terminal.JobQueued && j.Heading == terminal.HeadingNone && !j.Due.After(s.Until) {
		j.Heading, j.Lost = terminal.HeadingDuplicate, true
	}
	return j
}

// putJob writes a job and its indexes where there is none of it yet.
func (t tx) putJob(r jobRecord) error {
	key := []byte(r.Job.Key)
	r.Place = nil
	if !r.Job.State.Ended() {
		r.Place = queueKey(r.Job.Location, r.Job.Station, r.Job.Due, r.First)
	}
	return errors.Join(
		t.put(bucketJobs, key, r),
		t.putRaw(bucketJobsByOrder, ofOrder(r.Job.OrderID, r.First), key),
		t.move(bucketPapers, nil, paperKey(r.Job, r.First), key),
		t.move(bucketQueue, nil, r.Place, key),
	)
}

// ordersAtOnce bounds a transaction, and so what a full disk costs.
const ordersAtOnce = 500

// putOrders writes the orders: those that hold something unsent first, then those that are open.
func (w *wreck) putOrders(db *bbolt.DB, s *terminal.Salvage) error {
	unsent := map[string]bool{}
	for _, r := range w.records[bucketPending] {
		unsent[orderOf(value[terminal.Pending](r.value).Command)] = true
	}
	var parts [3][]order.Order
	err := w.each(bucketOrders, func(_ []byte, r *record) error {
		o := value[order.Order](r.value)
		part := 2
		switch {
		case unsent[o.ID]:
			part = 0
		case o.Active():
			part = 1
		}
		parts[part] = append(parts[part], o)
		return nil
	})
	if err != nil {
		return err
	}
	all := append(append(parts[0], parts[1]...), parts[2]...)
	for len(all) > 0 {
		some := all[:min(ordersAtOnce, len(all))]
		err := db.Update(func(b *bbolt.Tx) error {
			t := tx{b}
			for _, o := range some {
				if err := t.PutOrder(o); err != nil {
					return err
				}
			}
			told := *s
			told.Orders += len(some)
			return t.PutSalvage(told)
		})
		if err != nil {
			return err
		}
		s.Orders += len(some)
		all = all[len(some):]
	}
	return nil
}

// jumped is a number that no lost one reaches.
func jumped(n int) int { return n/margin*margin + margin }

// jump has numbers that are not there begin at the margin, as long as they may be of a day whose
// numbers are lost.
func (t tx) jump(at time.Time) error { return t.put(bucketMeta, keyJump, at.UTC()) }

// begin is where a counter that is not there begins. Its name ends with its day.
func (t tx) begin(name string) (int, error) {
	at, found, err := get[time.Time](t, bucketMeta, keyJump, nil)
	if err != nil || !found {
		return 0, err
	}
	// a business day may have begun on the day before, and zones differ
	if day := name[strings.LastIndexByte(name, '/')+1:]; day > at.Add(24*time.Hour).Format(time.DateOnly) {
		return 0, nil
	}
	return margin, nil
}
