package alert

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"comptoir/terminal"
)

// patience is for all the tools together: a sound server that hangs must not hold up the alarms.
const patience = 3 * time.Second

// Look asks what the machine has for asking: PipeWire's, PulseAudio's and ALSA's tools.
func Look(ctx context.Context) terminal.Audio {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ask := func(tool string, arguments ...string) (string, bool) {
		command := exec.CommandContext(ctx, tool, arguments...)
		command.Env = append(os.Environ(), "LC_ALL=C") // its answers are read
		command.WaitDelay = time.Second
		out, err := command.CombinedOutput()
		return string(out), err == nil
	}
	for _, find := range []func(func(string, ...string) (string, bool)) terminal.Audio{byPulse, byPipeWire, byALSA} {
		if found := find(ask); found != terminal.AudioUnknown {
			return found
		}
	}
	return terminal.AudioUnknown
}

// nowhere is the sink that sound servers make up where there is no device.
const nowhere = "auto_null"

// percent finds volumes such as "45%".
var percent = regexp.MustCompile(`(\d+)%`)

// byPulse asks PulseAudio, or PipeWire in its clothes.
func byPulse(ask func(string, ...string) (string, bool)) terminal.Audio {
	sink, ok := ask("pactl", "get-default-sink")
	switch sink = strings.TrimSpace(sink); {
	case !ok:
		return terminal.AudioUnknown
	case sink == "" || sink == nowhere || sink == "@DEFAULT_SINK@":
		return terminal.AudioNoDevice
	}
	mute, ok := ask("pactl", "get-sink-mute", "@DEFAULT_SINK@")
	volume, also := ask("pactl", "get-sink-volume", "@DEFAULT_SINK@")
	if !ok || !also {
		return terminal.AudioUnknown
	}
	if strings.Contains(mute, "yes") || zero(volume) {
		return terminal.AudioMuted
	}
	return terminal.AudioWorks
}

// byPipeWire asks PipeWire: "Volume: 0.40 [MUTED]".
func byPipeWire(ask func(string, ...string) (string, bool)) terminal.Audio {
	const sink = "@DEFAULT_AUDIO_SINK@"
	volume, ok := ask("wpctl", "get-volume", sink)
	if !ok || !strings.HasPrefix(volume, "Volume:") {
		return terminal.AudioUnknown
	}
	if device, ok := ask("wpctl", "inspect", sink); ok && strings.Contains(device, `"`+nowhere+`"`) {
		return terminal.AudioNoDevice
	}
	level, _, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(volume, "Volume:")), " ")
	if strings.Contains(volume, "[MUTED]") || strings.Trim(level, "0.") == "" {
		return terminal.AudioMuted
	}
	return terminal.AudioWorks
}

// byALSA asks the kernel's drivers: "Front Left: Playback 20 [31%] [-20.25dB] [on]".
func byALSA(ask func(string, ...string) (string, bool)) terminal.Audio {
	// without any, aplay fails and says so
	if cards, ok := ask("aplay", "-l"); ok && !strings.Contains(cards, "card ") || strings.Contains(cards, "no soundcards found") {
		return terminal.AudioNoDevice
	}
	master, ok := ask("amixer", "get", "Master")
	if !ok || !percent.MatchString(master) {
		return terminal.AudioUnknown
	}
	if strings.Contains(master, "[off]") && !strings.Contains(master, "[on]") || zero(master) {
		return terminal.AudioMuted
	}
	return terminal.AudioWorks
}

// zero says that every volume in a text is 0.
func zero(text string) bool {
	volumes := percent.FindAllStringSubmatch(text, -1)
	for _, volume := range volumes {
		if strings.Trim(volume[1], "0") != "" {
			return false
		}
	}
	return len(volumes) > 0
}
