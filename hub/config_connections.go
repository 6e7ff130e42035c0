package hub

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"comptoir/partner"
	"comptoir/partner/deliverect"
	"comptoir/partner/doordash"
	"comptoir/shop"

	"github.com/BurntSushi/toml"
)

type connectionTable struct {
	ID                 string                  `toml:"id"`
	Partner            string                  `toml:"partner"`
	Location           string                  `toml:"location"`
	AutoAccept         bool                    `toml:"auto_accept"`
	PreparationMinutes *int                    `toml:"preparation_minutes"`
	OnDeadline         string                  `toml:"on_deadline"`
	Base               string                  `toml:"base"`
	Phone              string                  `toml:"phone"`
	Web                string                  `toml:"web"`
	Contacts           map[string]contactTable `toml:"contacts"`
}

func (c *Config) connection(meta toml.MetaData, primitive toml.Primitive) (ConnectionConfig, error) {
	var t connectionTable
	if err := meta.PrimitiveDecode(primitive, &t); err != nil {
		return ConnectionConfig{}, err
	}
	connection := ConnectionConfig{
		ID: t.ID, Partner: t.Partner, Location: t.Location, AutoAccept: t.AutoAccept,
		OnDeadline: t.OnDeadline, Contact: shop.Contact{Phone: t.Phone, Web: t.Web},
	}
	if t.ID == "" || strings.Contains(t.ID, "/") {
		return connection, errors.New("id: must be given, without a slash; it is a part of the webhook's address")
	}
	if slices.ContainsFunc(c.Connections, func(other ConnectionConfig) bool { return other.ID == t.ID }) {
		return connection, errors.New("id: is there twice; give each its own")
	}
	if connection.Location == "" && len(c.Locations) == 1 {
		connection.Location = c.Locations[0].ID
	}
	at := slices.IndexFunc(c.Locations, func(l LocationConfig) bool { return l.ID == connection.Location })
	if at < 0 {
		return connection, fmt.Errorf("location: there is no location %q; name one of [[locations]]", connection.Location)
	}
	location := c.Locations[at]
	connection.PreparationMinutes = location.PreparationMinutes
	if err := minutes("preparation_minutes", t.PreparationMinutes, &connection.PreparationMinutes); err != nil {
		return connection, err
	}
	switch connection.OnDeadline {
	case "":
		connection.OnDeadline = onDeadlineReject
	case onDeadlineReject, onDeadlineAccept:
	default:
		return connection, fmt.Errorf("on_deadline: %q is not known; use %q or %q", t.OnDeadline, onDeadlineReject, onDeadlineAccept)
	}
	if len(t.Contacts) > 0 {
		connection.Contacts = map[string]shop.Contact{}
		for name, contact := range t.Contacts {
			connection.Contacts[name] = shop.Contact(contact)
		}
	}
	var err error
	if connection.Settings, connection.secrets, err = settings(meta, primitive, t, location); err != nil {
		return connection, err
	}
	return connection, connection.adapt()
}

// adapt makes the adapter that the settings ask for.
func (c *ConnectionConfig) adapt() error {
	known, err := adapter(c.Settings)
	if err != nil {
		return err
	}
	c.Adapter = known
	c.Base, err = url.Parse(known.Base())
	return err
}

// Point turns a connection's calls to another address, such as a stand-in's.
func (c *Config) Point(connection, base string) error {
	at := slices.IndexFunc(c.Connections, func(known ConnectionConfig) bool { return known.ID == connection })
	if at < 0 {
		return fmt.Errorf("there is no connection %q", connection)
	}
	pointed := c.Connections[at]
	switch s := pointed.Settings.(type) {
	case deliverect.Config:
		s.Base = base
		pointed.Settings = s
	case doordash.Config:
		s.Base = base
		pointed.Settings = s
	}
	if err := pointed.adapt(); err != nil {
		return fmt.Errorf("connection %s: %w", connection, err)
	}
	c.Connections[at] = pointed
	return nil
}

// addressed is an adapter that knows its platform's address: the connection's base, or the usual.
type addressed interface {
	partner.Adapter
	Base() string
}

func knownPartner(name string) bool { return name == deliverect.Name || name == doordash.Name }

// settings reads what is the platform's own of a connection, and which of it is secret.
func settings(meta toml.MetaData, primitive toml.Primitive, t connectionTable, location LocationConfig) (any, []string, error) {
	switch t.Partner {
	case deliverect.Name:
		config := deliverect.Config{}
		if err := meta.PrimitiveDecode(primitive, &config); err != nil {
			return nil, nil, err
		}
		if err := onlyKeys(meta, primitive, t, config); err != nil {
			return nil, nil, err
		}
		config.Currency, config.Base = location.Currency, t.Base
		return config, []string{config.Secret}, nil
	case doordash.Name:
		config := doordash.Config{}
		if err := meta.PrimitiveDecode(primitive, &config); err != nil {
			return nil, nil, err
		}
		if err := onlyKeys(meta, primitive, t, config); err != nil {
			return nil, nil, err
		}
		config.Currency, config.Base = location.Currency, t.Base
		return config, []string{config.Authorization, config.SigningSecret}, nil
	}
	return nil, nil, fmt.Errorf("partner: %q is not known; use \"deliverect\" or \"doordash\"", t.Partner)
}

func adapter(settings any) (addressed, error) {
	switch config := settings.(type) {
	case deliverect.Config:
		return deliverect.New(config)
	case doordash.Config:
		return doordash.New(config)
	}
	return nil, fmt.Errorf("there is no adapter of %T", settings)
}
