package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"comptoir/assets"
	"comptoir/terminal"
)

// The files are what the scores say. Other processors may round the last bit otherwise.
func TestFilesAreGenerated(t *testing.T) {
	total := 0
	for _, s := range scores() {
		want, got := s.wav(), assets.Sound(s.name)
		total += len(got)
		if len(got) != len(want) || !bytes.Equal(got[:44], want[:44]) {
			t.Errorf("%s is not what the scores say: run go generate ./assets", s.name)
			continue
		}
		file := samplesOf(t, got)
		for i, sample := range s.samples() {
			if d := int(sample) - int(file[i]); d < -1 || d > 1 {
				t.Errorf("%s, sample %d: %d, want %d: run go generate ./assets", s.name, i, file[i], sample)
				break
			}
		}
	}
	if total > 200<<10 {
		t.Errorf("the sounds take %d bytes of the binary", total)
	}
}

// Each kind of alarm has its sound, can be heard on a small speaker, and is told from all others
// by the number of its tones.
func TestEachKindIsHeardAndToldApart(t *testing.T) {
	byTones := map[int]terminal.AlarmKind{}
	for _, kind := range terminal.AlarmKinds() {
		samples := samplesOf(t, assets.Sound(string(kind)))
		if seconds := float64(len(samples)) / rate; seconds < 0.5 || seconds > 1.5 {
			t.Errorf("%s takes %.1f s", kind, seconds)
		}
		tones := onsets(samples)
		if other, taken := byTones[len(tones)]; taken {
			t.Errorf("%s and %s have %d tones each", kind, other, len(tones))
		}
		byTones[len(tones)] = kind
		peak := 0.0
		for _, sample := range samples {
			peak = max(peak, math.Abs(float64(sample))/math.MaxInt16)
		}
		if peak < 0.85 {
			t.Errorf("%s comes to %.2f of what is possible", kind, peak)
		}
		for i, start := range tones {
			window := samples[start : start+rate/20]
			if share := audible(window); share < 0.6 {
				t.Errorf("%s, tone %d: only %.2f of its power is between 600 and 3000 Hz", kind, i, share)
			}
		}
	}
	if len(byTones) != len(scores()) {
		t.Errorf("%d sounds for %d kinds", len(scores()), len(byTones))
	}
}

func samplesOf(t *testing.T, wav []byte) []int16 {
	t.Helper()
	if len(wav) < 44 {
		t.Fatal("no sound")
	}
	samples := make([]int16, (len(wav)-44)/2)
	if err := binary.Read(bytes.NewReader(wav[44:]), binary.LittleEndian, samples); err != nil {
		t.Fatal(err)
	}
	return samples
}

// onsets are where tones begin: sound after 20 ms of silence.
func onsets(samples []int16) (starts []int) {
	const silence = rate / 50
	quiet := silence
	for i, sample := range samples {
		if math.Abs(float64(sample)) < 0.02*math.MaxInt16 {
			quiet++
			continue
		}
		if quiet >= silence {
			starts = append(starts, i)
		}
		quiet = 0
	}
	return starts
}

// audible is the share of the power between 600 and 3000 Hz, by a plain Fourier transform.
func audible(samples []int16) float64 {
	var inside, all float64
	n := len(samples)
	for k := 1; k < n/2; k++ {
		var re, im float64
		for i, sample := range samples {
			angle := 2 * math.Pi * float64(k) * float64(i) / float64(n)
			re += float64(sample) * math.Cos(angle)
			im += float64(sample) * math.Sin(angle)
		}
		power := re*re + im*im
		all += power
		if hertz := float64(k) * rate / float64(n); hertz >= 600 && hertz <= 3000 {
			inside += power
		}
	}
	return inside / all
}
