package hub

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"time"
)

// Routes lists the patterns that the hub serves.
func (h *Hub) Routes() []string {
	var patterns []string
	h.route(func(pattern string, _ func(http.ResponseWriter, *http.Request)) { patterns = append(patterns, pattern) })
	return patterns
}

// FillTurns lets as many sessions catch up, and wait for their turn, as may; free ends that.
func (h *Hub) FillTurns() (free func()) {
	t := &h.gateway.turns
	t.mu.Lock()
	defer t.mu.Unlock()
	for range maxResuming {
		t.taken[&session{writing: true}] = time.Now()
	}
	t.waiting = make([]*session, maxWaiting)
	for i := range t.waiting {
		t.waiting[i] = &session{writing: true}
	}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.waiting = nil
		clear(t.taken)
	}
}

// ReadPair reads the request of a terminal that is to be paired.
var ReadPair = readPair

// TakePing has a link take a ping off what came, and says what is left.
func TakePing(came []byte) (data []byte, is bool, left int) {
	l := &link{buffered: bufio.NewReaderSize(bytes.NewReader(came), readBuffer)}
	data, is, _ = l.ping()
	rest, _ := io.ReadAll(l.buffered) // never fails
	return data, is, len(rest)
}
