package escpos

import (
	"bytes"
	"io"
	"log"
	"strings"

	kenshaw "github.com/kenshaw/escpos"
)

// basicCommands are the byte sequences that kenshaw/escpos gets right. What it
// lacks or gets wrong (bold, cut, code pages, drawer...) is in encoder.go.
type basicCommands struct {
	init      string
	lineFeed  byte
	usa       string // ESC R 0: keeps # $ @ [ \ ] ^ ` { | } ~ as in ASCII
	feed      string // ESC d, its count byte missing
	align     [3]short
	underline [2]short
	reverse   [2]short
	size      [8][8]short // by width-1 and height-1
}

// short is a command of three bytes: appended one by one, which is faster than a string.
type short [3]byte

// basic is rendered once and never changed. Its strings are held by
// TestBasicCommands, so a kenshaw release that renders others cannot pass.
var basic = renderBasic()

func renderBasic() basicCommands {
	var tape bytes.Buffer
	printer := kenshaw.New(&tape)
	printer.SetLogger(log.New(io.Discard, "", 0))
	render := func(command func()) string {
		tape.Reset()
		command()
		return tape.String()
	}

	three := func(command func()) short { return short([]byte(render(command))) }

	commands := basicCommands{
		init:     render(printer.Init),
		lineFeed: render(printer.Linefeed)[0],
		usa:      render(func() { printer.SetLang("en") }),
		// The count is ours: kenshaw writes one above 127 as two bytes of UTF-8.
		feed: strings.TrimSuffix(render(func() { printer.FormfeedN(1) }), "\x01"),
	}
	for i, name := range []string{"left", "center", "right"} { // the order of Alignment
		commands.align[i] = three(func() { printer.SetAlign(name) })
	}
	for i := range commands.reverse {
		commands.underline[i] = three(func() { printer.SetUnderline(uint8(i)) })
		commands.reverse[i] = three(func() { printer.SetReverse(uint8(i)) })
	}
	for w := range commands.size {
		for h := range commands.size[w] {
			commands.size[w][h] = three(func() { printer.SetFontSize(uint8(w+1), uint8(h+1)) })
		}
	}
	return commands
}
