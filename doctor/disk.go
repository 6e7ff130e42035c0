package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"comptoir/internal/diskspace"
)

// DiskOf looks at the disk under a terminal's data directory; file is the name of its database.
// It writes nothing: it looks often, and the disk may be a memory card.
func DiskOf(directory, file string) (Disk, error) {
	d := Disk{Known: true, Directory: directory}
	var err error
	if d.Free, d.Writable, err = diskspace.Of(directory); err != nil {
		return Disk{Directory: directory}, fmt.Errorf("the disk of %s: %w", directory, err)
	}
	info, err := os.Stat(filepath.Join(directory, file))
	switch {
	case err == nil:
		d.File = info.Size()
	case !errors.Is(err, fs.ErrNotExist): // before the first start
		return Disk{Directory: directory}, err
	}
	return d, nil
}
