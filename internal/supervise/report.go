package supervise

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

const (
	reportPrefix, reportSuffix = "crash-", ".txt"
	// seenFile names the newest report that somebody has been told of.
	seenFile = "crash-seen"
	// keptReports is how many stay in the directory.
	keptReports = 20
	// stamp sorts by time; a name with a number after it comes later.
	stamp = "20060102T150405Z"
)

// report writes down a crash and returns the file; "" where it could not.
func (p *Parent) report(end ended) string {
	p.Log.Error("it has crashed", "ended", end.words, "after", end.ran.Round(time.Millisecond))
	path, err := write(p.Directory, time.Now().UTC(), p.text(end))
	if err != nil {
		p.Log.Error("the crash could not be written down", "error", err)
		return ""
	}
	p.Log.Info("the crash is written down", "file", path)
	return path
}

func (p *Parent) text(end ended) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Comptoir's terminal has stopped by itself.\n\n")
	fmt.Fprintf(&b, "time     %s\nversion  %s, %s, %s/%s\nended    %s\nran for  %s\n", time.Now().UTC().Format(time.RFC3339),
		p.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, end.words, end.ran.Round(time.Millisecond))
	fmt.Fprintf(&b, "\nThis file is safe to hand on: of the crash it holds functions and addresses, of the log\ntimes and messages, and no values, so nothing of customers or keys.\n")
	dump := cleanDump(end.dump)
	if dump == "" {
		dump = "(nothing: it was killed from outside, or ended by itself)"
	}
	fmt.Fprintf(&b, "\n--- crash\n%s\n\n--- log, the last %d lines\n%s\n", dump, keptLines, strings.Join(end.lines, "\n"))
	return b.String()
}

// write makes a report that survives a power cut, and drops the oldest ones.
func write(directory string, at time.Time, text string) (path string, err error) {
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return "", err
	}
	name := reportPrefix + at.Format(stamp)
	var file *os.File
	for n := 1; ; n++ {
		path = filepath.Join(directory, name+reportSuffix)
		if n > 1 {
			path = filepath.Join(directory, fmt.Sprintf("%s-%d%s", name, n, reportSuffix))
		}
		file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, os.ErrExist) || n == 9 {
			break
		}
	}
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return "", err
	}
	all, err := reports(directory)
	if over := len(all) - keptReports; err == nil && over > 0 {
		for _, old := range all[:over] {
			err = errors.Join(err, os.Remove(filepath.Join(directory, old)))
		}
	}
	return path, err
}

// reports lists the names of a directory's reports, the oldest first.
func reports(directory string) ([]string, error) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if name := entry.Name(); strings.HasPrefix(name, reportPrefix) && strings.HasSuffix(name, reportSuffix) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(key(a), key(b)) })
	return names, nil
}

// key sorts a report's name: the one without a number was the first of its second.
func key(name string) string { return strings.TrimSuffix(name, reportSuffix) }

// Unseen is the name of the newest report that nobody has been told of; "" where there is none.
func Unseen(directory string) (name string, err error) {
	names, err := reports(directory)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil || len(names) == 0 {
		return "", err
	}
	newest := names[len(names)-1]
	seen, err := os.ReadFile(filepath.Join(directory, seenFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return newest, err
	}
	if key(newest) <= strings.TrimSpace(string(seen)) {
		return "", nil
	}
	return newest, nil
}

// See remembers that somebody has been told of a report and of all before it.
func See(directory, name string) error {
	if err := os.WriteFile(filepath.Join(directory, seenFile), []byte(key(name)+"\n"), 0o600); err != nil {
		return fmt.Errorf("remembering that a crash has been told: %w", err)
	}
	return nil
}
