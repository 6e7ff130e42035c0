package hub

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
)

// Routes lists the patterns that the hub serves.
func (h *Hub) Routes() []string {
	var patterns []string
	h.route(func(pattern string, _ func(http.ResponseWriter, *http.Request)) { patterns = append(patterns, pattern) })
	return patterns
}

// TakePing has a link take a ping off what came, and says what is left.
func TakePing(came []byte) (data []byte, is bool, left int) {
	l := &link{buffered: bufio.NewReaderSize(bytes.NewReader(came), readBuffer)}
	data, is, _ = l.ping()
	rest, _ := io.ReadAll(l.buffered) // never fails
	return data, is, len(rest)
}
