package alert

import (
	"encoding/binary"

	"comptoir/terminal"
)

// scaled makes a WAV of 16 bits as loud as a volume of 1 to terminal.MaxVolume says, in equal
// steps of amplitude. What is no such WAV stays as it is.
func scaled(wav []byte, volume int) []byte {
	data := samples(wav)
	if data == nil || volume >= terminal.MaxVolume {
		return wav
	}
	quieter := make([]byte, 0, len(wav))
	quieter = append(quieter, wav[:len(wav)-len(data)]...)
	for i := 0; i+1 < len(data); i += 2 {
		sample := int16(binary.LittleEndian.Uint16(data[i:]))
		quieter = binary.LittleEndian.AppendUint16(quieter, uint16(int16(int(sample)*max(volume, 0)/terminal.MaxVolume)))
	}
	return quieter
}

// silence is a WAV of a tenth of a second in which nothing is heard.
func silence() []byte {
	const rate, size = 44100, 44100 / 10 * 2
	wav := []byte("RIFF")
	wav = binary.LittleEndian.AppendUint32(wav, 36+size)
	wav = append(wav, "WAVEfmt "...)
	wav = binary.LittleEndian.AppendUint32(wav, 16)
	wav = binary.LittleEndian.AppendUint16(wav, 1) // PCM
	wav = binary.LittleEndian.AppendUint16(wav, 1) // channel
	wav = binary.LittleEndian.AppendUint32(wav, rate)
	wav = binary.LittleEndian.AppendUint32(wav, 2*rate)
	wav = binary.LittleEndian.AppendUint16(wav, 2)
	wav = binary.LittleEndian.AppendUint16(wav, 16) // bits
	wav = append(wav, "data"...)
	wav = binary.LittleEndian.AppendUint32(wav, size)
	return append(wav, make([]byte, size)...)
}

// samples is what a WAV of 16 bits has in its last chunk, nil for anything else.
func samples(wav []byte) []byte {
	const riff, chunk, bits = 12, 8, 16
	if len(wav) < riff || string(wav[:4]) != "RIFF" || string(wav[8:riff]) != "WAVE" {
		return nil
	}
	sixteen := false
	for rest := wav[riff:]; len(rest) >= chunk; {
		name, size := string(rest[:4]), int(binary.LittleEndian.Uint32(rest[4:]))
		rest = rest[chunk:]
		if size < 0 || size > len(rest) {
			return nil
		}
		switch name {
		case "fmt ":
			sixteen = size >= 16 && binary.LittleEndian.Uint16(rest[14:]) == bits
		case "data":
			if !sixteen || size%2 != 0 || size != len(rest) {
				return nil
			}
			return rest
		}
		rest = rest[size:]
	}
	return nil
}
