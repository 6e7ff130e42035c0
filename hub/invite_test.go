package hub_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"comptoir/hub"
	"comptoir/order"
)

// inviting sends customers their links by SMS.
func inviting(t *testing.T, out *outside) func(*world) {
	out.t = t
	return func(w *world) {
		w.config.PublicURL = "https://orders.example.com"
		w.config.SMS = &hub.SMSConfig{URL: "https://sms.example/send"}
		w.config.Locations[0].SendCheckIn = []string{"sms"}
		w.platforms.hosts["sms.example"] = out
	}
}

// TestInvitation: the customer of an accepted curbside order gets the link, once for good.
func TestInvitation(t *testing.T) {
	var out outside
	change := inviting(t, &out)
	byHand := func(w *world) {
		change(w)
		w.config.Locations[0].AutoAccept = false
	}
	inBubble(t, byHand, func(t *testing.T, w *world) {
		w.terminal("counter-1")
		id, link := w.curb()
		pass(time.Minute)
		if _, said := out.got(); said != "" {
			t.Fatalf("told %q before the order was accepted", said)
		}
		w.command(id, order.Accept).want(t, http.StatusOK)
		pass(2 * time.Second)
		posts, said := out.got()
		if said != "+15145550101" || !strings.HasSuffix(posts[0].Text, link) || !strings.Contains(posts[0].Text, "K7") || posts[0].Subject != "" {
			t.Fatalf("told %q: %+v", said, posts)
		}
		w.command(id, order.Start).want(t, http.StatusOK)
		pass(time.Minute)
		w.restart()
		w.terminal("counter-1")
		pass(time.Minute)
		// other orders have no link, or nobody to send it to
		w.fromDeliverect(example(t, "deliverect-pickup", "p1")).want(t, http.StatusOK)
		unreachable := strings.NewReplacer("web-7", "web-8", "+1 514 555-0101", "555-0101").Replace(curbside)
		w.shop(http.MethodPost, orders, []byte(unreachable)).want(t, http.StatusCreated)
		w.command(order.Identity("shop", "plateau", "web-8"), order.Accept).want(t, http.StatusOK)
		pass(time.Minute)
		if _, said := out.got(); said != "" {
			t.Errorf("told %q", said)
		}
		// a platform's customer too, and the log names none
		w.fromDeliverect(example(t, "deliverect-curbside", "c1")).want(t, http.StatusOK)
		pass(time.Minute)
		if _, said := out.got(); said != "+14385550177" {
			t.Errorf("told %q", said)
		}
		if log := w.log.String(); strings.Contains(log, "5145550101") || strings.Contains(log, "/arrive/") {
			t.Error("the log tells a number, or a link")
		}
	})
}

// A link that comes too late is given up, and a customer who is here needs none.
func TestInvitationTooLate(t *testing.T) {
	var out outside
	inBubble(t, inviting(t, &out), func(t *testing.T, w *world) {
		w.terminal("counter-1")
		out.setRefuse(1_000_000)
		w.curb()
		pass(2 * time.Hour)
		if n := w.metric(`comptoir_messages_total{result="dead",via="sms"}`); n != 1 {
			t.Errorf("%d messages were given up", n)
		}
		out.setRefuse(0)
		var o order.Order
		if err := json.Unmarshal([]byte(strings.Replace(curbside, "web-7", "web-9", 1)), &o); err != nil {
			t.Fatal(err)
		}
		o.Fulfillment.ArrivedAt = time.Now()
		w.shop(http.MethodPost, orders, o).want(t, http.StatusCreated)
		pass(time.Hour)
		if _, said := out.got(); said != "" {
			t.Errorf("told %q", said)
		}
	})
}
