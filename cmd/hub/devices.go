package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"comptoir/hub"
	"comptoir/sync/wire"
)

// localAddress is where the local socket tells how terminals reach the hub.
const localAddress = "/address"

// address is how terminals reach the hub.
type address struct {
	URL string `json:"url"`
	// Fingerprint of its certificate; empty for plain http.
	Fingerprint string `json:"fingerprint,omitempty"`
}

// askPatience is how long a sub-command waits for the running hub.
const askPatience = 10 * time.Second

// several is a flag that may be given several times.
type several []string

func (s *several) String() string { return strings.Join(*s, ", ") }

// Set adds one.
func (s *several) Set(value string) error {
	*s = append(*s, value)
	return nil
}

// pair is the command "hub pair": it has the running hub make a code for one terminal.
func pair(ctx context.Context, arguments []string, out io.Writer) error {
	flags := flag.NewFlagSet("hub pair", flag.ContinueOnError)
	data := flags.String("data", "data", "`directory` of the running hub")
	name := flags.String("name", "", "`name` of the terminal, such as counter-3")
	var locations several
	flags.Var(&locations, "location", "`id` of a location that it serves; may be given several times")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *name == "" || len(locations) == 0 || flags.NArg() > 0 {
		return errors.New("pair: say --name and --location, such as: hub pair --data DIR --location plateau --name counter-3")
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	var made hub.PairCode
	if err := askLocal(ctx, *data, http.MethodPost, hub.LocalPair, hub.PairRequest{Name: *name, Locations: locations}, &made); err != nil {
		return fmt.Errorf("pair: %w", err)
	}
	var reached address
	if err := askLocal(ctx, *data, http.MethodGet, localAddress, nil, &reached); err != nil {
		return fmt.Errorf("pair: %w", err)
	}
	half := wire.CodeDigits / 2
	fmt.Fprintf(out, "code         %s %s\n", made.Code[:half], made.Code[half:])
	fmt.Fprintf(out, "good until   %s, once\n", made.Until.Local().Format("15:04:05"))
	fmt.Fprintf(out, "hub          %s\n", reached.URL)
	if reached.Fingerprint != "" {
		fmt.Fprintf(out, "fingerprint  %s (the terminal must show the same)\n", reached.Fingerprint)
	}
	return nil
}

// list is the command "hub devices".
func list(ctx context.Context, arguments []string, out io.Writer) error {
	flags := flag.NewFlagSet("hub devices", flag.ContinueOnError)
	data := flags.String("data", "data", "`directory` of the running hub")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	var devices []hub.DeviceState
	if err := askLocal(ctx, *data, http.MethodGet, hub.LocalDevices, nil, &devices); err != nil {
		return fmt.Errorf("devices: %w", err)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tLOCATIONS\tPAIRED\tNOW")
	for _, d := range devices {
		paired, now := "hub.toml", "never seen"
		if !d.PairedAt.IsZero() {
			paired = minute(d.PairedAt) + " from " + d.From
		}
		switch {
		case !d.RevokedAt.IsZero():
			paired, now = "", "revoked "+minute(d.RevokedAt)
		case d.Connected:
			now = "connected"
		case !d.SeenAt.IsZero():
			now = "seen " + minute(d.SeenAt)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", d.Name, strings.Join(d.Locations, ", "), paired, now)
	}
	return table.Flush()
}

func minute(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// revoke is the command "hub revoke".
func revoke(ctx context.Context, arguments []string, out io.Writer) error {
	flags := flag.NewFlagSet("hub revoke", flag.ContinueOnError)
	data := flags.String("data", "data", "`directory` of the running hub")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("revoke: name one device, such as: hub revoke --data DIR counter-3")
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	name := flags.Arg(0)
	var done hub.Revoked
	if err := askLocal(ctx, *data, http.MethodPost, hub.LocalRevoke, hub.RevokeRequest{Name: name}, &done); err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	fmt.Fprintf(out, "%s is revoked\n", name)
	if done.Configured {
		fmt.Fprintf(out, "hub.toml still names it: remove its line, or give it another key\n")
	}
	return nil
}
