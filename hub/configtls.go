package hub

import (
	"errors"
	"os"
	"path/filepath"
)

// TLSConfig is where the certificate comes from: two files, or one that the hub makes itself.
type TLSConfig struct {
	// Certificate and Key are PEM files, read again when they change.
	Certificate string `toml:"certificate"`
	Key         string `toml:"key"`
	// SelfSigned: the first start makes a certificate in the data directory, for Hosts and for
	// what the machine is called.
	SelfSigned bool     `toml:"self_signed"`
	Hosts      []string `toml:"hosts"`
}

// secure takes over the [tls] table; dir is what its paths are relative to.
func (c *Config) secure(t *TLSConfig, dir string) error {
	if t == nil {
		return nil
	}
	files := t.Certificate != "" || t.Key != ""
	switch {
	case files && t.SelfSigned:
		return errors.New("tls: certificate and key, or self_signed = true, but not both")
	case t.SelfSigned:
	case t.Certificate == "" || t.Key == "":
		return errors.New("tls: give both certificate and key, the PEM files, or self_signed = true")
	}
	secured := *t
	for _, path := range []*string{&secured.Certificate, &secured.Key} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(dir, *path)
		}
	}
	c.TLS = &secured
	return nil
}

// machine is the name of this machine; empty where it has none.
func machine() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}
