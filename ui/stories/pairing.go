package stories

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"comptoir/ui"
	"comptoir/ui/model"
	"comptoir/ui/theme"
)

// PairingStories are the states of the pairing screen.
var PairingStories = []string{"begin", "typing", "compare", "wrong-code", "tries", "unreachable", "waiting"}

// cannedHub answers as a story says.
type cannedHub struct {
	hub         model.PairHub
	look, taken error
}

func (h cannedHub) Look(context.Context, string) (model.PairHub, error) { return h.hub, h.look }

func (h cannedHub) Pair(context.Context, model.PairHub, string) error { return h.taken }

// Pairing makes the pairing window in one of its states. It is no story of a Stage: there is no
// controller behind it.
func Pairing(app fyne.App, story, language string, mode theme.Mode, width, height float32) (fyne.Window, error) {
	fault := func(kind model.PairFault) error {
		return &model.PairError{Fault: kind, Wait: 2 * time.Minute, Err: errors.New(story)}
	}
	hub := cannedHub{}
	switch story {
	case "compare":
		hub.hub.Fingerprint = "A3F1 09BC 77D2 10EE"
	case "wrong-code":
		hub.taken = fault(model.PairCode)
	case "tries":
		hub.taken = fault(model.PairTries)
	case "unreachable":
		hub.look = fault(model.PairUnreachable)
	case "waiting":
		hub.taken = fault(model.PairWaiting)
	}
	const address = "hub.example.com:8443"
	presenter, err := model.NewPairing(language, address, hub, func() {}, func() {})
	if err != nil {
		return nil, err
	}
	if hub != (cannedHub{}) {
		presenter.Try(address, "12345678")(context.Background())
	}
	_, window := ui.NewPairing(app, presenter, mode, func(model.Errand) {}, func() {})
	window.Resize(fyne.NewSize(width, height))
	if story == "typing" {
		for _, digit := range "123456" {
			window.Canvas().OnTypedRune()(digit)
		}
	}
	return window, nil
}
