package staff

import "time"

// free is how many wrong PINs cost nothing but the last: with it the first wait begins.
const free = 3

// waits are those after the third wrong PIN, the fourth and so on; the last one comes again. At
// 96 tries a day a PIN of four digits holds for weeks, one of six for years: the wait protects,
// not the hash.
func waits() []time.Duration {
	return []time.Duration{30 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute}
}

// Lockout is what wrong PINs of one person have led to on one terminal. It is counted for each
// person, so that nobody can lock the others out, nor win new tries by a PIN of their own.
type Lockout struct {
	// Wrong counts the wrong PINs since the last right one.
	Wrong int `json:"wrong"`
	// Left is how much of the wait was left At that time.
	Left time.Duration `json:"left"`
	At   time.Time     `json:"at,omitzero"`
}

// Miss counts a wrong PIN, and begins the wait that follows from it.
func (l Lockout) Miss(now time.Time) Lockout {
	l = l.Seen(now)
	l.Wrong++
	if over := l.Wrong - free; over >= 0 {
		l.Left = waits()[min(over, len(waits())-1)]
	}
	return l
}

// Seen lets time go by. A clock that was set back takes nothing from the wait and adds nothing:
// the wait goes on from the new time. One set ahead can only be seen through as long as the
// terminal runs, by the monotonic clock that the times of a running process carry.
func (l Lockout) Seen(now time.Time) Lockout {
	if gone := now.Sub(l.At); gone > 0 {
		l.Left = max(0, l.Left-gone)
	}
	l.At = now
	return l
}

// Wait is how long no PIN is taken; 0 is not at all.
func (l Lockout) Wait(now time.Time) time.Duration { return l.Seen(now).Left }

// FreeTries is how many wrong PINs still cost no wait.
func (l Lockout) FreeTries() int { return max(0, free-l.Wrong) }
