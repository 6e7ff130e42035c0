package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/internal/aside"
	"comptoir/internal/pages"
	"comptoir/order"
	"comptoir/staff"
	"comptoir/terminal"
)

// marker is what a file's name is followed by in the one that says that the file must be salvaged:
// what showed in a transaction does not always show when the file is opened again.
const marker = ".damaged"

// recordError is a record, or an index entry, that is not what was written. The file around it is
// well.
type recordError struct {
	bucket string
	key    []byte
	cause  error
}

func damaged(bucket string, key []byte, cause error) error {
	return &recordError{bucket, key, cause}
}

func (e *recordError) Error() string {
	return fmt.Sprintf("%v: bucket %s, key %q: %v", ErrDamaged, e.bucket, e.key, e.cause)
}

func (e *recordError) Unwrap() []error { return []error{ErrDamaged, e.cause} }

// errSequence is panicked with, as bbolt does: keys do not stand in their sequence.
var errSequence = errors.New("the keys of a page stand in a wrong sequence")

// checkFile keeps bbolt from a file that would make it panic.
func checkFile(path string) error {
	if _, err := os.Stat(path + marker); err == nil {
		return fmt.Errorf("%w: it was found so while the terminal worked", ErrDamaged)
	}
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil // bbolt makes it
	}
	if err == nil {
		err = pages.Check(path)
	}
	if errors.Is(err, pages.ErrPage) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// guard makes an error of what bbolt does where pages make no sense: it panics, and faults where the
// file is cut short or the disk does not read. Any other panic stays one.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if _, fault := cause.(interface{ Addr() uintptr }); !fault && cause != errSequence && !inside("go.etcd.io/bbolt") {
			panic(cause)
		}
		err = fmt.Errorf("%w: %v", ErrDamaged, cause)
	}()
	return f()
}

// inside says whether the panic that is being recovered began in a package.
func inside(pkg string) bool {
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return strings.HasPrefix(frame.Function, pkg)
		}
		if !more {
			return false
		}
	}
}

// broke remembers that the file cannot be worked with any more.
func (s *Store) broke(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return
	}
	s.broken = err
	s.log.Error("the terminal's data is damaged: it has to be salvaged", "error", err)
	if err := os.WriteFile(s.path+marker, []byte(err.Error()+"\n"), 0o600); err != nil {
		s.log.Error("the damage could not be noted for the next start", "error", err)
	}
	close(s.damage)
}

// Damaged is closed once the file turns out to be damaged beyond single records. From then on
// everything fails with ErrDamaged: the file is to be closed, and salvaged (Salvage).
func (s *Store) Damaged() <-chan struct{} { return s.damage }

// Err is why Damaged is closed; nil before.
func (s *Store) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// asideRecord is a record that was set aside, a line of a file.
type asideRecord struct {
	Bucket string `json:"bucket"`
	Key    []byte `json:"key"`
	Value  []byte `json:"value"`
}

// repair sets every record aside that cannot be read, and makes the indexes anew from the others.
// The hub is asked for all orders again, since one may be missing. s.writing is held.
func (s *Store) repair(cause error) error {
	now := s.now()
	beside := aside.Path(s.path+".records", now)
	found := 0
	err := s.commit("repair the store", func(t tx) error {
		var bad []asideRecord
		w := &wreck{missing: map[string]bool{}}
		for _, name := range kept() {
			for key, value := range t.each(name, nil, nil) {
				if !fits(name, key, value) {
					bad, w.missing[name] = append(bad, asideRecord{name, key, slices.Clone(value)}), true
				}
			}
		}
		found = len(bad)
		if found == 0 {
			return t.reindex()
		}
		if err := writeAside(beside, bad); err != nil {
			return err
		}
		for _, r := range bad {
			if err := t.delete(r.Bucket, r.Key); err != nil {
				return err
			}
		}
		if w.missing[bucketMeta] {
			// which of its records were lost; the others are there
			w.records = map[string]map[string]*record{bucketMeta: {}}
			for _, key := range metaKeys() {
				if !slices.ContainsFunc(bad, func(r asideRecord) bool { return r.Bucket == bucketMeta && string(r.Key) == key }) {
					w.records[bucketMeta][key] = &record{}
				}
			}
		}
		return errors.Join(t.reindex(), t.noteAside(w, beside, found, now))
	})
	if err == nil {
		s.log.Error("records of the terminal's data were damaged, and set aside", "count", found, "aside", beside, "error", cause)
	}
	return err
}

func writeAside(path string, records []asideRecord) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("set records aside: %w", err)
	}
	encoder := json.NewEncoder(file)
	for _, r := range records {
		err = errors.Join(err, encoder.Encode(r))
	}
	if err := errors.Join(err, file.Sync(), file.Close(), aside.Sync(filepath.Dir(path))); err != nil {
		return fmt.Errorf("set records aside: %w", err)
	}
	return nil
}

// fitsMeta is fits of the records of the bucket meta.
func fitsMeta(key, value []byte) bool {
	try := func(into any) bool { return json.Unmarshal(value, into) == nil }
	switch string(key) {
	case string(keySetup):
		return try(&terminal.Setup{})
	case string(keyFaults):
		return try(&[]terminal.FaultPeriod{})
	case string(keyTorn):
		return try(&map[string][]terminal.Ticket{})
	case string(keyLockouts):
		return try(&map[string]staff.Lockout{})
	case string(keyOrderings):
		return try(&terminal.Orderings{})
	case string(keyRefusals):
		return try(&[]terminal.Refusal{})
	case string(keyHubAhead):
		return try(new(time.Duration))
	case string(keySalvage):
		return try(&terminal.Salvage{})
	}
	return json.Valid(value)
}

// reindex makes the indexes anew.
func (t tx) reindex() error {
	for _, name := range indexes() {
		if err := errors.Join(t.b.DeleteBucket([]byte(name)), create(t.b, name)); err != nil {
			return fmt.Errorf("empty bucket %s: %w", name, err)
		}
	}
	for _, name := range []string{bucketPending, bucketJobs, bucketOrders, bucketRecent} {
		for key, data := range t.each(name, nil, nil) {
			if !fits(name, key, data) {
				return damaged(name, key, errForeign)
			}
		}
	}
	for _, data := range t.each(bucketPending, nil, nil) {
		if err := t.indexPending(value[terminal.Pending](data)); err != nil {
			return err
		}
	}
	for _, data := range t.each(bucketJobs, nil, nil) {
		if err := t.putJob(value[jobRecord](data)); err != nil {
			return err
		}
	}
	for _, data := range t.each(bucketOrders, nil, nil) {
		if err := t.indexOrder(value[order.Order](data)); err != nil {
			return err
		}
	}
	return t.indexRecent()
}

func create(b *bbolt.Tx, name string) error {
	_, err := b.CreateBucket([]byte(name))
	return err
}

// noteAside says what was set aside, and has the hub asked for all orders. now is this machine's clock.
func (t tx) noteAside(w *wreck, beside string, found int, now time.Time) error {
	before, err := t.Salvage()
	if err != nil {
		return err
	}
	ahead, err := t.HubAhead()
	if err != nil {
		return err
	}
	at := now.Add(ahead).UTC() // what is due is told by the hub's clock
	for location := range t.each(bucketCursors, nil, nil) {
		if err := t.delete(bucketCursors, location); err != nil {
			return err
		}
	}
	if w.missing[bucketCounters] {
		if err := t.jump(at); err != nil {
			return err
		}
	}
	return t.PutSalvage(follow(terminal.Salvage{
		At: at, Aside: beside, Records: found, Missing: w.kinds(), Doubt: w.missing[bucketJobs], Until: at,
	}, before))
}
