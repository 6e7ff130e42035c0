package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"comptoir/printer/escpos"
)

//go:embed peers.js
var peersScript []byte

// peerVersions are what npm installs; -short downloads nothing.
var peerVersions = []string{"receiptline@4.0.4", "node-thermal-printer@4.6.1"}

var errNoNPM = errors.New("npm not present")

// peers measures what npm has for tickets on the same lines; nanoseconds of one ticket, each round.
func (b *bench) peers(ctx context.Context, tickets [][]escpos.Line, rounds int) (map[string][]float64, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return nil, errNoNPM
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, errNoNPM
	}
	dir := filepath.Join(b.dir, "peers")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	script := filepath.Join(dir, "peers.js")
	if err := os.WriteFile(script, peersScript, 0o644); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	arguments := append([]string{"install", "--prefix", dir, "--no-audit", "--no-fund", "--ignore-scripts", "--silent"}, peerVersions...)
	if out, err := exec.CommandContext(ctx, npm, arguments...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm install: %w: %s", err, out)
	}
	spans := make([][][]escpos.Span, len(tickets))
	for i, lines := range tickets {
		for _, line := range lines {
			spans[i] = append(spans[i], line.Spans)
		}
	}
	input, err := json.Marshal(map[string]any{"rounds": rounds, "tickets": spans})
	if err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	command := exec.CommandContext(ctx, node, script)
	command.Stdin, command.Stderr = bytes.NewReader(input), os.Stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("node: %w", err)
	}
	var times map[string][]float64
	if err := json.Unmarshal(out, &times); err != nil {
		return nil, fmt.Errorf("node: %w", err)
	}
	return times, nil
}
