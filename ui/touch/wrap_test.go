package touch_test

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

func TestWrapBreaksAtDots(t *testing.T) {
	test.NewTempApp(t)
	role := theme.Body
	tests := []struct {
		name, words string
		width       float32
		want        []string
	}{
		{"fits", "Livraison · 3 articles", 400, []string{"Livraison · 3 articles"}},
		{"a part stays whole", "Livraison · promise pour midi · 3 articles", role.Measure("Livraison · promise pour"), []string{"Livraison", "promise pour midi", "3 articles"}},
		{"a long part goes on", "3 alertes · la sonnerie se répète sans fin", role.Measure("3 alertes · la sonnerie"), []string{"3 alertes · la sonnerie", "se répète sans fin"}},
		{"no word alone at the end", "arachides noix et sésame", role.Measure("arachides noix et"), []string{"arachides noix", "et sésame"}},
		{"newlines", "un\ndeux", 400, []string{"un", "deux"}},
		{"nothing", "", 400, []string{""}},
	}
	for _, tt := range tests {
		if got := touch.Wrap(tt.words, role, tt.width); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Whatever the words and the width: lines fit, nothing is lost, and no line begins or ends with
// a lone dot.
func TestWrapKeepsEverything(t *testing.T) {
	test.NewTempApp(t)
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[a-zé]{1,12}( [a-zé]{1,12}){0,5}`), 1, 6).Draw(t, "parts")
		width := rapid.Float32Range(60, 500).Draw(t, "width")
		words := strings.Join(parts, touch.Dot)
		lines := touch.Wrap(words, theme.Body, width)
		for _, l := range lines {
			if theme.Body.Measure(l) > width || strings.HasPrefix(l, "·") || strings.HasSuffix(l, "·") || strings.TrimSpace(l) != l || l == "" {
				t.Errorf("line %q of %q in %g", l, words, width)
			}
		}
		letters := strings.NewReplacer(" ", "", "·", "")
		if got := letters.Replace(strings.Join(lines, "")); got != letters.Replace(words) {
			t.Errorf("%q became %q", words, lines)
		}
	})
}
