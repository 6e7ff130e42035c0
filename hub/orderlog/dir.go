package orderlog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"comptoir/internal/aside"
)

// makeDir makes the directory and its missing parents so that they survive a power cut.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(dir)
	if err := makeDir(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return aside.Sync(parent)
}
