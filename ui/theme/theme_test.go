package theme_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"comptoir/assets"
	"comptoir/ui/theme"
)

var modes = map[string]theme.Mode{
	"light": theme.Light, "dark": theme.Dark, "high contrast": theme.HighContrast,
}

// luminance is WCAG's relative luminance.
func luminance(c color.NRGBA) float64 {
	linear := func(value uint8) float64 {
		v := float64(value) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	high, low := luminance(a), luminance(b)
	if low > high {
		high, low = low, high
	}
	return (high + 0.05) / (low + 0.05)
}

func TestTextCanBeRead(t *testing.T) {
	pairs := []struct {
		text  theme.Token
		under []theme.Token
	}{
		{theme.Ink, []theme.Token{theme.Bg, theme.Surface, theme.Sunk, theme.AccSoft, theme.LateSoft, theme.WarnSoft, theme.OkSoft}},
		{theme.Ink2, []theme.Token{theme.Bg, theme.Surface, theme.Sunk}},
		{theme.Dis, []theme.Token{theme.Bg, theme.Surface, theme.Sunk}},
		{theme.SegInk, []theme.Token{theme.SegOn}},
		{theme.OnAcc, []theme.Token{theme.Acc}},
		{theme.AccInk, []theme.Token{theme.AccSoft}},
		{theme.OnLate, []theme.Token{theme.Late}},
		{theme.LateInk, []theme.Token{theme.Bg, theme.Surface, theme.LateSoft}},
		{theme.Ok, []theme.Token{theme.Bg, theme.Surface, theme.OkSoft}},
		{theme.Warn, []theme.Token{theme.Bg, theme.Surface, theme.WarnSoft}},
		{theme.OnInv, []theme.Token{theme.Inv}},
		{theme.PaperInk, []theme.Token{theme.Paper}},
	}
	for name, mode := range modes {
		for _, pair := range pairs {
			for _, under := range pair.under {
				got := contrast(theme.Color(mode, pair.text), theme.Color(mode, under))
				if got < 4.5 {
					t.Errorf("%s: text %d on %d has a contrast of %.2f", name, pair.text, under, got)
				}
			}
		}
	}
}

// The text of a button is also read while a finger is on it.
func TestTextCanBeReadWhenPressed(t *testing.T) {
	pairs := map[theme.Token]theme.Token{
		theme.Acc: theme.OnAcc, theme.AccSoft: theme.AccInk, theme.Surface: theme.Ink,
	}
	for name, mode := range modes {
		for fill, text := range pairs {
			if got := contrast(theme.Color(mode, text), theme.Pressed(mode, fill)); got < 4.5 {
				t.Errorf("%s: text %d on pressed %d has a contrast of %.2f", name, text, fill, got)
			}
			if mode == theme.HighContrast && fill == theme.Acc {
				continue // nearly black already
			}
			if theme.Pressed(mode, fill) == theme.Color(mode, fill) {
				t.Errorf("%s: fill %d does not change under a finger", name, fill)
			}
		}
	}
}

func TestBordersOfPressablesCanBeSeen(t *testing.T) {
	for name, mode := range modes {
		for _, border := range []theme.Token{theme.LineStrong, theme.Acc} {
			for _, under := range []theme.Token{theme.Bg, theme.Surface} {
				if got := contrast(theme.Color(mode, border), theme.Color(mode, under)); got < 3 {
					t.Errorf("%s: border %d on %d has a contrast of %.2f", name, border, under, got)
				}
			}
		}
	}
}

func TestLatenessShowsWithoutColour(t *testing.T) {
	for name, mode := range modes {
		if got := contrast(theme.Color(mode, theme.Late), theme.Color(mode, theme.OkSoft)); got < 3 {
			t.Errorf("%s: late and ok badges differ by %.2f in grey", name, got)
		}
	}
}

func TestSoftFillsHaveBordersInHighContrast(t *testing.T) {
	for _, fill := range []theme.Token{theme.AccSoft, theme.LateSoft, theme.OkSoft, theme.WarnSoft, theme.Sunk} {
		border := theme.SoftBorder(theme.HighContrast, fill)
		if got := contrast(theme.Color(theme.HighContrast, border), theme.Color(theme.HighContrast, theme.Surface)); got < 3 {
			t.Errorf("fill %d: border %d has a contrast of %.2f", fill, border, got)
		}
		if theme.SoftBorder(theme.Light, fill) != theme.None {
			t.Errorf("fill %d has a border in light", fill)
		}
	}
}

func TestUnknownTokensAreTransparent(t *testing.T) {
	for _, token := range []theme.Token{-1, theme.None, 1000} {
		if got := theme.Color(theme.Light, token); got != (color.NRGBA{}) {
			t.Errorf("token %d is %v", token, got)
		}
	}
}

func TestStockThemeIsComplete(t *testing.T) {
	test.NewTempApp(t)
	for _, mode := range modes {
		test.AssertAllColorNamesDefined(t, theme.New(mode), "comptoir")
	}
}

func TestStockWidgetsFitAFinger(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	widgets := map[string]fyne.CanvasObject{
		"button": widget.NewButton("a", nil),
		"entry":  widget.NewEntry(),
		"check":  widget.NewCheck("a", nil),
		"select": widget.NewSelect([]string{"a"}, nil),
		"radio":  widget.NewRadioGroup([]string{"a"}, nil),
		"tabs":   container.NewAppTabs(container.NewTabItem("a", widget.NewLabel(""))),
	}
	for name, object := range widgets {
		if got := object.MinSize().Height; got < theme.MinTouch {
			t.Errorf("%s is %g high", name, got)
		}
	}
}

func TestIcons(t *testing.T) {
	palette := theme.NewPalette(theme.Light)
	ink := palette.Icon("bag", 24, theme.Ink)
	if palette.Icon("bag", 24, theme.Ink) != ink {
		t.Error("an icon is made twice")
	}
	palette.SetMode(theme.Dark)
	dark := palette.Icon("bag", 24, theme.Ink)
	small := palette.Icon("bag", 16, theme.Ink)
	palette.SetScale(2)
	sharp := palette.Icon("bag", 16, theme.Ink)
	names := map[string]bool{}
	for _, icon := range []fyne.Resource{ink, dark, small, sharp} {
		names[icon.Name()] = true
	}
	if len(names) != 4 {
		t.Errorf("Fyne would mix up %v", names)
	}
	if string(palette.Icon("none", 24, theme.Ink).Content()) == "" {
		t.Error("an unknown icon is not a picture")
	}
	if got := len(assets.IconNames()); got != 54 {
		t.Errorf("%d icons", got)
	}
}

func TestRolesAreBigEnough(t *testing.T) {
	for role := theme.Body; role <= theme.AlarmNumber; role++ {
		if role.Size() < 16 || role.LineHeight() < role.Size()*1.2 {
			t.Errorf("role %d: %g in %g", role, role.Size(), role.LineHeight())
		}
	}
}
