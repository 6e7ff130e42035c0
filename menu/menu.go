// Package menu says what a location sells: categories, items, modifiers, taxes, and how they
// must fit together. Imports order only.
package menu

import "comptoir/order"

// Menu is a location's menu.
type Menu struct {
	Currency       string          `json:"currency"`
	Taxes          []Tax           `json:"taxes"`
	Categories     []Category      `json:"categories"`
	ModifierGroups []ModifierGroup `json:"modifierGroups"`
	Items          []Item          `json:"items"`
}

// Tax has its rate in 1/100,000 (9.975 % = 9975).
type Tax struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Rate int    `json:"rate"`
}

// Category groups items; stations claim categories by name.
type Category struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ModifierGroup is a choice that goes with items. Max 0 means any number.
type ModifierGroup struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Required  bool       `json:"required"`
	Max       int        `json:"max"`
	Modifiers []Modifier `json:"modifiers"`
}

// Modifier is one choice of a group; its price is added to the item's.
type Modifier struct {
	PLU   string      `json:"plu"`
	Name  string      `json:"name"`
	Price order.Money `json:"price"`
}

// Item is something sold. Category is a category's name.
type Item struct {
	PLU            string         `json:"plu"`
	Name           string         `json:"name"`
	Category       string         `json:"category"`
	Price          order.Money    `json:"price"`
	Kind           order.LineKind `json:"kind"`
	Taxes          []string       `json:"taxes"`
	ModifierGroups []string       `json:"modifierGroups"`
	// PreparationMinutes of an item that takes longer than the channel's setting; 0 = no more.
	PreparationMinutes int `json:"preparationMinutes"`
}
