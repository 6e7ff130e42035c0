package hub

import (
	"cmp"
	"errors"
	"slices"

	"comptoir/hub/orderlog"
	"comptoir/sync/wire"
)

// resyncs are the locations that get everything anew, or those of them that go on with it.
func (s *session) resyncs(resumed bool) (ids []string) {
	for i := range s.followed {
		if at := &s.followed[i]; at.full && (at.resumed || !resumed) {
			ids = append(ids, at.location.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// resumes says whether a full resync goes on where it was cut off: within this log, and as long as
// all that has changed since it began is still hot, and so is going to follow.
func (h *Hub) resumes(r wire.Resync, head wire.Cursor) bool {
	hot := cmp.Or(h.config.Retention.Hot, orderlog.DefaultRetention.Hot)
	since := h.now().Sub(r.Began)
	return r.Cursor.Shard == head.Shard && r.Cursor.Epoch == head.Epoch &&
		r.Cursor.Sequence > 0 && r.Cursor.Sequence <= head.Sequence && since >= 0 && since < hot/2
}

// resume finds where a location's changes go on for this terminal, and which of its stations it
// prints.
func (s *session) resume(at *followed, l *location, hello wire.Hello) error {
	at.location, at.feed, at.cursor = l, s.gateway.feeds[l.ID], hello.Cursors[l.ID]
	at.hot = hello.Asks
	_, _, err := s.hub.log.Changes(l.ID, at.cursor, 1)
	if errors.Is(err, orderlog.ErrResync) || err == nil && at.cursor.Sequence == 0 {
		head, err := s.hub.log.Head(l.ID)
		if err != nil {
			return err
		}
		at.cursor, at.full = wire.Cursor{Shard: head.Shard, Epoch: head.Epoch}, true
		if r, cutOff := hello.Resyncs[l.ID]; cutOff && at.hot && s.hub.resumes(r, head) {
			at.cursor, at.resumed = r.Cursor, true
		}
	} else if err != nil {
		return err
	}
	stations, named := hello.Stations[l.ID]
	if !named {
		stations = hello.Stations[wire.AnyLocation]
	}
	for _, station := range stations {
		if l.station(station) || len(s.device.locations) == 1 {
			at.stations = append(at.stations, station)
		}
	}
	at.feed.noteSent(s.device.ID, at.cursor.Sequence)
	return nil
}
