// Package systemd tells the service manager how a program does, where it was started by one. The
// protocol is a datagram to a socket (man sd_notify).
package systemd

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// What a service manager is told.
const (
	Ready = "READY=1"
	Alive = "WATCHDOG=1"
)

// Notify tells the service manager a state; without one it does nothing.
func Notify(state string) error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"}) // "@" is net's word too
	if err != nil {
		return fmt.Errorf("telling systemd: %w", err)
	}
	_, err = conn.Write([]byte(state))
	_ = conn.Close() // the datagram is out
	if err != nil {
		return fmt.Errorf("telling systemd: %w", err)
	}
	return nil
}

// Watchdog is how often the service manager wants to hear Alive; 0 where it does not.
func Watchdog() time.Duration {
	microseconds, err := strconv.Atoi(os.Getenv("WATCHDOG_USEC"))
	if err != nil || microseconds <= 0 {
		return 0
	}
	return time.Duration(microseconds) * time.Microsecond
}

// Beat asks each half of the watchdog's time for a sign of life, and passes it on, until ctx
// ends. ask must call back from whatever has to be alive; where it does not, nor does Beat, and
// the service manager starts the program again. tell hears of what could not be passed on.
func Beat(ctx context.Context, ask func(alive func()), tell func(error)) {
	every := Watchdog() / 2
	if every == 0 {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		done := make(chan struct{})
		ask(func() { close(done) })
		select {
		case <-done:
			if err := Notify(Alive); err != nil {
				tell(err)
			}
		case <-ctx.Done():
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
