// Package alert makes alarms heard and seen outside of the window: sounds by the machine's player,
// notifications by the desktop's D-Bus. It fulfils terminal.Alerts.
package alert

import (
	"context"
	"sync"

	"comptoir/terminal"
)

// Alerts joins a bell and a notifier.
type Alerts struct {
	*Bell
	notifier *Notifier
}

var _ terminal.Alerts = (*Alerts)(nil)

// New returns silent alerts. sound gives the WAV of a kind; changed runs when State may answer
// something else, and must not block.
func New(sound func(terminal.AlarmKind) []byte, changed func()) *Alerts {
	return &Alerts{NewBell(sound, changed), NewNotifier(changed)}
}

// Show makes the notifications these.
func (a *Alerts) Show(notices []terminal.Notice) { a.notifier.Show(notices) }

// Focused says whether the window is in front of everybody's eyes: then it needs no notifications.
func (a *Alerts) Focused(focused bool) { a.notifier.Focused(focused) }

// Check looks anew whether the machine can sound and notify.
func (a *Alerts) Check() {
	a.Bell.Check()
	a.notifier.Check()
}

// State is what is known of the machine.
func (a *Alerts) State() terminal.AlertState {
	checked, works := a.notifier.Works()
	return terminal.AlertState{Audio: a.Audio(), Checked: checked, Notifications: works}
}

// Run sounds and notifies until ctx ends. It takes its notifications away.
func (a *Alerts) Run(ctx context.Context) {
	var group sync.WaitGroup
	group.Go(func() { a.Bell.Run(ctx) })
	group.Go(func() { a.notifier.Run(ctx) })
	group.Wait()
}
