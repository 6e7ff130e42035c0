package hub

import (
	"net/http"

	"comptoir/internal/backup"
)

// serveBackup sends the log's file as it is at one moment.
func (h *Hub) serveBackup(w http.ResponseWriter, _ *http.Request) {
	snapshot, err := h.log.Snapshot()
	if err != nil {
		h.unavailable(w, "making a backup", err)
		return
	}
	size, err := backup.Send(w, snapshot)
	if err != nil {
		h.slog.Warn("a backup broke off", "error", err)
		return
	}
	h.slog.Info("a backup was sent", "bytes", size)
}
