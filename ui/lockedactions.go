package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/order"
	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// lockedActions stand under what the details scroll: what is seldom done, and what cannot be, of
// which a tap explains why.
type lockedActions struct {
	palette *theme.Palette
	body    *board
	content *fyne.Container
	buttons []*touch.Button
	shown   int
	do      func(order.CommandType)
	explain func(model.Explanation)
}

func (l *lockedActions) set(actions []model.DetailAction, scroller touch.Scroller) {
	for len(l.buttons) < len(actions) {
		button := touch.NewButton(l.palette, touch.Other, "", "", nil)
		button.SetScroller(scroller)
		l.buttons = append(l.buttons, button)
		l.content.Objects = append(l.content.Objects, button)
	}
	l.shown = len(actions)
	for i, button := range l.buttons {
		show(button, i < l.shown)
		if i >= l.shown {
			continue
		}
		action := actions[i]
		if action.Kind == model.ActionLocked {
			button.SetBusy("")
			button.Lock(action.Label, func() { l.explain(action.Explanation) })
			continue
		}
		button.Lock("", nil)
		button.OnTapped = func() { l.do(action.Command) }
		setAction(button, action)
	}
}

const lockedPitch = theme.MinTouch + 8

// MinSize is Fyne's.
func (l *lockedActions) MinSize([]fyne.CanvasObject) fyne.Size {
	return l.body.size.AddWidthHeight(0, float32(l.shown)*lockedPitch)
}

// Layout is Fyne's.
func (l *lockedActions) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	width := size.Width - 2*inset // the scroll clips
	place(l.body.object, area{inset, 0, width, l.body.size.Height})
	for i, button := range l.buttons[:l.shown] {
		place(button, area{inset, l.body.size.Height + 4 + float32(i)*lockedPitch, width, theme.MinTouch})
	}
}
