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
			comparePNG(t, filepath.Join("testdata", test.name+".png"), got.Bytes())
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
			comparePicture(t, filepath.Join("testdata", "sheets", name+".png"), sheet(papers))
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
	picture := encoded(t, sheet(papers))
	if len(picture) > 150_000 {
		t.Errorf("%d bytes", len(picture))
	}
	comparePNG(t, filepath.Join("..", "docs", "images", "tickets.png"), picture)
}

// sheet puts papers side by side, in greys, so that the file stays small.
func sheet(papers []image.Image) image.Image {
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
	return all
}

func encoded(t *testing.T, picture image.Image) []byte {
	t.Helper()
	var got bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&got, picture); err != nil {
		t.Fatal(err)
	}
	return got.Bytes()
}

// half makes one pixel of four. In whole numbers: it must come out the same on all machines.
func half(picture image.Image) image.Image {
	whole := picture.(*image.RGBA) // as the painter makes it; pixel by pixel takes ten times as long
	small := image.NewRGBA(image.Rect(0, 0, whole.Rect.Dx()/2, whole.Rect.Dy()/2))
	for y := range small.Rect.Dy() {
		above, below := whole.Pix[2*y*whole.Stride:], whole.Pix[(2*y+1)*whole.Stride:]
		into := small.Pix[y*small.Stride:]
		for i := range 4 * small.Rect.Dx() {
			at := i/4*8 + i%4
			sum := uint32(above[at]) + uint32(above[at+4]) + uint32(below[at]) + uint32(below[at+4])
			into[i] = uint8(sum * 0x101 >> 10)
		}
	}
	return small
}

// comparePNG compares the dots: the bytes may change with the compressor.
func comparePNG(t *testing.T, file string, got []byte) {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	comparePicture(t, file, picture)
}

func comparePicture(t *testing.T, file string, got image.Image) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, encoded(t, got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := png.Decode(bytes.NewReader(stored))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(dots(got), dots(want)) {
		t.Errorf("%s differs (-update writes it, for you to look at)", file)
	}
}

// dots are the size and the pixels of a picture.
func dots(picture image.Image) []byte {
	plain := image.NewRGBA(picture.Bounds())
	draw.Draw(plain, plain.Rect, picture, plain.Rect.Min, draw.Src)
	return append([]byte(plain.Rect.String()), plain.Pix...)
}
