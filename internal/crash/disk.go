// Package crash follows the files of a traced program, and makes of them what a disk may hold after
// the power is cut: all that was synced, and a random part of the rest.
package crash

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"comptoir/internal/strace"
)

// Disk is one directory as the program sees it and as the disk knows it.
type Disk struct {
	dir string
	// entries is what the program sees; safe is what the directory surely holds. pending are the
	// changes between the two, oldest first. Names are below dir.
	entries, safe map[string]*file
	pending       []*rename

	handles map[int]*handle
	// writing and syncing are the calls under way: what each will have written, or made sure.
	writing map[*strace.Call]*change
	syncing map[*strace.Call]func()

	// Writes, Syncs: what has been seen so far.
	Writes, Syncs int
}

// file is an inode. The content is what was synced; the operations since then wait in pending.
type file struct {
	content []byte
	pending []*change
}

// change is a write, or a new size where data is nil.
type change struct {
	at   int64 // or the size
	data []byte
	// done: the call has returned. Until then a sync does not count for it.
	done bool
}

// rename is a change of the directory: a name that stands for another file, or for none.
type rename struct {
	name string
	file *file
}

type handle struct {
	file   *file // nil: the directory name
	name   string
	at     int64
	append bool
}

// Load takes the files below a directory, all of them synced, for those that the trace finds in dir.
func Load(from, dir string) (*Disk, error) {
	d := &Disk{
		dir: filepath.Clean(dir), entries: map[string]*file{}, safe: map[string]*file{},
		handles: map[int]*handle{}, writing: map[*strace.Call]*change{}, syncing: map[*strace.Call]func(){},
	}
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == from {
			return fs.SkipAll // the program makes it
		}
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		f := &file{content: content}
		d.entries[name], d.safe[name] = f, f
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", from, err)
	}
	return d, nil
}

// name is a path below the directory; "." is the directory, and empty what lies elsewhere.
func (d *Disk) name(path string) string {
	if path == d.dir {
		return "."
	}
	name, within := strings.CutPrefix(path, d.dir+string(filepath.Separator))
	if !within {
		return ""
	}
	return name
}

// Take follows one event of the trace. What it does not know how to follow is an error: nothing may
// reach the disk unseen.
func (d *Disk) Take(e strace.Event) error {
	if err := d.take(e); err != nil {
		return fmt.Errorf("%s by thread %d: %w", e.Call.Name, e.Call.Thread, err)
	}
	return nil
}

func (d *Disk) take(e strace.Event) error {
	c := e.Call
	switch c.Name {
	case "openat":
		if e.Returned && c.Result >= 0 {
			return d.open(c)
		}
		return nil
	case "rename", "renameat", "renameat2", "unlink", "unlinkat", "link", "linkat", "truncate":
		return d.named(e)
	case "io_uring_setup":
		return errors.New("its writes are not in the trace")
	}
	place := 0
	if c.Name == "mmap" {
		place = 4
	}
	descriptor, path, err := c.File(place)
	if err != nil {
		return err
	}
	name := d.name(strings.TrimSuffix(path, " (deleted)"))
	if name == "" {
		return nil
	}
	h := d.handles[descriptor]
	if h == nil {
		return fmt.Errorf("%s was opened before the trace began", path)
	}
	switch c.Name {
	case "read":
		if e.Returned && c.Result > 0 {
			h.at += c.Result
		}
		return nil
	case "close":
		if e.Returned {
			delete(d.handles, descriptor)
		}
		return nil
	case "write", "pwrite64", "ftruncate":
		return d.write(h, e)
	case "fsync", "fdatasync":
		return d.sync(h, e)
	case "mmap":
		if strings.Contains(c.Args[2], "PROT_WRITE") && strings.Contains(c.Args[3], "MAP_SHARED") {
			return errors.New("what is written through it is not in the trace")
		}
		return nil
	}
	return fmt.Errorf("of %s: not followed", path)
}

// open follows files, and directories for their sync.
func (d *Disk) open(c *strace.Call) error {
	name := d.name(c.ResultFile)
	if name == "" {
		return nil
	}
	if len(c.Args) < 3 {
		return errors.New("no flags")
	}
	flags := strings.Split(c.Args[2], "|")
	if slices.ContainsFunc(flags, func(f string) bool { return f == "O_TMPFILE" || f == "O_DIRECT" }) {
		return errors.New("not followed: " + c.Args[2])
	}
	h := &handle{name: name, file: d.entries[name], append: slices.Contains(flags, "O_APPEND")}
	d.handles[int(c.Result)] = h
	switch {
	case h.file != nil && slices.Contains(flags, "O_TRUNC"):
		h.file.pending = append(h.file.pending, &change{done: true})
	case h.file == nil && slices.Contains(flags, "O_CREAT"): // without it, it is a directory
		h.file = &file{}
		d.enter(name, h.file)
	}
	return nil
}

func (d *Disk) enter(name string, f *file) {
	if f == nil {
		delete(d.entries, name)
	} else {
		d.entries[name] = f
	}
	d.pending = append(d.pending, &rename{name, f})
}

// named follows calls that go by names, when they have succeeded.
func (d *Disk) named(e strace.Event) error {
	c := e.Call
	if !e.Returned || c.Result != 0 {
		return nil
	}
	from, next, err := path(c, 0)
	if err != nil {
		return err
	}
	source := d.name(from)
	switch c.Name {
	case "unlink", "unlinkat":
		if d.entries[source] != nil {
			d.enter(source, nil)
		}
		return nil
	case "truncate":
		if source != "" {
			return fmt.Errorf("of %s: not followed", from)
		}
		return nil
	}
	to, _, err := path(c, next)
	if err != nil {
		return err
	}
	target := d.name(to)
	switch {
	case source == "" && target == "":
		return nil
	case d.entries[source] == nil || target == "" || strings.HasPrefix(c.Name, "link"):
		return fmt.Errorf("%s to %s: not followed", from, to)
	}
	moved := d.entries[source]
	d.enter(target, moved) // first: after a power cut one of the two names must be there
	d.enter(source, nil)
	return nil
}

// path is the name among the arguments from place on, with the directory that it is relative to
// before it where the call takes one; next is the place behind it.
func path(c *strace.Call, place int) (name string, next int, err error) {
	base := ""
	if strings.HasSuffix(strings.TrimSuffix(c.Name, "2"), "at") {
		if _, base, err = c.File(place); err != nil {
			return "", 0, err
		}
		place++
	}
	data, err := c.Bytes(place)
	if name = string(data); !filepath.IsAbs(name) {
		name = filepath.Join(base, name)
	}
	return filepath.Clean(name), place + 1, err
}

func (d *Disk) write(h *handle, e strace.Event) error {
	c := e.Call
	if h.file == nil {
		return errors.New("to a directory")
	}
	if e.Returned {
		made := d.writing[c]
		delete(d.writing, c)
		if c.Result < 0 || made == nil {
			return errors.New("it failed, and what it left on the disk is not known")
		}
		if made.data != nil {
			made.data = made.data[:c.Result]
		}
		if c.Name == "write" {
			h.at += c.Result
		}
		made.done = true
		d.Writes++
		return nil
	}
	made := &change{}
	switch c.Name {
	case "ftruncate":
		size, err := c.Number(1)
		if err != nil {
			return err
		}
		made.at = size
	default:
		data, err := c.Bytes(1)
		if err != nil {
			return err
		}
		made.data = append([]byte{}, data...)
		made.at = h.at
		if h.append {
			made.at = int64(len(h.file.seen()))
		}
		if c.Name == "pwrite64" {
			if made.at, err = c.Number(3); err != nil {
				return err
			}
		}
	}
	h.file.pending = append(h.file.pending, made)
	d.writing[c] = made
	return nil
}

// sync makes sure of what had been done when it began, once it has returned.
func (d *Disk) sync(h *handle, e strace.Event) error {
	c := e.Call
	if e.Returned {
		if c.Result != 0 {
			return errors.New("it failed")
		}
		sure := d.syncing[c]
		delete(d.syncing, c)
		sure()
		d.Syncs++
		return nil
	}
	if h.file == nil {
		under := func(r *rename) bool { return filepath.Dir(r.name) == filepath.Clean(h.name) }
		covered := slices.DeleteFunc(slices.Clone(d.pending), func(r *rename) bool { return !under(r) })
		d.syncing[c] = func() {
			enter(d.safe, covered)
			d.pending = slices.DeleteFunc(d.pending, func(r *rename) bool { return slices.Contains(covered, r) })
		}
		return nil
	}
	f := h.file
	covered := slices.DeleteFunc(slices.Clone(f.pending), func(w *change) bool { return !w.done })
	d.syncing[c] = func() {
		for _, w := range covered {
			f.content = w.apply(f.content)
		}
		f.pending = slices.DeleteFunc(f.pending, func(w *change) bool { return slices.Contains(covered, w) })
	}
	return nil
}

// seen is the content as the program sees it.
func (f *file) seen() []byte {
	content := slices.Clone(f.content)
	for _, w := range f.pending {
		content = w.apply(content)
	}
	return content
}
