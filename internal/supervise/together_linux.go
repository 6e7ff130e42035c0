package supervise

import "syscall"

// dieTogether has the child die with the thread that started it: a parent that is killed leaves
// no window behind, nor a locked file.
func dieTogether() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
