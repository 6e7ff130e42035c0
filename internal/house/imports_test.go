package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../.." // the module's root, from this package's folder
	module = "comptoir"

	bbolt   = "go.etcd.io/bbolt"
	gorilla = "github.com/gorilla/websocket"
	fyne    = "fyne.io"
	rival   = "github.com/centrifugal" // what the benchmarks measure against
	nats    = "github.com/nats-io"
	dbus    = "github.com/godbus"
	std     = "std" // in a rule: the standard library
)

// Everywhere below, a name stands for itself and for what is under it
// ("net" is also net/http); with "=" before it, for itself alone.

// only lists all that a package may import.
var only = []struct {
	pkg  string
	from []string
}{
	{"comptoir/order", []string{std, "comptoir/order"}},
	{"comptoir/menu", []string{std, "comptoir/menu", "comptoir/order"}},
	{"comptoir/staff", []string{std, "golang.org/x/crypto/argon2"}},
	{"comptoir/sync/wire", []string{std, "comptoir/menu", "comptoir/order", "comptoir/shop"}},
}

// never lists what a package may not import.
var never = []struct {
	pkg  string
	what []string
}{
	{"comptoir/terminal", []string{fyne, bbolt, gorilla, nats, "net", "comptoir/store", "comptoir/sync", "comptoir/printer", "comptoir/alert", "comptoir/ui", "comptoir/hub", "comptoir/partner"}},
	{"comptoir/store", []string{"comptoir/sync", "comptoir/printer", "comptoir/alert", "comptoir/ui"}},
	{"comptoir/sync", []string{"comptoir/store", "comptoir/printer", "comptoir/alert", "comptoir/ui"}},
	{"comptoir/printer", []string{"comptoir/store", "comptoir/sync", "comptoir/alert", "comptoir/ui"}},
	{"comptoir/alert", []string{"comptoir/store", "comptoir/sync", "comptoir/printer", "comptoir/ui"}},
	{"comptoir/printer/escpos", []string{"comptoir"}},
	{"comptoir/doctor", []string{fyne, bbolt, gorilla, "comptoir/store", "=comptoir/sync", "comptoir/printer", "comptoir/ui", "comptoir/hub"}},
	{"comptoir/partner", []string{"comptoir/hub"}},
	{"comptoir/hub", []string{"comptoir/sandbox", "comptoir/terminal", "comptoir/ui"}},
	{"comptoir/ui/model", []string{fyne, "comptoir/store", "comptoir/sync", "comptoir/printer"}},
	{"comptoir/ui/search", []string{fyne, "comptoir/terminal"}},
	{"comptoir/assets", []string{fyne}},
	{"comptoir", []string{"comptoir/cmd"}},
}

// reserved lists the only users of a package.
var reserved = []struct {
	what string
	to   []string
}{
	{bbolt, []string{"comptoir/store", "comptoir/hub", "comptoir/bench"}},
	{gorilla, []string{"comptoir/sync", "comptoir/hub", "comptoir/bench"}},
	{fyne, []string{"comptoir/ui", "comptoir/cmd/terminal", "comptoir/cmd/storybook", "comptoir/bench/window"}},
	{nats, []string{"comptoir/hub"}},
	{dbus, []string{"comptoir/alert"}},
	{rival, []string{"comptoir/bench"}},
	{"=comptoir/sync", []string{"comptoir/cmd/terminal", "comptoir/bench"}},
}

// broken says which rules an import breaks. Tests may import anything but
// commands; a command's own folders may import each other.
func broken(pkg, imported string, inTest bool) []string {
	var out []string
	say := func(format string, args ...any) {
		out = append(out, pkg+" imports "+imported+": "+fmt.Sprintf(format, args...))
	}
	if inTest {
		if matches("comptoir/cmd", imported) && !sameCommand(pkg, imported) {
			say("commands are for nobody")
		}
		return out
	}
	for _, r := range only {
		if matches(r.pkg, pkg) && !matchesAny(r.from, imported) {
			say("%s may import only %s", r.pkg, strings.Join(r.from, ", "))
		}
	}
	for _, r := range never {
		if matches(r.pkg, pkg) && matchesAny(r.what, imported) && !sameCommand(pkg, imported) {
			say("%s may not import %s", r.pkg, strings.Join(r.what, ", "))
		}
	}
	for _, r := range reserved {
		if matches(r.what, imported) && !matchesAny(r.to, pkg) {
			say("only for %s", strings.Join(r.to, ", "))
		}
	}
	return out
}

func matches(rule, name string) bool {
	if rule == std { // a path of the standard library has no dot in its first part
		first, _, _ := strings.Cut(name, "/")
		return first != module && !strings.Contains(first, ".")
	}
	if exact, ok := strings.CutPrefix(rule, "="); ok {
		return name == exact
	}
	return name == rule || strings.HasPrefix(name, rule+"/")
}

func matchesAny(rules []string, name string) bool {
	return slices.ContainsFunc(rules, func(r string) bool { return matches(r, name) })
}

func sameCommand(a, b string) bool {
	pa, pb := strings.Split(a, "/"), strings.Split(b, "/")
	return len(pa) > 2 && len(pb) > 2 && pa[1] == "cmd" && slices.Equal(pa[:3], pb[:3])
}

func TestBroken(t *testing.T) {
	tests := []struct {
		pkg, imported string
		inTest, want  bool
	}{
		{pkg: "comptoir/order", imported: "time", want: false},
		{pkg: "comptoir/order", imported: "golang.org/x/text/currency", want: true},
		{pkg: "comptoir/order", imported: "comptoir/menu", want: true},
		{pkg: "comptoir/menu", imported: "comptoir/order", want: false},
		{pkg: "comptoir/menu", imported: "comptoir/store", want: true},
		{pkg: "comptoir/terminal", imported: "comptoir/order", want: false},
		{pkg: "comptoir/terminal", imported: "fyne.io/fyne/v2", want: true},
		{pkg: "comptoir/terminal", imported: bbolt, want: true},
		{pkg: "comptoir/terminal", imported: gorilla, want: true},
		{pkg: "comptoir/terminal", imported: "net/http", want: true},
		{pkg: "comptoir/terminal", imported: "comptoir/store", want: true},
		{pkg: "comptoir/store", imported: bbolt, want: false},
		{pkg: "comptoir/store", imported: "comptoir/sync/wire", want: true},
		{pkg: "comptoir/sync", imported: "comptoir/sync/wire", want: false},
		{pkg: "comptoir/sync", imported: "comptoir/printer", want: true},
		{pkg: "comptoir/printer", imported: "comptoir/printer/escpos", want: false},
		{pkg: "comptoir/printer", imported: "comptoir/ui/theme", want: true},
		{pkg: "comptoir/printer/escpos", imported: "comptoir/order", want: true},
		{pkg: "comptoir/printer/escpos", imported: "github.com/kenshaw/escpos", want: false},
		{pkg: "comptoir/sync/wire", imported: gorilla, want: true},
		{pkg: "comptoir/partner", imported: bbolt, want: true},
		{pkg: "comptoir/partner/deliverect", imported: "comptoir/hub", want: true},
		{pkg: "comptoir/hub", imported: "comptoir/partner/deliverect", want: false},
		{pkg: "comptoir/hub", imported: "comptoir/sync/wire", want: false},
		{pkg: "comptoir/hub", imported: "comptoir/sync", want: true},
		{pkg: "comptoir/hub", imported: nats + "/nats.go", want: false},
		{pkg: "comptoir/store", imported: nats + "/nats.go", want: true},
		{pkg: "comptoir/ui/touch", imported: "fyne.io/fyne/v2/widget", want: false},
		{pkg: "comptoir/cmd/terminal", imported: "comptoir/sync", want: false},
		{pkg: "comptoir/cmd/demo", imported: "fyne.io/fyne/v2", want: true},
		{pkg: "comptoir/hub", imported: "comptoir/cmd/hub", want: true},
		{pkg: "comptoir/cmd/demo", imported: "comptoir/cmd/demo/platform", want: false},
		{pkg: "comptoir/cmd/demo", imported: "comptoir/cmd/hub/x", want: true},
		{pkg: "comptoir/hub", imported: "comptoir/sync", inTest: true, want: false},
		{pkg: "comptoir/hub", imported: "comptoir/cmd/hub", inTest: true, want: true},
		{pkg: "comptoir/cmd/hub", imported: "comptoir/cmd/hub", inTest: true, want: false},
	}
	for _, tt := range tests {
		got := broken(tt.pkg, tt.imported, tt.inTest)
		if (len(got) > 0) != tt.want {
			t.Errorf("%s imports %s (in a test: %v): got %q, want broken = %v", tt.pkg, tt.imported, tt.inTest, got, tt.want)
		}
	}
}

// TestImports keeps who may import whom (ARCHITECTURE.md).
func TestImports(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, spec := range f.ast.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range broken(f.pkg, imported, f.test()) {
				t.Errorf("%s: %s", f.name, b)
			}
		}
	}
}

// TestPackageDocs wants one doc comment in each package, which begins with
// "Package x" or "Command x". A package of tests alone has it in a test file.
func TestPackageDocs(t *testing.T) {
	docs := map[string][]string{} // by package
	needs := map[string]string{}  // how it must begin
	onlyTests := map[string]bool{}
	files := goFiles(t)
	for _, f := range files {
		only, seen := onlyTests[f.pkg]
		onlyTests[f.pkg] = f.test() && (only || !seen)
	}
	for _, f := range files {
		if f.test() && !onlyTests[f.pkg] {
			continue
		}
		needs[f.pkg] = "Package " + strings.TrimSuffix(f.ast.Name.Name, "_test") + " "
		if f.ast.Name.Name == "main" {
			needs[f.pkg] = "Command " + path.Base(f.pkg) + " "
		}
		if f.ast.Doc != nil {
			docs[f.pkg] = append(docs[f.pkg], f.ast.Doc.Text())
		}
	}
	for pkg, need := range needs {
		if len(docs[pkg]) != 1 || !strings.HasPrefix(docs[pkg][0], need) {
			t.Errorf("%s: its package comments are %q, want one that begins %q", pkg, docs[pkg], need)
		}
	}
}

type goFile struct {
	name string // from the module's root
	pkg  string // import path
	ast  *ast.File
}

func (f goFile) test() bool { return strings.HasSuffix(f.name, "_test.go") }

// goFiles parses the imports and comments of every Go file of this tree,
// whatever its build tags: go list would see only those of this platform.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && skipped(name) {
				return filepath.SkipDir
			}
			return nil
		}
		if path.Ext(rel) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		files = append(files, goFile{rel, path.Join(module, path.Dir(rel)), file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// skipped says whether the go command, too, passes a folder by. Modules below this one are not:
// the rules hold for bench as well.
func skipped(dir string) bool {
	base := filepath.Base(dir)
	return base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")
}
