package crash

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// Sector is what a disk writes whole or not at all, in bytes.
const Sector = 512

// Image is a state that the disk may be in if the power is cut now: files by their names. Of what
// was not synced, each sector of each write, and each change of a size, is there by chance (from 0
// to 1); of the changes of names a number of the oldest.
func (d *Disk) Image(random *rand.Rand, chance float64) map[string][]byte {
	entries := maps.Clone(d.safe)
	kept := 0
	for kept < len(d.pending) && random.Float64() < chance {
		kept++
	}
	enter(entries, d.pending[:kept])
	image := map[string][]byte{}
	done := map[*file][]byte{}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		f := entries[name]
		if _, twice := done[f]; !twice { // one file under two names is one content
			done[f] = f.torn(random, chance)
		}
		image[name] = done[f]
	}
	return image
}

func enter(entries map[string]*file, changes []*rename) {
	for _, r := range changes {
		if r.file == nil {
			delete(entries, r.name)
		} else {
			entries[r.name] = r.file
		}
	}
}

// torn keeps a random part of what was not synced. Where several writes met one sector, any of
// their states may have been the last that the disk got.
func (f *file) torn(random *rand.Rand, chance float64) []byte {
	content := slices.Clone(f.content)
	for _, w := range f.pending {
		if w.data == nil {
			if random.Float64() < chance {
				content = w.apply(content)
			}
			continue
		}
		end := w.at + int64(len(w.data))
		if end > int64(len(content)) && random.Float64() < chance {
			content = resize(content, end) // the size may get there before the data
		}
		for from := w.at; from < end; {
			to := min((from/Sector+1)*Sector, end)
			if random.Float64() < chance {
				part := change{at: from, data: w.data[from-w.at : to-w.at]}
				content = part.apply(content)
			}
			from = to
		}
	}
	return content
}

// apply changes a content in place where it has room.
func (w *change) apply(content []byte) []byte {
	if w.data == nil {
		return resize(content, w.at)
	}
	if end := w.at + int64(len(w.data)); end > int64(len(content)) {
		content = resize(content, end)
	}
	copy(content[w.at:], w.data)
	return content
}

func resize(content []byte, size int64) []byte {
	if size <= int64(len(content)) {
		return content[:size:size] // what is cut off must not come back
	}
	return append(content, make([]byte, size-int64(len(content)))...)
}

// Write puts an image into a directory, which it makes.
func Write(dir string, image map[string][]byte) error {
	err := os.MkdirAll(dir, 0o700)
	for name, content := range image {
		path := filepath.Join(dir, name)
		err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, content, 0o600))
	}
	if err != nil {
		return fmt.Errorf("write the image: %w", err)
	}
	return nil
}
