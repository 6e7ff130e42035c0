package torture

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"comptoir/internal/faultproxy"
)

// keep has a program copy its own file, or put the copy back, by its command.
func (p *process) keep(t *testing.T, command, file string) string {
	t.Helper()
	said, err := exec.Command(p.args[0], command, "--data", p.dataDir(), file).CombinedOutput()
	if err != nil {
		t.Fatalf("%s of %s: %v\n%s", command, p.name, err, said)
	}
	return string(said)
}

// A terminal's backup is made while it works and put back later, over the file in use, on a new
// machine, or when the hub goes back as well: no order, no ticket and no tap is lost, and a ticket
// that comes again says so.
func TestTerminalRestored(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(l *linked, backup string){
		"over the file in use": func(l *linked, backup string) {
			l.set(faultproxy.Fault{Kind: faultproxy.Refuse})
			l.sells("C-1") // which only the backup has, and the file in use
			l.till.keep(l.t, "backup", backup)
			l.sells("C-2") // which only the file in use has
			l.outside("B", 3)
			if _, err := l.till.terminate(); err != nil {
				l.t.Fatal(err)
			}
			if said := l.till.keep(l.t, "restore", backup); !strings.Contains(said, ".aside-") {
				l.t.Errorf("it says %q", said)
			}
		},
		"on a new machine": func(l *linked, backup string) {
			l.till.keep(l.t, "backup", backup)
			l.outside("B", 3)
			l.sells("C-1")
			l.comesLevel(patience)
			l.till.kill()
			l.loses()
			l.till.keep(l.t, "restore", backup)
		},
		"with the hub": func(l *linked, backup string) {
			l.hub.keep(l.t, "backup", backup+".hub")
			l.outside("B", 3)
			l.sells("C-1")
			l.comesLevel(patience)
			l.till.keep(l.t, "backup", backup)
			l.until(patience, "the platforms have heard of their orders", l.platformsHeard)
			l.till.kill()
			l.loses()
			l.till.keep(l.t, "restore", backup)
			l.hub.kill()
			l.hub.keep(l.t, "restore", backup+".hub")
			l.start(l.hub)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLinked(t)
			l.outside("A", 3)
			l.sells("C-0")
			l.comesLevel(patience)
			do(l, filepath.Join(t.TempDir(), "backup.db"))
			l.set(faultproxy.Fault{})
			l.startOnline(l.till)
			l.comesLevel(patience)
			l.sells("C-9")
			l.outside("C", 2)
			c := l.verifyFiles()
			t.Log(c.counts())
		})
	}
}

// loses is the end of the terminal's disk.
func (l *linked) loses() {
	l.t.Helper()
	if err := os.RemoveAll(l.till.dataDir()); err != nil {
		l.t.Fatal(err)
	}
}
