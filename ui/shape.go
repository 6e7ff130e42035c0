package ui

import "comptoir/ui/theme"

// shape is the window's size, and what follows from it (ui.md section 9).
type shape struct {
	width, height float32
}

func (s shape) wide() bool   { return s.width >= theme.WideLayout }
func (s shape) narrow() bool { return s.width < theme.NarrowLayout }
func (s shape) low() bool    { return s.height < theme.LowLayout }

// margin is between the content and the window's edges.
func (s shape) margin() float32 {
	if s.wide() {
		return theme.Margin
	}
	return theme.MarginNarrow
}

func (s shape) topHeight() float32 {
	if s.wide() || s.narrow() {
		return 72
	}
	return 64
}

func (s shape) tabHeight() float32 {
	switch {
	case s.wide():
		return 72
	case s.narrow():
		return 64
	}
	return 60
}

// gap is between tabs and list, and below the list.
func (s shape) gap() float32 {
	if s.wide() {
		return theme.PanelGap
	}
	return 8
}

func (s shape) cardHeight() float32 {
	switch {
	case s.wide():
		return theme.CardHeight
	case s.narrow():
		return 212
	}
	return 108
}

// columns is how many cards stand side by side.
func (s shape) columns() int {
	if s.width >= 1800 {
		return 2
	}
	return 1
}

func (s shape) detailsWidth() float32 {
	if s.columns() > 1 {
		return 480
	}
	return theme.DetailsWidth
}

// bottomBar is the height of the rail where it lies at the bottom.
const bottomBar = 80

// area is a part of the window.
type area struct {
	x, y, width, height float32
}

func (a area) bottom() float32 { return a.y + a.height }

// content is what the rail leaves.
func (s shape) content(railWidth float32) area {
	if s.narrow() {
		return area{0, 0, s.width, s.height - bottomBar}
	}
	return area{railWidth, 0, s.width - railWidth, s.height}
}
