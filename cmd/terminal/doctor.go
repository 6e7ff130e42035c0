package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"comptoir/alert"
	"comptoir/doctor"
	"comptoir/internal/supervise"
	"comptoir/internal/version"
	"comptoir/printer"
	"comptoir/shop"
	"comptoir/store"
	"comptoir/sync/wire"
	"comptoir/terminal"
	"comptoir/ui/model"
)

// doctorPorts are those that need no running terminal.
func doctorPorts(c config, data string, log *slog.Logger) (doctor.Ports, error) {
	health, err := doctor.HubClient(c.Hub, wire.ClientTLS(c.paired.Pin))
	return doctor.Ports{
		Clock: systemClock{}, Version: version.Comptoir, Address: c.Hub, Log: log, Health: health,
		Disk:  func() (doctor.Disk, error) { return doctor.DiskOf(data, dataFile) },
		Crash: func() (string, error) { return supervise.Unseen(data) },
	}, err
}

// printersOf asks a service, which may not be there yet, for its printers.
func printersOf(service func() *terminal.Service) func(context.Context) (doctor.Printers, error) {
	return func(context.Context) (doctor.Printers, error) {
		s := service()
		if s == nil {
			return doctor.Printers{}, errors.New("the terminal has not begun to work yet")
		}
		list, err := s.Printers()
		if err != nil {
			return doctor.Printers{}, err
		}
		stranded, err := s.Stranded()
		return model.PrintersOf(list, stranded), err
	}
}

// idsOf are the ids of the locations that somebody knows of.
func idsOf(locations func() []shop.Location) func() []string {
	return func() []string {
		var ids []string
		for _, l := range locations() {
			ids = append(ids, l.ID)
		}
		return ids
	}
}

// windowDoctor is the doctor of the screens.
type windowDoctor struct {
	*doctor.Watch
	data string
	log  *slog.Logger
}

// Told remembers that somebody has been told of a crash.
func (d windowDoctor) Told(crash string) {
	if err := supervise.See(d.data, crash); err != nil {
		d.log.Warn("a crash will be told again", "error", err)
	}
}

// examine is the command "terminal doctor". Its exit code is 1 where something is wrong.
func examine(arguments []string) (code int, err error) {
	var o options
	flags := flag.NewFlagSet("terminal doctor", flag.ContinueOnError)
	o.where(flags)
	language := flags.String("language", "", "`fr` or en; that of the environment where not given")
	if err := flags.Parse(arguments); errors.Is(err, flag.ErrHelp) {
		return 0, nil
	} else if err != nil {
		return 1, err
	}
	c, err := o.load()
	if err != nil {
		return 1, err
	}
	if *language == "" {
		*language = environmentLanguage()
	}
	words, err := model.LoadWords(*language)
	if err != nil {
		return 1, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	report, locations, err := examineFrom(ctx, c, o.data, o.log())
	if err != nil {
		return 1, err
	}
	if wrong := tell(os.Stdout, words, report, locations); wrong {
		return 1, nil
	}
	return 0, nil
}

// environmentLanguage is that of the shell: English where it says nothing.
func environmentLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			if strings.HasPrefix(value, model.French) {
				return model.French
			}
			break
		}
	}
	return model.English
}

// examineFrom asks the terminal that runs on the data; where none does, it looks itself. A
// terminal that runs and does not answer leaves what can be known without its data.
func examineFrom(ctx context.Context, c config, data string, log *slog.Logger) (doctor.Report, []shop.Location, error) {
	var report doctor.Report
	if answer, err := askLocal(ctx, data, http.MethodGet, localStatus); err == nil {
		if err := json.Unmarshal(answer, &report); err != nil {
			return report, nil, fmt.Errorf("what the running terminal answers: %w", err)
		}
		return report, nil, nil
	}
	ports, err := doctorPorts(c, data, log)
	if err != nil {
		return report, nil, err
	}
	ports.Disk = func() (doctor.Disk, error) { return doctor.DiskOf(existing(data), dataFile) }
	setup, locations, salvage, err := stored(c, data)
	switch {
	case err == nil:
		ports.Printers = func(ctx context.Context) (doctor.Printers, error) { return probe(ctx, setup), nil }
		ports.Silent = func() bool { return alert.Look(ctx).Silent() }
	case errors.Is(err, store.ErrInUse): // it hangs, or its socket could not be made
		log.Warn("a terminal runs here and does not answer: its printers and its sound are not known")
	default:
		log.Warn("the terminal's data cannot be read", "error", err)
	}
	ports.Locations = idsOf(func() []shop.Location { return locations })
	ports.Salvage = func() terminal.Salvage { return salvage }
	return doctor.New(ports).Examine(ctx), locations, nil
}

// existing is a directory, or the one that it would be made in before the first start.
func existing(directory string) string {
	for {
		_, err := os.Stat(directory)
		parent := filepath.Dir(directory)
		if !errors.Is(err, fs.ErrNotExist) || parent == directory {
			return directory
		}
		directory = parent
	}
}

// stored is how printers are set up, by the file and on screen, the locations last heard of, and what the
// file went through last;
// there may be no data yet.
func stored(c config, data string) (setup terminal.Setup, locations []shop.Location, salvage terminal.Salvage, err error) {
	path := filepath.Join(data, dataFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) { // to look must not make one
		return c.setup(), nil, salvage, nil
	}
	file, err := store.Open(path, store.WithLockTimeout(200*time.Millisecond))
	if err != nil {
		return setup, nil, salvage, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	err = file.View(func(tx terminal.Tx) error {
		own, err := tx.Setup()
		if err != nil {
			return err
		}
		setup = own.Over(c.setup())
		if salvage, err = tx.Salvage(); err != nil {
			return err
		}
		locations, err = tx.Locations()
		return err
	})
	return setup, locations, salvage, err
}

// probe asks the printers how they stand, all at once. Blind ones are sent nothing but tickets,
// and so are not asked.
func probe(ctx context.Context, setup terminal.Setup) doctor.Printers {
	const patience = 2500 * time.Millisecond // less than the doctor has
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found := doctor.Printers{Known: true}
	var group sync.WaitGroup
	var mu sync.Mutex
	for name, p := range setup.Printers {
		group.Go(func() {
			one := doctor.Printer{Name: name}
			if p.Proof != "" && p.Proof != string(printer.ProofBlind) {
				one.Asked = true
				if _, err := printer.Probe(ctx, p); err != nil {
					one.Fault = faultIn(err)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			found.List = append(found.List, one)
		})
	}
	group.Wait()
	slices.SortFunc(found.List, func(a, b doctor.Printer) int { return strings.Compare(a.Name, b.Name) })
	return found
}

// tell prints a report, a line for each finding and one for what to do.
func tell(out io.Writer, words *model.Words, report doctor.Report, locations []shop.Location) (wrong bool) {
	sheet := model.NewDoctorSheet(words, model.NewSettings(locations), time.Now(), &report)
	fmt.Fprintln(out, sheet.State.Text)
	for _, row := range sheet.Rows {
		fmt.Fprintf(out, "%-14s %-14s %s\n", row.State.Text, row.Name, row.Text)
		if row.Do != "" {
			fmt.Fprintf(out, "%-14s %-14s -> %s\n", "", "", row.Do)
		}
	}
	for _, problem := range report.Hub.Health.Problems {
		fmt.Fprintf(out, "%-14s %-14s %s\n", "", "healthz", problem)
	}
	if sheet.Page != "" {
		fmt.Fprintf(out, "%s %s\n", sheet.PageLabel, sheet.Page)
	}
	return doctor.Wrong(report.Findings()) > 0
}
