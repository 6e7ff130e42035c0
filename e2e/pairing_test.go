package e2e

import (
	"crypto/tls"
	"image"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"comptoir/order"
)

// secure has the hub serve https with a certificate of its own, and takes the device out of the
// terminal's file: the terminal has to be paired.
func (s *shop) secure() {
	s.t.Helper()
	s.hub.command = append(s.hub.command, "--tls")
	s.url = strings.Replace(s.url, "http://", "https://", 1)
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	s.t.Cleanup(transport.CloseIdleConnections)
	s.client = &http.Client{Transport: transport}
	rewrite(s.t, s.config, "device = \"counter-1\"\nkey = \"terminal-secret-1\"\nhub = \"http://127.0.0.1:8080\"", "hub = \""+s.url+"\"")
	for i, argument := range s.terminal.command {
		if argument == "--hub" { // what was paired says where
			s.terminal.command = append(s.terminal.command[:i:i], s.terminal.command[i+2:]...)
			return
		}
	}
}

// sub runs a sub-command of the hub.
func (s *shop) sub(name string, arguments ...string) string {
	s.t.Helper()
	for i, argument := range s.hub.command {
		if argument == "--data" {
			arguments = append([]string{name, "--data", s.hub.command[i+1]}, arguments...)
		}
	}
	out, err := exec.Command(s.hub.command[0], arguments...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("hub %s: %v\n%s", name, err, out)
	}
	return string(out)
}

var made = regexp.MustCompile(`code +(\d{4}) (\d{4})\n(?s:.*)fingerprint +((?:[0-9A-F]{4} ?){4})`)

// code asks the hub for one for a name.
func (s *shop) code(name string) (code, fingerprint string) {
	s.t.Helper()
	found := made.FindStringSubmatch(s.sub("pair", "--location", "plateau", "--name", name))
	if found == nil {
		s.t.Fatal("hub pair shows no code and fingerprint")
	}
	return found[1] + found[2], strings.TrimSpace(found[3])
}

// TestPairAgain: a terminal that was revoked says so and goes on; from its banner somebody pairs it
// again, with a new code, and what was done meanwhile goes up.
func TestPairAgain(t *testing.T) {
	for _, size := range []struct {
		name string
		size image.Point
		// accept is the card's button, below the banner with again, which leads to the pairing screen;
		// next is that one's button, and same says that the fingerprint is.
		accept, again, next, same image.Point
	}{
		{"wide", wide, image.Pt(740, 300), image.Pt(1135, 200), image.Pt(926, 484), image.Pt(926, 288)},
		{"low", image.Pt(800, 480), image.Pt(696, 290), image.Pt(667, 192), image.Pt(684, 428), image.Pt(684, 428)},
	} {
		t.Run(size.name, func(t *testing.T) {
			s := newShop(t, size.size)
			s.secure()
			s.hub.start(t)
			code, fingerprint := s.code("counter-3")
			pair := exec.Command(s.terminal.command[0], "pair", "--config", s.config, "--data", s.data(), "--code", code, "--fingerprint", fingerprint)
			if out, err := pair.CombinedOutput(); err != nil || !strings.Contains(string(out), "paired as counter-3") {
				t.Fatalf("terminal pair: %v\n%s", err, out)
			}
			s.terminal.start(t)
			s.until("the terminal is connected", s.connected)
			former := s.send("deliverect-pickup", "B4", time.Now())
			for _, next := range []order.CommandType{order.Acknowledge, order.Accept} {
				s.command(former, next)
			}
			s.until("the terminal prints: it has the stations' leases", func() bool { return s.printed("B4") == 2 })
			for _, next := range []order.CommandType{order.Start, order.MarkReady, order.HandOver} {
				s.command(former, next)
			}
			s.until("nothing is left", func() bool { return s.quiet() && s.order(former).Status == order.Completed })
			id := s.send("deliverect-pickup", "PA1R", time.Now())
			s.until("the alarm comes up", s.alarmed)
			s.command(id, order.Acknowledge)
			s.until("the alarm has gone", s.quiet)
			page := image.Rect(0, 0, size.size.X, size.size.Y)
			before := s.step("connected")

			s.sub("revoke", "counter-3")
			s.until("the connection has ended", func() bool { return !s.connected() })
			before = s.changed("a banner says so", before, page)
			s.keep("revoked-"+size.name, before)
			s.tap(size.accept)
			before = s.changed("it goes on", before, page)
			s.keep("accepted-"+size.name, before)
			if now := s.order(id); now.Status != order.New {
				t.Fatalf("a revoked terminal made the order %s", now.Status)
			}
			s.until("a ticket at each of the two stations", func() bool { return s.printed("PA1R") == 2 })

			child := s.child()
			s.tap(size.again)
			s.until("it begins again", func() bool { now := s.child(); return now != 0 && now != child })
			s.until("the pairing screen comes up", func() bool { // between the windows it is dark
				now := s.look()
				return differ(before, now, page) > 10*some && bright(now.RGBAAt(size.next.X, size.next.Y))
			})
			before = s.changed("and holds still", before, page)
			s.keep("pair-again-"+size.name, before)
			code, _ = s.code("counter-3")
			s.run("xdotool", "type", "--delay", "30", code)
			before = s.changed("the code is there", before, page)
			s.keep("code-"+size.name, before)
			s.tap(size.next)
			before = s.changed("the fingerprint is there", before, page)
			s.keep("compare-"+size.name, before)
			s.tap(size.same)
			s.until("the terminal is connected again", s.connected)
			s.until("what waited has gone up", s.has(id, order.Accepted))
			s.until("its tickets are reported", func() bool { return len(s.order(id).Tickets) == 2 })
			s.until("the orders are there", func() bool { return s.quiet() && differ(before, s.look(), page) > 10*some })
			s.step("paired-" + size.name)
			if n := s.printed("PA1R"); n != 2 {
				t.Errorf("%d tickets came out, want 2", n)
			}
			if listed := s.sub("devices"); !strings.Contains(listed, "revoked") || strings.Count(listed, "counter-3") != 2 {
				t.Errorf("hub devices shows\n%s", listed)
			}
		})
	}
}
