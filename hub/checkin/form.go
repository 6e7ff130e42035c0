package checkin

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
)

// The bounds of what a customer sends.
const (
	// MaxForm is in bytes.
	MaxForm    = 4 << 10
	maxVehicle = 60 // characters
	maxSpot    = 30
	maxFormID  = 64 // bytes
)

// Form is what a customer sent.
type Form struct {
	// ID names this sending of the form, so that a tap counts once; it may be empty.
	ID            string
	Vehicle, Spot string
}

// ReadForm reads the body of a form. Texts come out fit for one line of a screen: without control
// signs, short, and with single spaces.
func ReadForm(body string) (Form, error) {
	values, err := url.ParseQuery(body)
	if err != nil {
		return Form{}, errors.New("the form cannot be read")
	}
	f := Form{ID: values.Get("id"), Vehicle: line(values.Get("vehicle"), maxVehicle), Spot: line(values.Get("spot"), maxSpot)}
	if len(f.ID) > maxFormID {
		return Form{}, errors.New("the form's id is too long")
	}
	return f, nil
}

func line(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar: // directions of writing too
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = strings.TrimSpace(string(runes[:most]))
	}
	return text
}
