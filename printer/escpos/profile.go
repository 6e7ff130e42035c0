package escpos

import (
	"errors"
	"fmt"
)

// Buzzer says which command makes a printer beep.
type Buzzer uint8

// The buzzers that the encoder knows (escpos.md 2.1, rows "buzzer").
const (
	BuzzerNone   Buzzer = iota // cannot beep: Beep emits nothing
	BuzzerEpson                // ESC ( A function 48: TM-m30, TM-T88VI and later
	BuzzerClone                // ESC B n t: most 80 mm printers without a famous name
	BuzzerU230                 // ESC ( A function 97, sound 100: TM-U230, with times of its own
	BuzzerOption               // ESC ( A function 97: OT-BZ20 on the drawer port, once enabled in Epson's utility
	BuzzerBell                 // BEL, once for each beep; its length is the printer's
)

// Cut says how a printer cuts; in a [Ticket], how it was cut off.
type Cut uint8

// The forms of a cut.
const (
	CutNone    Cut = iota // no cutter: paper is fed for tearing
	CutPartial            // GS V 66 n: feeds to the blade by itself, leaves one point uncut
	CutFull               // GS V 65 n: the same, right through
	CutLegacy             // ESC m: old clones; partial, and the feed to the blade is ours
)

// ImageMode says which command prints images.
type ImageMode uint8

// The commands for images (escpos.md 2.1, rows "raster A", "raster B" and "column image").
const (
	ImageRaster   ImageMode = iota // GS v 0: nearly all thermal printers
	ImageGraphics                  // GS ( L: newer Epson
	ImageColumn                    // ESC *: the TM-U220 and other impact printers
)

// Drawer makes pictures of text that a printer has no letters for: emoji, Arabic, Chinese. A word
// is a run of such runes, with the marks and joiners that belong to them, or one ordinary letter of
// the line that such a word stands in.
//
// A profile keeps it, so its methods may be called by several encoders at the same time.
type Drawer interface {
	// Draws tells whether there is a glyph for the rune.
	Draws(r rune) bool
	// Columns is how many columns of 12x24 dots the word takes, one at least.
	Columns(word string) int
	// Draw draws the word in a box of width x height dots, in its own direction of writing. The
	// image has exactly that size; nil stands for a blank one.
	Draw(word string, width, height int, bold bool) *Image
}

// Profile is what the encoder must know of a printer model. It is plain data:
// make one by hand or change what [Generic], [Epson] or [ProfileNamed] returns,
// but not while an [Encoder] or [Decoder] uses it.
type Profile struct {
	Name    string
	Columns int // characters of font A in a line: 32, 42 or 48
	// ColumnsB is the same of font B; 0 if the printer has none, and Font then
	// changes nothing.
	ColumnsB int
	Dots     int // across what can be printed; 0: 12 for each column
	DPI      int // dots per inch; 0: unknown. Nothing is scaled by it

	// CodePages lists what the printer has, best first. The first one is
	// selected by Init; the others serve for single characters it lacks.
	CodePages []CodePage

	// KanjiOff sends FS . after each reset: printers with a Chinese ROM
	// otherwise take accents for halves of Chinese characters.
	KanjiOff bool

	// Drawer draws what no code page has; without one it is printed as "[]".
	Drawer Drawer

	TwoColours bool // has a ribbon with red; without it Color emits nothing

	Buzzer     Buzzer
	CashDrawer bool // has the connector; without it KickDrawer emits nothing

	// QR tells that the printer makes QR codes of data (GS ( k). To others they
	// are sent as images.
	QR bool

	Image ImageMode
	// BandRows is the most rows of one image command, 0 for 255. A column image
	// has 24 always.
	BandRows int

	// NoDotFeed marks printers that ignore ESC J: dots are fed by a line of that
	// height.
	NoDotFeed bool

	Cut Cut
	// CutFeed is the paper fed before the cut, 0 to 255 dots: with CutPartial
	// and CutFull beyond the way to the blade, otherwise the whole way.
	CutFeed int

	// ProcessID tells that the printer is expected to confirm what it has
	// printed (GS ( H); only asking it shows whether it does. The encoder does
	// not use it.
	ProcessID bool
}

// Generic returns the profile of an unnamed thermal printer: an Epson clone
// with ESC B buzzer. Columns are 48 on 80 mm paper, 32 on 58 mm.
//
// It offers only the two pages that clones most surely have, as a page that is
// missing prints rubbish without any error; for the same reason QR codes are
// sent as images.
func Generic(columns int) *Profile {
	return &Profile{
		Name:       "generic",
		Columns:    columns,
		ColumnsB:   columns * cellWidth / cellWidthB,
		Dots:       columns * cellWidth,
		DPI:        203,
		CodePages:  []CodePage{{WPC1252, 16}, {PC437, 0}},
		KanjiOff:   true,
		Buzzer:     BuzzerClone,
		CashDrawer: true,
		Cut:        CutPartial,
	}
}

// Epson returns the profile of an Epson TM with integrated buzzer, such as the
// TM-m30. Columns are 48 on 80 mm paper (42 on the TM-T88 family), 32 on 58 mm.
func Epson(columns int) *Profile {
	return &Profile{
		Name:       "epson",
		Columns:    columns,
		ColumnsB:   columns * cellWidth / cellWidthB,
		Dots:       columns * cellWidth,
		DPI:        203,
		CodePages:  []CodePage{{WPC1252, 16}, {PC858, 19}, {PC437, 0}},
		KanjiOff:   true,
		Buzzer:     BuzzerEpson,
		CashDrawer: true,
		QR:         true,
		Cut:        CutPartial,
		ProcessID:  true,
	}
}

// Validate reports what makes the profile unusable, such as an unknown code page.
func (p *Profile) Validate() error {
	if p == nil {
		return errors.New("escpos: no profile")
	}
	switch {
	case p.Columns < 1:
		return fmt.Errorf("escpos: profile %q: %d columns", p.Name, p.Columns)
	case p.ColumnsB < 0:
		return fmt.Errorf("escpos: profile %q: %d columns of font B", p.Name, p.ColumnsB)
	case p.Dots != 0 && p.Dots < p.Columns*cellWidth || p.Dots > maxDots || p.Columns > maxDots/cellWidth:
		return fmt.Errorf("escpos: profile %q: %d dots for %d columns, not 12 each, up to %d", p.Name, p.Dots, p.Columns, maxDots)
	case len(p.CodePages) == 0:
		return fmt.Errorf("escpos: profile %q: no code page", p.Name)
	case p.Buzzer > BuzzerBell:
		return fmt.Errorf("escpos: profile %q: unknown buzzer %d", p.Name, p.Buzzer)
	case p.Image > ImageColumn:
		return fmt.Errorf("escpos: profile %q: unknown image mode %d", p.Name, p.Image)
	case p.BandRows < 0 || p.BandRows > maxBandRows:
		return fmt.Errorf("escpos: profile %q: images of %d rows, not up to %d", p.Name, p.BandRows, maxBandRows)
	case p.Cut > CutLegacy:
		return fmt.Errorf("escpos: profile %q: unknown cut %d", p.Name, p.Cut)
	case p.CutFeed < 0 || p.CutFeed > maxByte:
		return fmt.Errorf("escpos: profile %q: cut feed of %d dots, not 0 to 255", p.Name, p.CutFeed)
	}
	for _, page := range p.CodePages {
		if tableOf(page.Name) == nil {
			return fmt.Errorf("escpos: profile %q: unknown code page %q", p.Name, page.Name)
		}
	}
	return nil
}

const (
	maxDots     = maxWidth // wider than any paper
	maxBandRows = 2047     // what GS v 0 takes on all printers that have it whole
	usualBand   = 255      // rows of one image command that no printer refuses
)

// dots is the width of what can be printed.
func (p *Profile) dots() int {
	if p.Dots > 0 {
		return p.Dots
	}
	return p.Columns * cellWidth
}

// bandRows is the most rows of one image command.
func (p *Profile) bandRows() int {
	if p.BandRows > 0 {
		return p.BandRows
	}
	return usualBand
}
