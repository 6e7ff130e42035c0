package sandbox

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"comptoir/menu"
	"comptoir/order"
)

// Generator makes orders at random, the same ones for the same seed. It is for one goroutine.
type Generator struct {
	config     GeneratorConfig
	random     *rand.Rand
	items      []menu.Item
	groups     map[string]menu.ModifierGroup
	categories map[string]menu.Category
}

// GeneratorConfig is what orders are made of.
type GeneratorConfig struct {
	Menu menu.Menu
	// Store is the location, as the platform knows it.
	Store string
	// UUIDs are DoorDash's identities; Deliverect's are 24 hexadecimal digits.
	UUIDs bool
	// Channels are Deliverect's channel numbers to choose from.
	Channels []int64
	// Seed must differ at each start of a shop: orders of one seed have the same identities.
	Seed uint64
}

// Wish is what a generated order shall be like; what is empty is left to chance.
type Wish struct {
	Kind   Kind
	Timing Timing
}

// maxName is as long as a customer's name gets.
const maxName = 60

// NewGenerator wants a menu with something to eat.
func NewGenerator(config GeneratorConfig) (*Generator, error) {
	g := &Generator{
		config: config, random: rand.New(rand.NewPCG(config.Seed, 0)),
		groups: map[string]menu.ModifierGroup{}, categories: map[string]menu.Category{},
	}
	for _, item := range config.Menu.Items {
		if item.Kind != order.DigitalLine { // platforms sell no gift cards
			g.items = append(g.items, item)
		}
	}
	if len(g.items) == 0 {
		return nil, errors.New("sandbox: the menu has nothing to order: give the location a menu")
	}
	for _, group := range config.Menu.ModifierGroups {
		g.groups[group.ID] = group
	}
	for _, category := range config.Menu.Categories {
		g.categories[category.Name] = category
	}
	return g, nil
}

// Order makes an order that is placed now, of one of the kinds where the wish names none.
func (g *Generator) Order(wish Wish, kinds []Kind, now time.Time) Order {
	o := Order{
		ID: g.identity(), Number: g.code(5), Kind: wish.Kind, Timing: wish.Timing, Store: g.config.Store,
		Placed: now.UTC(), Currency: g.config.Menu.Currency, Taxes: g.config.Menu.Taxes,
		Customer: g.customer(), Utensils: g.oneIn(3), PricesHidden: g.oneIn(4),
	}
	if o.Kind == "" {
		o.Kind = pick(g, kinds)
	}
	if o.Timing == "" {
		o.Timing = g.timing()
	}
	if len(g.config.Channels) > 0 {
		o.Channel = pick(g, g.config.Channels)
	}
	o.Promised = o.Placed.Add(g.until(o.Timing)).Truncate(time.Second)
	switch o.Kind {
	case EatIn:
		o.Table = strconv.Itoa(g.between(1, 24))
	case Delivery, StoreDelivery:
		o.Fee = order.Money(g.between(2, 6)*100 - 1)
		o.Tip = order.Money(g.between(0, 8) * 50)
	}
	if g.oneIn(6) {
		o.Note = pick(g, orderNotes)
	}
	group := g.oneIn(8)
	for range g.between(1, 6) {
		item := g.item()
		if group {
			item.For = pick(g, firstNames) + " " + initial(pick(g, lastNames))
		}
		o.Items = append(o.Items, item)
	}
	if g.oneIn(12) { // those with an allergy say so twice
		allergy := pick(g, allergies)
		o.Note, o.Items[0].Remark = "ALLERGIE : "+allergy+". Merci !", "Allergie : "+allergy
	}
	return o
}

// Change is the order as its customer, or the platform, changed it: an item less, or another
// quantity, never none. Lines get new identities (A1, "Adjustment").
func (g *Generator) Change(o Order) Order {
	o.Items = slices.Clone(o.Items)
	at := g.random.IntN(len(o.Items))
	switch item := &o.Items[at]; {
	case item.Quantity > 1:
		item.Quantity--
	case len(o.Items) > 1:
		o.Items = slices.Delete(o.Items, at, at+1)
	default:
		item.Quantity++
	}
	for i := range o.Items {
		o.Items[i].ID = g.digits(10)
	}
	return o
}

func (g *Generator) timing() Timing {
	switch n := g.random.IntN(20); {
	case n < 2:
		return Tight
	case n < 5:
		return Scheduled
	}
	return Soon
}

func (g *Generator) until(timing Timing) time.Duration {
	switch timing {
	case Tight:
		return g.minutes(2, 8)
	case Scheduled:
		return g.minutes(120, 180)
	}
	return g.minutes(15, 40)
}

func (g *Generator) item() Item {
	chosen := pick(g, g.items)
	item := Item{ID: g.digits(10), Item: chosen, Category: g.categories[chosen.Category], Quantity: 1}
	if g.oneIn(4) {
		item.Quantity = g.between(2, 3)
	}
	if g.oneIn(7) {
		item.Remark = pick(g, remarks)
	}
	for _, id := range chosen.ModifierGroups {
		item.Choices = append(item.Choices, g.choices(g.groups[id])...)
	}
	return item
}

// choices are what a customer takes of a group, within what the group allows.
func (g *Generator) choices(group menu.ModifierGroup) []Choice {
	most := min(len(group.Modifiers), 3)
	if group.Max > 0 {
		most = min(most, group.Max)
	}
	count := 0
	if group.Required {
		count = 1
	}
	if most > count && g.oneIn(3) {
		count = g.between(count, most)
	}
	count = min(count, most)
	var choices []Choice
	for _, at := range g.random.Perm(len(group.Modifiers))[:count] {
		choices = append(choices, Choice{ID: g.digits(3), Group: group, Modifier: group.Modifiers[at], Quantity: 1})
	}
	if count == 1 && (group.Max == 0 || group.Max > 1) && g.oneIn(8) {
		choices[0].Quantity = 2
	}
	return choices
}

func (g *Generator) customer() Customer {
	first, last := pick(g, firstNames), pick(g, lastNames)
	if g.oneIn(10) { // as long as it gets
		for {
			longer := first + "-" + pick(g, firstNames)
			if utf8.RuneCountInString(longer+" "+last) > maxName {
				break
			}
			first = longer
		}
	}
	c := Customer{
		First: first, Name: first + " " + last, Number: 1<<53 + g.random.Int64N(1<<53),
		Phone:  fmt.Sprintf("+1 514 555-01%02d", g.random.IntN(100)),
		Code:   g.digits(8),
		Car:    pick(g, cars) + ", place " + strconv.Itoa(g.between(1, 6)),
		Street: pick(g, streets), StreetNumber: strconv.Itoa(g.between(1, 9_900)),
		PostalCode: pick(g, postalCodes),
	}
	if g.oneIn(3) {
		c.Email = g.hex(4) + "@example.com"
	}
	if g.oneIn(2) {
		c.Door = "app. " + strconv.Itoa(g.between(1, 40))
	}
	return c
}

func (g *Generator) oneIn(n int) bool { return g.random.IntN(n) == 0 }

func (g *Generator) between(least, most int) int { return least + g.random.IntN(most-least+1) }

func (g *Generator) minutes(least, most int) time.Duration {
	return time.Duration(g.between(least*60, most*60)) * time.Second
}

func (g *Generator) identity() string {
	if g.config.UUIDs {
		return strings.Join([]string{g.hex(4), g.hex(2), "4" + g.hex(2)[1:], "a" + g.hex(2)[1:], g.hex(6)}, "-")
	}
	return g.hex(12)
}

func (g *Generator) hex(length int) string {
	raw := make([]byte, length)
	for i := range raw {
		raw[i] = byte(g.random.IntN(256))
	}
	return hex.EncodeToString(raw)
}

// code leaves out what people mistake for each other when they call it out.
func (g *Generator) code(length int) string { return g.from("2345679ACDEFGHJKMNPRTUVWXYZ", length) }

func (g *Generator) digits(length int) string { return g.from("123456789", length) }

func (g *Generator) from(signs string, length int) string {
	var text strings.Builder
	for range length {
		text.WriteByte(signs[g.random.IntN(len(signs))])
	}
	return text.String()
}

func pick[T any](g *Generator, from []T) T { return from[g.random.IntN(len(from))] }

// initial is a name's first letter.
func initial(name string) string {
	_, size := utf8.DecodeRuneInString(name)
	return name[:size]
}
