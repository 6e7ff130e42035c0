package assets

import "embed"

//go:generate go run ./sounds/generate sounds

//go:embed sounds/*.wav
var soundFiles embed.FS

// Sound returns the WAV of a kind of alarm (terminal.AlarmKind): one channel, 16 bits. It is nil
// if the name is unknown.
func Sound(name string) []byte {
	wav, err := soundFiles.ReadFile("sounds/" + name + ".wav")
	if err != nil {
		return nil
	}
	return wav
}
