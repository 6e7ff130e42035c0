package model

import (
	"time"

	"comptoir/staff"
	"comptoir/terminal"
)

// AlertPage is "Alerts and notifications": what may sound here, how loud, and whether it can.
type AlertPage struct {
	// Silent says that no alarm can be heard, and what to do; its zero value where they can.
	Silent              Banner
	NewOrders, Arrivals AlertSwitch
	Sound, Repeats      string // title, and what is to be known of it
	Volume              AlertVolume
	Try                 string // title of the sounds
	Sounds              []AlertSound
	// Findings say how the machine stands otherwise.
	Findings []Banner
	Check    string // button
	Note     string // for whom all this is
}

// AlertSwitch turns a kind of alarm on and off.
type AlertSwitch struct {
	SetupSwitch
	Icon Icon
	Text string
}

// AlertVolume is Level of Levels.
type AlertVolume struct {
	SetupStepper
	Level, Levels int
}

// AlertSound is a sound to be tried.
type AlertSound struct {
	Kind  terminal.AlarmKind
	Icon  Icon
	Label string
}

func alertPage(w *Words, p terminal.AlertPreferences, state terminal.AlertState) AlertPage {
	turn := func(icon Icon, name string, on bool) AlertSwitch {
		text := w.Say("alerts." + name + ".text")
		if !on {
			text = w.Say("alerts.off.text")
		}
		words := SetupSwitch{w.Say("alerts." + name), w.Say("alerts.on"), w.Say("alerts.off"), on}
		return AlertSwitch{words, icon, text}
	}
	level := p.Loudness()
	page := AlertPage{
		NewOrders: turn("bell", "new", !p.MuteNew), Arrivals: turn("car", "arrivals", !p.MuteArrivals),
		Sound: w.Say("alerts.sound"), Repeats: w.Say("alerts.repeats"),
		Volume: AlertVolume{
			SetupStepper{w.Say("alerts.volume"), w.Percent(100 * level / terminal.MaxVolume), level > 1, level < terminal.MaxVolume},
			level, terminal.MaxVolume,
		},
		Try: w.Say("alerts.try"), Check: w.Say("alerts.check"), Note: w.Say("alerts.note"),
	}
	if sound := audioFinding(w, state.Audio); state.Audio.Silent() {
		page.Silent = sound
	} else {
		page.Findings = append(page.Findings, sound)
	}
	for _, kind := range terminal.AlarmKinds() {
		page.Sounds = append(page.Sounds, AlertSound{kind, kindIcon(kind), w.Say("alerts.kind." + string(kind))})
	}
	if state.Checked {
		page.Findings = append(page.Findings, notifyFinding(w, state.Notifications))
	}
	return page
}

// kindIcon is that of the kind's rows in the alarm.
func kindIcon(kind terminal.AlarmKind) Icon {
	switch kind {
	case terminal.KindDeadline:
		return "hourglass"
	case terminal.KindArrival:
		return "car"
	case terminal.KindTakenBack:
		return "pencil"
	case terminal.KindDue:
		return "flame"
	case terminal.KindPrinting:
		return "printer"
	case terminal.KindDisk:
		return "alert"
	case terminal.KindHub:
		return "cloud-off"
	}
	return "bell"
}

func audioFinding(w *Words, audio terminal.Audio) Banner {
	finding := Banner{Tone: ToneWarn, Icon: "alert"}
	name := string(audio)
	switch audio {
	case terminal.AudioWorks:
		finding.Tone, finding.Icon = ToneOK, "check-circle"
	case terminal.AudioUnknown:
		finding.Tone, finding.Icon, name = ToneInk, "question", "unknown"
	}
	finding.Title, finding.Text = w.Say("audio."+name), w.Say("audio."+name+".text")
	return finding
}

func notifyFinding(w *Words, works bool) Banner {
	if works {
		return Banner{Tone: ToneOK, Icon: "check-circle", Title: w.Say("notify.works"), Text: w.Say("notify.works.text")}
	}
	return Banner{Tone: ToneWarn, Icon: "info", Title: w.Say("notify.none"), Text: w.Say("notify.none.text")}
}

// soundBanner says on the Orders screen that no alarm can be heard, until somebody has read it.
func (b *builder) soundBanner() Banner {
	if b.SoundRead || !b.Alert.Audio.Silent() {
		return Banner{}
	}
	banner := audioFinding(b.Words, b.Alert.Audio)
	banner.Icon, banner.Action = "speaker", b.Words.Say("action.acknowledge")
	return banner
}

// alertState is what the machine can do; nothing is known of one that makes no alerts.
func (c *Controller) alertState() terminal.AlertState {
	if c.options.Alerts == nil {
		return terminal.AlertState{}
	}
	return c.options.Alerts.State()
}

// SoundRead says that somebody knows that this machine is silent. They are told again when it is
// silent for another reason, and after CheckSound.
func (c *Controller) SoundRead() {
	audio := c.alertState().Audio
	c.change(func() { c.soundRead = audio })
}

// CheckSound looks anew whether alarms can be heard and seen, and says it to everybody again: at
// the start and whenever somebody signs in.
func (c *Controller) CheckSound() {
	if c.options.Alerts != nil {
		c.options.Alerts.Check()
	}
	c.change(func() { c.soundRead = terminal.AudioUnknown })
}

// MuteNewOrders plans whether new orders are silent on this terminal.
func (c *Controller) MuteNewOrders(mute bool) Plan {
	return c.permit(staff.Alerts, func() Plan {
		return c.prefer(func(p *terminal.Preferences) { p.Alerts.MuteNew = mute })
	})
}

// MuteArrivals plans whether customers who arrive are.
func (c *Controller) MuteArrivals(mute bool) Plan {
	return c.permit(staff.Alerts, func() Plan {
		return c.prefer(func(p *terminal.Preferences) { p.Alerts.MuteArrivals = mute })
	})
}

// StepVolume plans a volume that is louder (1) or lower (-1).
func (c *Controller) StepVolume(step int) Plan {
	return c.permit(staff.Alerts, func() Plan {
		volume := 0
		plan := c.prefer(func(p *terminal.Preferences) {
			volume = min(max(p.Alerts.Loudness()+step, 1), terminal.MaxVolume)
			p.Alerts.Volume = volume
		})
		if c.options.Alerts != nil {
			c.options.Alerts.SetVolume(volume)
		}
		return plan
	})
}

// TrySound sounds a kind once, at the chosen volume.
func (c *Controller) TrySound(kind terminal.AlarmKind) {
	if c.options.Alerts != nil {
		c.options.Alerts.Try(kind)
	}
}

// heed plans the answer to a trouble of this terminal.
func (c *Controller) heed(key string) Plan {
	now := c.options.Clock.Now()
	var p Plan
	c.change(func() {
		if !c.trembles("alarm", now) {
			p.heed = key
		}
	})
	return p
}

// trembles reports whether a tap is the last one once more, and remembers it otherwise; c.mu is
// held.
func (c *Controller) trembles(what string, now time.Time) bool {
	since := now.Sub(c.tapped.at)
	if c.tapped.what == what && since >= 0 && since < again {
		return true
	}
	c.tapped = tap{what, now}
	return false
}
