package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// DiskOf looks at the disk under a terminal's data directory; file is the name of its database.
func DiskOf(directory, file string) (Disk, error) {
	d := Disk{Known: true, Directory: directory}
	var err error
	if d.Free, err = free(directory); err != nil {
		return Disk{Directory: directory}, fmt.Errorf("the disk of %s: %w", directory, err)
	}
	info, err := os.Stat(filepath.Join(directory, file))
	switch {
	case err == nil:
		d.File = info.Size()
	case !errors.Is(err, fs.ErrNotExist): // before the first start
		return Disk{Directory: directory}, err
	}
	d.Writable = write(directory) == nil
	return d, nil
}

// write tries whether something stays on the disk.
func write(directory string) error {
	file, err := os.CreateTemp(directory, ".doctor-*")
	if err != nil {
		return err
	}
	_, err = file.WriteString("is the disk well?\n")
	return errors.Join(err, file.Sync(), file.Close(), os.Remove(file.Name()))
}
