package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"comptoir/doctor"
	"comptoir/internal/localsocket"
	"comptoir/terminal"
)

// A running terminal answers on a socket in its data directory, to nobody but its own user: a
// second start asks it to come to the front, and "terminal doctor" what is wrong.
const (
	localFile   = "terminal.sock"
	localStatus = "/status"
	localRaise  = "/raise"
)

// errNoWindow: the terminal that runs has none.
var errNoWindow = errors.New("it has no window")

// serveLocal answers until ctx ends. A terminal works without it: where the socket cannot be made,
// the log says so.
func serveLocal(ctx context.Context, c config, data string, service *terminal.Service, clock *terminal.HubClock, screen screen, log *slog.Logger) error {
	ports, err := doctorPorts(c, data, log)
	if err != nil {
		return err
	}
	ports.Fault, ports.Salvage = service.Disk, service.Salvaged
	ports.Clock, ports.Ahead = clock, clock.Ahead
	ports.Link, ports.Locations = service.LinkState, idsOf(service.Settings)
	ports.Printers = printersOf(func() *terminal.Service { return service })
	if heard, is := screen.(interface{ Silent() bool }); is {
		ports.Silent = heard.Silent
	}
	examiner := doctor.New(ports)
	listener, err := localsocket.Listen(filepath.Join(data, localFile))
	if err != nil {
		log.Warn("the local socket cannot be made: a second start, and the doctor, will not reach this terminal", "error", err)
		return nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+localStatus, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(examiner.Examine(r.Context())); err != nil {
			log.Debug("answering on the local socket", "error", err)
		}
	})
	mux.HandleFunc("POST "+localRaise, func(w http.ResponseWriter, _ *http.Request) {
		front, is := screen.(interface{ Raise() })
		if !is {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		front.Raise()
		w.WriteHeader(http.StatusNoContent)
	})
	if err := localsocket.Serve(ctx, listener, mux); err != nil {
		log.Warn("the local socket has failed", "error", err)
	}
	return nil
}

// askLocal asks the terminal that runs on a data directory.
func askLocal(ctx context.Context, data, method, path string) (answer []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://terminal"+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := localsocket.Client(filepath.Join(data, localFile)).Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // read
	const most = 1 << 20
	answer, err = io.ReadAll(io.LimitReader(response.Body, most))
	switch {
	case err != nil:
		return nil, err
	case response.StatusCode == http.StatusNotFound:
		return nil, errNoWindow
	case response.StatusCode >= http.StatusBadRequest:
		return nil, fmt.Errorf("the terminal answers %s", response.Status)
	}
	return answer, nil
}

// raiseOther brings the window that is open on a data directory to the front, and says how that
// went: it is the end of a second start.
func raiseOther(data string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if _, err := askLocal(ctx, data, http.MethodPost, localRaise); err != nil {
		return fmt.Errorf("close it, or choose another directory with --data (its window did not come to the front: %w)", err)
	}
	return errors.New("its window has come to the front; choose another directory with --data for a second terminal")
}
