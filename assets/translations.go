package assets

import "embed"

// Translations are the words of each language: translations/fr.json and translations/en.json.
//
//go:embed translations/*.json
var Translations embed.FS
