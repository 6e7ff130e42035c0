// Package sandbox holds stand-ins of the platforms. They speak the real contracts over HTTP
// (partners.md A1, A3), with signatures and tokens, refuse what the contracts do not allow, and
// can be told to fail.
package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxBody is as much as a stand-in reads of a call or an answer.
const maxBody = 1 << 20

// Call is one request that a stand-in got.
type Call struct {
	At            time.Time
	Method        string
	Path          string
	Authorization string
	// Order is the platform's identity of the order that the call is about; empty for others.
	Order string
	// Body is the decoded JSON object; nil where there was none.
	Body map[string]any
	// List is the decoded JSON array, of the calls that have one.
	List []any
	// Store: the call is about the store, and not about an order.
	Store bool
	// Status is what the stand-in answered; 0 where it left the caller hanging.
	Status int
	// Problem says what the contract does not allow about the call; empty where all is well.
	Problem string
	// Faulted: the answer was a Fault, not the contract's.
	Faulted bool
}

// Fault is a wrong answer on demand.
type Fault struct {
	// Status is the answer; 0 leaves the caller hanging until it gives up.
	Status int
	// RetryAfter goes with the answer, in seconds.
	RetryAfter int
	// Lost carries the call out all the same, as when only the answer gets lost.
	Lost bool
}

// Answer is what the hub said to a webhook.
type Answer struct {
	Status int
	Body   []byte
}

// Options are what all stand-ins take; the zero value is good.
type Options struct {
	Log    *slog.Logger
	Client *http.Client
	Now    func() time.Time
	// Keep is how many of its latest calls a stand-in remembers; 0 is all.
	Keep int
}

// stand is what all stand-ins are made of: a server that records, and faults.
type stand struct {
	name   string
	log    *slog.Logger
	client *http.Client
	now    func() time.Time
	keep   int
	mux    *http.ServeMux

	mu     sync.Mutex
	calls  []Call
	store  Store
	faults []Fault
	// changed is closed, and replaced, when a call was recorded.
	changed chan struct{}
	server  *server

	closing sync.Once
	closed  chan struct{}
}

func newStand(name string, o Options) *stand {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 30 * time.Second}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &stand{
		name: name, log: o.Log.With("sandbox", name), client: o.Client, now: o.Now, keep: o.Keep,
		mux: http.NewServeMux(), changed: make(chan struct{}), closed: make(chan struct{}),
	}
	s.handle("/", func(*request) reply {
		return refuse(http.StatusNotFound, "no such address in the contract")
	})
	return s
}

// Handler serves the platform's API.
func (s *stand) Handler() http.Handler { return s.mux }

// Start serves the platform's API on addr; ":0" finds a free port.
func (s *stand) Start(addr string) error {
	server, err := serve(addr, s.mux)
	if err != nil {
		return fmt.Errorf("sandbox %s: %w", s.name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = server
	return nil
}

// URL is the address to point a connection at, once started.
func (s *stand) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		return ""
	}
	return s.server.url
}

// Close ends the server, and whoever hangs on it.
func (s *stand) Close() error {
	s.closing.Do(func() { close(s.closed) })
	s.mu.Lock()
	server := s.server
	s.mu.Unlock()
	if server == nil {
		return nil
	}
	return server.close()
}

// Calls returns what the stand-in got so far, oldest first.
func (s *stand) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// Fail answers the next n calls with the fault.
func (s *stand) Fail(n int, fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.faults = append(s.faults, fault)
	}
}

// Faults is how many calls are still going to fail.
func (s *stand) Faults() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.faults)
}

// Heal ends the failing.
func (s *stand) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Wait returns once the calls are as wanted, or with ctx's error.
func (s *stand) Wait(ctx context.Context, wanted func([]Call) bool) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if wanted(s.Calls()) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("sandbox %s: the wanted calls did not come: %w", s.name, ctx.Err())
		}
	}
}

// request is a call being answered.
type request struct {
	*http.Request
	raw []byte
}

// decode reads the body strictly: a stand-in must notice a field that the contract has not.
func (r *request) decode(v any) error {
	decoder := json.NewDecoder(bytes.NewReader(r.raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return fmt.Errorf("the body: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("the body goes on after its JSON value")
	}
	return nil
}

// reply is the contract's answer to a call.
type reply struct {
	status  int
	body    any
	problem string
}

func refuse(status int, format string, args ...any) reply {
	problem := fmt.Sprintf(format, args...)
	return reply{status, map[string]string{"message": problem}, problem}
}

func (s *stand) handle(pattern string, answer func(*request) reply) { s.serve(pattern, false, answer) }

// handleStore is handle, for a call about the store.
func (s *stand) handleStore(pattern string, answer func(*request) reply) {
	s.serve(pattern, true, answer)
}

func (s *stand) serve(pattern string, store bool, answer func(*request) reply) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		call := Call{At: s.now(), Method: r.Method, Path: r.URL.EscapedPath(), Authorization: r.Header.Get("Authorization"), Store: store}
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			raw = nil // refused below for what it lacks
		}
		if json.Unmarshal(raw, &call.Body) != nil { // only for the record
			_ = json.Unmarshal(raw, &call.List)
		}
		if call.Order = r.PathValue("id"); call.Order == "" {
			call.Order, _ = call.Body["order"].(string) // Deliverect's preparation time
		}
		fault, faulty := s.fault()
		var said reply
		if !faulty || fault.Lost {
			said = answer(&request{r, raw})
			call.Problem = said.problem
		}
		if faulty {
			call.Faulted = true
			said = reply{status: fault.Status, body: map[string]string{"message": "told to fail"}}
			if fault.RetryAfter > 0 {
				w.Header().Set("Retry-After", strconv.Itoa(fault.RetryAfter))
			}
		}
		call.Status = said.status
		s.record(call)
		if said.status == 0 {
			select {
			case <-r.Context().Done():
				return
			case <-s.closed:
				said.status = http.StatusServiceUnavailable
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(said.status)
		_ = json.NewEncoder(w).Encode(said.body) // a caller that went away is its own affair
	})
}

func (s *stand) fault() (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) == 0 {
		return Fault{}, false
	}
	fault := s.faults[0]
	s.faults = s.faults[1:]
	return fault, true
}

func (s *stand) record(call Call) {
	if call.Problem != "" {
		s.log.Warn("call refused", "method", call.Method, "path", call.Path, "status", call.Status, "problem", call.Problem)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
	if s.keep > 0 && len(s.calls) > s.keep {
		s.calls = s.calls[len(s.calls)-s.keep:]
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// post sends a webhook to the hub's address of a connection.
func (s *stand) post(ctx context.Context, hub, connection string, body []byte, header http.Header) (Answer, error) {
	target := strings.TrimRight(hub, "/") + "/partners/" + s.name + "/" + url.PathEscape(connection) + "/orders"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	request.Header = header
	request.Header.Set("Content-Type", "application/json")
	response, err := s.client.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	return Answer{response.StatusCode, answer}, err
}

// utc reports whether a text is a time as the platforms want it.
func utc(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("%q is not an RFC 3339 time", text)
	}
	if !strings.HasSuffix(text, "Z") {
		return t, fmt.Errorf("%q is not in UTC", text)
	}
	return t, nil
}
