// Package e2e drives the real window as a finger does: the real hub and terminal on a virtual
// screen, with orders of the platforms and virtual printers around them. Pictures of every step
// are kept in out/e2e.
package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var (
	// binaries is the folder of the real hub and terminal.
	binaries string
	// pictures is where the steps are kept.
	pictures string
)

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

// buildAndRun builds with the project's flags: GOFLAGS of the environment.
func buildAndRun(m *testing.M) (code int, err error) {
	if pictures, err = filepath.Abs(filepath.Join("..", "out", "e2e")); err != nil {
		return 1, err
	}
	if err := errors.Join(os.RemoveAll(pictures), os.MkdirAll(pictures, 0o755)); err != nil {
		return 1, err
	}
	if binaries, err = os.MkdirTemp("", "comptoir-e2e-"); err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(binaries)) }()
	build := exec.Command("go", "build", "-o", binaries, "./cmd/hub", "./cmd/terminal")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("building: %w\n%s", err, out)
	}
	return m.Run(), nil
}
