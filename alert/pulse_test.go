package alert_test

import (
	"encoding/binary"
	"math"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"comptoir/alert"
	"comptoir/terminal"
)

// server starts a real PulseAudio whose one speaker goes nowhere.
func server(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	socket := filepath.Join(folder, "native")
	for name, value := range map[string]string{
		"HOME": folder, "XDG_RUNTIME_DIR": folder, "PULSE_RUNTIME_PATH": folder, "PULSE_STATE_PATH": folder,
		"PULSE_SERVER": "unix:" + socket, "PULSE_COOKIE": filepath.Join(folder, "cookie"),
	} {
		t.Setenv(name, value)
	}
	command := exec.Command("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
		"--load=module-null-sink sink_name=speaker", "--load=module-native-protocol-unix auth-anonymous=1 socket="+socket)
	command.Stderr = t.Output()
	if err := command.Start(); err != nil {
		t.Fatalf("%v: run make setup", err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	eventually(t, "the sound server answers", func() bool { return exec.Command("pactl", "info").Run() == nil })
}

// recorder holds what came out of the speaker.
type recorder struct {
	mu   sync.Mutex
	data []byte
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.data = append(r.data, p...)
	return len(p), nil
}

// loudest is the highest sample, as a part of what is possible.
func (r *recorder) loudest() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	highest := 0.0
	for i := 0; i+1 < len(r.data); i += 2 {
		highest = max(highest, math.Abs(float64(int16(binary.LittleEndian.Uint16(r.data[i:])))))
	}
	r.data = nil
	return highest / math.MaxInt16
}

// quiet says that the last half second was, and every pause in a sound is shorter.
func (r *recorder) quiet() bool {
	const half = 22050
	r.mu.Lock()
	enough := len(r.data) >= half
	r.mu.Unlock()
	return enough && r.loudest() < 0.01
}

// On a real sound server every kind comes out of the speaker, as loud as it should, and what
// silences the speaker is seen.
func TestSoundsComeOutOfTheSpeaker(t *testing.T) {
	server(t)
	heard := &recorder{}
	recording := exec.Command("parec", "--device=speaker.monitor", "--format=s16le", "--rate=22050", "--channels=1", "--latency-msec=20")
	recording.Stdout = heard
	if err := recording.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = recording.Process.Kill()
		_ = recording.Wait()
	})

	bell := alert.NewBell(sound, func() {})
	running(t, bell.Run)
	eventually(t, "the speaker is found", func() bool { return bell.Audio() == terminal.AudioWorks })
	for _, kind := range terminal.AlarmKinds() {
		bell.Try(kind)
		loudest := 0.0
		eventually(t, "the speaker sounds: "+string(kind), func() bool {
			loudest = max(loudest, heard.loudest())
			return loudest > 0.8
		})
		eventually(t, "it is silent again", heard.quiet)
	}

	bell.SetVolume(2)
	bell.Ring(terminal.KindHub)
	loudest := 0.0
	eventually(t, "the speaker sounds low", func() bool {
		loudest = max(loudest, heard.loudest())
		return loudest > 0.1
	})
	bell.Ring("")
	eventually(t, "it is silent", heard.quiet)
	if loudest > 0.25 {
		t.Errorf("at volume 2 of 10 it was as loud as %.2f", loudest)
	}

	pactl := func(arguments ...string) {
		t.Helper()
		if out, err := exec.Command("pactl", arguments...).CombinedOutput(); err != nil {
			t.Fatalf("pactl %v: %v %s", arguments, err, out)
		}
	}
	for _, turn := range []struct {
		arguments []string
		want      terminal.Audio
	}{
		{[]string{"set-sink-mute", "speaker", "1"}, terminal.AudioMuted},
		{[]string{"set-sink-mute", "speaker", "0"}, terminal.AudioWorks},
		{[]string{"set-sink-volume", "speaker", "0%"}, terminal.AudioMuted},
		{[]string{"set-sink-volume", "speaker", "70%"}, terminal.AudioWorks},
	} {
		pactl(turn.arguments...)
		bell.Check()
		eventually(t, string(turn.want), func() bool { return bell.Audio() == turn.want })
	}
}
