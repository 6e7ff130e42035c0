package touch

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/theme"
)

// BadgeKind is what a badge says by its colours, beside its icon and words.
type BadgeKind int

// The kinds of badges.
const (
	BadgeNeutral BadgeKind = iota // ready: ink on sunk
	BadgeDone                     // completed: ink2 on sunk
	BadgeOk                       // in time, working
	BadgeLate                     // late, broken
	BadgeWarn                     // not sure, soon
)

func (k BadgeKind) tokens() (fill, ink theme.Token) {
	switch k {
	case BadgeDone:
		return theme.Sunk, theme.Ink2
	case BadgeOk:
		return theme.OkSoft, theme.Ok
	case BadgeLate:
		return theme.Late, theme.OnLate
	case BadgeWarn:
		return theme.WarnSoft, theme.Warn
	}
	return theme.Sunk, theme.Ink
}

// Badge is a state in words, with an icon, 32 high and as wide as its words.
type Badge struct {
	widget.BaseWidget
	palette     *theme.Palette
	kind        BadgeKind
	icon, words string
}

// NewBadge returns a badge; icon may be "".
func NewBadge(palette *theme.Palette, kind BadgeKind, icon, words string) *Badge {
	badge := &Badge{palette: palette, kind: kind, icon: icon, words: words}
	badge.ExtendBaseWidget(badge)
	return badge
}

// Set changes all of it.
func (b *Badge) Set(kind BadgeKind, icon, words string) {
	if b.kind == kind && b.icon == icon && b.words == words {
		return
	}
	b.kind, b.icon, b.words = kind, icon, words
	b.Refresh()
}

// Words returns what it says.
func (b *Badge) Words() string { return b.words }

const (
	badgePadding = 10
	badgeGap     = 6
	badgeIcon    = 18
)

// CreateRenderer is called by Fyne.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	b.ExtendBaseWidget(b)
	box, icon, text := NewBox(), NewIcon(b.palette, badgeIcon), NewText(b.palette, theme.BodyBold)
	iconWidth := func() float32 {
		if icon.Shown() {
			return badgeIcon + badgeGap
		}
		return 0
	}
	paint := func() {
		fill, ink := b.kind.tokens()
		box.Set(Fill(b.palette, fill, theme.RadiusBadge))
		icon.Set(b.icon, ink)
		text.Set(b.words, ink)
	}
	layout := func(size fyne.Size) {
		box.Place(0, 0, size.Width, size.Height)
		x := (size.Width - iconWidth() - text.Width()) / 2
		icon.Place(x, (size.Height-badgeIcon)/2)
		text.Place(x+iconWidth(), (size.Height-text.LineHeight())/2)
	}
	minSize := func() fyne.Size {
		return fyne.NewSize(2*badgePadding+iconWidth()+text.Width(), theme.BadgeHeight)
	}
	return Draw(b, paint, layout, minSize, box.Object, icon.Object, text.Object)
}

// PillKind is the colour of a pill.
type PillKind int

// The kinds of pills.
const (
	PillCount  PillKind = iota // how many: inv
	PillAlert                  // "!", somebody is needed: late
	PillChosen                 // in the cart: acc
)

// Pill is a short text in a round end box: a count, or "!".
type Pill struct {
	widget.BaseWidget
	palette *theme.Palette
	kind    PillKind
	words   string
	height  float32
}

// NewPill returns a pill of 24 high; it draws nothing while words is "".
func NewPill(palette *theme.Palette, kind PillKind, words string) *Pill {
	pill := &Pill{palette: palette, kind: kind, words: words, height: theme.PillHeight}
	pill.ExtendBaseWidget(pill)
	return pill
}

// Set changes kind and words.
func (p *Pill) Set(kind PillKind, words string) {
	if p.kind == kind && p.words == words {
		return
	}
	p.kind, p.words = kind, words
	p.Refresh()
}

// SetHeight sets another height, like 32 on menu tiles.
func (p *Pill) SetHeight(height float32) {
	p.height = height
	p.Refresh()
}

// CreateRenderer is called by Fyne.
func (p *Pill) CreateRenderer() fyne.WidgetRenderer {
	p.ExtendBaseWidget(p)
	box, text := NewBox(), NewText(p.palette, theme.BodyBold)
	paint := func() {
		fill, ink := theme.Inv, theme.OnInv
		switch p.kind {
		case PillAlert:
			fill, ink = theme.Late, theme.OnLate
		case PillChosen:
			fill, ink = theme.Acc, theme.OnAcc
		}
		box.Set(Fill(p.palette, fill, p.height/2))
		text.Set(p.words, ink)
		show(box.Object, p.words != "")
	}
	layout := func(size fyne.Size) {
		box.Place(0, 0, size.Width, size.Height)
		text.PlaceCentre(0, (size.Height-text.LineHeight())/2, size.Width)
	}
	minSize := func() fyne.Size {
		return fyne.NewSize(max(theme.PillMinWidth, p.height, text.Width()+16), p.height)
	}
	return Draw(p, paint, layout, minSize, box.Object, text.Object)
}

// Monogram is two letters for a channel or a table, the same for everybody.
type Monogram struct {
	widget.BaseWidget
	palette *theme.Palette
	letters string
}

// NewMonogram returns a monogram of 56 × 56.
func NewMonogram(palette *theme.Palette, letters string) *Monogram {
	monogram := &Monogram{palette: palette, letters: letters}
	monogram.ExtendBaseWidget(monogram)
	return monogram
}

// Set changes the letters.
func (m *Monogram) Set(letters string) {
	if m.letters != letters {
		m.letters = letters
		m.Refresh()
	}
}

// CreateRenderer is called by Fyne.
func (m *Monogram) CreateRenderer() fyne.WidgetRenderer {
	m.ExtendBaseWidget(m)
	box, text := NewBox(), NewText(m.palette, theme.PanelTitle)
	paint := func() {
		box.Set(Fill(m.palette, theme.Sunk, theme.RadiusControl))
		text.Set(m.letters, theme.Ink)
	}
	layout := func(size fyne.Size) {
		box.Place(0, 0, size.Width, size.Height)
		text.PlaceCentre(0, (size.Height-text.LineHeight())/2, size.Width)
	}
	minSize := func() fyne.Size { return fyne.NewSquareSize(theme.MonogramSize) }
	return Draw(m, paint, layout, minSize, box.Object, text.Object)
}

// Label is a Text for containers.
type Label struct {
	widget.BaseWidget
	palette *theme.Palette
	role    theme.Role
	token   theme.Token
	words   string
	cut     bool
}

// NewLabel returns a line of text that is never cut.
func NewLabel(palette *theme.Palette, role theme.Role, token theme.Token, words string) *Label {
	label := &Label{palette: palette, role: role, token: token, words: words}
	label.ExtendBaseWidget(label)
	return label
}

// Set changes words and colour.
func (l *Label) Set(words string, token theme.Token) {
	if l.words == words && l.token == token {
		return
	}
	l.words, l.token = words, token
	l.Refresh()
}

// Words returns all words, cut or not.
func (l *Label) Words() string { return l.words }

// SetCut lets the words end with an ellipsis where they do not fit. Not for
// numbers, times or amounts.
func (l *Label) SetCut(cut bool) {
	l.cut = cut
	l.Refresh()
}

// CreateRenderer is called by Fyne.
func (l *Label) CreateRenderer() fyne.WidgetRenderer {
	l.ExtendBaseWidget(l)
	text := NewText(l.palette, l.role)
	paint := func() { text.Set(l.words, l.token) }
	layout := func(size fyne.Size) {
		y := (size.Height - text.LineHeight()) / 2
		if l.cut {
			text.PlaceCut(0, y, size.Width)
			return
		}
		text.Place(0, y)
	}
	minSize := func() fyne.Size {
		if l.cut {
			return fyne.NewSize(text.role.Size(), text.LineHeight())
		}
		return fyne.NewSize(text.Width(), text.LineHeight())
	}
	return Draw(l, paint, layout, minSize, text.Object)
}
