package printer

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"go.bug.st/serial"
)

// defaultBaud is what serial printers are set to when they leave the factory.
const defaultBaud = 9600

// serialLine opens a printer on a serial port: 8 bits, no parity, one stop bit, no flow control.
type serialLine struct {
	port string
	baud int
}

// parseSerial reads "/dev/ttyUSB0,9600"; without a number it is 9600.
func parseSerial(address string) (serialLine, error) {
	port, number, found := strings.Cut(address, ",")
	s := serialLine{port: strings.TrimSpace(port), baud: defaultBaud}
	if found {
		baud, err := strconv.Atoi(strings.TrimSpace(number))
		if err != nil || baud < 300 || baud > 4_000_000 {
			return s, fmt.Errorf("address: %q is not a speed; write the printer's, such as %s,9600", number, port)
		}
		s.baud = baud
	}
	if s.port == "" {
		return s, errors.New("address: give the serial port and its speed, such as /dev/ttyUSB0,9600")
	}
	return s, nil
}

// speed is in bytes a second: each has a start and a stop bit.
func (s serialLine) speed() int { return s.baud / 10 }

func (s serialLine) open(context.Context) (Conversation, error) {
	port, err := serial.Open(s.port, &serial.Mode{BaudRate: s.baud})
	if err != nil {
		if broken, ok := errors.AsType[*serial.PortError](err); ok && broken.Code() == serial.PortBusy {
			err = errors.Join(syscall.EBUSY, err)
		}
		return nil, fmt.Errorf("%s: %w", s.port, err)
	}
	// Throwing away what waits lets a write end.
	p := newPatient(&serialPort{port}, func() { _ = port.ResetOutputBuffer() })
	return newReading(p, func() {}), nil
}

// serialPort ends only when all was sent down the line.
type serialPort struct{ serial.Port }

func (p *serialPort) Write(b []byte) (int, error) {
	for n := 0; n < len(b); {
		m, err := p.Port.Write(b[n:])
		n += m
		if err != nil {
			return n, err
		}
	}
	if err := p.Port.Drain(); err != nil {
		return len(b), err
	}
	return len(b), nil
}
