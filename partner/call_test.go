package partner_test

import (
	"testing"

	"comptoir/partner"
)

func TestJudgeStatus(t *testing.T) {
	for status, want := range map[int]partner.Verdict{
		200: partner.Done, 201: partner.Done, 202: partner.Done, 204: partner.Done,
		400: partner.Refused, 404: partner.Refused, 409: partner.Refused, 422: partner.Refused,
		401: partner.Again, 403: partner.Again, 408: partner.Again, 429: partner.Again,
		500: partner.Again, 502: partner.Again, 503: partner.Again, 504: partner.Again, 599: partner.Again,
		0: partner.Again, 100: partner.Again, 301: partner.Again, 307: partner.Again,
	} {
		if got := partner.JudgeStatus(status); got != want {
			t.Errorf("%d: got %d, want %d", status, got, want)
		}
	}
}

func TestCheckBase(t *testing.T) {
	for base, want := range map[string]string{
		"":                          "https://usual.example",
		"http://127.0.0.1:9201":     "http://127.0.0.1:9201",
		"https://a.example/market/": "https://a.example/market",
	} {
		got, err := partner.CheckBase(base, "https://usual.example")
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", base, got, err, want)
		}
	}
	for _, base := range []string{"a.example", "ftp://a.example", "http://", "http://a.example?b=c", "http://u:p@a.example", "http://a b", "://"} {
		if got, err := partner.CheckBase(base, "https://usual.example"); err == nil {
			t.Errorf("%q: got %q, want an error", base, got)
		}
	}
}
