package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ordersAMinute is how many orders the sandbox sends.
const ordersAMinute = "6"

// upWithOrders starts everything that a window shows.
func (d *demo) upWithOrders(ctx context.Context, binaries string, environment ...string) error {
	d.quiet = true
	if err := d.printersUp(); err != nil {
		return err
	}
	if err := d.hubUp(ctx, binaries, "--sandbox", "--sandbox-rate", ordersAMinute); err != nil {
		return err
	}
	for _, line := range d.hub.said() {
		d.say("hub", "%s", line)
	}
	if err := d.terminalUp(ctx, binaries, environment, "--window", "1280x800"); err != nil {
		return err
	}
	d.say("terminal", "is open; orders come in, %s a minute, and by the buttons of the sandbox's page", ordersAMinute)
	return d.firstOrders(ctx)
}

// firstOrders presses buttons of the sandbox's page, so that nobody waits for the first order.
func (d *demo) firstOrders(ctx context.Context) error {
	page := ""
	for _, line := range d.hub.said() {
		if address, found := strings.CutPrefix(line, "sandbox page "); found {
			page = address
		}
	}
	for _, order := range []url.Values{
		{"connection": {"demo-deliverect"}, "kind": {"pickup"}},
		{"connection": {"demo-deliverect"}, "kind": {"curbside"}},
		{"connection": {"demo-doordash"}, "kind": {"delivery"}},
	} {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, page+"/send", strings.NewReader(order.Encode()))
		if err != nil {
			return fmt.Errorf("the sandbox's page: %w", err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return fmt.Errorf("the sandbox's page: %w", err)
		}
		_ = response.Body.Close() // only its status counts
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("the sandbox's page answered %s", response.Status)
		}
	}
	return nil
}

// playWindow works until the window is closed, or Ctrl-C.
func (d *demo) playWindow(ctx context.Context, binaries string) error {
	if err := d.upWithOrders(ctx, binaries); err != nil {
		return err
	}
	d.say("demo", "close the window, or press Ctrl-C, to end; tickets and logs are in %s", d.out)
	select {
	case <-ctx.Done():
	case <-d.terminal.ended:
	}
	return nil
}

// playHidden works on a virtual display for some time and keeps pictures of the window.
func (d *demo) playHidden(ctx context.Context, binaries string, duration time.Duration) error {
	display, err := d.virtualDisplay(ctx)
	if err != nil {
		return err
	}
	d.say("demo", "no display here: the window opens on a virtual one, for %s", duration)
	screens := filepath.Join(d.out, "screens")
	if err := os.MkdirAll(screens, 0o755); err != nil {
		return fmt.Errorf("making %s: %w", screens, err)
	}
	if err := d.upWithOrders(ctx, binaries, display); err != nil {
		return err
	}
	const pictures = 4
	for n := range pictures {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-d.terminal.ended:
			return fmt.Errorf("the window has closed by itself")
		case <-time.After(duration / pictures):
		}
		// the first picture shows the alarm; for the others somebody taps "Compris", where its
		// first row has it, as often as there may be alarms, and slowly: what comes faster trembles
		if n > 0 {
			const alarms, pace = "12", "600" // pace in ms
			err := d.onDisplay(ctx, display, "xdotool", "mousemove", "1108", "164", "click", "--repeat", alarms, "--delay", pace, "1")
			if err != nil {
				return err
			}
		}
		if n > 1 { // and knows by now that a machine without sound is silent
			if err := d.onDisplay(ctx, display, "xdotool", "mousemove", "1196", "200", "click", "1", "sleep", "0.3"); err != nil {
				return err
			}
		}
		name := filepath.Join(screens, fmt.Sprintf("%02d.png", n+1))
		if err := d.onDisplay(ctx, display, "import", "-window", "root", name); err != nil {
			return err
		}
		d.say("demo", "a picture of the window: %s", name)
	}
	d.printing.Lock()
	n := len(d.tickets)
	d.printing.Unlock()
	if n == 0 {
		return fmt.Errorf("no ticket came out in %s", duration)
	}
	d.say("demo", "%d tickets in %s, pictures in %s. All is well.", n, filepath.Join(d.out, "tickets"), screens)
	return nil
}

// virtualDisplay starts Xvfb on a free display, and returns the environment that names it.
func (d *demo) virtualDisplay(ctx context.Context) (string, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return "", fmt.Errorf("a pipe for Xvfb: %w", err)
	}
	defer reader.Close()
	d.display = exec.CommandContext(ctx, "Xvfb", "-noreset", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
	d.display.ExtraFiles = []*os.File{writer}
	err = d.display.Start()
	_ = writer.Close() // Xvfb has its own
	if err != nil {
		d.display = nil
		return "", fmt.Errorf("starting Xvfb: %w; run scripts/setup.sh", err)
	}
	number, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("waiting for Xvfb: %w", err)
	}
	return "DISPLAY=:" + strings.TrimSpace(number), nil
}

func (d *demo) onDisplay(ctx context.Context, display, name string, arguments ...string) error {
	command := exec.CommandContext(ctx, name, arguments...)
	command.Env = append(os.Environ(), display)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s; run scripts/setup.sh", name, err, output)
	}
	return nil
}
