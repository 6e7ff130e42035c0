package model_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"comptoir/terminal"
	"comptoir/ui/model"
)

// hubOf answers as a test says, and keeps what it was asked.
type hubOf struct {
	found       model.PairHub
	look, taken error
	codes       []string
}

func (h *hubOf) Look(context.Context, string) (model.PairHub, error) { return h.found, h.look }

func (h *hubOf) Pair(_ context.Context, _ model.PairHub, code string) error {
	h.codes = append(h.codes, code)
	return h.taken
}

type pairingStage struct {
	*model.Pairing
	paired, changed int
}

func newPairing(t *testing.T, h *hubOf) *pairingStage {
	t.Helper()
	s := &pairingStage{}
	var err error
	s.Pairing, err = model.NewPairing(model.English, "", h, func() { s.changed++ }, func() { s.paired++ })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A hub that authorities vouch for gets the code at once; any other one only after somebody has
// compared its fingerprint.
func TestPairing(t *testing.T) {
	h := &hubOf{}
	s := newPairing(t, h)
	if s.Complete("hub", "1234567") || s.Complete(" ", "12345678") || !s.Complete("hub", "12345678") {
		t.Error("what is complete")
	}
	s.Try("hub", "12345678")(t.Context())
	if s.paired != 1 || len(h.codes) != 1 || h.codes[0] != "12345678" {
		t.Errorf("paired %d times with %q", s.paired, h.codes)
	}

	h = &hubOf{found: model.PairHub{Fingerprint: "A3F1 09BC 77D2 10EE"}}
	s = newPairing(t, h)
	errand := s.Try("hub", "12345678")
	if sheet := s.Sheet(); !sheet.Next.Busy {
		t.Error("it is not busy")
	}
	for range 2 { // each tap of a trembling finger
		if again := s.Try("hub", "87654321"); again != nil {
			t.Error("another tap begins another try")
		}
	}
	errand(t.Context())
	if sheet := s.Sheet(); sheet.Fingerprint != h.found.Fingerprint || len(h.codes) != 0 || s.paired != 0 {
		t.Errorf("%+v; codes sent: %q", sheet, h.codes)
	}
	s.Differs()
	if sheet := s.Sheet(); sheet.Fingerprint != "" || sheet.Address.Wrong == "" || s.Same() != nil || len(h.codes) != 0 {
		t.Errorf("after the fingerprints differ: %+v; codes sent: %q", sheet, h.codes)
	}
	s.Try("hub", "12345678")(t.Context())
	same := s.Same()
	s.Differs() // a tap beside it, once the code is on its way
	if sheet := s.Sheet(); sheet.Fingerprint == "" || sheet.Address.Wrong != "" || !sheet.Next.Busy {
		t.Errorf("a no after the yes: %+v", sheet)
	}
	same(t.Context())
	if s.paired != 1 || len(h.codes) != 1 {
		t.Errorf("paired %d times with %q", s.paired, h.codes)
	}
}

// Each fault is told in words, in both languages, where the eye is.
func TestPairingFaults(t *testing.T) {
	for fault, where := range map[model.PairFault]string{
		model.PairCode: "code", model.PairTries: "code", model.PairAddress: "address", model.PairOpenly: "address",
		model.PairUnreachable: "address", model.PairStrange: "address", model.PairClock: "address", model.PairChanged: "address",
		model.PairWaiting: "problem", model.PairNotStored: "problem",
	} {
		s := newPairing(t, &hubOf{taken: &model.PairError{Fault: fault, Wait: 90 * time.Second, Err: errors.New("x")}})
		s.Try("hub", "12345678")(t.Context())
		told := map[string]bool{}
		for range model.Languages() {
			sheet := s.Sheet()
			said := map[string]string{"code": sheet.Code.Wrong, "address": sheet.Address.Wrong, "problem": sheet.Problem.Title}
			for place, words := range said {
				if (words != "") != (place == where) || strings.HasPrefix(words, "pair.") {
					t.Errorf("%s: at the %s it says %q", fault, place, words)
				}
			}
			if fault == model.PairTries && !strings.Contains(said[where], "2") {
				t.Errorf("when to try again: %q", said[where])
			}
			told[said[where]] = true
			s.Translate()
		}
		if len(told) != len(model.Languages()) || s.paired != 0 {
			t.Errorf("%s: said %v, paired %d times", fault, told, s.paired)
		}
		if sheet := s.Sheet(); sheet.Address.Text != "hub" || sheet.Next.Busy {
			t.Errorf("%s: then %+v", fault, sheet)
		}
	}
}

// A terminal that the hub has barred says why, above everything else that is the matter, and leads
// to the pairing screen.
func TestBarred(t *testing.T) {
	words, err := model.LoadWords(model.French)
	if err != nil {
		t.Fatal(err)
	}
	for _, bar := range []terminal.LinkReason{terminal.LinkRevoked, terminal.LinkUnknown, terminal.LinkPin} {
		for _, again := range []bool{true, false} {
			state := model.State{
				Words: words, Now: time.Now(), PairAgain: again, Unsent: map[string]bool{"a": true, "b": true},
				Link: terminal.Event{Kind: terminal.EventLink, Reason: bar},
			}
			banner := model.Build(state, []model.Place{model.PlaceOrders}).Banner
			if banner.Title != words.Say("barred."+string(bar)) || banner.Pair != again || (banner.Action != "") != again ||
				!strings.Contains(banner.Text, "2 commandes") || strings.Contains(banner.Text, "terminal.toml") == again {
				t.Errorf("%s, can be paired %t: %+v", bar, again, banner)
			}
		}
	}
}
