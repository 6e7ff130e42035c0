package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"comptoir/bench/internal/report"
)

const (
	// idleAim bounds the processor time of the terminal at rest by that of a bare window.
	idleAim = 1.5
	// standing are the orders that are open meanwhile, none of which is due.
	standing = 8
	// tick is the unit of a process's times: Linux has told it to programs as 100 a second for ever.
	tick = 10 * time.Millisecond
)

// idle measures what the real terminal costs while nothing happens: connected to a real hub, with
// open orders and the example's printers, its alarms answered.
func (b *bench) idle(ctx context.Context) (t report.Table, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, program := range []string{"hub", "terminal"} {
		build := exec.CommandContext(ctx, "go", "build", "-C", "..", "-o", filepath.Join(b.dir, program), "comptoir/cmd/"+program)
		build.Stdout, build.Stderr = os.Stderr, os.Stderr
		if err := build.Run(); err != nil {
			return t, fmt.Errorf("building the %s: %w", program, err)
		}
	}
	shop, err := filepath.Abs(filepath.Join("..", "examples", "shop"))
	if err != nil {
		return t, err
	}
	rounds, length := b.of(3, 1), time.Duration(b.of(40, 2))*time.Second
	limit := time.Duration(rounds+1)*2*(length+settling) + startLimit
	hub, err := b.start(ctx, limit, filepath.Join(b.dir, "hub"), "--config", filepath.Join(shop, "hub.toml"), "--data", filepath.Join(b.dir, "hub-data"), "--listen", "127.0.0.1:0")
	if err != nil {
		return t, err
	}
	defer hub.close()
	line, err := hub.line()
	if err != nil {
		return t, err
	}
	address := strings.TrimPrefix(line, "ready ")
	if err := book(ctx, address); err != nil {
		return t, fmt.Errorf("ordering: %w", err)
	}

	bare := func() (*process, error) { return b.subject(ctx, limit, roleEmpty) }
	ours := func() (*process, error) {
		return b.start(ctx, limit, filepath.Join(b.dir, "terminal"), "--config", filepath.Join(shop, "terminal.toml"),
			"--data", filepath.Join(b.dir, "idle-data"), "--hub", address)
	}
	used, ratios := make([][]float64, 2), []float64{}
	for round := range rounds {
		for i, open := range []func() (*process, error){bare, ours} {
			took, err := rested(ctx, open, length)
			if err != nil {
				return t, err
			}
			used[i] = append(used[i], took.Seconds()/length.Seconds()*100)
		}
		ratios = append(ratios, used[1][round]/max(used[0][round], tick.Seconds()/length.Seconds()*100))
	}
	t = report.Table{
		Title: "K. At rest: the processor time of a window in which nothing happens",
		Head:  []string{"case", "% of a core", "x bare", "rounds", "aim", ""},
		Notes: []string{
			fmt.Sprintf("%d rounds of %s each, in turns; the processes that it starts are counted, the hub is not.", rounds, length),
			"A minute's change of the clock and of the badges is in it, as in a shop.",
		},
	}
	percent := func(values []float64) string { return fmt.Sprintf("%.2f", report.Median(values)) }
	t.Add("baseline: a bare Fyne window with an empty list", percent(used[0]), "1.00", "", "", "")
	r := report.Median(ratios)
	t.Add(fmt.Sprintf("the terminal, %d open orders, connected", standing), percent(used[1]), report.Ratio(r), report.Spread(ratios),
		fmt.Sprintf("<= %.2f", idleAim), report.AtMost(r, idleAim))
	return t, nil
}

// settling is what a window gets to come to rest.
const settling = 8 * time.Second

// rested opens a window and returns the processor time that it takes once it has come to rest.
func rested(ctx context.Context, open func() (*process, error), length time.Duration) (time.Duration, error) {
	p, err := open()
	if err != nil {
		return 0, err
	}
	defer p.close()
	if _, err := p.ready(); err != nil {
		return 0, err
	}
	if err := pause(ctx, settling); err != nil {
		return 0, err
	}
	before, err := spent(p.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	if err := pause(ctx, length); err != nil {
		return 0, err
	}
	after, err := spent(p.cmd.Process.Pid)
	return after - before, err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// spent is the processor time of a process and of those below it.
func spent(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, found := strings.Cut(string(text), ") ") // a name may have spaces
	fields := strings.Fields(rest)
	const user, system = 11, 12 // utime and stime, of the fields after the name (proc(5))
	if !found || len(fields) <= system {
		return 0, fmt.Errorf("process %d has no times", pid)
	}
	var sum time.Duration
	for _, field := range []int{user, system} {
		ticks, err := strconv.Atoi(fields[field])
		if err != nil {
			return 0, fmt.Errorf("process %d: %w", pid, err)
		}
		sum += time.Duration(ticks) * tick
	}
	below, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return 0, err
	}
	for _, path := range below {
		list, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) { // a thread that has ended
			continue
		}
		if err != nil {
			return 0, err
		}
		for _, child := range strings.Fields(string(list)) {
			pid, err := strconv.Atoi(child)
			if err != nil {
				return 0, err
			}
			more, err := spent(pid)
			if err != nil && !errors.Is(err, os.ErrNotExist) { // one that has ended took its time along
				return 0, err
			}
			sum += more
		}
	}
	return sum, nil
}

// book places orders for later, and answers their alarms.
func book(ctx context.Context, hub string) error {
	for n := range standing {
		draft := map[string]any{
			"reference": fmt.Sprintf("idle-%d", n), "number": strconv.Itoa(100 + n), "currency": "CAD",
			"fulfillment": map[string]any{"type": "pickup", "promisedAt": time.Now().Add(9 * time.Hour)},
			"customer":    map[string]any{"name": "Léa Gagnon"},
			"lines":       []any{map[string]any{"plu": "BRG-01", "name": "Burger façon Comptoir", "quantity": 1 + n%3, "unitPrice": 1450}},
		}
		var placed struct {
			ID string `json:"id"`
		}
		if err := post(ctx, hub+"/api/v1/locations/plateau/orders", draft, &placed); err != nil {
			return err
		}
		answer := map[string]any{"id": ulid.Make().String(), "type": "Acknowledge"}
		if err := post(ctx, hub+"/api/v1/locations/plateau/orders/"+placed.ID+"/commands", answer, &placed); err != nil {
			return err
		}
	}
	return nil
}

func post(ctx context.Context, address string, body, into any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(data))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer shop-secret")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s: %s", response.Status, answer)
	}
	return json.Unmarshal(answer, into)
}
