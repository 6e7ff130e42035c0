package model

import (
	"context"
	"strings"

	"comptoir/doctor"
	"comptoir/terminal"
)

// salvaged is the banner on data that was damaged, until somebody has read it; its zero value is
// none.
func (b *builder) salvaged() Banner {
	s := b.Salvage
	if s.At.IsZero() || s.Heard {
		return Banner{}
	}
	return Banner{
		Tone: ToneWarn, Icon: "alert", Title: b.Words.salvageTitle(s), Text: b.Words.salvageText(s),
		Action: b.Words.Say("action.acknowledge"), Salvage: true,
	}
}

func (w *Words) salvageTitle(s terminal.Salvage) string {
	switch {
	case s.Restored:
		return w.Say("salvage.restored")
	case s.Records > 0:
		return w.Count("salvage.records", s.Records)
	}
	return w.Say("salvage.damaged")
}

// salvageText is what was carried over, what was not, and what may follow from it.
func (w *Words) salvageText(s terminal.Salvage) string {
	carried, missing, doubt := "", "", ""
	if !s.Restored && s.Records == 0 {
		carried = w.Say("salvage.carried", "commands", w.Count("salvage.commands", s.Commands), "tickets", w.Count("salvage.tickets", s.Tickets))
	}
	if len(s.Missing) > 0 {
		kinds := make([]string, 0, len(s.Missing))
		for _, kind := range s.Missing {
			kinds = append(kinds, w.Say("salvage.kept."+string(kind)))
		}
		missing = w.Say("salvage.missing", "kinds", strings.Join(kinds, ", "))
	}
	if s.Doubt {
		doubt = w.Say("salvage.doubt")
	}
	return joined(" ", carried, missing, w.Say("salvage.from_hub"), doubt)
}

// data puts into words what the terminal's file went through.
func (d diagnosis) data(f doctor.Finding) (text, todo string) {
	s := d.report.Salvage
	text = joined(" ", d.salvageTitle(s)+" ("+d.since(s.At)+").", d.salvageText(s))
	if s.Aside != "" {
		todo = d.Say("doctor.data."+f.Cause+".do", "path", s.Aside)
	}
	return text, todo
}

// HearSalvage says that somebody has read of the salvage.
func (c *Controller) HearSalvage() Errand {
	return func(context.Context) {
		err := c.options.Terminal.HearSalvage()
		c.hear(func() { c.notSaved = c.notSaved || err != nil })
	}
}

// notSaved is what to do about an action that was not stored.
func (b *builder) notSaved() string {
	if b.Disk != terminal.DiskWorks {
		return b.Words.Say("disk." + string(b.Disk) + ".text")
	}
	return b.Words.Say("banner.not_saved.text")
}

// diskBanner stands as long as the disk takes nothing, also once somebody has silenced the alarm.
func (b *builder) diskBanner() Banner {
	key := "disk." + string(b.Disk)
	banner := Banner{Tone: ToneLate, Icon: "alert", Title: b.Words.Say(key), Text: b.Words.Say(key + ".text")}
	if b.Report != nil {
		banner.Action, banner.Place = b.Words.Say("incident.open"), PlaceDoctor
	}
	return banner
}

// diskRow is the alarm's row on this terminal's disk.
func (b *builder) diskRow(t terminal.Trouble) AlarmRow {
	key := "disk." + string(t.Disk)
	return AlarmRow{
		Trouble: t.Key, Icon: kindIcon(t.Kind), Heading: b.Words.Say("alarm.disk"), GotIt: b.Words.Say("action.acknowledge"),
		Number: b.Words.Say("alarm." + key), Text: b.Words.Say(key + ".text"),
	}
}
