package sandbox_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// a server lets the client of a closed connection read for half a second, by itself
		goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}
