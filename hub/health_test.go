package hub_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"comptoir/order"
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
