package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"syscall"

	"comptoir/hub"
	"comptoir/internal/localsocket"
)

// A running hub answers on a socket in its data directory, to nobody but its own user: that is how
// sub-commands reach it, since bbolt's lock lets nobody else into its file.
const localFile = "hub.sock"

// localMux is all that a running hub does for its own user.
func localMux(h *hub.Hub, at place, listening net.Addr) *http.ServeMux {
	mux := http.NewServeMux()
	h.RouteLocal(mux)
	mux.HandleFunc("GET "+localAddress, func(w http.ResponseWriter, _ *http.Request) {
		reached := address{URL: at.named(listening)}
		if at.secure != nil {
			reached.Fingerprint = at.secure.fingerprint()
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(reached) // who asked may be gone
	})
	return mux
}

// openLocal makes the socket, so that it is there once the hub says that it is ready. A hub works
// without it: where it cannot be made, the log says so, and the listener is nil.
func openLocal(data string, log *slog.Logger) net.Listener {
	listener, err := localsocket.Listen(filepath.Join(data, localFile))
	if err != nil {
		log.Warn("the local socket cannot be made: hub pair and the other sub-commands will not reach this hub", "error", err)
		return nil
	}
	return listener
}

// serveLocal answers until ctx ends.
func serveLocal(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) {
	if err := localsocket.Serve(ctx, listener, handler); err != nil {
		log.Warn("the local socket has failed", "error", err)
	}
}

// errNoHub: no hub runs on the data directory.
var errNoHub = errors.New("no hub runs on this data directory")

// callLocal asks the hub that runs on a data directory. The caller closes the answer's body, which
// may be of any length. A refusal of the hub's is an error in its words.
func callLocal(ctx context.Context, data, method, path string, body io.Reader) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://hub"+path, body)
	if err != nil {
		return nil, err
	}
	response, err := localsocket.Client(filepath.Join(data, localFile)).Do(request)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, fmt.Errorf("%w: %s; start it, or name the directory of the one that runs with --data", errNoHub, data)
	}
	if err != nil {
		return nil, fmt.Errorf("asking the hub that runs on %s: %w", data, err)
	}
	if response.StatusCode < http.StatusBadRequest {
		return response, nil
	}
	defer func() { _ = response.Body.Close() }() // read
	var refused struct {
		Error struct{ Message string }
	}
	const most = 64 << 10
	text, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err == nil {
		err = json.Unmarshal(text, &refused)
	}
	if err != nil || refused.Error.Message == "" {
		return nil, fmt.Errorf("the hub that runs on %s answers %s: is it of the same release?", data, response.Status)
	}
	return nil, errors.New(refused.Error.Message)
}

// askLocal is callLocal with JSON both ways: question may be nil, and answer is filled.
func askLocal(ctx context.Context, data, method, path string, question, answer any) error {
	var body io.Reader
	if question != nil {
		text, err := json.Marshal(question)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	response, err := callLocal(ctx, data, method, path, body)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // read
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		return fmt.Errorf("what the hub that runs on %s answers: %w", data, err)
	}
	return nil
}
