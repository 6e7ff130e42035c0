package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// tileHeight is that of a tile.
const tileHeight = 72

// tile is one of several to choose from: an icon, a name, and a line more about it.
type tile struct {
	touch.Tappable
	icon, name, text string
	note             line // at the right, in its own colour; empty for none
	chosen           bool
}

func newTile(palette *theme.Palette) *tile {
	t := &tile{}
	t.Init(t, palette, nil)
	return t
}

// set changes all of it.
func (t *tile) set(icon, name, text string, note line, chosen bool) {
	if t.icon == icon && t.name == name && t.text == text && t.note == note && t.chosen == chosen {
		return
	}
	t.icon, t.name, t.text, t.note, t.chosen = icon, name, text, note, chosen
	t.Refresh()
}

// CreateRenderer is called by Fyne.
func (t *tile) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	p := t.Palette
	box, ring := touch.NewBox(), touch.NewBox()
	icon, arrow := touch.NewIcon(p, 28), touch.NewIcon(p, 20)
	name, text, note := touch.NewText(p, theme.ButtonLabel), touch.NewText(p, theme.Body), touch.NewText(p, theme.BodyBold)
	paint := func() {
		look := touch.Look{
			Fill: p.Color(theme.Surface), Border: p.Color(theme.LineStrong), BorderWidth: p.LineWidth(), Radius: theme.RadiusControl,
		}
		if t.chosen {
			look.Border, look.BorderWidth = p.Color(theme.Acc), theme.ChosenBorder
		}
		if t.Pressed() {
			look.Fill = p.Pressed(theme.Surface)
		}
		box.Set(look)
		ring.Set(touch.Ring(p, theme.RadiusControl, t.Focused()))
		icon.Set(t.icon, theme.Ink)
		trailing := "right"
		if t.chosen {
			trailing = "check"
		}
		arrow.Set(trailing, theme.Ink2)
		name.Set(t.name, theme.Ink)
		text.Set(t.text, theme.Ink2)
		note.Set(t.note.words, t.note.token)
	}
	layout := func(size fyne.Size) {
		const side = theme.Padding
		box.Place(0, 0, size.Width, size.Height)
		touch.PlaceRing(ring, size)
		icon.Place(side, (size.Height-icon.Size())/2)
		right := size.Width - side - arrow.Size()
		arrow.Place(right, (size.Height-arrow.Size())/2)
		left := side + icon.Size() + side
		right -= 12
		if t.note.words != "" {
			note.PlaceRight(right, (size.Height-note.LineHeight())/2)
			right -= note.Width() + 12
		}
		y := (size.Height - name.LineHeight() - text.LineHeight()) / 2
		if t.text == "" {
			y = (size.Height - name.LineHeight()) / 2
		}
		name.PlaceCut(left, y, right-left)
		text.PlaceCut(left, y+name.LineHeight(), right-left)
	}
	minSize := func() fyne.Size { return fyne.NewSize(3*theme.MinTouch, tileHeight) }
	return touch.Draw(t, paint, layout, minSize, ring.Object, box.Object, icon.Object, name.Object, text.Object, note.Object, arrow.Object)
}

// tiles are a column of them that scrolls where it has to. Each keeps its place in memory by its
// name, so that a finger that is down never loses it.
type tiles struct {
	view *touch.Scroll
	body *board
	kept *kept
	flow *flow
}

func newTiles(palette *theme.Palette) *tiles {
	t := &tiles{body: newBoard()}
	t.view = touch.NewScroll(t.body.object)
	t.kept = newKept(palette, t.view)
	return t
}

// tileEdge leaves room for the ring of the keyboard's focus within what scrolls.
const tileEdge = 4

// begin starts a column of a width.
func (t *tiles) begin(width float32) {
	t.flow = &flow{palette: t.kept.palette, width: width + 2*tileEdge, y: tileEdge}
}

// add puts a tile below the others.
func (t *tiles) add(id, icon, name, text string, note line, chosen bool, tapped func()) {
	made := part(t.kept, id, func() *tile { return newTile(t.kept.palette) })
	made.OnTapped = tapped
	made.set(icon, name, text, note, chosen)
	place(made, area{tileEdge, t.flow.y, t.flow.width - 2*tileEdge, tileHeight})
	t.flow.add(made)
	t.flow.space(tileHeight + theme.CardGap)
}

// height is how high the column is.
func (t *tiles) height() float32 { return t.flow.y - theme.CardGap + tileEdge }

// put shows the column in an area; what does not fit scrolls.
func (t *tiles) put(a area) {
	t.flow.y = t.height()
	t.body.show(t.flow)
	place(t.view, area{a.x - tileEdge, a.y - tileEdge, a.width + 2*tileEdge, min(a.height+2*tileEdge, max(t.flow.y, theme.MinTouch))})
	t.view.Refresh()
}
