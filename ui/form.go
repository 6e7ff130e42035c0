package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// form is a sheet that a feature fills: its title and the way out at the top, a body that scrolls,
// and at the bottom right the one button that goes on. Where its fields are typed into, it makes
// room for the keyboard.
type form struct {
	*overlay
	*paged // the body
	// kept holds what can be pressed in the body, by name; outer what stands around it.
	kept, outer *kept
	body        *board

	// widest is the width on a wide window; small ones it fills.
	widest float32
	// fits says that it is no higher than it has to be.
	fits bool
	// icon stands before the title, none where empty; close names the way out, and closed runs when
	// that is tapped.
	icon         string
	title, close string
	closed       func()
	// under writes between title and body; nil for nothing.
	under func(f *flow)
	// write writes the body; free is the height that it has without being scrolled, and low says
	// that the window has more width than height.
	write func(f *flow)
	free  float32
	low   bool
	// more is the sign that the body goes on below; none where empty.
	more string
	// foot returns the buttons at the bottom: the primary one, nil for none, and the others, among
	// them the way out that says what stays. note stands before them where none is primary.
	foot func() (primary *touch.Button, others []*touch.Button)
	note string
	// pad types into the field that takes the keys of a real keyboard too; nil where there is none.
	pad *touch.Pad
}

func newForm(palette *theme.Palette, widest float32) *form {
	s := &form{overlay: newOverlay(palette), body: newBoard(), widest: widest}
	s.paged = newPaged(palette, s.body.object, formEdge, theme.MinTouch-formGap+formEdge) // down to the foot
	s.kept, s.outer = newKept(palette, s.view), newKept(palette, nil)
	s.fill = s.arrange
	return s
}

// field makes a field of the body, which a tap has the keyboard type into.
func (s *form) field(typed func(string)) *touch.Field {
	field := touch.NewField(s.palette, typed)
	field.SetScroller(s.view)
	s.typing.field(field)
	return field
}

const (
	formHighest = 752
	formTop     = 24
	formGap     = 12 // around the body
	formEdge    = 4  // the scroll clips, and borders and focus rings stand out
	// formTight is the height below which the keyboard leaves room for little more than a field.
	formTight = 400
)

// frame is the place of a sheet, at its highest. It fills a small window.
func (s *form) frame(size fyne.Size) (panel area, padding float32, full bool) {
	if size.Width < theme.SheetFillsBelow {
		return area{0, 0, size.Width, size.Height}, theme.Padding, true
	}
	return area{(size.Width - s.widest) / 2, formTop, s.widest, min(formHighest, size.Height-2*formTop)}, theme.PaddingWide, false
}

func (s *form) arrange(size fyne.Size) area {
	panel, padding, full := s.frame(size)
	s.low = size.Height < theme.LowLayout && size.Width > size.Height
	tight := s.typing.up() && size.Height < formTight
	f := &flow{palette: s.palette, width: panel.width - 2*padding, y: padding}
	s.heading(f)
	if s.under != nil && !tight {
		s.under(f)
	}
	f.space(formGap)
	var foot *flow
	if s.foot != nil && !tight {
		foot = s.footed(f.width)
	}
	below := padding
	if foot != nil {
		below += foot.y + formGap
	}
	inner := &flow{palette: s.palette, width: f.width}
	s.free = panel.height - f.y - below
	if s.write != nil {
		s.write(inner)
	}
	if !full && s.fits {
		panel.height = min(panel.height, f.y+inner.y+2*formEdge+below)
	}

	body := &flow{palette: s.palette, width: inner.width + 2*formEdge, y: inner.y + 2*formEdge}
	body.take(inner, fyne.NewPos(formEdge, formEdge))
	s.body.show(body)
	sign := s.more
	if s.typing.up() {
		sign = ""
	}
	s.below.set(sign)
	s.paged.place(area{padding, f.y - formEdge, f.width, panel.height - below - f.y + 2*formEdge}, body.y)
	s.view.Refresh()
	if field := s.typing.into(); field != nil {
		at := field.Position().Y
		s.view.Reveal(at-formEdge, at+field.Size().Height+formEdge)
	}
	outer := &flow{palette: s.palette, width: panel.width, y: panel.height}
	outer.take(f, fyne.NewPos(padding, 0))
	if foot != nil {
		outer.take(foot, fyne.NewPos(padding, panel.height-padding-foot.y))
	}
	s.content.show(outer)
	s.holder.Objects = []fyne.CanvasObject{s.view, s.below}
	return panel
}

// typed takes a letter of a real keyboard.
func (s *form) typed(r rune) {
	if field := s.into(); field != nil {
		field.TypedRune(r)
	}
}

// pressed takes the other keys of one.
func (s *form) pressed(key fyne.KeyName) {
	if key == fyne.KeyEscape {
		s.closed()
		return
	}
	if field := s.into(); field != nil {
		field.TypedKey(&fyne.KeyEvent{Name: key})
	}
}

// into is the field that takes the keys; nil for none.
func (s *form) into() *touch.Field {
	if s.pad != nil && s.pad.Field() != nil {
		return s.pad.Field()
	}
	return s.typing.into()
}

// heading is the title, on at most two lines, and the button that closes, which is never in words:
// where a sheet would change something, the way out that says what stays is at the foot, beside
// the button that says what will happen.
func (s *form) heading(f *flow) {
	closing := s.outer.button("close", touch.Other, "x", s.close, s.closed)
	closing.SetIconOnly(true)
	place(closing, area{f.width - theme.MinTouch, f.y, theme.MinTouch, theme.MinTouch})
	f.add(closing)
	const gap, icon = 16, 28
	left, line := float32(0), line{theme.PageTitle, theme.Ink, s.title}
	right, height := f.width-theme.MinTouch-gap, line.role.LineHeight()
	if s.icon != "" {
		left = icon + 12
	}
	words := most(touch.Wrap(line.words, line.role, right-left), 2, line.role, right-left)
	y := f.y + max(0, (theme.MinTouch-float32(len(words))*height)/2)
	if s.icon != "" {
		f.icon(s.icon, icon, line.token, 0, y+(height-icon)/2)
	}
	for _, line.words = range words {
		f.text(line, left, y)
		y += height
	}
	f.space(max(theme.MinTouch, float32(len(words))*height))
}

// paintNext gives the button that goes on what the model says of it.
func paintNext(b *touch.Button, data model.SetupButton) {
	paintAction(b, touch.Primary, data.Icon, data.Label, data.Busy)
	b.SetDisabled(data.Locked)
}

// footed places the buttons of the foot: side by side where they fit, else the primary one below
// the others.
func (s *form) footed(width float32) *flow {
	primary, others := s.foot()
	if primary == nil && len(others) == 0 {
		return nil
	}
	f := &flow{palette: s.palette, width: width}
	const gap, least = 8, 200
	beside := float32(0)
	for _, b := range others {
		beside += b.MinSize().Width + gap
	}
	row := float32(theme.MinTouch)
	stacked := false
	if primary != nil {
		stacked = beside+primary.MinSize().Width > width
		if !stacked {
			row = theme.PrimaryHeight
		}
	}
	x := float32(0)
	if primary == nil { // what is there to do stands where the primary one would
		x = width - beside + gap
	}
	if primary == nil && s.note != "" {
		f.cut(line{theme.Body, theme.Ink2, s.note}, 0, (row-theme.Body.LineHeight())/2, x-16)
	}
	for _, b := range others {
		size := b.MinSize()
		place(b, area{x, (row - size.Height) / 2, size.Width, size.Height})
		f.add(b)
		x += size.Width + gap
	}
	f.space(row)
	switch {
	case primary == nil:
	case stacked:
		if len(others) == 0 {
			f.y = 0
		} else {
			f.space(gap)
		}
		place(primary, area{0, f.y, width, theme.PrimaryHeight})
		f.add(primary)
		f.space(theme.PrimaryHeight)
	default:
		wide := max(min(least, width-x), primary.MinSize().Width)
		place(primary, area{width - wide, 0, wide, theme.PrimaryHeight})
		f.add(primary)
	}
	return f
}
