package guarantee

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"comptoir/printer/simulator"
	"comptoir/terminal"
)

// TestSockets: days of two orders on real sockets and in real time, with transports as the
// configuration makes them.
func TestSockets(t *testing.T) {
	t.Parallel()
	const days = 50
	seed := rand.Uint64()
	if given := givenSeed(t); given != 0 {
		seed = given
	}
	var sum tally
	var mu sync.Mutex
	var all sync.WaitGroup
	for day := range days { // at once: they only wait
		all.Go(func() {
			c := onSockets(t, day, seed+uint64(day))
			mu.Lock()
			defer mu.Unlock()
			sum.add(c)
		})
	}
	all.Wait()
	t.Log(sum)
}

func onSockets(t *testing.T, day int, seed uint64) tally {
	random := rand.New(rand.NewPCG(seed, 0))
	model := simulator.RandomModel(simulator.Epson(), random.IntN)
	model.Speed = 10_000
	proof := proofs[day%len(proofs)]
	s, err := open(plan{
		terminals: 1, devices: []device{{name: "grill", model: model, proof: proof}, {name: "bar", model: model, proof: proof}},
		stations: map[string]terminal.StationSetup{"grill": {Printer: "grill"}, "bar": {Printer: "bar"}},
	}, t.TempDir(), true)
	if err != nil {
		t.Error(err)
		return tally{}
	}
	troubles := []simulator.Trouble{
		simulator.PaperEnd, simulator.CoverOpen, simulator.PowerOff, simulator.Reset, simulator.Gone, simulator.Held,
		simulator.Deaf, simulator.Broken, simulator.Slow, simulator.Noise, simulator.StaleProof, simulator.LateProof,
	}
	for _, d := range s.devices {
		d.simulated.Fail(simulator.Fault{
			Trouble: troubles[random.IntN(len(troubles))], At: random.IntN(1200), For: time.Duration(random.IntN(1000)) * time.Millisecond,
		})
	}
	for range 2 {
		if err := s.newOrderNow(random); err != nil {
			t.Error(err)
		}
		<-time.After(time.Duration(random.IntN(700)) * time.Millisecond)
	}
	s.kill(s.tills[0], randomTrap(random), 0)
	<-time.After(time.Duration(random.IntN(500)) * time.Millisecond)
	if err := s.newOrderNow(random); err != nil {
		t.Error(err)
	}
	return s.finish(t, fmt.Sprintf("COMPTOIR_GUARANTEE_SEED=%d, %s, day %d", seed-uint64(day), proof, day), random)
}
