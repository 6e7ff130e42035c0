package escpos_test

import (
	"fmt"

	"comptoir/printer/escpos"
)

func ExampleEncoder() {
	profile := escpos.Generic(48)
	e := escpos.NewEncoder(profile)
	e.Init()
	e.Size(2, 2)
	e.Bold(true)
	e.Line("2 Crème brûlée")
	e.Bold(false)
	e.Size(1, 2)
	e.Line("  + sans amandes")
	e.Feed(4)
	e.Cut()
	if err := e.Err(); err != nil {
		fmt.Println(err)
	}

	tickets, err := escpos.Decode(profile, e.Bytes())
	fmt.Println(tickets[0].Lines[0], tickets[0].Lines[1], err)
	// Output: 2 Crème brûlée   + sans amandes <nil>
}

func ExampleEncoder_receipt() {
	profile, ok := escpos.ProfileNamed("TM-T20")
	if !ok {
		fmt.Println("no such profile")
	}
	e := escpos.NewEncoder(profile)
	e.Init()
	e.Columns(
		escpos.Cell{Text: "2 Crème brûlée à l’érable", Width: 16},
		escpos.Cell{Text: "15,90 €", Width: 10, Align: escpos.Right},
	)
	e.Align(escpos.Center)
	e.Barcode(escpos.Barcode{Symbology: escpos.Code128, Data: "CMD-8F2C", Text: escpos.TextBelow})
	e.QR(escpos.QR{Data: "https://example.org/8F2C"})
	e.Beep(2, 3)
	e.Cut()
	if err := e.Err(); err != nil {
		fmt.Println(err)
	}

	tickets, err := escpos.Decode(profile, e.Bytes())
	for _, line := range tickets[0].Lines {
		switch {
		case line.Barcode != nil:
			fmt.Println("barcode", line.Barcode.Data)
		case line.QR != nil:
			fmt.Println("QR code", line.QR.Data)
		default:
			fmt.Printf("%q\n", line)
		}
	}
	fmt.Println(tickets[0].Beeps, err)
	// Output:
	// "2 Crème brûlée à   15,90 €"
	// "l’érable                  "
	// barcode CMD-8F2C
	// QR code https://example.org/8F2C
	// [{2 0}] <nil>
}

func ExampleProfile_Display() {
	profile := &escpos.Profile{Columns: 48, CodePages: []escpos.CodePage{{Name: escpos.PC858, Number: 19}}}
	const text = "L’œuf à 12 €"
	fmt.Println(profile.Display(text), profile.Width(text))
	// Output: L'oeuf à 12 € 13
}
