package hub_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/order"
	"comptoir/sync/wire"
)

// spoil overwrites a value of the stopped hub's file.
func (w *world) spoil(bucket, key string) {
	w.t.Helper()
	db, err := bbolt.Open(filepath.Join(w.data, "hub.db"), 0o600, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucket)).Put([]byte(key), []byte("{")) })
	if err != nil {
		w.t.Error(err)
	}
	if err := db.Close(); err != nil {
		w.t.Error(err)
	}
}

// What is damaged on the disk is told, and stops nothing else.
func TestDamaged(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		for i := range 3 {
			w.fromDeliverect(example(t, "deliverect-pickup", fmt.Sprint("d", i))).want(t, http.StatusOK)
		}
		pass(time.Second)
		w.stop()
		w.spoil("calls.waiting", "spoilt/000000/0")
		w.spoil("log.orders", order.Identity(viaDeliverect, "d1"))
		w.start()
		if n := len(w.listed()); n != 2 {
			t.Errorf("%d orders are listed, want the 2 that are whole", n)
		}
		w.terminal("counter-1")
		status, problems := w.health()
		if text := strings.Join(problems, "\n"); status != "degraded" || !strings.Contains(text, "order log") || !strings.Contains(text, "stored calls") {
			t.Errorf("health is %s, %q", status, problems)
		}
		if log := w.log.String(); !strings.Contains(log, "spoilt/000000/0") || !strings.Contains(log, order.Identity(viaDeliverect, "d1")) {
			t.Error("the log does not name what is damaged")
		}
		w.fromDeliverect(example(t, "deliverect-pickup", "d9")).want(t, http.StatusOK)
	})
}

// A platform that does not answer is told of after a minute, and no more once it does.
func TestPlatformHealth(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		platform := func(state wire.PlatformState, failing int) {
			t.Helper()
			health := w.healthz()
			want := map[string]wire.PlatformState{viaDeliverect: state, viaDoorDash: wire.PlatformOK}
			for _, p := range health.Platforms {
				if p.State != want[p.Connection] || p.Location != "plateau" || p.Connection == viaDeliverect && p.Failing != failing {
					t.Errorf("%+v, want %s and %d", p, want[p.Connection], failing)
				}
				if (p.State == wire.PlatformOK) != p.Since.IsZero() {
					t.Errorf("%s since %s", p.State, p.Since)
				}
			}
			if len(health.Platforms) != len(want) || (health.Status == wire.HealthOK) != (state == wire.PlatformOK) {
				t.Errorf("%+v", health)
			}
		}
		if h := w.healthz(); h.Protocol != wire.Version || h.Comptoir == "" || !h.Time.Equal(time.Now()) {
			t.Errorf("%+v", h)
		}
		w.platforms.setDown(true)
		w.fromDeliverect(example(t, "deliverect-pickup", "d1")).want(t, http.StatusOK)
		pass(50 * time.Second)
		platform(wire.PlatformOK, 0)
		pass(time.Minute)
		platform(wire.PlatformFailing, 1)
		w.platforms.setDown(false)
		pass(2 * time.Minute)
		platform(wire.PlatformOK, 0)
		w.platforms.setDown(true)
		w.terminal("counter-1") // somebody is there: the order is accepted by itself
		w.fromDeliverect(example(t, "deliverect-pickup", "d2")).want(t, http.StatusOK)
		pass(8 * time.Hour)
		platform(wire.PlatformGivenUp, 0)
		text, err := json.Marshal(w.healthz())
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"Zoë", "Camille", "secret", "555-", "http:"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("health tells %q: %s", secret, text)
			}
		}
	})
}

// The log is read by more people than the orders are.
func TestLogTellsNoNames(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		w.platforms.setDown(true)
		for _, file := range []string{"deliverect-pickup", "deliverect-delivery", "deliverect-cancel"} {
			w.fromDeliverect(example(t, file, file)).want(t, http.StatusOK)
			w.fromDeliverect(example(t, file, "bad", set(-1, "orderType"), set(5, "customer", "name")))
		}
		w.fromDoorDash(example(t, "doordash-pickup", "x1")).want(t, http.StatusAccepted)
		w.shop(http.MethodPost, orders, []byte(sale)).want(t, http.StatusCreated)
		w.shop(http.MethodPost, orders, []byte(strings.Replace(sale, `"lines"`, `"lignes"`, 1)))
		x := w.terminal("counter-1")
		x.ask(order.Command{Type: order.HandOver, OrderID: order.Identity(viaDeliverect, "deliverect-pickup")})
		pass(time.Minute)
		log := w.log.String()
		if !strings.Contains(log, "webhook") || !strings.Contains(log, "command refused") {
			t.Fatal("nothing was logged")
		}
		for _, secret := range []string{"Zoë", "Lévesque", "Camille", "555-", "+1", "example.com", "Rachel", "arachides", "shop-secret", "terminal-secret", "doordash-secret"} {
			if strings.Contains(log, secret) {
				t.Errorf("the log tells %q", secret)
			}
		}
	})
}
