package terminal

import "comptoir/order"

// AlarmKind is a kind of alarm, as people tell them apart: each has its own sound and words.
type AlarmKind string

// The kinds of alarm, by priority. The last three are this terminal's own troubles.
const (
	KindDeadline  AlarmKind = "deadline"
	KindNew       AlarmKind = "new"
	KindArrival   AlarmKind = "arrival"
	KindTakenBack AlarmKind = "taken_back" // cancelled, changed or expired
	KindDue       AlarmKind = "due"
	KindDisk      AlarmKind = "disk"
	KindPrinting  AlarmKind = "printing"
	KindHub       AlarmKind = "hub"
)

// AlarmKinds lists the kinds by priority.
func AlarmKinds() []AlarmKind {
	return []AlarmKind{KindDeadline, KindNew, KindArrival, KindTakenBack, KindDue, KindDisk, KindPrinting, KindHub}
}

// KindOf is the kind of an order's alarm.
func KindOf(alarm order.Alarm) AlarmKind {
	switch alarm {
	case order.AlarmDeadline:
		return KindDeadline
	case order.AlarmNew:
		return KindNew
	case order.AlarmArrived:
		return KindArrival
	case order.AlarmDue:
		return KindDue
	}
	return KindTakenBack
}

// AlertPreferences are what may sound on a terminal. Their zero value is everything, as loud as
// it gets.
type AlertPreferences struct {
	// MuteNew and MuteArrivals silence a kind: no sound and no banner, only a mark on the order.
	MuteNew      bool `json:"muteNew,omitempty"`
	MuteArrivals bool `json:"muteArrivals,omitempty"`
	// Volume is 1 to MaxVolume; 0 is MaxVolume.
	Volume int `json:"volume,omitempty"`
}

// MaxVolume is the loudest: the samples as they are.
const MaxVolume = 10

// Muted reports whether nothing of this kind may sound.
func (p AlertPreferences) Muted(kind AlarmKind) bool {
	return kind == KindNew && p.MuteNew || kind == KindArrival && p.MuteArrivals
}

// Loudness is the volume that is meant, 1 to MaxVolume.
func (p AlertPreferences) Loudness() int {
	if p.Volume < 1 || p.Volume > MaxVolume {
		return MaxVolume
	}
	return p.Volume
}

// Alerts makes alarms heard and seen outside of the window. None of its methods waits.
type Alerts interface {
	// Ring repeats the sound of a kind, until it is given another one; empty is silence.
	Ring(AlarmKind)
	// Try sounds a kind once.
	Try(AlarmKind)
	// SetVolume takes 1 to MaxVolume.
	SetVolume(int)
	// Show makes the system's notifications these, and takes the others away.
	Show([]Notice)
	// Check looks anew whether the machine can sound and notify.
	Check()
	State() AlertState
}

// Notice is one notification of the system. Screens that anybody may see show it: no customer's
// name is in it.
type Notice struct {
	Key         string // the same key is the same notification
	Title, Text string
}

// AlertState is what is known of the machine.
type AlertState struct {
	Audio Audio
	// Checked: Notifications was found out.
	Checked       bool
	Notifications bool
}

// Audio says whether an alarm can be heard.
type Audio string

// What is known of the sound. Where the system does not tell, AudioUnknown is taken for well.
const (
	AudioUnknown  Audio = ""
	AudioWorks    Audio = "works"
	AudioNoPlayer Audio = "no_player" // no program that plays sounds
	AudioNoDevice Audio = "no_device" // nothing to play it on
	AudioMuted    Audio = "muted"     // muted, or its volume is 0
)

// Silent reports whether nobody can hear an alarm.
func (a Audio) Silent() bool {
	return a == AudioNoPlayer || a == AudioNoDevice || a == AudioMuted
}
