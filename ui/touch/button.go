package touch

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/theme"
)

// Kind is what a button is for.
type Kind int

// The kinds of buttons.
const (
	Other   Kind = iota // 56 high, border
	Primary             // 72 high, accent: at most one per card, panel or sheet
	Next                // 72 high, the next step in a card
	Danger              // takes something away: opens a sheet, never acts at once
	Quiet               // inside of something that has an edge already
	Inverse             // on Inv
)

// Button is a button: an icon, words, or both.
type Button struct {
	Tappable
	kind     Kind
	icon     string
	label    string
	trailing string // icon after the words
	busy     string // words while it works; "" when idle
	locked   string // "what : why" when it is not possible now
	explain  func()
	height   float32
	iconOnly bool
}

// NewButton returns a button; icon may be "".
func NewButton(palette *theme.Palette, kind Kind, icon, label string, tapped func()) *Button {
	button := &Button{kind: kind, icon: icon, label: label}
	button.Init(button, palette, tapped)
	button.intercept = button.cannot
	return button
}

// NewIconButton returns a button of 56 × 56 with an icon only.
func NewIconButton(palette *theme.Palette, icon string, tapped func()) *Button {
	return NewButton(palette, Other, icon, "", tapped)
}

// SetContent changes kind, icon and words in one go.
func (b *Button) SetContent(kind Kind, icon, label string) {
	if b.kind == kind && b.icon == icon && b.label == label {
		return
	}
	b.kind, b.icon, b.label = kind, icon, label
	b.Refresh()
}

// SetLabel changes the words.
func (b *Button) SetLabel(label string) { b.SetContent(b.kind, b.icon, label) }

// Label returns the words it shows now.
func (b *Button) Label() string {
	switch {
	case b.locked != "":
		return b.locked
	case b.busy != "":
		return b.busy
	}
	return b.label
}

// SetTrailing sets an icon after the words, like the arrow of a choice.
func (b *Button) SetTrailing(icon string) {
	if b.trailing != icon {
		b.trailing = icon
		b.Refresh()
	}
}

// SetIconOnly shows the icon alone; the words are then only its name.
func (b *Button) SetIconOnly(only bool) {
	if b.iconOnly != only {
		b.iconOnly = only
		b.Refresh()
	}
}

// SetHeight sets another height, like 88 in the alarm; 0 for the kind's own.
func (b *Button) SetHeight(height float32) {
	b.height = height
	b.Refresh()
}

// SetBusy shows the -ing form and holds still until SetBusy("").
func (b *Button) SetBusy(label string) {
	if b.busy != label {
		b.busy = label
		b.Refresh()
	}
}

// Lock shows "what : why" with a lock; a tap explains. Lock("", nil) unlocks.
func (b *Button) Lock(reason string, explain func()) {
	changed := b.locked != reason
	b.locked, b.explain = reason, explain
	if changed {
		b.Refresh()
	}
}

// cannot takes the taps a locked or busy button gets.
func (b *Button) cannot() bool {
	if b.locked != "" {
		if b.explain != nil {
			b.explain()
		}
		return true
	}
	return b.busy != ""
}

const (
	buttonPadding = 16 // beside the content
	stepPadding   = 12 // in primary buttons and next steps: cards are tight
	buttonGap     = 8  // between icon and words
)

// CreateRenderer is called by Fyne.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	b.ExtendBaseWidget(b)
	d := &buttonDrawing{
		button: b, box: NewBox(), ring: NewBox(),
		icon: NewIcon(b.Palette, 24), trailing: NewIcon(b.Palette, 20),
		label: NewText(b.Palette, theme.ButtonLabel),
	}
	return Draw(b, d.paint, d.layout, d.minSize,
		d.ring.Object, d.box.Object, d.icon.Object, d.label.Object, d.trailing.Object)
}

type buttonDrawing struct {
	button         *Button
	box, ring      *Box
	icon, trailing *Icon
	label          *Text
}

// look is what the states make of a button.
type buttonLook struct {
	fill, border, ink theme.Token
	role              theme.Role
	iconSize          float32
	icon, trailing    string
}

func (b *Button) look() buttonLook {
	look := buttonLook{
		fill: theme.Surface, border: theme.LineStrong, ink: theme.Ink,
		role: theme.ButtonLabel, iconSize: 24, icon: b.icon, trailing: b.trailing,
	}
	switch b.kind {
	case Primary:
		look.fill, look.border, look.ink = theme.Acc, theme.None, theme.OnAcc
		look.role, look.iconSize = theme.PrimaryLabel, 28
	case Next:
		look.fill, look.border, look.ink = theme.AccSoft, theme.None, theme.AccInk
	case Danger:
		look.ink = theme.LateInk
	case Inverse:
		look.fill, look.border, look.ink = theme.Inv, theme.OnInv, theme.OnInv
	case Quiet:
		look.fill, look.border, look.ink = theme.None, theme.None, theme.Ink2
	}
	switch {
	case b.locked != "":
		look.fill, look.border, look.ink = theme.Sunk, theme.None, theme.Dis
		look.role, look.iconSize, look.icon, look.trailing = theme.BodyBold, 20, "lock", "right"
		if b.Pressed() { // on the darker fill
			look.ink = theme.Ink
		}
	case b.disabled:
		look.fill, look.border, look.ink = theme.Sunk, theme.None, theme.Dis
	}
	return look
}

func (d *buttonDrawing) paint() {
	b, palette := d.button, d.button.Palette
	look := b.look()
	box := Fill(palette, look.fill, theme.RadiusControl)
	if look.border != theme.None {
		box.Border, box.BorderWidth = palette.Color(look.border), palette.LineWidth()
	}
	if b.disabled && b.locked == "" {
		box.BorderWidth = 0 // also in high contrast, where every other button has an edge
	}
	if b.Pressed() && b.busy == "" {
		box.Fill = palette.Pressed(look.fill)
	}
	d.box.Set(box)
	d.ring.Set(Ring(palette, theme.RadiusControl, b.Focused()))
	d.icon.SetSize(look.iconSize)
	d.icon.Set(look.icon, look.ink)
	d.trailing.Set(look.trailing, look.ink)
	d.label.SetRole(look.role)
	words := b.Label()
	if b.iconOnly {
		words = ""
	}
	d.label.Set(words, look.ink)
}

// layout centres the content; a lock and its reason stand at the left. Words
// are never cut: the icon gives way first.
func (d *buttonDrawing) layout(size fyne.Size) {
	d.box.Place(0, 0, size.Width, size.Height)
	PlaceRing(d.ring, size)

	content := d.contentWidth()
	withIcon := d.icon.Shown()
	if withIcon && d.label.Words() != "" && content > size.Width-2*buttonGap {
		withIcon = false
		content -= d.icon.Size() + buttonGap
	}
	show(d.icon.Object, withIcon)

	x, right := (size.Width-content)/2, (size.Width+content)/2
	if d.button.locked != "" {
		x, right = buttonPadding, size.Width-buttonPadding
	}
	if withIcon {
		d.icon.Place(x, (size.Height-d.icon.Size())/2)
		x += d.icon.Size() + buttonGap
	}
	d.label.Place(x, (size.Height-d.label.LineHeight())/2)
	d.trailing.Place(right-d.trailing.Size(), (size.Height-d.trailing.Size())/2)
}

func (d *buttonDrawing) contentWidth() float32 {
	width, parts := float32(0), 0
	for _, icon := range []*Icon{d.icon, d.trailing} {
		if icon.Shown() {
			width += icon.Size()
			parts++
		}
	}
	if d.label.Words() != "" {
		width += d.label.Width()
		parts++
	}
	return width + float32(max(parts-1, 0))*buttonGap
}

func (d *buttonDrawing) minSize() fyne.Size {
	height, padding := float32(theme.MinTouch), float32(buttonPadding)
	if d.button.kind == Primary || d.button.kind == Next {
		height, padding = theme.PrimaryHeight, stepPadding
	}
	if d.button.height > 0 {
		height = d.button.height
	}
	if d.label.Words() == "" {
		return fyne.NewSize(theme.MinTouch, max(height, theme.MinTouch))
	}
	return fyne.NewSize(max(d.contentWidth()+2*padding, theme.MinTouch), height)
}
