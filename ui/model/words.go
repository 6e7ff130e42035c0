package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"comptoir/assets"
)

// The languages of the screens.
const (
	French  = "fr"
	English = "en"
)

// Languages lists the languages of the screens, the usual one first.
func Languages() []string { return []string{French, English} }

// Words are the texts of one language, and how it writes times, money and durations. They
// never change; another language is other Words.
type Words struct {
	language string
	texts    map[string]phrase
}

// phrase is a text with {places}; one is its form for one, and in French for none.
type phrase struct{ one, other string }

// UnmarshalJSON reads a text, or an object with "one" and "other".
func (p *phrase) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte(`"`)) {
		err := json.Unmarshal(data, &p.other)
		p.one = p.other
		return err
	}
	var forms struct{ One, Other string }
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&forms); err != nil {
		return err
	}
	p.one, p.other = forms.One, forms.Other
	return nil
}

// languageOf reads a language tag: "en" or "en-CA" is English, anything else is French.
func languageOf(tag string) string {
	if len(tag) >= 2 && strings.EqualFold(tag[:2], English) {
		return English
	}
	return French
}

// LoadWords reads the words of a language tag.
func LoadWords(tag string) (*Words, error) {
	w := &Words{language: languageOf(tag)}
	data, err := assets.Translations.ReadFile("translations/" + w.language + ".json")
	if err == nil {
		err = json.Unmarshal(data, &w.texts)
	}
	if err != nil {
		return nil, fmt.Errorf("words of %s: %w", w.language, err)
	}
	return w, nil
}

// Language is "fr" or "en".
func (w *Words) Language() string { return w.language }

// Say returns the text of a key, with its places filled in: Say("table", "table", "6"). An
// unknown key is its own text, so that it is seen and nothing breaks.
func (w *Words) Say(key string, places ...string) string {
	p, known := w.texts[key]
	if !known {
		return key
	}
	return fill(p.other, places)
}

// Count is Say in the form that the number asks for; the text has a place {count}.
func (w *Words) Count(key string, count int, places ...string) string {
	p, known := w.texts[key]
	if !known {
		return key
	}
	text := p.other
	if count == 1 || count == 0 && w.language == French {
		text = p.one
	}
	return fill(text, append([]string{"count", strconv.Itoa(count)}, places...))
}

// has reports whether the language has the key.
func (w *Words) has(key string) bool {
	_, known := w.texts[key]
	return known
}

// fill puts values, given as name, value, name, value, in the places of a text. A value is
// never searched for places.
func fill(text string, places []string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		for i := 0; i+1 < len(places); i += 2 {
			if places[i] == name {
				b.WriteString(places[i+1])
			}
		}
		text = after
	}
}
