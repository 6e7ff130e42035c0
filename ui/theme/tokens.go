package theme

import "image/color"

// Mode is how the terminal looks: by day, in the dark, or for weak eyes.
type Mode int

// The modes.
const (
	Light Mode = iota
	Dark
	HighContrast
	modeCount
)

// Token is a colour by what it means.
type Token int

// The tokens, in the order of ui.md.
const (
	None       Token = iota // nothing is drawn
	Bg                      // window
	Surface                 // cards, rail, sheets, fields
	Sunk                    // tiles, segment track, disabled fill
	SegOn                   // chosen segment
	SegInk                  // text on the chosen segment
	Line                    // card border, separators
	LineStrong              // border of what can be pressed
	Ink                     // text
	Ink2                    // secondary text
	Dis                     // text of what is not possible now
	Acc                     // the one accent: primary button, selection, switch
	OnAcc                   // text on Acc
	AccSoft                 // next step, chosen rail item, alarm row
	AccInk                  // text on AccSoft
	Late                    // late, broken: filled badge
	OnLate                  // text on Late
	LateInk                 // late or error as text
	LateSoft                // banner under LateInk
	Ok                      // in time, working
	OkSoft                  // badge under Ok
	Warn                    // not sure, soon, degraded (never lateness)
	WarnSoft                // badge under Warn
	Inv                     // chosen tab, allergy block, count pill
	OnInv                   // text on Inv
	Scrim                   // under sheets and alarms
	MapLand
	MapBlock
	MapRoad
	MapPark
	Paper    // white in every mode
	PaperInk // print on Paper
	tokenCount
)

// table holds 0xRRGGBBAA per mode; only read.
var table = [tokenCount][modeCount]uint32{
	None:       {0, 0, 0},
	Bg:         {0xF3F2EEFF, 0x14161AFF, 0xFFFFFFFF},
	Surface:    {0xFFFFFFFF, 0x1F2228FF, 0xFFFFFFFF},
	Sunk:       {0xEBE9E3FF, 0x2B2F37FF, 0xFFFFFFFF},
	SegOn:      {0xFFFFFFFF, 0x474E5BFF, 0x000000FF},
	SegInk:     {0x1A1C1EFF, 0xF1F2F4FF, 0xFFFFFFFF},
	Line:       {0xD8D5CDFF, 0x3B404AFF, 0x000000FF},
	LineStrong: {0x888B8EFF, 0x858C98FF, 0x000000FF}, // ui.md says 8A8D90: 2.98 on Bg
	Ink:        {0x1A1C1EFF, 0xF1F2F4FF, 0x000000FF},
	Ink2:       {0x52575CFF, 0xB6BCC5FF, 0x000000FF},
	Dis:        {0x5F6469FF, 0xA3A9B3FF, 0x3D3D3DFF},
	Acc:        {0x2746B0FF, 0xA3B6FFFF, 0x001F8FFF},
	OnAcc:      {0xFFFFFFFF, 0x0D1A4AFF, 0xFFFFFFFF},
	AccSoft:    {0xE3E8FAFF, 0x2B3767FF, 0xFFFFFFFF},
	AccInk:     {0x203A94FF, 0xCFD9FFFF, 0x001F8FFF},
	Late:       {0xB3261EFF, 0xFF9A8EFF, 0x8A0000FF},
	OnLate:     {0xFFFFFFFF, 0x3B0703FF, 0xFFFFFFFF},
	LateInk:    {0x98201AFF, 0xFFB1A8FF, 0x8A0000FF},
	LateSoft:   {0xFBE5E2FF, 0x4B1F1BFF, 0xFFFFFFFF},
	Ok:         {0x14603AFF, 0x93E0B4FF, 0x00401FFF},
	OkSoft:     {0xDDF0E4FF, 0x183A2BFF, 0xFFFFFFFF},
	Warn:       {0x744600FF, 0xF5CC7EFF, 0x4A2B00FF},
	WarnSoft:   {0xFBECCBFF, 0x423210FF, 0xFFFFFFFF},
	Inv:        {0x1A1C1EFF, 0xF1F2F4FF, 0x000000FF},
	OnInv:      {0xFFFFFFFF, 0x14161AFF, 0xFFFFFFFF},
	Scrim:      {0x14161A8C, 0x00000099, 0x000000B3}, // 55, 60, 70 %
	MapLand:    {0xF1EFE8FF, 0x1B1E24FF, 0xFFFFFFFF},
	MapBlock:   {0xE6E3DAFF, 0x262A32FF, 0xFFFFFFFF},
	MapRoad:    {0xFFFFFFFF, 0x343A44FF, 0x000000FF},
	MapPark:    {0xD5E6D3FF, 0x22382CFF, 0xFFFFFFFF},
	Paper:      {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF},
	PaperInk:   {0x1A1C1EFF, 0x1A1C1EFF, 0x000000FF},
}

// Color returns a token's colour in a mode; what does not exist is transparent.
func Color(mode Mode, token Token) color.NRGBA {
	if mode < 0 || mode >= modeCount || token < 0 || token >= tokenCount {
		return color.NRGBA{}
	}
	value := table[token][mode]
	return color.NRGBA{
		R: uint8(value >> 24 & 0xFF),
		G: uint8(value >> 16 & 0xFF),
		B: uint8(value >> 8 & 0xFF),
		A: uint8(value & 0xFF),
	}
}

const (
	pressedPart  = 0.12 // how far a pressed fill goes towards the ink
	pressedAlpha = 31   // the same as an alpha of 255
)

// Pressed returns a token's colour under a finger: 12 % towards the ink.
func Pressed(mode Mode, token Token) color.NRGBA {
	fill, ink := Color(mode, token), Color(mode, Ink)
	if fill.A == 0 {
		ink.A = pressedAlpha
		return ink
	}
	if fill == ink { // the chosen tab
		ink = Color(mode, Surface)
	}
	mix := func(from, to uint8) uint8 {
		return uint8(float64(from)*(1-pressedPart) + float64(to)*pressedPart + 0.5)
	}
	return color.NRGBA{R: mix(fill.R, ink.R), G: mix(fill.G, ink.G), B: mix(fill.B, ink.B), A: fill.A}
}

// LineWidth is the width of borders and separators.
func LineWidth(mode Mode) float32 {
	if mode == HighContrast {
		return 2
	}
	return 1
}

// SoftBorder returns the border a soft fill needs in high contrast, where all
// soft fills are white: None in the other modes and for other fills.
func SoftBorder(mode Mode, fill Token) Token {
	if mode != HighContrast {
		return None
	}
	switch fill {
	case AccSoft:
		return AccInk
	case LateSoft:
		return LateInk
	case OkSoft:
		return Ok
	case WarnSoft:
		return Warn
	case Sunk:
		return Line
	}
	return None
}
