package hub_test

import (
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"comptoir/hub/orderlog"
	"comptoir/order"
)

// backup copies the hub's file, with the hub at rest for a moment.
func (w *world) backup() []byte {
	w.t.Helper()
	w.stop()
	data, err := os.ReadFile(filepath.Join(w.data, "hub.db"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.start()
	return data
}

// restore puts an older file back, as `hub restore` does, where the epoch is to be a new one.
func (w *world) restore(data []byte, newEpoch bool) {
	w.t.Helper()
	w.stop()
	path := filepath.Join(w.data, "hub.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		w.t.Fatal(err)
	}
	if newEpoch {
		log, err := orderlog.Open(path, orderlog.Options{Logger: slog.New(slog.DiscardHandler), NewEpoch: true})
		if err != nil {
			w.t.Fatal(err)
		}
		if err := log.Close(); err != nil {
			w.t.Fatal(err)
		}
	}
	w.start()
}

// acknowledged is every command that the hub has taken, by order.
func (w *world) acknowledged() map[string][]string {
	w.t.Helper()
	commands := map[string][]string{}
	for _, o := range w.listed() {
		for _, entry := range o.History {
			commands[o.ID] = append(commands[o.ID], entry.Command)
		}
	}
	return commands
}

// lost counts the orders, and the commands of others, that the hub once took and has no more, and
// those that it has twice.
func (w *world) lost(before map[string][]string) (orders, commands, doubled int) {
	w.t.Helper()
	now := w.acknowledged()
	for id, taken := range before {
		if len(now[id]) == 0 {
			orders++
		}
		for _, command := range taken {
			if !slices.Contains(now[id], command) {
				commands++
			}
		}
	}
	for _, taken := range now {
		doubled += len(taken) - len(slices.Compact(slices.Sorted(slices.Values(taken))))
	}
	return orders, commands, doubled
}

// A hub comes back from a backup. Its terminals give it all that they know of: orders that it never
// heard of, online and of the counter, and what happened to the others.
func TestRestoredHub(t *testing.T) {
	for name, newEpoch := range map[string]bool{"new epoch": true, "rolled back behind its back": false} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, nil, func(t *testing.T, w *world) {
				a, b := w.till("counter-1"), w.till("counter-2")
				pass(time.Second)
				id := func(n int) string { return order.Identity(viaDoorDash, fmt.Sprint("p", n)) }
				come := func(n int) {
					w.fromDoorDash(example(t, "doordash-pickup", fmt.Sprint("p", n))).want(t, http.StatusAccepted)
					pass(time.Second)
					a.print()
				}
				for n := range 4 {
					come(n)
				}
				before := a.sell()
				pass(time.Second)
				data := w.backup()
				pass(10 * time.Second)

				a.do(id(0), order.MarkReady, order.HandOver)
				b.do(id(1), order.Start)
				pass(time.Second)
				a.do(id(1), order.MarkReady)
				b.do(before, order.MarkReady, order.HandOver)
				come(4)
				come(5)
				a.do(id(4), order.MarkReady, order.HandOver) // came and went after the backup
				after := b.sell()
				pass(time.Second)
				b.print()
				b.do(after, order.MarkReady)
				pass(time.Second)
				taken := w.acknowledged()
				if n := len(a.pending()) + len(b.pending()); n > 0 {
					t.Fatalf("%d commands are pending before the hub's end", n)
				}

				// the hub dies. Nobody rests meanwhile
				w.stop()
				pass(time.Second)
				a.do(id(5), order.MarkReady)
				b.do(after, order.HandOver)
				late := a.sell()
				pass(10 * time.Minute) // the platforms' deadlines pass
				w.restore(data, newEpoch)
				pass(2 * time.Minute)

				orders, commands, doubled := w.lost(taken)
				total := 0
				for _, list := range taken {
					total += len(list)
				}
				t.Logf("acknowledged: %d orders, %d commands; lost: %d orders, %d commands; doubled: %d", len(taken), total, orders, commands, doubled)
				if orders+commands+doubled > 0 {
					t.Errorf("lost: %d orders, %d commands; doubled: %d", orders, commands, doubled)
				}
				for id, want := range map[string]order.Status{
					id(0): order.Completed, id(1): order.Ready, id(2): order.Accepted, id(4): order.Completed, id(5): order.Ready,
					before: order.Completed, after: order.Completed, late: order.Accepted,
				} {
					for _, x := range []*till{a, b} {
						if got := x.order(id); got.Status != want {
							t.Errorf("%s shows %s as %s, want %s", x.name, got.Number, got.Status, want)
						}
					}
				}
				for _, x := range []*till{a, b} {
					if len(x.less)+len(x.refused)+len(x.pending())+len(x.service.Doubted()) > 0 {
						t.Errorf("%s: fell back: %q, refused: %+v, pending: %+v, in doubt: %q", x.name, x.less, x.refused, x.pending(), x.service.Doubted())
					}
				}
				for _, o := range w.listed() {
					if o.Status == order.Expired || o.Status == order.Rejected {
						t.Errorf("%s is %s", o.Number, o.Status)
					}
				}
			})
		})
	}
}

// What happens at a hub after its return, and before the terminals are back, and what they do then,
// goes together at random.
func TestRestoredHubAtRandom(t *testing.T) {
	rounds := 8
	if testing.Short() {
		rounds = 2
	}
	var orders, commands, refused int
	for round := range rounds {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			random := rand.New(rand.NewPCG(6, uint64(round)))
			inBubble(t, nil, func(t *testing.T, w *world) {
				tills := []*till{w.till("counter-1"), w.till("counter-2")}
				pass(time.Second)
				come := 0
				var data []byte
				step := func() {
					x := tills[random.IntN(2)]
					switch random.IntN(5) {
					case 0:
						come++
						w.fromDoorDash(example(t, "doordash-pickup", fmt.Sprint("p", come))).want(t, http.StatusAccepted)
					case 1:
						x.sell()
					case 2:
						x.print()
					default:
						open := x.service.Orders()
						slices.SortFunc(open, func(a, b order.Order) int { return a.PlacedAt.Compare(b.PlacedAt) })
						if len(open) == 0 {
							return
						}
						next := map[order.Status]order.CommandType{order.New: order.Accept, order.Accepted: order.Start, order.Preparing: order.MarkReady, order.Ready: order.HandOver}
						if o := open[random.IntN(len(open))]; next[o.Status] != "" {
							x.do(o.ID, next[o.Status])
						}
					}
					pass(time.Duration(random.IntN(1500)) * time.Millisecond)
				}
				for range 15 {
					step()
				}
				data = w.backup()
				for range 25 {
					step()
				}
				pass(10 * time.Second)
				taken := w.acknowledged()
				for _, x := range tills {
					x.cut(true)
				}
				w.restore(data, round%2 == 0)
				for n := range come { // a courier moves: what the terminals have and the hub has part ways
					if random.IntN(4) == 0 {
						o := order.Identity(viaDoorDash, fmt.Sprint("p", n+1))
						w.command(o, order.MarkReady)
					}
				}
				for range random.IntN(3) {
					tills[random.IntN(2)].sell()
				}
				pass(time.Duration(random.IntN(60)) * time.Second)
				for _, x := range tills {
					x.cut(false)
					pass(time.Duration(random.IntN(20)) * time.Second)
				}
				pass(2 * time.Minute)

				// what an order that went on differently does not allow any more was refused, in words
				told := map[string]bool{}
				for _, x := range tills {
					for _, e := range x.refused {
						told[e.Command.ID] = true
					}
				}
				refused += len(told)
				for id := range taken {
					taken[id] = slices.DeleteFunc(taken[id], func(command string) bool { return told[command] })
				}
				lostOrders, lostCommands, doubled := w.lost(taken)
				if lostOrders+lostCommands+doubled > 0 {
					t.Errorf("lost: %d orders, %d commands; doubled: %d", lostOrders, lostCommands, doubled)
				}
				for _, x := range tills {
					if len(x.pending())+len(x.service.Doubted()) > 0 {
						t.Errorf("%s: pending: %+v, in doubt: %q", x.name, x.pending(), x.service.Doubted())
					}
					for _, o := range w.listed() {
						if mine := x.order(o.ID); mine.Revision != o.Revision {
							t.Errorf("%s has %s at revision %d, the hub at %d", x.name, o.Number, mine.Revision, o.Revision)
						}
					}
				}
				orders += len(taken)
				for list := range maps.Values(taken) {
					commands += len(list)
				}
			})
		})
	}
	t.Logf("%d rounds: %d acknowledged orders, %d commands; refused in words: %d", rounds, orders, commands, refused)
}
