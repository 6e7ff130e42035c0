package menu_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"comptoir/menu"
	"comptoir/order"
)

const example = "../examples/shop/menu.json"

func read(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The menu of the examples is what the contract says.
func TestExample(t *testing.T) {
	m, err := menu.Parse(read(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	if len(m.Items) < 40 || len(m.Categories) != 6 {
		t.Errorf("%d items in %d categories, want at least 40 in 6", len(m.Items), len(m.Categories))
	}
	index := menu.NewIndex(m)
	for _, want := range []menu.Item{
		{PLU: "BRG-01", Name: "Burger façon Comptoir", Category: "Burgers", Price: 1450},
		{PLU: "GRL-01", Name: "Bœuf grillé à point", Category: "Grillades", Price: 2200},
		{PLU: "BOI-01", Name: "Café crème", Category: "Boissons", Price: 350},
	} {
		got, ok := index.Item(want.PLU)
		if !ok || got.Name != want.Name || got.Category != want.Category || got.Price != want.Price {
			t.Errorf("%s: got %+v, want %+v", want.PLU, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	m, err := menu.Parse([]byte("\ufeff" + `{"currency":"CAD","items":[{"plu":"A"},{"plu":"B","kind":"digital"}]}` + "\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	if m.Items[0].Kind != order.Physical || m.Items[1].Kind != order.DigitalLine {
		t.Errorf("kinds %q and %q: physical must be the default only", m.Items[0].Kind, m.Items[1].Kind)
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"unknown key", `{"currency":"CAD","item":[]}`, `unknown key "item"`},
		{"unknown key within", `{"items":[{"plu":"A","colour":"red"}]}`, `unknown key "colour"`},
		{"trailing text", "{}\n]", "line 2: something follows"},
		{"two menus", "{} {}", "something follows"},
		{"wrong type", "{\n\"items\":[\n{\"price\":\"14.50\"}]}", "line 3: items.price cannot be a string"},
		{"a fraction", `{"items":[{"price":14.5}]}`, "items.price cannot be a number 14.5"},
		{"a list", `[]`, "cannot be a array"},
		{"syntax", "{\n\"items\":[}", "line 2: not JSON"},
		{"cut off", `{"items":[`, "too early"},
		{"empty", ``, "too early"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := menu.Parse([]byte(tt.data))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func good() menu.Menu {
	return menu.Menu{
		Currency:   "CAD",
		Taxes:      []menu.Tax{{ID: "tps", Name: "TPS", Rate: 5000}, {ID: "nil", Name: "Zero"}, {ID: "all", Name: "All", Rate: menu.MaxRate}},
		Categories: []menu.Category{{ID: "b", Name: "Burgers"}, {ID: "empty", Name: "Soupes"}},
		ModifierGroups: []menu.ModifierGroup{
			{ID: "cuisson", Name: "Cuisson", Required: true, Max: 1, Modifiers: []menu.Modifier{
				{PLU: "M1", Name: "Bleue"}, {PLU: "M2", Name: "Sans fromage", Price: -100},
			}},
		},
		Items: []menu.Item{
			{PLU: "B1", Name: "Burger", Category: "Burgers", Price: 1450, Taxes: []string{"tps"}, ModifierGroups: []string{"cuisson"}},
			{PLU: "B2", Name: "Carte-cadeau", Category: "Burgers", Kind: order.DigitalLine, PreparationMinutes: 5},
		},
	}
}

func TestValidate(t *testing.T) {
	if err := good().Validate(); err != nil {
		t.Fatalf("a good menu is refused: %v", err)
	}
	tests := []struct {
		name  string
		spoil func(m *menu.Menu)
		want  string
	}{
		{"currency", func(m *menu.Menu) { m.Currency = "XXX" }, `currency "XXX" is unknown: use`},
		{"PLU twice", func(m *menu.Menu) { m.Items[1].PLU = "B1" }, `PLU "B1" is there twice`},
		{"PLU empty", func(m *menu.Menu) { m.Items[1].PLU = "" }, `PLU "": write it`},
		{"PLU with a space", func(m *menu.Menu) { m.Items[1].PLU = "B2 " }, `PLU "B2 ": write it`},
		{"PLU too long", func(m *menu.Menu) { m.Items[1].PLU = strings.Repeat("B", 201) }, "longer than 200"},
		{"name empty", func(m *menu.Menu) { m.Items[0].Name = " " }, "item B1 has no name"},
		{"name too long", func(m *menu.Menu) { m.Items[0].Name = strings.Repeat("é", order.MaxText+1) }, "item B1: the name is longer"},
		{"category", func(m *menu.Menu) { m.Items[0].Category = "burgers" }, `item B1: category "burgers" does not exist: use`},
		{"category id twice", func(m *menu.Menu) { m.Categories[1].ID = "b" }, `category "b" is there twice`},
		{"category name twice", func(m *menu.Menu) { m.Categories[1].Name = "Burgers" }, `category name "Burgers" is there twice`},
		{"category without name", func(m *menu.Menu) { m.Categories[1].Name = "" }, "category empty has no name"},
		{"tax", func(m *menu.Menu) { m.Items[0].Taxes = []string{"tvq"} }, `item B1: tax "tvq" does not exist: use`},
		{"tax named twice", func(m *menu.Menu) { m.Items[0].Taxes = []string{"tps", "tps"} }, `item B1: tax "tps" is named twice`},
		{"group", func(m *menu.Menu) { m.Items[0].ModifierGroups = []string{"sauce"} }, `item B1: modifier group "sauce" does not exist`},
		{"price below 0", func(m *menu.Menu) { m.Items[0].Price = -1 }, "item B1: price -1: use 0 to"},
		{"price too high", func(m *menu.Menu) { m.Items[0].Price = order.MaxMoney + 1 }, "item B1: price"},
		{"kind", func(m *menu.Menu) { m.Items[0].Kind = "liquid" }, `item B1: kind "liquid": use "physical" or "digital"`},
		{"preparation", func(m *menu.Menu) { m.Items[0].PreparationMinutes = 2000 }, "item B1: preparationMinutes 2000: use"},
		{"rate below 0", func(m *menu.Menu) { m.Taxes[0].Rate = -1 }, "tax tps: rate -1: use 0 to 100000 (9.975 % is 9975)"},
		{"rate too high", func(m *menu.Menu) { m.Taxes[0].Rate = 100_001 }, "tax tps: rate 100001"},
		{"tax twice", func(m *menu.Menu) { m.Taxes[1].ID = "tps" }, `tax "tps" is there twice`},
		{"group max", func(m *menu.Menu) { m.ModifierGroups[0].Max = -1 }, "modifier group cuisson: max -1: use 0"},
		{"required of nothing", func(m *menu.Menu) { m.ModifierGroups[0].Modifiers = nil }, "cuisson is required but offers nothing"},
		{"modifier twice", func(m *menu.Menu) { m.ModifierGroups[0].Modifiers[1].PLU = "M1" }, `cuisson: PLU "M1" is there twice`},
		{"modifier without name", func(m *menu.Menu) { m.ModifierGroups[0].Modifiers[1].Name = "" }, "modifier M2 has no name"},
		{"modifier's price", func(m *menu.Menu) { m.ModifierGroups[0].Modifiers[1].Price = -order.MaxMoney - 1 }, "modifier M2: price"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := good()
			tt.spoil(&m)
			err := m.Validate()
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestValidateListsEverything(t *testing.T) {
	m := good()
	m.Currency, m.Items[0].Price, m.Items[1].Category = "", -1, ""
	err := m.Validate()
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("want three problems, got %v", err)
	}
}

func TestIndex(t *testing.T) {
	m := good()
	m.Items = append(m.Items, menu.Item{PLU: "B1", Name: "Another"}, menu.Item{Name: "Nameless"})
	index := menu.NewIndex(m)
	item, ok := index.Item("B1")
	if !ok || item.Name != "Burger" || item.Kind != order.Physical {
		t.Errorf("got %+v, want the first, physical", item)
	}
	for _, plu := range []string{"", "b1", "X"} {
		if item, ok := index.Item(plu); ok {
			t.Errorf("%q found %+v", plu, item)
		}
	}
	if m.Items[0].Kind != "" {
		t.Error("the index wrote into the menu")
	}
}

// FuzzParse: no bytes make Parse or Validate panic, and what Parse took it takes again.
func FuzzParse(f *testing.F) {
	f.Add(read(f))
	f.Add([]byte(`{"currency":"CAD","items":[{"plu":"A","price":-1,"taxes":["x"]}]}`))
	f.Add([]byte("{}\n]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := menu.Parse(data)
		if err != nil {
			return
		}
		_ = m.Validate()
		menu.NewIndex(m)
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		same, err := menu.Parse(again)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(m, same) {
			t.Errorf("%+v became %+v", m, same)
		}
	})
}
