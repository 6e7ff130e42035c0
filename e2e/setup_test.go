package e2e

import (
	"image"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/printer/simulator"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// Where things are in the sheet that sets up a printer: 960 x 752 in the middle of the wide window.
const (
	sheetLeft, sheetRight = 160, 1120
	sheetBottom           = 24 + 752
	// stationRow is the height of a station's row; the first one begins below the pages' names.
	stationRow = 80
	stationTop = 24 + theme.PaddingWide + theme.MinTouch + 8 + 36 + 100 + 28
)

var (
	// addPrinter is below an icon and a sentence in the middle of the place.
	addPrinter = image.Pt((theme.RailWidth+1280)/2, topHeight+8+24+52+24+16+theme.PrimaryHeight/2)
	sheetNext  = image.Pt(sheetRight-theme.PaddingWide-100, sheetBottom-theme.PaddingWide-theme.PrimaryHeight/2)
	sheet      = image.Rect(sheetLeft, 24, sheetRight, sheetBottom)
	rail       = image.Rect(0, 0, theme.RailWidth, 800)
	// raised is sheetNext while the keyboard is up.
	raised = sheetNext.Sub(image.Pt(0, touch.KeyboardHeight))
)

// signAt is a key of the page of digits and signs: ten columns of 96 in the middle of the window.
func signAt(t *testing.T, sign rune) image.Point {
	t.Helper()
	const wide, high = 96, 64
	for i, row := range []string{"1234567890", "-/:.,'@_#&"} {
		if j := strings.IndexRune(row, sign); j >= 0 {
			return image.Pt(sheetLeft+j*wide+wide/2, 800-touch.KeyboardHeight+4+i*high+high/2)
		}
	}
	t.Fatalf("no key for %q", sign)
	return image.Point{}
}

// stationAt is a row of the sheet's page of stations.
func stationAt(i int) image.Point {
	return image.Pt(sheetLeft+200, stationTop+i*stationRow+stationRow/2)
}

// TestSetUpAPrinter: from an empty data directory to a printed test page in three taps and a typed
// address, and to printed tickets in three more.
func TestSetUpAPrinter(t *testing.T) {
	s := newShop(t, wide)
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	bare, _, found := strings.Cut(string(text), "[printers") // as a new terminal's
	if !found {
		t.Fatal("the example has no printers")
	}
	if err := os.WriteFile(s.config, []byte(bare), 0o600); err != nil {
		t.Fatal(err)
	}
	var paper atomic.Value
	paper.Store("")
	model := simulator.Epson()
	model.Speed = 100_000
	printer := simulator.New(model, func(p simulator.Paper) {
		if !p.Incomplete {
			paper.Store(p.String())
		}
	})
	t.Cleanup(printer.Close)
	address, err := printer.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	says := func(text string) func() bool {
		return func() bool { return strings.Contains(paper.Load().(string), text) }
	}
	s.open(t)

	s.tap(place(1))
	s.step("no-printer")
	before := s.look()
	s.tap(addPrinter)
	s.changed("the sheet opens", before, sheet)
	half := len(address) / 2
	for _, sign := range address[:half] { // by finger
		s.tap(signAt(t, sign))
	}
	s.run("xdotool", "type", "--delay", "30", address[half:]) // and by a real keyboard
	s.step("address")
	s.tap(raised)
	s.until("the test page is out", says("PAGE D'ESSAI"))
	before = s.step("test-page")

	s.tap(sheetNext) // the page is good
	s.changed("the stations come up", before, sheet)
	s.tap(stationAt(0)) // the grill
	before = s.step("station")
	s.tap(sheetNext)
	s.changed("the sheet closes", before, sheet)
	s.step("set-up")

	id := s.send("deliverect-delivery", "NEW01", time.Now())
	s.command(id, order.Accept)
	s.until("a ticket comes out of the new printer", says("#NEW01"))

	printer.Fail(simulator.Fault{Trouble: simulator.PaperEnd, For: time.Hour})
	s.until("the screen is quiet", s.quiet)
	before = s.look()
	s.changed("the screen says that there is no paper", before, rail)
	s.step("no-paper")
	printer.Mend()
}
