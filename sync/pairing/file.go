package pairing

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"comptoir/sync/wire"
)

// file is in the terminal's data directory, beside the orders' file: that one may be damaged, or
// put back from a copy, without unpairing the terminal.
const file = "pairing.json"

// Pairing is what a paired terminal knows of its hub.
type Pairing struct {
	// Address of the hub, and Pin of its certificate, empty where authorities vouch for it.
	Address string `json:"address"`
	Pin     string `json:"pin,omitempty"`
	// Device and Key prove who the terminal is.
	Device string `json:"device"`
	Key    string `json:"key"`
	// Again: somebody wants another pairing, and the window asks for it, in the Language of the
	// screen where they said so.
	Again    bool   `json:"again,omitempty"`
	Language string `json:"language,omitempty"`
	// Hub identifies the hub; Name is what people call it.
	Hub       string                `json:"hub"`
	Name      string                `json:"name"`
	Locations []wire.PairedLocation `json:"locations"`
	At        time.Time             `json:"at"`
}

// Of is the pairing with the hub at an address.
func Of(address, pin string, paired wire.Paired, at time.Time) Pairing {
	return Pairing{
		Address: address, Pin: pin, Device: paired.Device, Key: paired.Key,
		Hub: paired.Hub, Name: paired.Name, Locations: paired.Locations, At: at.UTC(),
	}
}

// Load reads the pairing in a data directory; the zero one where the terminal was never paired.
func Load(data string) (Pairing, error) {
	var p Pairing
	path := filepath.Join(data, file)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil {
		return Pairing{}, fmt.Errorf("reading the pairing %s: %w; remove that file and pair this terminal again", path, err)
	}
	return p, nil
}

// Save keeps a pairing, whole or not at all, for the terminal's own user.
func (p Pairing) Save(data string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("storing the pairing in %s: %w", data, err)
		}
	}()
	raw, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(data, file+".*") // of mode 0600
	if err != nil {
		return err
	}
	_, err = temporary.Write(append(raw, '\n'))
	err = errors.Join(err, temporary.Sync())
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), filepath.Join(data, file))
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	dir, err := os.Open(data) // the name must survive a power cut too
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// AskAgain has the next start of a window ask for another pairing, in a language, or not any more.
func AskAgain(data string, again bool, language string) error {
	p, err := Load(data)
	if err != nil || p.Again == again {
		return err
	}
	p.Again, p.Language = again, language
	return p.Save(data)
}
