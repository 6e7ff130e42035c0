package raster

import (
	"bytes"
	"embed"
	"os"

	"github.com/go-text/typesetting/font"
	"golang.org/x/image/font/gofont/gomono"
)

// The fonts are those of Fontsource (docs/dependencies.md), unchanged; OFL.txt is their licence.
//
//go:embed fonts
var embedded embed.FS

// ownFonts are looked through in this order, after Go Mono. Where their line is much higher than
// their letters, these are made larger than what fits by the numbers: a dot is a lot here.
var ownFonts = [...]struct {
	name           string
	size, baseline float32 // dots; 0: what fits
	advance        float32 // dots of each glyph; 0: the font's
}{
	{name: "NotoSansArabic", size: 19, baseline: 16},
	{name: "NotoSansHebrew", size: 20, baseline: 19},
	{name: "NotoSansThai"},
	{name: "NotoSansDevanagari"},
	{name: "NotoEmoji", size: 20, baseline: 19, advance: 2 * cellWidth},
}

// ownFaces are the fonts that every drawer has.
func ownFaces() []face {
	faces := parsed(gomono.TTF)
	for _, own := range ownFonts {
		file, err := embedded.ReadFile("fonts/" + own.name + ".woff")
		if err != nil {
			continue // TestOwnFonts sees it
		}
		for _, f := range parsed(file) {
			if own.size > 0 {
				f.size, f.baseline = own.size, own.baseline
			}
			f.advance = own.advance
			faces = append(faces, f)
		}
	}
	return faces
}

// SystemFonts lists the files that Debian and others have letters of the whole world in: Chinese,
// Japanese and Korean first.
func SystemFonts() []string {
	return []string{
		"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", // Debian: fonts-noto-cjk
		"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",      // Arch
		"/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
		"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",             // fonts-wqy-microhei
		"/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",  // fonts-droid-fallback
		"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",            // fonts-dejavu-core
		"/usr/share/fonts/truetype/noto/NotoSansBengali-Regular.ttf", // fonts-noto-core
		"/usr/share/fonts/truetype/noto/NotoSansTamil-Regular.ttf",
		"/usr/share/fonts/truetype/noto/NotoSansGeorgian-Regular.ttf",
		"/usr/share/fonts/truetype/noto/NotoSansArmenian-Regular.ttf",
		"/usr/share/fonts/truetype/noto/NotoSansEthiopic-Regular.ttf",
	}
}

// facesOf are the fonts of a file, none if it cannot be read.
func facesOf(name string) []face {
	file, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	return parsed(file)
}

// parsed is the first font of a file, with the size in which its lines are as high as a cell.
func parsed(file []byte) []face {
	all, err := font.ParseTTC(bytes.NewReader(file))
	if err != nil || len(all) == 0 {
		return nil
	}
	f := all[0]
	extents, ok := f.FontHExtents()
	height := extents.Ascender - extents.Descender
	if !ok || height <= 0 {
		return nil
	}
	em := float32(f.Upem())
	size := min(cellHeight*em/height, maxSize)
	ascent := extents.Ascender * size / em
	room := cellHeight - height*size/em // not filled, half of it above
	return []face{{Face: f, size: size, baseline: ascent + room/2}}
}
