package hub

import "net/http"

// Routes lists the patterns that the hub serves.
func (h *Hub) Routes() []string {
	var patterns []string
	h.route(func(pattern string, _ func(http.ResponseWriter, *http.Request)) { patterns = append(patterns, pattern) })
	return patterns
}

// ReadPair reads the request of a terminal that is to be paired.
var ReadPair = readPair
