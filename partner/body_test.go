package partner_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"comptoir/partner"
)

func TestDecode(t *testing.T) {
	type body struct {
		Items []struct {
			Quantity int `json:"quantity"`
		} `json:"items"`
	}
	tests := []struct {
		body string
		want string // in the error; empty: none
	}{
		{`{"items":[{"quantity":2}],"other":{}}`, ""},
		{`{"items":null}`, ""},
		{`{"items":[{"quantity":2,"quantity":3}]}`, ""},
		{``, "unexpected end"},
		{`{"items":[`, "unexpected end"},
		{`{} {}`, "after top-level value"},
		{`{}x`, "after top-level value"},
		{`[]`, "the body"},
		{`{"items":{}}`, "items"},
		{`{"items":[{"quantity":1.5}]}`, "items.quantity"},
		{`{"items":[{"quantity":"2"}]}`, "items.quantity"},
		{`{"items":[{"quantity":1e400}]}`, "items.quantity"},
		{`{"items":[{"quantity":` + strings.Repeat("9", 1000) + `}]}`, "items.quantity"},
		{strings.Repeat("[", 20_000), "exceeded max depth"},
	}
	for _, tt := range tests {
		var got body
		err := partner.Decode([]byte(tt.body), &got)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%.40s: %v", tt.body, err)
			}
			continue
		}
		if !errors.Is(err, partner.ErrBody) || !strings.Contains(err.Error(), tt.want) || len(err.Error()) > 400 {
			t.Errorf("%.40s: got %v, want an ErrBody with %q", tt.body, err, tt.want)
		}
	}
}

func TestParseTime(t *testing.T) {
	at := time.Date(2026, 1, 31, 18, 30, 0, 0, time.UTC)
	tests := []struct {
		text string
		want time.Time
		bad  bool
	}{
		{text: ""},
		{text: "0001-01-01T00:00:00Z"},
		{text: "2026-01-31T18:30:00Z", want: at},
		{text: "2026-01-31T13:30:00-05:00", want: at},
		{text: "2026-01-31T18:30:00.250000Z", want: at.Add(250 * time.Millisecond)},
		{text: "2026-01-31T18:30:00", want: at},
		{text: "2026-01-31", bad: true},
		{text: "tomorrow", bad: true},
		{text: "1999-12-31T23:59:59Z", bad: true},
		{text: "9999-12-31T23:59:59-05:00", bad: true},
		{text: "0000-01-01T00:00:00+23:00", bad: true},
	}
	for _, tt := range tests {
		got, err := partner.ParseTime("pickupTime", tt.text)
		if tt.bad {
			if !errors.Is(err, partner.ErrBody) || !strings.Contains(err.Error(), "pickupTime") {
				t.Errorf("%q: got %v, %v, want an ErrBody that names the field", tt.text, got, err)
			}
			continue
		}
		if err != nil || !got.Equal(tt.want) || got.Location() != time.UTC {
			t.Errorf("%q: got %v, %v, want %v", tt.text, got, err, tt.want)
		}
	}
}

func TestCheckID(t *testing.T) {
	for _, good := range []string{"1", "6752f1c0a1b2c3d4e5f60001", "a/b", "é ü", strings.Repeat("x", 200)} {
		if err := partner.CheckID("_id", good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", ".", "..", "a\nb", "a\x00", "\xff", strings.Repeat("x", 201)} {
		if err := partner.CheckID("_id", bad); !errors.Is(err, partner.ErrBody) || !strings.Contains(err.Error(), "_id") {
			t.Errorf("%q: got %v, want an ErrBody that names the field", bad, err)
		}
	}
}

func TestTexts(t *testing.T) {
	if got, want := partner.Lines(" a ", "", "b", "a"), "a\nb"; got != want {
		t.Errorf("Lines: got %q, want %q", got, want)
	}
	if got, want := partner.Words(", ", "a", " ", "b", "a"), "a, b, a"; got != want {
		t.Errorf("Words: got %q, want %q", got, want)
	}
	for id, want := range map[string]string{"": "", "ab": "ab", "123456789": "56789", "ééééééé": "ééééé"} {
		if got := partner.ShortCode(id); got != want {
			t.Errorf("ShortCode(%q): got %q, want %q", id, got, want)
		}
	}
}
