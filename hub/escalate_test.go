package hub_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"comptoir/hub"
	"comptoir/hub/message"
	"comptoir/hub/message/smtptest"
	"comptoir/order"
	"comptoir/shop"
)

// post is what somebody outside got.
type post struct {
	at        time.Time
	path      string
	signature string
	message.Message
	event struct{ Type, State, Location, Number string }
}

// outside keeps what is posted to it.
type outside struct {
	t *testing.T

	mu    sync.Mutex
	posts []post
	// refuse is how many more are answered with an error.
	refuse int
	// hang leaves callers without an answer, at this host.
	hang string
}

func (o *outside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	p := post{at: time.Now(), path: r.URL.Path, signature: r.Header.Get(message.SignatureHeader)}
	if err == nil {
		err = json.Unmarshal(body, &p.Message)
	}
	if err == nil && p.Event != nil {
		err = json.Unmarshal(p.Event, &p.event)
	}
	if err != nil {
		o.t.Errorf("posted %s: %v", body, err)
	}
	if r.URL.Host == o.hang {
		<-r.Context().Done()
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse > 0 {
		o.refuse--
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	o.posts = append(o.posts, p)
}

func (o *outside) setRefuse(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refuse = n
}

// got takes what came since the last call, as "type state".
func (o *outside) got() (posts []post, said string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	posts, o.posts = o.posts, nil
	var list []string
	for _, p := range posts {
		list = append(list, strings.TrimSpace(p.event.Type+" "+p.event.State+" "+p.To))
	}
	return posts, strings.Join(list, ", ")
}

// escalating gives the location somebody who hears.
func escalating(t *testing.T, out *outside, more ...func(*hub.LocationConfig)) func(*world) {
	out.t = t
	return func(w *world) {
		l := &w.config.Locations[0]
		l.Escalation = &hub.EscalationConfig{After: 5 * time.Minute, Webhook: "https://alerts.example/comptoir", Secret: "s"}
		for _, change := range more {
			change(l)
		}
		w.platforms.hosts["alerts.example"] = out
	}
}

// TestNobodyThere: one message once nobody has been there for long enough, one when somebody is
// back, and a restart of the hub repeats nothing.
func TestNobodyThere(t *testing.T) {
	var out outside
	inBubble(t, escalating(t, &out), func(t *testing.T, w *world) {
		x := w.terminal("counter-1")
		pass(time.Hour)
		x.leave()
		pass(5*time.Minute - time.Second)
		if _, said := out.got(); said != "" {
			t.Fatalf("told too early: %s", said)
		}
		pass(2 * time.Second)
		posts, said := out.got()
		if said != "no_terminal open" {
			t.Fatalf("told %q", said)
		}
		p := posts[0]
		if p.event.Location != "plateau" || !strings.Contains(p.Subject, "aucune caisse en ligne") || p.ID == "" || !strings.HasPrefix(p.signature, "sha256=") || p.path != "/comptoir" {
			t.Errorf("told %+v", p)
		}
		if status, problems := w.health(); status != "degraded" || !strings.Contains(problems[0], "no terminal is online") {
			t.Errorf("health is %s, %q", status, problems)
		}
		pass(time.Hour)
		w.restart()
		pass(time.Hour)
		if _, said := out.got(); said != "" {
			t.Errorf("after a restart, told %q", said)
		}
		w.terminal("counter-2")
		pass(2 * time.Second)
		if _, said := out.got(); said != "no_terminal clear" {
			t.Errorf("told %q", said)
		}
		if status, problems := w.health(); status != "ok" {
			t.Errorf("health is %s, %q", status, problems)
		}
		pass(time.Hour)
		w.restart()
		w.terminal("counter-2")
		pass(time.Hour)
		if _, said := out.got(); said != "" {
			t.Errorf("all is well, and yet told %q", said)
		}
		if n := w.metric(`comptoir_messages_total{result="sent",via="webhook"}`); n != 0 { // of this start
			t.Errorf("%d are counted", n)
		}
	})
}

func TestNobodyAccepts(t *testing.T) {
	var out outside
	inBubble(t, escalating(t, &out, func(l *hub.LocationConfig) { l.AutoAccept = false }), func(t *testing.T, w *world) {
		w.terminal("counter-1")
		id, _ := w.curb()
		pass(5*time.Minute + 2*time.Second)
		posts, said := out.got()
		if said != "orders_waiting open" || posts[0].event.Number != "K7" || strings.Contains(posts[0].Text, "Zoë") {
			t.Fatalf("told %q: %+v", said, posts)
		}
		w.restart()
		w.terminal("counter-1")
		pass(10 * time.Minute)
		if _, said := out.got(); said != "" {
			t.Errorf("after a restart, told %q", said)
		}
		w.command(id, order.Accept).want(t, http.StatusOK)
		pass(2 * time.Second)
		if _, said := out.got(); said != "orders_waiting clear" {
			t.Errorf("told %q", said)
		}
		if log := w.log.String(); strings.Contains(log, "K7") || strings.Contains(log, "alerts.example") {
			t.Error("the log tells the order's number, or the webhook's address")
		}
	})
}

// Nobody hears at night, or of a location without anybody to hear.
func TestClosed(t *testing.T) {
	hours, err := shop.ParseHours(map[string][]string{"thursday": {"11:00-22:00"}, "friday": {"11:00-22:00"}})
	if err != nil {
		t.Fatal(err)
	}
	var out outside
	// it is Thursday, 1 January 2026, 07:00 in Toronto
	inBubble(t, escalating(t, &out, func(l *hub.LocationConfig) { l.Hours = hours }), func(t *testing.T, w *world) {
		pass(4*time.Hour + 5*time.Minute - time.Second)
		if _, said := out.got(); said != "" {
			t.Fatalf("told %q while it is closed", said)
		}
		pass(2 * time.Second)
		if _, said := out.got(); said != "no_terminal open" {
			t.Errorf("told %q", said)
		}
		pass(24 * time.Hour)
		if _, said := out.got(); said != "no_terminal open" {
			t.Errorf("on the next day, told %q", said)
		}
		pass(24 * time.Hour) // until Thursday
		if _, said := out.got(); said != "" {
			t.Errorf("closed, and yet told %q", said)
		}
	})
	inBubble(t, nil, func(t *testing.T, w *world) {
		pass(24 * time.Hour)
		if status, problems := w.health(); status != "ok" {
			t.Errorf("health is %s, %q", status, problems)
		}
	})
}

// What does not get through is tried again, in order, over a restart too, and is seen.
func TestMessagesTriedAgain(t *testing.T) {
	var out outside
	change := escalating(t, &out, func(l *hub.LocationConfig) { l.Escalation.SMS = []string{"+15145550100"} })
	inBubble(t, func(w *world) {
		change(w)
		w.config.SMS = &hub.SMSConfig{URL: "https://sms.example/send", Authorization: "Bearer b"}
		w.platforms.hosts["sms.example"] = &out
	}, func(t *testing.T, w *world) {
		out.setRefuse(1000)
		pass(6 * time.Minute)
		status, problems := w.health()
		if text := strings.Join(problems, "\n"); status != "degraded" || !strings.Contains(text, "by webhook do not get through: HTTP 502 (1 wait)") || !strings.Contains(text, "by sms") {
			t.Errorf("health is %s, %q", status, problems)
		}
		if n := w.metric(`comptoir_messages_total{result="again",via="webhook"}`); n < 2 {
			t.Errorf("%d failures are counted", n)
		}
		w.restart()
		w.terminal("counter-1")
		pass(time.Second)
		if _, said := out.got(); said != "" {
			t.Errorf("got %q", said)
		}
		out.setRefuse(0)
		pass(10 * time.Minute)
		posts, _ := out.got()
		var webhook, sms []string
		for _, p := range posts {
			if p.To == "" {
				webhook = append(webhook, p.event.State)
				continue
			}
			sms = append(sms, p.Text[:6])
			if p.Subject != "" || p.Event != nil || p.path != "/send" || p.To != "+15145550100" {
				t.Errorf("as an SMS: %+v", p)
			}
		}
		if fmt.Sprint(webhook) != "[open clear]" || len(sms) != 2 {
			t.Errorf("got %v and %q", webhook, sms)
		}
		if status, problems := w.health(); status != "ok" {
			t.Errorf("health is %s, %q", status, problems)
		}

		// given up in the end
		out.setRefuse(1_000_000)
		w.restart()
		pass(8 * time.Hour)
		if n := w.metric(`comptoir_messages_total{result="dead",via="webhook"}`); n != 1 {
			t.Errorf("%d messages were given up", n)
		}
		if _, problems := w.health(); !strings.Contains(strings.Join(problems, "\n"), "(0 wait)") {
			t.Errorf("health is %q", problems)
		}
		w.terminal("counter-1")
	})
}

// A webhook that hangs holds up no order, and no other way out.
func TestHangingWebhook(t *testing.T) {
	out := outside{hang: "alerts.example"}
	change := escalating(t, &out, func(l *hub.LocationConfig) { l.Escalation.SMS = []string{"+15145550100"} })
	inBubble(t, func(w *world) {
		change(w)
		w.config.SMS = &hub.SMSConfig{URL: "https://sms.example/send"}
		w.platforms.hosts["sms.example"] = &out
	}, func(t *testing.T, w *world) {
		pass(5*time.Minute + 2*time.Second)
		if _, said := out.got(); said != "+15145550100" {
			t.Errorf("by the other way, told %q", said)
		}
		now := time.Now()
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		if waited := time.Since(now); waited > 0 {
			t.Errorf("an order waited %v", waited)
		}
		w.terminal("counter-1")
		pass(time.Second)
		if o := w.order(viaDeliverect, "d1"); o.Status != order.Accepted {
			t.Errorf("the order is %s", o.Status)
		}
	})
}

// An e-mail leaves over a real socket, as the file says.
func TestEscalationByEmail(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{User: "comptoir", Password: "secret"})
	text := strings.Replace(small, `listen = "127.0.0.1:8080"`, `listen = "127.0.0.1:8080"
[smtp]
address = "`+server.Address+`"
user = "comptoir"
password = "secret"
from = "Comptoir <comptoir@example.com>"
ca = "`+server.CA+`"
`, 1)
	text = strings.Replace(text, `shop_token = "own"`, `shop_token = "own"
  [locations.escalation]
  after = "1m"
  emails = ["owner@example.com", "Chef <chef@example.com>"]
`, 1)
	config, _, err := load(t, menuDir(t), text)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(w *world) { w.config = config })
	var ahead atomic.Int64 // of the hub's clock
	w.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	w.start()
	ahead.Store(int64(time.Minute))
	for _, want := range []string{"owner@example.com", "chef@example.com"} {
		mail := <-server.Mails
		if !mail.TLS || mail.User != "comptoir" || mail.From != "comptoir@example.com" {
			t.Errorf("sent as %+v", mail)
		}
		if mail.To != want || !strings.Contains(string(mail.Data), "Subject: plateau: no terminal is online\n") {
			t.Errorf("%s got %s", mail.To, mail.Data)
		}
	}
}
