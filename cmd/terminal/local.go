package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"comptoir/doctor"
	"comptoir/internal/backup"
	"comptoir/internal/localsocket"
	"comptoir/store"
	"comptoir/terminal"
)

// A running terminal answers on a socket in its data directory, to nobody but its own user: a
// second start asks it to come to the front, "terminal doctor" what is wrong, and "terminal backup" for
// a copy of its file.
const (
	localFile   = "terminal.sock"
	localStatus = "/status"
	localRaise  = "/raise"
	localBackup = "/backup"
)

var (
	// errNoTerminal: none runs on the data directory.
	errNoTerminal = errors.New("no terminal runs on this data directory")
	// errCannot: the terminal that runs does not know what it is asked, or has nothing to do it with.
	errCannot = errors.New("the terminal that runs cannot do that: it has no window, or is of another release")
)

// serveLocal answers until ctx ends. A terminal works without it: where the socket cannot be made,
// the log says so.
func serveLocal(ctx context.Context, c config, data string, file *store.Store, service *terminal.Service, clock *terminal.HubClock, screen screen, log *slog.Logger) error {
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
	mux.HandleFunc("GET "+localBackup, func(w http.ResponseWriter, _ *http.Request) {
		snapshot, err := file.Snapshot()
		if err != nil {
			log.Error("a backup cannot be made", "error", err)
			http.Error(w, err.Error(), http.StatusServiceUnavailable) // to its own user
			return
		}
		size, err := backup.Send(w, snapshot)
		if err != nil {
			log.Warn("a backup broke off", "error", err)
			return
		}
		log.Info("a backup was sent", "bytes", size)
	})
	if err := localsocket.Serve(ctx, listener, mux); err != nil {
		log.Warn("the local socket has failed", "error", err)
	}
	return nil
}

// callLocal asks the terminal that runs on a data directory. The caller closes the answer's body, which
// may be of any length.
func callLocal(ctx context.Context, data, method, path string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://terminal"+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := localsocket.Client(filepath.Join(data, localFile)).Do(request)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, fmt.Errorf("%w: %s", errNoTerminal, data)
	}
	if err != nil || response.StatusCode < http.StatusBadRequest {
		return response, err
	}
	defer func() { _ = response.Body.Close() }() // read
	if response.StatusCode == http.StatusNotFound {
		return nil, errCannot
	}
	const most = 64 << 10
	text, err := io.ReadAll(io.LimitReader(response.Body, most))
	return nil, errors.Join(fmt.Errorf("the terminal answers %s: %s", response.Status, strings.TrimSpace(string(text))), err)
}

// askLocal is callLocal with the whole answer.
func askLocal(ctx context.Context, data, method, path string) (answer []byte, err error) {
	response, err := callLocal(ctx, data, method, path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // read
	const most = 1 << 20
	return io.ReadAll(io.LimitReader(response.Body, most))
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
