package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"

	"comptoir/hub"
	"comptoir/hub/orderlog"
	"comptoir/internal/backup"
)

// makeBackup is the command "hub backup": a copy of the hub's file as it is at one moment, whether the
// hub runs or not.
func makeBackup(ctx context.Context, arguments []string, out io.Writer) error {
	data, file, err := backup.Arguments("hub", "backup", arguments)
	if err != nil {
		return err
	}
	orders, size, err := backup.Make(file, func(w io.Writer) error { return copyLog(ctx, data, w) }, orderlog.Inspect)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	fmt.Fprintf(out, "%s: %d orders, %d bytes. hub.toml, the menus and keys of certificates are files of their own: keep them too\n", file, orders, size)
	return nil
}

// copyLog has the running hub send its file, or reads it where none runs.
func copyLog(ctx context.Context, data string, w io.Writer) error {
	response, err := callLocal(ctx, data, http.MethodGet, hub.LocalBackup, nil)
	if errors.Is(err, errNoHub) {
		path := filepath.Join(data, hub.DataFile)
		if err := backup.Present("hub", path); err != nil {
			return err
		}
		return orderlog.Backup(path, w)
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
	data, file, err := backup.Arguments("hub", "restore", arguments)
	if err != nil {
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
