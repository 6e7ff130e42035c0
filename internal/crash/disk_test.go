package crash

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"comptoir/internal/strace"
)

func hexed(text string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, `\x%02x`, text[i])
	}
	return b.String()
}

// trace writes lines as strace does: a path between angle brackets, data between quotes.
func trace(t interface{ Fatal(...any) }, lines ...string) []strace.Event {
	var text strings.Builder
	for _, line := range lines {
		for i, part := range strings.Split(line, "'") {
			if i%2 == 0 {
				text.WriteString(part)
			} else {
				text.WriteString(hexed(part))
			}
		}
		text.WriteString("\n")
	}
	events, err := strace.Parse(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func empty(t *testing.T) *Disk {
	t.Helper()
	d, err := Load("/nowhere", "/data")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *Disk) follow(t *testing.T, lines ...string) {
	t.Helper()
	for _, e := range trace(t, lines...) {
		if err := d.Take(e); err != nil {
			t.Fatal(err)
		}
	}
}

// images collects what the disk may hold, each state once: names with their contents.
func (d *Disk) images(chance float64) []string {
	random := rand.New(rand.NewPCG(1, 2))
	found := map[string]bool{}
	for range 200 {
		image := d.Image(random, chance)
		var text []string
		for _, name := range slices.Sorted(maps.Keys(image)) {
			text = append(text, name+"="+string(bytes.ReplaceAll(image[name], []byte{0}, []byte("-"))))
		}
		found[strings.Join(text, " ")] = true
	}
	return slices.Sorted(maps.Keys(found))
}

func TestNames(t *testing.T) {
	created := []string{
		`1 openat(AT_FDCWD<'/'>, "'/data/a'", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 3<'/data/a'>`,
		`1 write(3<'/data/a'>, "'x'", 1) = 1`,
		`1 write(3<'/data/a'>, "'y'", 1) = 1`,
		`1 fsync(3<'/data/a'>) = 0`,
	}
	directory := []string{
		`1 openat(AT_FDCWD<'/'>, "'/data'", O_RDONLY|O_CLOEXEC) = 4<'/data'>`,
		`1 fsync(4<'/data'>) = 0`, `1 close(4<'/data'>) = 0`,
	}
	rename := `1 renameat(AT_FDCWD<'/data'>, "'a'", AT_FDCWD<'/data'>, "'b'") = 0`
	tests := []struct {
		name  string
		lines []string
		want  []string
	}{
		{"a name that was not synced", created, []string{"", "a=xy"}},
		{"and synced", slices.Concat(created, directory), []string{"a=xy"}},
		{"another directory's sync", append(slices.Clone(created),
			`1 openat(AT_FDCWD<'/'>, "'/data/sub'", O_RDONLY|O_CLOEXEC) = 4<'/data/sub'>`, `1 fsync(4<'/data/sub'>) = 0`), []string{"", "a=xy"}},
		{"renamed", append(slices.Concat(created, directory), rename), []string{"a=xy", "a=xy b=xy", "b=xy"}},
		{"renamed and synced", slices.Concat(created, directory, []string{rename}, directory), []string{"b=xy"}},
		{"removed", append(slices.Concat(created, directory), `1 unlinkat(AT_FDCWD<'/'>, "'/data/a'", 0) = 0`), []string{"", "a=xy"}},
		{"cut to nothing", append(slices.Concat(created, directory),
			`1 openat(AT_FDCWD<'/'>, "'/data/a'", O_RDWR|O_TRUNC|O_CLOEXEC) = 5<'/data/a'>`), []string{"a=", "a=xy"}},
		{"appended", append(slices.Concat(created, directory),
			`1 openat(AT_FDCWD<'/'>, "'/data/a'", O_WRONLY|O_APPEND|O_CLOEXEC) = 5<'/data/a'>`,
			`1 write(5<'/data/a'>, "'z'", 1) = 1`), []string{"a=xy", "a=xy-", "a=xyz"}},
		{"elsewhere", []string{
			`1 openat(AT_FDCWD<'/'>, "'/database'", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 3<'/database'>`,
			`1 write(3<'/database'>, "'x'", 1) = 1`, `1 unlinkat(AT_FDCWD<'/'>, "'/x'", 0) = 0`,
			`1 mmap(NULL, 10, PROT_READ|PROT_WRITE, MAP_SHARED, 3<'/database'>, 0) = 0x7f`,
		}, []string{""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := empty(t)
			d.follow(t, tt.lines...)
			if got := d.images(0.5); !slices.Equal(got, tt.want) {
				t.Errorf("the disk may hold %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSectors(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), bytes.Repeat([]byte("o"), 2*Sector), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Load(dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	file := "3<'" + filepath.Join(dir, "a") + "'>"
	d.follow(t,
		`1 openat(AT_FDCWD<'/'>, "'a'", O_RDWR|O_CLOEXEC) = `+file,
		// over the border between the sectors
		`1 pwrite64(`+file+`, "'11'", 2, 511) = 2`,
		`2 pwrite64(`+file+`, "'2'", 1, 512 <unfinished ...>`,
	)
	states := func(chance float64) []string {
		var all []string
		for _, image := range d.images(chance) {
			content, _ := strings.CutPrefix(image, "a=")
			all = append(all, content[511:513])
		}
		return all
	}
	for chance, want := range map[float64][]string{0: {"oo"}, 1: {"12"}, 0.5: {"12", "1o", "11", "o1", "o2", "oo"}} {
		slices.Sort(want)
		if got := states(chance); !slices.Equal(got, want) {
			t.Errorf("chance %v: %q, want %q", chance, got, want)
		}
	}
	if d.Writes != 1 || d.Syncs != 0 {
		t.Errorf("%d writes, %d syncs", d.Writes, d.Syncs)
	}
}

func TestSyncUnderWay(t *testing.T) {
	d := empty(t)
	events := trace(t,
		`1 openat(AT_FDCWD<'/'>, "'/data/a'", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 3<'/data/a'>`,
		`1 openat(AT_FDCWD<'/'>, "'/data'", O_RDONLY|O_CLOEXEC) = 4<'/data'>`,
		`1 fsync(4<'/data'>) = 0`,
		`1 pwrite64(3<'/data/a'>, "'1'", 1, 0) = 1`,
		`2 pwrite64(3<'/data/a'>, "'2'", 1, 1 <unfinished ...>`,
		`1 fdatasync(3<'/data/a'> <unfinished ...>`,
		`2 <... pwrite64 resumed>) = 1`,
		`1 <... fdatasync resumed>) = 0`,
		`1 fdatasync(3<'/data/a'>) = 0`,
		`1 ftruncate(3<'/data/a'>, 4) = 0`,
		`1 fdatasync(3<'/data/a'>) = 0`,
	)
	var got []string
	for _, e := range events {
		if err := d.Take(e); err != nil {
			t.Fatal(err)
		}
		if e.Call.Name == "fdatasync" && e.Returned {
			got = append(got, d.images(0)...)
		}
	}
	if want := []string{"a=1", "a=12", "a=12--"}; !slices.Equal(got, want) {
		t.Errorf("after each sync the disk surely holds %q, want %q", got, want)
	}
}

func TestNotFollowed(t *testing.T) {
	const open = `1 openat(AT_FDCWD<'/'>, "'/data/a'", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 3<'/data/a'>`
	for _, line := range []string{
		`1 mmap(NULL, 10, PROT_READ|PROT_WRITE, MAP_SHARED, 3<'/data/a'>, 0) = 0x7f`,
		`1 pwritev(3<'/data/a'>, [{iov_base="'x'", iov_len=1}], 1, 0) = 1`,
		`1 fallocate(3<'/data/a'>, 0, 0, 10) = 0`,
		`1 lseek(3<'/data/a'>, 0, SEEK_SET) = 0`,
		`1 dup(3<'/data/a'>) = 4<'/data/a'>`,
		`1 io_uring_setup(8, 0x7f) = 4`,
		`1 pwrite64(3<'/data/a'>, "'x'", 1, 0) = -1 ENOSPC (No space left on device)`,
		`1 fdatasync(3<'/data/a'>) = -1 EIO (Input/output error)`,
		`1 write(5<'/data/b'>, "'x'", 1) = 1`,
		`1 linkat(AT_FDCWD<'/'>, "'/data/a'", AT_FDCWD<'/'>, "'/b'", 0) = 0`,
		`1 rename("'/data/a'", "'/b'") = 0`,
		`1 rename("'/b'", "'/data/b'") = 0`,
		`1 truncate("'/data/a'", 0) = 0`,
		`1 openat(AT_FDCWD<'/'>, "'/data'", O_RDWR|O_TMPFILE, 0600) = 4<'/data/#1'>`,
	} {
		d := empty(t)
		d.follow(t, open)
		var err error
		for _, e := range trace(t, line) {
			if err == nil {
				err = d.Take(e)
			}
		}
		if err == nil {
			t.Errorf("taken without a word: %s", line)
		}
	}
}

// TestImageAgainstModel: with all kept the image is what the program sees; with nothing kept what
// it saw at its last sync; and each sector in between is one that the file has had since then.
func TestImageAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const sectors = 6
		d, err := Load("/nowhere", "/data")
		if err != nil {
			t.Fatal(err)
		}
		lines := []string{
			`1 openat(AT_FDCWD<'/'>, "'/data/a'", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 3<'/data/a'>`,
			`1 openat(AT_FDCWD<'/'>, "'/data'", O_RDONLY|O_CLOEXEC) = 4<'/data'>`, `1 fsync(4<'/data'>) = 0`,
			fmt.Sprintf(`1 ftruncate(3<'/data/a'>, %d) = 0`, sectors*Sector), `1 fsync(3<'/data/a'>) = 0`,
		}
		seen, synced := make([]byte, sectors*Sector), make([]byte, sectors*Sector)
		had := [sectors]map[string]bool{} // since the last sync
		note := func(anew bool) {
			for i := range had {
				if anew || had[i] == nil {
					had[i] = map[string]bool{}
				}
				had[i][string(seen[i*Sector:(i+1)*Sector])] = true
			}
		}
		note(true)
		for i := range rapid.IntRange(0, 20).Draw(t, "operations") {
			if rapid.IntRange(0, 4).Draw(t, "sync") == 0 {
				lines = append(lines, `1 fdatasync(3<'/data/a'>) = 0`)
				copy(synced, seen)
				note(true)
				continue
			}
			from := rapid.IntRange(0, sectors-1).Draw(t, "from")
			to := rapid.IntRange(from+1, sectors).Draw(t, "to")
			data := strings.Repeat(string(rune('a'+i)), (to-from)*Sector)
			lines = append(lines, fmt.Sprintf(`1 pwrite64(3<'/data/a'>, "'%s'", %d, %d) = %d`, data, len(data), from*Sector, len(data)))
			copy(seen[from*Sector:], data)
			note(false)
		}
		for _, e := range trace(t, lines...) {
			if err := d.Take(e); err != nil {
				t.Fatal(err)
			}
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		if !bytes.Equal(d.Image(random, 1)["a"], seen) {
			t.Error("with all kept the image is not what the program sees")
		}
		if !bytes.Equal(d.Image(random, 0)["a"], synced) {
			t.Error("with nothing kept the image is not what was synced")
		}
		torn := d.Image(random, 0.5)["a"]
		for i := range had {
			if !had[i][string(torn[i*Sector:(i+1)*Sector])] {
				t.Errorf("sector %d holds what it never had", i)
			}
		}
	})
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "image")
	if err := Write(dir, map[string][]byte{"a": []byte("x"), "sub/b": nil}); err != nil {
		t.Fatal(err)
	}
	d, err := Load(dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.images(0); !slices.Equal(got, []string{"a=x sub/b="}) {
		t.Errorf("read again: %q", got)
	}
}
