package terminal_test

import (
	"bytes"
	"errors"
	"io"
	"os"
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
			changes.Full, changes.First, changes.Last = true, true, true
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

// A ticket's record is damaged while the terminal works, and set aside: the ticket comes again without
// a restart, headed POSSIBLE DUPLICATE, since nobody knows whether it came out.
func TestJournalDamagedAtWork(t *testing.T) {
	for name, meets := range map[string]func(tl *till, p paper){
		"a change meets it": func(tl *till, p paper) { tl.end(p, terminal.Sent) },
		"a look meets it": func(tl *till, _ paper) {
			if _, err := tl.service.Tickets(tl.service.Orders()[0].ID); err == nil {
				tl.t.Error("it could be read")
			}
			tl.service.Tick()
		},
	} {
		t.Run(name, func(t *testing.T) {
			tl, h := alone(t)
			h.comes(func(o *order.Order) { o.Lines = lines(1, 0) })
			h.meet(tl)
			p, _ := tl.begin("grill")
			flip(t, tl.path, `"key":"`+p.job.Key+`"`)
			meets(tl, p)
			if told := tl.service.Salvaged(); told.Records != 1 || !told.Doubt {
				t.Errorf("told %+v", told)
			}
			says(t, "kitchen! 1×Burger", tl.print("grill")...)
			tl.none("grill")
		})
	}
}

// The print journal and the locations are lost together: the tickets come again once the hub has told
// the locations.
func TestJournalAndLocationsLost(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(func(o *order.Order) { o.Lines = lines(1, 0) })
	h.meet(tl)
	jobs := tl.jobs(id)
	tl.ok(tl.disk.Update(func(tx terminal.Tx) error {
		for _, j := range jobs {
			if err := tx.RemoveJob(j.Key); err != nil {
				return err
			}
		}
		return errors.Join(tx.PutLocations(nil), tx.PutSalvage(terminal.Salvage{At: ten, Until: ten, Doubt: true}))
	}))
	tl.restart()
	tl.none("grill")
	h.join(tl)
	tl.resync(pages("one", h.orders[id])...)
	says(t, "kitchen! 1×Burger", tl.print("grill")...)
	tl.none("grill")
}

// flip damages what stands in the file, in every state that it holds.
func flip(t *testing.T, path, what string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for at := 0; ; at++ {
		next := bytes.Index(data[at:], []byte(what))
		if next < 0 {
			break
		}
		at += next
		if _, err := file.WriteAt([]byte{data[at] ^ 1}, int64(at)); err != nil {
			t.Fatal(err)
		}
		found = true
	}
	if !found {
		t.Fatalf("%s is not in the file", what)
	}
}
