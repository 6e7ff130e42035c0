// Package duel runs the hub and centrifuge under the same load: each as a server in a process of
// its own, with the same orders, and the same plain terminals that connect to it over loopback.
package duel

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/sync/wire"
)

// Kind names a server.
type Kind string

// The servers.
const (
	Hub        Kind = "hub"
	Centrifuge Kind = "centrifuge"
)

// Setup is what a server is started with.
type Setup struct {
	Kind Kind `json:"kind"`
	// Dir holds the hub's file.
	Dir string `json:"dir"`
	// Shop is the hub.toml whose first location all locations are like.
	Shop string `json:"shop"`
	// Locations, and Each: the terminals of each.
	Locations int `json:"locations"`
	Each      int `json:"each"`
	// Changing is how many orders of each location a steady load changes in turn.
	Changing int `json:"changing"`
	// Draft is the order that all orders are like.
	Draft order.Order `json:"draft"`
}

// request asks a server for one thing: exactly one field is set.
type request struct {
	Usage     bool     `json:"usage,omitempty"`
	Spent     bool     `json:"spent,omitempty"`
	Positions bool     `json:"positions,omitempty"`
	Fill      int      `json:"fill,omitempty"`
	Publish   *publish `json:"publish,omitempty"`
}

// publish is a steady load.
type publish struct {
	Count int           `json:"count"`
	Every time.Duration `json:"every"`
}

// answer is what a request brought. The first one of a process only has the address.
type answer struct {
	Error     string                 `json:"error,omitempty"`
	Address   string                 `json:"address,omitempty"`
	Usage     *Usage                 `json:"usage,omitempty"`
	Spent     time.Duration          `json:"spent,omitempty"`
	Positions map[string]wire.Cursor `json:"positions,omitempty"`
	// Stored says when what was stamped so had been stored; both are Unix nanoseconds.
	Stored map[int64]int64 `json:"stored,omitempty"`
}

// server is either of the two.
type server interface {
	http.Handler
	// deliver stores an order's new state and has it sent to the location's terminals. expected
	// is the revision before.
	deliver(ctx context.Context, o order.Order, expected int64) error
	// watch has f called as soon as something of a location is stored, if there is such a moment.
	watch(f func(location string)) (cancel func())
	// position is the place in a location's log, or history, after all that happened.
	position(location string) (wire.Cursor, error)
	close() error
}

// location and device name the terminals of a setup.
func location(i int) string  { return fmt.Sprintf("location-%04d", i) }
func device(i, j int) string { return fmt.Sprintf("device-%04d-%02d", i, j) }

const deviceKey = "duel-secret"

// Serve is the server's process: it reads its setup and then requests from in, a line of JSON
// each, and answers on out, until in ends.
func Serve(ctx context.Context, in io.Reader, out io.Writer) (err error) {
	lines, answers := bufio.NewReader(in), json.NewEncoder(out)
	var setup Setup
	if err := readLine(lines, &setup); err != nil {
		return err
	}
	var s server
	switch setup.Kind {
	case Hub:
		s, err = newHub(ctx, setup)
	case Centrifuge:
		s, err = newCentrifuge()
	default:
		err = fmt.Errorf("no server %q", setup.Kind)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	web := &http.Server{Handler: s, ReadHeaderTimeout: 30 * time.Second}
	var serving sync.WaitGroup
	serving.Go(func() { _ = web.Serve(listener) }) // ends by Close
	defer serving.Wait()
	defer func() { err = errors.Join(err, web.Close()) }()

	load, err := newLoad(ctx, s, setup)
	if err != nil {
		return err
	}
	if err := answers.Encode(answer{Address: listener.Addr().String()}); err != nil {
		return err
	}
	for {
		var r request
		if err := readLine(lines, &r); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		a, err := load.carryOut(ctx, r)
		if err != nil {
			a.Error = err.Error()
		}
		if err := answers.Encode(a); err != nil {
			return err
		}
	}
}

func readLine(lines *bufio.Reader, into any) error {
	line, err := lines.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, into)
}
