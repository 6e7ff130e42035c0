// Command generate writes the sounds of the alarms into assets/sounds: run "go generate ./assets".
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "generate: give the folder for the sounds")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(folder string) error {
	for _, s := range scores() {
		if err := os.WriteFile(filepath.Join(folder, s.name+".wav"), s.wav(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// rate is in samples a second. It keeps the files small, and everything up to 5 kHz: cheap
// speakers have no more.
const rate = 11025

// note is one tone and the silence after it. Hertz is between 600 and 3000, which small speakers
// play loudest and ears hear best.
type note struct {
	hertz     float64
	tone, gap time.Duration
}

// score is one sound. No two have as many tones, so that they are told apart by ear alone, also
// by somebody who cannot tell pitches.
type score struct {
	name  string
	notes []note
}

// scores are the sounds by the names of terminal.AlarmKind.
func scores() []score {
	const ms = time.Millisecond
	beep := note{2093, 90 * ms, 50 * ms} // C7
	pause := note{2093, 90 * ms, 200 * ms}
	tick := note{1480, 70 * ms, 60 * ms} // F#6
	low, high := note{698, 90 * ms, 40 * ms}, note{932, 90 * ms, 40 * ms}
	return []score{
		{"deadline", []note{beep, beep, pause, beep, beep, beep}},
		{"new", []note{{1047, 180 * ms, 50 * ms}, {1319, 260 * ms, 120 * ms}, {1047, 180 * ms, 50 * ms}, {1319, 300 * ms, 0}}}, // C6, E6
		{"arrival", []note{{1175, 450 * ms, 60 * ms}, {784, 600 * ms, 0}}},                                                     // D6, G5
		{"taken_back", []note{{1568, 200 * ms, 60 * ms}, {1175, 200 * ms, 60 * ms}, {880, 500 * ms, 0}}},                       // G6, D6, A5
		{"due", []note{tick, tick, tick, tick, {1480, 500 * ms, 0}}},
		{"disk", []note{low, low, low, low, low, low, low, {698, 90 * ms, 0}}},    // F5
		{"printing", []note{low, high, low, high, low, high, {698, 250 * ms, 0}}}, // F5, A#5
		{"hub", []note{{622, 1100 * ms, 0}}},                                      // D#5
	}
}

func (s score) samples() []int16 {
	var samples []int16
	for _, n := range s.notes {
		length := int(n.tone.Seconds() * rate)
		for i := range length {
			samples = append(samples, n.at(i, length))
		}
		samples = append(samples, make([]int16, int(n.gap.Seconds()*rate))...)
	}
	return samples
}

// at is one sample of the tone: the pitch and two of its odd harmonics, as of a reed, as loud as
// fits. It comes at once and fades, without a click at either end.
func (n note) at(i, length int) int16 {
	const (
		attack, release = 0.004, 0.02 // seconds
		decay           = 1.2         // how much it has faded at its end, in nepers for each second
		loud            = 0.98 * math.MaxInt16
	)
	t := float64(i) / rate
	left := float64(length-i) / rate
	phase := 2 * math.Pi * n.hertz * t
	wave := math.Sin(phase)
	if 3*n.hertz < rate/2 {
		wave += math.Sin(3*phase) / 3
	}
	if 5*n.hertz < rate/2 {
		wave += math.Sin(5*phase) / 5
	}
	envelope := min(1, t/attack, left/release) * math.Exp(-decay*t)
	return int16(math.Round(math.Tanh(1.6*wave) * envelope * loud))
}

// wav is the sound as a WAV of one channel and 16 bits.
func (s score) wav() []byte {
	const header, width = 44, 2
	samples := s.samples()
	size := uint32(len(samples) * width)
	var b bytes.Buffer
	for _, field := range []any{
		[]byte("RIFF"), header - 8 + size, []byte("WAVE"),
		[]byte("fmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(rate * width), uint16(width), uint16(8 * width),
		[]byte("data"), size, samples,
	} {
		_ = binary.Write(&b, binary.LittleEndian, field) // a buffer takes everything
	}
	return b.Bytes()
}
