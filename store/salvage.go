package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"slices"

	"comptoir/internal/pages"
	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// wreck is what could be read of a damaged file: the records of each bucket that is no index.
type wreck struct {
	records map[string]map[string]*record
	// sequences are the buckets' own, where they were seen.
	sequences map[string]uint64
	// missing are the buckets of which something may be missing, or is older than it was.
	missing map[string]bool
	// certain: the newest state is known, though not all of it may be readable.
	certain bool
}

type record struct {
	value []byte
	// old: it stands on a page that may have been replaced since.
	old bool
}

// indexes are the buckets that are made anew from the records.
func indexes() []string {
	return []string{bucketOpen, bucketEnded, bucketPendingByOrder, bucketPendingByCommand, bucketJobsByOrder, bucketQueue, bucketPapers, bucketRecentByAge}
}

// readWreck reads a file of which any page may be damaged. First it follows the newest beginning
// whose checksum holds. Where that leads to something unreadable, it looks at every other page of
// the file as well, and takes what proves by itself which record it is: a page does not say of
// which bucket it is. Of two states of a record it takes the one that claims more: of an order the
// higher revision, of a job the one of which more may be on paper.
func readWreck(path string) (*wreck, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // read
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	f := pages.New(file, info.Size())
	w := &wreck{
		records: map[string]map[string]*record{}, sequences: map[string]uint64{},
		missing: map[string]bool{}, certain: f.Certain(),
	}
	met := map[uint64]bool{}
	complete := w.certain
	for i, meta := range f.Metas {
		if i > 0 && complete {
			break // the newest says all
		}
		whole := w.tree(f, meta.Root, met, i > 0 || !w.certain)
		complete = complete && whole
	}
	if complete {
		return w, nil
	}
	if !w.certain || len(f.Metas) == 0 {
		for _, name := range kept() {
			w.missing[name] = true
		}
	}
	free, err := f.Free()
	unknown := err != nil || !w.certain
	for id := range f.Pages() {
		if met[id] {
			continue
		}
		elements, _, _ := f.Leaf(id) // what cannot be read is missing already
		for _, e := range elements {
			w.loose(e, unknown || free[id])
		}
	}
	return w, nil
}

// kept are the buckets whose records are carried over.
func kept() []string {
	return slices.DeleteFunc(buckets(), func(name string) bool { return slices.Contains(indexes(), name) })
}

// tree takes everything below the bucket of buckets, and says whether nothing was missing. Where
// the newest state was followed before, only what that could not tell is taken.
func (w *wreck) tree(f *pages.File, root uint64, met map[uint64]bool, old bool) (whole bool) {
	seen := map[string]bool{}
	own := map[uint64]bool{} // pages that the newer state has too are looked at again
	visit := func(e pages.Element) {
		name := string(e.Key)
		if !e.Bucket || !slices.Contains(buckets(), name) || slices.Contains(indexes(), name) {
			return
		}
		seen[name] = true
		below, sequence, inline, err := pages.Bucket(e.Value)
		w.sequences[name] = max(w.sequences[name], sequence)
		take := func(e pages.Element) {
			if !e.Bucket {
				w.take(name, e.Key, e.Value, old)
			}
		}
		for _, e := range inline {
			take(e)
		}
		if below != 0 {
			err = f.Walk(below, own, take)
		}
		if err != nil {
			w.missing[name] = true
		}
	}
	err := f.Walk(root, own, visit)
	if !old {
		for id := range own {
			met[id] = true
		}
		for _, name := range kept() {
			if !seen[name] {
				w.missing[name] = true
			}
		}
	}
	return err == nil && len(w.missing) == 0
}

// loose takes an element of a page that nothing leads to.
func (w *wreck) loose(e pages.Element, old bool) {
	if !e.Bucket {
		if name := recognize(e.Key, e.Value); name != "" && w.missing[name] {
			w.take(name, e.Key, e.Value, old)
		}
		return
	}
	name := string(e.Key)
	if !w.missing[name] {
		return
	}
	_, sequence, inline, _ := pages.Bucket(e.Value) // as much as can be read
	w.sequences[name] = max(w.sequences[name], sequence)
	for _, e := range inline {
		if !e.Bucket {
			w.take(name, e.Key, e.Value, old)
		}
	}
}

// recognize finds the bucket of a record by what the record says of itself; "" where nothing does.
func recognize(key, value []byte) string {
	switch name := string(key); {
	case slices.Contains(metaKeys(), name):
		return bucketMeta
	case bytes.HasPrefix(key, []byte("ticket/")), bytes.HasPrefix(key, []byte("order/")):
		return bucketCounters
	case bytes.Equal(key, keyLocations) && bytes.HasPrefix(value, []byte("[")):
		return bucketLocations
	case bytes.Equal(key, keyPreferences) && bytes.HasPrefix(value, []byte("{")):
		return bucketPreferences
	}
	for _, name := range []string{bucketPending, bucketJobs, bucketOrders, bucketLeases, bucketRecent, bucketDoubts} {
		if fits(name, key, value) {
			return name
		}
	}
	return ""
}

func metaKeys() []string {
	var names []string
	for _, key := range [][]byte{keySchema, keySetup, keyFaults, keyTorn, keyLockouts, keyOrderings, keyRefusals, keyHubAhead, keySalvage} {
		names = append(names, string(key))
	}
	return names
}

// fits says whether the bytes are a record of the bucket under this key.
func fits(bucket string, key, value []byte) bool {
	switch bucket {
	case bucketPending:
		p, err := decode(bucket, key, value, func(p terminal.Pending) bool { return bytes.Equal(key, number(p.Sequence)) })
		return err == nil && p.Command.ID != "" && p.Command.Type != ""
	case bucketJobs:
		r, err := decode(bucket, key, value, isJob(string(key)))
		return err == nil && (r.Job.OrderID != "" || r.Job.Kind == terminal.KindSummary) && known(r.Job)
	case bucketOrders:
		o, err := decode(bucket, key, value, isOrder(string(key)))
		return err == nil && o.Location != "" && slices.Contains(statuses(), o.Status)
	case bucketRecent:
		_, err := decodeRecent(key, value)
		return err == nil
	case bucketDoubts:
		d, err := decode(bucket, key, value, isDoubt(string(key)))
		return err == nil && d.Location != ""
	case bucketLeases:
		l, err := decode[terminal.Lease](bucket, key, value, nil)
		return err == nil && bytes.Equal(key, composite(l.Location, l.Station))
	case bucketCounters:
		n, err := decode[int](bucket, key, value, nil)
		return err == nil && n > 0
	case bucketCursors:
		_, err := decode[terminal.Cursor](bucket, key, value, nil)
		return err == nil
	case bucketLocations:
		_, err := decode[[]shop.Location](bucket, key, value, nil)
		return err == nil
	case bucketPreferences:
		_, err := decode[terminal.Preferences](bucket, key, value, nil)
		return err == nil
	case bucketMeta:
		return fitsMeta(key, value)
	}
	return json.Valid(value)
}

// known says whether a job's state makes sense: what a flipped bit made of it must not keep a
// ticket from coming out.
func known(j terminal.Job) bool {
	switch j.State {
	case terminal.JobQueued, terminal.JobIdle, terminal.JobDropped, terminal.JobElsewhere, terminal.JobDiscarded:
		return j.Copies == 0 || j.Ticket != nil
	case terminal.JobSending, terminal.JobUnconfirmed, terminal.JobPrinted, terminal.JobSent:
		return j.Copies > 0 && j.Ticket != nil
	}
	return false
}

func statuses() []order.Status {
	return []order.Status{order.New, order.Accepted, order.Preparing, order.Ready, order.Completed, order.Rejected, order.Expired}
}

// take keeps a record, unless what is known of it already says more.
func (w *wreck) take(bucket string, key, value []byte, old bool) {
	if bucket == bucketCursors {
		return // the hub tells everything anew
	}
	if !fits(bucket, key, value) {
		w.missing[bucket] = true
		return
	}
	if w.records[bucket] == nil {
		w.records[bucket] = map[string]*record{}
	}
	before := w.records[bucket][string(key)]
	if before != nil && (!before.old && old || before.old == old && !more(bucket, before.value, value)) {
		return
	}
	w.records[bucket][string(key)] = &record{value: bytes.Clone(value), old: old}
}

// more says whether b claims more than a, of two states of one record.
func more(bucket string, a, b []byte) bool {
	switch bucket {
	case bucketOrders:
		return value[order.Order](b).Revision > value[order.Order](a).Revision
	case bucketJobs:
		return progress(value[jobRecord](b).Job) > progress(value[jobRecord](a).Job)
	case bucketCounters:
		return value[int](b) > value[int](a)
	case bucketLeases:
		return value[terminal.Lease](b).Epoch > value[terminal.Lease](a).Epoch
	}
	return false
}

// progress grows as more of a job may be on paper.
func progress(j terminal.Job) int {
	p := 10 * j.Copies
	switch j.State {
	case terminal.JobSending:
		p++
	case terminal.JobUnconfirmed:
		p += 2
	case terminal.JobDropped, terminal.JobElsewhere, terminal.JobDiscarded:
		p += 3
	case terminal.JobPrinted, terminal.JobSent:
		p += 4
	}
	return p
}

// value decodes what was found to fit.
func value[T any](data []byte) (v T) {
	_ = json.Unmarshal(data, &v)
	return v
}

// encoded is of a value that was decoded before.
func encoded(v any) []byte {
	data, _ := json.Marshal(v)
	return data
}

// version is the schema that the file says it has; 0 where it does not. A newer file is not
// touched, whatever its state.
func (w *wreck) version() (int, error) {
	r := w.records[bucketMeta][string(keySchema)]
	if r == nil {
		return 0, nil
	}
	version := value[int](r.value)
	return version, supported(version)
}

// each visits a bucket's records by key.
func (w *wreck) each(bucket string, f func(key []byte, r *record) error) error {
	records := w.records[bucket]
	keys := make([]string, 0, len(records))
	for key := range records {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		if err := f([]byte(key), records[key]); err != nil {
			return err
		}
	}
	return nil
}

// kinds are what people hear of the buckets of which something is missing.
func (w *wreck) kinds() []terminal.Kept {
	var kinds []terminal.Kept
	add := func(kind terminal.Kept, missing bool) {
		if missing {
			kinds = append(kinds, kind)
		}
	}
	meta := w.missing[bucketMeta]
	lacks := func(key []byte) bool { return meta && w.records[bucketMeta][string(key)] == nil }
	add(terminal.KeptCommands, w.missing[bucketPending])
	add(terminal.KeptTickets, w.missing[bucketJobs] || lacks(keyTorn))
	add(terminal.KeptNumbers, w.missing[bucketCounters])
	add(terminal.KeptLockouts, lacks(keyLockouts))
	add(terminal.KeptPrinters, lacks(keySetup))
	add(terminal.KeptSettings, w.missing[bucketLocations] || w.missing[bucketPreferences] || lacks(keyOrderings))
	add(terminal.KeptOrders, w.missing[bucketOrders])
	return kinds
}

// next is where a bucket's sequence goes on: behind everything that was seen.
func (w *wreck) next(bucket string) uint64 {
	last := w.sequences[bucket]
	if bucket == bucketPending { // a confirmed command keeps its place
		for _, r := range w.records[bucketRecent] {
			last = max(last, value[recentRecord](r.value).Recent.Sequence)
		}
	}
	for key, r := range w.records[bucket] {
		switch bucket {
		case bucketPending:
			last = max(last, binary.BigEndian.Uint64([]byte(key)))
		case bucketJobs:
			last = max(last, value[jobRecord](r.value).First)
		}
	}
	if w.missing[bucket] || !w.certain {
		last += margin
	}
	return last
}
