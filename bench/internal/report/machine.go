package report

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Machine says on what the figures were measured. What a system does not tell is "?".
func Machine(dir string) string {
	device, kind := disk(dir)
	return fmt.Sprintf("Machine: %s, %d cores; %s on %s; %s %s/%s; load average %s",
		cpu(), runtime.NumCPU(), kind, device, runtime.Version(), runtime.GOOS, runtime.GOARCH, LoadAverage())
}

func cpu() string {
	info, _ := os.ReadFile("/proc/cpuinfo") // Linux only
	for line := range strings.Lines(string(info)) {
		if key, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "CPU ?"
}

// disk is the device and file system that holds a directory: of the mounts above it the deepest.
func disk(dir string) (device, kind string) {
	device, kind = "?", "?"
	mounts, _ := os.ReadFile("/proc/mounts")
	deepest := -1
	for line := range strings.Lines(string(mounts)) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		at := strings.TrimSuffix(fields[1], "/")
		if (dir == at || strings.HasPrefix(dir, at+"/")) && len(at) >= deepest {
			device, kind, deepest = fields[0], fields[2], len(at)
		}
	}
	return device, kind
}

// LoadAverage is the system's over 1, 5 and 15 minutes.
func LoadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(text)); len(fields) >= 3 {
		return strings.Join(fields[:3], " ")
	}
	return "?"
}
