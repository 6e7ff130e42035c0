package pairing

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"testing"
	"time"
)

// A certificate of an authority that only a wrong clock finds invalid must not be pinned: its next
// one has another key. Any other certificate is pinned, whatever its dates.
func TestVouched(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	until := from.AddDate(0, 0, 90)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: from.AddDate(-1, 0, 0), NotAfter: from.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: from, NotAfter: until, DNSNames: []string{"hub.example"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	signed := func(template, parent *x509.Certificate) *x509.Certificate {
		t.Helper()
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		made, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	known := signed(authority, authority)
	roots, others := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(known)
	shown := []*x509.Certificate{signed(leaf, known)}
	for _, tt := range []struct {
		name, host string
		roots      *x509.CertPool
		now        time.Time
		vouched    bool
		kind       Kind
	}{
		{"in its time", "hub.example", roots, from.AddDate(0, 1, 0), true, ""},
		{"before it", "hub.example", roots, from.AddDate(-20, 0, 0), false, Clock},
		{"after it", "hub.example", roots, until.AddDate(1, 0, 0), false, Clock},
		{"another host", "other.example", roots, from.AddDate(0, 1, 0), false, ""},
		{"another host, after it", "other.example", roots, until.AddDate(1, 0, 0), false, ""},
		{"nobody's", "hub.example", others, from.AddDate(0, 1, 0), false, ""},
		{"nobody's, after it", "hub.example", others, until.AddDate(1, 0, 0), false, ""},
	} {
		if got, err := vouched(shown, tt.host, tt.roots, tt.now); got != tt.vouched || KindOf(err) != tt.kind || (err != nil) != (tt.kind != "") {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
	}
}
