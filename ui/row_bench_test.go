package ui_test

import (
	"strconv"
	"testing"

	"fyne.io/fyne/v2/test"

	"comptoir/ui/model"
	"comptoir/ui/stories"
	"comptoir/ui/theme"
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
