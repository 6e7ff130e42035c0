package ui

import (
	"fyne.io/fyne/v2"

	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// sheet explains why something cannot be done here, and who to ask.
type sheet struct {
	*overlay
	data  model.Explanation
	close *touch.Button
}

func newSheet(palette *theme.Palette, closed func()) *sheet {
	s := &sheet{overlay: newOverlay(palette)}
	s.fill = s.arrange
	s.close = touch.NewButton(palette, touch.Primary, "x", "", closed)
	s.holder.Objects = []fyne.CanvasObject{s.close}
	return s
}

func (s *sheet) set(data model.Explanation) {
	s.data = data
	s.close.SetLabel(data.Close)
	s.Refresh()
}

func (s *sheet) arrange(size fyne.Size) area {
	const widest = 960
	panel := area{0, 0, size.Width, size.Height}
	padding := float32(theme.PaddingWide)
	full := size.Width < theme.SheetFillsBelow
	if !full {
		panel = area{(size.Width - widest) / 2, 24, widest, 0}
	}
	width := panel.width - 2*padding
	f := &flow{palette: s.palette, width: panel.width, y: padding}
	f.icon("lock", 28, theme.Ink, padding, f.y+2)
	f.paragraph(line{theme.PageTitle, theme.Ink, s.data.Title}, padding+40, padding+width)
	f.space(16)
	f.paragraph(line{theme.ItemText, theme.Ink, s.data.Text}, padding, padding+width)
	f.space(16)
	for _, contact := range []struct{ icon, words string }{
		{"phone", s.data.Contact.Phone}, {"link", s.data.Contact.Web},
	} {
		if contact.words == "" {
			continue
		}
		f.icon(contact.icon, 24, theme.Ink, padding, f.y+2)
		f.paragraph(line{theme.PanelTitle, theme.Ink, contact.words}, padding+40, padding+width)
		f.space(12)
	}
	if s.data.NoContact != "" {
		f.icon("info", 24, theme.Ink2, padding, f.y)
		f.paragraph(line{theme.Body, theme.Ink2, s.data.NoContact}, padding+40, padding+width)
		f.space(12)
	}
	f.space(16)
	least := s.close.MinSize()
	if full {
		f.y = max(f.y, size.Height-padding-least.Height)
	}
	button := max(200, least.Width)
	place(s.close, area{padding + width - button, f.y, button, least.Height})
	f.space(least.Height + padding)
	panel.height = max(panel.height, f.y)
	s.content.show(f)
	return panel
}
