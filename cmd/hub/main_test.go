package main

import (
	"path/filepath"
	"strings"
	"testing"

	"comptoir/hub"
	"comptoir/staff"
)

// The examples' secrets are refused wherever others can reach the hub, --insecure or not.
func TestSafe(t *testing.T) {
	example, err := hub.LoadConfig(filepath.Join("..", "..", "examples", "shop", "hub.toml"))
	if err != nil {
		t.Fatal(err)
	}
	own, secured := hub.Config{}, hub.Config{TLS: &hub.TLSConfig{SelfSigned: true}}
	for _, test := range []struct {
		config   hub.Config
		listen   string
		insecure bool
		says     string
	}{
		{example, "127.0.0.1:8080", false, ""},
		{example, "localhost:8080", false, ""},
		{example, "[::1]:8080", false, ""},
		{example, "0.0.0.0:8080", true, "shop_token of location plateau"},
		{example, ":8080", true, "key of device counter-1"},
		{example, "192.168.1.4:8080", true, "secret of connection demo-doordash"},
		{own, "0.0.0.0:8080", false, "--insecure"},
		{own, "0.0.0.0:8080", true, ""},
		{own, "8080", false, "host:port"},
		{secured, "0.0.0.0:8080", false, ""},
		{hub.Config{Locations: example.Locations, TLS: secured.TLS}, "0.0.0.0:8080", false, "shop_token of location plateau"},
	} {
		err := safe(test.config, test.listen, test.insecure)
		if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s, insecure %t: %v, want %q", test.listen, test.insecure, err, test.says)
		}
	}
}

// hub pin writes what a configuration takes, and nothing else.
func TestHashPIN(t *testing.T) {
	var out strings.Builder
	if err := hashPIN(strings.NewReader("2580\r\n"), &out); err != nil {
		t.Fatal(err)
	}
	hash, whole := strings.CutSuffix(out.String(), "\n")
	if ok, err := staff.Verify(hash, "2580"); !whole || err != nil || !ok {
		t.Errorf("%q: %v, %v", out.String(), ok, err)
	}
	for _, in := range []string{"", "\n", "12", "1234", "luc\n"} {
		out.Reset()
		if err := hashPIN(strings.NewReader(in), &out); err == nil || out.Len() > 0 {
			t.Errorf("%q: wrote %q, %v", in, out.String(), err)
		}
	}
}
