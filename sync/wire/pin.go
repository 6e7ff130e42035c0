package wire

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"strings"
)

// ErrPin: the hub shows another key than the one that was pinned when the terminal was paired.
var ErrPin = errors.New("the hub shows another key than when this terminal was paired: if the hub's certificate was made anew, pair this terminal again; if not, somebody else answers for the hub")

// ClientTLS is how a terminal speaks TLS: with a pin it takes that key alone, whatever authorities
// say; without one, what the system's authorities vouch for.
func ClientTLS(pin string) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if pin == "" {
		return config
	}
	config.InsecureSkipVerify = true // for the pin, which says more
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 || subtle.ConstantTimeCompare([]byte(Pin(state.PeerCertificates[0])), []byte(pin)) != 1 {
			return ErrPin
		}
		return nil
	}
	return config
}

// Untrusted says whether an error is that nobody vouches for a hub's certificate, and whether that is
// for the date alone.
func Untrusted(err error) (untrusted, date bool) {
	if _, untrusted = errors.AsType[*tls.CertificateVerificationError](err); !untrusted {
		return false, false
	}
	invalid, is := errors.AsType[x509.CertificateInvalidError](err)
	return true, is && invalid.Reason == x509.Expired
}

// Pin is what a terminal keeps of a hub's certificate that no authority vouches for: the SHA-256 of
// its public key, in hexadecimal. A certificate renewed with the same key keeps it.
func Pin(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// Fingerprint is a pin as two people compare it, on the hub and on the terminal: its first 64 bits,
// in four groups.
func Fingerprint(pin string) string {
	const group, groups = 4, 4
	if len(pin) < group*groups {
		return ""
	}
	parts := make([]string, groups)
	for i := range parts {
		parts[i] = strings.ToUpper(pin[i*group : (i+1)*group])
	}
	return strings.Join(parts, " ")
}
