// Package report prints what a benchmark found: tables of medians and ratios, and the machine.
package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Table is what one measurement found. The first column is text, the others are figures.
type Table struct {
	Title string
	Notes []string
	Head  []string
	rows  [][]string
}

// Add appends a row.
func (t *Table) Add(cells ...string) { t.rows = append(t.rows, cells) }

// Print writes the table, its columns aligned.
func (t *Table) Print(w io.Writer) {
	widths := make([]int, len(t.Head))
	for _, row := range append([][]string{t.Head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	fmt.Fprintln(w, t.Title)
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
	line(t.Head)
	for _, row := range t.rows {
		line(row)
	}
	for _, note := range t.Notes {
		fmt.Fprintln(w, "  "+note)
	}
}

// Percentile is the value that p of the values do not exceed. It sorts a copy.
func Percentile[T cmp.Ordered](values []T, p float64) T {
	sorted := slices.Sorted(slices.Values(values))
	at := int(p*float64(len(sorted))+0.999999) - 1
	return sorted[min(max(at, 0), len(sorted)-1)]
}

// Median is the value in the middle.
func Median[T cmp.Ordered](values []T) T { return Percentile(values, 0.5) }

// Spread is the range of the rounds: what the median stands among.
func Spread(values []float64) string {
	return fmt.Sprintf("%.2f-%.2f", slices.Min(values), slices.Max(values))
}

// AtLeast judges a ratio that should be high.
func AtLeast(ratio, aim float64) string { return verdict(ratio >= aim) }

// AtMost judges a ratio that should be low.
func AtMost(ratio, aim float64) string { return verdict(ratio <= aim) }

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "not met"
}

// Ratio prints a ratio.
func Ratio(r float64) string { return fmt.Sprintf("%.2f", r) }

// Micros prints a duration in microseconds.
func Micros(d time.Duration) string {
	return fmt.Sprintf("%.0f", float64(d.Nanoseconds())/1e3)
}

// PerSecond is a rate.
func PerSecond(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }
