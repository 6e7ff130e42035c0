package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"comptoir/internal/localsocket"
	"comptoir/sync/wire"
)

// running starts a hub of the example on a directory of its own with a short path, which a socket
// needs, and returns that and where it serves.
func running(t *testing.T, flags ...string) (data, url string) {
	t.Helper()
	data, err := os.MkdirTemp("", "hub")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, append([]string{"--config", exampleConfig, "--data", data, "--listen", "127.0.0.1:0"}, flags...), writer)
		_ = writer.Close() // a pipe's never fails
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(data); err != nil {
			t.Error(err)
		}
	})
	lines := bufio.NewScanner(reader)
	for lines.Scan() {
		if said, ready := strings.CutPrefix(lines.Text(), "ready "); ready {
			return data, said
		}
	}
	t.Fatal("the hub is not ready")
	return "", ""
}

// said runs a sub-command, and returns what it prints.
func said(t *testing.T, command func(context.Context, []string, io.Writer) error, arguments ...string) string {
	t.Helper()
	var out strings.Builder
	if err := command(t.Context(), arguments, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestLocal(t *testing.T) {
	data, url := running(t)
	info, err := os.Stat(filepath.Join(data, localFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", info, err)
	}
	printed := said(t, pair, "--data", data, "--location", "plateau", "--name", "counter-3")
	fields := strings.Fields(printed)
	if len(fields) < 3 || fields[0] != "code" || len(fields[1]) != 4 || len(fields[2]) != 4 || !strings.Contains(printed, url) || strings.Contains(printed, "fingerprint") {
		t.Fatalf("hub pair printed %q", printed)
	}
	response, err := http.Post(url+wire.PairPath, "application/json", strings.NewReader(`{"code":"`+fields[1]+fields[2]+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		t.Fatalf("pairing: %s", response.Status)
	}
	if listed := said(t, list, "--data", data); strings.Count(listed, "\n") != 4 || !strings.Contains(listed, "from 127.0.0.1") {
		t.Errorf("hub devices printed %q", listed)
	}
	if revoked := said(t, revoke, "--data", data, "counter-3"); revoked != "counter-3 is revoked\n" {
		t.Errorf("hub revoke printed %q", revoked)
	}
	if revoked := said(t, revoke, "--data", data, "counter-2"); !strings.Contains(revoked, "hub.toml still names it") {
		t.Errorf("hub revoke printed %q", revoked)
	}
	for _, refused := range []struct {
		command   func(context.Context, []string, io.Writer) error
		arguments []string
		says      string
	}{
		{revoke, []string{"--data", data, "counter-3"}, "hub devices lists them"},
		{revoke, []string{"--data", data}, "name one device"},
		{pair, []string{"--data", data, "--name", "counter-4"}, "--location"},
		{pair, []string{"--data", data, "--name", "counter-4", "--location", "nowhere"}, `no location "nowhere"`},
		{pair, []string{"--data", data, "--name", "counter-1", "--location", "plateau"}, "name is taken"},
	} {
		if err := refused.command(t.Context(), refused.arguments, io.Discard); err == nil || !strings.Contains(err.Error(), refused.says) {
			t.Errorf("%q: %v, want %q", refused.arguments, err, refused.says)
		}
	}
}

func TestLocalWithoutHub(t *testing.T) {
	data := t.TempDir()
	err := list(t.Context(), []string{"--data", data}, io.Discard)
	if !errors.Is(err, errNoHub) || !strings.Contains(err.Error(), data) {
		t.Errorf("no hub ever ran: %v", err)
	}
	data, err = os.MkdirTemp("", "hub")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(data) }()
	left, err := localsocket.Listen(filepath.Join(data, localFile))
	if err != nil {
		t.Fatal(err)
	}
	if unix, is := left.(interface{ SetUnlinkOnClose(bool) }); is {
		unix.SetUnlinkOnClose(false) // as after SIGKILL
	}
	_ = left.Close()
	if err := list(t.Context(), []string{"--data", data}, io.Discard); !errors.Is(err, errNoHub) {
		t.Errorf("a hub was killed: %v", err)
	}
	again, err := localsocket.Listen(filepath.Join(data, localFile))
	if err != nil {
		t.Fatalf("the next start: %v", err)
	}
	_ = again.Close()
}

// shown is the certificate that a server shows.
func shown(t *testing.T, url string) *x509.Certificate {
	t.Helper()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(url, "https://"), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	return conn.ConnectionState().PeerCertificates[0]
}

func TestSelfSigned(t *testing.T) {
	data, url := running(t, "--tls")
	certificate := shown(t, url)
	printed := said(t, pair, "--data", data, "--location", "plateau", "--name", "counter-3")
	if fingerprint := wire.Fingerprint(wire.Pin(certificate)); len(fingerprint) != 19 || !strings.Contains(printed, fingerprint) || !strings.Contains(printed, url) {
		t.Errorf("hub pair printed %q, the certificate's fingerprint is %s", printed, fingerprint)
	}
	if err := certificate.VerifyHostname("127.0.0.1"); err != nil {
		t.Error(err)
	}
	if left := time.Until(certificate.NotAfter); left < 9*365*24*time.Hour {
		t.Errorf("the certificate ends in %v", left)
	}
	info, err := os.Stat(filepath.Join(data, selfSignedKey))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info, err)
	}
	if conn, err := tls.Dial("tcp", strings.TrimPrefix(url, "https://"), &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}); err == nil {
		_ = conn.Close()
		t.Error("TLS 1.1 was taken")
	}
	// another start serves the same key
	before, err := os.ReadFile(filepath.Join(data, selfSignedCertificate))
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(data, selfSignedKey)
	if err := makeSelfSigned(filepath.Join(data, selfSignedCertificate), key, []string{"other"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(filepath.Join(data, selfSignedCertificate)); err != nil || string(after) != string(before) {
		t.Errorf("the certificate was made again: %v", err)
	}
}

// A machine's or a site's name that a certificate cannot hold is left out: pins do without names.
func TestNamesOfACertificate(t *testing.T) {
	dir := t.TempDir()
	certificate, key := filepath.Join(dir, "certificate.pem"), filepath.Join(dir, "key.pem")
	if err := makeSelfSigned(certificate, key, []string{"café.example", "hub.example", "127.0.0.1"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil || len(made.DNSNames) != 1 || len(made.IPAddresses) != 1 {
		t.Errorf("it holds %q and %v, %v", made.DNSNames, made.IPAddresses, err)
	}
}

// A renewed certificate is served without a restart; files that are half there change nothing.
func TestRenewedCertificate(t *testing.T) {
	dir := t.TempDir()
	certificate, key := filepath.Join(dir, "certificate.pem"), filepath.Join(dir, "key.pem")
	renew := func(to string) {
		t.Helper()
		if err := makeSelfSigned(filepath.Join(dir, to), filepath.Join(dir, to+".key"), []string{to}, time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.Rename(filepath.Join(dir, to), certificate), os.Rename(filepath.Join(dir, to+".key"), key)); err != nil {
			t.Fatal(err)
		}
	}
	renew("first")
	example, err := os.ReadFile(exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	menu, err := filepath.Abs(filepath.Join(filepath.Dir(exampleConfig), "menu.json"))
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "hub.toml")
	text := strings.Replace(string(example), `"menu.json"`, `"`+menu+`"`, 1) + "\n[tls]\ncertificate = \"certificate.pem\"\nkey = \"key.pem\"\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, url := running(t, "--config", config)
	if names := shown(t, url).DNSNames; len(names) != 1 || names[0] != "first" {
		t.Fatalf("the certificate is of %q", names)
	}
	renew("second-certificate")
	if names := shown(t, url).DNSNames; names[0] != "second-certificate" {
		t.Errorf("after the renewal the certificate is of %q", names)
	}
	if err := os.WriteFile(key, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if names := shown(t, url).DNSNames; names[0] != "second-certificate" {
		t.Errorf("with a broken key the certificate is of %q", names)
	}
	renew("third")
	if names := shown(t, url).DNSNames; names[0] != "third" {
		t.Errorf("after the second renewal the certificate is of %q", names)
	}
}
