package report

import (
	"strings"
	"testing"
)

func TestPercentile(t *testing.T) {
	values := []int{5, 1, 4, 2, 3}
	for _, test := range []struct {
		p    float64
		want int
	}{{0, 1}, {0.2, 1}, {0.5, 3}, {0.6, 3}, {0.99, 5}, {1, 5}} {
		if got := Percentile(values, test.p); got != test.want {
			t.Errorf("Percentile(%v) = %d, want %d", test.p, got, test.want)
		}
	}
	if values[0] != 5 {
		t.Error("Percentile sorted its argument")
	}
}

func TestTable(t *testing.T) {
	x := Table{Title: "Title", Head: []string{"case", "us"}, Notes: []string{"note"}}
	x.Add("é", "1.00")
	x.Add("longer", "10.00")
	var out strings.Builder
	x.Print(&out)
	want := "Title\n  case       us\n  é        1.00\n  longer  10.00\n  note\n"
	if out.String() != want {
		t.Errorf("got\n%q, want\n%q", out.String(), want)
	}
}
