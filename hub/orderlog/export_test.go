package orderlog

// Record shows the record of the disk to the tests.
type Record struct {
	Open             bool
	Sequence         uint64
	Revision, Placed int64
	Location         string
	Raw              []byte
}

// EncodeRecord is what the log stores.
func EncodeRecord(id string, r Record) []byte {
	return (&record{open: r.Open, sequence: r.Sequence, revision: r.Revision, placed: r.Placed, location: r.Location, raw: r.Raw}).encode(id)
}

// DecodeRecord reads what the log stored.
func DecodeRecord(id string, b []byte) (Record, error) {
	r, err := decodeRecord(id, b)
	return Record{r.open, r.sequence, r.revision, r.placed, r.location, r.raw}, err
}

// BreakDisk takes the file away from under the log.
func (b *Bolt) BreakDisk() error { return b.db.Close() }
