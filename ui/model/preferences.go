package model

import (
	"cmp"
	"slices"

	"comptoir/terminal"
)

// Language switches the screens to "fr" or "en"; empty is the location's language. The plan keeps
// it for the next time. The way back is offered in the words of before: somebody may be unable to
// read the others.
func (c *Controller) Language(language string) Plan {
	c.mu.Lock()
	w, before := c.chosenWords(), c.preferences.Language
	c.mu.Unlock()
	choose := func(language string) Plan {
		return c.prefer(func(p *terminal.Preferences) { p.Language = language })
	}
	if language != "" && language != w.Language() {
		c.Offer(w.Say("snackbar.language", "language", w.Say("language."+language)), func() Plan { return choose(before) })
	}
	return choose(language)
}

// Appearance switches the looks of the screens to one of Appearances, and plans to keep it for the
// next time.
func (c *Controller) Appearance(appearance string) Plan {
	c.mu.Lock()
	w, before := c.chosenWords(), c.preferences.Appearance
	c.mu.Unlock()
	choose := func(appearance string) Plan {
		return c.prefer(func(p *terminal.Preferences) { p.Appearance = appearance })
	}
	if appearance != cmp.Or(before, Appearances()[0]) {
		c.Offer(w.Say("snackbar.appearance", "appearance", w.Say("appearance."+appearance)), func() Plan { return choose(before) })
	}
	return choose(appearance)
}

// Chosen is the appearance that somebody has chosen; empty where nobody has.
func (c *Controller) Chosen() (appearance string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.preferences.Appearance
}

func (c *Controller) prefer(choose func(*terminal.Preferences)) Plan {
	var chosen terminal.Preferences
	c.change(func() {
		choose(&c.preferences)
		chosen = c.preferences
	})
	return Plan{preferences: &chosen}
}

// Appearances are the looks of the screens; the first one is the default.
func Appearances() []string { return []string{"light", "dark", "contrast"} }

// known drops what this version does not know.
func known(p terminal.Preferences) terminal.Preferences {
	if !slices.Contains(Languages(), p.Language) {
		p.Language = ""
	}
	if !slices.Contains(Appearances(), p.Appearance) {
		p.Appearance = ""
	}
	return p
}
