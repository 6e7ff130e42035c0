package main

import (
	"bytes"
	"context"
	"fmt"
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
	ticket, profile := kitchenTicket(source.draft), escpos.Epson(48)
	lines := printer.Layout(ticket, profile)
	encoder := escpos.NewEncoder(profile)
	var paper bytes.Buffer
	old := kenshaw.New(&paper)
	cases := []struct {
		name string
		once func()
	}{
		{"baseline: kenshaw/escpos writes the laid out lines", func() { paper.Reset(); writeKenshaw(old, lines) }},
		{"Comptoir writes the laid out lines", func() { encoder.Reset(); write(encoder, lines) }},
		{"Comptoir lays the ticket out and writes it", func() {
			if _, err := printer.Render(ticket, profile); err != nil {
				panic(err) // the profile is a good one
			}
		}},
	}
	rounds, turns := b.of(9, 2), b.of(300, 10)
	times, ratios := make([][]float64, len(cases)), make([][]float64, len(cases))
	for range rounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i, c := range cases {
			start := time.Now()
			for range turns {
				c.once()
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
			"%d rounds; a ticket of %d lines in French, %d bytes. kenshaw/escpos neither lays out nor knows code pages: its accents come out wrong.",
			rounds, len(lines), len(encoder.Bytes()))},
	}
	for i, c := range cases {
		t.Add(c.name, fmt.Sprintf("%.0f", report.Median(times[i])), report.Ratio(report.Median(ratios[i])), report.Spread(ratios[i]),
			fmt.Sprintf("%.0f", testing.AllocsPerRun(100, c.once)))
	}
	return []report.Table{t}, nil
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
	startStyle = 1 // normal size, not bold, not reverse
	feedAtEnd  = 4
)

// write is what printer.Render does with its lines.
func write(e *escpos.Encoder, lines []escpos.Line) {
	e.Init()
	style, align := escpos.Style{Width: startStyle, Height: startStyle}, escpos.Left
	for _, line := range lines {
		if line.Above > 0 {
			e.FeedDots(line.Above)
		}
		if line.Align != align {
			e.Align(line.Align)
			align = line.Align
		}
		for _, span := range line.Spans {
			if s := span.Style; s.Width != style.Width || s.Height != style.Height {
				e.Size(s.Width, s.Height)
			}
			if span.Style.Bold != style.Bold {
				e.Bold(span.Style.Bold)
			}
			if span.Style.Reverse != style.Reverse {
				e.Reverse(span.Style.Reverse)
			}
			style = span.Style
			e.Text(span.Text)
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
