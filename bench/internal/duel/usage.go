package duel

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// Usage is what a server's process takes at rest.
type Usage struct {
	// RSS, Heap (in use) and Stack are bytes.
	RSS        int `json:"rss"`
	Heap       int `json:"heap"`
	Stack      int `json:"stack"`
	Goroutines int `json:"goroutines"`
}

// settledUsage has the garbage given back to the system first.
func settledUsage() (Usage, error) {
	runtime.GC() // empties the pools' first half, the one in FreeOSMemory the second
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u := Usage{Heap: int(m.HeapInuse), Stack: int(m.StackInuse), Goroutines: runtime.NumGoroutine()}
	status, err := os.ReadFile("/proc/self/status") // Linux only
	if err != nil {
		return u, err
	}
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "VmRSS:"); found {
			_, err := fmt.Sscanf(value, "%d kB", &u.RSS)
			u.RSS *= 1024
			return u, err
		}
	}
	return u, fmt.Errorf("/proc/self/status has no VmRSS")
}
