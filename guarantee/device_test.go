package guarantee

import (
	"context"

	"comptoir/internal/mortal"
	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/simulator"
	"comptoir/terminal"
)

// device is a printer of the shop.
type device struct {
	name      string
	model     simulator.Model
	proof     printer.Proof
	simulated *simulator.Printer
	// address is where it listens; in memory where empty.
	address string
}

var profile = escpos.Generic(48)

// transport is how a terminal reaches it.
func (d *device) transport(l *life) printer.Transport {
	if d.address != "" {
		transport, err := printer.Open(terminal.PrinterSetup{Name: d.name, Kind: "tcp", Address: d.address, Proof: string(d.proof)})
		if err != nil {
			panic(err) // a proof that is not known
		}
		return transport
	}
	open := func(ctx context.Context) (printer.Conversation, error) {
		conn, err := d.simulated.Dial(ctx)
		if err != nil {
			return nil, err
		}
		w := &wire{conn, l}
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.dead {
			conn.Close()
			return nil, mortal.ErrDead
		}
		l.wires[w] = true
		return w, nil
	}
	if d.proof == printer.ProofBlind {
		return printer.Blind{Open: open, Speed: d.model.Speed}
	}
	return &printer.Answering{Torn: true, Open: open, Proof: d.proof, Speed: d.model.Speed}
}
