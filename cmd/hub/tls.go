package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"comptoir/hub"
	"comptoir/internal/aside"
	"comptoir/sync/wire"
)

// The files of a certificate that the hub made itself, in its data directory.
const (
	selfSignedCertificate = "tls-certificate.pem"
	selfSignedKey         = "tls-key.pem"
)

// certificates serves a certificate of two files, and the new one once they have changed.
type certificates struct {
	certificate, key string
	log              *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	// stamps are those of the files as they were read, or as they failed to be.
	stamps [2]stamp
}

type stamp struct {
	modified time.Time
	size     int64
}

// certificatesOf makes what the configuration asks for; nil for plain http.
func certificatesOf(config hub.Config, data string, log *slog.Logger) (*certificates, error) {
	if config.TLS == nil {
		return nil, nil
	}
	c := &certificates{certificate: config.TLS.Certificate, key: config.TLS.Key, log: log}
	if config.TLS.SelfSigned {
		c.certificate, c.key = filepath.Join(data, selfSignedCertificate), filepath.Join(data, selfSignedKey)
		if err := makeSelfSigned(c.certificate, c.key, names(config), time.Now()); err != nil {
			return nil, fmt.Errorf("tls: making a certificate: %w", err)
		}
	}
	if err := c.load(); err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	return c, nil
}

func (c *certificates) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}

// get looks whether the files have changed, which costs a handshake next to nothing. Files that
// cannot be used leave the certificate as it is.
func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	stamps, err := c.look()
	if err == nil && stamps != c.stamps {
		if err = c.load(); err == nil {
			c.log.Info("the certificate was renewed")
		}
		c.stamps = stamps
	}
	if err != nil {
		c.log.Warn("the certificate's files cannot be used, going on with the former ones", "error", err)
	}
	return c.current, nil
}

func (c *certificates) look() (stamps [2]stamp, err error) {
	for i, path := range []string{c.certificate, c.key} {
		info, err := os.Stat(path)
		if err != nil {
			return stamps, err
		}
		stamps[i] = stamp{info.ModTime(), info.Size()}
	}
	return stamps, nil
}

func (c *certificates) load() error {
	stamps, err := c.look()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.certificate, c.key)
	if err != nil {
		return fmt.Errorf("%s and %s: %w", c.certificate, c.key, err)
	}
	if pair.Leaf == nil {
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return fmt.Errorf("%s: %w", c.certificate, err)
		}
	}
	c.current, c.stamps = &pair, stamps
	return nil
}

// fingerprint is what a terminal shows of the certificate.
func (c *certificates) fingerprint() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return wire.Fingerprint(wire.Pin(c.current.Leaf))
}

// names are the hub's names and addresses that a certificate of its own should hold.
func names(config hub.Config) []string {
	found := append([]string{"localhost", "127.0.0.1", "::1"}, config.TLS.Hosts...)
	if public, err := url.Parse(config.PublicURL); err == nil && public.Hostname() != "" {
		found = append(found, public.Hostname())
	}
	if host, err := os.Hostname(); err == nil && host != "" {
		found = append(found, host)
	}
	if addresses, err := net.InterfaceAddrs(); err == nil {
		for _, address := range addresses {
			if network, is := address.(*net.IPNet); is && !network.IP.IsLinkLocalUnicast() {
				found = append(found, network.IP.String())
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// makeSelfSigned makes key and certificate where they are not there yet. The key is written first:
// a certificate without its key would stand for ever.
func makeSelfSigned(certificatePath, keyPath string, hosts []string, now time.Time) error {
	if _, err := os.Stat(certificatePath); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(keyPath), 0o700); err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	const years = 10
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Comptoir hub"},
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.AddDate(years, 0, 0), // a terminal's clock may be behind
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else if !strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) { // which it cannot hold
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := writePEM(keyPath, "PRIVATE KEY", secret, 0o600); err != nil {
		return err
	}
	return writePEM(certificatePath, "CERTIFICATE", der, 0o644)
}

// writePEM writes a whole file or none.
func writePEM(path, kind string, der []byte, mode fs.FileMode) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	err = errors.Join(file.Chmod(mode), pem.Encode(file, &pem.Block{Type: kind, Bytes: der}), file.Sync())
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	return aside.Sync(filepath.Dir(path)) // terminals pin the key: it must survive a power cut
}
