package house

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"comptoir/internal/version"
)

// logMethods are slog's, with the place of the message among their arguments.
var logMethods = map[string]int{"Debug": 0, "Info": 0, "Warn": 0, "Error": 0, "DebugContext": 1, "InfoContext": 1, "WarnContext": 1, "ErrorContext": 1}

// TestLogMessagesAreConstant: a crash report of the terminal holds the messages of the last log lines and none of
// their values, so a message may hold none itself.
func TestLogMessagesAreConstant(t *testing.T) {
	found := 0
	for _, f := range goFiles(t) {
		if f.test() || strings.HasPrefix(f.name, "hub/") { // the hub makes no such report
			continue
		}
		whole, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, f.name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(whole, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is {
				return true
			}
			method, is := call.Fun.(*ast.SelectorExpr)
			if !is || !isLogger(method.X) {
				return true
			}
			place, is := logMethods[method.Sel.Name]
			if !is || len(call.Args) <= place {
				return true
			}
			found++
			if text, is := call.Args[place].(*ast.BasicLit); !is || text.Kind != token.STRING {
				t.Errorf("%s: the message of a call of %s is no constant", f.name, method.Sel.Name)
			}
			return true
		})
	}
	if found < 20 {
		t.Errorf("found only %d calls of a logger: are they called otherwise now?", found)
	}
}

// isLogger tells a logger by its name, as this tree names them.
func isLogger(x ast.Expr) bool {
	name := ""
	switch x := x.(type) {
	case *ast.Ident:
		name = x.Name
	case *ast.SelectorExpr:
		name = x.Sel.Name
	}
	return slices.Contains([]string{"log", "slog", "logger"}, strings.ToLower(name))
}

func TestVersion(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "FyneApp.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte("Version = \""+version.Comptoir+"\"")) {
		t.Errorf("FyneApp.toml has another version than %s", version.Comptoir)
	}
}
