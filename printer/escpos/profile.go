package escpos

import (
	"errors"
	"fmt"
)

// Buzzer says which command makes a printer beep.
type Buzzer uint8

// The buzzers that the encoder knows.
const (
	BuzzerNone  Buzzer = iota // cannot beep: Beep emits nothing
	BuzzerEpson               // ESC ( A function 48: TM-m30, TM-T88VI and later
	BuzzerClone               // ESC B n t: most 80 mm printers without a famous name
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

// Profile is what the encoder must know of a printer model. It is plain data:
// make one by hand or change what [Generic] or [Epson] returns, but not while
// an [Encoder] or [Decoder] uses it.
type Profile struct {
	Name    string
	Columns int // characters of normal size in a line: 32, 42 or 48

	// CodePages lists what the printer has, best first. The first one is
	// selected by Init; the others serve for single characters it lacks.
	CodePages []CodePage

	// KanjiOff sends FS . after each reset: printers with a Chinese ROM
	// otherwise take accents for halves of Chinese characters.
	KanjiOff bool

	Buzzer Buzzer

	Cut Cut
	// CutFeed is the paper fed before the cut, 0 to 255 dots: with CutPartial
	// and CutFull beyond the way to the blade, otherwise the whole way.
	CutFeed int
}

// Generic returns the profile of an unnamed thermal printer: an Epson clone
// with ESC B buzzer. Columns are 48 on 80 mm paper, 32 on 58 mm.
//
// It offers only the two pages that clones most surely have, as a page that is
// missing prints rubbish without any error.
func Generic(columns int) *Profile {
	return &Profile{
		Name:      "generic",
		Columns:   columns,
		CodePages: []CodePage{{WPC1252, 16}, {PC437, 0}},
		KanjiOff:  true,
		Buzzer:    BuzzerClone,
		Cut:       CutPartial,
	}
}

// Epson returns the profile of an Epson TM with integrated buzzer, such as the
// TM-m30. Columns are 48 on 80 mm paper (42 on the TM-T88 family), 32 on 58 mm.
func Epson(columns int) *Profile {
	return &Profile{
		Name:      "epson",
		Columns:   columns,
		CodePages: []CodePage{{WPC1252, 16}, {PC858, 19}, {PC437, 0}},
		KanjiOff:  true,
		Buzzer:    BuzzerEpson,
		Cut:       CutPartial,
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
	case len(p.CodePages) == 0:
		return fmt.Errorf("escpos: profile %q: no code page", p.Name)
	case p.Buzzer > BuzzerClone:
		return fmt.Errorf("escpos: profile %q: unknown buzzer %d", p.Name, p.Buzzer)
	case p.Cut > CutLegacy:
		return fmt.Errorf("escpos: profile %q: unknown cut %d", p.Name, p.Cut)
	case p.CutFeed < 0 || p.CutFeed > 255:
		return fmt.Errorf("escpos: profile %q: cut feed of %d dots, not 0 to 255", p.Name, p.CutFeed)
	}
	for _, page := range p.CodePages {
		if tableOf(page.Name) == nil {
			return fmt.Errorf("escpos: profile %q: unknown code page %q", p.Name, page.Name)
		}
	}
	return nil
}
