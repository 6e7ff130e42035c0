package touch

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"comptoir/ui/theme"
)

const (
	switchWidth  = 64
	switchHeight = 36
	switchKnob   = 28
)

// Switch is a row that turns something on and off: what at the left, the state
// in words and the switch at the right. The whole row is the target.
type Switch struct {
	Tappable
	label           string
	icon, text      string // before and below the label; mostly empty
	onWord, offWord string
	on              bool
	changed         func(bool)
}

// NewSwitch returns a row; changed runs when a finger turns it.
func NewSwitch(palette *theme.Palette, label, onWord, offWord string, on bool, changed func(bool)) *Switch {
	s := &Switch{label: label, onWord: onWord, offWord: offWord, on: on, changed: changed}
	s.Init(s, palette, func() {
		s.SetOn(!s.on)
		if s.changed != nil {
			s.changed(s.on)
		}
	})
	return s
}

// On tells the state.
func (s *Switch) On() bool { return s.on }

// SetOn changes the state without calling changed.
func (s *Switch) SetOn(on bool) {
	if s.on != on {
		s.on = on
		s.Refresh()
	}
}

// SetWords changes the words, in another language.
func (s *Switch) SetWords(label, onWord, offWord string) {
	s.label, s.onWord, s.offWord = label, onWord, offWord
	s.Refresh()
}

// SetDetail adds an icon, and a line of what it means.
func (s *Switch) SetDetail(icon, text string) {
	if s.icon != icon || s.text != text {
		s.icon, s.text = icon, text
		s.Refresh()
	}
}

// Label returns what it turns on and off.
func (s *Switch) Label() string { return s.label }

// CreateRenderer is called by Fyne.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	row, ring, track := NewBox(), NewBox(), NewBox()
	knob := canvas.NewCircle(s.Palette.Color(theme.Surface))
	label, state := NewText(s.Palette, theme.ItemText), NewText(s.Palette, theme.Body)
	icon := NewIcon(s.Palette, 28)
	lines := []*Text{NewText(s.Palette, theme.Body), NewText(s.Palette, theme.Body)}
	paint := func() {
		look := Look{Radius: theme.RadiusControl}
		if s.Pressed() {
			look.Fill = s.Palette.Pressed(theme.None)
		}
		row.Set(look)
		ring.Set(Ring(s.Palette, theme.RadiusControl, s.Focused()))

		ink, words := theme.Ink, s.offWord
		fill, border, dot := theme.Surface, theme.LineStrong, theme.LineStrong
		if s.on {
			words, fill, border, dot = s.onWord, theme.Acc, theme.Acc, theme.OnAcc
		}
		if s.Disabled() {
			ink, fill, border, dot = theme.Dis, theme.Sunk, theme.Dis, theme.Dis
		}
		track.Set(Look{
			Fill: s.Palette.Color(fill), Border: s.Palette.Color(border),
			BorderWidth: 2, Radius: switchHeight / 2,
		})
		if colour := s.Palette.Color(dot); knob.FillColor != colour {
			knob.FillColor = colour
			knob.Refresh()
		}
		role := theme.ItemText
		if s.text != "" {
			role = theme.ButtonLabel // it heads its text
		}
		label.SetRole(role)
		label.Set(s.label, ink)
		icon.Set(s.icon, ink)
		state.Set(words, theme.Ink2)
	}
	layout := func(size fyne.Size) {
		row.Place(0, 0, size.Width, size.Height)
		PlaceRing(ring, size)
		right := size.Width - switchWidth
		y := (size.Height - switchHeight) / 2
		track.Place(right, y, switchWidth, switchHeight)
		margin := float32(switchHeight-switchKnob) / 2
		x := right + margin
		if s.on {
			x = right + switchWidth - switchKnob - margin
		}
		place(knob, x, y+margin, switchKnob, switchKnob)
		stateLeft := right - 12 - state.Width()
		state.Place(stateLeft, (size.Height-state.LineHeight())/2)
		left := float32(0)
		if icon.Shown() {
			icon.Place(0, (size.Height-icon.Size())/2)
			left = icon.Size() + 16
		}
		width := stateLeft - 12 - left
		first, second := halves(s.text, theme.Body, width)
		lines[0].Set(first, theme.Ink2)
		lines[1].Set(second, theme.Ink2)
		height := label.LineHeight()
		for _, line := range lines {
			if line.Words() != "" {
				height += line.LineHeight()
			}
		}
		y = (size.Height - height) / 2
		label.PlaceCut(left, y, width)
		lines[0].PlaceCut(left, y+label.LineHeight(), width)
		lines[1].PlaceCut(left, y+label.LineHeight()+lines[0].LineHeight(), width)
	}
	minSize := func() fyne.Size {
		height := float32(theme.SwitchRow)
		if s.text != "" {
			height = 88 // two lines of it
		}
		return fyne.NewSize(switchWidth+24+state.Width()+label.role.Size(), height)
	}
	return Draw(s, paint, layout, minSize,
		ring.Object, row.Object, icon.Object, label.Object, lines[0].Object, lines[1].Object, state.Object, track.Object, knob)
}

// halves breaks a text into a line of a width and the rest.
func halves(text string, role theme.Role, width float32) (first, rest string) {
	if role.Measure(text) <= width {
		return text, ""
	}
	for i, r := range text {
		if r == ' ' && role.Measure(text[:i]) <= width {
			first, rest = text[:i], text[i+1:]
		}
	}
	if first == "" {
		return text, ""
	}
	return first, rest
}
