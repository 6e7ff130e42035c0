package store_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"comptoir/internal/aside"
	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

// strace makes each faultStep-th call of a kind fail, counted in each thread.
const (
	faultStep = 60
	injected  = "COMPTOIR_FAULTS_INJECTED"
)

// What Update fails with has not happened, whichever call of the commit failed: nobody reads it, neither
// now nor after the next start, and what comes afterwards goes well. strace makes real calls fail.
func TestFailedCommits(t *testing.T) {
	if os.Getenv(injected) != "" {
		failCommits(t)
		return
	}
	for _, fault := range []string{"EIO", "ENOSPC"} {
		cmd := exec.CommandContext(t.Context(), "strace", "-f", "-qq", "-o", os.DevNull,
			"-e", "trace=pwrite64,fdatasync,fsync", "-e", fmt.Sprintf("inject=pwrite64,fdatasync,fsync:error=%s:when=%d+%d", fault, faultStep, faultStep),
			os.Args[0], "-test.run=^TestFailedCommits$", "-test.v", "-test.timeout=5m")
		cmd.Env = append(os.Environ(), injected+"=1")
		out, err := cmd.CombinedOutput()
		switch {
		case err == nil:
			_, count, _ := strings.Cut(string(out), "COUNTED ")
			count, _, _ = strings.Cut(count, "\n")
			t.Logf("%s: %s", fault, count)
		case !strings.Contains(string(out), "=== RUN"):
			t.Skipf("SKIPPED, NOTHING WAS PROVEN: strace does not work here: %v %s", err, out)
		default:
			t.Errorf("%s: %v\n%s", fault, err, out)
		}
	}
}

// failCommits lets each of the calls of some transactions fail, and besides those that take back the
// ones that failed last.
func failCommits(t *testing.T) {
	var all tally
	fail := func(name string, calls map[string]int) {
		t.Run(name, func(t *testing.T) {
			runtime.LockOSThread() // which ends with the goroutine
			failCommit(t, newFaults(t), calls, &all)
		})
	}
	for n := 1; n <= 9; n++ {
		fail(fmt.Sprint("write ", n), map[string]int{"pwrite64": n})
	}
	for n := 1; n <= 6; n++ {
		fail(fmt.Sprint("sync ", n), map[string]int{"fdatasync": n})
		fail(fmt.Sprint("sync again ", n), map[string]int{"fdatasync": n, "fsync": 1})
	}
	for n := 1; n <= 9; n++ {
		fail(fmt.Sprint("sync and write ", n), map[string]int{"fdatasync": 2, "pwrite64": n})
	}
	t.Logf("COUNTED calls failed %d, transactions stored %d, refused %d, of these there 0; read meanwhile %d times",
		all.calls, all.stored, all.refused, all.reads)
}

type tally struct{ calls, stored, refused, reads int }

// watch reads until it is told to stop, and says which orders it has seen.
func watch(s *store.Store) (stop func() (seen map[string]bool, reads int)) {
	seen, reads := map[string]bool{}, 0
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for ; ; reads++ {
			select {
			case <-end:
				return
			default:
			}
			var ids []string
			err := s.View(func(tx terminal.Tx) error {
				return tx.EachOrder(func(o order.Order) error { ids = append(ids, o.ID); return nil })
			})
			if err == nil { // the disk may not let go of what must not be read
				for _, id := range ids {
					seen[id] = true
				}
			}
		}
	}()
	return func() (map[string]bool, int) {
		close(end)
		<-ended
		return seen, reads
	}
}

func failCommit(t *testing.T, faults *faults, calls map[string]int, all *tally) {
	path := place(t)
	s, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { closeStore(t, s) }()
	if fault := s.Mend(); fault != terminal.DiskWorks {
		t.Fatalf("the disk is %s", fault)
	}
	var there []string
	check := func(when string, s *store.Store) {
		t.Helper()
		var read []string
		err := s.View(func(tx terminal.Tx) error {
			return tx.EachOrder(func(o order.Order) error { read = append(read, o.ID); return nil })
		})
		if err != nil || !slices.Equal(read, there) {
			t.Fatalf("%s: %v are there, and it was said of %v: %v", when, read, there, err)
		}
	}
	var refused []string
	put := func(id string) (taken bool) {
		t.Helper()
		o := anOrder(id, order.Accepted)
		o.Note = strings.Repeat("x", 9000)
		err := s.Update(func(tx terminal.Tx) error { return tx.PutOrder(o) })
		_, disk := errors.AsType[*terminal.DiskError](err)
		switch {
		case err == nil:
			there = append(there, id)
			all.stored++
		case disk:
			refused = append(refused, id)
			all.refused++
		default:
			t.Fatal(err)
		}
		return err == nil
	}
	put("before")
	stop := watch(s)
	faults.never()
	for name, n := range calls {
		faults.in(n, name)
		all.calls++
	}
	for i := range 6 {
		put(fmt.Sprint("during ", i))
		check("meanwhile", s)
	}
	faults.never()
	seen, reads := stop()
	all.reads += reads
	if i := slices.IndexFunc(refused, func(id string) bool { return seen[id] }); i >= 0 {
		t.Errorf("%q was refused, and read meanwhile", refused[i])
	}
	for i := range 3 {
		if !put(fmt.Sprint("late ", i)) {
			t.Fatal("it fails for good")
		}
	}
	killed := filepath.Join(t.TempDir(), "killed.db")
	if err := aside.Copy(path, killed); err != nil {
		t.Fatal(err)
	}
	check("after a kill", open(t, killed))
	if fault := s.Mend(); fault != terminal.DiskWorks {
		t.Errorf("the disk is %s", fault)
	}
	check("at the end", s)
	closeStore(t, s)
	if orders, err := store.Inspect(path); err != nil || orders != len(there) {
		t.Errorf("%d orders of %d, %v", orders, len(there), err)
	}
	if s, err = store.Open(path); err != nil {
		t.Fatal(err)
	}
	check("after the next start", s)
}

// faults knows which call strace makes fail.
type faults struct {
	t    *testing.T
	file *os.File
}

func newFaults(t *testing.T) *faults {
	file, err := os.Create(filepath.Join(t.TempDir(), "nothing"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return &faults{t, file}
}

func (f *faults) call(name string) error {
	switch name {
	case "fdatasync":
		return syscall.Fdatasync(int(f.file.Fd()))
	case "fsync":
		return syscall.Fsync(int(f.file.Fd()))
	}
	_, err := syscall.Pwrite(int(f.file.Fd()), []byte("x"), 0)
	return err
}

// never lets no call fail for a while.
func (f *faults) never() {
	for _, name := range []string{"pwrite64", "fdatasync", "fsync"} {
		calls := 0
		for ; f.call(name) == nil; calls++ {
			if calls > faultStep {
				f.t.Fatalf("%s does not fail", name)
			}
		}
	}
}

// in lets the n-th call from now on fail.
func (f *faults) in(n int, name string) {
	for range faultStep - n {
		if err := f.call(name); err != nil {
			f.t.Fatalf("%s fails too early: %v", name, err)
		}
	}
}
