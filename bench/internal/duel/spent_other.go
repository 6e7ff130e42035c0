//go:build !linux

package duel

import (
	"errors"
	"time"
)

func processorTime() (time.Duration, error) {
	return 0, errors.New("processor time is measured on Linux alone")
}
