package touch

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"comptoir/ui/theme"
)

const segmentPadding = 4

// Segment is a choice of one among few, side by side.
type Segment struct {
	widget.BaseWidget
	palette *theme.Palette
	parts   []*segmentPart
	chosen  int
	changed func(int)
}

// NewSegment returns a choice; changed runs when a finger chooses another one.
func NewSegment(palette *theme.Palette, labels []string, chosen int, changed func(int)) *Segment {
	segment := &Segment{palette: palette, chosen: chosen, changed: changed}
	for index, label := range labels {
		segment.parts = append(segment.parts, newSegmentPart(segment, index, label))
	}
	segment.ExtendBaseWidget(segment)
	return segment
}

// Chosen returns the index of the choice.
func (s *Segment) Chosen() int { return s.chosen }

// Choose changes the choice without calling changed.
func (s *Segment) Choose(index int) {
	if s.chosen != index {
		s.chosen = index
		s.Refresh()
	}
}

// OnChanged makes changed run when a finger chooses another one.
func (s *Segment) OnChanged(changed func(int)) { s.changed = changed }

// SetLabels changes the words of as many parts as there are.
func (s *Segment) SetLabels(labels []string) {
	for index, part := range s.parts {
		if index < len(labels) {
			part.label = labels[index]
		}
	}
	s.Refresh()
}

// SetScroller names the scroller the segment sits in.
func (s *Segment) SetScroller(scroller Scroller) {
	for _, part := range s.parts {
		part.SetScroller(scroller)
	}
}

// CreateRenderer is called by Fyne.
func (s *Segment) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	track := NewBox()
	objects := []fyne.CanvasObject{track.Object}
	for _, part := range s.parts {
		objects = append(objects, part)
	}
	paint := func() {
		track.Set(Fill(s.palette, theme.Sunk, theme.RadiusControl))
		for _, part := range s.parts {
			part.Refresh()
		}
	}
	layout := func(size fyne.Size) {
		track.Place(0, 0, size.Width, size.Height)
		width := (size.Width - 2*segmentPadding) / float32(max(len(s.parts), 1))
		for index, part := range s.parts {
			place(part, segmentPadding+float32(index)*width, segmentPadding, width, size.Height-2*segmentPadding)
		}
	}
	minSize := func() fyne.Size {
		least := float32(theme.MinTouch)
		for _, part := range s.parts {
			least = max(least, part.MinSize().Width)
		}
		return fyne.NewSize(least*float32(len(s.parts))+2*segmentPadding, theme.MinTouch+2*segmentPadding)
	}
	return Draw(s, paint, layout, minSize, objects...)
}

type segmentPart struct {
	Tappable
	segment *Segment
	index   int
	label   string
}

func newSegmentPart(segment *Segment, index int, label string) *segmentPart {
	part := &segmentPart{segment: segment, index: index, label: label}
	part.Init(part, segment.palette, func() {
		if segment.chosen == index {
			return
		}
		segment.Choose(index)
		if segment.changed != nil {
			segment.changed(index)
		}
	})
	return part
}

func (p *segmentPart) CreateRenderer() fyne.WidgetRenderer {
	p.ExtendBaseWidget(p)
	box, ring, text := NewBox(), NewBox(), NewText(p.Palette, theme.BodyBold)
	paint := func() {
		look, ink, role := Look{Radius: theme.RadiusBadge}, theme.Ink2, theme.Body
		fill := theme.None
		if p.segment.chosen == p.index {
			fill, ink, role = theme.SegOn, theme.SegInk, theme.BodyBold
			look.Shadow = p.Palette.Shadow(theme.PartShadow)
		}
		look.Fill = p.Palette.Color(fill)
		if p.Pressed() {
			look.Fill = p.Palette.Pressed(fill)
		}
		box.Set(look)
		ring.Set(Ring(p.Palette, theme.RadiusBadge, p.Focused()))
		text.SetRole(role)
		text.Set(p.label, ink)
	}
	layout := func(size fyne.Size) {
		box.Place(0, 0, size.Width, size.Height)
		PlaceRing(ring, size)
		text.PlaceCentre(0, (size.Height-text.LineHeight())/2, size.Width)
	}
	minSize := func() fyne.Size {
		widest := theme.BodyBold.Measure(p.label) // as when it is chosen
		return fyne.NewSize(widest+2*theme.Padding, theme.MinTouch)
	}
	return Draw(p, paint, layout, minSize, ring.Object, box.Object, text.Object)
}
