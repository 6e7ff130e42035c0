package shop_test

import (
	"slices"
	"strings"
	"testing"

	"comptoir/menu"
	"comptoir/order"
	"comptoir/shop"
)

func plateau() shop.Location {
	return shop.Location{
		ID: "plateau", Name: "Comptoir Plateau", TimeZone: "America/Toronto", Currency: "CAD",
		Language: "fr", DayStarts: "04:00", PrintAheadMinutes: 60, PreparationMinutes: 20,
		Stations: []shop.Station{
			{ID: "bar", Name: "Bar", Categories: []string{" Boissons "}},
			{ID: "grill", Name: "Gril", Categories: []string{"Burgers", "Grillades"}, Default: true},
			{ID: "froid"},
		},
		Connections: []shop.Connection{
			{
				ID: "demo-deliverect", Partner: "deliverect", Policy: order.Policy{Accept: true, Delay: true},
				Contact:  shop.Contact{Phone: "+1 514 555-0100"},
				Channels: map[string]shop.Contact{"Uber Eats": {Web: "https://merchants.ubereats.com"}},
			},
			{ID: "demo-doordash", Partner: "doordash", Policy: order.Policy{Accept: true, Reject: true, Cancel: true}},
		},
		Menu: menu.Menu{
			Currency: "CAD",
			Items: []menu.Item{
				{PLU: "BRG-01", Name: "Burger façon Comptoir", Category: "Burgers"},
				{PLU: "BOI-01", Name: "Café crème", Category: "Boissons"},
				{PLU: "GRL-04", Name: "Côte de bœuf", Category: "Grillades", PreparationMinutes: 45},
				{PLU: "CAR-01", Name: "Carte-cadeau", Category: "Cartes", Kind: order.DigitalLine},
			},
		},
	}
}

func TestRoute(t *testing.T) {
	tests := []struct {
		name string
		line order.Line
		want order.Line // category, station, kind
	}{
		{
			"by the menu",
			order.Line{PLU: "BOI-01"},
			order.Line{Category: "Boissons", Station: "bar", Kind: order.Physical},
		},
		{
			"the menu wins over the payload",
			order.Line{PLU: "BRG-01", Category: "Boissons"},
			order.Line{Category: "Burgers", Station: "grill", Kind: order.Physical},
		},
		{
			"unknown PLU: the payload's category",
			order.Line{PLU: "X", Category: " Boissons "},
			order.Line{Category: "Boissons", Station: "bar"},
		},
		{"another case is another category", order.Line{Category: "boissons"}, order.Line{Category: "boissons", Station: "grill"}},
		{"unclaimed category", order.Line{Category: "Soupes"}, order.Line{Category: "Soupes", Station: "grill"}},
		{"none at all", order.Line{Name: "Surprise"}, order.Line{Station: "grill"}},
		{"what the payload claims of stations does not count", order.Line{PLU: "BOI-01", Station: "froid"}, order.Line{Category: "Boissons", Station: "bar", Kind: order.Physical}},
		{"digital by the menu", order.Line{PLU: "CAR-01", Station: "bar"}, order.Line{Category: "Cartes", Kind: order.DigitalLine}},
		{"digital by the payload", order.Line{Category: "Burgers", Kind: order.DigitalLine}, order.Line{Category: "Burgers", Kind: order.DigitalLine}},
		{
			"the payload's kind wins",
			order.Line{PLU: "CAR-01", Kind: order.Physical},
			order.Line{Category: "Cartes", Station: "grill", Kind: order.Physical},
		},
	}
	router := shop.NewRouter(plateau())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := []order.Line{tt.line}
			o := order.Order{Lines: before}
			router.Route(&o)
			got := o.Lines[0]
			if got.Category != tt.want.Category || got.Station != tt.want.Station || got.Kind != tt.want.Kind {
				t.Errorf("got %q at %q (%s), want %q at %q (%s)", got.Category, got.Station, got.Kind,
					tt.want.Category, tt.want.Station, tt.want.Kind)
			}
			if before[0].Station != tt.line.Station {
				t.Error("Route wrote into lines that it shares")
			}
		})
	}
}

func TestRouteWithoutDefault(t *testing.T) {
	l := shop.Location{Stations: []shop.Station{{ID: "one"}, {ID: "two"}}}
	if got := shop.NewRouter(l).Station("Soupes"); got != "one" {
		t.Errorf("got %q: without a default the first station must cook it", got)
	}
	if got := shop.NewRouter(shop.Location{}).Station("Soupes"); got != "" {
		t.Errorf("got %q of no station", got)
	}
}

func TestStationName(t *testing.T) {
	router := shop.NewRouter(plateau())
	for id, want := range map[string]string{"grill": "Gril", "froid": "froid", "gone": "gone"} {
		if got := router.StationName(id); got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
}

func TestPreparationMinutes(t *testing.T) {
	router := shop.NewRouter(plateau())
	o := order.Order{Lines: []order.Line{{PLU: "BOI-01"}, {PLU: "X"}}}
	if got := router.PreparationMinutes(o, 20); got != 20 {
		t.Errorf("got %d, want the given 20", got)
	}
	o.Lines = append(o.Lines, order.Line{PLU: "GRL-04"})
	if got := router.PreparationMinutes(o, 20); got != 45 {
		t.Errorf("got %d, want the slowest item's 45", got)
	}
}

func TestPolicy(t *testing.T) {
	l := plateau()
	for connection, want := range map[string]order.Policy{
		"":                order.OwnPolicy(),
		"demo-deliverect": {Accept: true, Delay: true},
		"gone":            {Accept: true, Reject: true},
	} {
		if got := l.Policy(order.Order{Connection: connection}); got != want {
			t.Errorf("%q: got %+v, want %+v", connection, got, want)
		}
	}
}

func TestContactOf(t *testing.T) {
	l := plateau()
	tests := []struct {
		connection, channel string
		want                shop.Contact
	}{
		{"demo-deliverect", "Uber Eats", shop.Contact{Web: "https://merchants.ubereats.com"}},
		{"demo-deliverect", "SkipTheDishes", shop.Contact{Phone: "+1 514 555-0100"}},
		{"demo-doordash", "Uber Eats", shop.Contact{}},
		{"gone", "Uber Eats", shop.Contact{}},
		{"", "Comptoir", shop.Contact{}},
	}
	for _, tt := range tests {
		if got := l.ContactOf(order.Order{Connection: tt.connection, Channel: tt.channel}); got != tt.want {
			t.Errorf("%s, %s: got %+v, want %+v", tt.connection, tt.channel, got, tt.want)
		}
	}
}

func TestValidate(t *testing.T) {
	if err := plateau().Validate(); err != nil {
		t.Fatalf("a good location is refused: %v", err)
	}
	tests := []struct {
		name   string
		spoil  func(l *shop.Location)
		key    string
		remedy string
	}{
		{"no id", func(l *shop.Location) { l.ID = "" }, "id:", "use letters"},
		{"id with a slash", func(l *shop.Location) { l.ID = "a/b" }, `"a/b"`, "use letters"},
		{"long id", func(l *shop.Location) { l.ID = strings.Repeat("x", 65) }, "id:", "use letters"},
		{"zone", func(l *shop.Location) { l.TimeZone = "Montréal" }, "time_zone:", "America/Toronto"},
		{"day", func(l *shop.Location) { l.DayStarts = "four" }, "day_starts:", "04:00"},
		{"currency", func(l *shop.Location) { l.Currency = "dollars" }, "currency:", "CAD"},
		{"the menu's currency", func(l *shop.Location) { l.Menu.Currency = "USD" }, "currency:", "the same"},
		{"language", func(l *shop.Location) { l.Language = "de" }, "language:", `"fr" or "en"`},
		{"print ahead", func(l *shop.Location) { l.PrintAheadMinutes = -1 }, "print_ahead:", "use 0 to"},
		{"preparation", func(l *shop.Location) { l.PreparationMinutes = 1441 }, "preparation:", "use 0 to"},
		{"no stations", func(l *shop.Location) { l.Stations = nil }, "stations:", "add one"},
		{"no default", func(l *shop.Location) { l.Stations[1].Default = false }, "stations:", "default = true"},
		{"two defaults", func(l *shop.Location) { l.Stations[0].Default = true }, "bar, grill", "default = true on one"},
		{"station without id", func(l *shop.Location) { l.Stations[0].ID = "" }, "number 1", "use letters"},
		{"station twice", func(l *shop.Location) { l.Stations[0].ID = "grill" }, `"grill" is there twice`, "its own"},
		{"category twice", func(l *shop.Location) { l.Stations[2].Categories = []string{"Burgers "} }, `"grill" and "froid"`, "leave it to one"},
		{"category without a name", func(l *shop.Location) { l.Stations[2].Categories = []string{" "} }, `"froid"`, "take it out"},
		{"connection without id", func(l *shop.Location) { l.Connections[1].ID = "" }, "number 2", "use letters"},
		{"connection twice", func(l *shop.Location) { l.Connections[1].ID = "demo-deliverect" }, "is there twice", "its own"},
		{"connection without partner", func(l *shop.Location) { l.Connections[1].Partner = "" }, `"demo-doordash" has no partner`, "name the platform"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := plateau()
			l.Stations, l.Connections = slices.Clone(l.Stations), slices.Clone(l.Connections)
			tt.spoil(&l)
			err := l.Validate()
			if err == nil {
				t.Fatal("not refused")
			}
			if text := err.Error(); !strings.Contains(text, tt.key) || !strings.Contains(text, tt.remedy) {
				t.Errorf("%q names not both %q and %q", text, tt.key, tt.remedy)
			}
		})
	}
}

func TestValidateListsEverything(t *testing.T) {
	err := shop.Location{}.Validate()
	for _, key := range []string{"id:", "time_zone:", "currency:", "language:", "stations:"} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("nothing about %s in %q", key, err)
		}
	}
}
