// Package assets holds what is embedded in the terminal: icons, sounds and words.
package assets

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed icons/*.svg
var iconFiles embed.FS

// noIcon is drawn for an unknown name: nothing.
const noIcon = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24"></svg>`

// Icon returns an icon's SVG in a colour, written like "#1a1c1e", and a width
// of strokes in pixels of the picture: rasterisers do not scale strokes. It is
// an empty picture if the name is unknown.
func Icon(name, colour string, stroke float32) []byte {
	svg, err := iconFiles.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return []byte(noIcon)
	}
	svg = bytes.ReplaceAll(svg, []byte("currentColor"), []byte(colour))
	return bytes.Replace(svg, []byte(`stroke-width="2"`), fmt.Appendf(nil, `stroke-width="%.2f"`, stroke), 1)
}

// IconNames returns the names of all icons, sorted.
func IconNames() []string {
	entries, err := iconFiles.ReadDir("icons")
	if err != nil {
		return nil
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = strings.TrimSuffix(entry.Name(), ".svg")
	}
	slices.Sort(names)
	return names
}
