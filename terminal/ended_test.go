package terminal_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// ended is an order that ended then, as the hub confirmed it.
func ended(id string, at time.Time) order.Order {
	return order.Order{ID: id, Location: "plateau", Revision: 2, Status: order.Completed, Reason: order.HandedOver, PlacedAt: at.Add(-time.Hour), CompletedAt: at}
}

func (tl *till) keep(orders ...order.Order) {
	tl.t.Helper()
	tl.ok(tl.disk.Update(func(tx terminal.Tx) error {
		for _, o := range orders {
			if err := tx.PutOrder(o); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (tl *till) endedOn(day shop.Day) (ids []string, since shop.Day) {
	tl.t.Helper()
	list, err := tl.service.Ended(context.Background(), day)
	tl.ok(err)
	for _, o := range list.Orders {
		ids = append(ids, o.ID)
	}
	return ids, list.Since
}

// A business day ends where the next one begins, whatever the clocks do in between.
func TestEndedOfABusinessDay(t *testing.T) {
	for _, test := range []struct {
		name, zone string
		day        shop.Day
		first      string        // instant of the day, in UTC
		long       time.Duration // the day
	}{
		{"a plain day", "America/Toronto", "2026-11-23", "2026-11-23T09:00:00Z", 24 * time.Hour},
		{"the clocks go forward in Montréal", "America/Toronto", "2026-03-07", "2026-03-07T09:00:00Z", 23 * time.Hour},
		{"the clocks go back in Montréal", "America/Toronto", "2026-10-31", "2026-10-31T08:00:00Z", 25 * time.Hour},
		{"thirteen hours ahead", "Pacific/Tongatapu", "2026-11-23", "2026-11-22T15:00:00Z", 24 * time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			tl, h := alone(t)
			h.location.TimeZone = test.zone
			tl.ok(tl.service.Locations([]shop.Location{h.location}))
			first, err := time.Parse(time.RFC3339, test.first)
			tl.ok(err)
			end := first.Add(test.long)
			tl.keep(ended("before", first.Add(-1)), ended("first", first), ended("last", end.Add(-1)), ended("after", end))
			if ids, since := tl.endedOn(test.day); !slices.Equal(ids, []string{"last", "first"}) || since != test.day.Add(-1) {
				t.Errorf("got %v since %s", ids, since)
			}
			if ids, _ := tl.endedOn(test.day.Add(1)); !slices.Equal(ids, []string{"after"}) {
				t.Errorf("the next day: %v", ids)
			}
		})
	}
}

func TestEndedOfNothing(t *testing.T) {
	tl, _ := alone(t)
	if ids, since := tl.endedOn("2026-11-23"); len(ids) != 0 || since != "" {
		t.Errorf("got %v since %q", ids, since)
	}
	if ids, _ := tl.endedOn("no day"); len(ids) != 0 {
		t.Errorf("of no day: %v", ids)
	}
	foreign := ended("foreign", ten)
	foreign.Location = "elsewhere"
	tl.keep(foreign)
	if ids, _ := tl.endedOn("2026-11-23"); len(ids) != 0 {
		t.Errorf("of a location that is not ours: %v", ids)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tl.service.Ended(ctx, "2026-11-23"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// What somebody has ended here counts at once, and what the hub would not have does not.
func TestEndedBeforeTheHubKnows(t *testing.T) {
	tl, h := alone(t)
	id := h.comes(nil)
	h.meet(tl)
	tl.do(id, order.MarkReady)
	tl.do(id, order.HandOver)
	all := func() (ids []string) {
		tl.ok(tl.service.EachEnded(t.Context(), func(o order.Order) bool { ids = append(ids, o.ID); return true }))
		return ids
	}
	if ids, _ := tl.endedOn("2026-11-23"); !slices.Equal(ids, []string{id}) || !slices.Equal(all(), ids) {
		t.Errorf("handed over, and not sent: %v, %v", ids, all())
	}
	h.meet(tl)
	if ids, _ := tl.endedOn("2026-11-23"); !slices.Equal(ids, []string{id}) || !slices.Equal(all(), ids) {
		t.Errorf("confirmed: %v, %v", ids, all())
	}
}

func TestEachEndedGoesThroughAllPages(t *testing.T) {
	tl, _ := alone(t)
	const many = 1203
	var orders []order.Order
	for i := range many {
		at := ten.Add(-time.Duration(i/7) * time.Minute) // seven in the same instant
		if i > 600 {
			at = ten.Add(-1000 * time.Hour) // and more than a page
		}
		orders = append(orders, ended(fmt.Sprintf("o%04d", i), at))
	}
	tl.keep(orders...)
	seen, before := map[string]bool{}, ten
	tl.ok(tl.service.EachEnded(t.Context(), func(o order.Order) bool {
		if seen[o.ID] || o.CompletedAt.After(before) {
			t.Errorf("%s at %v after %v", o.ID, o.CompletedAt, before)
		}
		seen[o.ID], before = true, o.CompletedAt
		return true
	}))
	if len(seen) != many {
		t.Errorf("visited %d of %d", len(seen), many)
	}
	visited := 0
	tl.ok(tl.service.EachEnded(t.Context(), func(order.Order) bool { visited++; return visited < 700 }))
	if visited != 700 {
		t.Errorf("visited %d after it should have stopped", visited)
	}
}
