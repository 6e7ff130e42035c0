package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/alert/desktop"
	"comptoir/order"
	"comptoir/ui/theme"
)

// speaker is a sound player that tells the test what plays. The sound system is well.
type speaker struct {
	t      *testing.T
	folder string
}

func newSpeaker(t *testing.T) *speaker {
	t.Helper()
	s := &speaker{t, t.TempDir()}
	for name, script := range map[string]string{
		"paplay": "echo $$ >> " + filepath.Join(s.folder, "heard") + "\nexec sleep 1.2",
		"pactl":  "case $1 in get-default-sink) echo speaker;; get-sink-mute) echo 'Mute: no';; *) echo 80%;; esac",
	} {
		if err := os.WriteFile(filepath.Join(s.folder, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// path is an environment in which the player is found.
func (s *speaker) path() string {
	return "PATH=" + s.folder + string(os.PathListSeparator) + os.Getenv("PATH")
}

// sounds are the processes that have played, the last one at the end.
func (s *speaker) sounds() []string {
	data, err := os.ReadFile(filepath.Join(s.folder, "heard"))
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	return strings.Fields(string(data))
}

// still says that nothing plays.
func (s *speaker) still() bool {
	return !slices.ContainsFunc(s.sounds(), func(process string) bool {
		_, err := os.Stat(filepath.Join("/proc", process))
		return err == nil
	})
}

// goal is how soon an answer silences every terminal while the hub is there.
const goal = time.Second

// took notes how long something took. A busy machine may take ten times as long.
func (s *shop) took(what string, since time.Time) {
	s.t.Helper()
	d := time.Since(since)
	s.t.Logf("%s: %v", what, d.Round(time.Millisecond))
	if d > 10*goal {
		s.t.Errorf("%s took %v", what, d)
	}
}

// TestSilentEverywhere: who answers on one terminal silences the others.
func TestSilentEverywhere(t *testing.T) {
	s := openShop(t, wide)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(reader.Close(), writer.Close()) })
	second := filepath.Join(t.TempDir(), "terminal.toml")
	if err := os.WriteFile(second, []byte("device = \"counter-2\"\nkey = \"terminal-secret-2\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	other := newProcess(t, "terminal", nil, "--headless", "--config", second, "--data", t.TempDir(), "--hub", s.url)
	other.stdin = reader
	other.start(t)
	says := func(event, id string) func() bool {
		return func() bool {
			return slices.ContainsFunc(other.last(1000), func(line string) bool {
				return strings.Contains(line, `"event":"`+event+`"`) && strings.Contains(line, id)
			})
		}
	}

	id := s.send("deliverect-pickup", "K4F2", time.Now())
	s.until("the window rings", func() bool { return s.alarmed() && len(s.speaker.sounds()) > 0 })
	s.until("the other terminal rings", says("alarm", id))
	s.step("rings")
	if _, err := fmt.Fprintf(writer, "{\"type\":\"Acknowledge\",\"orderId\":%q}\n", id); err != nil {
		t.Fatal(err)
	}
	since := time.Now()
	s.until("the window is silent", func() bool { return s.speaker.still() && s.quiet() })
	s.took("answered on the other terminal, silent in the window", since)
	sounds := len(s.speaker.sounds())

	id = s.send("deliverect-pickup", "K4F3", time.Now())
	s.until("both ring again", func() bool {
		return s.alarmed() && len(s.speaker.sounds()) > sounds && says("alarm", id)()
	})
	s.tap(gotIt)
	since = time.Now()
	s.until("the other terminal is silent", says("acknowledged", id))
	s.took("answered in the window, silent on the other terminal", since)
}

// Where the rows of the pages of More are in the wide window.
var (
	settingsRow = image.Pt(left+200, topHeight+8+260+theme.PanelGap+12+theme.SwitchRow/2)
	firstRow    = image.Pt(left+200, topHeight+8+32+12+theme.SwitchRow/2)
	besideMenu  = firstRow.Add(image.Pt(304+theme.PanelGap, 0))
	newOrders   = image.Pt(besideMenu.X, topHeight+8+32+4+88/2)
	arrivals    = newOrders.Add(image.Pt(0, 88+1))
	page        = image.Rect(left, topHeight, right, bottom)
)

// TestMuteNewOrders: five taps from the orders; off is silent for the next order, also after a
// power cut, and the order can be accepted as any.
func TestMuteNewOrders(t *testing.T) {
	s := openShop(t, wide)
	before := s.look()
	for i, at := range []image.Point{place(2), settingsRow, firstRow, besideMenu} {
		s.tap(at)
		before = s.changed(fmt.Sprintf("page %d comes up", i), before, page)
		s.step("page")
	}
	s.tap(newOrders)
	s.changed("the switch is off", before, page)
	s.step("muted")
	s.tap(place(0))
	for i, number := range []string{"K4F2", "K4F3"} {
		before := s.step("orders")
		id := s.send("deliverect-pickup", number, time.Now())
		s.changed("the order is there", before, buttons)
		s.step("order-arrived")
		if s.alarmed() {
			t.Error("the alarm is up")
		}
		if i == 0 { // the row is marked until somebody knows of the order
			mark := image.Rect(action(0).X-theme.CardAction/2-theme.CardGap-130, cardY(0)-6, action(0).X-theme.CardAction/2-theme.CardGap, cardY(0)+18)
			marked := s.look()
			s.command(id, order.Acknowledge)
			s.changed("the mark has gone", marked, mark)
		}
		s.tap(action(0))
		s.until("it is accepted", s.has(id, order.Accepted))
		s.until("a ticket at each station", func() bool { return s.printed(number) == 2 })
		if n := len(s.speaker.sounds()); n > 0 || s.alarmed() {
			t.Errorf("order %d: %d sounds", i, n)
		}
		s.command(id, order.MarkReady)
		s.command(id, order.HandOver)
		if i == 0 {
			s.until("it has gone", func() bool { return !s.inBlue(s.look(), action(0)) })
			s.terminal.kill()
			s.terminal.start(t)
			s.until("the terminal is connected again", s.connected)
		}
	}
}

// TestArrival: a customer who says on the check-in page that they are there rings, with vehicle and
// spot, again after a restart, and again when they correct what they said.
func TestArrival(t *testing.T) {
	s := openShop(t, wide)
	id := s.send("deliverect-curbside", "C777", time.Now())
	s.answer(id, gotIt)
	s.command(id, order.Accept)
	sounds := len(s.speaker.sounds())
	s.checkIn(id, "Mazda CX-5 grise", "2")
	s.until("it rings", func() bool { return s.alarmed() && len(s.speaker.sounds()) > sounds })
	if f := s.order(id).Fulfillment; f.Vehicle != "Mazda CX-5 grise" || f.Spot != "2" || f.ArrivedAt.IsZero() {
		t.Errorf("the hub has %+v", f)
	}
	s.terminal.kill()
	s.terminal.start(t)
	s.until("it rings again", s.alarmed)
	// the row says vehicle and spot: what the customer corrects changes there, and nothing else does
	words := image.Rect(left+144, theme.Margin+row+20, gotIt.X-110, theme.Margin+row+60)
	grey := s.changed("its words are there", image.NewRGBA(image.Rectangle{Max: wide}), words)
	s.step("arrival")
	s.checkIn(id, "Civic rouge", "2")
	red := s.changed("the alarm says the other vehicle", grey, words)
	s.checkIn(id, "Civic rouge", "5")
	s.changed("the alarm says the other spot", red, words)
	s.step("arrival-corrected")
	s.tap(gotIt)
	s.until("it is silent", func() bool { return s.quiet() && s.speaker.still() })
}

var formID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// checkIn is the customer of an order: they open their link and say that they are there.
func (s *shop) checkIn(id, vehicle, spot string) {
	s.t.Helper()
	var o struct {
		Fulfillment struct{ CheckInURL string }
	}
	answer, status, err := s.ask(http.MethodGet, location+"/orders/"+id, nil, shopHeader)
	if err == nil && status == http.StatusOK {
		err = json.Unmarshal(answer, &o)
	}
	link := o.Fulfillment.CheckInURL
	if err != nil || link == "" {
		s.t.Fatalf("order %s has no check-in link: %v, %d %s", id, err, status, answer)
	}
	phone := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept-Language": {"en"}}
	page, status, err := s.ask(http.MethodGet, link, nil, phone)
	form := formID.FindSubmatch(page)
	if err != nil || status != http.StatusOK || form == nil {
		s.t.Fatalf("the check-in page: %v, %d %s", err, status, page)
	}
	said := url.Values{"id": {string(form[1])}, "vehicle": {vehicle}, "spot": {spot}}
	page, status, err = s.ask(http.MethodPost, link, []byte(said.Encode()), phone)
	if err != nil || status != http.StatusOK || !bytes.Contains(page, []byte("We know you are here")) {
		s.t.Fatalf("the check-in: %v, %d %s", err, status, page)
	}
}

// TestNotifications: the desktop shows what rings as long as the window is not in front, and names
// nobody.
func TestNotifications(t *testing.T) {
	d := desktop.New(t, desktop.Bus(t))
	s := openShop(t, wide)
	id := s.send("deliverect-pickup", "K4F2", time.Now())
	s.until("the alarm comes up", s.alarmed)
	if shown := d.Shown(); len(shown) > 0 {
		t.Errorf("the window is in front, and the desktop shows %q", shown)
	}
	s.run("xdotool", "windowfocus", "0") // nothing has the keyboard
	s.until("it is shown", func() bool { return len(d.Shown()) == 1 })
	if shown := d.Shown()[0]; shown != "Nouvelle commande · SkipTheDishes | #K4F2 · Retrait" {
		t.Errorf("it says %q", shown)
	}
	s.answer(id, gotIt)
	s.until("it has gone", func() bool { return len(d.Shown()) == 0 })
}
