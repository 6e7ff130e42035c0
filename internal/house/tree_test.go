package house

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeCommands: the README names the commands a newcomer needs.
func TestReadmeCommands(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no README.md yet")
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"make run", "make test", "make bench"} {
		if !bytes.Contains(readme, []byte(command)) {
			t.Errorf("README.md does not name %q", command)
		}
	}
}

// ownPath matches a path of one developer's machine, not the middle of a
// longer path or of an address.
var ownPath = regexp.MustCompile(`(^|[^\w./~})-])/(work|root)/`)

func TestOwnPath(t *testing.T) {
	for text, want := range map[string]bool{
		"/wo" + "rk/main":             true,
		"see /ro" + "ot/go":           true,
		`"/wo` + `rk/x"`:              true,
		"https://example.com/work/x":  false,
		"internal/work/x, $DIR/root/": false,
	} {
		if got := ownPath.MatchString(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

// TestNoOwnPaths: no text file of the tree names a path of one machine.
func TestNoOwnPaths(t *testing.T) {
	// With what is not added yet, so that it fails before the commit.
	git := exec.Command("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	git.Dir = root
	list, err := git.Output()
	if err != nil {
		t.Skip("not a git work tree: ", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if errors.Is(err, fs.ErrNotExist) { // deleted, and not committed yet
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(text, 0) >= 0 { // not text
			continue
		}
		for i, line := range strings.Split(string(text), "\n") {
			if ownPath.MatchString(line) {
				t.Errorf("%s:%d names a path of one machine: %s", name, i+1, line)
			}
		}
	}
}
