//go:build !linux

package supervise

import "syscall"

// dieTogether needs Linux; elsewhere a killed parent leaves its child.
func dieTogether() *syscall.SysProcAttr { return nil }
