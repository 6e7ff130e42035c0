package stories

import (
	"fmt"
	"strings"
	"time"

	"comptoir/order"
	"comptoir/ui/model"
)

// Now is the moment of all stories: 12 h 17 in Montréal.
func Now() time.Time { return time.Date(2026, time.November, 24, 17, 17, 0, 0, time.UTC) }

// at is a time of that day, by the clocks of Montréal.
func at(hour, minute int) time.Time {
	return time.Date(2026, time.November, 24, hour+5, minute, 0, 0, time.UTC)
}

// word is a text in the screens' two languages.
type word struct{ french, english string }

func (w word) in(language string) string {
	if language == model.English {
		return w.english
	}
	return w.french
}

// wanted is one item of an order.
type wanted struct {
	quantity  int
	name      word
	price     order.Money
	modifiers []word
	note      word
}

// sketch is an order in few words.
type sketch struct {
	number, channel, customer string
	kind                      order.FulfillmentType
	status                    order.Status
	promised                  time.Time
	expected                  int // minutes from now
	table                     string
	lines                     []wanted
}

// connection is the platform behind a channel.
func connection(channel string) string {
	switch channel {
	case "DoorDash":
		return "doordash"
	case "Uber Eats":
		return "deliverect"
	}
	return ""
}

func (s sketch) order(language string) order.Order {
	o := order.Order{
		ID: "order-" + s.number, Location: "plateau", Number: s.number, Reference: "R-" + s.number,
		Revision: 3, Channel: s.channel, Connection: connection(s.channel), Status: s.status, Currency: "CAD",
		Fulfillment: order.Fulfillment{Type: s.kind, PromisedAt: s.promised, Table: s.table},
		Customer:    order.Customer{Name: s.customer, Phone: "514 555-0" + s.number},
		PlacedAt:    at(11, 58), PreparationMinutes: 20,
	}
	o.History = append(o.History, order.Entry{At: o.PlacedAt, By: o.Connection, What: order.WasPlaced})
	if s.status != order.New {
		o.AcceptedAt, o.KitchenVersion = at(12, 1), 1
		o.History = append(o.History, order.Entry{At: o.AcceptedAt, By: "comptoir-1", What: order.WasAccepted})
	}
	o.PreparationMinutes = s.expected
	if s.status == order.Preparing || s.status == order.Ready {
		o.StartedAt = at(12, 5)
		o.PreparationMinutes = s.expected + 12
		o.History = append(o.History,
			order.Entry{At: at(12, 4), By: "comptoir-1", What: order.WasPrinted, Detail: "cuisine kitchen sent"},
			order.Entry{At: o.StartedAt, By: "comptoir-1", What: order.WasStarted})
	}
	if s.status == order.Ready {
		o.ReadyAt = at(12, 14)
		o.History = append(o.History, order.Entry{At: o.ReadyAt, By: "comptoir-1", What: order.WasReady})
	}
	for i, w := range s.lines {
		l := order.Line{
			ID: fmt.Sprint(i), Name: w.name.in(language), Category: "plats", Station: "cuisine", Quantity: w.quantity,
			UnitPrice: w.price, Kind: order.Physical, Note: w.note.in(language),
		}
		for _, m := range w.modifiers {
			l.Modifiers = append(l.Modifiers, order.Modifier{Name: m.in(language), Quantity: 1})
		}
		o.Lines = append(o.Lines, l)
		o.Totals.Subtotal += order.Money(w.quantity) * w.price
	}
	o.Totals.Tax = o.Totals.Subtotal * 14975 / 100000
	o.Totals.Total = o.Totals.Subtotal + o.Totals.Tax
	if o.Partner() {
		o.Transactions = []order.Transaction{{ID: "t", Kind: order.Payment, Method: order.Platform, Amount: o.Totals.Total, At: o.PlacedAt}}
	}
	o.Acknowledged = order.Alarms()
	return o
}

// Orders are the fourteen of the mockup. What rings has been heard.
func Orders(language string) []order.Order {
	steak := wanted{
		2,
		word{"Steak frites", "Steak frites"},
		2950,
		[]word{{"saignant", "rare"}, {"sauce au poivre", "pepper sauce"}},
		word{"Allergie : arachides", "Allergy: peanuts"},
	}
	soup := wanted{
		1,
		word{"Soupe à l’oignon", "Onion soup"},
		1300,
		[]word{{"sans gruyère", "no gruyère"}},
		word{"bien chaude, svp", "very hot, please"},
	}
	item := func(quantity int, french, english string, price order.Money) wanted {
		return wanted{quantity: quantity, name: word{french, english}, price: price}
	}
	brulee := item(1, "Crème brûlée", "Crème brûlée", 1050)
	sketches := []sketch{
		{"214", "DoorDash", "Élodie Gagnon", order.Pickup, order.Preparing, at(12, 20), 8, "", []wanted{steak, soup, brulee}},
		{"217", "Uber Eats", "Marc-André Roy", order.Delivery, order.Accepted, at(12, 25), 10, "", []wanted{item(1, "Confit de canard", "Duck confit", 2700), item(1, "Salade niçoise", "Niçoise salad", 1850), item(2, "Limonade maison", "Lemonade", 550)}},
		{"219", order.ChannelShop, "Sophie Tremblay", order.Curbside, order.Ready, at(12, 30), 0, "", []wanted{item(1, "Tartare de saumon", "Salmon tartare", 2400), item(1, "Tarte Tatin", "Tarte Tatin", 1100)}},
		{"221", order.ChannelCounter, "", order.Counter, order.Preparing, at(12, 35), 10, "6", []wanted{item(2, "Croque-madame", "Croque-madame", 1900), item(1, "Os à moelle", "Bone marrow", 1600), item(1, "Carafe de rouge", "Carafe of red", 2800)}},
		{"222", "Uber Eats", "Olivier Chen", order.Delivery, order.New, at(12, 42), 15, "", []wanted{item(1, "Burger du comptoir", "House burger", 2100), item(1, "Frites au gras de canard", "Duck-fat fries", 900), item(1, "Cidre", "Cider", 850)}},
		{"224", order.ChannelShop, "Isabelle Bouchard", order.Pickup, order.Accepted, at(12, 45), 15, "", []wanted{soup, brulee}},
		{"225", order.ChannelShop, "Jean-Philippe Lavoie", order.Delivery, order.Accepted, at(12, 50), 20, "", []wanted{item(3, "Steak frites", "Steak frites", 2950)}},
		{"226", "DoorDash", "Fatima Benali", order.Delivery, order.Accepted, at(12, 55), 20, "", []wanted{item(2, "Salade niçoise", "Niçoise salad", 1850), brulee}},
		{"227", order.ChannelShop, "Karim Haddad", order.Pickup, order.Accepted, at(13, 0), 15, "", []wanted{item(1, "Os à moelle", "Bone marrow", 1600)}},
		{"228", order.ChannelShop, "Geneviève Côté", order.Curbside, order.Accepted, at(13, 5), 15, "", []wanted{item(4, "Croque-madame", "Croque-madame", 1900)}},
		{"229", "Uber Eats", "Nathalie Pelletier", order.Delivery, order.Accepted, at(13, 10), 20, "", []wanted{item(2, "Confit de canard", "Duck confit", 2700)}},
		{"230", "DoorDash", "Hugo Martel", order.Pickup, order.Accepted, at(14, 30), 20, "", []wanted{item(1, "Tartare de saumon", "Salmon tartare", 2400)}},
		{"231", order.ChannelShop, "Martine Gauthier", order.Shipment, order.Accepted, at(16, 0), 30, "", []wanted{item(6, "Confit de canard en pot", "Jar of duck confit", 1800)}},
		{"232", order.ChannelShop, "Robert Nadeau", order.Shipment, order.Accepted, at(35, 0), 30, "", []wanted{item(2, "Terrine de campagne", "Country terrine", 1400)}},
	}
	orders := make([]order.Order, 0, len(sketches))
	for _, s := range sketches {
		orders = append(orders, s.order(language))
	}
	orders[0].Customer.Phone = "514 555-0148"
	orders[0].Note = word{"Sonnez à l’interphone", "Ring the intercom"}.in(language)
	orders[2].Fulfillment.ArrivedAt = at(12, 15)
	orders[2].Fulfillment.Spot, orders[2].Fulfillment.Vehicle = "2", word{"Mazda CX-5 grise", "grey Mazda CX-5"}.in(language)
	orders[4].AcceptBy = at(12, 21)
	return orders
}

// Long are the usual ones, but one has many items, and the last of them an allergy.
func Long(language string) []order.Order {
	orders := Orders(language)
	long := &orders[1]
	for i := range 6 {
		l := orders[i+3].Clone().Lines[0]
		l.ID = fmt.Sprint("more-", i)
		long.Lines = append(long.Lines, l)
	}
	last := &long.Lines[len(long.Lines)-1]
	last.Note = word{"Allergie : fruits à coque", "Allergy: tree nuts"}.in(language)
	return orders
}

// Hard are 300 open orders: long names, many lines, and words that do not break.
func Hard(language string) []order.Order {
	usual := Orders(language)
	orders := make([]order.Order, 0, 300)
	for i := range cap(orders) {
		o := usual[i%len(usual)].Clone()
		o.ID = fmt.Sprintf("hard-%03d", i)
		o.Number = fmt.Sprint(1000 + i)
		o.Fulfillment.PromisedAt = at(12, 20).Add(time.Duration(i) * time.Minute)
		orders = append(orders, o)
	}
	first := &orders[0]
	first.Customer.Name = "Marie-Ève-Charlotte Desrochers-Villeneuve de la Montagne-Verte" // 60 letters and more
	first.Fulfillment.PromisedAt = at(10, 0)
	first.Fulfillment.Address = "12345, boulevard de l’Acadie-et-des-Pionniers, appartement 1204, Montréal (Québec) H3M 2T5"
	first.Note = strings.Repeat(word{"Allergie : arachides, noix, sésame et fruits de mer. ", "Allergy: peanuts, nuts, sesame and seafood. "}.in(language), 3)
	first.Courier = &order.Courier{Name: "Karim Benabdallah", Phone: "438 555-0117", Stage: "en route"}
	line := first.Lines[0]
	first.Lines = nil
	for i := range 40 {
		l := line
		l.ID, l.Quantity = fmt.Sprint(i), 1+i*7%120
		l.Name = word{"Assiette de charcuteries et fromages fermiers du Québec à partager", "Board of farmhouse charcuterie and cheese from Québec, to share"}.in(language)
		if i%5 == 1 {
			l.Cancelled = l.Quantity
		}
		if i%7 == 2 {
			l.Note = strings.Repeat("anticonstitutionnellement", 4)
		}
		first.Lines = append(first.Lines, l)
	}
	return orders
}
