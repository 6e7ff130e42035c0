package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"comptoir/hub"
	"comptoir/hub/orderlog"
	"comptoir/internal/aside"
)

// where reads what backup and restore are told: the directory, and the one file.
func where(name string, arguments []string) (data, file string, help bool, err error) {
	flags := flag.NewFlagSet("hub "+name, flag.ContinueOnError)
	flags.StringVar(&data, "data", "data", "`directory` of the hub's file")
	if help, err := parse(flags, arguments); help || err != nil {
		return "", "", help, unlessHelp(help, err)
	}
	if flags.NArg() != 1 {
		return "", "", false, fmt.Errorf("%s: name one file, behind the flags, such as: hub %s --data DIR hub-backup.db", name, name)
	}
	return data, flags.Arg(0), false, nil
}

// backup is the command "hub backup": a copy of the hub's file as it is at one moment, whether the hub
// runs or not.
func backup(ctx context.Context, arguments []string, out io.Writer) error {
	data, file, help, err := where("backup", arguments)
	if help || err != nil {
		return err
	}
	if _, err := os.Lstat(file); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("backup: %s is there already: choose another name", file)
	}
	unfinished := file + ".part"
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("backup: %w", err)
	}
	err = aside.Write(unfinished, func(w io.Writer) error { return copyLog(ctx, data, w) })
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	orders, err := orderlog.Inspect(unfinished)
	if err != nil {
		return errors.Join(fmt.Errorf("backup: what was copied is not whole; try again, and if it stays so the hub's file is damaged: keep it, and restore the last good backup: %w", err), os.Remove(unfinished))
	}
	info, err := os.Stat(unfinished)
	if err == nil {
		err = aside.Move(unfinished, file)
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	fmt.Fprintf(out, "%s: %d orders, %d bytes. hub.toml, the menus and keys of certificates are files of their own: keep them too\n", file, orders, info.Size())
	return nil
}

// copyLog has the running hub send its file, or reads it where none runs.
func copyLog(ctx context.Context, data string, w io.Writer) error {
	response, err := callLocal(ctx, data, http.MethodGet, hub.LocalBackup, nil)
	if errors.Is(err, errNoHub) {
		return orderlog.Backup(filepath.Join(data, hub.DataFile), w)
	}
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // read
	_, err = io.Copy(w, response.Body)
	return err
}

// restore is the command "hub restore": it puts a backup in the place of the hub's file.
func restore(_ context.Context, arguments []string, out io.Writer) error {
	data, file, help, err := where("restore", arguments)
	if help || err != nil {
		return err
	}
	kept, err := orderlog.Restore(file, filepath.Join(data, hub.DataFile), time.Now())
	if errors.Is(err, orderlog.ErrLocked) {
		return fmt.Errorf("restore: %w: stop it first", err)
	}
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	fmt.Fprintf(out, "restored %s. Start the hub: the terminals bring back what the backup lacks\n", file)
	if kept != "" {
		fmt.Fprintf(out, "what was there before is %s\n", kept)
	}
	return nil
}
