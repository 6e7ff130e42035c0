package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// table is what one measurement found. The first column is text, the others are figures.
type table struct {
	title string
	notes []string
	head  []string
	rows  [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) print(w io.Writer) {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	fmt.Fprintln(w, t.title)
	line := func(row []string) {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				b.WriteString("  " + cell + pad)
			} else {
				b.WriteString("  " + pad + cell)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
	line(t.head)
	for _, row := range t.rows {
		line(row)
	}
	for _, note := range t.notes {
		fmt.Fprintln(w, "  "+note)
	}
}

// percentile is the value that p of the values do not exceed. It sorts a copy.
func percentile[T cmp.Ordered](values []T, p float64) T {
	sorted := slices.Sorted(slices.Values(values))
	at := int(p*float64(len(sorted))+0.999999) - 1
	return sorted[min(max(at, 0), len(sorted)-1)]
}

func median[T cmp.Ordered](values []T) T { return percentile(values, 0.5) }

// spread is the range of the rounds: what the median stands among.
func spread(values []float64) string {
	return fmt.Sprintf("%.2f-%.2f", slices.Min(values), slices.Max(values))
}

func atLeast(ratio, aim float64) string { return verdict(ratio >= aim) }

func atMost(ratio, aim float64) string { return verdict(ratio <= aim) }

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "not met"
}

func ratio(r float64) string { return fmt.Sprintf("%.2f", r) }

func micros(d time.Duration) string {
	return fmt.Sprintf("%.0f", float64(d.Nanoseconds())/1e3)
}

func perSecond(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }
