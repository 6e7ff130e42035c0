package touch

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"comptoir/ui/theme"
)

// List shows rows of one height, in one column or more, and headings between
// them. Only rows in view exist; they are reused. While a finger is down neither
// the order nor a row changes: what came meanwhile is shown when it is up.
type List struct {
	scrolling
	// OnMoved runs when InView may answer something else.
	OnMoved func()

	palette *theme.Palette // of headings
	create  func(Scroller) fyne.CanvasObject
	update  func(row fyne.CanvasObject, id string)

	rowHeight, gap, inset float32
	columns               int

	blocks   []Block
	rows     map[string]fyne.CanvasObject // in view
	spare    []fyne.CanvasObject
	headings []*heading          // in view, and spare ones
	shown    []fyne.CanvasObject // what is in view in its order, for the renderer

	waiting    []Block // what came while a finger was down
	hasWaiting bool
	stale      map[string]bool // rows to update when it is up

	mark *canvas.Rectangle // refreshed to repaint when nothing moves
}

// NewList returns an empty list. create makes a row whose pressable parts get
// the scroller; update fills a row, which may have shown another id before.
func NewList(palette *theme.Palette, rowHeight, gap float32, create func(Scroller) fyne.CanvasObject, update func(row fyne.CanvasObject, id string)) *List {
	list := &List{
		palette: palette, create: create, update: update, rowHeight: rowHeight, gap: gap, columns: 1,
		rows: map[string]fyne.CanvasObject{}, stale: map[string]bool{},
		mark: canvas.NewRectangle(color.Transparent),
	}
	list.arrange = list.placeRows
	list.length = func() (float32, float32) { return list.contentHeight(), list.Size().Height }
	list.released = list.catchUp
	list.ExtendBaseWidget(list)
	return list
}

// Block is a part of a list under a heading.
type Block struct {
	// Heading is drawn above its rows; none where empty.
	Heading string
	IDs     []string
}

func (b Block) equal(other Block) bool {
	return b.Heading == other.Heading && slices.Equal(b.IDs, other.IDs)
}

// SetIDs changes what is listed, in this order; each id once. Rows that stay
// are not updated: UpdateRow does that.
func (l *List) SetIDs(ids []string) { l.SetBlocks(Block{IDs: ids}) }

// SetBlocks is SetIDs of a list with headings.
func (l *List) SetBlocks(blocks ...Block) {
	kept := make([]Block, len(blocks))
	for i, b := range blocks {
		kept[i] = Block{b.Heading, slices.Clone(b.IDs)}
	}
	if l.holding() {
		l.waiting, l.hasWaiting = kept, true
		return
	}
	l.apply(kept)
}

// UpdateRow fills the row of an id again, if it is in view.
func (l *List) UpdateRow(id string) {
	l.stale[id] = true
	if !l.holding() {
		l.updateStale()
	}
}

func (l *List) apply(blocks []Block) {
	l.waiting, l.hasWaiting = nil, false
	if !slices.EqualFunc(blocks, l.blocks, Block.equal) {
		l.blocks = blocks
		l.relayout()
	}
	l.updateStale()
}

// catchUp shows what came while the finger was down.
func (l *List) catchUp() {
	if l.hasWaiting {
		l.apply(l.waiting)
		return
	}
	l.updateStale()
}

func (l *List) updateStale() {
	for id := range l.stale {
		if row, ok := l.rows[id]; ok {
			l.update(row, id)
		}
	}
	clear(l.stale)
}

// Row returns the row of an id, or nil if it is not in view.
func (l *List) Row(id string) fyne.CanvasObject { return l.rows[id] }

// SetRowHeight changes the height of rows, in another layout.
func (l *List) SetRowHeight(height float32) {
	if l.rowHeight != height {
		l.rowHeight = height
		l.relayout()
	}
}

// SetColumns changes the number of columns.
func (l *List) SetColumns(columns int) {
	if columns = max(columns, 1); l.columns != columns {
		l.columns = columns
		l.relayout()
	}
}

// SetInset keeps rows that far from the edges: the list clips, and shadows and
// focus rings stand out of rows. Place the list that much bigger.
func (l *List) SetInset(inset float32) {
	if l.inset != inset {
		l.inset = inset
		l.relayout()
	}
}

func (l *List) relayout() {
	l.offset = min(l.offset, l.limit())
	l.placeRows()
}

// line is one line of a list: a heading, or as many rows as there are columns.
type line struct {
	top, height float32 // without the inset
	heading     string
	ids         []string
	before      int // rows above it
}

// lines visits all lines from the top, until f returns false.
func (l *List) lines(f func(line) bool) {
	top, before := float32(0), 0
	for _, b := range l.blocks {
		if b.Heading != "" && len(b.IDs) > 0 {
			if !f(line{top, headingHeight, b.Heading, nil, before}) {
				return
			}
			top += headingHeight + l.gap
		}
		for i := 0; i < len(b.IDs); i += l.columns {
			ids := b.IDs[i:min(i+l.columns, len(b.IDs))]
			if !f(line{top, l.rowHeight, "", ids, before}) {
				return
			}
			top, before = top+l.pitch(), before+len(ids)
		}
	}
}

// InView returns the numbers, from 1, of the first and last row fully in
// view, and how many there are; first and last are 0 when there are none.
func (l *List) InView() (first, last, total int) {
	for _, b := range l.blocks {
		total += len(b.IDs)
	}
	const slack = 0.5 // rounding
	from, to := l.offset-slack, l.offset+l.view()+slack
	l.lines(func(line line) bool {
		if line.heading != "" {
			return line.top < to
		}
		switch end := line.before + len(line.ids); {
		case first == 0 && line.top >= from: // higher than the view: the one we see
			first, last = line.before+1, end
		case first != 0 && line.top+line.height <= to:
			last = end
		}
		return line.top < to || first == 0
	})
	if first == 0 && total > 0 {
		first, last = total, total
	}
	return first, last, total
}

// PageDown shows the rows after those in view, from a whole line on.
func (l *List) PageDown() {
	next, end := l.offset, l.offset+l.view()+1
	l.lines(func(line line) bool {
		if line.top <= l.offset+1 { // the first in view may be higher than it
			return true
		}
		next = line.top
		return line.top+line.height <= end
	})
	l.moveTo(next)
}

// PageUp shows the rows before those in view, from a whole line on.
func (l *List) PageUp() {
	back, from := float32(0), l.offset-l.gap-l.view()-1
	l.lines(func(line line) bool {
		if line.top >= l.offset-1 {
			return false
		}
		back = line.top
		return line.top < from
	})
	l.moveTo(back)
}

// ShowRow scrolls to a row, if it has to.
func (l *List) ShowRow(id string) {
	l.lines(func(line line) bool {
		if !slices.Contains(line.ids, id) {
			return true
		}
		l.reveal(line.top, line.top+line.height+2*l.inset)
		return false
	})
}

// ScrollToTop shows the first row.
func (l *List) ScrollToTop() { l.moveTo(0) }

func (l *List) pitch() float32 { return l.rowHeight + l.gap }

// view is the height rows can be seen in.
func (l *List) view() float32 { return l.Size().Height - 2*l.inset }

// ContentHeight is how high all rows and headings are, without the inset.
func (l *List) ContentHeight() float32 {
	height := float32(0)
	for _, b := range l.blocks {
		if len(b.IDs) == 0 {
			continue
		}
		if b.Heading != "" {
			height += headingHeight + l.gap
		}
		height += float32((len(b.IDs)+l.columns-1)/l.columns) * l.pitch()
	}
	return max(height-l.gap, 0)
}

func (l *List) contentHeight() float32 { return l.ContentHeight() + 2*l.inset }

// placeRows gives every id in view a row, and puts rows in their places.
func (l *List) placeRows() {
	size := l.Size()
	var seen []line
	var inView []string
	if size.Height > 0 {
		l.lines(func(line line) bool {
			if line.top+line.height >= l.offset-2*l.inset && line.top <= l.offset+size.Height {
				seen, inView = append(seen, line), append(inView, line.ids...)
			}
			return line.top <= l.offset+size.Height
		})
	}
	l.spareRows(inView)

	width := (size.Width - 2*l.inset - float32(l.columns-1)*l.gap) / float32(l.columns)
	l.shown = l.shown[:0]
	headings := 0
	for _, line := range seen {
		y := l.inset + line.top - l.offset
		if line.heading != "" {
			if headings == len(l.headings) {
				l.headings = append(l.headings, newHeading(l.palette))
			}
			h := l.headings[headings]
			headings++
			h.set(line.heading)
			place(h, l.inset, y, size.Width-2*l.inset, headingHeight)
			l.shown = append(l.shown, h)
		}
		for i, id := range line.ids {
			row := l.row(id)
			place(row, l.inset+float32(i)*(width+l.gap), y, width, l.rowHeight)
			l.shown = append(l.shown, row)
		}
	}
	l.mark.Refresh() // rows that went leave no trace of their own
	if l.OnMoved != nil {
		l.OnMoved()
	}
}

// spareRows takes the rows that went out of view.
func (l *List) spareRows(inView []string) {
	stay := make(map[string]bool, len(inView))
	for _, id := range inView {
		stay[id] = true
	}
	gone := false
	for id, row := range l.rows {
		if !stay[id] {
			delete(l.rows, id)
			l.spare = append(l.spare, row)
			gone = true
		}
	}
	if gone {
		l.unfocus()
	}
}

// unfocus takes the keyboard off the rows: Enter must not act on one that is
// out of sight or shows another order by now.
func (l *List) unfocus() {
	window := fyne.CurrentApp().Driver().CanvasForObject(l)
	if window == nil {
		return
	}
	if focused, ok := window.Focused().(interface{ inside(Scroller) bool }); ok && focused.inside(l) {
		window.Unfocus()
	}
}

func (l *List) row(id string) fyne.CanvasObject {
	if row, ok := l.rows[id]; ok {
		return row
	}
	var row fyne.CanvasObject
	if last := len(l.spare) - 1; last >= 0 {
		row, l.spare = l.spare[last], l.spare[:last]
	} else {
		row = l.create(l)
	}
	l.rows[id] = row
	l.update(row, id)
	return row
}

// CreateRenderer is called by Fyne.
func (l *List) CreateRenderer() fyne.WidgetRenderer {
	l.ExtendBaseWidget(l)
	return &listRenderer{list: l}
}

type listRenderer struct{ list *List }

func (r *listRenderer) Layout(fyne.Size) { r.list.relayout() }

// Refresh fills and repaints the rows in view; spare ones have old colours.
func (r *listRenderer) Refresh() {
	r.list.spare = nil
	for id, row := range r.list.rows {
		r.list.update(row, id)
		row.Refresh()
	}
	for _, h := range r.list.headings {
		h.Refresh()
	}
}

func (r *listRenderer) MinSize() fyne.Size {
	return fyne.NewSize(2*minView, min(r.list.rowHeight, 2*minView))
}

func (r *listRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.list.mark}, r.list.shown...)
}

func (r *listRenderer) Destroy() {}
