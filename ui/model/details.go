package model

import (
	"slices"
	"strconv"
	"strings"

	"comptoir/order"
)

func (b *builder) details() *Details {
	v := b.selected()
	if v == nil {
		return nil
	}
	section, kind := b.section(v, true)
	d := &Details{
		ID: v.ID, Number: number(v.Order), Customer: b.customer(v),
		Badge:       b.badge(v),
		PendingSend: b.pending(v), Refused: b.told(v), NotTaken: b.notTaken(v),
		Facts: b.facts(v), Chosen: b.Choice.Tab,
		Total:   b.Words.Money(v.Totals.Total, v.Currency),
		Paid:    b.paid(v),
		Totals:  b.totals(v),
		History: b.history(v),
		Actions: b.detailActions(v),
		Back:    b.Words.Say("details.back"),
		Below:   b.Words.Say("details.below"),
	}
	if order.MentionsAllergy(v.Note) {
		d.Allergy = b.allergy(v.Note)
	}
	d.When = dots(b.times(v)...)
	d.WhereShort = dots(section, kind)
	d.Where = d.WhereShort
	if channel := b.channel(v.Order); channel != section {
		d.Where = dots(d.WhereShort, channel)
	}
	d.Allergies = b.allergies(v.Lines)
	if d.Allergies != "" || d.Allergy != "" {
		d.AllergiesShort = b.Words.Say("details.allergies_short")
	}
	d.Title = dots(d.Number, d.Customer)
	for _, tab := range DetailTabs() {
		d.Tabs = append(d.Tabs, DetailTabItem{Tab: tab, Name: b.Words.Say("details." + string(tab)), Chosen: tab == d.Chosen})
	}
	b.reach(v, d)
	if d.Chosen == TabTickets {
		d.Tickets = b.tickets(v)
	}
	d.Warning = b.warning(v)
	for _, l := range v.Lines {
		d.Lines = append(d.Lines, b.line(l, v.Currency))
	}
	for _, t := range v.Transactions {
		d.Transactions = append(d.Transactions, b.transaction(t, v))
	}
	return d
}

// warning is what people should know before they go on.
func (b *builder) warning(v *view) string {
	var sentences []string
	if waitsForRoom(b.Ordering, v.Order, b.Now) {
		sentences = append(sentences, b.Words.Say("details.waits_for_room", "maximum", strconv.Itoa(b.Ordering.Held.Maximum)))
	}
	var out []string
	for _, l := range v.Lines {
		if l.OutOfStock && l.Ordered() > 0 && v.Status.Open() {
			out = append(out, l.Name)
		}
	}
	if len(out) > 0 {
		sentences = append(sentences, b.Words.Say("details.out_of_stock", "items", strings.Join(out, ", ")))
	}
	if v.Uncategorized() {
		sentences = append(sentences, b.Words.Say("details.uncategorized"))
	}
	return strings.Join(sentences, " ")
}

// selected is the chosen order, also when it has left the list meanwhile.
func (b *builder) selected() *view {
	if b.Choice.Selected == "" {
		return nil
	}
	for _, v := range b.views {
		if v.ID == b.Choice.Selected {
			return v
		}
	}
	if b.Kept.ID == b.Choice.Selected {
		return b.view(b.Kept)
	}
	return nil
}

func (b *builder) times(v *view) []string {
	var times []string
	if promised := v.Fulfillment.PromisedAt; !promised.IsZero() {
		times = append(times, b.Words.Say("details.promised", "time", b.Words.When(v.local(promised), v.now)))
	}
	if v.Status.Open() && v.Status != order.Ready {
		times = append(times, b.Words.Say("details.expected", "time", b.Words.When(v.local(v.Expected(b.Now)), v.now)))
	}
	return times
}

func (b *builder) facts(v *view) []Fact {
	var facts []Fact
	add := func(icon Icon, text string) {
		if text != "" {
			facts = append(facts, Fact{icon, text})
		}
	}
	add("hourglass", b.emphasis(v))
	if fact := b.delayFact(v); fact.Text != "" {
		facts = append(facts, fact)
	}
	f := v.Fulfillment
	switch {
	case !f.ArrivedAt.IsZero(): // its spot is said already
		add("car", f.Vehicle)
	case f.Vehicle != "" && f.Spot != "":
		add("car", b.Words.Say("details.vehicle_spot", "vehicle", f.Vehicle, "spot", f.Spot))
	case f.Spot != "":
		add("car", b.Words.Say("details.spot", "spot", f.Spot))
	default:
		add("car", f.Vehicle)
	}
	add("pin", f.Address)
	if p := f.ServicePoint; p != nil {
		add("pin", b.Words.Say("details.service_point", "name", dots(p.Carrier, p.Name, p.Address)))
	}
	if c := v.Courier; c != nil {
		stage := b.stage(c.Stage)
		if stage != "" && !c.At.IsZero() {
			stage = b.Words.Say("details.courier_at", "stage", stage, "time", b.Words.When(v.local(c.At), v.now))
		}
		add("bike", b.Words.Say("details.courier", "name", dots(c.Name, stage, c.Phone)))
	}
	if v.PickupCode != "" {
		add("card", b.Words.Say("details.pickup_code", "code", v.PickupCode))
	}
	if v.Bags > 1 {
		add("bag", b.Words.Count("details.bags", v.Bags))
	}
	if v.Utensils != nil {
		key := "details.utensils_no"
		if *v.Utensils {
			key = "details.utensils_yes"
		}
		add("info", b.Words.Say(key))
	}
	if v.Note != "" && !order.MentionsAllergy(v.Note) {
		add("note", b.Words.Say("quote", "text", v.Note))
	}
	return facts
}

func (b *builder) line(l order.Line, currency string) Line {
	line := Line{
		Quantity: strconv.Itoa(l.Ordered()), Name: l.Name, Extras: modifiers(l.Modifiers),
		Struck: l.Ordered() == 0,
	}
	if line.Struck {
		line.Quantity = strconv.Itoa(l.Quantity)
	}
	if l.Cancelled > 0 {
		line.Change = b.Words.Count("details.cancelled", l.Cancelled)
	}
	switch {
	case order.MentionsAllergy(l.Note):
		line.Allergy = b.allergy(l.Note)
	case l.Note != "":
		line.Extras = dots(line.Extras, b.Words.Say("quote", "text", l.Note))
	}
	// a platform that prices only the whole order sends 0
	if price := l.Price(); price != 0 {
		line.Price = price.Number(currency, b.Words.Language())
	}
	return line
}

func modifiers(list []order.Modifier) string {
	var names []string
	for _, m := range list {
		name := m.Name
		if m.Quantity > 1 {
			name = strconv.Itoa(m.Quantity) + nbsp + name
		}
		names = append(names, name, modifiers(m.Modifiers))
	}
	return dots(names...)
}

// allergy heads a note with our own word.
func (b *builder) allergy(note string) string {
	return b.Words.Say("allergy", "text", allergen(note))
}

// allergen leaves out the customer's "Allergie :": our word would say it twice.
func allergen(note string) string {
	head, rest, found := strings.Cut(note, ":")
	switch strings.ToLower(strings.TrimSpace(head)) {
	case "allergie", "allergies", "allergy":
		if found {
			return strings.TrimSpace(rest)
		}
	}
	return note
}

// allergies gathers those of all items that are still wanted; of one, its item too.
func (b *builder) allergies(lines []order.Line) string {
	var names, texts []string
	for _, l := range lines {
		if l.Ordered() == 0 || !order.MentionsAllergy(l.Note) {
			continue
		}
		names = append(names, l.Name)
		if text := allergen(l.Note); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return b.Words.Say("details.allergy_of", "text", texts[0], "item", names[0])
	}
	return b.Words.Say("details.allergies", "texts", dots(texts...))
}

// paid says how the order is paid, as the label of its total.
func (b *builder) paid(v *view) string {
	var methods []order.Method
	for _, t := range v.Transactions {
		if t.Kind == order.Payment && !t.Failed && !slices.Contains(methods, t.Method) {
			methods = append(methods, t.Method)
		}
	}
	missing := v.Totals.Total - v.Captured()
	switch {
	case len(methods) == 0 && v.Partner(), v.Totals.Total == 0:
		return b.Words.Say("paid.total") // the platform keeps the money, and says nothing of it
	case len(methods) == 0:
		return b.Words.Say("paid.none")
	case missing > 0:
		return b.Words.Say("paid.part", "amount", b.Words.Money(missing, v.Currency))
	case len(methods) > 1:
		return b.Words.Say("paid.several")
	}
	return b.Words.Say("paid."+string(methods[0]), "channel", b.channel(v.Order))
}

func (b *builder) totals(v *view) []Amount {
	var amounts []Amount
	add := func(name string, amount order.Money) {
		if amount != 0 || name == "total" {
			amounts = append(amounts, Amount{b.Words.Say("total." + name), b.Words.Money(amount, v.Currency), name == "total"})
		}
	}
	t := v.Totals
	add("subtotal", t.Subtotal)
	add("discount", -t.Discount)
	add("fees", t.Fees)
	add("tax", t.Tax)
	add("tip", t.Tip)
	add("total", t.Total)
	return amounts
}

func (b *builder) transaction(t order.Transaction, v *view) Transaction {
	method := b.Words.Say("method." + string(t.Method))
	if t.Method == order.Platform {
		method = b.channel(v.Order)
	}
	state := "transaction.done"
	if t.Failed {
		state = "transaction.failed"
	}
	icon := Icon("card")
	switch t.Method {
	case order.Cash:
		icon = "cash"
	case order.GiftCard:
		icon = "gift"
	}
	amount := t.Amount
	if t.Kind == order.Refund {
		amount = -amount
	}
	return Transaction{
		Icon: icon, Label: dots(b.Words.Say("transaction."+string(t.Kind)), method),
		Time:  dots(b.Words.When(v.local(t.At), v.now), b.Words.Say(state)),
		Text:  b.Words.Money(amount, v.Currency),
		Wrong: t.Failed,
	}
}
