// Package backup is what the commands that copy a program's file, and put a copy back, have in common.
package backup

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"comptoir/internal/aside"
	"comptoir/internal/diskspace"
)

// Arguments reads what "PROGRAM backup" and "PROGRAM restore" are told: the data directory, and the
// one file. flag.ErrHelp where only help was asked for.
func Arguments(program, command string, arguments []string) (data, file string, err error) {
	flags := flag.NewFlagSet(program+" "+command, flag.ContinueOnError)
	flags.StringVar(&data, "data", "data", "`directory` of the "+program+"'s file")
	if err := flags.Parse(arguments); err != nil {
		return "", "", err
	}
	if flags.NArg() != 1 {
		return "", "", fmt.Errorf("%[2]s: name one file, behind the flags, such as: %[1]s %[2]s --data DIR %[1]s-backup.db", program, command)
	}
	return data, flags.Arg(0), nil
}

// Present says what to do where a program has no file yet.
func Present(program, path string) error {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("no %s has worked on %s: name its directory with --data", program, filepath.Dir(path))
	}
	return nil
}

// Make writes a new file, and gives it its name only once inspect finds it whole: it counts what the
// file holds. A file that is there is never written over. size is in bytes.
func Make(file string, fill func(io.Writer) error, inspect func(path string) (count int, err error)) (count int, size int64, err error) {
	if _, err := os.Lstat(file); !errors.Is(err, os.ErrNotExist) {
		return 0, 0, fmt.Errorf("%s is there already: choose another name", file)
	}
	unfinished := file + ".part"
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, 0, err
	}
	if err := aside.Write(unfinished, fill); err != nil {
		return 0, 0, err
	}
	if count, err = inspect(unfinished); err != nil {
		err = fmt.Errorf("what was copied is not whole; try again, and if it stays so the file itself is damaged: keep it, and the last good backup: %w", err)
		return 0, 0, errors.Join(err, os.Remove(unfinished))
	}
	info, err := os.Stat(unfinished)
	if err != nil {
		return 0, 0, err
	}
	return count, info.Size(), aside.Move(unfinished, file)
}

// spare is the room that a copy leaves, in bytes: the program beside it works on.
const spare = 32 << 20

// ErrNoRoom: the disk is too full for a copy.
var ErrNoRoom = errors.New("the disk has no room for a copy")

// Spool is a copy of a file, in its directory, that has no name there and is gone once it is closed; it
// is read from its beginning. A copy is made first since whoever takes it may be slow, and a file of
// bbolt's cannot grow as long as somebody reads it. It must not fill the disk, either: ErrNoRoom.
func Spool(path string, fill func(io.Writer) error) (*os.File, error) {
	directory := filepath.Dir(path)
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("make a snapshot: %w", err)
	}
	need := uint64(info.Size()) + spare
	if free, _, err := diskspace.Of(directory); err == nil && free < need { // where it is not known, it is tried
		return nil, fmt.Errorf("make a snapshot: %w: %d MB are free in %s, %d are needed", ErrNoRoom, free>>20, directory, need>>20)
	}
	file, err := os.CreateTemp(directory, "snapshot-*")
	if err != nil {
		return nil, fmt.Errorf("make a snapshot: %w", err)
	}
	err = os.Remove(file.Name())
	if err == nil {
		err = fill(file)
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make a snapshot: %w", err), file.Close())
	}
	return file, nil
}

// Send answers with a spooled copy, and closes it. Where that breaks off, its length tells.
func Send(w http.ResponseWriter, snapshot *os.File) (size int64, err error) {
	defer func() { _ = snapshot.Close() }() // read
	info, err := snapshot.Stat()
	if err != nil {
		return 0, err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	return io.Copy(w, snapshot)
}
