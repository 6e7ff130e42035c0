package ui_test

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"comptoir/ui/model"
	"comptoir/ui/stories"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// TestStructure holds every story, in every size and language, to the rules of ui.md: what can
// be pressed is big enough and alone in its place, and words stay whole inside their parents.
func TestStructure(t *testing.T) {
	app := test.NewTempApp(t)
	sizes := []fyne.Size{{Width: 1280, Height: 800}, {Width: 800, Height: 480}, {Width: 480, Height: 800}, {Width: 1920, Height: 1080}}
	for _, story := range stories.Stories() {
		for _, size := range sizes {
			for _, language := range model.Languages() {
				name := fmt.Sprintf("%s %gx%g %s", story.Name, size.Width, size.Height, language)
				t.Run(name, func(t *testing.T) {
					stage, err := stories.Show(app, story, language, theme.Light, size.Width, size.Height)
					if err != nil {
						t.Fatal(err)
					}
					defer stage.Close()
					window := stage.Window.Fyne().Canvas()
					seen := top(stage.Window.Fyne())
					w := walker{t: t, covered: seen != window.Content(), window: rectangle{0, 0, size.Width, size.Height}}
					w.walk(seen, fyne.Position{}, w.window, w.window, nil)
					w.compare()
				})
			}
		}
	}
}

// TestStructureOfParts holds the parts by themselves to the same rules.
func TestStructureOfParts(t *testing.T) {
	app := test.NewTempApp(t)
	for _, part := range stories.Parts() {
		for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 800, Height: 480}, {Width: 480, Height: 800}} {
			for _, language := range model.Languages() {
				t.Run(fmt.Sprintf("%s %gx%g %s", part.Name, size.Width, size.Height, language), func(t *testing.T) {
					window, err := stories.ShowPart(app, part, language, theme.Light, size.Width, size.Height)
					if err != nil {
						t.Fatal(err)
					}
					defer window.Close()
					high := window.Canvas().Size()
					w := walker{t: t, window: rectangle{0, 0, high.Width, high.Height}}
					w.walk(window.Content(), fyne.Position{}, w.window, w.window, nil)
					w.overlaps()
					if w.texts == 0 {
						t.Error("there is nothing to see")
					}
				})
			}
		}
	}
}

type rectangle struct{ left, top, right, bottom float32 }

func (r rectangle) and(o rectangle) rectangle {
	return rectangle{max(r.left, o.left), max(r.top, o.top), min(r.right, o.right), min(r.bottom, o.bottom)}
}

func (r rectangle) empty() bool { return r.right-r.left < 0.5 || r.bottom-r.top < 0.5 }

// pressable is something that can be pressed, with what of it can be seen.
type pressable struct {
	object  fyne.CanvasObject
	parents []fyne.CanvasObject
	seen    rectangle
}

// above says that it lies over the rest for a while, and takes the touches there.
func (p pressable) above() bool {
	return isSnackbar(p.object) || slices.ContainsFunc(p.parents, isSnackbar)
}

func (w word) above() bool { return slices.ContainsFunc(w.parents, isSnackbar) }

func isSnackbar(object fyne.CanvasObject) bool {
	_, ok := object.(*touch.Snackbar)
	return ok
}

type walker struct {
	t          *testing.T
	window     rectangle
	covered    bool // by an overlay
	pressables []pressable
	texts      int
	words      []word
}

// word is a text, with what of it can be seen.
type word struct {
	text    string
	parents []fyne.CanvasObject
	seen    rectangle
}

func (w *walker) walk(object fyne.CanvasObject, at fyne.Position, clip, parent rectangle, parents []fyne.CanvasObject) {
	if !object.Visible() {
		return
	}
	at = at.Add(object.Position())
	size := object.Size()
	own := rectangle{at.X, at.Y, at.X + size.Width, at.Y + size.Height}
	if text, ok := object.(*canvas.Text); ok {
		w.text(text, own, parent, clip)
		// a line's height has air above and below its letters
		if seen := own.and(clip); text.Text != "" && seen.bottom-seen.top > 8 {
			seen.top, seen.bottom = seen.top+4, seen.bottom-4
			w.words = append(w.words, word{text.Text, parents, seen})
		}
		return
	}
	if _, ok := object.(interface {
		fyne.Tappable
		Pressed() bool
		Disabled() bool
	}); ok && size != fyne.NewSize(w.window.right, w.window.bottom) { // the scrim covers all
		least := float32(theme.MinTouch)
		if fmt.Sprintf("%T", object) == "*touch.key" { // ten keys in 480
			least = 480 / 10
		}
		if size.Width < least || size.Height < theme.MinTouch {
			w.t.Errorf("%T at %v is %v, too small for a finger", object, at, size)
		}
		if seen := own.and(clip); !seen.empty() {
			w.pressables = append(w.pressables, pressable{object, parents, seen})
		}
	}
	if _, ok := object.(fyne.Scrollable); ok {
		clip = clip.and(own)
	}
	var children []fyne.CanvasObject
	switch o := object.(type) {
	case *fyne.Container:
		children = o.Objects
		if size.Width == 0 { // a board of nothing
			return
		}
	case fyne.Widget:
		children = test.WidgetRenderer(o).Objects()
	}
	parents = append(parents[:len(parents):len(parents)], object)
	for _, child := range children {
		w.walk(child, at, clip, own, parents)
	}
}

func (w *walker) text(text *canvas.Text, own, parent, clip rectangle) {
	if text.Text == "" || own.and(clip).empty() {
		return
	}
	w.texts++
	if text.TextSize < 16 {
		w.t.Errorf("%q is %g high, least is 16", text.Text, text.TextSize)
	}
	const rounding = 1
	if needed := fyne.MeasureText(text.Text, text.TextSize, text.TextStyle).Width; own.right-own.left < needed-rounding {
		w.t.Errorf("%q needs %g, has %g", text.Text, needed, own.right-own.left)
	}
	if own.left < parent.left-rounding || own.right > parent.right+rounding || own.top < parent.top-4 || own.bottom > parent.bottom+4 {
		w.t.Errorf("%q at %v stands out of its parent at %v", text.Text, own, parent)
	}
	if own.left < w.window.left || own.right > w.window.right+rounding && clip.right >= w.window.right {
		w.t.Logf("%q reaches over the window's edge", text.Text)
	}
}

// compare finds pressables that are missing, or lie over each other unless one is a part of the
// other.
func (w *walker) compare() {
	w.t.Logf("%d pressables, %d texts", len(w.pressables), w.texts)
	const least = 3 // the rail, or what an overlay has
	if len(w.pressables) < least && !w.covered || len(w.pressables) == 0 {
		w.t.Errorf("only %d things can be pressed", len(w.pressables))
	}
	w.overlaps()
}

func (w *walker) overlaps() {
	for i, a := range w.pressables {
		for _, b := range w.pressables[i+1:] {
			if a.seen.and(b.seen).empty() || contains(a.parents, b.object) || contains(b.parents, a.object) || a.above() != b.above() {
				continue
			}
			w.t.Errorf("%T at %v and %T at %v lie over each other", a.object, a.seen, b.object, b.seen)
		}
	}
	for i, a := range w.words {
		for _, b := range w.words[i+1:] {
			if !a.seen.and(b.seen).empty() && a.above() == b.above() {
				w.t.Errorf("%q at %v and %q at %v lie over each other", a.text, a.seen, b.text, b.seen)
			}
		}
		for _, b := range w.pressables {
			drawn := rectangle{b.seen.left, b.seen.top + 8, b.seen.right, b.seen.bottom - 8} // some targets are higher than what is drawn
			if !a.seen.and(drawn).empty() && !contains(a.parents, b.object) && !contains(b.parents, a.parents[len(a.parents)-1]) && a.above() == b.above() {
				w.t.Errorf("%q at %v and %T at %v lie over each other", a.text, a.seen, b.object, b.seen)
			}
		}
	}
}

func contains(objects []fyne.CanvasObject, object fyne.CanvasObject) bool {
	for _, o := range objects {
		if o == object {
			return true
		}
	}
	return false
}
