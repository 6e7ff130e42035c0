package alert_test

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/alert"
	"comptoir/terminal"
)

// What the tools of the usual sound systems answer, and what follows.
func TestAudioIsLookedAt(t *testing.T) {
	pulse := func(sink, mute, volume string) map[string]string {
		return map[string]string{
			"paplay": "exit 0",
			"pactl": `case $1 in
get-default-sink) echo "` + sink + `";;
get-sink-mute) echo "Mute: ` + mute + `";;
get-sink-volume) echo "` + volume + `";;
esac`,
		}
	}
	const (
		both = "Volume: front-left: 26214 /  40% / -23.88 dB,   front-right: 26214 /  40% / -23.88 dB"
		none = "Volume: front-left: 0 /   0% / -inf dB,   front-right: 0 /   0% / -inf dB"
		left = "Volume: front-left: 26214 /  40% / -23.88 dB,   front-right: 0 /   0% / -inf dB"
	)
	wire := func(volume, name string) map[string]string {
		return map[string]string{"pw-play": "exit 0", "wpctl": `case $1 in
get-volume) echo "` + volume + `";;
inspect) echo '  * node.name = "` + name + `"';;
esac`}
	}
	alsa := func(list, master string) map[string]string {
		return map[string]string{"aplay": `[ "$1" = -l ] && echo "` + list + `"; exit 0`, "amixer": `echo "` + master + `"`}
	}
	for name, tt := range map[string]struct {
		scripts map[string]string
		want    terminal.Audio
	}{
		"nothing tells":         {map[string]string{"paplay": "exit 0"}, terminal.AudioUnknown},
		"no player":             {map[string]string{"pactl": "exit 0"}, terminal.AudioNoPlayer},
		"pulse, well":           {pulse("alsa_output.pci", "no", both), terminal.AudioWorks},
		"pulse, muted":          {pulse("alsa_output.pci", "yes", both), terminal.AudioMuted},
		"pulse, volume 0":       {pulse("alsa_output.pci", "no", none), terminal.AudioMuted},
		"pulse, one side":       {pulse("alsa_output.pci", "no", left), terminal.AudioWorks},
		"pulse, no device":      {pulse("auto_null", "no", both), terminal.AudioNoDevice},
		"pulse, no server":      {map[string]string{"paplay": "exit 0", "pactl": "echo 'Connection refused' >&2; exit 1"}, terminal.AudioUnknown},
		"pipewire, well":        {wire("Volume: 0.40", "alsa_output.pci"), terminal.AudioWorks},
		"pipewire, muted":       {wire("Volume: 0.40 [MUTED]", "alsa_output.pci"), terminal.AudioMuted},
		"pipewire, volume 0":    {wire("Volume: 0.00", "alsa_output.pci"), terminal.AudioMuted},
		"pipewire, no device":   {wire("Volume: 1.00", "auto_null"), terminal.AudioNoDevice},
		"alsa, well":            {alsa("card 0: PCH", "Front Left: Playback 20 [31%] [-20.25dB] [on]"), terminal.AudioWorks},
		"alsa, off":             {alsa("card 0: PCH", "Front Left: Playback 20 [31%] [-20.25dB] [off]"), terminal.AudioMuted},
		"alsa, volume 0":        {alsa("card 0: PCH", "Front Left: Playback 0 [0%] [-65.25dB] [on]"), terminal.AudioMuted},
		"alsa, no device":       {alsa("", "x"), terminal.AudioNoDevice},
		"alsa, another control": {alsa("card 0: PCH", "amixer: Unable to find simple control"), terminal.AudioUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			machine(t, tt.scripts)
			synctest.Test(t, func(t *testing.T) {
				bell := alert.NewBell(sound, func() {})
				stop := running(t, bell.Run)
				synctest.Wait()
				pass(time.Second)
				if got := bell.Audio(); got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				stop()
			})
		})
	}
}

// Where no tool tells whether anything is heard, a player tries before an alarm needs it.
func TestPlayerTries(t *testing.T) {
	folder := machine(t, map[string]string{"paplay": "exit 0", "pactl": "echo 'Connection refused' >&2; exit 1"})
	write(t, folder, "deaf", "")
	synctest.Test(t, func(t *testing.T) {
		bell := alert.NewBell(sound, func() {})
		running(t, bell.Run)
		synctest.Wait()
		eventually(t, "it is deaf", func() bool { return bell.Audio() == terminal.AudioNoDevice })
		if err := os.Remove(filepath.Join(folder, "deaf")); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it is heard again", func() bool { return bell.Audio() == terminal.AudioUnknown })
	})
}

// A machine that is muted is looked at again by itself, and one that works when an alarm begins.
func TestAudioIsLookedAtAgain(t *testing.T) {
	folder := machine(t, map[string]string{"paplay": "exit 0", "pactl": `case $1 in
get-default-sink) echo alsa_output.pci;;
get-sink-mute) cat mute;;
get-sink-volume) echo 50%;;
esac`})
	mute := func(word string) { write(t, folder, "mute", "Mute: "+word+"\n") }
	mute("yes")
	synctest.Test(t, func(t *testing.T) {
		var told atomic.Int32
		bell := alert.NewBell(sound, func() { told.Add(1) })
		stop := running(t, bell.Run)
		is := func(want terminal.Audio, changes int32) {
			t.Helper()
			if got := bell.Audio(); got != want || told.Load() != changes {
				t.Errorf("got %q after %d changes, want %q after %d", got, told.Load(), want, changes)
			}
		}
		pass(time.Second)
		is(terminal.AudioMuted, 1)
		mute("no")
		pass(time.Minute)
		is(terminal.AudioWorks, 2)
		mute("yes")
		pass(time.Hour)
		is(terminal.AudioWorks, 2) // nobody asks a machine that worked
		bell.Ring(terminal.KindDue)
		pass(time.Second)
		is(terminal.AudioMuted, 3)
		bell.Ring("")
		mute("no")
		bell.Check()
		pass(time.Second)
		is(terminal.AudioWorks, 4)
		stop()
	})
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Tools that hang cost an alarm no more than a pause.
func TestHungToolsDoNotSilenceTheBell(t *testing.T) {
	const hang = "exec sleep 60"
	folder := machine(t, map[string]string{"paplay": "echo x >> heard", "pactl": hang, "wpctl": hang, "aplay": hang, "amixer": hang})
	bell := alert.NewBell(sound, func() {})
	running(t, bell.Run)
	bell.Ring(terminal.KindNew)
	began := time.Now()
	eventually(t, "it has sounded twice", func() bool { return len(lines(t, folder, "heard")) == 2 })
	if d := time.Since(began); d > 11*time.Second { // each tool by itself would take 3 s
		t.Errorf("the second sound came after %v", d)
	}
}
