package wire

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"strings"
)

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
