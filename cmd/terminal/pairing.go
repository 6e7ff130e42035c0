package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"comptoir/store"
	"comptoir/sync/pairing"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// pairPatience is how long a hub may take to pair a terminal.
const pairPatience = 15 * time.Second

// errNotPaired: neither terminal.toml nor an earlier pairing says who this terminal is.
var errNotPaired = errors.New("this terminal is not paired: run terminal pair --hub URL --code CODE --data DIR with a code of hub pair, or give device and key in terminal.toml")

// identify takes over who this terminal is: terminal.toml wins, then what was paired. Without
// either it is nobody, which is an error only where no window could ask.
func (c *config) identify(data string, hubGiven bool) error {
	if c.Device != "" {
		return nil
	}
	p, err := pairing.Load(data)
	if err != nil {
		return err
	}
	c.paired = p
	if p.Address == "" {
		return nil
	}
	if !hubGiven {
		c.Hub = p.Address
	}
	c.Device, c.Key = p.Device, p.Key
	return nil
}

// waiting are the locations of what the terminal holds and no hub has yet; there may be no data.
func waiting(data string, log *slog.Logger) (locations []string, err error) {
	if _, err := os.Stat(filepath.Join(data, dataFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	file, err := openStore(data, log, store.WithLockTimeout(200*time.Millisecond))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	err = file.View(func(tx terminal.Tx) error {
		locations, err = terminal.WaitingLocations(tx)
		return err
	})
	return locations, err
}

// exchange pairs this terminal with a code, and keeps what came of it.
func exchange(ctx context.Context, address, pin, code, data string, log *slog.Logger) (pairing.Pairing, error) {
	before, err := pairing.Load(data)
	if err != nil {
		return before, err
	}
	held, err := waiting(data, log)
	if err != nil {
		return before, err
	}
	if err := before.Save(data); err != nil { // before the code, which is good once, is used up
		return before, err
	}
	paired, err := pairing.Ask(ctx, address, pin, wire.Pair{Code: code, Waiting: held, Hub: before.Hub})
	if err != nil {
		return before, err
	}
	p := pairing.Of(address, pin, paired, time.Now())
	return p, p.Save(data)
}

// pairCommand is the command "terminal pair".
func pairCommand(arguments []string) (code int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute) // somebody compares fingerprints
	defer cancel()
	if err := pairFrom(ctx, arguments, os.Stdin, os.Stdout); err != nil {
		return 1, err
	}
	return 0, nil
}

func pairFrom(ctx context.Context, arguments []string, in io.Reader, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("terminal pair", flag.ContinueOnError)
	o.where(flags)
	code := flags.String("code", "", "the `digits` that hub pair printed")
	fingerprint := flags.String("fingerprint", "", "the `groups` that hub pair printed, to be asked nothing")
	flags.BoolVar(&o.insecure, "insecure", false, "speak plain http to a hub on another machine")
	if err := flags.Parse(arguments); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if *code == "" {
		return errors.New("pair: give the code that hub pair printed, such as --code 12345678")
	}
	c, err := o.load()
	if err != nil {
		return err
	}
	if c.Device != "" && c.paired.Device == "" {
		return errors.New("pair: terminal.toml has a device and its key, which win: remove both lines first")
	}
	address, err := pairing.Normal(c.Hub, o.insecure)
	if err != nil {
		return fmt.Errorf("pair: %w", err)
	}
	pin, err := lookAt(ctx, address, *fingerprint, in, out)
	if err != nil {
		return fmt.Errorf("pair: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, pairPatience)
	defer cancel()
	p, err := exchange(ctx, address, pin, *code, o.data, o.log())
	if errors.Is(err, store.ErrInUse) {
		return fmt.Errorf("pair: %w: stop that one first, or pair it on its screen", err)
	}
	if err != nil {
		return fmt.Errorf("pair: %w", err)
	}
	fmt.Fprintf(out, "paired as %s with %s, for %s\n", p.Device, p.Name, placesOf(p))
	return nil
}

// lookAt returns the pin of the hub's certificate, once somebody has compared it where it needs one.
func lookAt(ctx context.Context, address, fingerprint string, in io.Reader, out io.Writer) (pin string, err error) {
	ctx, cancel := context.WithTimeout(ctx, pairPatience)
	defer cancel()
	if pin, err = pairing.Look(ctx, address); err != nil || pin == "" {
		return pin, err
	}
	shown := wire.Fingerprint(pin)
	if fingerprint != "" {
		if !strings.EqualFold(strings.ReplaceAll(fingerprint, " ", ""), strings.ReplaceAll(shown, " ", "")) {
			return "", fmt.Errorf("the hub's fingerprint is %s, and not %s: somebody else may answer for it", shown, fingerprint)
		}
		return pin, nil
	}
	fmt.Fprintf(out, "The hub's fingerprint is %s\nDoes hub pair show the same one? (yes/no) ", shown)
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the answer: %w", err)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "yes", "y", "oui", "o":
		return pin, nil
	}
	return "", errors.New("not paired: without the same fingerprint, somebody else may answer for the hub")
}

func placesOf(p pairing.Pairing) string {
	names := make([]string, len(p.Locations))
	for i, l := range p.Locations {
		names[i] = l.Name
	}
	return strings.Join(names, ", ")
}
