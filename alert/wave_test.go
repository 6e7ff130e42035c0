package alert

import (
	"bytes"
	"testing"

	"comptoir/assets"
	"comptoir/terminal"
)

// What is no WAV of 16 bits stays as it is, and nothing but samples is ever changed.
func FuzzScaled(f *testing.F) {
	whole := assets.Sound(string(terminal.KindNew))[:64]
	for _, kind := range terminal.AlarmKinds() {
		f.Add(assets.Sound(string(kind)), 3)
	}
	f.Add(whole, 5) // its header promises more
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEdata\xff\xff\xff\xff"), 1)
	f.Fuzz(func(t *testing.T, wav []byte, volume int) {
		before := bytes.Clone(wav)
		got := scaled(wav, volume)
		if !bytes.Equal(wav, before) {
			t.Error("the original has changed")
		}
		data := samples(wav)
		if len(got) != len(wav) || !bytes.Equal(got[:len(got)-len(data)], wav[:len(wav)-len(data)]) {
			t.Error("more than the samples has changed")
		}
		if data == nil && !bytes.Equal(got, wav) {
			t.Error("it was no WAV")
		}
	})
}
