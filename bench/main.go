// Command bench measures Comptoir against named baselines of the same run and prints tables of
// ratios: the disk is shared and swings, so only ratios within one table are worth anything.
//
// Every round measures the baseline right before each case, and a row is the median of the
// rounds. A missed aim is said, never punished: the exit code is non-zero only if a measurement
// failed. docs/performance.md explains the rows.
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
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"

	"comptoir/bench/internal/duel"
	"comptoir/bench/internal/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) == 2 && os.Args[1] == duel.Role {
		if err := duel.Serve(ctx, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	short bool
	// dir holds every file that is measured, so that all are on one disk.
	dir string
	// examples is the repository's folder of example shops and orders.
	examples string
	out      io.Writer
}

// measurement is one of the tables that -only can name.
type measurement struct {
	name string
	run  func(*bench, context.Context) ([]report.Table, error)
}

func measurements() []measurement {
	return []measurement{
		{"log", (*bench).orderLog},
		{"store", (*bench).terminalStore},
		{"path", (*bench).wholePath},
		{"ticket", (*bench).tickets},
		{"print", (*bench).printing},
		{"search", (*bench).searching},
		{"terminals", (*bench).idleTerminals},
		{"delivery", (*bench).deliveries},
		{"storm", (*bench).storms},
		{"growth", (*bench).growth},
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
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	short := flags.Bool("short", false, "tiny rounds, which only prove that it runs")
	only := flags.String("only", "", "the one `measurement` to make: "+strings.Join(names(), ", "))
	parent := flags.String("dir", "../out", "`directory` on the disk to measure")
	examples := flags.String("examples", "../examples", "the repository's `directory` of examples")
	profile := flags.String("profile", "", "write a CPU profile to this `file`")
	if err := flags.Parse(arguments); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if *only != "" && !slices.Contains(names(), *only) {
		return fmt.Errorf("-only %q: there is %s", *only, strings.Join(names(), ", "))
	}
	if err := os.MkdirAll(*parent, 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(*parent, "bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if *profile != "" {
		file, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	b := &bench{short: *short, dir: dir, examples: *examples, out: out}
	return b.all(ctx, *only, strings.Join(arguments, " "))
}

func (b *bench) all(ctx context.Context, only, arguments string) error {
	start := time.Now()
	fmt.Fprintln(b.out, report.Machine(b.dir))
	for _, m := range measurements() {
		if only != "" && m.name != only {
			continue
		}
		tables, err := m.run(b, ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		for _, t := range tables {
			fmt.Fprintln(b.out)
			t.Print(b.out)
		}
	}
	fmt.Fprintf(b.out, "\nTook %s; load average %s at the end. Again: go run -C bench . %s\n",
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
