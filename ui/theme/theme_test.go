package theme_test

import (
	"image"
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
	pairs := []struct {
		fill  theme.Token
		texts []theme.Token
	}{
		{theme.Acc, []theme.Token{theme.OnAcc}},
		{theme.AccSoft, []theme.Token{theme.AccInk}},
		// buttons, cards and tabs
		{theme.Surface, []theme.Token{theme.Ink, theme.Ink2, theme.LateInk}},
		{theme.Sunk, []theme.Token{theme.Ink}}, // the sign that there is more, and what is locked
		{theme.Inv, []theme.Token{theme.OnInv}},
		{theme.None, []theme.Token{theme.Ink2}}, // items of the rail
	}
	for name, mode := range modes {
		for _, pair := range pairs {
			pressed := theme.Pressed(mode, pair.fill)
			for _, text := range pair.texts {
				if got := contrast(theme.Color(mode, text), over(pressed, theme.Color(mode, theme.Surface))); got < 4.5 {
					t.Errorf("%s: text %d on pressed %d has a contrast of %.2f", name, text, pair.fill, got)
				}
			}
			if mode == theme.HighContrast && pair.fill == theme.Acc {
				continue // nearly black already
			}
			if pressed == theme.Color(mode, pair.fill) {
				t.Errorf("%s: fill %d does not change under a finger", name, pair.fill)
			}
		}
	}
}

// over lays a colour on an opaque one.
func over(top, under color.NRGBA) color.NRGBA {
	mix := func(a, b uint8) uint8 {
		return uint8((int(a)*int(top.A) + int(b)*(255-int(top.A))) / 255)
	}
	return color.NRGBA{R: mix(top.R, under.R), G: mix(top.G, under.G), B: mix(top.B, under.B), A: 255}
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
	if palette.Icon("bag", 24, theme.Ink) == ink || palette.Icon("bag", 16, theme.Ink) == palette.Icon("bag", 24, theme.Ink) {
		t.Error("modes or sizes are mixed up")
	}
	if got := palette.Icon("none", 24, theme.Ink); covered(got) != 0 {
		t.Error("an unknown icon is not empty")
	}
	for _, name := range assets.IconNames() {
		if covered(palette.Icon(name, 24, theme.Ink)) == 0 {
			t.Errorf("%s draws nothing", name)
		}
	}
}

// The stroke of a plain line is as wide as its size asks for: 2 of 24, and never thinner than
// 1.75, in the two pixels that each unit has.
func TestIconsHaveWholeStrokes(t *testing.T) {
	for size, want := range map[float32]float64{16: 1.75, 18: 1.75, 24: 2, 32: 32.0 / 12, 40: 40.0 / 12} {
		picture := theme.NewPalette(theme.Light).Icon("minus", size, theme.Ink)
		if got := float32(picture.Bounds().Dx()); got != 2*size {
			t.Fatalf("size %g has %g pixels", size, got)
		}
		middle, stroke := picture.Bounds().Dx()/2, 0.0
		for y := range picture.Bounds().Dy() {
			stroke += float64(picture.RGBAAt(middle, y).A) / 255 / 2
		}
		if math.Abs(stroke-want) > 0.05 {
			t.Errorf("size %g: the stroke is %.2f wide, want %.2f", size, stroke, want)
		}
	}
}

// covered counts the pixels that are drawn.
func covered(picture *image.RGBA) int {
	count := 0
	for i := 3; i < len(picture.Pix); i += 4 {
		if picture.Pix[i] > 0 {
			count++
		}
	}
	return count
}

func TestRolesAreBigEnough(t *testing.T) {
	for role := theme.Body; role <= theme.AlarmNumber; role++ {
		if role.Size() < 16 || role.LineHeight() < role.Size()*1.2 {
			t.Errorf("role %d: %g in %g", role, role.Size(), role.LineHeight())
		}
	}
}

func TestAtMostIsNeverTooNarrow(t *testing.T) {
	test.NewTempApp(t)
	palette := theme.NewPalette(theme.Light)
	for _, words := range []string{"", "Élodie Gagnon", "AVAToYeW.", "fi ffl ¼ « œuf » 12 h 20", "Łukasz Żółć", "سلمى العلوي", "山田太郎", "a\u0301b"} {
		for _, role := range []theme.Role{theme.Body, theme.CustomerName, theme.AlarmNumber} {
			exact, most := role.Measure(words), palette.AtMost(role, words)
			if most < exact || most > exact*1.1+4 {
				t.Errorf("%q: at most %.1f, measured %.1f", words, most, exact)
			}
		}
	}
}
