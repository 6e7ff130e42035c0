package hub

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"comptoir/hub/message"
	"comptoir/hub/orderlog"
	"comptoir/menu"
	"comptoir/order"
	"comptoir/partner"
	"comptoir/shop"

	"github.com/BurntSushi/toml"
)

// Config is a hub.toml, read and checked.
type Config struct {
	Listen string
	// Name is what people call the hub; the machine's where nobody said.
	Name string
	// TLS says with which certificate it serves; nil is plain http.
	TLS *TLSConfig
	// Mail and SMS are the ways out for messages; nil where there is none.
	Mail *message.MailConfig
	SMS  *SMSConfig
	// PublicURL is the hub's address as customers reach it; empty where nobody said.
	PublicURL string
	// StatusPage is an address where people read of incidents; empty for none.
	StatusPage  string
	Locations   []LocationConfig
	Connections []ConnectionConfig
	// Devices are the terminals that serve several locations; those of one are the location's.
	Devices []SharedDevice
	// Retention is how long ended orders travel to terminals.
	Retention orderlog.Retention
}

// LocationConfig is one location with what only the hub knows of it.
type LocationConfig struct {
	shop.Location
	// ShopToken is the bearer token of the own shop's API.
	ShopToken string
	// AcceptWithoutTerminal is how long after its last terminal left the hub goes on accepting.
	AcceptWithoutTerminal time.Duration
	Devices               []DeviceConfig
	// Hours are when somebody should be there.
	Hours shop.Hours
	// Escalation says who hears when nobody is; nil is nobody.
	Escalation *EscalationConfig
	// SendCheckIn are the ways, "sms" and "email", by which customers get their check-in links.
	SendCheckIn []string
}

// DeviceConfig is a terminal that is paired already.
type DeviceConfig struct {
	ID  string `toml:"id"`
	Key string `toml:"key"`
}

// ConnectionConfig is a location's link to a platform.
type ConnectionConfig struct {
	ID         string
	Partner    string
	Location   string
	AutoAccept bool
	// PreparationMinutes of orders of this connection.
	PreparationMinutes int
	// OnDeadline is what happens to an order that nobody answered.
	OnDeadline string
	Base       *url.URL
	Contact    shop.Contact
	Contacts   map[string]shop.Contact
	Adapter    partner.Adapter
	// Settings are what Adapter was made of: a deliverect.Config or a doordash.Config.
	Settings any
	secrets  []string
}

// What the hub may do shortly before a platform gives an unanswered order up.
const (
	onDeadlineReject = "reject"
	onDeadlineAccept = "accept"
)

type configFile struct {
	Listen      string           `toml:"listen"`
	Name        string           `toml:"name"`
	TLS         *TLSConfig       `toml:"tls"`
	PublicURL   string           `toml:"public_url"`
	StatusPage  string           `toml:"status_page"`
	SMTP        *smtpTable       `toml:"smtp"`
	SMS         *smsTable        `toml:"sms"`
	Locations   []locationTable  `toml:"locations"`
	Connections []toml.Primitive `toml:"connections"`
	Devices     []SharedDevice   `toml:"devices"`
	Staff       []personTable    `toml:"staff"`
	Retention   retentionTable   `toml:"retention"`
}

type locationTable struct {
	ID                    string         `toml:"id"`
	Name                  string         `toml:"name"`
	TimeZone              string         `toml:"time_zone"`
	Currency              string         `toml:"currency"`
	Language              string         `toml:"language"`
	DayStarts             string         `toml:"day_starts"`
	PrintAheadMinutes     *int           `toml:"print_ahead_minutes"`
	PreparationMinutes    *int           `toml:"preparation_minutes"`
	Menu                  string         `toml:"menu"`
	ShopToken             string         `toml:"shop_token"`
	AutoAccept            *bool          `toml:"auto_accept"`
	AcceptWithoutTerminal *duration      `toml:"accept_without_terminal"`
	Stations              []stationTable `toml:"stations"`
	LockAfterMinutes      *int           `toml:"lock_after_minutes"`
	Devices               []DeviceConfig `toml:"devices"`

	Hours      map[string][]string `toml:"hours"`
	Escalation *escalationTable    `toml:"escalation"`
	CheckIn    checkInTable        `toml:"check_in"`
}

type stationTable struct {
	ID         string   `toml:"id"`
	Name       string   `toml:"name"`
	Categories []string `toml:"categories"`
	Default    bool     `toml:"default"`
}

type contactTable struct {
	Phone string `toml:"phone"`
	Web   string `toml:"web"`
}

type duration time.Duration

// UnmarshalText reads "2m" or "90s".
func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil || parsed < 0 {
		return fmt.Errorf("%q is not a duration such as \"2m\" or \"90s\"", text)
	}
	*d = duration(parsed)
	return nil
}

// LoadConfig reads a hub.toml. An error names the file, the key and the remedy. Paths in it
// are relative to the file.
func LoadConfig(path string) (Config, error) {
	var file configFile
	meta, err := toml.DecodeFile(path, &file)
	if err != nil {
		if syntax, ok := errors.AsType[toml.ParseError](err); ok {
			return Config{}, fmt.Errorf("%s: %s", path, syntax.ErrorWithUsage())
		}
		return Config{}, fmt.Errorf("reading the configuration %s: %w; name a hub.toml that can be read with --config", path, err)
	}
	config, err := file.check(meta, filepath.Dir(path))
	if err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	return config, nil
}

func (f configFile) check(meta toml.MetaData, dir string) (Config, error) {
	config := Config{Listen: f.Listen, Name: cmp.Or(f.Name, machine()), PublicURL: f.PublicURL, StatusPage: f.StatusPage}
	if page, err := url.Parse(f.StatusPage); f.StatusPage != "" && (err != nil || page.Host == "" || page.User != nil || page.Scheme != "https" && page.Scheme != "http") {
		return config, fmt.Errorf("status_page: %q is not an address such as https://status.example.com", f.StatusPage)
	}
	if config.Listen == "" {
		config.Listen = "127.0.0.1:8080"
	}
	if err := publicAddress(f.PublicURL); err != nil {
		return config, err
	}
	if err := config.secure(f.TLS, dir); err != nil {
		return config, err
	}
	var err error
	if config.Retention, err = f.Retention.check(); err != nil {
		return config, err
	}
	if err := f.messages(&config, dir); err != nil {
		return config, err
	}
	if len(f.Locations) == 0 {
		return config, errors.New("locations: none is given; add a [[locations]] table")
	}
	for i, table := range f.Locations {
		l, err := table.check(dir)
		if err == nil {
			l.Escalation, err = table.Escalation.check(config)
		}
		if err == nil {
			l.SendCheckIn, err = table.CheckIn.check(config)
		}
		if err != nil {
			return config, fmt.Errorf("locations[%d] %s: %w", i, table.ID, err)
		}
		if slices.ContainsFunc(config.Locations, func(other LocationConfig) bool { return other.ID == l.ID }) {
			return config, fmt.Errorf("locations[%d]: id %q is there twice; give each its own", i, l.ID)
		}
		config.Locations = append(config.Locations, l)
	}
	if err := config.pair(f.Devices); err != nil {
		return config, err
	}
	if err := config.employ(f.Staff); err != nil {
		return config, err
	}
	for i, primitive := range f.Connections {
		c, err := config.connection(meta, primitive)
		if err != nil {
			return config, fmt.Errorf("connections[%d] %s: %w", i, c.ID, err)
		}
		config.Connections = append(config.Connections, c)
	}
	var strange []string
	for _, key := range meta.Undecoded() {
		strange = append(strange, key.String())
	}
	if err := unknown(strange); err != nil {
		return config, err
	}
	for i := range config.Locations {
		l := &config.Locations[i]
		config.link(l)
		if err := l.Validate(); err != nil {
			return config, fmt.Errorf("locations[%d] %s: %w", i, l.ID, err)
		}
	}
	return config, nil
}

func publicAddress(text string) error {
	if text == "" {
		return nil
	}
	address, err := url.Parse(text)
	if err != nil || address.Scheme != "http" && address.Scheme != "https" || address.Host == "" || address.RawQuery != "" || address.Fragment != "" || address.User != nil {
		return fmt.Errorf("public_url: %q is no address such as https://orders.example.com; give the one by which customers' phones reach the hub", text)
	}
	return nil
}

func (t locationTable) check(dir string) (LocationConfig, error) {
	l := LocationConfig{
		Location: shop.Location{
			ID: t.ID, Name: t.Name, TimeZone: t.TimeZone, Currency: t.Currency, Language: t.Language,
			DayStarts: t.DayStarts, PrintAheadMinutes: 60, PreparationMinutes: 20, AutoAccept: true, LockMinutes: 5,
		},
		ShopToken: t.ShopToken, AcceptWithoutTerminal: 2 * time.Minute, Devices: t.Devices,
	}
	if l.DayStarts == "" {
		l.DayStarts = "04:00"
	}
	if l.Language == "" {
		l.Language = "en"
	}
	if l.Name == "" {
		l.Name = l.ID
	}
	for key, setting := range map[string]struct{ given, to *int }{
		"print_ahead_minutes": {t.PrintAheadMinutes, &l.PrintAheadMinutes},
		"preparation_minutes": {t.PreparationMinutes, &l.PreparationMinutes},
		"lock_after_minutes":  {t.LockAfterMinutes, &l.LockMinutes},
	} {
		if err := minutes(key, setting.given, setting.to); err != nil {
			return l, err
		}
	}
	if t.AutoAccept != nil {
		l.AutoAccept = *t.AutoAccept
	}
	if t.AcceptWithoutTerminal != nil {
		l.AcceptWithoutTerminal = time.Duration(*t.AcceptWithoutTerminal)
	}
	for _, s := range t.Stations {
		l.Stations = append(l.Stations, shop.Station(s))
	}
	var err error
	if l.Hours, err = shop.ParseHours(t.Hours); err != nil {
		return l, err
	}
	if t.Menu != "" {
		path := t.Menu
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return l, fmt.Errorf("menu: %w; give the path of a menu file, relative to this file", err)
		}
		if l.Menu, err = menu.Parse(data); err != nil {
			return l, fmt.Errorf("menu %s: %w", path, err)
		}
	}
	return l, l.Validate()
}

// minutes takes over a setting that is given, within the bounds of an order.
func minutes(key string, given, to *int) error {
	if given == nil {
		return nil
	}
	if *given < 0 || *given > order.MaxPreparation {
		return fmt.Errorf("%s: %d: use 0 to %d", key, *given, order.MaxPreparation)
	}
	*to = *given
	return nil
}

// onlyKeys refuses a key that none of the tables has. Undecoded cannot: it takes a key that one
// connection knows for known in all of them.
func onlyKeys(meta toml.MetaData, primitive toml.Primitive, tables ...any) error {
	var given map[string]toml.Primitive
	if err := meta.PrimitiveDecode(primitive, &given); err != nil {
		return err
	}
	for _, table := range tables {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(table)) {
			maps.DeleteFunc(given, func(key string, _ toml.Primitive) bool {
				return strings.EqualFold(key, field.Tag.Get("toml"))
			})
		}
	}
	return unknown(slices.Sorted(maps.Keys(given)))
}

func unknown(keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	return fmt.Errorf("unknown key %s: see docs/configuration.md, or remove it", strings.Join(keys, ", "))
}

// link gives a location what its terminals need to know of its connections as they are now.
func (c *Config) link(l *LocationConfig) {
	l.Connections = nil
	for _, connection := range c.Connections {
		if connection.Location != l.ID {
			continue
		}
		var controls shop.Controls
		if control, can := connection.Adapter.(partner.StoreControl); can {
			controls = control.Controls()
		}
		l.Connections = append(l.Connections, shop.Connection{
			AutoAccept: connection.AutoAccept, PreparationMinutes: connection.PreparationMinutes, Controls: controls,
			ID: connection.ID, Partner: connection.Partner, Policy: connection.Adapter.Policy(),
			Contact: connection.Contact, Channels: connection.Contacts,
		})
	}
}

// exampleSecrets are those of examples/shop, known to everybody.
var exampleSecrets = []string{
	"terminal-secret-1", "terminal-secret-2", "shop-secret", "deliverect-secret", "Bearer doordash-secret",
	"ZG9vcmRhc2gtc2lnbmluZy1zZWNyZXQ", "ZG9vcmRhc2gtc2lnbmluZy1zZWNyZXQ=",
}

// ExampleSecrets names the keys of the configuration that hold a secret of the examples.
func (c *Config) ExampleSecrets() []string {
	var keys []string
	check := func(key, secret string) {
		if slices.Contains(exampleSecrets, secret) {
			keys = append(keys, key)
		}
	}
	for _, l := range c.Locations {
		check("shop_token of location "+l.ID, l.ShopToken)
		for _, d := range l.Devices {
			check("key of device "+d.ID, d.Key)
		}
	}
	for _, d := range c.Devices {
		check("key of device "+d.ID, d.Key)
	}
	for _, connection := range c.Connections {
		for _, secret := range connection.secrets {
			check("secret of connection "+connection.ID, secret)
		}
	}
	return keys
}
