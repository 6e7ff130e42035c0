package ui_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"comptoir/ui/model"
	"comptoir/ui/stories"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// BenchmarkOneRow draws a window in which the name of one order's customer has changed. go run
// ./bench/window measures it in the real window.
func BenchmarkOneRow(b *testing.B) {
	var story stories.Story
	for _, s := range stories.Stories() {
		if s.Name == "orders" {
			story = s
		}
	}
	s, err := stories.Show(test.NewTempApp(b), story, model.French, theme.Light, 1280, 800)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		b.StopTimer()
		i++
		s.Rename(2, "Customer "+strconv.Itoa(i))
		draw := s.Window.Prepare()
		b.StartTimer()
		draw()
	}
}

// BenchmarkKey taps a key of the keyboard and draws the window after it, as the window does.
func BenchmarkKey(b *testing.B) {
	s, line := typist(b)
	key := labelled(b, s.Window.Fyne(), "1")
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		if len(line.Text()) > 20 {
			line.SetText("")
		}
		b.StartTimer()
		tap(key)
		b.StopTimer()
		draw := s.Window.Prepare()
		b.StartTimer()
		draw()
	}
}

// A key is answered within a frame of 16 ms, with what the window draws after it.
func TestKeyIsAnsweredWithinAFrame(t *testing.T) {
	s, line := typist(t)
	const keys = 50
	took := make([]time.Duration, keys)
	for i := range took {
		if i%20 == 0 {
			line.SetText("")
		}
		key := labelled(t, s.Window.Fyne(), strconv.Itoa(i%10))
		start := time.Now()
		tap(key)
		shown := time.Since(start)
		draw := s.Window.Prepare()
		start = time.Now()
		draw()
		took[i] = shown + time.Since(start)
	}
	slices.Sort(took)
	if median := took[keys/2]; median > 16*time.Millisecond {
		t.Errorf("a key takes %v", median)
	}
	t.Logf("a key takes %v, at most %v", took[keys/2], took[keys-1])
}

// typist is a window in which an address is being typed.
func typist(t testing.TB) (*stories.Stage, *touch.Field) {
	t.Helper()
	for _, story := range stories.Stories() {
		if story.Name != "setup-typing" {
			continue
		}
		s, err := stories.Show(test.NewTempApp(t), story, model.French, theme.Light, 800, 480)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		line, ok := labelled(t, s.Window.Fyne(), "Adresse de l’imprimante").(*touch.Field)
		if !ok {
			t.Fatal("there is no line to type in")
		}
		return s, line
	}
	t.Fatal("there is no such story")
	return nil, nil
}
