package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"comptoir/order"
	"comptoir/store"
	"comptoir/terminal"
)

// On a full disk reads go on, the reserve carries some writes more, what was taken before stays, and
// with room again everything goes on.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=12m"); err != nil {
		t.Skipf("no small file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	s, err := store.Open(filepath.Join(dir, "terminal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	if fault := s.Mend(); fault != terminal.DiskWorks {
		t.Fatalf("an empty disk is %s", fault)
	}
	// somebody else takes the room
	hog := filepath.Join(dir, "hog")
	file, err := os.Create(hog)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	_ = file.Close()
	stored, afterReserve := 0, 0
	var refused *terminal.DiskError
	for refused == nil {
		o := anOrder(fmt.Sprint("o", stored), order.Accepted)
		o.Note = strings.Repeat("x", 8000)
		err := s.Update(func(tx terminal.Tx) error { return tx.PutOrder(o) })
		switch {
		case errors.As(err, &refused):
		case err != nil:
			t.Fatal(err)
		default:
			if stored++; s.Disk() == terminal.DiskFull {
				afterReserve++
			}
		}
	}
	if refused.Fault != terminal.DiskFull || s.Disk() != terminal.DiskFull || s.Mend() != terminal.DiskFull || afterReserve < 100 {
		t.Errorf("refused as %s after %d in the reserve, the disk is %q", refused.Fault, afterReserve, s.Disk())
	}
	count := func() (n int) {
		view(t, s, func(tx terminal.Tx) error {
			return tx.EachActiveOrder(func(order.Order) error { n++; return nil })
		})
		return n
	}
	if n := count(); n != stored {
		t.Errorf("%d orders of %d can be read", n, stored)
	}
	if err := os.Remove(hog); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx terminal.Tx) error { return tx.PutOrder(anOrder("after", order.Accepted)) })
	if fault := s.Mend(); fault != terminal.DiskWorks {
		t.Errorf("with room again it is %s", fault)
	}
	if n := count(); n != stored+1 {
		t.Errorf("%d orders of %d can be read", n, stored+1)
	}
	t.Logf("%d stored, %d of them with the reserve; 0 lost", stored, afterReserve)
}
