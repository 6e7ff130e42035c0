package printer

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"comptoir/printer/escpos"
)

// TestPage is what a printer prints when it is set up: a line of French under each code page
// that it may have, of which somebody picks the one that reads right, and a ruler for each width
// of paper.
type TestPage struct {
	// Address and Model say which printer it should be; Model may be empty.
	Address, Model string
	Language       string
	At             time.Time // local
}

// rulers are the widths of paper, in columns.
func rulers() []int { return []int{32, 42, 48} }

// Render returns the bytes that print the page on a printer of this profile, cut included. Line
// n of the samples is written in the profile's code page n. The only error is an invalid profile.
func (t TestPage) Render(p *escpos.Profile) ([]byte, error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("test page: %w", err)
	}
	w := wordsOf(t.Language)
	var page bytes.Buffer
	var clock strings.Builder
	// Each sample begins as a ticket does: with a reset, and its own code page.
	section := func(pages []escpos.CodePage, write func(*escpos.Encoder)) error {
		its := *p
		its.CodePages = pages
		e := escpos.NewEncoder(&its)
		e.Init()
		write(e)
		page.Write(e.Bytes())
		return e.Err()
	}
	err := section(p.CodePages, func(e *escpos.Encoder) {
		e.Size(2, 2)
		e.Bold(true)
		e.Line(w.testPage)
		e.Bold(false)
		e.Size(1, 1)
		for _, text := range []string{t.Model, t.Address, w.timeOf(&clock, t.At), "", w.testSample} {
			if text != "" {
				e.Line(text)
			}
		}
	})
	for i, codePage := range p.CodePages {
		if err != nil {
			break
		}
		err = section([]escpos.CodePage{codePage}, func(e *escpos.Encoder) {
			e.Bold(true)
			e.Size(2, 2)
			e.Text(strconv.Itoa(i+1) + " ")
			e.Size(1, 2)
			e.Line(w.testWords)
		})
	}
	if err == nil {
		err = section(p.CodePages, func(e *escpos.Encoder) {
			e.FeedDots(afterItem)
			e.Line(w.testRuler)
			for _, columns := range rulers() {
				e.Line(ruler(columns))
				e.FeedDots(afterItem)
			}
			e.Feed(feedBeforeCut)
			e.Cut()
		})
	}
	if err != nil {
		return nil, fmt.Errorf("test page: %w", err)
	}
	return page.Bytes(), nil
}

// ruler fills a line of so many columns and says how many they are.
func ruler(columns int) string {
	const begin, end = "|<-- ", "|"
	head := begin + strconv.Itoa(columns) + " "
	return head + strings.Repeat("-", columns-len(head)-2) + ">" + end
}
