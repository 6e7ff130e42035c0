package guarantee

import (
	"maps"
	"net"

	"comptoir/internal/mortal"
	"comptoir/terminal"
)

// trap is where a process is killed, beside any moment of time.
type trap struct {
	at trapAt
	// n counts transactions, or bytes of tickets.
	n int
}

type trapAt int

const (
	noTrap trapAt = iota
	beforeCommit
	afterCommit
	inTicket
)

func (a trapAt) String() string {
	return [...]string{"at once", "before the commit", "after the commit", "inside a ticket, at byte"}[a]
}

// sprung counts a transaction down to the trap.
func (l *life) sprung(at trapAt) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.trap.at != at || l.dead {
		return false
	}
	l.trap.n--
	return l.trap.n <= 0
}

// Dead implements mortal.Life.
func (l *life) Dead() bool { return l.isDead() }

// Strike implements mortal.Life.
func (l *life) Strike(after bool) {
	at := beforeCommit
	if after {
		at = afterCommit
	}
	if l.sprung(at) {
		l.die()
	}
}

// wire is a connection to a printer, which ends with the process.
type wire struct {
	net.Conn
	life *life
}

// longestQuestion: what is longer is a ticket.
const longestQuestion = 16

func (w *wire) Write(b []byte) (int, error) {
	l := w.life
	l.mu.Lock()
	dead, most := l.dead, len(b)
	if l.trap.at == inTicket && len(b) > longestQuestion {
		most = min(most, l.trap.n)
		l.trap.n -= most
	}
	l.mu.Unlock()
	switch {
	case dead:
		return 0, mortal.ErrDead
	case most == len(b):
		return w.Conn.Write(b)
	}
	n := 0
	if most > 0 {
		n, _ = w.Conn.Write(b[:most]) // the process ends here, and hears of no error
	}
	l.die()
	return n, mortal.ErrDead
}

func (w *wire) Close() error {
	w.life.mu.Lock()
	delete(w.life.wires, w)
	w.life.mu.Unlock()
	return w.Conn.Close()
}

// journal notes what each copy is to say.
type journal struct {
	*terminal.Service
	life *life
}

func (j journal) Begin(printer, key string) (terminal.Ticket, bool, error) {
	before, err := j.life.holders()
	if err != nil {
		return terminal.Ticket{}, false, err
	}
	ticket, ok, err := j.Service.Begin(printer, key)
	if !ok || err != nil {
		return ticket, ok, err
	}
	after, err := j.life.holders()
	if err != nil {
		return ticket, ok, err
	}
	maps.DeleteFunc(after, func(station, holder string) bool { return before[station] != holder }) // it heard of it just now
	return ticket, ok, j.life.till.shop.begun(j.life, after, printer, key, ticket)
}
