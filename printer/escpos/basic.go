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
	lineFeed  string
	usa       string // ESC R 0: keeps # $ @ [ \ ] ^ ` { | } ~ as in ASCII
	feed      string // ESC d, its count byte missing
	align     [3]string
	underline [2]string
	reverse   [2]string
	size      [8][8]string // by width-1 and height-1
}

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

	commands := basicCommands{
		init:     render(printer.Init),
		lineFeed: render(printer.Linefeed),
		usa:      render(func() { printer.SetLang("en") }),
		// The count is ours: kenshaw writes one above 127 as two bytes of UTF-8.
		feed: strings.TrimSuffix(render(func() { printer.FormfeedN(1) }), "\x01"),
	}
	for i, name := range []string{"left", "center", "right"} { // the order of Alignment
		commands.align[i] = render(func() { printer.SetAlign(name) })
	}
	for i := range commands.reverse {
		commands.underline[i] = render(func() { printer.SetUnderline(uint8(i)) })
		commands.reverse[i] = render(func() { printer.SetReverse(uint8(i)) })
	}
	for w := range commands.size {
		for h := range commands.size[w] {
			commands.size[w][h] = render(func() { printer.SetFontSize(uint8(w+1), uint8(h+1)) })
		}
	}
	return commands
}
