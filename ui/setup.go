package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// setupControl is what the sheet of a printer asks for. None of it waits.
type setupControl interface {
	SetupClose()
	SetupBack()
	SetupNext() model.Errand
	SetupAgain() model.Errand
	SetupRemove() model.Errand
	SetupKind(int)
	SetupTyped(string)
	SetupNamed(string)
	SetupDevice(string)
	SetupSample(string)
	SetupWidth(string)
	SetupStation(string)
	SetupOptions(string)
	SetupBigText(bool)
	SetupCombine(bool)
	SetupBeeps(int)
	SetupCopies(int)
	SetupLanguage(string)
	SetupBackup(string)
}

// setupSheet adds a printer, or changes one: its address, a test page, what it prints.
type setupSheet struct {
	*form
	control setupControl
	errand  func(model.Errand)
	data    model.Setup

	next          *touch.Button
	address, name *touch.Field
}

func newSetupSheet(palette *theme.Palette, control setupControl, errand func(model.Errand)) *setupSheet {
	s := &setupSheet{form: newForm(palette, 960), control: control, errand: errand}
	s.next = touch.NewButton(palette, touch.Primary, "", "", func() { s.errand(s.control.SetupNext()) })
	s.address, s.name = s.field(control.SetupTyped), s.field(control.SetupNamed)
	s.address.OnDone, s.name.OnDone = s.next.Tap, s.next.Tap // Enter goes on
	s.closed = control.SetupClose
	s.under, s.write, s.foot = s.pages, s.page, s.buttons
	return s
}

// set shows another state; opened says that the sheet was closed before.
func (s *setupSheet) set(data model.Setup, opened bool) {
	failed := data.Problem.Title != "" && s.data.Problem.Title == ""
	turned := opened || data.Step != s.data.Step || data.Kind != s.data.Kind
	s.data, s.title, s.close, s.more = data, data.Title, data.Close, data.More
	s.typing.set(data.Keyboard)
	for field, data := range map[*touch.Field]model.Field{s.address: data.Address, s.name: data.Name} {
		if turned {
			field.SetText(data.Text)
		}
		setField(field, data)
		field.SetDisabled(s.data.Next.Busy)
	}
	if turned {
		s.view.ScrollToTop()
		s.typing.end()
		if s.asksAddress() && data.Address.Text == "" { // there is nothing else to do
			s.typing.beginSigns(s.address)
		}
	}
	if failed { // it stands above the fields
		s.view.ScrollToTop()
		s.typing.end()
	}
	s.Refresh()
}

func (s *setupSheet) asksAddress() bool { return s.data.Step == model.SetupAddress && s.data.Kind == 0 }

// typed takes a letter of a real keyboard.
func (s *setupSheet) typed(r rune) {
	if !s.typing.up() && s.asksAddress() {
		s.typing.begin(s.address)
	}
	s.form.typed(r)
}

// pressed takes the other keys of one.
func (s *setupSheet) pressed(key fyne.KeyName) {
	if !s.typing.up() && (key == fyne.KeyReturn || key == fyne.KeyEnter) {
		s.next.Tap()
		return
	}
	s.form.pressed(key)
}

// pages are the names of the sheet's pages.
func (s *setupSheet) pages(f *flow) {
	if s.data.Step == model.SetupOptions {
		return
	}
	f.space(8)
	x := float32(0)
	for _, page := range s.data.Steps {
		l := line{theme.Body, theme.Ink2, page.Name}
		if page.Chosen {
			l.role, l.token = theme.BodyBold, theme.AccInk
		}
		if page.Done {
			f.icon("check", 20, theme.Ok, x, f.y+2)
			x += 26
		}
		x += f.text(l, x, f.y) + 24
	}
	f.space(24)
}

// buttons are the one that goes on, and the ways back.
func (s *setupSheet) buttons() (primary *touch.Button, others []*touch.Button) {
	paintNext(s.next, s.data.Next)
	if s.data.Back != "" {
		others = append(others, s.outer.button("back", touch.Other, "left", s.data.Back, s.control.SetupBack))
	}
	if s.data.Remove != "" && s.data.Step == model.SetupStations {
		others = append(others, s.outer.button("remove", touch.Danger, "trash", s.data.Remove, func() { s.errand(s.control.SetupRemove()) }))
	}
	return s.next, others
}

func (s *setupSheet) page(f *flow) {
	s.problem(f, s.data.Problem)
	switch s.data.Step {
	case model.SetupAddress:
		s.askAddress(f)
	case model.SetupTest:
		s.test(f)
	case model.SetupStations:
		s.stations(f)
	case model.SetupOptions:
		s.options(f)
	}
}

// askAddress is how the printer is joined, and where it is.
func (s *setupSheet) askAddress(f *flow) {
	kinds := part(s.kept, "kinds", func() *touch.Segment { return touch.NewSegment(s.palette, s.data.Kinds, 0, s.control.SetupKind) })
	kinds.SetLabels(s.data.Kinds)
	kinds.Choose(s.data.Kind)
	f.put(kinds, theme.MinTouch+8)
	f.space(12)
	if s.data.Kind != 0 {
		s.devices(f)
		return
	}
	f.put(s.address, s.address.HeightFor(f.width))
	f.space(8)
	f.paragraph(line{theme.Body, theme.Ink2, s.data.Hint}, 0, f.width)
}

// devices are what is plugged in.
func (s *setupSheet) devices(f *flow) {
	for _, device := range s.data.Devices {
		f.put(s.kept.check("device "+device.ID, device.Name, "", device.Chosen, func() { s.control.SetupDevice(device.ID) }), 64)
	}
	f.space(4)
	f.paragraph(line{theme.Body, theme.Ink2, s.data.Hint}, 0, f.width)
}

func (s *setupSheet) test(f *flow) {
	for _, fact := range s.data.Found {
		f.point(string(fact.Icon), line{theme.Body, theme.Ink, fact.Text})
	}
	f.space(8)
	s.question(f, "sample", s.data.Samples, s.control.SetupSample)
	f.space(12)
	s.question(f, "width", s.data.Widths, s.control.SetupWidth)
	f.space(16)
	again := s.kept.button("again", touch.Other, "printer", s.data.Again, func() { s.errand(s.control.SetupAgain()) })
	place(again, area{0, f.y, again.MinSize().Width, theme.MinTouch})
	f.add(again)
	f.space(theme.MinTouch)
}

func (s *setupSheet) stations(f *flow) {
	f.put(s.name, s.name.HeightFor(f.width))
	f.space(16)
	f.paragraph(line{theme.BodyBold, theme.Ink, s.data.Hint}, 0, f.width)
	f.space(4)
	for _, station := range s.data.Stations {
		width := f.width
		check := s.kept.check("station "+station.ID, station.Name, station.Text, station.On, func() { s.control.SetupStation(station.ID) })
		if station.More != "" {
			more := s.kept.button("more "+station.ID, touch.Other, "gear", station.More, func() { s.control.SetupOptions(station.ID) })
			least := more.MinSize().Width
			width -= least + 8
			place(more, area{width + 8, f.y + 12, least, theme.MinTouch})
			f.add(more)
		}
		place(check, area{0, f.y, width, check.MinSize().Height})
		f.add(check)
		f.space(check.MinSize().Height)
	}
}

func (s *setupSheet) options(f *flow) {
	o := s.data.Options
	s.toggle(f, "big", o.BigText, s.control.SetupBigText)
	s.toggle(f, "combine", o.Combine, s.control.SetupCombine)
	s.stepper(f, "beeps", o.Beeps, s.control.SetupBeeps)
	s.stepper(f, "copies", o.Copies, s.control.SetupCopies)
	f.space(8)
	s.question(f, "language", o.Language, s.control.SetupLanguage)
	f.space(12)
	s.question(f, "backup", o.Backup, s.control.SetupBackup)
}
