package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	kenshaw "github.com/kenshaw/escpos"

	"comptoir/bench/internal/report"
	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/terminal"
)

// tickets compares the making of a ticket's bytes with kenshaw/escpos writing the same lines.
func (b *bench) tickets(ctx context.Context) ([]report.Table, error) {
	source, err := b.source()
	if err != nil {
		return nil, err
	}
	profile := escpos.Epson(profileColumns)
	tickets := changing(kitchenTicket(source.draft))
	lines := make([][]escpos.Line, len(tickets))
	for i := range tickets {
		lines[i] = printer.Layout(tickets[i], profile)
	}
	encoder := escpos.NewEncoder(profile)
	var paper bytes.Buffer
	old := kenshaw.New(&paper)
	cases := []struct {
		name string
		once func(i int)
	}{
		{"baseline: kenshaw/escpos writes the laid out lines", func(i int) { paper.Reset(); writeKenshaw(old, lines[i]) }},
		{"Comptoir writes the laid out lines", func(i int) { encoder.Reset(); write(encoder, lines[i]) }},
		{"Comptoir lays the ticket out and writes it", func(i int) {
			if _, err := printer.Render(tickets[i], profile); err != nil {
				panic(err) // the profile is a good one
			}
		}},
	}
	rounds, turns := b.of(301, 2), b.of(100, 10) // short ones: a neighbour spoils few of them
	times, ratios := make([][]float64, len(cases)), make([][]float64, len(cases))
	for range rounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i, c := range cases {
			start := time.Now()
			for turn := range turns {
				c.once(turn % len(tickets))
			}
			took := float64(time.Since(start).Nanoseconds()) / float64(turns)
			times[i] = append(times[i], took)
			ratios[i] = append(ratios[i], took/times[0][len(times[0])-1])
		}
	}
	t := report.Table{
		Title: "D. A kitchen ticket: from its content to the printer's bytes",
		Head:  []string{"case", "ns", "x kenshaw", "rounds", "allocations"},
		Notes: []string{fmt.Sprintf(
			"%d rounds; %d tickets in turn, of %d lines in French and %d bytes, whose items all differ; nothing is kept from one to the next but a time zone. kenshaw/escpos neither lays out nor knows code pages: its accents come out wrong.",
			rounds, len(tickets), len(lines[0]), len(encoder.Bytes()))},
	}
	turn := 0
	for i, c := range cases {
		t.Add(c.name, fmt.Sprintf("%.0f", report.Median(times[i])), report.Ratio(report.Median(ratios[i])), report.Spread(ratios[i]),
			fmt.Sprintf("%.0f", testing.AllocsPerRun(100, func() { c.once(turn); turn = (turn + 1) % len(tickets) })))
	}
	if err := b.addPeers(ctx, &t, lines, b.of(9, 2), report.Median(times[0])); err != nil {
		return nil, err
	}
	return []report.Table{t}, nil
}

// addPeers adds a row for each program of npm, in the same run but not in the same process: their
// ratio is to the baseline's median.
func (b *bench) addPeers(ctx context.Context, t *report.Table, lines [][]escpos.Line, rounds int, baseline float64) error {
	if b.short {
		t.Notes = append(t.Notes, "The programs of npm are not measured in short runs, which download nothing.")
		return nil
	}
	peers, err := b.peers(ctx, lines, rounds)
	if errors.Is(err, errNoNPM) {
		t.Notes = append(t.Notes, "npm not present: receiptline and node-thermal-printer are not measured.")
		return nil
	}
	if err != nil && ctx.Err() == nil { // no network: the others were measured
		t.Notes = append(t.Notes, fmt.Sprintf("receiptline and node-thermal-printer are not measured: %v", err))
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(peers)) {
		ratios := make([]float64, len(peers[name]))
		for i, took := range peers[name] {
			ratios[i] = took / baseline
		}
		t.Add(name+" writes the laid out lines (Node)", fmt.Sprintf("%.0f", report.Median(peers[name])),
			report.Ratio(report.Median(ratios)), report.Spread(ratios), "-")
	}
	return ctx.Err()
}

// different is how many tickets take turns.
const different = 64

// changing makes tickets of one, with other words and quantities in each.
func changing(t terminal.Ticket) []terminal.Ticket {
	words := [...]string{"maison", "grillé", "brûlé", "à l’érable", "du chef", "bien cuit", "sans sel", "d’été"}
	tickets := make([]terminal.Ticket, different)
	for n := range tickets {
		tickets[n] = t
		tickets[n].Number, tickets[n].Sequence = strconv.Itoa(200+n), 87+n
		lines := slices.Clone(t.Lines)
		for i := range lines {
			lines[i].Quantity = 1 + (n+i)%4
			lines[i].Name += " " + words[(n+i)%len(words)]
			lines[i].Modifiers = slices.Clone(lines[i].Modifiers)
			for j := range lines[i].Modifiers {
				lines[i].Modifiers[j].Name += " " + words[(n/len(words)+i+j)%len(words)]
			}
		}
		tickets[n].Lines, tickets[n].After = lines, lines
	}
	return tickets
}

func kitchenTicket(o order.Order) terminal.Ticket {
	return terminal.Ticket{
		Kind: order.Kitchen, Language: "fr", TimeZone: "America/Toronto",
		Number: "214", Section: o.Fulfillment.Type, Promised: o.Fulfillment.PromisedAt, Customer: o.Customer.Name,
		Channel: o.Channel, Reference: "8F2C", Received: o.PlacedAt,
		Station: "Cuisine chaude", Part: 1, Parts: 2, Others: []string{"Bar"},
		Lines: o.Lines, After: o.Lines, Note: o.Note, Utensils: o.Utensils, Sequence: 87, PrintedAt: o.PlacedAt.Add(time.Minute),
	}
}

const (
	profileColumns = 48

	startStyle = 1 // normal size, not bold, not reverse
	feedAtEnd  = 4
)

// write is what printer.Render does with its lines.
func write(e *escpos.Encoder, lines []escpos.Line) {
	e.Init()
	align := escpos.Left
	for i := range lines {
		line := &lines[i]
		if line.Above > 0 {
			e.FeedDots(line.Above)
		}
		if line.Align != align {
			e.Align(line.Align)
			align = line.Align
		}
		for j := range line.Spans {
			e.Style(line.Spans[j].Style)
			e.Text(line.Spans[j].Text)
		}
		e.Line("")
	}
	e.Feed(feedAtEnd)
	e.Cut()
}

// writeKenshaw sends the same lines, and no command more than write.
func writeKenshaw(e *kenshaw.Escpos, lines []escpos.Line) {
	e.Init()
	style, align := escpos.Style{Width: startStyle, Height: startStyle}, escpos.Left
	alignments := map[escpos.Alignment]string{escpos.Left: "left", escpos.Center: "center", escpos.Right: "right"}
	flag := map[bool]uint8{true: 1}
	// its methods return no error that means anything
	for _, line := range lines {
		if line.Above > 0 {
			_, _ = e.WriteRaw([]byte{0x1B, 'J', byte(line.Above)})
		}
		if line.Align != align {
			e.SetAlign(alignments[line.Align])
			align = line.Align
		}
		for _, span := range line.Spans {
			if s := span.Style; s.Width != style.Width || s.Height != style.Height {
				e.SetFontSize(uint8(s.Width), uint8(s.Height))
			}
			if span.Style.Bold != style.Bold {
				e.SetEmphasize(flag[span.Style.Bold])
			}
			if span.Style.Reverse != style.Reverse {
				e.SetReverse(flag[span.Style.Reverse])
			}
			style = span.Style
			_, _ = e.Write(span.Text)
		}
		e.Linefeed()
	}
	e.FormfeedN(feedAtEnd)
	_, _ = e.WriteRaw([]byte("\x1DVB\x00"))
}
