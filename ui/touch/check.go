package touch

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/theme"
)

const (
	checkBox = 40
	checkRow = 80
)

// Check is a row that is ticked or not: a box, what it is about, and a line more about it. The
// whole row is the target.
type Check struct {
	Tappable
	label, text string
	on          bool
}

// NewCheck returns a row; tapped runs when a finger wants it the other way. It shows that only
// after Set.
func NewCheck(palette *theme.Palette, tapped func()) *Check {
	c := &Check{}
	c.Init(c, palette, tapped)
	return c
}

// Set changes all of it; text may be empty.
func (c *Check) Set(label, text string, on bool) {
	if c.label == label && c.text == text && c.on == on {
		return
	}
	c.label, c.text, c.on = label, text, on
	c.Refresh()
}

// On tells whether it is ticked.
func (c *Check) On() bool { return c.on }

// Label returns what it is about.
func (c *Check) Label() string { return c.label }

// CreateRenderer is called by Fyne.
func (c *Check) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	p := c.Palette
	row, ring, box := NewBox(), NewBox(), NewBox()
	tick := NewIcon(p, 28)
	label, text := NewText(p, theme.ButtonLabel), NewText(p, theme.Body)
	paint := func() {
		look := Look{Radius: theme.RadiusControl}
		if c.Pressed() {
			look.Fill = p.Pressed(theme.None)
		}
		row.Set(look)
		ring.Set(Ring(p, theme.RadiusControl, c.Focused()))
		square := Fill(p, theme.Surface, theme.RadiusBadge)
		square.Border, square.BorderWidth = p.Color(theme.LineStrong), 2
		icon := ""
		if c.on {
			square = Fill(p, theme.Acc, theme.RadiusBadge)
			icon = "check"
		}
		box.Set(square)
		tick.Set(icon, theme.OnAcc)
		label.Set(c.label, theme.Ink)
		text.Set(c.text, theme.Ink2)
	}
	layout := func(size fyne.Size) {
		row.Place(0, 0, size.Width, size.Height)
		PlaceRing(ring, size)
		const edge = 8
		box.Place(edge, (size.Height-checkBox)/2, checkBox, checkBox)
		tick.Place(edge+(checkBox-tick.Size())/2, (size.Height-tick.Size())/2)
		left := float32(edge + checkBox + theme.Padding)
		width := size.Width - left - edge
		height := label.LineHeight()
		if c.text != "" {
			height += text.LineHeight()
		}
		y := (size.Height - height) / 2
		label.PlaceCut(left, y, width)
		text.PlaceCut(left, y+label.LineHeight(), width)
	}
	minSize := func() fyne.Size { return fyne.NewSize(2*theme.MinTouch, checkRow) }
	return Draw(c, paint, layout, minSize, ring.Object, row.Object, box.Object, tick.Object, label.Object, text.Object)
}
