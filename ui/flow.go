package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// flow places texts from top to bottom in a width. What it made goes into a board.
type flow struct {
	palette *theme.Palette
	width   float32
	y       float32
	objects []fyne.CanvasObject
	// allergies is where the last item's allergy ends; 0 where there is none.
	allergies float32
}

// line is one text of a flow: words that wrap in a width.
type line struct {
	role  theme.Role
	token theme.Token
	words string
}

func (f *flow) add(object fyne.CanvasObject) { f.objects = append(f.objects, object) }

// at is a place at the flow's end.
func (f *flow) at(x float32) fyne.Position { return fyne.NewPos(x, f.y) }

// space leaves some height free.
func (f *flow) space(height float32) { f.y += height }

// text puts words on one line at a place, whole.
func (f *flow) text(l line, x, y float32) float32 {
	text := touch.NewText(f.palette, l.role)
	text.Set(l.words, l.token)
	text.Place(x, y)
	f.add(text.Object)
	return text.Width()
}

// right puts words on one line that ends at the right, and returns where it begins.
func (f *flow) right(l line, right, y float32) float32 {
	width := l.role.Measure(l.words)
	f.text(l, right-width, y)
	return right - width
}

// cut puts words on one line, with an ellipsis if they are too long.
func (f *flow) cut(l line, x, y, width float32) {
	text := touch.NewText(f.palette, l.role)
	text.Set(l.words, l.token)
	text.PlaceCut(x, y, width)
	f.add(text.Object)
}

// paragraph wraps words between x and right, and goes below them.
func (f *flow) paragraph(l line, x, right float32) {
	for _, words := range touch.Wrap(l.words, l.role, right-x) {
		f.text(line{l.role, l.token, words}, x, f.y)
		f.y += l.role.LineHeight()
	}
}

// icon puts an icon at a place.
func (f *flow) icon(name string, size float32, token theme.Token, x, y float32) {
	icon := touch.NewIcon(f.palette, size)
	icon.Set(name, token)
	icon.Place(x, y)
	f.add(icon.Object)
}

// point is a paragraph behind an icon of 20.
func (f *flow) point(icon string, l line) {
	f.icon(icon, 20, l.token, 0, f.y+(l.role.LineHeight()-20)/2)
	f.paragraph(l, 28, f.width)
	f.space(theme.HalfStep)
}

// box puts a filled rectangle at a place.
func (f *flow) box(look touch.Look, a area) {
	box := touch.NewBox()
	box.Set(look)
	box.Place(a.x, a.y, a.width, a.height)
	f.add(box.Object)
}

// rule draws a line across.
func (f *flow) rule() {
	width := f.palette.LineWidth()
	f.box(touch.Look{Fill: f.palette.Color(theme.Line)}, area{0, f.y, f.width, width})
	f.y += width
}

// The place of a block's words on its fill.
const (
	blockPadding = 6
	blockIndent  = 40
)

// block is a paragraph on a fill, behind an icon: allergies, banners.
func (f *flow) block(icon string, fill theme.Token, l line, x float32) {
	top := len(f.objects)
	from := f.y
	f.space(blockPadding)
	f.icon(icon, 18, l.token, x+12, f.y+(l.role.LineHeight()-18)/2)
	f.paragraph(l, x+blockIndent, f.width-blockPadding)
	f.space(blockPadding)
	// the fill goes below its words
	words := append([]fyne.CanvasObject(nil), f.objects[top:]...)
	f.objects = f.objects[:top]
	f.box(touch.Fill(f.palette, fill, theme.RadiusBadge), area{x, from, f.width - x, f.y - from})
	f.objects = append(f.objects, words...)
}

// blockHeight is how high a block is.
func (f *flow) blockHeight(role theme.Role, words string, x float32) float32 {
	lines := touch.Wrap(words, role, f.width-blockPadding-x-blockIndent)
	return 2*blockPadding + float32(len(lines))*role.LineHeight()
}

// put places a part over the flow's whole width, and goes below it.
func (f *flow) put(object fyne.CanvasObject, height float32) {
	place(object, area{0, f.y, f.width, height})
	f.add(object)
	f.space(height)
}

// most keeps that many lines; the last one says by its end that there were more.
func most(lines []string, count int, role theme.Role, width float32) []string {
	if len(lines) <= count {
		return lines
	}
	kept := append([]string(nil), lines[:count]...)
	kept[count-1] = touch.Cut(kept[count-1]+" "+lines[count], role, width)
	return kept
}

// board holds what a flow made; it never moves it.
type board struct {
	object *fyne.Container
	size   fyne.Size
}

func newBoard() *board {
	b := &board{}
	b.object = &fyne.Container{Layout: b}
	return b
}

// show replaces what is on the board.
func (b *board) show(f *flow) {
	b.object.Objects = f.objects
	b.size = fyne.NewSize(f.width, f.y)
	b.object.Refresh()
}

// Layout is Fyne's; everything has its place already.
func (b *board) Layout([]fyne.CanvasObject, fyne.Size) {}

// MinSize is Fyne's.
func (b *board) MinSize([]fyne.CanvasObject) fyne.Size { return b.size }

func place(object fyne.CanvasObject, a area) {
	object.Resize(fyne.NewSize(a.width, a.height))
	object.Move(fyne.NewPos(a.x, a.y))
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
