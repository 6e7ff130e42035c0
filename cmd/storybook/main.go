// Command storybook draws every screen of the terminal on canned data, and every part of its
// design system, into PNG files, without a display.
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

// pairing draws the pairing screens of one size and mode.
func pairing(app fyne.App, s size, modeName string, mode theme.Mode, out, only string) error {
	for _, story := range stories.PairingStories {
		for _, language := range model.Languages() {
			name := fmt.Sprintf("pairing-%s-%gx%g-%s-%s", story, s.width, s.height, language, modeName)
			if !wanted(name, only) {
				continue
			}
			window, err := stories.Pairing(app, story, language, mode, s.width, s.height)
			if err == nil {
				err = save(window, filepath.Join(out, name+".png"))
			}
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

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
			if err := pairing(app, s, m.name, m.mode, *out, *only); err != nil {
				return err
			}
			name := fmt.Sprintf("crash-screen-%gx%g-%s", s.width, s.height, m.name)
			if !wanted(name, *only) {
				continue
			}
			window, err := stories.CrashScreen(app, m.mode, s.width, s.height)
			if err == nil {
				err = save(window, filepath.Join(*out, name+".png"))
			}
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	for _, page := range pages(app) {
		for _, s := range sizes {
			for _, language := range model.Languages() {
				for _, m := range modes {
					name := fmt.Sprintf("%s-%gx%g-%s-%s", page.name, s.width, s.height, language, m.name)
					if !wanted(name, *only) {
						continue
					}
					window, err := page.show(language, m.mode, s)
					if err == nil {
						err = save(window, filepath.Join(*out, name+".png"))
					}
					if err != nil {
						return fmt.Errorf("%s: %w", name, err)
					}
				}
			}
		}
	}
	return nil
}

// page is one of the storybook: a screen, or a part of the design system.
type page struct {
	name string
	show func(language string, mode theme.Mode, s size) (fyne.Window, error)
}

func pages(app fyne.App) []page {
	var pages []page
	for _, story := range stories.Stories() {
		pages = append(pages, page{story.Name, func(language string, mode theme.Mode, s size) (fyne.Window, error) {
			stage, err := stories.Show(app, story, language, mode, s.width, s.height)
			if err != nil {
				return nil, err
			}
			return stage.Window.Fyne(), nil
		}})
	}
	for _, part := range stories.Parts() {
		pages = append(pages, page{part.Name, func(language string, mode theme.Mode, s size) (fyne.Window, error) {
			return stories.ShowPart(app, part, language, mode, s.width, s.height)
		}})
	}
	return pages
}

func wanted(name, only string) bool {
	for word := range strings.SplitSeq(only, ",") {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// save draws a window into a file, and closes it.
func save(window fyne.Window, path string) error {
	defer window.Close()
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(file, window.Canvas().Capture()), file.Close())
}
