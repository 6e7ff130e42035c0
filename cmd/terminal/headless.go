package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/terminal"
)

// lines is the screen of a headless terminal: JSON lines (contract.md).
type lines struct {
	clock terminal.Clock
	in    io.Reader
	out   io.Writer
	log   *slog.Logger

	// reading begins the one reader of stdin, and said is what it has read: a terminal may begin anew in
	// this process, with another service.
	reading sync.Once
	said    chan said

	// queue holds what nobody has read yet; whoever reads slowly holds up nobody else.
	mu    sync.Mutex
	queue []any
	wake  chan struct{}
}

// said is a line of stdin, or why there is none.
type said struct {
	line []byte
	err  error
}

func newLines(clock terminal.Clock, in io.Reader, out io.Writer, log *slog.Logger) *lines {
	return &lines{clock: clock, in: in, out: out, log: log, said: make(chan said), wake: make(chan struct{}, 1)}
}

// line is one event. Which fields are set depends on the event.
type line struct {
	Event   string       `json:"event"`
	At      time.Time    `json:"at"`
	OrderID string       `json:"orderId,omitempty"`
	Number  string       `json:"number,omitempty"`
	Order   *shown       `json:"order,omitempty"`
	Alarm   order.Alarm  `json:"alarm,omitempty"`
	By      string       `json:"by,omitempty"`
	Ticket  *ticketLine  `json:"ticket,omitempty"`
	Printer *printerLine `json:"printer,omitempty"`
	Command string       `json:"command,omitempty"`
	Error   *refusalLine `json:"error,omitempty"`
	Since   time.Time    `json:"since,omitzero"`
	Reason  string       `json:"reason,omitempty"`
	// Ordering is how the location takes orders, in full.
	Ordering *orderingLine `json:"ordering,omitempty"`
}

// orderingLine is what holds at a location, with what its platforms know of it; Unsent counts the
// changes that the hub does not have yet.
type orderingLine struct {
	Location string `json:"location"`
	shop.Held
	Reports map[string]shop.Report `json:"reports,omitempty"`
	Unsent  int                    `json:"unsent"`
}

// orderingOf is a place in the queue: the line is made when it is written, since Notify must not
// ask the service.
type orderingOf struct{ location string }

// shown is an order with the judgement of the moment.
type shown struct {
	order.Order
	Late bool `json:"late"`
}

type ticketLine struct {
	Key     string            `json:"key"`
	Station string            `json:"station"`
	Kind    order.TicketKind  `json:"kind"`
	Version int               `json:"version"`
	State   terminal.JobState `json:"state"`
	Heading terminal.Heading  `json:"heading,omitempty"`
	Copies  int               `json:"copies"`
	Problem string            `json:"problem,omitempty"`
}

// printerLine is how a printer stands, and how many of its tickets are too old to print without
// asking: PrintStale, DiscardStale and SummarizeStale answer.
type printerLine struct {
	Name     string         `json:"name"`
	Fault    terminal.Fault `json:"fault,omitempty"`
	PaperLow bool           `json:"paperLow,omitempty"`
	Stale    int            `json:"stale"`
	Closed   int            `json:"closed"`
}

type refusalLine struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

// Notify queues an event.
func (l *lines) Notify(e terminal.Event) {
	now := l.clock.Now().UTC()
	out := line{At: now, OrderID: e.Order.ID, Number: e.Order.Number}
	switch e.Kind {
	case terminal.EventOrder:
		out.Event, out.Order = "order", &shown{Order: e.Order, Late: e.Order.Lateness(now).Late}
	case terminal.EventAlarm:
		out.Event, out.Alarm = "alarm", e.Alarm
	case terminal.EventAcknowledged:
		out.Event, out.Alarm = "acknowledged", e.Alarm
		if n := len(e.Order.History); n > 0 {
			out.By = e.Order.History[n-1].By
		}
	case terminal.EventTicket:
		j := e.Job
		out.Event, out.OrderID = "ticket", j.OrderID
		out.Ticket = &ticketLine{j.Key, j.Station, j.Kind, j.Version, j.State, j.Heading, j.Copies, j.Problem}
	case terminal.EventPrinter:
		out.Event, out.Since = "printer", e.Since
		out.Printer = &printerLine{e.Printer.Printer, e.Printer.Fault, e.Printer.PaperLow, e.Stale.Tickets, e.Stale.Closed}
	case terminal.EventLink:
		out.Event, out.Since, out.Reason = "offline", e.Since.UTC(), e.Reason.String()
		if e.Online {
			out.Event = "online"
		}
	case terminal.EventDisk:
		out.Event, out.Since, out.Reason = "disk", e.Since.UTC(), cmp.Or(string(e.Disk), "works")
	case terminal.EventRefused:
		out.Event, out.OrderID, out.Command = "refused", e.Command.OrderID, e.Command.ID
		out.Error = &refusalLine{string(e.Refused.Kind), e.Refused.Error()}
	case terminal.EventOrdering:
		if e.Refused == nil {
			l.put(orderingOf{e.Location})
			return
		}
		out.Event, out.Command, out.Error = "refused", e.Change, &refusalLine{string(e.Refused.Kind), e.Refused.Error()}
	default:
		return
	}
	l.put(out)
}

func (l *lines) put(value any) {
	l.mu.Lock()
	l.queue = append(l.queue, value)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Run says that the terminal is usable, then writes events and carries out commands.
func (l *lines) Run(ctx context.Context, service *terminal.Service) error {
	if _, err := fmt.Fprintln(l.out, "ready"); err != nil {
		return fmt.Errorf("writing to stdout: %w", err)
	}
	// a read of stdin cannot be interrupted: this goroutine ends with the process
	l.reading.Do(func() { go l.read() })
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { l.obey(ctx, service) })
	defer group.Wait()
	defer cancel()
	return l.write(ctx, service)
}

// write writes events until ctx ends.
func (l *lines) write(ctx context.Context, service *terminal.Service) error {
	encoder := json.NewEncoder(l.out)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.wake:
		}
		l.mu.Lock()
		queue := l.queue
		l.queue = nil
		l.mu.Unlock()
		for _, value := range queue {
			if of, is := value.(orderingOf); is {
				view, err := service.Ordering(of.location)
				if err != nil {
					continue // the location is not this terminal's any more
				}
				value = line{Event: "ordering", At: l.clock.Now().UTC(), Ordering: &orderingLine{view.Location, view.Held, view.Reports, view.Unsent}}
			}
			if err := encoder.Encode(value); err != nil {
				return fmt.Errorf("writing to stdout: %w", err)
			}
		}
	}
}

// longestLine is how long a line of stdin may be, in bytes.
const longestLine = 1 << 20

// read hands on what stdin says, one JSON value a line; a closed stdin changes nothing, and neither does
// a line that is too long.
func (l *lines) read() {
	reader := bufio.NewReaderSize(l.in, longestLine)
	for {
		data, err := reader.ReadSlice('\n')
		long := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = reader.ReadSlice('\n')
		}
		data = bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r"))
		switch {
		case long:
			l.said <- said{err: fmt.Errorf("stdin: a line of more than %d bytes was passed over: send one command a line", longestLine)}
		case len(data) > 0:
			l.said <- said{line: bytes.Clone(data)}
		}
		if err == nil {
			continue
		}
		if !errors.Is(err, io.EOF) {
			l.said <- said{err: fmt.Errorf("stdin: %w", err)}
		}
		return
	}
}

// obey carries out the commands of stdin until ctx ends.
func (l *lines) obey(ctx context.Context, service *terminal.Service) {
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-l.said:
			if s.err != nil {
				l.refuse("", "", s.err)
			} else {
				l.carryOut(service, s.line)
			}
		}
	}
}

// asked is a command as a line of stdin has it: "order" is the order of a Place, and may name
// the order of any other command instead of "orderId".
type asked struct {
	order.Command
	Order json.RawMessage `json:"order"`
	// Printer, Key and Station are those of what is asked of the printers.
	Printer string `json:"printer"`
	Key     string `json:"key"`
	Station string `json:"station"`
	// Location and Change are those of ChangeOrdering.
	Location string      `json:"location"`
	Change   shop.Change `json:"change"`
}

// beside carries out what is asked of the printers or the location, and not of an order; known is
// false for everything else.
func (a asked) beside(service *terminal.Service) (known bool, err error) {
	switch a.Type {
	case "PrintStale":
		return true, service.PrintStale(a.Printer)
	case "DiscardStale":
		return true, service.DiscardStale(a.Printer)
	case "SummarizeStale":
		return true, service.SummarizeStale(a.Printer)
	case "PrintAgain":
		return true, service.PrintAgain(a.Key)
	case "Confirm":
		return true, service.Confirm(a.Key)
	case "Reprint":
		return true, service.Reprint(a.OrderID, a.Station)
	case "ChangeOrdering":
		if a.Change.ID == "" {
			a.Change.ID = a.ID
		}
		return true, service.ChangeOrdering(a.Location, a.Change)
	}
	return false, nil
}

func (l *lines) carryOut(service *terminal.Service, data []byte) {
	var a asked
	if err := json.Unmarshal(data, &a); err != nil {
		l.refuse("", "", fmt.Errorf("not a command: %w", err))
		return
	}
	c := a.Command
	known, err := a.beside(service)
	if known && err == nil {
		return
	}
	if known {
		l.refuse(c.ID, c.OrderID, err)
		return
	}
	if c.Type == order.Place {
		if c.Order, err = draft(a.Order); err == nil {
			_, err = service.Place(c)
		}
	} else {
		if c.OrderID == "" && len(a.Order) > 0 {
			err = json.Unmarshal(a.Order, &c.OrderID)
		}
		if err == nil {
			_, err = service.Do(c)
		}
	}
	if err != nil {
		l.refuse(c.ID, c.OrderID, err)
	}
}

func draft(data json.RawMessage) (*order.Order, error) {
	if len(data) == 0 {
		return nil, errors.New("a Place needs an order: {\"type\":\"Place\",\"order\":{…}}")
	}
	var o order.Order
	if err := json.Unmarshal(data, &o); err != nil {
		return nil, fmt.Errorf("order: %w", err)
	}
	return &o, nil
}

func (l *lines) refuse(command, orderID string, err error) {
	kind := string(order.KindOf(err))
	_, disk := errors.AsType[*terminal.DiskError](err)
	switch {
	case disk, errors.Is(err, terminal.ErrNoLocation): // it may be right, and go well later
		kind = string(order.NotPossible)
	case kind == "":
		kind = string(order.Invalid)
	}
	l.put(line{
		Event: "refused", At: l.clock.Now().UTC(), Command: command, OrderID: orderID,
		Error: &refusalLine{kind, err.Error()},
	})
}
