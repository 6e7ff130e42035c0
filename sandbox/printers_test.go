package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/virtual"
	"comptoir/sandbox"
	"comptoir/terminal"
)

// kitchen opens a page with n printers.
func kitchen(t *testing.T, n int) *browser {
	t.Helper()
	config := plan(t, demoMenu(t), 0)
	config.Printers = n
	return open(t, config, http.NotFoundHandler())
}

// address is where a printer listens.
func (b *browser) address(name string) string {
	b.t.Helper()
	for _, e := range b.p.Endpoints() {
		if e.Name == name {
			address, found := strings.CutPrefix(e.URL, "tcp://")
			if host, _, err := net.SplitHostPort(address); !found || err != nil || host != "127.0.0.1" {
				b.t.Fatalf("%s is at %q", name, e.URL)
			}
			return address
		}
	}
	b.t.Fatalf("there is no %s", name)
	return ""
}

// dial connects to a printer, for up to 20 s.
func (b *browser) dial(name string) net.Conn {
	b.t.Helper()
	conn, err := b.reach(name)
	if err != nil {
		b.t.Fatal(err)
	}
	return conn
}

func (b *browser) reach(name string) (net.Conn, error) {
	b.t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(b.t.Context(), "tcp", b.address(name))
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(20 * time.Second))
}

// ticket is what a terminal sends for an order.
func ticket(t *testing.T, number string) []byte {
	t.Helper()
	stream, err := printer.Render(terminal.Ticket{
		Kind: order.Kitchen, Language: "fr", TimeZone: "America/Toronto", Number: number, Section: order.Pickup,
		Customer: "Élodie Gagnon", Station: "Cuisine chaude", Lines: []order.Line{{Name: "Steak frites", Quantity: 2}}, Sequence: 1,
	}, escpos.Epson(48))
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// printed asks the printer to answer when all before is printed, and waits for it.
const printed = "\x1Dr\x01"

// The real-time questions how the printer and its paper stand, and the answers.
const (
	askPrinter, askRoll = "\x10\x04\x01", "\x10\x04\x04"
	online, noPaper     = "\x12", "\x72"
)

func exchange(t *testing.T, conn net.Conn, send, want string) {
	t.Helper()
	if _, err := io.WriteString(conn, send); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
		t.Fatalf("the printer answers %q, %v; want %q", got, err, want)
	}
}

// pictures are the addresses of a page's tickets, in its order.
func pictures(page string) []string {
	var all []string
	for _, match := range regexp.MustCompile(`<img src="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		all = append(all, match[1])
	}
	return all
}

func (b *browser) picture(path string) (*http.Response, []byte) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response, body
}

// A ticket that is sent while there is no paper comes out once, after "Mend".
func TestTicketWaitsForPaper(t *testing.T) {
	b := kitchen(t, 2)
	conn := b.dial("printer-1")
	defer conn.Close()
	exchange(t, conn, askRoll, online)
	b.press("/printer", "printer", "printer-1", "fault", "paper")
	if page := b.get("/?lang=en", ""); strings.Count(page, "No paper: ") != 1 || strings.Count(page, "All is well.") != 1 {
		t.Error("the page does not say that one printer of two has no paper")
	}
	stream := ticket(t, "214")
	// the answer shows that the printer has taken all that was sent before the question
	exchange(t, conn, string(stream)+askRoll, noPaper)
	if found := pictures(b.get("/?lang=en", "")); len(found) != 0 {
		t.Fatalf("printed without paper: %v", found)
	}
	b.press("/printer", "printer", "printer-1", "fault", "none")
	exchange(t, conn, printed, "\x00")
	page := b.get("/?lang=en", "")
	found := pictures(page)
	if len(found) != 1 || strings.Contains(page, ">incomplete<") {
		t.Fatalf("after Mend there are the pictures %v", found)
	}

	response, body := b.picture(found[0])
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "image/png" {
		t.Fatalf("%s: %s, %v", found[0], response.Status, response.Header)
	}
	got, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	papers, err := escpos.Decode(nil, stream)
	if err != nil || len(papers) != 1 {
		t.Fatalf("%d papers, %v", len(papers), err)
	}
	want := virtual.Picture(papers[0], 48)
	if got.Bounds() != want.Bounds() {
		t.Fatalf("the picture has %v dots, want %v", got.Bounds(), want.Bounds())
	}
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			if r, _, _, a := got.At(x, y).RGBA(); r != first(want.At(x, y).RGBA()) || a != 0xFFFF && a != 0 {
				t.Fatalf("the picture is another one at %d, %d", x, y)
			}
		}
	}
}

func first(r, _, _, _ uint32) uint32 { return r }

// The last 4 tickets are remembered, newest first, and a torn one says so.
func TestTicketsRemembered(t *testing.T) {
	b := kitchen(t, 1)
	torn := b.dial("printer-1")
	exchange(t, torn, "half a ticket\n"+printed, "\x00")
	torn.Close()
	conn := b.dial("printer-1")
	defer conn.Close()
	for n := range 5 {
		exchange(t, conn, string(ticket(t, fmt.Sprint(n)))+printed, "\x00")
		if page := b.get("/?lang=fr", ""); n < 4 && strings.Count(page, ">incomplet<") != 1 {
			t.Errorf("after %d tickets %d are marked as incomplete, want the first", n+1, strings.Count(page, ">incomplet<"))
		}
	}
	page := b.get("/?lang=fr", "")
	if got, want := fmt.Sprint(pictures(page)), "[/tickets/printer-1/5 /tickets/printer-1/4 /tickets/printer-1/3 /tickets/printer-1/2]"; got != want {
		t.Errorf("the page shows %s, want %s", got, want)
	}
	if strings.Contains(page, ">incomplet<") {
		t.Error("a whole ticket is marked as incomplete")
	}
	for path, want := range map[string]int{
		"/tickets/printer-1/5": http.StatusOK, "/tickets/printer-1/1": http.StatusNotFound, "/tickets/printer-1/x": http.StatusNotFound,
		"/tickets/printer-2/1": http.StatusBadRequest,
	} {
		if response, _ := b.picture(path); response.StatusCode != want {
			t.Errorf("%s: %s, want %d", path, response.Status, want)
		}
	}
}

func TestPrintersOnPage(t *testing.T) {
	b := kitchen(t, 2)
	for lang, want := range map[string][]string{
		"en": {
			"<h2>Printers</h2>", "Printers &gt; Add", "Paper out", "Cover open", "Switched off", "Busy (held by another)",
			"Takes everything and answers nothing", "Mend", "No ticket yet.",
		},
		"fr": {
			"<h2>Imprimantes</h2>", "Imprimantes &gt; Ajouter", "Plus de papier", "Capot ouvert", "Éteinte", "Occupée (par un autre)",
			"Prend tout et ne répond rien", "Remettre en état", "Aucun ticket pour le moment.",
		},
	} {
		page := b.get("/?lang="+lang, "")
		for _, want := range append(want, b.address("printer-1"), b.address("printer-2")) {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page has no %q", lang, want)
			}
		}
	}
	response, _ := b.picture("/")
	if policy := response.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "img-src 'self';") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("the policy is %q", policy)
	}
	none := open(t, plan(t, demoMenu(t), 0), http.NotFoundHandler())
	if strings.Contains(none.get("/?lang=en", ""), "<h2>Printers</h2>") {
		t.Error("a page without printers has their section")
	}
}

// Each button does to the printer what it says, alone, until "Mend".
func TestPrinterButtons(t *testing.T) {
	b := kitchen(t, 1)
	for _, tt := range []struct {
		fault, says string
		// answer is that to askPrinter on a new connection; none where empty.
		answer string
		cut    bool // the printer ends the connection
	}{
		{fault: "paper", says: "No paper: ", answer: "\x1A"},
		{fault: "cover", says: "Its cover is open", answer: "\x1A"},
		{fault: "off", says: "It is switched off", cut: true},
		{fault: "busy", says: "Another program holds it"},
		{fault: "silent", says: "It prints what comes and says nothing"},
	} {
		// without "Mend" in between: the next trouble takes the place of the last
		b.press("/printer", "printer", "printer-1", "fault", tt.fault)
		b.press("/printer", "printer", "printer-1", "fault", tt.fault)
		page := b.get("/?lang=en", "")
		if !strings.Contains(page, tt.says) || strings.Contains(page, "All is well.") || strings.Count(page, `value="`+tt.fault+`" class="chosen"`) != 1 {
			t.Errorf("%s: the page does not say so", tt.fault)
		}
		got, err := b.ask("printer-1", tt.answer == "" && !tt.cut)
		quiet, _ := errors.AsType[net.Error](err)
		switch {
		case tt.answer != "" && got != tt.answer:
			t.Errorf("%s: the printer answers %q, %v, want %q", tt.fault, got, err, tt.answer)
		case tt.answer == "" && (got != "" || err == nil):
			t.Errorf("%s: the printer answers %q", tt.fault, got)
		case tt.answer == "" && tt.cut == (quiet != nil && quiet.Timeout()):
			t.Errorf("%s: the printer ends with %v, want an end of the connection: %v", tt.fault, err, tt.cut)
		}
	}
	b.press("/printer", "printer", "printer-1", "fault", "none")
	b.press("/printer", "printer", "printer-1", "fault", "none")
	if page := b.get("/?lang=en", ""); !strings.Contains(page, "All is well.") || strings.Contains(page, `class="mend"`) {
		t.Error("the page does not say that all is well")
	}
	conn := b.dial("printer-1")
	defer conn.Close()
	exchange(t, conn, askPrinter, online)
}

// ask asks a printer how it stands, on a connection of its own. Where silence is wanted it waits
// for 300 ms.
func (b *browser) ask(name string, silence bool) (string, error) {
	conn, err := b.reach(name)
	if err != nil { // one that is off may cut the connection off before the dialing is done
		return "", err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, askPrinter); err != nil {
		return "", err
	}
	if silence {
		if err := conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
			return "", err
		}
	}
	got := make([]byte, 1)
	n, err := conn.Read(got)
	return string(got[:n]), err
}

func TestPrinterRefused(t *testing.T) {
	b := kitchen(t, 1)
	for _, form := range [][]string{
		{"printer", "printer-2", "fault", "paper"},
		{"printer", "", "fault", "none"},
		{"printer", "printer-1", "fault", "fire"},
		{"printer", "printer-1"},
	} {
		if status, _, _ := b.post("/printer", nil, form...); status != http.StatusBadRequest {
			t.Errorf("%v: %d, want 400", form, status)
		}
	}
	if status, _, _ := b.post("/printer", http.Header{"Sec-Fetch-Site": {"cross-site"}}, "printer", "printer-1", "fault", "off"); status != http.StatusForbidden {
		t.Errorf("another site's page can press buttons: %d", status)
	}
	if !strings.Contains(b.get("/?lang=en", ""), "All is well.") {
		t.Error("what was refused has been done")
	}
	for _, n := range []int{-1, sandbox.MaxPrinters + 1} {
		config := plan(t, demoMenu(t), 0)
		config.Printers = n
		if _, err := sandbox.NewPlatforms(config); err == nil {
			t.Errorf("%d printers are allowed", n)
		}
	}
}

// Close ends the printers, whatever they are at.
func TestPrintersEnd(t *testing.T) {
	config := plan(t, demoMenu(t), 0)
	config.Printers = 2
	p := newPlatforms(t, config)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, p: p, base: p.Endpoints()[0].URL}
	b.press("/printer", "printer", "printer-2", "fault", "busy")
	address := b.address("printer-2")
	conn := b.dial("printer-2")
	defer conn.Close()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("a closed printer answers")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	var dialer net.Dialer
	if again, err := dialer.DialContext(ctx, "tcp", address); err == nil {
		again.Close()
		t.Error("a closed printer listens")
	}
}
