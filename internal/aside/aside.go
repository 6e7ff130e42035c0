// Package aside puts files in the place of others, which it keeps beside them, so that a power cut
// at any moment leaves one or the other.
package aside

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Path is where a file is set aside: beside itself, under a name that no other has.
func Path(path string, now time.Time) string {
	stamped := path + ".aside-" + now.UTC().Format("20060102T150405Z")
	for n, aside := 2, stamped; ; n++ {
		if _, err := os.Lstat(aside); errors.Is(err, os.ErrNotExist) {
			return aside
		}
		aside = fmt.Sprintf("%s-%d", stamped, n)
	}
}

// Replace puts a file in the place of another, which is set aside. At no moment, and after no power
// cut, is there neither.
func Replace(path, with, aside string) error {
	if err := os.Link(path, aside); err != nil { // a file system without links
		if err := Copy(path, aside); err != nil {
			return fmt.Errorf("set the file aside: %w", err)
		}
	}
	dir := filepath.Dir(path)
	if err := Sync(dir); err != nil {
		return fmt.Errorf("set the file aside: %w", err)
	}
	return Move(with, path)
}

// Move renames a file within a directory, for good.
func Move(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return Sync(filepath.Dir(to))
}

// ErrOwnName refuses a file that would be overwritten on the way.
var ErrOwnName = errors.New("this name is used on the way: give the file another one first")

// Apart refuses a file that is one of those that are about to be made, by whatever name.
func Apart(file string, made ...string) error {
	is, err := os.Stat(file)
	if err != nil {
		return err
	}
	for _, path := range made {
		if other, err := os.Stat(path); err == nil && os.SameFile(is, other) {
			return fmt.Errorf("%s: %w", file, ErrOwnName)
		}
	}
	return nil
}

// Copy writes a copy that is on the disk once it returns. There must be no such file yet.
func Copy(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // read
	return Write(to, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
}

// Write makes a file for its user alone, with what fill writes, that is on the disk once it returns.
// There must be no such file yet; where fill fails there is none afterwards.
func Write(path string, fill func(io.Writer) error) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(fill(out), out.Sync(), out.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// Opened is a file that was opened by its path, and perhaps had to be waited for.
type Opened struct{ File *os.File }

// Open is os.OpenFile.
func (o *Opened) Open(name string, flag int, perm os.FileMode) (file *os.File, err error) {
	o.File, err = os.OpenFile(name, flag, perm)
	return o.File, err
}

// Replaced reports whether another file stands at the path by now: whoever waited for the lock of one
// that was set aside meanwhile would write where nobody looks. The file must still be open.
func (o *Opened) Replaced(path string) (bool, error) {
	ours, err := o.File.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	return !os.SameFile(ours, there), nil
}

// Sync makes the names in a directory survive a power cut.
func Sync(dir string) error {
	if runtime.GOOS == "windows" { // directories cannot be synced, and need not be
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
