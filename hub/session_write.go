package hub

import (
	"encoding/json"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/sync/wire"

	"github.com/gorilla/websocket"
)

// send queues a frame. A terminal that lets too many pile up is cut off.
func (s *session) send(frame wire.FromHub) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) >= maxQueued {
		_ = s.conn.Close()
		return
	}
	s.queue = append(s.queue, frame)
	s.startWriter()
}

func (s *session) markDirty(location string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leased {
		s.dirty[location] = true
		s.startWriter()
	}
}

// startWriter is called with mu held.
func (s *session) startWriter() {
	if s.writing || s.ended {
		return
	}
	s.writing = true
	s.writers.Go(s.write)
}

// write empties the queue, then sends what the log has beyond the cursor, until neither has
// anything left.
func (s *session) write() {
	for {
		s.mu.Lock()
		frames := s.queue
		s.queue = nil
		dirty := ""
		if len(frames) == 0 {
			for dirty = range s.dirty { // any: each gets its turn
				break
			}
			delete(s.dirty, dirty)
		}
		if len(frames) == 0 && dirty == "" || s.ended {
			s.writing = false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		err := s.writeFrames(frames)
		if err == nil && dirty != "" {
			err = s.writeChanges(dirty)
		}
		if err != nil {
			_ = s.conn.Close() // the reader ends the session
			s.mu.Lock()
			s.writing, s.ended = false, true
			s.mu.Unlock()
			return
		}
	}
}

func (s *session) writeFrames(frames []wire.FromHub) error {
	for i := range frames {
		if err := s.writeFrame(&frames[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) writeFrame(frame *wire.FromHub) error {
	data, err := wire.Encode(*frame)
	if err != nil {
		return err
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeWait)); err != nil {
		return err
	}
	return s.conn.WriteMessage(websocket.TextMessage, data)
}

// writeChanges sends one page of a location beyond its cursor, and comes back for the next.
func (s *session) writeChanges(id string) error {
	changes, head, err := s.hub.log.Changes(id, s.cursor[id], changesAtOne)
	if err != nil {
		return err
	}
	full := s.full[id]
	if len(changes) == 0 && !full {
		return nil
	}
	frame := wire.Changes{Location: id, Cursor: orderlog.Next(changes, head, changesAtOne), Full: full}
	more := len(changes) == changesAtOne
	frame.Orders = make([]json.RawMessage, 0, len(changes))
	size := 0
	for i, c := range changes {
		if size += len(c.Raw); i > 0 && size > maxPage {
			more = true
			frame.Cursor.Sequence = changes[i-1].Sequence
			break
		}
		frame.Orders = append(frame.Orders, c.Raw)
	}
	if more {
		frame.More = true
		defer s.markDirty(id)
	} else {
		frame.Last = full
	}
	// before the frame leaves: whoever takes over must assume that it arrived
	s.gateway.noteSent(s.device.ID, id, frame.Cursor.Sequence)
	if err := s.writeFrame(&wire.FromHub{Changes: &frame}); err != nil {
		return err
	}
	s.cursor[id] = frame.Cursor
	if frame.Last {
		delete(s.full, id)
	}
	return nil
}
