package shop

import (
	"errors"
	"fmt"
	"strings"

	"comptoir/order"
)

// Validate returns every problem of the settings, each with its key and the remedy, or nil.
// The menu validates itself; here it must only be in the location's currency.
func (l Location) Validate() error {
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf(format, args...))
	}
	if !validID(l.ID) {
		problem("id: %q: use letters, digits, - and _", l.ID)
	}
	if _, err := l.zone(); err != nil {
		problems = append(problems, err)
	} else if _, err := l.Calendar(); err != nil {
		problems = append(problems, err)
	}
	if _, known := order.Digits(l.Currency); !known {
		problem("currency: %q is unknown: use an ISO 4217 code such as CAD", l.Currency)
	}
	if l.Menu.Currency != "" && l.Menu.Currency != l.Currency {
		problem("currency: %q, but the menu is in %q: make them the same", l.Currency, l.Menu.Currency)
	}
	if l.Language != "fr" && l.Language != "en" {
		problem(`language: %q: use "fr" or "en"`, l.Language)
	}
	if m := l.PrintAheadMinutes; m < 0 || m > order.MaxPreparation {
		problem("print_ahead: %d minutes: use 0 to %d", m, order.MaxPreparation)
	}
	if m := l.PreparationMinutes; m < 0 || m > order.MaxPreparation {
		problem("preparation: %d minutes: use 0 to %d", m, order.MaxPreparation)
	}
	if m := l.LockMinutes; m < 0 || m > order.MaxPreparation {
		problem("lock_after_minutes: %d: use 0 (never) to %d", m, order.MaxPreparation)
	}
	problems = append(problems, l.validateStaff()...)
	problems = append(problems, l.validateStations()...)
	problems = append(problems, l.validateConnections()...)
	return errors.Join(problems...)
}

func (l Location) validateStaff() []error {
	var problems []error
	taken := map[string]bool{}
	for i, p := range l.Staff {
		if err := p.Validate(); err != nil {
			problems = append(problems, fmt.Errorf("staff: number %d (%s): %w", i+1, p.ID, err))
		} else if !validID(p.ID) {
			problems = append(problems, fmt.Errorf("staff: number %d: id %q: use letters, digits, - and _", i+1, p.ID))
		}
		if taken[p.ID] {
			problems = append(problems, fmt.Errorf("staff: id %q is there twice: give everybody their own", p.ID))
		}
		taken[p.ID] = true
	}
	return problems
}

func (l Location) validateStations() []error {
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf(format, args...))
	}
	taken := map[string]bool{}
	claims := map[string]string{}
	var defaults []string
	for i, station := range l.Stations {
		if !validID(station.ID) {
			problem("stations: number %d: id %q: use letters, digits, - and _", i+1, station.ID)
		} else if taken[station.ID] {
			problem("stations: id %q is there twice: give each station its own", station.ID)
		}
		taken[station.ID] = true
		if station.Default {
			defaults = append(defaults, station.ID)
		}
		for _, category := range station.Categories {
			category = strings.TrimSpace(category)
			if category == "" {
				problem("stations: %q: a category without a name: write one or take it out", station.ID)
			} else if first, claimed := claims[category]; claimed {
				problem("stations: category %q is claimed by %q and %q: leave it to one", category, first, station.ID)
			} else {
				claims[category] = station.ID
			}
		}
	}
	switch {
	case len(l.Stations) == 0:
		problem("stations: there is none: add one, with default = true")
	case len(defaults) == 0:
		problem("stations: none makes what the others do not claim: set default = true on one")
	case len(defaults) > 1:
		problem("stations: %s are all the default: set default = true on one", strings.Join(defaults, ", "))
	}
	return problems
}

func (l Location) validateConnections() []error {
	var problems []error
	taken := map[string]bool{}
	for i, connection := range l.Connections {
		switch {
		case !validID(connection.ID):
			problems = append(problems, fmt.Errorf("connections: number %d: id %q: use letters, digits, - and _", i+1, connection.ID))
		case taken[connection.ID]:
			problems = append(problems, fmt.Errorf("connections: id %q is there twice: give each connection its own", connection.ID))
		case connection.Partner == "":
			problems = append(problems, fmt.Errorf("connections: %q has no partner: name the platform, such as deliverect", connection.ID))
		}
		taken[connection.ID] = true
	}
	return problems
}

// validID keeps ids fit for addresses, file names and keys.
func validID(id string) bool {
	const most = 64
	if id == "" || len(id) > most {
		return false
	}
	for _, r := range id {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return true
}
