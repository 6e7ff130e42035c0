// Command storybook draws every screen of the terminal on canned data into PNG files, without
// a display.
package main

import (
	"errors"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"comptoir/ui/model"
	"comptoir/ui/stories"
	"comptoir/ui/theme"
)

func main() {
	if err := start(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "storybook:", err)
		os.Exit(1)
	}
}

// size is a window's size.
type size struct{ width, height float32 }

func start(arguments []string) error {
	flags := flag.NewFlagSet("storybook", flag.ContinueOnError)
	out := flags.String("out", "out/storybook", "`directory` for the pictures")
	only := flags.String("only", "", "draw only pictures whose name contains one of these `words`, separated by commas")
	if err := flags.Parse(arguments); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	app := test.NewApp()
	sizes := []size{{1280, 800}, {800, 480}, {480, 800}, {1920, 1080}}
	modes := []struct {
		name string
		mode theme.Mode
	}{{"light", theme.Light}, {"dark", theme.Dark}, {"contrast", theme.HighContrast}}
	for _, s := range sizes {
		for _, m := range modes {
			name := fmt.Sprintf("crash-screen-%gx%g-%s", s.width, s.height, m.name)
			if !wanted(name, *only) {
				continue
			}
			window, err := stories.CrashScreen(app, m.mode, s.width, s.height)
			if err == nil {
				err = save(window, filepath.Join(*out, name+".png"))
				window.Close()
			}
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	for _, story := range stories.Stories() {
		for _, s := range sizes {
			for _, language := range model.Languages() {
				for _, m := range modes {
					name := fmt.Sprintf("%s-%gx%g-%s-%s", story.Name, s.width, s.height, language, m.name)
					if !wanted(name, *only) {
						continue
					}
					if err := draw(app, story, language, m.mode, s, filepath.Join(*out, name+".png")); err != nil {
						return fmt.Errorf("%s: %w", name, err)
					}
				}
			}
		}
	}
	return nil
}

func wanted(name, only string) bool {
	for word := range strings.SplitSeq(only, ",") {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func draw(app fyne.App, story stories.Story, language string, mode theme.Mode, s size, path string) error {
	stage, err := stories.Show(app, story, language, mode, s.width, s.height)
	if err != nil {
		return err
	}
	defer stage.Close()
	return save(stage.Window.Fyne(), path)
}

func save(window fyne.Window, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(file, window.Canvas().Capture()), file.Close())
}
