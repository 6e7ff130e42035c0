package tail_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"comptoir/hub/orderlog"
	"comptoir/hub/orderlog/logtest"
	"comptoir/hub/tail"
	"comptoir/order"
	"comptoir/sync/wire"
)

// counted is a log that counts its reads, and fails them where told to.
type counted struct {
	orderlog.Log
	reads   atomic.Int64
	failing atomic.Bool
}

var errDisk = errors.New("the disk fails")

func (c *counted) Changes(location string, after wire.Cursor, limit int) ([]orderlog.Change, wire.Cursor, error) {
	c.reads.Add(1)
	if c.failing.Load() {
		return nil, wire.Cursor{}, errDisk
	}
	return c.Log.Changes(location, after, limit)
}

func (c *counted) Head(location string) (wire.Cursor, error) {
	if c.failing.Load() {
		return wire.Cursor{}, errDisk
	}
	return c.Log.Head(location)
}

func open(t testing.TB) *counted {
	t.Helper()
	log, err := orderlog.Open(filepath.Join(t.TempDir(), "hub.db"), orderlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	return &counted{Log: log}
}

type answer struct {
	changes []orderlog.Change
	head    wire.Cursor
	resync  bool
}

func read(t testing.TB, changes func() ([]orderlog.Change, wire.Cursor, error)) answer {
	t.Helper()
	found, head, err := changes()
	if err != nil && !errors.Is(err, orderlog.ErrResync) {
		t.Fatal(err)
	}
	if len(found) == 0 {
		found = nil
	}
	return answer{found, head, err != nil}
}

// Whatever is appended, here or at a neighbour of the shard, and wherever a reader stands, the
// tail answers as the log alone.
func TestLikeTheLog(t *testing.T) {
	log := open(t)
	world, reads := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		world++
		location := fmt.Sprintf("l%d", world)
		neighbour := sameShard(location)
		limits := tail.Limits{Entries: rapid.IntRange(1, 6).Draw(rt, "entries"), Bytes: rapid.IntRange(1, 5000).Draw(rt, "bytes")}
		kept := tail.New(log, location, limits)
		orders := map[string]order.Order{}
		write := func(location, id string) {
			o, found := orders[id]
			if found {
				o = logtest.Later(o)
			} else {
				o = logtest.Sample(location, id)
			}
			if _, err := log.Append(t.Context(), o, o.Revision-1); err != nil {
				rt.Fatal(err)
			}
			orders[id] = o
		}
		for range rapid.IntRange(5, 30).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0, 1, 2, 3:
				write(location, fmt.Sprintf("w%d-%d", world, rapid.IntRange(0, 7).Draw(rt, "order")))
				kept.Moved()
			case 4:
				// the head of the shard moves, and nobody is told here
				write(neighbour, fmt.Sprintf("n%d-%d", world, rapid.IntRange(0, 1).Draw(rt, "neighbour")))
			case 5:
				kept.Drop()
			default:
				head, err := log.Log.Head(location)
				if err != nil {
					rt.Fatal(err)
				}
				after := head
				after.Sequence -= min(head.Sequence, rapid.Uint64Range(0, 12).Draw(rt, "behind"))
				switch rapid.IntRange(0, 15).Draw(rt, "cursor") {
				case 0:
					after.Epoch = "other"
				case 1:
					after.Shard++
				case 2:
					after.Sequence = head.Sequence + 1
				}
				limit := rapid.IntRange(1, 8).Draw(rt, "limit")
				got := read(t, func() ([]orderlog.Change, wire.Cursor, error) { return kept.Changes(after, limit) })
				want := read(t, func() ([]orderlog.Change, wire.Cursor, error) { return log.Log.Changes(location, after, limit) })
				reads++
				// It need not know that a neighbour has moved the head, if nothing else tells it; a page
				// that is whole then ends where the tail ends.
				if got.head.Sequence <= want.head.Sequence && got.head.Sequence >= after.Sequence && !want.resync {
					if n := len(want.changes); n == 0 || want.changes[n-1].Sequence <= got.head.Sequence {
						want.head = got.head
					}
				}
				if !reflect.DeepEqual(got, want) {
					rt.Fatalf("after %+v, at most %d: the tail says %+v, the log %+v", after, limit, got, want)
				}
			}
		}
	})
	t.Logf("%d reads at %d locations, all as the log alone", reads, world)
}

// sameShard finds another location of a shard.
func sameShard(location string) string {
	for i := 0; ; i++ {
		if name := fmt.Sprintf("neighbour%d", i); orderlog.Shard(name) == orderlog.Shard(location) {
			return name
		}
	}
}

// Many readers at the end of the log cost one read of it for each commit, and nobody misses, or
// gets out of turn, what is written meanwhile.
func TestReadersShare(t *testing.T) {
	log := open(t)
	kept := tail.New(log, "mtl", tail.Limits{Entries: 100, Bytes: 1 << 20})
	defer log.Watch(func(string) { kept.Moved() })()
	start, err := log.Head("mtl")
	if err != nil {
		t.Fatal(err)
	}
	kept.Head(start)
	const readers, orders = 20, 50
	var group sync.WaitGroup
	for range readers {
		group.Go(func() {
			at, last := start, uint64(0)
			for seen := 0; seen < orders; {
				changes, head, err := kept.Changes(at, 10)
				if err != nil {
					t.Error(err)
					return
				}
				for _, c := range changes {
					if c.Sequence <= last {
						t.Errorf("%d after %d", c.Sequence, last)
					}
					last = c.Sequence
				}
				seen += len(changes)
				at = orderlog.Next(changes, head, 10)
			}
		})
	}
	for i := range orders {
		if _, err := log.Append(t.Context(), logtest.Sample("mtl", fmt.Sprint(i)), 0); err != nil {
			t.Fatal(err)
		}
	}
	group.Wait()
	if n := log.reads.Load(); n > 2*orders {
		t.Errorf("%d reads of the log for %d orders", n, orders)
	}
	t.Logf("%d readers of %d orders: %d reads of the log", readers, orders, log.reads.Load())
}

// A disk that fails is said to each reader, and is forgotten once it works again.
func TestFailure(t *testing.T) {
	log := open(t)
	kept := tail.New(log, "mtl", tail.Limits{Entries: 10, Bytes: 1 << 20})
	start, err := log.Head("mtl")
	if err != nil {
		t.Fatal(err)
	}
	kept.Head(start)
	if _, err := log.Append(t.Context(), logtest.Sample("mtl", "a"), 0); err != nil {
		t.Fatal(err)
	}
	kept.Moved()
	log.failing.Store(true)
	for range 2 {
		if _, _, err := kept.Changes(start, 10); !errors.Is(err, errDisk) {
			t.Errorf("got %v, want %v", err, errDisk)
		}
	}
	log.failing.Store(false)
	changes, _, err := kept.Changes(start, 10)
	if err != nil || len(changes) != 1 {
		t.Errorf("%d changes, error %v", len(changes), err)
	}
}
