package model

import "time"

// CrashScreen is all that a terminal shows that has crashed too often, in every language: what
// somebody has chosen is in a file that may be why.
type CrashScreen struct {
	Parts   []CrashPart
	Report  string // the file's whole name; empty where none could be written
	Restart string
}

// CrashPart is the text in one language.
type CrashPart struct {
	Title, Text, Safe string
	File              string // stands before the report's name
	Again             string // when it tries again by itself
}

// NewCrashScreen makes the screen; again is on the machine's clock.
func NewCrashScreen(report string, again time.Time) (CrashScreen, error) {
	screen := CrashScreen{Report: report}
	for _, language := range Languages() {
		w, err := LoadWords(language)
		if err != nil {
			return screen, err
		}
		part := CrashPart{
			Title: w.Say("crash.title"), Text: w.Say("crash.text"), Safe: w.Say("crash.safe"),
			File: w.Say("crash.file"), Again: w.Say("crash.again", "time", w.Time(again)),
		}
		if report == "" {
			part.File = w.Say("crash.no_file")
		}
		screen.Parts = append(screen.Parts, part)
		screen.Restart = dots(screen.Restart, w.Say("crash.restart"))
	}
	return screen, nil
}
