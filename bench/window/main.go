// Command window measures the terminal's window on a virtual display against a bare Fyne window
// with an empty list: how long until it is usable, how long a change keeps its goroutine, and
// whether its memory stays flat.
//
// The two windows are measured in turns, in processes of their own, and a row is the median of
// the rounds. A missed aim is said, never punished: the exit code is non-zero only if a
// measurement failed. docs/performance.md explains the rows.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"comptoir/bench/internal/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench/window:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	short bool
	// service is how long the memory is watched.
	service time.Duration
	// dir holds the terminal's data and the processes' own files.
	dir     string
	display string
	out     io.Writer
}

// measurement is one of the tables that -only can name.
type measurement struct {
	name string
	run  func(*bench, context.Context) (report.Table, error)
}

func measurements() []measurement {
	return []measurement{
		{"frame", (*bench).firstFrame},
		{"row", (*bench).oneRow},
		{"list", (*bench).otherList},
		{"idle", (*bench).idle},
		{"memory", (*bench).memory},
	}
}

func names() []string {
	var names []string
	for _, m := range measurements() {
		names = append(names, m.name)
	}
	return names
}

func run(ctx context.Context, arguments []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("bench/window", flag.ContinueOnError)
	short := flags.Bool("short", false, "tiny rounds, which only prove that it runs")
	hour := flags.Bool("hour", false, "watch the memory for an hour, not for a minute")
	only := flags.String("only", "", "the one `measurement` to make: "+strings.Join(names(), ", "))
	parent := flags.String("dir", "../out", "`directory` for the terminal's data")
	var o subjectOptions
	flags.StringVar(&o.role, "subject", "", "be the `window` that is measured; only for this program itself")
	flags.IntVar(&o.changes, "changes", 0, "how many changes the subject makes")
	flags.DurationVar(&o.service, "service", 0, "how long the subject is in service")
	if err := flags.Parse(arguments); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if o.role != "" {
		return beSubject(o, out)
	}
	if *only != "" && !slices.Contains(names(), *only) {
		return fmt.Errorf("-only %q: there is %s", *only, strings.Join(names(), ", "))
	}
	if err := os.MkdirAll(*parent, 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(*parent, "window-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	screen, err := startDisplay()
	if err != nil {
		return err
	}
	defer screen.close()
	b := &bench{short: *short, dir: dir, display: screen.name, out: out}
	b.service = time.Duration(b.of(60, 5)) * time.Second
	if *hour {
		b.service = time.Hour
	}
	return b.all(ctx, *only, strings.Join(arguments, " "))
}

func (b *bench) all(ctx context.Context, only, arguments string) error {
	start := time.Now()
	fmt.Fprintln(b.out, report.Machine(b.dir))
	fmt.Fprintf(b.out, "Display: Xvfb, %dx%d, drawn by the processor (llvmpipe)\n", width, height)
	for _, m := range measurements() {
		if only != "" && m.name != only {
			continue
		}
		t, err := m.run(b, ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		fmt.Fprintln(b.out)
		t.Print(b.out)
	}
	fmt.Fprintf(b.out, "\nTook %s; load average %s at the end. Again: go run -C bench ./window %s\n",
		time.Since(start).Round(time.Second), report.LoadAverage(), arguments)
	if b.short {
		fmt.Fprintln(b.out, "These rounds were too short to judge anything by: leave -short out.")
	}
	return nil
}

// of is the long run's number, or the short run's.
func (b *bench) of(long, short int) int {
	if b.short {
		return short
	}
	return long
}
