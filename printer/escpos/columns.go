package escpos

import "strings"

// Cell is a part of a line of [Encoder.Columns].
type Cell struct {
	Text  string
	Width int // columns of the font and size now chosen
	Align Alignment
}

// Columns prints cells side by side. Text that is wider than its cell goes on
// below, wrapped as by [Profile.Wrap]. It ends the line before and its own; it is
// an error if the cells are wider than the paper.
func (e *Encoder) Columns(cells ...Cell) {
	total := 0
	for _, c := range cells {
		if c.Width < 1 || c.Width > e.columns() || c.Align > Right {
			e.fail("cell of %d columns, alignment %d", c.Width, c.Align)
			return
		}
		total += c.Width
	}
	if total > e.columns() {
		e.fail("cells of %d columns on paper of %d", total, e.columns())
		return
	}
	e.startLine()
	rows := make([][]string, len(cells))
	height := 0
	for i, c := range cells {
		rows[i] = e.profile.Wrap(nil, c.Text, c.Width)
		height = max(height, len(rows[i]))
	}
	for y := range height {
		for i, c := range cells {
			text := ""
			if y < len(rows[i]) {
				text = rows[i][y]
			}
			free := max(c.Width-e.profile.Width(text), 0)
			left := 0
			switch c.Align {
			case Center:
				left = free / 2
			case Right:
				left = free
			}
			e.blanks(left)
			e.Text(text)
			e.blanks(free - left)
		}
		e.endLine()
	}
}

// blanks appends spaces.
func (e *Encoder) blanks(n int) {
	for n > 0 {
		some := min(n, len(spaces))
		e.Text(spaces[:some])
		n -= some
	}
}

const spaces = "                                                                "

// Rule prints a line of one letter from edge to edge. A letter of no width, or one
// that the Drawer draws, is an error.
func (e *Encoder) Rule(letter rune) {
	shown := e.profile.Display(string(letter))
	if len([]rune(shown)) != 1 || e.profile.Width(shown) != 1 {
		e.fail("rule of %q, not one column wide", letter)
		return
	}
	e.startLine()
	e.Line(strings.Repeat(shown, e.columns()))
}

// columns is how many letters of the font and size now chosen a line has.
func (e *Encoder) columns() int {
	columns := e.profile.Columns
	if e.style.Font == FontB {
		columns = e.profile.ColumnsB
	}
	if e.style.Rotated {
		columns = e.profile.dots() / cellHeight
	}
	return max(columns/e.style.Width, 1)
}
