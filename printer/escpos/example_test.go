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

func ExampleProfile_Display() {
	profile := &escpos.Profile{Columns: 48, CodePages: []escpos.CodePage{{Name: escpos.PC858, Number: 19}}}
	const text = "L’œuf à 12 €"
	fmt.Println(profile.Display(text), profile.Width(text))
	// Output: L'oeuf à 12 € 13
}
