package printer

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var place = regexp.MustCompile(`\{[a-z]+\}`)

// TestLanguages: both languages have every word, with the same places in the same order.
func TestLanguages(t *testing.T) {
	fr, en := reflect.ValueOf(french), reflect.ValueOf(english)
	check := func(name, fr, en string) {
		if fr == "" || en == "" {
			t.Errorf("%s: %q in French, %q in English", name, fr, en)
		}
		if a, b := place.FindAllString(fr, -1), place.FindAllString(en, -1); !slices.Equal(a, b) {
			t.Errorf("%s: %v in French, %v in English", name, a, b)
		}
	}
	for i := range fr.NumField() {
		name, a, b := fr.Type().Field(i).Name, fr.Field(i), en.Field(i)
		switch a.Kind() {
		case reflect.String:
			check(name, a.String(), b.String())
		case reflect.Array:
			for j := range a.Len() {
				check(name, a.Index(j).String(), b.Index(j).String())
			}
		}
	}
}

// TestHeadings: cooks and outside checks know them by these very words (design.md section 5).
func TestHeadings(t *testing.T) {
	for _, test := range []struct {
		words                          *words
		duplicate, copy, void, changed string
	}{
		{wordsOf("fr"), "DOUBLON POSSIBLE", "COPIE", "ANNULÉE", "MODIFIÉE"},
		{wordsOf("en-CA"), "POSSIBLE DUPLICATE", "COPY", "VOID", "CHANGED"},
	} {
		got := []string{test.words.duplicate, test.words.copy, test.words.void, test.words.changed}
		if want := []string{test.duplicate, test.copy, test.void, test.changed}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLanguageOfTag(t *testing.T) {
	for tag, want := range map[string]*words{"fr": &french, "en": &english, "EN-gb": &english, "": &french, "e": &french, "xx": &french} {
		if wordsOf(tag) != want {
			t.Errorf("%q: wrong language", tag)
		}
	}
}

func TestBackoff(t *testing.T) {
	for failures := 1; failures < 100; failures++ {
		most := min(minBackoff<<min(failures-1, 10), maxBackoff)
		if d := backoff(failures, maxBackoff); d < most/2 || d > most {
			t.Errorf("%d failures: %v, want %v to %v", failures, d, most/2, most)
		}
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 8, 2, 9, 5, 0, 0, time.UTC)
	for tag, want := range map[string][2]string{
		"fr": {"9" + nbsp + "h" + nbsp + "05", "dim." + nbsp + "2" + nbsp + "août"},
		"en": {"9:05", "Sun" + nbsp + "2" + nbsp + "Aug"},
	} {
		w := wordsOf(tag)
		var b strings.Builder
		if got := [2]string{w.timeOf(&b, at), w.dayOf(&b, at)}; got != want {
			t.Errorf("%s: got %q, want %q", tag, got, want)
		}
	}
}
