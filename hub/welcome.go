package hub

import (
	"encoding/json"
	"fmt"

	"comptoir/shop"
	"comptoir/sync/wire"

	"github.com/gorilla/websocket"
)

// maxSettings leaves room in a welcome for the locations' orderings, in bytes.
const maxSettings = wire.MaxFrame - 512<<10

// settings are those of the session's locations that the last frame of its welcome brings, and which
// of them all the terminal has as they are. What does not fit that frame has been sent by then: nobody
// else writes before the session is ready.
func (s *session) settings(hello wire.Hello, version int) (last []json.RawMessage, same []string, err error) {
	size := 0
	for i := range s.followed {
		f := s.followed[i].feed
		settings := f.settings
		if hello.Known[f.location] == f.sum {
			same = append(same, f.location)
			if settings, err = json.Marshal(shop.Location{ID: f.location}); err != nil {
				return nil, nil, err
			}
		}
		if len(settings) > maxSettings || size+len(settings) > maxSettings && !hello.Parts {
			return nil, nil, s.refuseSettings(size + len(settings))
		}
		if size+len(settings) > maxSettings {
			if err := s.sendPart(version, last); err != nil {
				return nil, nil, err
			}
			last, size = nil, 0
		}
		last, size = append(last, settings), size+len(settings)
	}
	return last, same, nil
}

func (s *session) sendPart(version int, settings []json.RawMessage) error {
	frame, err := wire.EncodeWelcome(wire.Welcome{Version: version, Device: s.device.ID, Time: s.hub.now().UTC(), More: true}, settings)
	if err != nil {
		return err
	}
	return s.conn.WriteMessage(websocket.TextMessage, frame)
}

func (s *session) refuseSettings(bytes int) error {
	reason := fmt.Sprintf("the menus and settings of this terminal's locations have %d bytes or more, and it takes %d: give it fewer locations, or smaller menus", bytes, maxSettings)
	s.hub.slog.Error("a terminal cannot be welcomed", "device", s.device.ID, "why", reason)
	return s.refuse("settings_oversized", wire.Bye{Reason: reason})
}
