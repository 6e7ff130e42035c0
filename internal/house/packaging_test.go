package house

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"comptoir/internal/supervise"
)

func packaged(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "packaging", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestUnits: systemd understands the units, but for what it is too old for and passes over.
func TestUnits(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze here, so nobody has checked the units: ", err)
	}
	program := regexp.MustCompile(`/usr/bin/\S+`) // what is not installed here would be a mistake
	tooNew := regexp.MustCompile(`Unknown key '(RestartSteps|RestartMaxDelaySec)'`)
	for name, manager := range map[string]string{"comptoir-terminal.service": "--user", "comptoir-hub.service": "--system"} {
		unit := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(unit, []byte(program.ReplaceAllString(packaged(t, name), "/bin/true")), 0o600); err != nil {
			t.Fatal(err)
		}
		verify := exec.Command(analyze, "verify", "--man=no", manager, unit)
		verify.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+t.TempDir())
		out, err := verify.CombinedOutput()
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, name) && !tooNew.MatchString(line) {
				t.Errorf("%s: %s", name, line)
			}
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestUnitsFit: the units say what the commands understand.
func TestUnitsFit(t *testing.T) {
	unit := packaged(t, "comptoir-terminal.service")
	for _, key := range []string{"RestartPreventExitStatus", "SuccessExitStatus"} {
		if want := fmt.Sprintf("\n%s=%d\n", key, supervise.ExitLeft); !strings.Contains(unit, want) {
			t.Errorf("the terminal's unit lacks %s", strings.TrimSpace(want))
		}
	}
	option := regexp.MustCompile(` --([a-z]+)`)
	for name, folder := range map[string]string{"comptoir-terminal.service": "cmd/terminal", "comptoir-hub.service": "cmd/hub", "comptoir.desktop": "cmd/terminal"} {
		sources, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(folder), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		var code strings.Builder
		for _, source := range sources {
			text, err := os.ReadFile(source)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(text)
		}
		found := 0
		for line := range strings.Lines(packaged(t, name)) {
			if !strings.HasPrefix(line, "Exec") || strings.HasPrefix(line, "ExecStartPre") {
				continue
			}
			for _, match := range option.FindAllStringSubmatch(line, -1) {
				found++
				if !strings.Contains(code.String(), fmt.Sprintf("%q", match[1])) {
					t.Errorf("%s: the command does not know --%s", name, match[1])
				}
			}
		}
		if found == 0 {
			t.Errorf("%s starts nothing", name)
		}
	}
}
