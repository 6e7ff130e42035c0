package torture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// disk is a file system in a file, on a loop device.
type disk struct {
	image, dir string
}

// newDisk makes an ext4 in a file and mounts it, or skips the test and says why.
func newDisk(t *testing.T, image string, format bool) *disk {
	t.Helper()
	skip := func(why string, args ...any) {
		t.Helper()
		t.Skipf("SKIPPED, NOTHING WAS PROVEN: no loop device here: "+why, args...)
	}
	if os.Geteuid() != 0 {
		skip("mounting takes root")
	}
	if _, err := os.Stat("/dev/loop-control"); err != nil {
		skip("%v", err)
	}
	run := func(name string, args ...string) {
		t.Helper()
		if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
			skip("%s: %v %s", name, err, bytes.TrimSpace(out))
		}
	}
	d := &disk{image: image, dir: filepath.Join(t.TempDir(), "mounted")}
	if format {
		if err := errors.Join(os.WriteFile(image, nil, 0o600), os.Truncate(image, 128<<20)); err != nil {
			t.Fatal(err)
		}
		run("mkfs.ext4", "-q", "-F", image)
	}
	if err := os.Mkdir(d.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	run("mount", "-o", "loop", image, d.dir)
	t.Cleanup(func() { // before the directory is removed
		if out, err := exec.Command("umount", d.dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	return d
}

// TestLoopDevice cuts the power of a whole system: what ext4 has not handed to the disk is gone. The
// copy of the image takes a moment in which the kernel may go on writing: it can only flatter what
// was not synced, never lose what was.
func TestLoopDevice(t *testing.T) {
	t.Parallel()
	crashes, length := 1, time.Second
	if isLong(t) {
		crashes, length = 10, 5*time.Second
	}
	random := seeded(t)
	var all outcome
	for crash := range crashes {
		t.Run(fmt.Sprint(crash), func(t *testing.T) {
			s := newStage(t, 0, 0)
			d := newDisk(t, filepath.Join(t.TempDir(), "disk.img"), true)
			s.hub.args = append(s.hub.args, "--data", filepath.Join(d.dir, "hub"))
			s.start(s.hub)
			all.add(s.systemCrash(d, random, length))
		})
	}
	if all.cuts > 0 {
		all.mustBeWhole(t, "crashes of the system, on a loop device")
	}
}

func (s *stage) systemCrash(d *disk, random *rand.Rand, length time.Duration) outcome {
	s.t.Helper()
	menu, err := catalogue()
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	var group sync.WaitGroup
	for i := range senders {
		own := rand.New(rand.NewPCG(random.Uint64(), uint64(i)))
		group.Go(func() { _, _ = s.selling(ctx, own, menu, i, 10_000, 0) }) // until the crash
	}
	s.until(20*time.Second, "the hub has taken orders", func() bool { return len(s.promised()) > 0 })
	moment := time.NewTimer(length)
	defer moment.Stop()
	<-moment.C
	synced, dirty := bytes.Repeat([]byte("synced"), 1<<16), bytes.Repeat([]byte("dirty!"), 1<<16)
	write := func(name string, content []byte, flush bool) {
		f, err := os.Create(filepath.Join(d.dir, name))
		if err == nil {
			_, err = f.Write(content)
		}
		if err == nil && flush {
			err = f.Sync()
		}
		if err = errors.Join(err, f.Close()); err != nil {
			s.t.Fatal(err)
		}
	}
	write("synced", synced, true)
	write("dirty", dirty, false)
	promised := s.promised()
	if err := s.hub.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		s.t.Fatal(err)
	}
	copied := filepath.Join(s.t.TempDir(), "copy.img")
	if err := copyFile(copied, d.image); err != nil {
		s.t.Fatal(err)
	}
	cancel()
	s.hub.kill()
	group.Wait()

	after := newDisk(s.t, copied, false)
	o := outcome{cuts: 1, promised: len(promised)}
	if err := readWholeLog(filepath.Join(after.dir, "hub"), promised, &o); err != nil {
		o.bad++
		o.problem("%v", err)
	}
	o.reopened++
	if err := s.hubOpens(filepath.Join(after.dir, "hub"), promised, &o); err != nil {
		o.problem("the hub itself: %v", err)
	}
	kept := func(name string, content []byte) bool {
		found, err := os.ReadFile(filepath.Join(after.dir, name))
		return err == nil && bytes.Equal(found, content)
	}
	s.t.Logf("loop device: acknowledged before the crash %d, found %d, lost %d, doubled %d; control: a synced file is there: %v, one that was not: %v",
		o.promised, o.found, o.lost, o.doubled, kept("synced", synced), kept("dirty", dirty))
	if !kept("synced", synced) || kept("dirty", dirty) {
		s.t.Error("the copy is not what a crash leaves: it must hold what was synced, and lack what was not")
	}
	return o
}

func copyFile(to, from string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	target, err := os.Create(to)
	if err == nil {
		_, err = io.Copy(target, source)
		err = errors.Join(err, target.Close())
	}
	return errors.Join(err, source.Close())
}
