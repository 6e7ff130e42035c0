package ui

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Bell is an Alerter that starts a sound player of the machine.
type Bell struct {
	sound   []byte
	players [][]string // command lines; the file comes last
	wake    chan struct{}
	changed func()

	mu      sync.Mutex
	ringing bool
	silent  bool
}

const (
	// pause is between two sounds, longest how long a player may take for one.
	pause   = 4 * time.Second
	longest = 10 * time.Second
)

// NewBell returns a bell for a WAV; changed runs when Silent may answer something else.
func NewBell(wav []byte, changed func()) *Bell {
	b := &Bell{sound: wav, wake: make(chan struct{}, 1), changed: changed}
	for _, player := range [][]string{{"paplay"}, {"aplay", "-q"}} {
		if path, err := exec.LookPath(player[0]); err == nil {
			b.players = append(b.players, append([]string{path}, player[1:]...))
		}
	}
	b.silent = len(b.players) == 0
	return b
}

// Ring starts or stops the sound.
func (b *Bell) Ring(on bool) {
	b.mu.Lock()
	b.ringing = on
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Silent says that nothing can be heard: there is no player, or none found a device.
func (b *Bell) Silent() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.silent
}

// Run sounds while it rings, until ctx ends.
func (b *Bell) Run(ctx context.Context) {
	if len(b.players) == 0 {
		return
	}
	path, err := b.write()
	if err != nil {
		b.tell(true)
		return
	}
	defer func() { _ = os.Remove(path) }()
	for {
		b.mu.Lock()
		ringing := b.ringing
		b.mu.Unlock()
		var next <-chan time.Time
		if ringing {
			b.tell(!b.play(ctx, path))
			next = time.After(pause)
		}
		select {
		case <-b.wake:
			// a new order while it rings must not cut the pause short
			if ringing && b.stillRinging() {
				select {
				case <-next:
				case <-ctx.Done():
				}
			}
		case <-next:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return
		}
	}
}

func (b *Bell) stillRinging() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ringing
}

// write puts the sound where players can read it.
func (b *Bell) write() (path string, err error) {
	file, err := os.CreateTemp("", "comptoir-*.wav")
	if err != nil {
		return "", err
	}
	if _, err = file.Write(b.sound); err == nil {
		err = file.Close()
	} else {
		_ = file.Close() // the first error counts
	}
	return file.Name(), err
}

// play tries one player after the other, until one has made the sound.
func (b *Bell) play(ctx context.Context, path string) bool {
	for _, player := range b.players {
		ctx, cancel := context.WithTimeout(ctx, longest)
		command := exec.CommandContext(ctx, player[0], append(player[1:], path)...)
		command.WaitDelay = time.Second
		err := command.Run()
		cancel()
		if err == nil {
			return true
		}
	}
	return false
}

func (b *Bell) tell(silent bool) {
	b.mu.Lock()
	changed := b.silent != silent
	b.silent = silent
	b.mu.Unlock()
	if changed {
		b.changed()
	}
}
