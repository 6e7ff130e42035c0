package printer

import (
	"fmt"
	"net"
	"strings"

	"comptoir/terminal"
)

// Open returns the transport to a printer that was set up; it opens nothing yet. Its errors say
// which field is wrong and what to write.
func Open(setup terminal.PrinterSetup) (Transport, error) {
	proof := Proof(setup.Proof)
	switch proof {
	case ProofID, ProofFence, ProofStatus, ProofBlind:
	case "":
		proof = ProofBlind
	default:
		return nil, fmt.Errorf("proof: %q is not known; use \"id\", \"fence\", \"status\" or \"blind\"", setup.Proof)
	}
	way, err := wayTo(setup)
	if err != nil {
		return nil, err
	}
	switch {
	case proof != ProofBlind:
		way.Proof = proof
		return way, nil
	case isNetwork(setup.Kind):
		return TCP{Address: setup.Address, Proof: ProofBlind}, nil
	}
	return Blind{Open: way.Open, Speed: way.Speed}, nil
}

func isNetwork(kind string) bool { return kind == "tcp" || kind == "virtual" || kind == "" }

// wayTo is how a printer is reached, without its proof.
func wayTo(setup terminal.PrinterSetup) (*Answering, error) {
	switch {
	case isNetwork(setup.Kind):
		if _, port, err := net.SplitHostPort(setup.Address); err != nil || port == "" {
			return nil, fmt.Errorf("address: %q is not host:port, such as 192.168.1.50:9100", setup.Address)
		}
		return &Answering{Torn: true, Open: TCP{Address: setup.Address}.open}, nil
	case setup.Kind == "device":
		if !strings.HasPrefix(setup.Address, "/") {
			return nil, fmt.Errorf("address: %q is not a device file, such as /dev/usb/lp0", setup.Address)
		}
		return &Answering{Torn: true, Open: newDevice(setup.Address).open}, nil
	case setup.Kind == "serial":
		line, err := parseSerial(setup.Address)
		if err != nil {
			return nil, err
		}
		return &Answering{Torn: true, Open: line.open, Speed: line.speed()}, nil
	}
	return nil, fmt.Errorf("kind: %q is not known; use \"tcp\", \"device\", \"serial\" or \"virtual\"", setup.Kind)
}
