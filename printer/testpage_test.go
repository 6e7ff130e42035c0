package printer_test

import (
	"strings"
	"testing"
	"time"

	"comptoir/printer"
	"comptoir/printer/escpos"
)

func testPage(t *testing.T, profile *escpos.Profile, language string) []byte {
	t.Helper()
	page := printer.TestPage{Address: "192.168.1.50:9100", Model: "EPSON TM-m30II", Language: language, At: time.Date(2026, 11, 25, 12, 4, 0, 0, time.UTC)}
	b, err := page.Render(profile)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func printed(t *testing.T, profile *escpos.Profile, b []byte) []string {
	t.Helper()
	tickets, err := escpos.Decode(profile, b)
	if err != nil || len(tickets) != 1 {
		t.Fatalf("%d tickets, %v", len(tickets), err)
	}
	var lines []string
	for _, line := range tickets[0].Lines {
		text := ""
		for _, span := range line.Spans {
			text += span.Text
		}
		lines = append(lines, text)
	}
	return lines
}

func TestTestPage(t *testing.T) {
	profile := escpos.Epson(48)
	lines := printed(t, profile, testPage(t, profile, "fr"))
	var samples, rulers int
	for _, line := range lines {
		if strings.HasPrefix(line, "1 ") && !strings.Contains(line, "Brûlée, œuf") {
			t.Errorf("sample 1 is %q", line)
		}
		if len(line) > 1 && line[1] == ' ' && line[0] >= '1' && line[0] <= '9' {
			samples++
		}
		if strings.HasPrefix(line, "|<--") {
			rulers++
			if want := strings.Fields(line)[1]; want != map[int]string{32: "32", 42: "42", 48: "48"}[len(line)] {
				t.Errorf("ruler %q is %d columns", line, len(line))
			}
		}
	}
	if samples != len(profile.CodePages) || rulers != 3 {
		t.Errorf("%d samples, %d rulers in\n%s", samples, rulers, strings.Join(lines, "\n"))
	}
	if all := strings.Join(lines, "\n"); !strings.Contains(all, "192.168.1.50:9100") || !strings.Contains(all, "12 h 04") {
		t.Errorf("it does not say where and when:\n%s", all)
	}
}

// A printer that has only one of the pages prints its line right, and the others wrong.
func TestTestPageTellsCodePagesApart(t *testing.T) {
	asked := &escpos.Profile{Name: "asked", Columns: 48, CodePages: []escpos.CodePage{{Name: escpos.WPC1252, Number: 16}, {Name: escpos.PC858, Number: 19}}}
	// this clone has PC858 where Epson has WPC1252, and nothing at 19
	real := &escpos.Profile{Name: "real", Columns: 48, CodePages: []escpos.CodePage{{Name: escpos.PC850, Number: 16}, {Name: escpos.PC858, Number: 19}}}
	var right []string
	for _, line := range printed(t, real, testPage(t, asked, "fr")) {
		if strings.Contains(line, "Brûlée") {
			right = append(right, line[:1])
		}
	}
	if len(right) != 1 || right[0] != "2" {
		t.Errorf("lines %q read right, want the second alone", right)
	}
}

func TestTestPageOfAnInvalidProfile(t *testing.T) {
	if _, err := (printer.TestPage{}).Render(&escpos.Profile{}); err == nil {
		t.Error("no error")
	}
}
