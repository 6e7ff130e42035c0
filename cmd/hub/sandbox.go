package main

import (
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"comptoir/hub"
	"comptoir/partner/deliverect"
	"comptoir/partner/doordash"
	"comptoir/sandbox"
)

// sandboxFlags say whether stand-ins of the platforms run beside the hub.
type sandboxFlags struct {
	on       bool
	listen   string
	rate     float64
	printers int
}

func (s *sandboxFlags) register(flags *flag.FlagSet) {
	flags.BoolVar(&s.on, "sandbox", false, "stand in for the platforms: made-up orders come in, and calls go to the stand-ins")
	flags.StringVar(&s.listen, "sandbox-listen", "", "`host:port` of the sandbox's page; a free port of 127.0.0.1 where not given")
	flags.Float64Var(&s.rate, "sandbox-rate", 4, "`orders` a minute that the sandbox sends; 0 is none but by the page's buttons")
	flags.IntVar(&s.printers, "sandbox-printers", 2, fmt.Sprintf("simulated kitchen `printers` to try on free ports of 127.0.0.1, up to %d; 0 is none", sandbox.MaxPrinters))
}

// check refuses flags that would do nothing.
func (s *sandboxFlags) check(flags *flag.FlagSet) error {
	var failure error
	flags.Visit(func(f *flag.Flag) {
		if strings.HasPrefix(f.Name, "sandbox-") && !s.on {
			failure = fmt.Errorf("--%s: needs --sandbox", f.Name)
		}
	})
	return failure
}

// start starts the stand-ins, points the configuration's connections at them, and says where
// they are. It returns nil without --sandbox.
func (s *sandboxFlags) start(config *hub.Config, out io.Writer, log *slog.Logger) (*sandbox.Platforms, error) {
	if !s.on {
		return nil, nil
	}
	plan := sandbox.PlatformsConfig{
		Options: sandbox.Options{Log: log}, Listen: s.listen, Rate: s.rate, Printers: s.printers,
		Seed: rand.Uint64(), // orders of another start must not be taken for these
	}
	for _, c := range config.Connections {
		connection, err := standIn(*config, c)
		if err != nil {
			return nil, err
		}
		plan.Connections = append(plan.Connections, connection)
	}
	platforms, err := sandbox.NewPlatforms(plan)
	if err != nil {
		return nil, err
	}
	if err := platforms.Start(); err != nil {
		return nil, err
	}
	for _, endpoint := range platforms.Endpoints() {
		if endpoint.Connection != "" {
			if err := config.Point(endpoint.Connection, endpoint.URL); err != nil {
				_ = platforms.Close() // the first failure is the one to tell
				return nil, err
			}
		}
		fmt.Fprintf(out, "sandbox %s %s\n", endpoint.Name, endpoint.URL)
	}
	return platforms, nil
}

// standIn is what the stand-in of a connection must know: its store, and the secrets agreed on.
func standIn(config hub.Config, c hub.ConnectionConfig) (sandbox.Connection, error) {
	at := slices.IndexFunc(config.Locations, func(l hub.LocationConfig) bool { return l.ID == c.Location })
	location := config.Locations[at] // the configuration was checked
	zone, err := time.LoadLocation(location.TimeZone)
	if err != nil {
		return sandbox.Connection{}, err
	}
	s := sandbox.Connection{ID: c.ID, Location: location.ID, Zone: zone, Menu: location.Menu, ShopToken: location.ShopToken}
	switch settings := c.Settings.(type) {
	case deliverect.Config:
		s.Deliverect = &sandbox.DeliverectConfig{
			Secret: settings.Secret, ClientID: settings.ClientID, ClientSecret: settings.ClientSecret,
			AccountID: settings.AccountID, LocationID: settings.LocationID,
		}
		s.Channels = []int64{unnamedChannel}
		for number := range settings.Channels {
			if n, err := strconv.ParseInt(number, 10, 64); err == nil {
				s.Channels = append(s.Channels, n)
			}
		}
		slices.Sort(s.Channels)
	case doordash.Config:
		secret, err := signingSecret(settings.SigningSecret)
		if err != nil {
			return s, fmt.Errorf("sandbox: connection %s: signing_secret: %w", c.ID, err)
		}
		s.DoorDash = &sandbox.DoorDashConfig{
			Authorization: settings.Authorization, DeveloperID: settings.DeveloperID, KeyID: settings.KeyID, SigningSecret: secret, StoreID: settings.StoreID,
			// DoorDash waits up to 8 minutes, and as long as the shop believes
			AnswerWithin: time.Duration(max(8, settings.AnswerWithin)) * time.Minute,
		}
	}
	return s, nil
}

// unnamedChannel is Deliverect's number of a channel that has no name in most configurations.
const unnamedChannel = 10_000

// signingSecret takes any form of base64, as the adapter does.
func signingSecret(text string) ([]byte, error) {
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimSpace(text))
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
}

// reachable is how this machine reaches what listens on the address, which may be all of them.
func reachable(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return "http://" + address.String()
	}
	return "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
}
