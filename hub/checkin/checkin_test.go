package checkin_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"comptoir/hub/checkin"
)

// Only a token that we made is read, and it gives its order back.
func FuzzToken(f *testing.F) {
	links := checkin.NewLinks(bytes.Repeat([]byte{7}, checkin.SecretSize), "")
	f.Add(links.Token("01J8Z3NDEKTSV4RRFFQ69G5FAV"))
	f.Add(checkin.NewLinks([]byte("another"), "").Token("01J8Z3NDEKTSV4RRFFQ69G5FAV"))
	f.Add(links.Token("x")[:20])
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAAAA==")
	f.Add(strings.Repeat("_", 1000))
	f.Fuzz(func(t *testing.T, token string) {
		id, err := links.Order(token)
		if err == nil && links.Token(id) != token {
			t.Errorf("%q was read as %q", token, id)
		}
		if len(token) > 0 && len(token) < 250 {
			if back, err := links.Order(links.Token(token)); err != nil || back != token {
				t.Errorf("the token of %q: %q, %v", token, back, err)
			}
		}
		if token != "" && url.PathEscape(links.Token(token)) != links.Token(token) {
			t.Errorf("the token of %q does not fit an address", token)
		}
	})
}

// What a form gives is one short printable line each.
func FuzzForm(f *testing.F) {
	f.Add("id=ABC&vehicle=Civic+rouge&spot=2")
	f.Add("vehicle=%F0%9F%9A%97+bleue%00%0a%E2%80%AE&spot=%ff%fe")
	f.Add("vehicle=" + strings.Repeat("%C3%A9", 500))
	f.Add("&&==;%zz")
	f.Fuzz(func(t *testing.T, body string) {
		form, err := checkin.ReadForm(body)
		if err != nil {
			return
		}
		for text, most := range map[string]int{form.Vehicle: 60, form.Spot: 60} {
			bad := strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
			if bad || !utf8.ValidString(text) || utf8.RuneCountInString(text) > most || strings.TrimSpace(text) != text || strings.Contains(text, "  ") {
				t.Errorf("got %q", text)
			}
		}
		again, err := checkin.ReadForm(url.Values{"id": {form.ID}, "vehicle": {form.Vehicle}, "spot": {form.Spot}}.Encode())
		if err != nil || again != form {
			t.Errorf("%+v becomes %+v, %v", form, again, err)
		}
	})
}

// Whatever a browser asks for, it gets one of ours.
func FuzzLanguage(f *testing.F) {
	pages := checkin.NewPages()
	f.Add("lang=fr", "en")
	f.Add("lang=xx;%zz", "fr-CA-x-y, en;q=0.5, *;q=0.1")
	f.Add("", strings.Repeat("a-", 2000))
	f.Fuzz(func(t *testing.T, query, accept string) {
		r := &http.Request{URL: &url.URL{Path: "/arrive/x", RawQuery: query}, Header: http.Header{"Accept-Language": {accept}}}
		if got := pages.Language(r, "fr"); got != "fr" && got != "en" {
			t.Errorf("got %q", got)
		}
	})
}

// Every state has its words in both languages, and they are the same ones.
func TestWords(t *testing.T) {
	pages := checkin.NewPages()
	texts := checkin.Texts()
	if fr, en := slices.Sorted(maps.Keys(texts["fr"])), slices.Sorted(maps.Keys(texts["en"])); !slices.Equal(fr, en) {
		t.Errorf("French has %v, English %v", fr, en)
	}
	for language, words := range texts {
		for key, text := range words {
			if text == "" || strings.Contains(text, "!") {
				t.Errorf("%s %s: %q", language, key, text)
			}
		}
		for _, state := range []checkin.State{
			checkin.Asking, checkin.Known, checkin.Early, checkin.Over, checkin.Cancelled, checkin.Unknown, checkin.Busy, checkin.Failed,
		} {
			recorder := httptest.NewRecorder()
			page := checkin.Page{State: state, Language: language, Shop: `<b>"Chez" Zoë</b>`, Number: "<i>7</i>", VehicleKnown: true}
			if err := pages.Write(recorder, http.StatusOK, page); err != nil {
				t.Fatal(err)
			}
			body := recorder.Body.String()
			if words[string(state)] == "" || words[string(state)+"_text"] == "" || !strings.Contains(body, "<h1") {
				t.Errorf("%s has nothing to say in %q", state, language)
			}
			if strings.Contains(body, "<b>") || strings.Contains(body, "<i>") || strings.Contains(body, "<script") {
				t.Errorf("%s: a name is taken for a tag", state)
			}
		}
	}
}

func TestCaller(t *testing.T) {
	tests := []struct{ remote, forwarded, want string }{
		{"203.0.113.7:5000", "", "203.0.113.7"},
		{"203.0.113.7:5000", "10.0.0.1", "203.0.113.7"},
		{"127.0.0.1:5000", "", "127.0.0.1"},
		{"127.0.0.1:5000", "10.0.0.1, 198.51.100.2", "198.51.100.2"},
		{"[::1]:5000", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"[2001:db8:1:2:9::1]:5000", "", "2001:db8:1:2::/64"},
		{"[::ffff:203.0.113.7]:5000", "", "203.0.113.7"},
		{"127.0.0.1:5000", "unknown", "127.0.0.1"},
		{"@", "198.51.100.2", ""},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = tt.remote
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		if got := checkin.Caller(r); got != tt.want {
			t.Errorf("%s for %q is %q, want %q", tt.remote, tt.forwarded, got, tt.want)
		}
	}
}

func TestLimiter(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	l := checkin.NewLimiter(3, time.Second)
	allow := func(key string, at time.Duration, want bool, wantWait time.Duration) {
		t.Helper()
		wait, ok := l.Allow(key, now.Add(at))
		if ok != want || wait != wantWait {
			t.Errorf("%s at %v: %v, wait %v", key, at, ok, wait)
		}
	}
	for range 3 {
		allow("a", 0, true, 0)
	}
	allow("a", 0, false, time.Second)
	allow("b", 0, true, 0)
	allow("a", 400*time.Millisecond, false, 600*time.Millisecond)
	allow("a", time.Second, true, 0)
	allow("a", time.Second, false, time.Second)
	for range 3 {
		allow("a", time.Hour, true, 0)
	}
	// however many come, what is remembered has an end, and those beyond share one allowance
	at := 2 * time.Hour
	for i := range 10_000 + 3 {
		allow(fmt.Sprint("n", i), at, true, 0)
	}
	allow("n99999", at, false, time.Second)
	allow("n1", at, true, 0)
	allow("n99999", at+time.Minute, true, 0)
}
