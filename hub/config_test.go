package hub_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"comptoir/hub"
)

// small is a configuration with everything in it once.
const small = `listen = "127.0.0.1:8080"

[[locations]]
id = "plateau"
time_zone = "America/Toronto"
currency = "CAD"
day_starts = "04:00"
accept_without_terminal = "2m"
menu = "menu.json"
shop_token = "own"

  [[locations.stations]]
  id = "grill"
  default = true

  [[locations.devices]]
  id = "counter-1"
  key = "key-1"

[[connections]]
id = "dlv"
partner = "deliverect"
base = "http://127.0.0.1:9201"
secret = "s"

[[connections]]
id = "dd"
partner = "doordash"
authorization = "Bearer b"
developer_id = "d"
key_id = "k"
signing_secret = "c2VjcmV0"
`

const smallMenu = `{"currency":"CAD","categories":[{"id":"b","name":"Boissons"}],"items":[{"plu":"T","name":"Thé","category":"Boissons","price":300}]}`

// load writes the configuration and reads it.
func load(t testing.TB, dir, text string) (hub.Config, string, error) {
	t.Helper()
	path := filepath.Join(dir, "hub.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := hub.LoadConfig(path)
	return config, path, err
}

func menuDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "menu.json"), []byte(smallMenu), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestConfig(t *testing.T) {
	config, _, err := load(t, menuDir(t), small)
	if err != nil {
		t.Fatal(err)
	}
	l := config.Locations[0]
	if l.Name != "plateau" || l.Language != "en" || l.PrintAheadMinutes != 60 || l.PreparationMinutes != 20 || !l.AutoAccept || l.AcceptWithoutTerminal != 2*time.Minute || len(l.Connections) != 2 {
		t.Errorf("the defaults of a location: %+v", l)
	}
	dlv, dd := config.Connections[0], config.Connections[1]
	if dlv.Location != "plateau" || dlv.AutoAccept || dlv.PreparationMinutes != 20 || dlv.OnDeadline != "reject" || dlv.Base.String() != "http://127.0.0.1:9201" {
		t.Errorf("the defaults of a connection: %+v", dlv)
	}
	if got, want := dd.Base.String(), "https://openapi.doordash.com/marketplace"; got != want {
		t.Errorf("the usual base is %s, want %s", got, want)
	}
	if keys := config.ExampleSecrets(); len(keys) > 0 {
		t.Errorf("secrets of the examples: %v", keys)
	}
}

func TestExampleConfig(t *testing.T) {
	config, err := hub.LoadConfig("../examples/shop/hub.toml")
	if err != nil {
		t.Fatal(err)
	}
	l := config.Locations[0]
	if l.ID != "plateau" || l.TimeZone != "America/Toronto" || l.Currency != "CAD" || l.Language != "fr" || l.ShopToken != "shop-secret" || len(l.Devices) != 2 || len(l.Menu.Items) < 40 {
		t.Errorf("got %+v", l)
	}
	for i, id := range []string{viaDeliverect, viaDoorDash} {
		if c := config.Connections[i]; c.ID != id || !c.AutoAccept || c.PreparationMinutes != 20 {
			t.Errorf("connection %d: %+v", i, c)
		}
	}
	// a token, two devices, one secret of Deliverect, two of DoorDash
	if keys := config.ExampleSecrets(); len(keys) != 6 {
		t.Errorf("secrets of the examples: %q", keys)
	}
}

func TestConfigMistakes(t *testing.T) {
	dir := menuDir(t)
	if err := os.WriteFile(filepath.Join(dir, "broken.json"), []byte(`{`), 0o600); err != nil {
		t.Fatal(err)
	}
	another := "[[locations]]\nid = \"plateau\"\ntime_zone = \"Europe/Paris\"\ncurrency = \"EUR\"\n[[locations.stations]]\nid = \"s\"\ndefault = true\n"
	tests := []struct {
		name, old, new string
		says           []string // the key, and the remedy
	}{
		{"syntax", `listen = "127.0.0.1:8080"`, `listen = `, []string{"line 1", "listen"}},
		{"wrong type", `listen = "127.0.0.1:8080"`, `listen = 8080`, []string{"listen", "string"}},
		{"key twice", `currency = "CAD"`, "currency = \"CAD\"\ncurrency = \"EUR\"", []string{"currency", "already"}},
		{"unknown key", `listen = "127.0.0.1:8080"`, `listn = "127.0.0.1:8080"`, []string{"listn", "docs/configuration.md"}},
		{"unknown key of a location", `shop_token`, `shop_tokn`, []string{"shop_tokn", "remove"}},
		{"unknown key of a connection", `secret = "s"`, "secret = \"s\"\nkey_id = \"k\"", []string{"key_id", "remove"}},
		{"no menu", `menu.json`, `missing.json`, []string{"menu", "missing.json", "path"}},
		{"broken menu", `menu.json`, `broken.json`, []string{"menu", "broken.json"}},
		{"menu of another currency", `currency = "CAD"`, `currency = "EUR"`, []string{"currency", "the same"}},
		{"bad zone", `America/Toronto`, `America/Montreal-Est`, []string{"time_zone", "IANA"}},
		{"no zone", `time_zone = "America/Toronto"`, ``, []string{"time_zone", "IANA"}},
		{"bad currency", `currency = "CAD"`, `currency = "dollars"`, []string{"currency", "ISO 4217"}},
		{"bad day", `"04:00"`, `"4 am"`, []string{"day_starts", "04:00"}},
		{"bad duration", `"2m"`, `"2 minutes"`, []string{"accept_without_terminal", "90s"}},
		{"negative duration", `"2m"`, `"-2m"`, []string{"accept_without_terminal", "90s"}},
		{"bad minutes", `shop_token`, "print_ahead_minutes = -1\nshop_token", []string{"print_ahead_minutes", "0 to 1440"}},
		{"too many minutes", `shop_token`, "preparation_minutes = 1441\nshop_token", []string{"preparation_minutes", "0 to 1440"}},
		{"bad location id", `id = "plateau"`, `id = "le plateau"`, []string{"id", "letters"}},
		{"no default station", `default = true`, ``, []string{"stations", "default = true"}},
		{"two default stations", "  [[locations.devices]]", "  [[locations.stations]]\n  id = \"bar\"\n  default = true\n  [[locations.devices]]", []string{"stations", "default = true on one"}},
		{"no key of a device", `key = "key-1"`, ``, []string{"devices[0]", "key"}},
		{"device twice", "  [[locations.devices]]", "  [[locations.devices]]\n  id = \"counter-1\"\n  key = \"k\"\n  [[locations.devices]]", []string{"devices", "its own"}},
		{"location twice", "[[connections]]\nid = \"dlv\"", another + "[[connections]]\nid = \"dlv\"", []string{"locations[1]", "its own"}},
		{"unknown location", `base = "http://127.0.0.1:9201"`, `location = "elsewhere"`, []string{"location", "elsewhere", "[[locations]]"}},
		{"unknown partner", `"doordash"`, `"skip"`, []string{"partner", "skip", "deliverect"}},
		{"connection twice", `id = "dd"`, `id = "dlv"`, []string{"connections[1]", "id", "its own"}},
		{"bad connection id", `id = "dd"`, `id = "d d"`, []string{"connections", "letters"}},
		{"no connection id", `id = "dd"`, ``, []string{"connections[1]", "id"}},
		{"bad base", `http://127.0.0.1:9201`, `127.0.0.1:9201`, []string{"base", "such as http"}},
		{"bad deadline", `secret = "s"`, "secret = \"s\"\non_deadline = \"ignore\"", []string{"on_deadline", "reject"}},
		{"bad preparation", `secret = "s"`, "secret = \"s\"\npreparation_minutes = 9999", []string{"preparation_minutes", "0 to 1440"}},
		{"wrong type in a connection", `secret = "s"`, "secret = 5", []string{"secret", "string"}},
		{"no secret", `secret = "s"`, ``, []string{"secret", "set"}},
		{"no authorization", `authorization = "Bearer b"`, ``, []string{"authorization", "set"}},
		{"bad signing secret", `"c2VjcmV0"`, `"%%%"`, []string{"signing_secret", "base64"}},
		{"bad channel", `secret = "s"`, "secret = \"s\"\n[connections.channels]\nseven = \"Uber Eats\"", []string{"channels", "number"}},
		{"bad public address", `listen = "127.0.0.1:8080"`, `public_url = "orders.example.com"`, []string{"public_url", "https://"}},
		{"bad hours", `shop_token = "own"`, "shop_token = \"own\"\n[locations.hours]\nmonday = [\"11\"]", []string{"hours", "monday", "11:00-14:30"}},
		{"escalation to nobody", `shop_token = "own"`, "shop_token = \"own\"\n[locations.escalation]\nafter = \"5m\"", []string{"escalation", "webhook"}},
		{"escalation too soon", `shop_token = "own"`, "shop_token = \"own\"\n[locations.escalation]\nafter = \"5s\"", []string{"escalation", "after", "1m"}},
		{"e-mail without a server", `shop_token = "own"`, "shop_token = \"own\"\n[locations.escalation]\nemails = [\"a@example.com\"]", []string{"emails", "[smtp]"}},
		{"bad e-mail", `shop_token = "own"`, "shop_token = \"own\"\n[locations.escalation]\nemails = [\"nobody\"]", []string{"emails", "nobody"}},
		{"SMS without a gateway", `shop_token = "own"`, "shop_token = \"own\"\n[locations.escalation]\nsms = [\"+15145550100\"]", []string{"sms", "[sms]"}},
		{"bad number", `shop_token = "own"`, "shop_token = \"own\"\n[locations.escalation]\nsms = [\"514 555-0100\"]", []string{"sms", "+15145550100"}},
		{"webhook that others read", `shop_token = "own"`, "shop_token = \"own\"\n[locations.escalation]\nwebhook = \"http://example.com\"", []string{"webhook", "https"}},
		{"webhook without a secret", `shop_token = "own"`, "shop_token = \"own\"\n[locations.escalation]\nwebhook = \"https://example.com\"", []string{"secret", "signs"}},
		{"bad mail server", `listen = "127.0.0.1:8080"`, "[smtp]\naddress = \"smtp.example.com\"", []string{"smtp", "address", "host:port"}},
		{"bad gateway", `listen = "127.0.0.1:8080"`, "[sms]\nurl = \"sms\"", []string{"sms", "url", "https"}},
		{"check-in by pigeon", `shop_token = "own"`, "shop_token = \"own\"\n[locations.check_in]\nsend = [\"pigeon\"]", []string{"check_in", "pigeon", "sms"}},
		{"check-in without a gateway", `shop_token = "own"`, "shop_token = \"own\"\n[locations.check_in]\nsend = [\"sms\"]", []string{"check_in", "[sms]"}},
		{"check-in without an address", "[[locations]]\nid = \"plateau\"", "[sms]\nurl = \"https://sms.example\"\n[[locations]]\nid = \"plateau\"\ncheck_in = {send = [\"sms\"]}", []string{"check_in", "public_url"}},
		{"nothing", small, ``, []string{"locations", "[[locations]]"}},
	}
	for _, tt := range tests {
		if !strings.Contains(small, tt.old) {
			t.Fatalf("%s: %q is not in the configuration", tt.name, tt.old)
		}
		_, path, err := load(t, dir, strings.Replace(small, tt.old, tt.new, 1))
		if err == nil {
			t.Errorf("%s: no error", tt.name)
			continue
		}
		for _, want := range append(slices.Clone(tt.says), path) {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %q, want %q in it", tt.name, err, want)
			}
		}
	}
	if _, err := hub.LoadConfig(filepath.Join(dir, "none.toml")); err == nil || !strings.Contains(err.Error(), "none.toml") {
		t.Errorf("no file: got %v", err)
	}
}

// TestPoint: a connection's calls go elsewhere, and nothing else of it changes.
func TestPoint(t *testing.T) {
	config, _, err := load(t, menuDir(t), small)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"dlv", "dd"} {
		before := config.Connections[i]
		if err := config.Point(id, "http://127.0.0.1:4711/"); err != nil {
			t.Fatal(err)
		}
		after := config.Connections[i]
		if after.Base.String() != "http://127.0.0.1:4711" || after.Adapter == before.Adapter || after.Adapter.Policy() != before.Adapter.Policy() || after.PreparationMinutes != before.PreparationMinutes {
			t.Errorf("%s: %+v", id, after)
		}
		if err := config.Point(id, "nowhere"); err == nil || config.Connections[i].Base != after.Base {
			t.Errorf("%s: pointed nowhere: %v", id, err)
		}
	}
	if err := config.Point("nobody", "http://127.0.0.1:1"); err == nil {
		t.Error("got no error of a connection that is not there")
	}
}
