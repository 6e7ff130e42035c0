package main

import (
	"time"

	"comptoir/terminal"
)

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

// newClock is the clock that all of a running terminal goes by.
func newClock() *terminal.HubClock { return terminal.NewHubClock(systemClock{}, elapsed()) }
