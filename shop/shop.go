// Package shop holds the settings of a location that the hub gives to its terminals: zone,
// business day, stations, connections, staff, menu. Imports order, menu and staff only.
package shop

import (
	"comptoir/menu"
	"comptoir/order"
	"comptoir/staff"
)

// Location is one store.
type Location struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	TimeZone string `json:"timeZone"`
	Currency string `json:"currency"`
	// Language of tickets and of screens that nobody has switched: "fr" or "en".
	Language string `json:"language"`
	// DayStarts is the local time, "04:00", at which a business day begins.
	DayStarts string `json:"dayStarts"`
	// PrintAheadMinutes: orders that must be started within it print at acceptance.
	PrintAheadMinutes int `json:"printAheadMinutes"`
	// PreparationMinutes of orders whose channel says nothing else.
	PreparationMinutes int `json:"preparationMinutes"`
	// AutoAccept of own-shop orders, unless somebody changed it (Ordering).
	AutoAccept  bool         `json:"autoAccept"`
	Stations    []Station    `json:"stations"`
	Connections []Connection `json:"connections"`
	// Staff are those who may sign in here; nobody has to where there are none.
	Staff staff.Team `json:"staff,omitempty"`
	// LockMinutes is after how many minutes without a touch a terminal locks; 0 is never.
	LockMinutes int       `json:"lockMinutes,omitempty"`
	Menu        menu.Menu `json:"menu"`
}

// Station is where a category's items are made and its tickets are printed.
type Station struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Categories []string `json:"categories"`
	// Default is true for the one station that makes what no other station claims.
	Default bool `json:"default"`
}

// Connection is the store's link to a platform, as far as terminals need to know it. It holds
// no secret.
type Connection struct {
	ID      string       `json:"id"`
	Partner string       `json:"partner"`
	Policy  order.Policy `json:"policy"`
	Contact Contact      `json:"contact"`
	// AutoAccept and PreparationMinutes are the settings', unless somebody changed them (Ordering).
	AutoAccept         bool `json:"autoAccept"`
	PreparationMinutes int  `json:"preparationMinutes"`
	// Controls is what the platform can be told of the store.
	Controls Controls `json:"controls"`
	// Channels overrides the contact by the name of a channel behind the connection.
	Channels map[string]Contact `json:"channels,omitempty"`
}

// Contact is how a person reaches a platform.
type Contact struct {
	Phone string `json:"phone"`
	Web   string `json:"web"`
}

// Controls is what a platform takes from here about the store; the rest is said on its own
// screens.
type Controls struct {
	Pause       bool `json:"pause"`
	Preparation bool `json:"preparation"`
	Stock       bool `json:"stock"`
	// Unset: it would take more, but the configuration lacks what the calls need.
	Unset bool `json:"unset,omitempty"`
}
