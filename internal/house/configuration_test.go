package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestConfigurationDocumented: docs/configuration.md describes each key of the TOML files.
func TestConfigurationDocumented(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root, "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile("toml:\"([a-z_]+)[^\"]*\"")
	found := 0
	for _, file := range []string{
		"hub/config.go", "hub/configmessages.go", "hub/configtls.go", "partner/deliverect/deliverect.go", "partner/doordash/doordash.go", "cmd/terminal/config.go",
	} {
		source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range key.FindAllSubmatch(source, -1) {
			found++
			name := string(match[1])
			if !strings.Contains(string(doc), "`"+name+"`") && !strings.Contains(string(doc), "["+name) && !strings.Contains(string(doc), "."+name) {
				t.Errorf("%s: the key %q is not in docs/configuration.md", file, name)
			}
		}
	}
	if found < 30 {
		t.Errorf("found only %d keys: has the configuration moved?", found)
	}
}
