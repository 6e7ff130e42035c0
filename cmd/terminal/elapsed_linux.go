package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// elapsed is the time since the machine started, its sleep included: Go's own monotonic clock stands
// still meanwhile.
func elapsed() func() time.Duration {
	return func() time.Duration {
		var t unix.Timespec
		// it cannot fail: every kernel that Go runs on has this clock
		_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &t)
		return time.Duration(t.Nano())
	}
}
