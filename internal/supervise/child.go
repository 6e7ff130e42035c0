package supervise

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
)

const (
	// variable tells the child that it has a parent, and which file takes its crash.
	variable = "COMPTOIR_SUPERVISED"
	// crashFile is where the child finds the pipe: the first of the parent's extra files.
	crashFile = 3
)

// Begin has the runtime tell the parent of a crash, and reports whether there is a parent.
// Programs that this one starts are not told of it.
func Begin() (supervised bool, err error) {
	value, supervised := os.LookupEnv(variable)
	if !supervised {
		return false, nil
	}
	if err := os.Unsetenv(variable); err != nil {
		return true, fmt.Errorf("hiding %s: %w", variable, err)
	}
	number, err := strconv.Atoi(value)
	if err != nil || number != crashFile {
		return true, fmt.Errorf("%s is %q: it is for Comptoir's own use", variable, value)
	}
	file := os.NewFile(crashFile, "crash")
	defer file.Close() // the runtime keeps one of its own, which other programs do not get
	if err := debug.SetCrashOutput(file, debug.CrashOptions{}); err != nil {
		return true, fmt.Errorf("telling the parent of crashes: %w", err)
	}
	return true, nil
}
