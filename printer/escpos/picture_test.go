package escpos_test

import (
	"image"
	"image/color"
	"testing"

	"comptoir/printer/escpos"
)

// paint makes a picture of so many pixels by a function of them.
func paint(width, height int, of func(x, y int) color.Color) image.Image {
	picture := image.NewNRGBA(image.Rect(3, 5, 3+width, 5+height)) // not at the origin
	for y := range height {
		for x := range width {
			picture.Set(3+x, 5+y, of(x, y))
		}
	}
	return picture
}

func TestDither(t *testing.T) {
	half := func(x, _ int) color.Color {
		if x%2 == 0 {
			return color.Black
		}
		return color.White
	}
	for name, test := range map[string]struct {
		picture image.Image
		width   int
		want    string
	}{
		"black is 1":           {paint(2, 1, half), 9, "#./"},
		"transparent is white": {paint(2, 1, func(int, int) color.Color { return color.NRGBA{} }), 9, "../"},
		"half transparent":     {paint(2, 1, func(int, int) color.Color { return color.NRGBA{0, 0, 0, 200} }), 9, "##/"},
		"red is dark":          {paint(1, 1, func(int, int) color.Color { return color.NRGBA{255, 0, 0, 255} }), 9, "#/"},
		"yellow is light":      {paint(1, 1, func(int, int) color.Color { return color.NRGBA{255, 255, 0, 255} }), 9, "./"},
		"smaller": {paint(8, 4, func(x, _ int) color.Color {
			if x < 4 {
				return color.Black
			}
			return color.White
		}), 4, "##../##../"},
		"not larger":     {paint(2, 1, half), 400, "#./"},
		"a row at least": {paint(100, 1, func(int, int) color.Color { return color.Black }), 2, "##/"},
	} {
		got, err := escpos.Dither(test.picture, test.width)
		if err != nil || rows(got) != test.want {
			t.Errorf("%s: got %s, %v, want %s", name, rows(got), err, test.want)
		}
	}
}

// TestDitherGrey: as many dots are black as a grey is dark.
func TestDitherGrey(t *testing.T) {
	const side = 64
	for _, grey := range []int{0, 16, 64, 128, 192, 240, 255} {
		dots, err := escpos.Dither(paint(side, side, func(int, int) color.Color { return color.Gray{uint8(grey)} }), side)
		if err != nil {
			t.Fatal(err)
		}
		black := 0
		for y := range side {
			for x := range side {
				if dots.Black(x, y) {
					black++
				}
			}
		}
		want := side * side * (255 - grey) / 255
		if off := black - want; off < -side || off > side {
			t.Errorf("grey %d: %d dots, want %d", grey, black, want)
		}
	}
}

// TestImageFitsPaper: wide pictures are made smaller, in bands, for each way of printing.
func TestImageFitsPaper(t *testing.T) {
	picture := paint(1000, 800, func(x, y int) color.Color { return color.Gray{uint8(x*y/3 + x)} })
	for _, name := range escpos.ProfileNames() {
		p, _ := escpos.ProfileNamed(name)
		want, err := escpos.Dither(picture, p.Dots)
		if err != nil {
			t.Fatal(err)
		}
		tickets, err := escpos.Decode(p, encode(t, p, func(e *escpos.Encoder) { e.Text("a"); e.Image(picture); e.Line("b") }))
		if err != nil || len(tickets) != 1 {
			t.Fatalf("%s: %d tickets, %v", name, len(tickets), err)
		}
		lines := tickets[0].Lines
		if lines[0].String() != "a" || lines[len(lines)-1].String() != "b" || lines[len(lines)-1].Spacing != 0 {
			t.Errorf("%s: the text around the image is gone", name)
		}
		y := 0
		for _, line := range lines[1 : len(lines)-1] {
			for row := range line.Image.Height {
				for x := range line.Image.Width {
					if line.Image.Black(x, row) != want.Black(x, y+row) {
						t.Fatalf("%s: dot %d, %d differs", name, x, y+row)
					}
				}
			}
			y += line.Image.Height
		}
		if y < want.Height || want.Width != p.Dots {
			t.Errorf("%s: %d rows of %d", name, y, want.Height)
		}
	}
}

func FuzzImage(f *testing.F) {
	f.Add([]byte{0, 255, 128, 7}, 2, 3, byte(0))
	f.Add([]byte{}, 1000, 1, byte(1))
	f.Add([]byte{1}, -1, 30000, byte(2))
	f.Fuzz(func(t *testing.T, pix []byte, width, height int, mode byte) {
		if width > 2000 || height > 2000 {
			return // slow, and no other code
		}
		p := escpos.Generic(32)
		p.Image = escpos.ImageMode(mode % 3)
		e := escpos.NewEncoder(p)
		picture := image.NewGray(image.Rect(0, 0, max(width, 0), max(height, 0)))
		copy(picture.Pix, pix)
		e.Image(picture)
		tickets, err := escpos.Decode(p, e.Bytes())
		if err != nil {
			t.Fatalf("%v", err)
		}
		if e.Err() == nil && (len(tickets) != 1 || len(tickets[0].Unknown) > 0) {
			t.Fatalf("%d tickets, no error", len(tickets))
		}
		for _, ticket := range tickets {
			for _, line := range ticket.Lines {
				if line.Image == nil || line.Image.Width > 384 {
					t.Fatalf("a line without image, or too wide: %+v", line)
				}
			}
		}
	})
}
