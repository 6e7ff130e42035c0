package orderlog_test

import (
	"bytes"
	"testing"

	"comptoir/hub/orderlog"
)

// FuzzRecords: no bytes crash the reader, and what it accepts is what the writer would write.
func FuzzRecords(f *testing.F) {
	whole := orderlog.EncodeRecord("a", orderlog.Record{
		Open: true, Sequence: 7, Revision: 3, Placed: -1, Location: "mtl", Raw: []byte(`{"id":"a"}`),
	})
	f.Add("a", whole)
	f.Add("b", whole)
	f.Add("a", whole[:len(whole)-1])
	f.Add("a", whole[:20])
	f.Add("", []byte{})
	f.Add("a", orderlog.EncodeRecord("a", orderlog.Record{}))
	f.Fuzz(func(t *testing.T, id string, b []byte) {
		r, err := orderlog.DecodeRecord(id, b)
		if err == nil && !bytes.Equal(orderlog.EncodeRecord(id, r), b) {
			t.Errorf("%x was read as %+v, which is written as %x", b, r, orderlog.EncodeRecord(id, r))
		}
		// the same bytes as a sound record: here the checksum lets everything pass
		if len(b) > 1 {
			want := orderlog.Record{Open: b[0]&1 == 1, Sequence: uint64(b[1]), Revision: int64(b[0]), Placed: -int64(b[1]), Location: id[:min(len(id), orderlog.MaxName)], Raw: b[1:]}
			stored := orderlog.EncodeRecord(id, want)
			got, err := orderlog.DecodeRecord(id, stored)
			if err != nil || got.Open != want.Open || got.Sequence != want.Sequence || got.Revision != want.Revision ||
				got.Placed != want.Placed || got.Location != want.Location || !bytes.Equal(got.Raw, want.Raw) {
				t.Errorf("%+v came back as %+v, error %v", want, got, err)
			}
			if _, err := orderlog.DecodeRecord(id+"x", stored); err == nil {
				t.Error("the record of another order was accepted")
			}
			stored[int(b[0])%len(stored)] ^= b[1] | 1
			if _, err := orderlog.DecodeRecord(id, stored); err == nil {
				t.Errorf("a changed byte was not seen in %x", stored)
			}
		}
	})
}
