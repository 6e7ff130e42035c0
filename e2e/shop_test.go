package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/printer/virtual"
	"comptoir/sandbox"
)

const (
	examples = "../examples"
	location = "/api/v1/locations/plateau"
)

// shop is the demonstration shop with a window: Deliverect's orders wait for somebody to accept
// them, DoorDash's are accepted by themselves.
type shop struct {
	*screen
	url           string
	client        *http.Client
	config        string // the terminal's file
	speaker       *speaker
	hub, terminal *process
	deliverect    *sandbox.Deliverect
	doordash      *sandbox.DoorDash

	mu      sync.Mutex
	tickets []virtual.Ticket
}

// openShop starts everything; the window fills the screen, and is connected. env is for the
// terminal, beside that of the test.
func openShop(t *testing.T, size image.Point, env ...string) *shop {
	t.Helper()
	s := newShop(t, size, env...)
	s.open(t)
	return s
}

// newShop prepares everything and starts nothing.
func newShop(t *testing.T, size image.Point, env ...string) *shop {
	t.Helper()
	options := sandbox.Options{Log: slog.New(slog.DiscardHandler)}
	s := &shop{
		screen:     newScreen(t, size),
		client:     http.DefaultClient,
		deliverect: sandbox.NewDeliverect(sandbox.DeliverectConfig{Options: options, Secret: "deliverect-secret"}),
		doordash: sandbox.NewDoorDash(sandbox.DoorDashConfig{
			Options: options, Authorization: "Bearer doordash-secret", DeveloperID: "demo-developer", KeyID: "demo-key",
			SigningSecret: []byte("doordash-signing-secret"),
		}),
	}
	dir := t.TempDir()
	folder := filepath.Join(dir, "shop")
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(examples, "shop"))); err != nil {
		t.Fatal(err)
	}
	const deliverect = "partner = \"deliverect\"\nlocation = \"plateau\"\nauto_accept = "
	rewrite(t, filepath.Join(folder, "hub.toml"), deliverect+"true", deliverect+"false",
		"http://127.0.0.1:9201", serve(t, s.deliverect.Handler()), "http://127.0.0.1:9202", serve(t, s.doordash.Handler()))
	s.config = filepath.Join(folder, "terminal.toml")
	rewrite(t, s.config, "127.0.0.1:9101", s.plug(t), "127.0.0.1:9102", s.plug(t))
	listen := free(t)
	s.url = "http://" + listen
	s.hub = newProcess(t, "hub", nil, "--config", filepath.Join(folder, "hub.toml"), "--data", filepath.Join(dir, "hub"), "--listen", listen)
	if err := os.Mkdir(filepath.Join(dir, ".cache"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.speaker = newSpeaker(t)
	s.terminal = newProcess(t, "terminal", append(append(s.env(), "HOME="+dir, s.speaker.path()), env...), "--config", s.config,
		"--data", filepath.Join(dir, "terminal"), "--hub", s.url, "--window", fmt.Sprintf("%dx%d", size.X, size.Y))
	t.Cleanup(func() { t.Logf("pictures of the steps: %s", pictures) })
	return s
}

func (s *shop) open(t *testing.T) {
	t.Helper()
	s.hub.start(t)
	s.terminal.start(t)
	s.until("the terminal is connected", s.connected)
}

// connected says that the hub has the terminal on the line.
func (s *shop) connected() bool {
	answer, status, err := s.ask(http.MethodGet, "/metrics", nil, nil)
	return err == nil && status == http.StatusOK &&
		bytes.Contains(answer, []byte("\ncomptoir_terminals_connected{location=\"plateau\"} 1\n"))
}

// plug puts a printer on the network.
func (s *shop) plug(t *testing.T) (address string) {
	t.Helper()
	p, err := virtual.Listen("127.0.0.1:0", func(ticket virtual.Ticket) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.tickets = append(s.tickets, ticket)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p.Addr()
}

// printed counts the whole tickets with a number.
func (s *shop) printed(number string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ticket := range s.tickets {
		if !ticket.Incomplete && strings.Contains(ticket.String(), "#"+number) {
			n++
		}
	}
	return n
}

func serve(t *testing.T, platform http.Handler) string {
	server := httptest.NewServer(platform)
	t.Cleanup(server.Close)
	return server.URL
}

// free finds an address below the ports that systems give to outgoing connections: nobody may
// take it while the hub is down.
func free(t *testing.T) string {
	t.Helper()
	var err error
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(15_000+rand.N(15_000)))
		var listener net.Listener
		if listener, err = net.Listen("tcp", address); err == nil {
			_ = listener.Close()
			return address
		}
	}
	t.Fatal("no free port: ", err)
	return ""
}

// rewrite replaces texts in a file; each must be there.
func rewrite(t *testing.T, file string, pairs ...string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(text, []byte(pairs[i])) {
			t.Fatalf("%s does not hold %q any more", file, pairs[i])
		}
	}
	if err := os.WriteFile(file, []byte(strings.NewReplacer(pairs...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s *shop) ask(method, path string, body []byte, header http.Header) (answer []byte, status int, err error) {
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	request.Header = header
	response, err := s.client.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	return answer, response.StatusCode, err
}

// send sends an example as its platform does, and returns the hub's id of the order. Its times
// are those of an order made at a moment.
func (s *shop) send(example, number string, at time.Time) (id string) {
	s.t.Helper()
	platform, _, _ := strings.Cut(example, "-")
	reference := "e2e-" + number
	body, err := sandbox.Load(filepath.Join(examples, "orders", example+".json"), sandbox.Values{ID: reference, Number: number, Now: at})
	if err != nil {
		s.t.Fatal(err)
	}
	header := http.Header{"Authorization": {"Bearer doordash-secret"}, "Content-Type": {"application/json"}}
	if platform == "deliverect" {
		s.deliverect.Remember(body)
		mac := hmac.New(sha256.New, []byte("deliverect-secret"))
		mac.Write(body)
		header = http.Header{
			"X-Server-Authorization-Hmac-Sha256": {hex.EncodeToString(mac.Sum(nil))}, "Content-Type": {"application/json"},
		}
	} else {
		s.doordash.Remember(body)
	}
	answer, status, err := s.ask(http.MethodPost, "/partners/"+platform+"/demo-"+platform+"/orders", body, header)
	if err != nil || status != http.StatusOK && status != http.StatusAccepted {
		s.t.Fatalf("order %s: %v, the hub answers %d %s", number, err, status, answer)
	}
	return order.Identity("demo-"+platform, reference)
}

var shopHeader = http.Header{"Authorization": {"Bearer shop-secret"}, "Content-Type": {"application/json"}}

// order is an order as the hub has it.
func (s *shop) order(id string) (o order.Order) {
	s.t.Helper()
	answer, status, err := s.ask(http.MethodGet, location+"/orders/"+id, nil, shopHeader)
	if err == nil && status == http.StatusOK {
		err = json.Unmarshal(answer, &o)
	}
	if err != nil || status != http.StatusOK {
		s.t.Fatalf("order %s: %v, %d %s", id, err, status, answer)
	}
	return o
}

func (s *shop) has(id string, status order.Status) func() bool {
	return func() bool { return s.order(id).Status == status }
}

// happened says that an order's history has an entry.
func (s *shop) happened(id string, what order.What) func() bool {
	return func() bool {
		return slices.ContainsFunc(s.order(id).History, func(entry order.Entry) bool { return entry.What == what })
	}
}

// command does something from elsewhere.
func (s *shop) command(id string, command order.CommandType) {
	s.t.Helper()
	body := fmt.Appendf(nil, `{"id":%q,"type":%q}`, order.Identity(id, "e2e", string(command)), command)
	answer, status, err := s.ask(http.MethodPost, location+"/orders/"+id+"/commands", body, shopHeader)
	if err != nil || status != http.StatusOK {
		s.t.Fatalf("%s: %v, %d %s", command, err, status, answer)
	}
}
