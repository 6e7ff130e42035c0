package hub_test

import (
	"fmt"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"comptoir/sync/wire"
)

// A terminal that has nothing to say costs the hub next to nothing. Measured is at most 8 KB with
// the test's end of it; the race detector, with which this mostly runs, makes deeper stacks.
func TestIdleMemory(t *testing.T) {
	const terminals, most = 1000, 14 << 10
	s := serveTCP(t, manyDevices(terminals+10))
	used := func() uint64 {
		var m runtime.MemStats
		for range 4 { // each halves the stacks that were deep once
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	ends := make([]net.Conn, 0, terminals+10)
	defer func() {
		for _, end := range ends {
			_ = end.Close()
		}
	}()
	connect := func(i int) {
		conn, _, err := s.dial(fmt.Sprintf("till-%d", i), fmt.Sprintf("key-%d", i))
		if err != nil {
			t.Fatal(err)
		}
		data, err := wire.Encode(wire.FromTerminal{Hello: &wire.Hello{Version: wire.Version}})
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.WriteMessage(websocket.TextMessage, data); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, conn.NetConn())
	}
	connected := func(n int) {
		deadline := time.Now().Add(time.Minute)
		for s.metric(`comptoir_terminals_connected{location="plateau"}`) != n {
			if time.Now().After(deadline) {
				t.Fatalf("not all of %d terminals are welcomed", n)
			}
			runtime.Gosched()
		}
	}
	for i := range 10 { // what all of them share
		connect(i)
	}
	connected(10)
	before := used()
	for i := range terminals {
		connect(10 + i)
	}
	connected(10 + terminals)
	each := (used() - before) / terminals
	t.Logf("%d idle terminals: %d bytes of heap and stack each", terminals, each)
	if each > most {
		t.Errorf("an idle terminal costs %d bytes, more than %d", each, most)
	}
}
