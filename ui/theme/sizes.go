package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Role is what a text is for; it decides its size, line height and weight.
type Role int

// The roles of text.
const (
	Body         Role = iota // 16, also badges, rail labels, tab states
	BodyBold                 // 16 bold
	ItemText                 // 18: prices beside bold items
	ButtonLabel              // 18 bold: buttons, promised time, items
	CustomerName             // 20: on a card
	PanelTitle               // 20 bold: panels, monograms
	PrimaryLabel             // 20 bold: primary button
	StepperText              // 22 bold
	PageTitle                // 24 bold: pages and sheets
	CardNumber               // 28 bold: also the clock
	DetailNumber             // 32 bold: also totals
	AlarmNumber              // 36 bold
	roleCount
)

type roleSpec struct {
	size, line float32
	bold       bool
}

var roles = [roleCount]roleSpec{
	Body:         {16, 24, false},
	BodyBold:     {16, 24, true},
	ItemText:     {18, 24, false},
	ButtonLabel:  {18, 24, true},
	CustomerName: {20, 28, false},
	PanelTitle:   {20, 28, true},
	PrimaryLabel: {20, 28, true},
	StepperText:  {22, 32, true},
	PageTitle:    {24, 32, true},
	CardNumber:   {28, 34, true},
	DetailNumber: {32, 40, true},
	AlarmNumber:  {36, 44, true},
}

func (r Role) spec() roleSpec {
	if r < 0 || r >= roleCount {
		return roles[Body]
	}
	return roles[r]
}

// Size is the text size.
func (r Role) Size() float32 { return r.spec().size }

// LineHeight is the height a line of the role takes.
func (r Role) LineHeight() float32 { return r.spec().line }

// Bold tells whether the role is written in bold.
func (r Role) Bold() bool { return r.spec().bold }

// Style is the role's style in Fyne's terms.
func (r Role) Style() fyne.TextStyle { return fyne.TextStyle{Bold: r.Bold()} }

// Measure returns the width of a text in the role.
func (r Role) Measure(text string) float32 {
	return fyne.MeasureText(text, r.Size(), r.Style()).Width
}

// Spacing and sizes at scale 1.
const (
	Grid         = 8
	HalfStep     = 4
	Margin       = 24 // of the window; MarginNarrow below 1200 wide
	MarginNarrow = 12
	PanelGap     = 16
	CardGap      = 8
	Padding      = 16
	PaddingWide  = 24

	RadiusSheet   = 24
	RadiusCard    = 16 // also panels and tiles of the menu
	RadiusControl = 12 // buttons, tabs, fields, monograms
	RadiusBadge   = 8  // also segments and allergy blocks

	MinTouch      = 56 // least side of what can be pressed
	PrimaryHeight = 72
	AlarmHeight   = 88
	BadgeHeight   = 32
	PillHeight    = 24
	PillMinWidth  = 26
	MonogramSize  = 56
	SwitchRow     = 72
	FocusWidth    = 3
	ChosenBorder  = 3

	RailWidth       = 120 // 112 in Inter: Noto Sans bold is wider
	RailNarrow      = 88
	CardHeight      = 104
	CardAction      = 168
	DetailsWidth    = 400
	WideLayout      = 1200 // least width for three columns
	NarrowLayout    = 800  // below: one column and a bottom bar
	LowLayout       = 560  // below this height: smaller rail items, no page bar
	SheetFillsBelow = 1000
)

// ShadowKind is one of the two shadows there are.
type ShadowKind int

// The shadows.
const (
	NoShadow    ShadowKind = iota
	CardShadow             // cards and panels
	SheetShadow            // sheets and alarms
	PartShadow             // the chosen segment
)

// Shadow returns the shadow of a mode; high contrast has none.
func Shadow(mode Mode, kind ShadowKind) canvas.Shadow {
	black := func(light, dark uint8) color.Color {
		if mode == Dark {
			return color.NRGBA{A: dark}
		}
		return color.NRGBA{A: light}
	}
	if mode == HighContrast {
		return canvas.Shadow{Color: color.NRGBA{}}
	}
	switch kind {
	case CardShadow: // 7 %, 35 %
		return canvas.Shadow{Color: black(18, 89), BlurRadius: 8, Offset: fyne.NewPos(0, 2)}
	case SheetShadow: // 28 %, 60 %
		return canvas.Shadow{Color: black(71, 153), BlurRadius: 32, Offset: fyne.NewPos(0, 8)}
	case PartShadow: // 14 %
		return canvas.Shadow{Color: black(36, 36), BlurRadius: 3, Offset: fyne.NewPos(0, 1)}
	}
	return canvas.Shadow{Color: color.NRGBA{}}
}
