package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"comptoir/terminal"
)

// answers are what the lines of stdin came to: "PLU refused kind: message" or the order's PLU.
func answers(t *testing.T, c *counter) (all []string) {
	t.Helper()
	c.screen.mu.Lock()
	defer c.screen.mu.Unlock()
	for _, value := range c.screen.queue {
		switch l := value.(line); l.Event {
		case "refused":
			all = append(all, l.Error.Kind+": "+l.Error.Message)
		case "order":
			all = append(all, l.Order.Lines[0].Name)
		}
	}
	return all
}

func sale(name string) string {
	return fmt.Sprintf(`{"type":"Place","order":{"lines":[{"id":"a","name":%q,"quantity":1,"kind":"physical"}]}}`, name)
}

// A line that is too long is refused, and the next ones are carried out, however stdin hands them over
// and ends.
func TestLinesOfStdin(t *testing.T) {
	const tooLong = "invalid: stdin: a line of more than 1048576 bytes was passed over: send one command a line"
	fits := sale("Café" + strings.Repeat("x", 100))
	fits += strings.Repeat(" ", longestLine-1-len(fits)) + "\n"
	for name, test := range map[string]struct {
		stdin string
		end   error
		want  []string
	}{
		"nothing":               {"", io.EOF, nil},
		"empty lines":           {"\n\r\n\n" + sale("A") + "\r\n", io.EOF, []string{"A"}},
		"no last end":           {sale("A") + "\n" + sale("B"), io.EOF, []string{"A", "B"}},
		"as long as can be":     {fits + sale("B") + "\n", io.EOF, []string{"Café" + strings.Repeat("x", 100), "B"}},
		"one more":              {" " + fits + sale("B") + "\n", io.EOF, []string{tooLong, "B"}},
		"far too long":          {sale("A") + "\n" + strings.Repeat("x", 3*longestLine) + "\n" + sale("B") + "\n", io.EOF, []string{"A", tooLong, "B"}},
		"too long, and the end": {strings.Repeat("x", longestLine+1), io.EOF, []string{tooLong}},
		"no command":            {"{\n" + sale("B") + "\n", io.EOF, []string{"invalid: not a command: unexpected end of JSON input", "B"}},
		"it cannot be read":     {sale("A") + "\n", errors.New("torn"), []string{"A", "invalid: stdin: torn"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCounter(t)
			c.screen.in = io.MultiReader(iotest.HalfReader(strings.NewReader(test.stdin)), iotest.ErrReader(test.end))
			ctx, cancel := context.WithCancel(t.Context())
			obeyed := make(chan struct{})
			go func() {
				defer close(obeyed)
				c.screen.obey(ctx, c.service)
			}()
			c.screen.read()
			cancel()
			<-obeyed
			if got := answers(t, c); fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %.200q, want %.200q", got, test.want)
			}
		})
	}
}

// After damage the terminal begins anew in the same process: every command goes to the new service.
func TestStdinOutlivesTheService(t *testing.T) {
	before, after := newCounter(t), newCounter(t)
	in, ask := io.Pipe()
	screen := before.screen
	screen.in = in
	say := func(name string) {
		if _, err := io.WriteString(ask, sale(name)+"\n"); err != nil {
			t.Error(err)
		}
	}
	sold := func(c *counter, want int) {
		t.Helper()
		for len(c.service.Orders()) < want {
			select {
			case <-c.heard:
			case <-time.After(10 * time.Second):
				t.Fatalf("%d orders are there, want %d", len(c.service.Orders()), want)
			}
		}
	}
	for _, c := range []*counter{before, after} {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- screen.Run(ctx, c.service) }()
		for n := range 3 {
			say(fmt.Sprint("sale ", n))
		}
		sold(c, 3)
		cancel()
		<-ended
	}
	if n := len(before.service.Orders()); n != 3 {
		t.Errorf("the service that has ended has %d orders", n)
	}
	_ = ask.Close()
}

// ahead is an hour ahead of the machine, as a hub's clock may be.
type ahead struct{}

func (ahead) Now() time.Time { return time.Now().Add(time.Hour) }

// Every event is told by the clock that the terminal goes by.
func TestEventsByTheHubsClock(t *testing.T) {
	c := newCounter(t)
	c.screen.clock = ahead{}
	c.screen.queue = nil
	c.screen.refuse("c", "o", errors.New("no"))
	c.screen.Notify(terminal.Event{Kind: terminal.EventOrdering, Location: "plateau"})
	c.screen.Notify(terminal.Event{Kind: terminal.EventLink})
	said, out := io.Pipe()
	c.screen.out = out
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.screen.Run(ctx, c.service) }()
	var lines []string
	for scanner := bufio.NewScanner(said); len(lines) < 4 && scanner.Scan(); {
		lines = append(lines, scanner.Text())
	}
	cancel()
	_ = said.Close()
	<-ended
	if len(lines) != 4 {
		t.Fatalf("it says %q", lines)
	}
	for _, text := range lines[1:] { // behind "ready"
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil || time.Until(l.At) < 55*time.Minute {
			t.Errorf("%v %s", err, text)
		}
	}
}

// A command that the disk refused is not said to be wrong: it may be given again.
func TestRefusedByTheDisk(t *testing.T) {
	c := newCounter(t)
	c.screen.refuse("c", "o", fmt.Errorf("update the store: %w", &terminal.DiskError{Fault: terminal.DiskFull, Err: errors.New("no room")}))
	if got := answers(t, c); len(got) != 1 || got[0] != "not_possible: update the store: the disk is full: no room" {
		t.Errorf("got %q", got)
	}
}
