package hub_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/store"
)

// A terminal whose copy was put back, and that was then off for longer than the week it would ask for,
// still hears what happened to an order that had ended.
func TestRestoredAndOff(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		a, b := w.till("counter-1"), w.till("counter-2")
		w.fromDeliverect(example(t, "deliverect-delivery", "d1")).want(t, http.StatusOK)
		courier := func(status int) {
			w.fromDeliverect(fmt.Appendf(nil, `{"orderId":"d1","courier":{"firstName":"Zoé","status":%d}}`, status)).want(t, http.StatusOK)
		}
		courier(85)
		pass(time.Second)
		id := order.Identity(viaDeliverect, "d1")
		b.do(id, order.MarkReady, order.HandOver) // not a, which would ask for what it has done itself
		pass(time.Second)
		copied := filepath.Join(t.TempDir(), "copy")
		snapshot, err := a.file.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(snapshot)
		if err != nil {
			t.Fatal(err)
		}
		if err := snapshot.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied, data, 0o600); err != nil {
			t.Fatal(err)
		}
		a.cut(true)
		a.close()
		before := w.order(viaDeliverect, "d1").Revision
		courier(90)
		if w.order(viaDeliverect, "d1").Revision == before {
			t.Fatal("nothing has happened")
		}
		if _, err := store.Restore(copied, a.path, time.Now(), slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		b.close()
		w.stop()
		pass(9 * day)
		w.start()
		a.cut(false)
		a.open()
		pass(time.Minute)
		if here, there := a.order(id), w.order(viaDeliverect, "d1"); here.Revision != there.Revision || here.Status != order.Completed {
			t.Errorf("it has %s at revision %d, the hub %d", here.Status, here.Revision, there.Revision)
		}
	})
}
