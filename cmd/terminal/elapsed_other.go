//go:build !linux

package main

import "time"

// elapsed is the time since the start. Where it stands still while the machine sleeps, the next
// answer of the hub puts the clock right.
func elapsed() func() time.Duration {
	began := time.Now()
	return func() time.Duration { return time.Since(began) }
}
