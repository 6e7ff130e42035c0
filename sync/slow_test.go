package sync_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/sync/wire"
)

// trickle sends a frame at 1 kB/s, after blanks that make it take as long as wanted. The peer says
// nothing else meanwhile: its pongs would stand in the middle of the frame.
func (p *peer) trickle(frame wire.FromHub, takes time.Duration) {
	p.t.Helper()
	data, err := wire.Encode(frame)
	if err != nil {
		p.t.Fatal(err)
	}
	const rate = 1000
	text := strings.Repeat(" ", max(0, int(takes.Seconds())*rate-len(data))) + string(data)
	const textKind, extended = 0x81, 126
	header := binary.BigEndian.AppendUint16([]byte{textKind, extended}, uint16(len(text)))
	p.mute.Store(true)
	defer p.mute.Store(false)
	conn := p.conn.NetConn()
	for rest := append(header, text...); len(rest) > 0; {
		n := min(rate, len(rest))
		if _, err := conn.Write(rest[:n]); err != nil {
			p.t.Fatal(err)
		}
		rest = rest[n:]
		time.Sleep(time.Second) // synthetic
	}
}

// A line of 1 kB/s is slow, and not dead: neither a welcome with a large menu nor an answer that
// stands behind a page of orders may make the terminal begin anew.
func TestTrickle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, r := newPipeHub(t), newReplica()
		r.add(1, 1)
		start(t, h, r)
		p := h.peer(t)
		p.hello()
		p.trickle(welcome, 25*time.Second)
		if got := receive(t, "link", r.links); !got.online {
			t.Fatalf("got %+v, want online", got)
		}
		command := p.command()
		p.trickle(changes("paris", 1, "a"), 60*time.Second)
		p.send(wire.FromHub{Result: &wire.Result{Command: command.ID, OrderID: command.OrderID}})
		receive(t, "changes", r.applied)
		synctest.Wait()
		if len(r.links) != 0 || h.attempts.Load() != 1 {
			t.Errorf("%d changes of the link, %d attempts; want none, and one", len(r.links), h.attempts.Load())
		}
	})
}
