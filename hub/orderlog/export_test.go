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
	return (&record{r.Open, r.Sequence, r.Revision, r.Placed, r.Location, r.Raw}).encode(id)
}

// DecodeRecord reads what the log stored.
func DecodeRecord(id string, b []byte) (Record, error) {
	r, err := decodeRecord(id, b)
	return Record{r.open, r.sequence, r.revision, r.placed, r.location, r.raw}, err
}

// BreakDisk takes the file away from under the log.
func (b *Bolt) BreakDisk() error { return b.db.Close() }
