package touch

import (
	"image/color"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"comptoir/ui/theme"
)

// The parts are what renderers are made of. Set and Place are called at every
// Refresh and Layout, and touch the canvas only when something changed: each
// change of a text is a new texture.

// Look is how a Box is drawn.
type Look struct {
	Fill, Border color.NRGBA
	BorderWidth  float32
	Radius       float32
	Shadow       canvas.Shadow
}

// Box is a rectangle with a border, round corners and a shadow.
type Box struct {
	Object *canvas.Rectangle // for the renderer's Objects
	look   Look
}

// NewBox returns an invisible box.
func NewBox() *Box { return &Box{Object: canvas.NewRectangle(color.Transparent)} }

// Set changes the look.
func (b *Box) Set(look Look) {
	if b.look == look {
		return
	}
	b.look = look
	b.Object.FillColor, b.Object.StrokeColor = seen(look.Fill), seen(look.Border)
	b.Object.StrokeWidth, b.Object.CornerRadius = look.BorderWidth, look.Radius
	b.Object.Shadow = look.Shadow
	b.Object.Refresh()
}

// seen makes what is invisible the one value Fyne does not draw.
func seen(colour color.NRGBA) color.Color {
	if colour.A == 0 {
		return color.Transparent
	}
	return colour
}

// Place moves the box.
func (b *Box) Place(x, y, width, height float32) { place(b.Object, x, y, width, height) }

// Surface is the look of cards, panels and sheets: surface, a line, a shadow.
func Surface(palette *theme.Palette, radius float32, shadow theme.ShadowKind) Look {
	return Look{
		Fill: palette.Color(theme.Surface), Border: palette.Color(theme.Line),
		BorderWidth: palette.LineWidth(), Radius: radius, Shadow: palette.Shadow(shadow),
	}
}

// Fill is the look of a plain fill, with the border it needs in high contrast.
func Fill(palette *theme.Palette, fill theme.Token, radius float32) Look {
	look := Look{Fill: palette.Color(fill), Radius: radius}
	if border := palette.SoftBorder(fill); border != theme.None {
		look.Border, look.BorderWidth = palette.Color(border), palette.LineWidth()
	}
	return look
}

// Ring is the look of the keyboard's focus; Place it with PlaceRing.
func Ring(palette *theme.Palette, radius float32, focused bool) Look {
	if !focused {
		return Look{}
	}
	return Look{
		Border: palette.Color(theme.Acc), BorderWidth: theme.FocusWidth,
		Radius: radius + theme.FocusWidth,
	}
}

// PlaceRing places a focus ring outside a widget of a size.
func PlaceRing(ring *Box, size fyne.Size) {
	ring.Place(-theme.FocusWidth, -theme.FocusWidth, size.Width+2*theme.FocusWidth, size.Height+2*theme.FocusWidth)
}

// raise puts the capitals of Noto Sans in the middle of their line.
const raise = 1

// Text is one line of words in a role.
type Text struct {
	Object *canvas.Text // for the renderer's Objects

	palette *theme.Palette
	role    theme.Role
	words   string
	width   float32 // of words; negative: not measured yet
}

// NewText returns an empty line.
func NewText(palette *theme.Palette, role theme.Role) *Text {
	text := &Text{Object: canvas.NewText("", color.NRGBA{}), palette: palette, role: role}
	text.Object.TextSize, text.Object.TextStyle = role.Size(), role.Style()
	return text
}

// Set changes words and colour. Words that Place has cut stay cut until the
// next Place.
func (t *Text) Set(words string, token theme.Token) {
	if words != t.words {
		t.words, t.width = words, -1
		t.show(words)
	}
	if colour := t.palette.Color(token); t.Object.Color != colour {
		t.Object.Color = colour
		t.Object.Refresh()
	}
}

// SetRole changes size and weight.
func (t *Text) SetRole(role theme.Role) {
	if role == t.role {
		return
	}
	t.role, t.width = role, -1
	t.Object.TextSize, t.Object.TextStyle = role.Size(), role.Style()
	t.Object.Refresh()
}

// Role returns size and weight.
func (t *Text) Role() theme.Role { return t.role }

// Words returns all words, cut or not.
func (t *Text) Words() string { return t.words }

// Width is the width of all words.
func (t *Text) Width() float32 {
	if t.width < 0 {
		t.width = t.role.Measure(t.words)
	}
	return t.width
}

// LineHeight is the height of the line.
func (t *Text) LineHeight() float32 { return t.role.LineHeight() }

// Place puts the whole words at the left of a line.
func (t *Text) Place(x, y float32) {
	t.show(t.words)
	place(t.Object, x, y-raise, t.Width(), t.LineHeight())
}

// PlaceRight puts the whole words so that they end at right.
func (t *Text) PlaceRight(right, y float32) { t.Place(right-t.Width(), y) }

// PlaceCentre puts the whole words in the middle of a width.
func (t *Text) PlaceCentre(x, y, width float32) { t.Place(x+(width-t.Width())/2, y) }

// PlaceCut puts words in a width, ending with an ellipsis if they are longer.
// Not for numbers, times, amounts, badges or buttons.
func (t *Text) PlaceCut(x, y, width float32) {
	words, needed := t.words, t.AtMost()
	if needed > width {
		if needed = t.Width(); needed > width {
			words = Cut(t.words, t.role, width)
		}
	}
	t.show(words)
	place(t.Object, x, y-raise, min(needed, max(width, 0)), t.LineHeight())
}

// AtMost is a width that the words do not exceed, and costs less than Width where they are new.
func (t *Text) AtMost() float32 {
	if t.width >= 0 {
		return t.width
	}
	return t.palette.AtMost(t.role, t.words)
}

func (t *Text) show(words string) {
	if t.Object.Text != words {
		t.Object.Text = words
		t.Object.Refresh()
	}
}

// Cut shortens a text to a width, with an ellipsis at the end.
func Cut(text string, role theme.Role, width float32) string {
	if role.Measure(text) <= width {
		return text
	}
	runes := []rune(text)
	// The first length that is too long; one less fits.
	tooLong := sort.Search(len(runes), func(length int) bool {
		return role.Measure(string(runes[:length])+"…") > width
	})
	if tooLong == 0 {
		return ""
	}
	length := tooLong - 1
	for length > 0 && (runes[length-1] == ' ' || runes[length-1] == '\u00a0') {
		length--
	}
	return string(runes[:length]) + "…"
}

// Icon is one of our icons.
type Icon struct {
	Object *canvas.Image // for the renderer's Objects

	palette *theme.Palette
	size    float32
	name    string
}

// NewIcon returns an empty icon of a size.
func NewIcon(palette *theme.Palette, size float32) *Icon {
	image := &canvas.Image{FillMode: canvas.ImageFillContain}
	image.Hide()
	return &Icon{Object: image, palette: palette, size: size}
}

// Set changes icon and colour; an empty name hides it.
func (i *Icon) Set(name string, token theme.Token) {
	i.name = name
	if name == "" {
		show(i.Object, false)
		return
	}
	show(i.Object, true)
	if picture := i.palette.Icon(name, i.size, token); i.Object.Image != picture {
		i.Object.Image = picture
		i.Object.Refresh()
	}
}

// SetSize changes the size; Set and Place must follow.
func (i *Icon) SetSize(size float32) { i.size = size }

// Size is its side.
func (i *Icon) Size() float32 { return i.size }

// Shown tells whether there is an icon.
func (i *Icon) Shown() bool { return i.name != "" }

// Place moves the icon.
func (i *Icon) Place(x, y float32) { place(i.Object, x, y, i.size, i.size) }

func place(object fyne.CanvasObject, x, y, width, height float32) {
	object.Resize(fyne.NewSize(width, height))
	object.Move(fyne.NewPos(x, y))
}

func show(object fyne.CanvasObject, visible bool) {
	switch {
	case visible == object.Visible():
	case visible:
		object.Show()
	default:
		object.Hide()
	}
}

// drawing is a WidgetRenderer made of functions.
type drawing struct {
	widget  fyne.Widget
	objects []fyne.CanvasObject
	paint   func()
	layout  func(fyne.Size)
	minSize func() fyne.Size
}

// Draw makes a renderer: paint sets looks, words and icons, layout places
// them; both run at every Refresh, so they must compare, as the parts do. paint
// also refreshes widgets inside, so that they follow a change of mode.
// Fyne drops renderers of what was out of sight for a minute, so a new one
// draws a widget that has its size already.
func Draw(widget fyne.Widget, paint func(), layout func(fyne.Size), minSize func() fyne.Size, objects ...fyne.CanvasObject) fyne.WidgetRenderer {
	d := &drawing{widget: widget, objects: objects, paint: paint, layout: layout, minSize: minSize}
	d.Refresh()
	return d
}

func (d *drawing) Layout(size fyne.Size) { d.layout(size) }

func (d *drawing) Refresh() {
	d.paint()
	d.layout(d.widget.Size())
}

func (d *drawing) MinSize() fyne.Size           { return d.minSize() }
func (d *drawing) Objects() []fyne.CanvasObject { return d.objects }
func (d *drawing) Destroy()                     {}
