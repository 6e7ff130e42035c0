package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// searching is the line in which somebody looks for orders, and the keyboard on the screen.
type searching struct {
	palette *theme.Palette
	control control
	field   *touch.Field
	typing  *typing
	// filter opens the sheet of the filter: narrow windows have no other button for it.
	filter, close, show *touch.Button
	data                *model.SearchBar // nil where nobody searches
}

func newSearching(palette *theme.Palette, control control) *searching {
	s := &searching{palette: palette, control: control}
	s.typing = newTyping(palette, func() {
		if !s.typing.up() && s.data != nil && s.data.Typing { // its own key has ended it
			control.Typing(false)
		}
	})
	s.field = touch.NewField(palette, control.Search)
	s.field.SetIcon("search")
	s.field.OnChosen = func() { control.Typing(true) }
	s.field.OnDone = func() { control.Typing(false) }
	s.filter = touch.NewIconButton(palette, "filter", control.OpenFilter)
	s.close = touch.NewButton(palette, touch.Other, "x", "", control.CloseSearch)
	s.show = touch.NewButton(palette, touch.Other, "", "", func() { control.Typing(true) })
	return s
}

func (s *searching) set(data *model.SearchBar) {
	began := s.data == nil
	s.data = data
	if data == nil {
		s.typing.end()
		return
	}
	if began && s.field.Text() == "" { // else somebody was faster than this state
		s.field.SetText(data.Query)
	}
	setField(s.field, data.Field)
	s.typing.set(data.Keyboard)
	if data.Typing {
		s.typing.begin(s.field)
	} else {
		s.typing.end()
		s.field.SetActive(true) // for a real keyboard
	}
	s.show.SetLabel(data.Show)
}

// other says that something else is looked for than what is drawn.
func (s *searching) other(data *model.SearchBar) bool {
	return s.data == nil || data == nil || s.data.Query != data.Query
}

// open begins a search, with the keyboard on the screen or a real one.
func (s *searching) open(onScreen bool) {
	if !s.control.Searching() {
		s.field.SetText("")
	}
	s.control.OpenSearch()
	s.control.Typing(onScreen)
}

// typed takes a letter of a real keyboard: it begins a search.
func (s *searching) typed(r rune) {
	if !s.control.Searching() { // what is drawn may be older
		s.open(false)
	}
	s.field.TypedRune(r)
}

// pressed takes the other keys of one.
func (s *searching) pressed(key fyne.KeyName) {
	switch {
	case !s.control.Searching():
	case key == fyne.KeyEscape:
		s.control.CloseSearch()
	default:
		s.field.TypedKey(&fyne.KeyEvent{Name: key})
	}
}

// objects are what it may show.
func (s *searching) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{s.field, s.filter, s.close, s.show, s.typing.object}
}

// on says that somebody searches.
func (s *searching) on() bool { return s.data != nil }

// place puts the line at the top of the area and the keyboard at the bottom of the window's part. It
// returns the height of the line, and what the keyboard leaves.
func (s *searching) place(line area, whole fyne.Size, low bool) (height, left float32) {
	const gap, wordsFrom = 8, 560
	for _, object := range s.objects() {
		show(object, s.on())
	}
	if !s.on() {
		return 0, whole.Height
	}
	words := s.data.Close
	if line.width < wordsFrom {
		words = "" // the field needs the room
	}
	s.close.SetLabel(words)
	show(s.typing.object, s.typing.up())
	show(s.show, !s.typing.up())
	right := line.x + line.width
	for _, b := range []*touch.Button{s.close, s.filter, s.show} {
		if !b.Visible() {
			continue
		}
		width := b.MinSize().Width
		right -= width
		place(b, area{right, line.y, width, theme.MinTouch})
		right -= gap
	}
	place(s.field, area{line.x, line.y, right - line.x, theme.MinTouch})
	return theme.MinTouch + gap, s.typing.place(whole, low)
}
