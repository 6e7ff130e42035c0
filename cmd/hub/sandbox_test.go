package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var exampleConfig = filepath.Join("..", "..", "examples", "shop", "hub.toml")

// exampleHub is the command line of a hub of the example, with more flags.
func exampleHub(t *testing.T, flags ...string) []string {
	t.Helper()
	return append([]string{"--config", exampleConfig, "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, flags...)
}

// startExample runs a hub of the example until ctx ends, and returns what it says and how it ended.
func startExample(ctx context.Context, t *testing.T, flags ...string) (output io.Reader, done <-chan error) {
	t.Helper()
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	arguments := exampleHub(t, flags...)
	go func() {
		ended <- run(ctx, arguments, writer)
		_ = writer.Close() // a pipe's never fails
	}()
	return reader, ended
}

// The sandbox says where it stands before the hub is ready, and its orders reach the hub.
func TestSandbox(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	reader, done := startExample(ctx, t, "--sandbox", "--sandbox-rate", "600")
	said := map[string]string{}
	lines := bufio.NewScanner(reader)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		said[strings.Join(words[:len(words)-1], " ")] = words[len(words)-1]
		if words[0] == "ready" {
			break
		}
	}
	for _, name := range []string{"sandbox page", "sandbox deliverect", "sandbox doordash", "ready"} {
		if !strings.HasPrefix(said[name], "http://127.0.0.1:") {
			t.Fatalf("%s: %q; said: %v", name, said[name], said)
		}
	}
	for _, name := range []string{"sandbox printer-1", "sandbox printer-2"} {
		if !strings.HasPrefix(said[name], "tcp://127.0.0.1:") {
			t.Errorf("%s: %q; said: %v", name, said[name], said)
		}
	}
	if more := said["sandbox printer-3"]; more != "" {
		t.Errorf("there is a third printer at %s", more)
	}
	for _, taken := range []string{":9101", ":9102", ":9201", ":9202"} {
		for name, address := range said {
			if strings.HasSuffix(address, taken) {
				t.Errorf("%s took %s, which is to be left alone", name, address)
			}
		}
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }() // ends with the run
	if !printerAnswers(ctx, t, strings.TrimPrefix(said["sandbox printer-2"], "tcp://")) {
		t.Error("the second printer does not answer")
	}
	for accepted := false; !accepted; {
		metrics, err := get(ctx, said["ready"]+"/metrics")
		if err != nil {
			t.Fatal(err)
		}
		accepted = strings.Contains(metrics, `result="accepted"`)
	}
	if page := checkIn(ctx, t, said["sandbox page"]); !strings.Contains(page, "Plateau") || !strings.Contains(page, `method="post"`) {
		t.Errorf("the customer of a curbside order is led to %s", page)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// checkIn sends a curbside order by the sandbox's page, and follows its customer's link.
func checkIn(ctx context.Context, t *testing.T, sandbox string) string {
	t.Helper()
	response, err := http.PostForm(sandbox+"/send", url.Values{"connection": {"demo-deliverect"}, "kind": {"curbside"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close() // the page is read below
	page, err := get(ctx, sandbox)
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile("/check-in/[^\"]+").FindString(page)
	if link == "" {
		t.Fatal("the sandbox's page has no link")
	}
	if page, err = get(ctx, sandbox+link); err != nil {
		t.Fatal(err)
	}
	return page
}

// printerAnswers asks a printer in real time how it stands.
func printerAnswers(ctx context.Context, t *testing.T, address string) bool {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "\x10\x04\x01"); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 1)
	_, err = io.ReadFull(conn, answer)
	return err == nil && answer[0] == 0x12 // all is well
}

func get(ctx context.Context, address string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("get %s: %w", address, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

// What would do nothing is a mistake.
func TestSandboxFlagsAlone(t *testing.T) {
	for _, flag := range [][]string{
		{"--sandbox-rate", "3"},
		{"--sandbox-listen", "127.0.0.1:0"},
		{"--sandbox-printers", "1"},
		{"--sandbox", "--sandbox-rate", "-1"},
		{"--sandbox", "--sandbox-listen", "0.0.0.0:0"},
		{"--sandbox", "--sandbox-printers", "-1"},
		{"--sandbox", "--sandbox-printers", "9"},
	} {
		if err := run(t.Context(), exampleHub(t, flag...), io.Discard); err == nil || !strings.Contains(err.Error(), "sandbox") {
			t.Errorf("%v: %v", flag, err)
		}
	}
}

// Without printers the sandbox says of none.
func TestSandboxPrintersNone(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	reader, done := startExample(ctx, t, "--sandbox", "--sandbox-rate", "0", "--sandbox-printers", "0")
	ready := false
	for lines := bufio.NewScanner(reader); lines.Scan(); {
		if strings.Contains(lines.Text(), "printer") {
			t.Errorf("the hub says %q", lines.Text())
		}
		if strings.HasPrefix(lines.Text(), "ready ") {
			ready = true
			cancel()
		}
	}
	if err := <-done; err != nil || !ready {
		t.Errorf("ready: %v, %v", ready, err)
	}
}
