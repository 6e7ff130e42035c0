package touch

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/theme"
)

// Strip is a row of items of equal width. Where they get too narrow it scrolls
// sideways instead, with the next one cut in view.
type Strip struct {
	scrolling
	items                []fyne.CanvasObject
	minWidth, gap, inset float32
}

// NewStrip returns a row of items that can be pressed.
func NewStrip(minWidth, gap float32, items ...fyne.CanvasObject) *Strip {
	strip := &Strip{minWidth: minWidth, gap: gap}
	strip.sideways = true
	strip.arrange = strip.placeItems
	strip.length = func() (float32, float32) {
		count := float32(len(strip.items))
		return count*strip.itemWidth() + (count-1)*strip.gap + 2*strip.inset, strip.Size().Width
	}
	strip.adopt(items)
	strip.ExtendBaseWidget(strip)
	return strip
}

// SetItems changes the items.
func (s *Strip) SetItems(items ...fyne.CanvasObject) {
	s.adopt(items)
	s.Refresh()
}

// SetMinWidth changes the width below which it scrolls.
func (s *Strip) SetMinWidth(width float32) {
	s.minWidth = width
	s.Refresh()
}

// SetInset keeps items that far from the edges, as List.SetInset does.
func (s *Strip) SetInset(inset float32) {
	s.inset = inset
	s.Refresh()
}

// ShowItem scrolls to an item, if it has to.
func (s *Strip) ShowItem(index int) {
	from := float32(index) * (s.itemWidth() + s.gap)
	s.reveal(from, from+s.itemWidth()+2*s.inset)
}

func (s *Strip) adopt(items []fyne.CanvasObject) {
	s.items = items
	for _, item := range items {
		if pressable, ok := item.(interface{ SetScroller(Scroller) }); ok {
			pressable.SetScroller(s)
		}
	}
}

func (s *Strip) itemWidth() float32 {
	count := float32(max(len(s.items), 1))
	return max((s.Size().Width-2*s.inset-(count-1)*s.gap)/count, s.minWidth)
}

func (s *Strip) placeItems() {
	width, height := s.itemWidth(), s.Size().Height-2*s.inset
	for index, item := range s.items {
		place(item, s.inset+float32(index)*(width+s.gap)-s.offset, s.inset, width, height)
	}
}

// CreateRenderer is called by Fyne.
func (s *Strip) CreateRenderer() fyne.WidgetRenderer {
	s.ExtendBaseWidget(s)
	return &stripRenderer{strip: s}
}

type stripRenderer struct{ strip *Strip }

func (r *stripRenderer) Layout(fyne.Size) {
	r.strip.offset = min(r.strip.offset, r.strip.limit())
	r.strip.placeItems()
}

func (r *stripRenderer) Refresh() {
	for _, item := range r.strip.items {
		item.Refresh()
	}
	r.Layout(r.strip.Size())
}

func (r *stripRenderer) MinSize() fyne.Size {
	height := float32(theme.MinTouch)
	for _, item := range r.strip.items {
		height = max(height, item.MinSize().Height)
	}
	return fyne.NewSize(r.strip.minWidth, height+2*r.strip.inset)
}

func (r *stripRenderer) Objects() []fyne.CanvasObject { return r.strip.items }
func (r *stripRenderer) Destroy()                     {}
