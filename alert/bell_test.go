package alert_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"comptoir/alert"
	"comptoir/assets"
	"comptoir/terminal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sound is the real one of a kind.
func sound(kind terminal.AlarmKind) []byte { return assets.Sound(string(kind)) }

// machine is a folder of scripts, and nothing else on PATH but what they need. A try of the players,
// in silence, works unless there is a file "deaf".
func machine(t *testing.T, scripts map[string]string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for name, text := range scripts {
		if strings.HasSuffix(name, "play") {
			const silence = 44 + 44100/10*2
			text = fmt.Sprintf("if [ \"$1\" = /dev/stdin ] && [ \"$(wc -c < $1)\" = %d ]; then [ ! -e deaf ]; exit; fi\n", silence) + text
		}
		text = "#!/bin/sh\nPATH=/usr/bin:/bin\ncd " + folder + "\n" + text + "\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder)
	return folder
}

// running runs something until stop, or the test's end.
func running(t *testing.T, run func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(ctx)
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

// eventually waits until something that others bring about is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("it did not come about: %s", what)
		}
	}
}

// lines are those of a file that a script writes.
func lines(t *testing.T, folder, name string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

// An alarm sounds every five seconds until it is answered, however long that takes, and never
// after.
func TestBellRepeatsUntilAnswered(t *testing.T) {
	folder := machine(t, map[string]string{"paplay": `wc -c < "$1" >> heard`})
	synctest.Test(t, func(t *testing.T) {
		bell := alert.NewBell(sound, func() {})
		stop := running(t, bell.Run)
		synctest.Wait()
		bell.Ring(terminal.KindNew)
		const minutes = 10
		pass(minutes*time.Minute - time.Second)
		want := slices.Repeat([]string{fmt.Sprint(len(sound(terminal.KindNew)))}, minutes*12)
		if got := lines(t, folder, "heard"); !slices.Equal(got, want) {
			t.Errorf("in %d minutes it sounded %d times, want %d: %v", minutes, len(got), len(want), got)
		}
		bell.Ring("")
		pass(time.Hour)
		if got := len(lines(t, folder, "heard")); got != len(want) {
			t.Errorf("it sounded %d times more after the answer", got-len(want))
		}
		stop()
	})
}

// One sound at a time: the most urgent kind takes over at the next turn, and a new alarm after
// silence sounds at once.
func TestBellSoundsOneKind(t *testing.T) {
	folder := machine(t, map[string]string{"paplay": `wc -c < "$1" >> heard`})
	synctest.Test(t, func(t *testing.T) {
		bell := alert.NewBell(sound, func() {})
		stop := running(t, bell.Run)
		synctest.Wait()
		var want []string
		heard := func(kinds ...terminal.AlarmKind) {
			t.Helper()
			for _, kind := range kinds {
				want = append(want, fmt.Sprint(len(sound(kind))))
			}
			if got := lines(t, folder, "heard"); !slices.Equal(got, want) {
				t.Errorf("heard %v, want %v", got, want)
			}
		}
		bell.Ring(terminal.KindDue)
		pass(time.Second)
		heard(terminal.KindDue)
		bell.Ring(terminal.KindDeadline)
		bell.Ring(terminal.KindDeadline)
		pass(3 * time.Second)
		heard() // it does not cut the pause short
		pass(time.Second)
		heard(terminal.KindDeadline)
		bell.Ring("")
		bell.Ring(terminal.KindHub)
		pass(time.Second)
		heard(terminal.KindHub)
		bell.Ring("")
		for _, kind := range terminal.AlarmKinds() {
			bell.Try(kind)
		}
		pass(time.Second)
		heard(terminal.AlarmKinds()...)
		stop()
	})
}

func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// The player gets the very bytes of the sound, quieter by our own arithmetic.
func TestVolumeIsInTheSamples(t *testing.T) {
	folder := machine(t, map[string]string{"paplay": `cat "$1" > played; mv played heard`})
	bell := alert.NewBell(sound, func() {})
	running(t, bell.Run)
	for _, volume := range []int{terminal.MaxVolume, 5, 1} {
		bell.SetVolume(volume)
		bell.Try(terminal.KindArrival)
		heard := filepath.Join(folder, "heard")
		eventually(t, "the sound is played", func() bool { _, err := os.Stat(heard); return err == nil })
		got, err := os.ReadFile(heard)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(heard); err != nil {
			t.Fatal(err)
		}
		want := bytes.Clone(sound(terminal.KindArrival))
		for i := 44; i < len(want); i += 2 {
			sample := int(int16(binary.LittleEndian.Uint16(want[i:]))) * volume / terminal.MaxVolume
			binary.LittleEndian.PutUint16(want[i:], uint16(int16(sample)))
		}
		if !bytes.Equal(got, want) {
			t.Errorf("at volume %d the player got something else", volume)
		}
	}
}

// The answer ends the sound that plays.
func TestSilenceDoesNotWaitForThePlayer(t *testing.T) {
	folder := machine(t, map[string]string{"paplay": `echo $$ >> heard; exec sleep 60`})
	bell := alert.NewBell(sound, func() {})
	running(t, bell.Run)
	bell.Ring(terminal.KindNew)
	eventually(t, "it sounds", func() bool { return len(lines(t, folder, "heard")) == 1 })
	bell.Ring("")
	process := filepath.Join("/proc", lines(t, folder, "heard")[0])
	eventually(t, "the player has ended", func() bool { _, err := os.Stat(process); return os.IsNotExist(err) })
	if bell.Audio().Silent() {
		t.Error("a sound that was ended counts as one that could not be heard")
	}
}

func TestBellFallsBackAndSaysWhenItIsSilent(t *testing.T) {
	folder := machine(t, map[string]string{"paplay": "exit 1", "aplay": `echo "$1" >> heard`})
	bell := alert.NewBell(sound, func() {})
	if bell.Audio().Silent() {
		t.Error("silent before anybody tried")
	}
	stop := running(t, bell.Run)
	bell.Ring(terminal.KindNew)
	eventually(t, "the second player plays", func() bool { return slices.Contains(lines(t, folder, "heard"), "-q") })
	bell.Ring("")
	stop()

	machine(t, map[string]string{"paplay": "exit 1"})
	bell = alert.NewBell(sound, func() {})
	stop = running(t, bell.Run)
	bell.Ring(terminal.KindNew)
	eventually(t, "it says that no player can play", func() bool { return bell.Audio() == terminal.AudioNoDevice })
	stop()

	machine(t, nil)
	if got := alert.NewBell(sound, func() {}).Audio(); got != terminal.AudioNoPlayer {
		t.Errorf("a machine without players says %q", got)
	}
}
