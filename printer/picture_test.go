package printer_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"comptoir/printer/escpos"
	"comptoir/printer/raster"
	"comptoir/printer/virtual"
	"comptoir/terminal"
)

// TestPictures holds the paper that comes out: layout, bytes, what a printer makes of them. Look
// at what -update writes.
func TestPictures(t *testing.T) {
	painter := virtual.NewPainter()
	for _, test := range []struct {
		name    string
		ticket  terminal.Ticket
		columns int
	}{
		{"normal-48", normal(), 48},
		{"normal-32", normal(), 32},
		{"changed-48", changed(), 48},
		{"void-48", void(), 48},
		{"duplicate-48", duplicate(), 48},
		{"hard-32", hard(), 32},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got bytes.Buffer
			if err := painter.PNG(&got, paper(t, test.ticket, escpos.Generic(test.columns)), test.columns); err != nil {
				t.Fatal(err)
			}
			comparePicture(t, filepath.Join("testdata", test.name+".png"), got.Bytes())
		})
	}
}

// TestSheets holds each kind of ticket on every width of paper and in both languages: a sheet of
// six papers at half size for each.
func TestSheets(t *testing.T) {
	painter := virtual.NewPainter()
	for name, ticket := range map[string]terminal.Ticket{
		"normal": normal(), "changed": changed(), "void": void(), "duplicate": duplicate(), "copy": copied(),
		"relayed": relayed(), "summary": summary(), "receipt": receipt(), "bag": bag(),
		"long-names": hard(), "five-levels": fiveLevels(), "allergies-and-scripts": scripts(),
	} {
		t.Run(name, func(t *testing.T) {
			var papers []image.Image
			for _, columns := range []int{48, 42, 32} {
				for _, ticket := range []terminal.Ticket{ticket, english(ticket)} {
					profile := escpos.Generic(columns)
					profile.Drawer = raster.New()
					papers = append(papers, half(painter.Picture(paper(t, ticket, profile), columns)))
				}
			}
			comparePicture(t, filepath.Join("testdata", "sheets", name+".png"), sheet(t, papers))
		})
	}
}

// TestPictureOfDocs makes the picture of the README, at half size.
func TestPictureOfDocs(t *testing.T) {
	painter := virtual.NewPainter()
	var papers []image.Image
	for _, shown := range []struct {
		ticket  terminal.Ticket
		columns int
	}{{normal(), 48}, {changed(), 48}, {duplicate(), 48}, {void(), 32}} {
		papers = append(papers, half(painter.Picture(paper(t, shown.ticket, escpos.Generic(shown.columns)), shown.columns)))
	}
	picture := sheet(t, papers)
	if len(picture) > 150_000 {
		t.Errorf("%d bytes", len(picture))
	}
	comparePicture(t, filepath.Join("..", "docs", "images", "tickets.png"), picture)
}

// sheet puts papers side by side, as a PNG in greys, so that the file stays small.
func sheet(t *testing.T, papers []image.Image) []byte {
	t.Helper()
	const gap = 24 // pixels
	size := image.Point{X: gap}
	for _, picture := range papers {
		size.X += picture.Bounds().Dx() + gap
		size.Y = max(size.Y, picture.Bounds().Dy()+2*gap)
	}
	all := image.NewGray(image.Rectangle{Max: size})
	draw.Draw(all, all.Rect, image.NewUniform(color.Gray{0xE8}), image.Point{}, draw.Src)
	left := gap
	for _, picture := range papers {
		at := picture.Bounds().Add(image.Point{left, gap})
		draw.Draw(all, at, picture, image.Point{}, draw.Over)
		left += picture.Bounds().Dx() + gap
	}
	var got bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&got, all); err != nil {
		t.Fatal(err)
	}
	return got.Bytes()
}

// half makes one pixel of four. In whole numbers: it must come out the same on all machines.
func half(picture image.Image) image.Image {
	bounds := picture.Bounds()
	small := image.NewRGBA(image.Rect(0, 0, bounds.Dx()/2, bounds.Dy()/2))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			var sum [4]uint32
			for i := range 4 {
				r, g, b, a := picture.At(2*x+i%2, 2*y+i/2).RGBA()
				sum = [4]uint32{sum[0] + r, sum[1] + g, sum[2] + b, sum[3] + a}
			}
			small.SetRGBA(x, y, color.RGBA{uint8(sum[0] >> 10), uint8(sum[1] >> 10), uint8(sum[2] >> 10), uint8(sum[3] >> 10)})
		}
	}
	return small
}

// comparePicture compares the dots: the bytes of a PNG may change with the compressor.
func comparePicture(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(dots(t, got), dots(t, want)) {
		t.Errorf("%s differs (-update writes it, for you to look at)", file)
	}
}

// dots are the size and the pixels of a PNG.
func dots(t *testing.T, file []byte) []byte {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	plain := image.NewRGBA(picture.Bounds())
	draw.Draw(plain, plain.Rect, picture, plain.Rect.Min, draw.Src)
	return append([]byte(plain.Rect.String()), plain.Pix...)
}
