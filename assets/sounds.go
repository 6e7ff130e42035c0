package assets

import _ "embed"

// NewOrder is the sound of the alarm, a WAV of two tones, twice.
//
//go:embed sounds/new-order.wav
var NewOrder []byte
