package store

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	bberrors "go.etcd.io/bbolt/errors"

	"comptoir/internal/aside"
	"comptoir/internal/backup"
	"comptoir/internal/pages"
	"comptoir/terminal"
)

// ErrForeign: the file is not a terminal's.
var ErrForeign = errors.New("it is not a terminal's file")

// Snapshot is a copy of the whole file as it is at one moment, while the terminal works on
// (backup.Spool).
func (s *Store) Snapshot() (*os.File, error) {
	return backup.Spool(s.path, func(w io.Writer) error {
		return s.read("copy the store", func(t tx) error {
			_, err := t.b.WriteTo(w)
			return err
		})
	})
}

// Backup writes the file at path, which nobody may have open for writing.
func Backup(path string, w io.Writer) error {
	return reading(path, func(b *bbolt.Tx) error {
		_, err := b.WriteTo(w)
		return err
	})
}

// Inspect checks each page of a terminal's file that nobody has open, and counts its orders. ErrDamaged,
// ErrForeign or ErrNewer where it cannot be restored.
func Inspect(path string) (orders int, err error) {
	if err := pages.CheckAll(path); errors.Is(err, pages.ErrPage) {
		return 0, fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
	} else if err != nil {
		return 0, err
	}
	err = reading(path, func(b *bbolt.Tx) error {
		if b.Bucket([]byte(bucketMeta)) == nil || b.Bucket([]byte(bucketPending)) == nil {
			return ErrForeign
		}
		version, err := schema(tx{b})
		if err == nil {
			err = supported(version)
		}
		orders = b.Bucket([]byte(bucketOrders)).Stats().KeyN
		return err
	})
	return orders, err
}

func reading(path string, f func(*bbolt.Tx) error) error {
	err := guard(func() error {
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
		if errors.Is(err, bberrors.ErrTimeout) {
			return ErrInUse
		}
		if err != nil {
			return err
		}
		return errors.Join(db.View(f), db.Close())
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// Restore puts what a backup holds in the place of the file at path, which is set aside where there
// is one. What the terminal did since the backup is not undone by that: of the file that is there,
// damaged or not, the commands that no hub has are carried over, the print journal and the numbers.
// What neither knows is in doubt, as after a salvage. No terminal may be running; ErrInUse where one
// is. now is the terminal's clock.
func Restore(from, path string, now time.Time, log *slog.Logger) (s terminal.Salvage, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("restore %s: %w", from, err)
		}
	}()
	if _, err := Inspect(from); err != nil {
		return s, err
	}
	if err := makeDirectory(filepath.Dir(path)); err != nil {
		return s, err
	}
	copied := path + ".copy"
	if err := aside.Apart(from, copied, path+fresh, path+marker); err != nil {
		return s, err
	}
	w, err := readBackup(from, copied)
	if err != nil {
		return s, err
	}
	unlock, there, err := hold(path)
	if err != nil {
		return s, err
	}
	defer unlock()
	if there {
		present, err := readWreck(path)
		if err == nil {
			_, err = present.version()
		}
		if err != nil {
			return s, err
		}
		w.join(present)
	} else {
		delete(w.records[bucketMeta], string(keyHubAhead)) // it was another machine's clock
	}
	s = w.account(now)
	// until now whoever worked since the backup may have printed
	s.Restored, s.Until = true, s.At
	if now.After(s.Until) { // where it was not the same machine's, how far the clock is off is not known
		s.Until = now.UTC()
	}
	if there {
		s.Aside = aside.Path(path, now)
	}
	if err := w.write(path+fresh, &s, log); err != nil {
		return s, errors.Join(err, os.Remove(path+fresh))
	}
	if there {
		err = aside.Replace(path, path+fresh, s.Aside)
	} else {
		err = aside.Move(path+fresh, path)
	}
	if err != nil {
		return s, err
	}
	if err := os.Remove(path + marker); err != nil && !errors.Is(err, os.ErrNotExist) {
		return s, err
	}
	log.Info("a backup was restored", "backup", from, "aside", s.Aside, "commands", s.Commands, "tickets", s.Tickets, "orders", s.Orders)
	return s, nil
}

// readBackup reads a whole backup by way of a copy that it brings to this version's schema. All of
// it is old: the terminal went on.
func readBackup(from, copied string) (w *wreck, err error) {
	if err := removed(copied); err != nil {
		return nil, err
	}
	if err := aside.Copy(from, copied); err != nil {
		return nil, fmt.Errorf("copy the backup: %w", err)
	}
	defer func() { err = errors.Join(err, removed(copied)) }()
	migrated, err := Open(copied)
	if err == nil {
		err = migrated.Close()
	}
	if err != nil {
		return nil, err
	}
	if w, err = readWreck(copied); err != nil {
		return nil, err
	}
	w.certain = false
	for _, records := range w.records {
		for _, r := range records {
			r.old = true
		}
	}
	return w, nil
}

// hold takes the lock of the file at path, so that no terminal begins on it until it is replaced, and
// says whether anything was ever written to it.
func hold(path string) (unlock func(), there bool, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDONLY, 0o600)
	if err != nil {
		return nil, false, err
	}
	info, err := file.Stat()
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, false, err
	}
	unlock, err = lock(path)
	return unlock, err == nil && info.Size() > 0, err
}

// join adds what the file knows that was in use since this backup. The settings are the backup's.
func (w *wreck) join(since *wreck) {
	w.joinCommands(since)
	w.joinJobs(since)
	for _, name := range []string{bucketOrders, bucketCounters, bucketLeases} {
		for key, r := range since.records[name] {
			if known := w.of(name)[key]; known == nil || !more(name, r.value, known.value) {
				w.of(name)[key] = r
			}
		}
	}
	for _, r := range w.records[bucketCounters] {
		r.old = true // either may be another machine's: numbers jump in any case
	}
	for _, name := range []string{bucketMeta, bucketLocations, bucketDoubts} {
		for key, r := range since.records[name] {
			if known := w.of(name)[key]; known == nil || key != string(keySetup) {
				w.of(name)[key] = r
			}
		}
	}
	if since.missing[bucketPending] {
		w.missing[bucketPending] = true // what else is missing comes from the backup, or is in doubt
	}
}

// of are the records of a bucket, to be changed.
func (w *wreck) of(bucket string) map[string]*record {
	if w.records[bucket] == nil {
		w.records[bucket] = map[string]*record{}
	}
	return w.records[bucket]
}

// joinCommands adds the commands that are pending, or were confirmed, since the backup. They come
// after the backup's own: two files count them each by itself.
func (w *wreck) joinCommands(since *wreck) {
	pending, recent := map[string]string{}, map[string]string{} // keys by the commands' ids
	var last, newest uint64
	for key, r := range w.records[bucketPending] {
		p := value[terminal.Pending](r.value)
		pending[p.Command.ID], last = key, max(last, p.Sequence)
	}
	for key, r := range w.records[bucketRecent] {
		known := value[recentRecord](r.value)
		recent[known.Recent.Command.ID], last, newest = key, max(last, known.Recent.Sequence), max(newest, known.Age)
	}
	for _, r := range since.records[bucketRecent] {
		known := value[recentRecord](r.value)
		if _, both := recent[known.Recent.Command.ID]; both {
			continue
		}
		if key, waited := pending[known.Recent.Command.ID]; waited { // the hub has it by now
			delete(w.records[bucketPending], key)
		}
		known.Recent.Sequence += last
		known.Age += newest
		key := ofOrder(orderOf(known.Recent.Command), known.Recent.Sequence)
		w.of(bucketRecent)[string(key)] = &record{value: encoded(known), old: r.old}
	}
	for _, r := range since.records[bucketPending] {
		p := value[terminal.Pending](r.value)
		if _, both := pending[p.Command.ID]; both {
			continue
		}
		if key, confirmed := recent[p.Command.ID]; confirmed { // and lost by the hub since
			delete(w.records[bucketRecent], key)
		}
		p.Sequence += last
		w.of(bucketPending)[string(number(p.Sequence))] = &record{value: encoded(p), old: r.old}
	}
}

// joinJobs takes of each ticket the state in which more may be on paper.
func (w *wreck) joinJobs(since *wreck) {
	var last uint64
	for _, r := range w.records[bucketJobs] {
		last = max(last, value[jobRecord](r.value).First)
	}
	for key, r := range since.records[bucketJobs] {
		job := value[jobRecord](r.value)
		known := w.of(bucketJobs)[key]
		switch {
		case known == nil:
			job.First += last
		case more(bucketJobs, r.value, known.value):
			continue
		default:
			job.First = value[jobRecord](known.value).First
		}
		w.of(bucketJobs)[key] = &record{value: encoded(job), old: r.old}
	}
}
