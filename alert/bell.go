package alert

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"time"

	"comptoir/terminal"
)

const (
	// period is from the beginning of a sound to that of the next. It stays the same however long
	// nobody answers: a kitchen is loud enough.
	period = 5 * time.Second
	// longest is how long a player may take for one sound.
	longest = 10 * time.Second
	// lookAgain is how soon a machine that cannot be heard is looked at again.
	lookAgain = 30 * time.Second
)

// Bell sounds by a player of the machine.
type Bell struct {
	sound   func(terminal.AlarmKind) []byte
	players [][]string // command lines; the file comes last
	changed func()
	wake    chan struct{}

	mu      sync.Mutex
	ringing terminal.AlarmKind // empty: silence
	began   bool               // ringing is new, and has not sounded yet
	tries   []terminal.AlarmKind
	volume  int
	check   bool
	stop    context.CancelFunc // of the alarm that sounds now; nil where none does
	// looked is what the system says, failed that no player could play.
	looked terminal.Audio
	failed bool
}

// NewBell returns a silent bell. sound gives the WAV of a kind; changed runs when Audio may answer
// something else.
func NewBell(sound func(terminal.AlarmKind) []byte, changed func()) *Bell {
	b := &Bell{sound: sound, changed: changed, wake: make(chan struct{}, 1), volume: terminal.MaxVolume, check: true}
	for _, player := range [][]string{{"paplay"}, {"pw-play"}, {"aplay", "-q"}} {
		if path, err := exec.LookPath(player[0]); err == nil {
			b.players = append(b.players, append([]string{path}, player[1:]...))
		}
	}
	return b
}

// Ring repeats the sound of a kind until it is given another one. Silence, which is the empty
// kind, ends the sound that plays.
func (b *Bell) Ring(kind terminal.AlarmKind) {
	b.tell(func() {
		if kind == "" && b.stop != nil {
			b.stop()
		}
		b.began = b.began || b.ringing == "" && kind != ""
		b.ringing = kind
	})
}

// Try sounds a kind once, after what was asked for before.
func (b *Bell) Try(kind terminal.AlarmKind) { b.tell(func() { b.tries = append(b.tries, kind) }) }

// SetVolume takes 1 to terminal.MaxVolume, for the next sound.
func (b *Bell) SetVolume(volume int) { b.tell(func() { b.volume = volume }) }

// Check looks anew at whether the machine can be heard.
func (b *Bell) Check() { b.tell(func() { b.check = true }) }

func (b *Bell) tell(change func()) {
	b.mu.Lock()
	change()
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Audio says whether the machine can be heard, as far as is known.
func (b *Bell) Audio() terminal.Audio {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case len(b.players) == 0:
		return terminal.AudioNoPlayer
	case b.failed:
		return terminal.AudioNoDevice
	}
	return b.looked
}

// Run sounds, and looks at the machine, until ctx ends.
func (b *Bell) Run(ctx context.Context) {
	var last, looked time.Time // when an alarm last began to sound, and when the machine was looked at
	for ctx.Err() == nil {
		now := time.Now()
		task := b.next(now.Sub(last) >= period, now.Sub(looked) >= lookAgain)
		switch {
		case task.alarm != "":
			last = now
			b.play(ctx, task.alarm, task.volume, true)
			continue
		case task.try != "":
			b.play(ctx, task.try, task.volume, false)
			continue
		case task.look:
			looked = now
			b.look(ctx)
			continue
		}
		wait := time.NewTimer(task.wait(now, last, looked))
		select {
		case <-b.wake:
		case <-wait.C:
		case <-ctx.Done():
		}
		wait.Stop()
	}
}

// task is what to do next; ringing and silent are what to wait for.
type task struct {
	alarm, try terminal.AlarmKind
	volume     int
	look       bool

	ringing, silent bool
}

// next takes the most urgent thing that there is to do. due says that the alarm may sound again,
// old that the machine may be looked at again.
func (b *Bell) next(due, old bool) task {
	silent := b.Audio().Silent()
	b.mu.Lock()
	defer b.mu.Unlock()
	t := task{volume: b.volume, ringing: b.ringing != "", silent: silent}
	switch {
	case b.ringing != "" && (b.began || due):
		t.alarm = b.ringing
		b.check = b.check || b.began // somebody may have turned the sound off since
		b.began = false
	case len(b.tries) > 0:
		t.try = b.tries[0]
		b.tries = b.tries[1:]
	case b.check || silent && old:
		t.look = true
		b.check = false
	}
	return t
}

func (t task) wait(now, last, looked time.Time) time.Duration {
	const forEver = time.Hour
	wait := forEver
	if t.ringing {
		wait = min(wait, period-now.Sub(last))
	}
	if t.silent {
		wait = min(wait, lookAgain-now.Sub(looked))
	}
	return max(wait, time.Millisecond)
}

// play makes one sound. That of an alarm ends with the alarm.
func (b *Bell) play(ctx context.Context, kind terminal.AlarmKind, volume int, alarm bool) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if alarm {
		b.mu.Lock()
		if b.ringing == "" {
			b.mu.Unlock()
			return
		}
		b.stop = cancel
		b.mu.Unlock()
		defer b.tellStopped()
	}
	if len(b.players) == 0 {
		return
	}
	failed := !b.byPlayer(ctx, scaled(b.sound(kind), volume))
	if failed && context.Cause(ctx) == context.Canceled {
		return // it was told to stop
	}
	b.set(func() { b.failed = failed })
}

func (b *Bell) tellStopped() {
	b.mu.Lock()
	b.stop = nil
	b.mu.Unlock()
}

// byPlayer tries one player after the other, until one has made the sound. The file has no name,
// so that it is gone when the process is, however that ends.
func (b *Bell) byPlayer(ctx context.Context, wav []byte) bool {
	file, err := os.CreateTemp("", "comptoir-*.wav")
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	if os.Remove(file.Name()) != nil {
		return false
	}
	if _, err := file.Write(wav); err != nil {
		return false
	}
	for _, player := range b.players {
		if ctx.Err() != nil {
			return false
		}
		if _, err := file.Seek(0, 0); err != nil {
			return false
		}
		command := exec.CommandContext(ctx, player[0], append(player[1:len(player):len(player)], "/dev/stdin")...)
		command.Stdin = file
		command.WaitDelay = time.Second
		if command.Run() == nil {
			return true
		}
	}
	return false
}

// look asks the system whether it can be heard. Where no tool tells, a player tries silence: nobody
// should have to miss an alarm to find out.
func (b *Bell) look(ctx context.Context) {
	looked := Look(ctx)
	mute := false
	if looked == terminal.AudioUnknown && len(b.players) > 0 {
		trying, cancel := context.WithTimeout(ctx, patience)
		mute = !b.byPlayer(trying, silence())
		cancel()
	}
	if ctx.Err() != nil {
		return
	}
	b.set(func() {
		b.looked = looked
		// a device may have come; the next sound tells
		b.failed = mute || b.failed && looked != terminal.AudioWorks && looked != terminal.AudioUnknown
	})
}

// set changes what Audio answers, and tells if it does.
func (b *Bell) set(change func()) {
	before := b.Audio()
	b.mu.Lock()
	change()
	b.mu.Unlock()
	if b.Audio() != before {
		b.changed()
	}
}
