package terminal_test

import (
	"testing"

	"comptoir/order"
	"comptoir/terminal"
)

// After the file was salvaged, no cursor is kept until the hub has told everything, and a ticket
// whose job is lost comes again, headed POSSIBLE DUPLICATE.
func TestSalvagedFetchesAndMarks(t *testing.T) {
	for name, doubt := range map[string]bool{"the journal is whole": false, "the journal lacks something": true} {
		t.Run(name, func(t *testing.T) {
			tl, _ := alone(t)
			at := tl.clock.Now()
			if err := tl.disk.Update(func(tx terminal.Tx) error {
				return tx.PutSalvage(terminal.Salvage{At: at, Until: at, Doubt: doubt})
			}); err != nil {
				t.Fatal(err)
			}
			tl.restart()
			o := order.Order{
				ID: "o1", Location: "plateau", Revision: 2, KitchenVersion: 1, Status: order.Accepted, Channel: "demo", Currency: "CAD",
				PlacedAt: at, AcceptedAt: at, PreparationMinutes: 20,
				Lines:   []order.Line{{ID: "1", Name: "Burger", Station: "grill", Quantity: 1, Kind: order.Physical}},
				History: []order.Entry{{At: at, What: order.WasAccepted}},
			}
			changes := terminal.Changes{Location: "plateau", Orders: []order.Order{o}, Cursor: terminal.Cursor{Epoch: "e", Sequence: 9}}
			if err := tl.service.Apply(changes); err == nil {
				t.Error("changes alone are taken")
			}
			changes.Full, changes.Last = true, true
			if err := tl.service.Apply(changes); err != nil {
				t.Fatal(err)
			}
			cursors, err := tl.service.Cursors()
			if err != nil || cursors["plateau"].Sequence != 9 {
				t.Errorf("cursors %v (%v)", cursors, err)
			}
			jobs, err := tl.service.Tickets("o1")
			if err != nil || len(jobs) != 1 || (jobs[0].Heading == terminal.HeadingDuplicate) != doubt {
				t.Errorf("tickets %+v (%v)", jobs, err)
			}
		})
	}
}
