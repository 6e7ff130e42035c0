package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"comptoir/hub"
	"comptoir/hub/orderlog"
	"comptoir/internal/aside"
)

// A backup is whole while orders come in, and holds all that was acknowledged before it.
func TestBackupAndRestore(t *testing.T) {
	data, url := running(t)
	place := func(n int) {
		body := fmt.Sprintf(`{"reference":"r%d","fulfillment":{"type":"pickup"},"lines":[{"name":"Café","quantity":1,"unitPrice":350}],"totals":{"total":350},"payments":[{"id":"p%d","kind":"card","amount":350}]}`, n, n)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1/locations/plateau/orders", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		request.Header.Set("Authorization", "Bearer shop-secret")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != http.StatusCreated {
			text, _ := io.ReadAll(response.Body)
			t.Errorf("HTTP %d: %s", response.StatusCode, text)
		}
	}
	const before, meanwhile = 40, 60
	for n := range before {
		place(n)
	}
	var rush sync.WaitGroup
	for n := range meanwhile {
		rush.Go(func() { place(before + n) })
	}
	file := filepath.Join(t.TempDir(), "backup.db")
	text := said(t, makeBackup, "--data", data, file)
	rush.Wait()
	orders, err := orderlog.Inspect(file)
	if err != nil || orders < before || orders > before+meanwhile {
		t.Fatalf("the backup has %d orders, %v; %d were acknowledged before it", orders, err, before)
	}
	if !strings.Contains(text, fmt.Sprintf("%d orders", orders)) {
		t.Errorf("it says %q", text)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	if err := makeBackup(t.Context(), []string{"--data", data, file}, io.Discard); err == nil || !strings.Contains(err.Error(), "another name") {
		t.Errorf("over a file that is there: %v", err)
	}
	if err := restore(t.Context(), []string{"--data", data, file}, io.Discard); !errors.Is(err, orderlog.ErrLocked) || !strings.Contains(err.Error(), "stop it first") {
		t.Errorf("while the hub runs: %v", err)
	}
	t.Logf("%d orders acknowledged before the backup and %d while it ran; it has %d", before, meanwhile, orders)

	// another directory, where a hub has been and none runs
	old := t.TempDir()
	config, err := hub.LoadConfig(exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	h, err := hub.Open(config, hub.Options{Data: old})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	text = said(t, restore, "--data", old, file)
	kept, err := filepath.Glob(filepath.Join(old, hub.DataFile+".aside-*"))
	if err != nil || len(kept) != 1 || !strings.Contains(text, kept[0]) {
		t.Fatalf("the former file: %q, %v; it says %q", kept, err, text)
	}
	log, err := orderlog.Open(filepath.Join(old, hub.DataFile), orderlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	restored, _, err := log.RawOrders("plateau", "", 500)
	if err != nil || len(restored) != orders {
		t.Errorf("%d orders are restored, %v; want %d", len(restored), err, orders)
	}
}

// The restored log has another epoch than the one that was backed up, and a stopped hub's file can
// be backed up as well. What is no backup is refused, and changes nothing.
func TestRestoreBeginsAnEpoch(t *testing.T) {
	data := t.TempDir()
	path := filepath.Join(data, hub.DataFile)
	log, err := orderlog.Open(path, orderlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	before, err := log.Head("plateau")
	if err := errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "backup.db")
	said(t, makeBackup, "--data", data, file)
	said(t, restore, "--data", data, file)
	if log, err = orderlog.Open(path, orderlog.Options{}); err != nil {
		t.Fatal(err)
	}
	after, err := log.Head("plateau")
	if err := errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
	if after.Epoch == before.Epoch {
		t.Error("terminals would not notice that the log is an older one")
	}
	own := path + ".new" // which a restore makes itself
	if err := os.Rename(file, own); err != nil {
		t.Fatal(err)
	}
	if err := restore(t.Context(), []string{"--data", data, own}, io.Discard); !errors.Is(err, aside.ErrOwnName) {
		t.Errorf("a backup that is called %s: %v", own, err)
	}
	if err := os.Rename(own, file); err != nil { // it is still there
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"empty": nil, "words": []byte(strings.Repeat("no log ", 5000)), "half": half(t, file)} {
		bad := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := restore(context.Background(), []string{"--data", data, bad}, io.Discard); err == nil {
			t.Errorf("%s is restored", name)
		}
	}
	if _, err := orderlog.Inspect(path); err != nil {
		t.Errorf("the log after what was refused: %v", err)
	}
	for _, arguments := range [][]string{{"--data", data}, {"--data", data, "a", "b"}} {
		if err := makeBackup(context.Background(), arguments, io.Discard); err == nil {
			t.Errorf("backup %q", arguments)
		}
	}
}

func half(t *testing.T, file string) []byte {
	t.Helper()
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return whole[:len(whole)/2]
}
