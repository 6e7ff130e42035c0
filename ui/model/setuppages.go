package model

import (
	"slices"
	"strconv"
	"strings"
)

func (s *setup) addressPage(w *Words, sheet *Setup) {
	sheet.Kinds = []string{w.Say("setup.network"), w.Say("setup.cable")}
	sheet.Kind = s.kind
	sheet.Next = SetupButton{Label: w.Say("setup.print_test"), Icon: "printer"}
	if s.kind == kindNetwork {
		sheet.Address = Field{Label: w.Say("setup.address"), Text: s.typed, Placeholder: "192.168.1.50", Limit: mostTyped}
		if s.wrong != "" {
			sheet.Address.Wrong = w.Say(s.wrong)
		}
		sheet.Hint = w.Say("setup.address.hint")
		sheet.Next.Locked = s.typed == ""
		return
	}
	for _, device := range s.devices {
		sheet.Devices = append(sheet.Devices, SetupChoice{ID: device, Name: device, Chosen: device == s.device})
	}
	sheet.Hint = w.Say("setup.cable.hint")
	if len(s.devices) == 0 {
		sheet.Hint = w.Say("setup.cable.none")
		sheet.Next = SetupButton{Label: w.Say("setup.look_again"), Icon: "refresh"}
		return
	}
	sheet.Next.Locked = s.device == ""
}

func (s *setup) testPage(w *Words, sheet *Setup) {
	if f := s.found; f != nil {
		if name := strings.TrimSpace(f.Maker + " " + f.Model); name != "" {
			sheet.Found = append(sheet.Found, Fact{"printer", name})
		}
		sheet.Found = append(sheet.Found, Fact{proofIcon(f.Proof), w.Say("proof." + f.Proof)})
	}
	sheet.Samples.Text = w.Say("setup.sample")
	for i, page := range s.pages {
		sheet.Samples.Choices = append(sheet.Samples.Choices, SetupChoice{
			ID: page, Name: strconv.Itoa(i + 1), Chosen: page == s.printer.CodePage || s.printer.CodePage == "" && i == 0,
		})
	}
	sheet.Widths.Text = w.Say("setup.width")
	for _, columns := range setupWidths() {
		text := strconv.Itoa(columns)
		sheet.Widths.Choices = append(sheet.Widths.Choices, SetupChoice{ID: text, Name: text, Chosen: columns == s.printer.Columns})
	}
	sheet.Again = w.Say("setup.print_again")
	sheet.Next = SetupButton{Label: w.Say("setup.to_stations"), Icon: "right"}
}

func (s *setup) stationsPage(w *Words, settings Settings, sheet *Setup) {
	sheet.Name = Field{Label: w.Say("setup.label"), Text: s.label, Placeholder: s.named(w, settings), Limit: mostNamed}
	if s.badLabel != "" {
		sheet.Name.Wrong = w.Say(s.badLabel)
	}
	sheet.Hint = w.Say("setup.stations.hint")
	for _, station := range settings.stations() {
		row := SetupStation{ID: station.ID, Name: station.Name, On: s.chosen[station.ID], Text: strings.Join(station.Categories, ", ")}
		if station.Default {
			row.Text = joined(", ", row.Text, w.Say("setup.station.default"))
		}
		if now := s.stations[station.ID].Printer; now != "" && now != s.existing {
			row.Text = joined(" · ", row.Text, w.Say("setup.station.now", "printer", s.called(now)))
		}
		if row.On {
			row.More = w.Say("setup.options")
		}
		sheet.Stations = append(sheet.Stations, row)
	}
	if len(sheet.Stations) == 0 {
		sheet.Hint = w.Say("setup.stations.none")
	}
	for _, paper := range customerStations() {
		row := SetupStation{ID: paper, Name: stationName(w, settings, paper), On: s.chosen[paper], Text: w.Say("station." + strings.TrimPrefix(paper, "@") + ".text")}
		if now := s.stations[paper].Printer; now != "" && now != s.existing {
			row.Text = joined(" · ", row.Text, w.Say("setup.station.now", "printer", s.called(now)))
		}
		sheet.Stations = append(sheet.Stations, row)
	}
	sheet.Next = SetupButton{Label: w.Say("setup.done"), Icon: "check"}
}

func (s *setup) optionsPage(w *Words, settings Settings, sheet *Setup) {
	o := s.stations[s.station]
	sheet.Title = w.Say("setup.options.title", "station", stationName(w, settings, s.station))
	on, off := w.Say("switch.on"), w.Say("switch.off")
	sheet.Options = SetupStationOptions{
		BigText: SetupSwitch{w.Say("setup.big_text"), on, off, o.BigText},
		Combine: SetupSwitch{w.Say("setup.combine"), on, off, o.Combine},
		Beeps:   SetupStepper{w.Say("setup.beeps"), strconv.Itoa(o.Beeps), o.Beeps > 0, o.Beeps < mostBeeps},
		Copies:  SetupStepper{w.Say("setup.copies"), strconv.Itoa(max(1, o.Copies)), o.Copies > 1, o.Copies < mostCopies},
	}
	sheet.Options.Language.Text = w.Say("setup.language")
	for _, language := range append([]string{""}, Languages()...) {
		name := w.Say("setup.language.location")
		if language != "" {
			name = w.Say("language." + language)
		}
		sheet.Options.Language.Choices = append(sheet.Options.Language.Choices, SetupChoice{language, name, language == o.Language})
	}
	sheet.Options.Backup.Text = w.Say("setup.backup")
	backups := []SetupChoice{{"", w.Say("setup.backup.none"), o.Backup == ""}}
	for _, printer := range s.printers {
		if printer.Name != s.existing {
			backups = append(backups, SetupChoice{printer.Name, printer.DisplayName(), printer.Name == o.Backup})
		}
	}
	sheet.Options.Backup.Choices = backups
	sheet.Next = SetupButton{Label: w.Say("setup.options.done"), Icon: "check"}
}

// trouble says what could not be done, and what to do.
func (s *setup) trouble(w *Words) Banner {
	if s.failed == "" {
		return Banner{}
	}
	b := Banner{Tone: ToneLate, Icon: "alert", Title: w.Say(s.failed), Text: w.Say("setup.failed.text")}
	if s.advice != "" {
		b.Text = w.Say(s.advice)
	}
	return b
}

func proofIcon(proof string) Icon {
	if proof == "id" || proof == "fence" {
		return "check-circle"
	}
	return "info"
}

func joined(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), separator)
}
