package hub

import (
	"io"
	"net/http"
	"strconv"
)

// serveBackup sends the log's file as it is at one moment. Where that breaks off, its length tells.
func (h *Hub) serveBackup(w http.ResponseWriter, _ *http.Request) {
	snapshot, err := h.log.Snapshot()
	if err != nil {
		h.unavailable(w, "making a backup", err)
		return
	}
	defer func() { _ = snapshot.Close() }() // read
	info, err := snapshot.Stat()
	if err != nil {
		h.unavailable(w, "making a backup", err)
		return
	}
	w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	if _, err := io.Copy(w, snapshot); err != nil {
		h.slog.Warn("a backup broke off", "error", err)
		return
	}
	h.slog.Info("a backup was sent", "bytes", info.Size())
}
