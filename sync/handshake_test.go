package sync_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/internal/tlstest"
	possync "comptoir/sync"
	"comptoir/terminal"
)

// dribble reads 20 bytes a second.
type dribble struct{ net.Conn }

func (d dribble) Read(b []byte) (int, error) {
	time.Sleep(100 * time.Millisecond) // synthetic
	return d.Conn.Read(b[:min(2, len(b))])
}

// A handshake that takes long is no dead one as long as something comes.
func TestSlowHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, r := newPipeHub(t), newReplica()
		fast := h.dial
		h.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := fast(ctx, network, address)
			return dribble{conn}, err
		}
		began := time.Now()
		start(t, h, r)
		h.peer(t).hello()
		if took := time.Since(began); took < 6*time.Second || h.attempts.Load() != 1 {
			t.Errorf("hello after %v, in %d attempts", took, h.attempts.Load())
		}
	})
}

// Who cannot be believed is told from who is away.
func TestCertificates(t *testing.T) {
	server := tlstest.New(t, http.NotFoundHandler())
	for name, test := range map[string]struct {
		config *tls.Config
		want   terminal.LinkReason
	}{
		"believed":             {&tls.Config{RootCAs: server.Known}, terminal.LinkStrange},
		"of another time":      {&tls.Config{RootCAs: server.Known, Time: server.Later}, terminal.LinkClock},
		"of nobody":            {&tls.Config{RootCAs: x509.NewCertPool()}, terminal.LinkUntrusted},
		"of nobody and old":    {&tls.Config{RootCAs: x509.NewCertPool(), Time: server.Later}, terminal.LinkClock},
		"of another host":      {&tls.Config{RootCAs: server.Known, ServerName: "hub.invalid"}, terminal.LinkUntrusted},
		"of no common version": {&tls.Config{RootCAs: server.Known, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS11}, terminal.LinkUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReplica()
			client, err := possync.New(possync.Config{URL: server.URL, Device: "till", TLS: test.config}, r)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_ = client.Run(ctx) // the context's
			}()
			defer func() { cancel(); <-ended }()
			if got := receive(t, "link", r.links); got != (link{false, test.want}) {
				t.Errorf("got %+v, want %s", got, test.want)
			}
		})
	}
}
