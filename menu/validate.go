package menu

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"comptoir/order"
)

// MaxRate is the highest tax rate, 100 %.
const MaxRate = 100_000

// maxPLU is as long as an order's line may have it.
const maxPLU = 200

// Validate returns every problem of the menu, each with what it is about and the remedy, or
// nil. A category without items is no problem.
func (m Menu) Validate() error {
	v := validator{}
	if _, known := order.Digits(m.Currency); !known {
		v.problem("currency %q is unknown: use an ISO 4217 code such as CAD", m.Currency)
	}
	taxes := map[string]bool{}
	for _, tax := range m.Taxes {
		v.unique(taxes, "tax", tax.ID)
		v.name("tax "+tax.ID, tax.Name)
		if tax.Rate < 0 || tax.Rate > MaxRate {
			v.problem("tax %s: rate %d: use 0 to %d (9.975 %% is 9975)", tax.ID, tax.Rate, MaxRate)
		}
	}
	categories, names := map[string]bool{}, map[string]bool{}
	for _, category := range m.Categories {
		v.unique(categories, "category", category.ID)
		v.name("category "+category.ID, category.Name)
		if category.Name != "" {
			v.unique(names, "category name", category.Name)
		}
	}
	groups := map[string]bool{}
	for _, group := range m.ModifierGroups {
		v.unique(groups, "modifier group", group.ID)
		v.group(group)
	}
	plus := map[string]bool{}
	for _, item := range m.Items {
		v.unique(plus, "PLU", item.PLU)
		v.item(item, names, taxes, groups)
	}
	return errors.Join(v.problems...)
}

type validator struct {
	problems []error
}

func (v *validator) problem(format string, args ...any) {
	v.problems = append(v.problems, fmt.Errorf("menu: "+format, args...))
}

func (v *validator) unique(taken map[string]bool, what, id string) {
	switch {
	case strings.TrimSpace(id) != id || id == "":
		v.problem("%s %q: write it without spaces around it, and not empty", what, id)
	case len(id) > maxPLU:
		v.problem("%s %.20s…: longer than %d bytes: shorten it", what, id, maxPLU)
	case taken[id]:
		v.problem("%s %q is there twice: give each its own", what, id)
	}
	taken[id] = true
}

func (v *validator) name(of, name string) {
	if strings.TrimSpace(name) == "" {
		v.problem("%s has no name: write one", of)
	} else if utf8.RuneCountInString(name) > order.MaxText {
		v.problem("%s: the name is longer than %d characters: shorten it", of, order.MaxText)
	}
}

func (v *validator) group(group ModifierGroup) {
	v.name("modifier group "+group.ID, group.Name)
	if group.Max < 0 || group.Max > order.MaxModifiers {
		v.problem("modifier group %s: max %d: use 0 (any number) to %d", group.ID, group.Max, order.MaxModifiers)
	}
	if group.Required && len(group.Modifiers) == 0 {
		v.problem("modifier group %s is required but offers nothing: add a modifier or set required to false", group.ID)
	}
	plus := map[string]bool{}
	for _, modifier := range group.Modifiers {
		v.unique(plus, "modifier group "+group.ID+": PLU", modifier.PLU)
		v.name("modifier "+modifier.PLU, modifier.Name)
		// leaving something out may cost less
		if modifier.Price < -order.MaxMoney || modifier.Price > order.MaxMoney {
			v.problem("modifier %s: price %d: use %d to %d minor units", modifier.PLU, modifier.Price, -order.MaxMoney, order.MaxMoney)
		}
	}
}

func (v *validator) item(item Item, categories, taxes, groups map[string]bool) {
	v.name("item "+item.PLU, item.Name)
	if !categories[item.Category] {
		v.problem("item %s: category %q does not exist: use the name of one of categories", item.PLU, item.Category)
	}
	if item.Price < 0 || item.Price > order.MaxMoney {
		v.problem("item %s: price %d: use 0 to %d minor units", item.PLU, item.Price, order.MaxMoney)
	}
	switch item.Kind {
	case "", order.Physical, order.DigitalLine:
	default:
		v.problem("item %s: kind %q: use %q or %q", item.PLU, item.Kind, order.Physical, order.DigitalLine)
	}
	if item.PreparationMinutes < 0 || item.PreparationMinutes > order.MaxPreparation {
		v.problem("item %s: preparationMinutes %d: use 0 to %d", item.PLU, item.PreparationMinutes, order.MaxPreparation)
	}
	v.exist("item "+item.PLU+": tax", item.Taxes, taxes, "taxes")
	v.exist("item "+item.PLU+": modifier group", item.ModifierGroups, groups, "modifierGroups")
}

// exist wants each id to be defined, and named once: a tax named twice would count twice.
func (v *validator) exist(what string, ids []string, known map[string]bool, list string) {
	seen := map[string]bool{}
	for _, id := range ids {
		if !known[id] {
			v.problem("%s %q does not exist: use an id of %s", what, id, list)
		}
		if seen[id] {
			v.problem("%s %q is named twice: take one out", what, id)
		}
		seen[id] = true
	}
}
