package main

import (
	"context"
	"sync/atomic"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// laterTerminal is the terminal before and after its service is there: the window is older.
type laterTerminal struct {
	service atomic.Pointer[terminal.Service]
}

func (t *laterTerminal) set(service *terminal.Service) { t.service.Store(service) }

// Orders is the service's.
func (t *laterTerminal) Orders() []order.Order {
	if s := t.service.Load(); s != nil {
		return s.Orders()
	}
	return nil
}

// Order is the service's.
func (t *laterTerminal) Order(id string) (order.Order, bool, error) {
	if s := t.service.Load(); s != nil {
		return s.Order(id)
	}
	return order.Order{}, false, nil
}

// Ended is the service's.
func (t *laterTerminal) Ended(ctx context.Context, day shop.Day) (terminal.Ended, error) {
	if s := t.service.Load(); s != nil {
		return s.Ended(ctx, day)
	}
	return terminal.Ended{}, terminal.ErrNoLocation
}

// EachEnded is the service's.
func (t *laterTerminal) EachEnded(ctx context.Context, f func(order.Order) bool) error {
	if s := t.service.Load(); s != nil {
		return s.EachEnded(ctx, f)
	}
	return terminal.ErrNoLocation
}

// Do is the service's.
func (t *laterTerminal) Do(c order.Command) (order.Order, error) {
	if s := t.service.Load(); s != nil {
		return s.Do(c)
	}
	return order.Order{}, terminal.ErrNoLocation
}

// LinkState is the service's.
func (t *laterTerminal) LinkState() terminal.Event {
	if s := t.service.Load(); s != nil {
		return s.LinkState()
	}
	return terminal.Event{Kind: terminal.EventLink}
}

// Settings are the service's.
func (t *laterTerminal) Settings() []shop.Location {
	if s := t.service.Load(); s != nil {
		return s.Settings()
	}
	return nil
}

// Unsent is the service's.
func (t *laterTerminal) Unsent() []string {
	if s := t.service.Load(); s != nil {
		return s.Unsent()
	}
	return nil
}

// Lost is the service's.
func (t *laterTerminal) Lost() []string {
	if s := t.service.Load(); s != nil {
		return s.Lost()
	}
	return nil
}

// Refusals are the service's.
func (t *laterTerminal) Refusals() []terminal.Refusal {
	if s := t.service.Load(); s != nil {
		return s.Refusals()
	}
	return nil
}

// RefusalRead is the service's.
func (t *laterTerminal) RefusalRead(orderID string) error {
	if s := t.service.Load(); s != nil {
		return s.RefusalRead(orderID)
	}
	return terminal.ErrNoLocation
}

// Prefer is the service's.
func (t *laterTerminal) Prefer(p terminal.Preferences) error {
	if s := t.service.Load(); s != nil {
		return s.Prefer(p)
	}
	return terminal.ErrNoLocation
}

// Troubles are the service's.
func (t *laterTerminal) Troubles() []terminal.Trouble {
	if s := t.service.Load(); s != nil {
		return s.Troubles()
	}
	return nil
}

// Disk is the service's.
func (t *laterTerminal) Disk() terminal.DiskFault {
	if s := t.service.Load(); s != nil {
		return s.Disk()
	}
	return terminal.DiskWorks
}

// Salvaged is the service's.
func (t *laterTerminal) Salvaged() terminal.Salvage {
	if s := t.service.Load(); s != nil {
		return s.Salvaged()
	}
	return terminal.Salvage{}
}

// HearSalvage is the service's.
func (t *laterTerminal) HearSalvage() error {
	if s := t.service.Load(); s != nil {
		return s.HearSalvage()
	}
	return terminal.ErrNoLocation
}

// Heed is the service's.
func (t *laterTerminal) Heed(key string) {
	if s := t.service.Load(); s != nil {
		s.Heed(key)
	}
}

// Ordering is the service's.
func (t *laterTerminal) Ordering(location string) (terminal.OrderingView, error) {
	if s := t.service.Load(); s != nil {
		return s.Ordering(location)
	}
	return terminal.OrderingView{}, terminal.ErrNoLocation
}

// ChangeOrdering is the service's.
func (t *laterTerminal) ChangeOrdering(location string, c shop.Change) error {
	if s := t.service.Load(); s != nil {
		return s.ChangeOrdering(location, c)
	}
	return terminal.ErrNoLocation
}
