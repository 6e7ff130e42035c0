package hub_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"comptoir/hub"
	"comptoir/sync/wire"
)

// A code pairs one terminal, however many send it at once.
func TestPairAtOnce(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		const many = 40
		code := w.code("counter-3", "plateau")
		answers := make([]answer, many)
		var group sync.WaitGroup
		for i := range many {
			group.Go(func() { answers[i] = w.pairFrom(fmt.Sprintf("198.51.100.%d", i+1), wire.Pair{Code: code}) })
		}
		group.Wait()
		paired := 0
		for _, a := range answers {
			if a.status == http.StatusCreated {
				paired++
			} else if kind, message := a.refused(t, http.StatusForbidden); kind != wire.KindCode {
				t.Errorf("refused as %s, %s", kind, message)
			}
		}
		t.Logf("%d terminals sent one code at once: %d paired, %d refused", many, paired, many-paired)
		if paired != 1 || w.metric(`comptoir_pairings_total{result="paired"}`) != 1 {
			t.Errorf("%d terminals were paired", paired)
		}
	})
}

// The hub's files hold neither a key nor a code.
func TestPairLeavesNoSecret(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		p := w.paired("counter-3", "plateau")
		w.enter("counter-3", p.Key)
		code := w.code("counter-4", "plateau")
		content, err := os.ReadFile(filepath.Join(w.data, hub.DataFile))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(content, []byte("counter-3")) {
			t.Error("the file does not have the device")
		}
		for what, secret := range map[string]string{"key": p.Key, "code": code} {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("the file has the %s", what)
			}
		}
	})
}

// The connection of a revoked terminal ends a moment later, when another one may have its name: that
// one was never here.
func TestPairAgainAtOnce(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		x := w.enter("counter-3", w.paired("counter-3", "plateau").Key)
		w.local(http.MethodPost, hub.LocalRevoke, hub.RevokeRequest{Name: "counter-3"}).want(t, http.StatusOK)
		w.paired("counter-3", "plateau") // whose answer was lost
		x.gone()
		pass(time.Second)
		if d := w.listDevices()["counter-3"]; !d.SeenAt.IsZero() {
			t.Errorf("listed as %+v", d)
		}
		w.enter("counter-3", w.paired("counter-3", "plateau").Key)
	})
}

// A pairing that could not be stored has not used its code up.
func TestPairNotStored(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, w *world) {
		code := w.code("counter-3", "plateau")
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // which keeps it from the log
		body := bytes.NewReader(encode(t, wire.Pair{Code: code}))
		w.serve(httptest.NewRequestWithContext(ctx, http.MethodPost, wire.PairPath, body)).want(t, http.StatusServiceUnavailable)
		w.pairFrom("198.51.100.1", wire.Pair{Code: code}).want(t, http.StatusCreated)
		w.pairFrom("198.51.100.1", wire.Pair{Code: code}).want(t, http.StatusForbidden)
	})
}
