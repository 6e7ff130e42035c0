package model

import "time"

// CrashScreen is all that a terminal shows that has crashed too often, or cannot start, in every language: what
// somebody has chosen is in a file that may be why.
type CrashScreen struct {
	Parts   []CrashPart
	Report  string // the file's whole name, or what a start failed for; may be empty
	Restart string
}

// CrashPart is the text in one language.
type CrashPart struct {
	Title, Text, Safe string
	File              string // stands before the report
	Again             string // when it tries again by itself
}

// NewCrashScreen makes the screen; again is on the machine's clock.
func NewCrashScreen(report string, again time.Time) (CrashScreen, error) {
	return screenOf(report, func(w *Words) CrashPart {
		part := CrashPart{
			Title: w.Say("crash.title"), Text: w.Say("crash.text"), Safe: w.Say("crash.safe"),
			File: w.Say("crash.file"), Again: w.Say("crash.again", "time", w.Time(again)),
		}
		if report == "" {
			part.File = w.Say("crash.no_file")
		}
		return part
	})
}

// StartFault is why a terminal cannot start.
type StartFault string

// The faults, all of its data.
const (
	StartFailing  StartFault = "failing"
	StartFull     StartFault = "full"
	StartNewer    StartFault = "newer"
	StartReadOnly StartFault = "read_only"
)

// NewStartScreen is that of a terminal that cannot start; said is the error, for the support.
func NewStartScreen(fault StartFault, said string, again time.Time) (CrashScreen, error) {
	return screenOf(said, func(w *Words) CrashPart {
		return CrashPart{
			Title: w.Say("start.title"), Text: w.Say("start." + string(fault)), Safe: w.Say("start.safe"),
			File: w.Say("start.said"), Again: w.Say("crash.again", "time", w.Time(again)),
		}
	})
}

// screenOf is a screen with a part in each language.
func screenOf(report string, part func(*Words) CrashPart) (CrashScreen, error) {
	screen := CrashScreen{Report: report}
	for _, language := range Languages() {
		w, err := LoadWords(language)
		if err != nil {
			return screen, err
		}
		screen.Parts = append(screen.Parts, part(w))
		screen.Restart = dots(screen.Restart, w.Say("crash.restart"))
	}
	return screen, nil
}
