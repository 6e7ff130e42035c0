package ui

import (
	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// sheet explains why something cannot be done here, and who to ask.
type sheet struct {
	*form
	data model.Explanation
	read *touch.Button
}

func newSheet(palette *theme.Palette, closed func()) *sheet {
	s := &sheet{form: newForm(palette, 960)}
	s.fits, s.icon, s.closed = true, "lock", closed
	s.read = touch.NewButton(palette, touch.Primary, "", "", closed)
	s.write = s.explain
	s.foot = func() (*touch.Button, []*touch.Button) { return s.read, nil }
	return s
}

func (s *sheet) set(data model.Explanation) {
	s.data, s.title, s.close, s.more = data, data.Title, data.Close, data.Below
	s.read.SetLabel(data.Close)
	s.Refresh()
}

func (s *sheet) explain(f *flow) {
	const indent = 40
	f.paragraph(line{theme.ItemText, theme.Ink, s.data.Text}, 0, f.width)
	f.space(16)
	for _, contact := range []struct{ icon, words string }{
		{"phone", s.data.Contact.Phone}, {"link", s.data.Contact.Web},
	} {
		if contact.words == "" {
			continue
		}
		f.icon(contact.icon, 24, theme.Ink, 0, f.y+2)
		f.paragraph(line{theme.PanelTitle, theme.Ink, contact.words}, indent, f.width)
		f.space(12)
	}
	if s.data.NoContact != "" {
		f.icon("info", 24, theme.Ink2, 0, f.y)
		f.paragraph(line{theme.Body, theme.Ink2, s.data.NoContact}, indent, f.width)
		f.space(12)
	}
}
