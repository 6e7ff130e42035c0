package guarantee

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/simulator"
	"comptoir/terminal"
)

// moments of a ticket of length bytes, of which the last are the cut and what is asked after it.
var moments = []struct {
	name string
	at   func(length int, proof printer.Proof) int
}{
	{"before the ticket", nil},
	{"before its first byte", func(int, printer.Proof) int { return 0 }},
	{"at its first byte", func(int, printer.Proof) int { return 1 }},
	{"inside", func(n int, _ printer.Proof) int { return n / 2 }},
	{"before the cut", func(n int, _ printer.Proof) int { return n - 4 }},
	{"after the cut", func(n int, p printer.Proof) int { return n + idLength(p) }},
	{"before the id", func(n int, p printer.Proof) int { return n + idLength(p) + 2 }},
	{"with the next", func(n int, p printer.Proof) int { return n + 2*idLength(p) + 100 }},
}

// idLength is what GS ( H adds before the cut.
func idLength(p printer.Proof) int {
	if p == printer.ProofID {
		return 11
	}
	return 0
}

var proofs = []printer.Proof{printer.ProofID, printer.ProofFence, printer.ProofStatus, printer.ProofBlind}

// kinds are printers whose manners differ.
func kinds() map[string]simulator.Model {
	plain, forgets, refuses, deaf := simulator.Epson(), simulator.Epson(), simulator.Epson(), simulator.Epson()
	forgets.Clears = true
	refuses.Refuses, refuses.Speed = true, 5000
	deaf.BusyOffline = true
	return map[string]simulator.Model{"usual": plain, "forgets": forgets, "refuses a second": refuses, "deaf while offline": deaf}
}

// TestMatrix: each trouble at each moment of a ticket, on each proof, on printers of several
// kinds, and a kill of the terminal at a random moment meanwhile. A short run draws one proof
// and one kind for each trouble and moment.
func TestMatrix(t *testing.T) {
	t.Parallel()
	whole := sizes(t).whole
	models := kinds()
	names := slices.Sorted(maps.Keys(models))
	var sum tally
	var mu sync.Mutex
	begin := rand.Uint64()
	if given := givenSeed(t); given != 0 {
		begin = given
	}
	t.Run("all", func(t *testing.T) {
		for i, moment := range moments {
			t.Run(moment.name, func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(begin, uint64(i)))
				for _, trouble := range simulator.Troubles() {
					proofs, names := slices.Clone(proofs), slices.Clone(names)
					if !whole {
						random.Shuffle(len(proofs), func(i, j int) { proofs[i], proofs[j] = proofs[j], proofs[i] })
						random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
						proofs, names = proofs[:1], names[:1]
					}
					for _, proof := range proofs {
						for _, name := range names {
							what := fmt.Sprintf("%s %s, %s, %s, COMPTOIR_GUARANTEE_SEED=%d", trouble, moment.name, proof, name, begin)
							dir := t.TempDir()
							synctest.Test(t, func(t *testing.T) {
								c := oneTicket(t, what, dir, random, models[name], proof, trouble, moment.at)
								mu.Lock()
								defer mu.Unlock()
								sum.add(c)
							})
						}
					}
				}
			})
		}
	})
	t.Log(sum)
}

// oneTicket is two orders on one printer, with a trouble at the first one's ticket and a kill.
func oneTicket(t *testing.T, what, dir string, random *rand.Rand, m simulator.Model, proof printer.Proof, trouble simulator.Trouble, at func(int, printer.Proof) int) tally {
	s, err := open(plan{
		terminals: 1, devices: []device{{name: "grill", model: m, proof: proof}, {name: "bar", model: m, proof: proof}},
		stations: map[string]terminal.StationSetup{"grill": {Printer: "grill"}, "bar": {Printer: "bar"}},
		ask:      random.IntN(4) == 0,
	}, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	fault := simulator.Fault{Trouble: trouble, For: 20 * time.Second}
	grill := s.devices[0].simulated
	var once sync.Once
	if at == nil {
		grill.Fail(fault)
	} else {
		s.atBegin = func(b []byte) {
			once.Do(func() {
				fault.At = at(len(b), proof)
				grill.Fail(fault)
			})
		}
	}
	<-time.After(2 * time.Second)
	comes := func(lines []order.Line) {
		if _, err := s.hub.comes(lines, 0, true); err != nil {
			t.Error(err)
		}
	}
	comes(dishes(2, 1, 0, 0))
	kill := randomTrap(random)
	if kill.at == noTrap {
		<-time.After(time.Duration(random.IntN(400)) * 100 * time.Millisecond)
	}
	s.kill(s.tills[0], kill, time.Duration(random.IntN(100))*100*time.Millisecond)
	comes(dishes(1, 0, 1, 0))
	<-time.After(time.Duration(random.IntN(60)) * time.Second)
	return s.finish(t, what, random)
}

// randomTrap draws where a process is killed.
func randomTrap(random *rand.Rand) trap {
	at := trap{at: trapAt(random.IntN(4))}
	switch at.at {
	case beforeCommit, afterCommit:
		at.n = 1 + random.IntN(10)
	case inTicket:
		at.n = random.IntN(1500)
	}
	return at
}

// kill kills a terminal's process now or at the trap.
func (s *premises) kill(t *till, at trap, downtime time.Duration) {
	l := t.now()
	if l == nil {
		return
	}
	s.note("%s is killed %s %d, for %v", t.device, at.at, at.n, downtime)
	s.mu.Lock()
	s.kills++
	s.mu.Unlock()
	l.kill(at, downtime)
}

// finish lets all come right, judges, and starts all terminals once more: nothing may come again.
func (s *premises) finish(t *testing.T, what string, random *rand.Rand) tally {
	t.Helper()
	rest := 10 * time.Second
	if s.sockets {
		rest = 2 * time.Second
	}
	if err := s.settle(random, 20*time.Minute); err != nil {
		s.fault("%v", err)
	}
	<-time.After(rest) // what the printers still hold
	sum := s.judge()
	before := len(s.slips())
	for _, till := range s.tills {
		if l := till.now(); l != nil {
			l.quit(0)
		}
	}
	<-time.After(rest)
	if after := len(s.slips()); after != before {
		s.fault("%d tickets came out at a start, of a shop that was level", after-before)
	}
	s.close()
	if len(s.faults) > 0 {
		t.Errorf("%s:\n%s\n%s", what, strings.Join(s.faults, "\n"), s.story())
	}
	return sum
}
