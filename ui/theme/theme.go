// Package theme holds the look of the terminal: colours by meaning, type
// roles, sizes and icons, in light, dark and high contrast.
//
// Nothing here is global: widgets get a *Palette, which knows the mode of the
// moment and hands out colours, icons and shadows.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// stock makes Fyne's own widgets look like ours and big enough for a finger.
type stock struct {
	mode Mode
	base fyne.Theme
}

var _ fyne.Theme = stock{}

// New returns the Fyne theme of a mode, for app.Settings().SetTheme. Our own
// widgets take their colours from a Palette.
func New(mode Mode) fyne.Theme {
	return stock{mode: mode, base: fynetheme.DefaultTheme()}
}

// Wear gives an app the theme of a mode. Fyne reads its fonts anew for each theme that is set, also
// for the one that is there.
func Wear(app fyne.App, mode Mode) {
	if wanted := New(mode); app.Settings().Theme() != wanted {
		app.Settings().SetTheme(wanted)
	}
}

func (s stock) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if token, ok := stockToken(name); ok {
		return Color(s.mode, token)
	}
	switch name {
	case fynetheme.ColorNameHover, fynetheme.ColorNamePressed:
		// Fyne lays these over the fill.
		ink := Color(s.mode, Ink)
		ink.A = pressedAlpha
		return ink
	case fynetheme.ColorNameShadow:
		return Shadow(s.mode, SheetShadow).Color
	}
	return s.base.Color(name, variant)
}

func stockToken(name fyne.ThemeColorName) (Token, bool) {
	switch name {
	case fynetheme.ColorNameBackground, fynetheme.ColorNameHeaderBackground:
		return Bg, true
	case fynetheme.ColorNameButton, fynetheme.ColorNameInputBackground,
		fynetheme.ColorNameMenuBackground, fynetheme.ColorNameOverlayBackground:
		return Surface, true
	case fynetheme.ColorNameDisabledButton, fynetheme.ColorNameScrollBarBackground:
		return Sunk, true
	case fynetheme.ColorNameDisabled:
		return Dis, true
	case fynetheme.ColorNameForeground:
		return Ink, true
	case fynetheme.ColorNamePlaceHolder:
		return Ink2, true
	case fynetheme.ColorNamePrimary, fynetheme.ColorNameHyperlink, fynetheme.ColorNameFocus:
		return Acc, true
	case fynetheme.ColorNameForegroundOnPrimary:
		return OnAcc, true
	case fynetheme.ColorNameSelection:
		return AccSoft, true
	case fynetheme.ColorNameError:
		return Late, true
	case fynetheme.ColorNameForegroundOnError:
		return OnLate, true
	case fynetheme.ColorNameSuccess:
		return Ok, true
	case fynetheme.ColorNameForegroundOnSuccess:
		return OkSoft, true
	case fynetheme.ColorNameWarning:
		return Warn, true
	case fynetheme.ColorNameForegroundOnWarning:
		return WarnSoft, true
	case fynetheme.ColorNameInputBorder, fynetheme.ColorNameScrollBar:
		return LineStrong, true
	case fynetheme.ColorNameSeparator, fynetheme.ColorNameInnerWindowBorder,
		fynetheme.ColorNameInnerWindowBorderInactive:
		return Line, true
	}
	return None, false
}

func (s stock) Font(style fyne.TextStyle) fyne.Resource { return s.base.Font(style) }

func (s stock) Icon(name fyne.ThemeIconName) fyne.Resource { return s.base.Icon(name) }

// Size: 18 of text in 16 of padding, or an icon of 28, make every stock widget
// at least 56 high.
func (s stock) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNameText:
		return ButtonLabel.Size()
	case fynetheme.SizeNameCaptionText:
		return Body.Size()
	case fynetheme.SizeNameSubHeadingText:
		return PanelTitle.Size()
	case fynetheme.SizeNameHeadingText:
		return PageTitle.Size()
	case fynetheme.SizeNameInnerPadding:
		return 16
	case fynetheme.SizeNamePadding:
		return 8
	case fynetheme.SizeNameInlineIcon:
		return 28
	case fynetheme.SizeNameScrollBar:
		return 16
	case fynetheme.SizeNameScrollBarSmall:
		return 8
	case fynetheme.SizeNameInputRadius, fynetheme.SizeNameButtonRadius, fynetheme.SizeNameMenuRadius:
		return RadiusControl
	case fynetheme.SizeNameSelectionRadius, fynetheme.SizeNameScrollBarRadius:
		return RadiusBadge
	case fynetheme.SizeNameCardRadius, fynetheme.SizeNamePopupRadius:
		return RadiusCard
	case fynetheme.SizeNameDialogRadius:
		return RadiusSheet
	case fynetheme.SizeNameInputBorder, fynetheme.SizeNameSeparatorThickness:
		return LineWidth(s.mode)
	case fynetheme.SizeNameModalBlurRadius:
		return 0
	}
	return s.base.Size(name)
}
