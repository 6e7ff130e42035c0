package touch

import (
	"image/color"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// List shows rows of one height, in one column or more. Only rows in view
// exist; they are reused. While a finger is down neither the order nor a row
// changes: what came meanwhile is shown when it is up.
type List struct {
	scrolling
	// OnMoved runs when InView may answer something else.
	OnMoved func()

	create func(Scroller) fyne.CanvasObject
	update func(row fyne.CanvasObject, id string)

	rowHeight, gap, inset float32
	columns               int

	ids   []string
	rows  map[string]fyne.CanvasObject // in view
	spare []fyne.CanvasObject
	shown []fyne.CanvasObject // rows in view in their order, for the renderer

	waiting    []string // ids that came while a finger was down
	hasWaiting bool
	stale      map[string]bool // rows to update when it is up

	mark *canvas.Rectangle // refreshed to repaint when nothing moves
}

// NewList returns an empty list. create makes a row whose pressable parts get
// the scroller; update fills a row, which may have shown another id before.
func NewList(rowHeight, gap float32, create func(Scroller) fyne.CanvasObject, update func(row fyne.CanvasObject, id string)) *List {
	list := &List{
		create: create, update: update, rowHeight: rowHeight, gap: gap, columns: 1,
		rows: map[string]fyne.CanvasObject{}, stale: map[string]bool{},
		mark: canvas.NewRectangle(color.Transparent),
	}
	list.arrange = list.placeRows
	list.length = func() (float32, float32) { return list.contentHeight(), list.Size().Height }
	list.released = list.catchUp
	list.ExtendBaseWidget(list)
	return list
}

// SetIDs changes what is listed, in this order; each id once. Rows that stay
// are not updated: UpdateRow does that.
func (l *List) SetIDs(ids []string) {
	if l.holding() {
		l.waiting, l.hasWaiting = slices.Clone(ids), true
		return
	}
	l.apply(ids)
}

// UpdateRow fills the row of an id again, if it is in view.
func (l *List) UpdateRow(id string) {
	l.stale[id] = true
	if !l.holding() {
		l.updateStale()
	}
}

func (l *List) apply(ids []string) {
	l.waiting, l.hasWaiting = nil, false
	if !slices.Equal(ids, l.ids) {
		l.ids = slices.Clone(ids)
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

// InView returns the numbers, from 1, of the first and last row fully in
// view, and how many there are; first and last are 0 when there are none.
func (l *List) InView() (first, last, total int) {
	total = len(l.ids)
	if total == 0 {
		return 0, 0, 0
	}
	const slack = 0.5 // rounding
	pitch := float64(l.pitch())
	firstLine := int(math.Ceil((float64(l.offset) - slack) / pitch))
	lastLine := int(math.Floor((float64(l.offset+l.view()+l.gap) + slack) / pitch))
	lastLine = max(lastLine, firstLine+1) // higher than the view: the one we see
	first = min(firstLine*l.columns+1, total)
	return first, max(min(lastLine*l.columns, total), first), total
}

// PageDown shows the rows after those in view.
func (l *List) PageDown() { l.page(1) }

// PageUp shows the rows before those in view.
func (l *List) PageUp() { l.page(-1) }

func (l *List) page(direction float32) {
	lines := max(float32(math.Floor(float64((l.view()+l.gap)/l.pitch()))), 1)
	// From whole lines, so that a page begins with a whole row.
	line := float32(math.Round(float64(l.offset / l.pitch())))
	l.moveTo((line + direction*lines) * l.pitch())
}

// ShowRow scrolls to a row, if it has to.
func (l *List) ShowRow(id string) {
	index := slices.Index(l.ids, id)
	if index < 0 {
		return
	}
	from := float32(index/l.columns) * l.pitch()
	l.reveal(from, from+l.rowHeight+2*l.inset)
}

// ScrollToTop shows the first row.
func (l *List) ScrollToTop() { l.moveTo(0) }

func (l *List) pitch() float32 { return l.rowHeight + l.gap }

// view is the height rows can be seen in.
func (l *List) view() float32 { return l.Size().Height - 2*l.inset }

func (l *List) contentHeight() float32 {
	lines := (len(l.ids) + l.columns - 1) / l.columns
	return max(float32(lines)*l.pitch()-l.gap, 0) + 2*l.inset
}

// placeRows gives every id in view a row, and puts rows in their places.
func (l *List) placeRows() {
	size := l.Size()
	firstLine := max(int((l.offset-l.inset)/l.pitch()), 0)
	lastLine := int((l.offset + size.Height) / l.pitch())
	first := min(firstLine*l.columns, len(l.ids))
	last := min((lastLine+1)*l.columns, len(l.ids))
	if size.Height <= 0 {
		last = first
	}
	inView := l.ids[first:last]
	l.spareRows(inView)

	width := (size.Width - 2*l.inset - float32(l.columns-1)*l.gap) / float32(l.columns)
	l.shown = l.shown[:0]
	for i, id := range inView {
		row := l.row(id)
		index := first + i
		x := l.inset + float32(index%l.columns)*(width+l.gap)
		y := l.inset + float32(index/l.columns)*l.pitch() - l.offset
		place(row, x, y, width, l.rowHeight)
		l.shown = append(l.shown, row)
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
}

func (r *listRenderer) MinSize() fyne.Size {
	return fyne.NewSize(2*minView, min(r.list.rowHeight, 2*minView))
}

func (r *listRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.list.mark}, r.list.shown...)
}

func (r *listRenderer) Destroy() {}
