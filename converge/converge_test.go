package converge

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"comptoir/sandbox"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// a server lets the client of a closed connection read for half a second, by itself
		goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// workers share the schedules.
const workers = 2

// TestConverge: random schedules of commands, cuts, kills and restarts, after which the three
// terminals, the hub and the model have come to the same. COMPTOIR_CONVERGE_SEED does one of them
// again; COMPTOIR_CONVERGE_STEPS bounds what happens in it, to find where it goes wrong.
func TestConverge(t *testing.T) {
	n, seed := 20, rand.Uint64()
	if os.Getenv("COMPTOIR_TORTURE") == "long" {
		n = 3_000
	}
	steps := number(t, "COMPTOIR_CONVERGE_STEPS", 1<<30)
	if given := number(t, "COMPTOIR_CONVERGE_SEED", 0); given != 0 {
		seed, n = given, 1
	}
	var sum tally
	var mu sync.Mutex
	t.Run("all", func(t *testing.T) {
		for worker := range min(n, workers) {
			t.Run(fmt.Sprint(worker), func(t *testing.T) {
				t.Parallel()
				for i := worker; i < n && !t.Failed(); i += workers {
					dir := t.TempDir()
					synctest.Test(t, func(t *testing.T) {
						c := schedule(t, dir, seed+uint64(i), steps)
						mu.Lock()
						defer mu.Unlock()
						sum.add(c)
					})
					if err := os.RemoveAll(dir); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	})
	t.Log(sum)
}

func number(t *testing.T, name string, usual uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(name, ": ", err)
	}
	return n
}

// schedule is one of them; it ends after steps, or by itself.
func schedule(t *testing.T, dir string, seed, steps uint64) tally {
	time.Sleep(time.Until(sandbox.Epoch)) // bubbles begin in 2000
	random := rand.New(rand.NewPCG(seed, 0))
	s := open(t, dir, random, func() bool { return random.IntN(2) == 0 })
	defer s.close()
	pauses := []time.Duration{0, 0, time.Millisecond, 20 * time.Millisecond, 300 * time.Millisecond, 2 * time.Second, 20 * time.Second}
	time.Sleep(time.Second)
	for range min(uint64(40+random.IntN(80)), steps) {
		for _, x := range s.tills {
			if random.IntN(3) == 0 {
				s.revive(x)
			}
		}
		s.happens()
		time.Sleep(pauses[random.IntN(len(pauses))])
	}
	if err := s.settle(); err != nil {
		s.fault("%v", err)
	}
	s.lookInPeace()
	s.stop() // first: the hub's clock must not decide of an order meanwhile
	s.close()
	s.judge()
	if len(s.faults) > 0 {
		t.Errorf("COMPTOIR_CONVERGE_SEED=%d\n%s\n%s", seed, strings.Join(s.faults, "\n"), strings.Join(s.events, "\n"))
	}
	s.tally.schedules = 1
	return s.tally
}
