// Command hub receives the platforms' orders, keeps them, and syncs the terminals.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"comptoir/hub"
	"comptoir/internal/systemd"
	"comptoir/sandbox"
	"comptoir/staff"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "hub:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, arguments []string) error {
	if len(arguments) > 0 && arguments[0] == "pin" {
		return hashPIN(os.Stdin, os.Stdout)
	}
	return run(ctx, arguments, os.Stdout)
}

// hashPIN reads a PIN and writes its hash, which the configuration takes: neither a file nor the
// shell's history ever holds the PIN.
func hashPIN(in io.Reader, out io.Writer) error {
	fmt.Fprintf(os.Stderr, "PIN (%d to %d digits), then Enter: ", staff.LeastDigits, staff.MostDigits)
	lines := bufio.NewScanner(in)
	if !lines.Scan() {
		return errors.Join(errors.New("pin: nothing came on the standard input: type a PIN, or send it: printf 2580 | hub pin"), lines.Err())
	}
	hash, err := staff.Hash(strings.TrimSpace(lines.Text()))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, hash)
	return err
}

// run starts the hub and serves until ctx ends. What scripts read goes to out.
func run(ctx context.Context, arguments []string, out io.Writer) (failure error) {
	flags := flag.NewFlagSet("hub", flag.ContinueOnError)
	path := flags.String("config", "hub.toml", "configuration `file` (docs/configuration.md)")
	data := flags.String("data", "data", "`directory` of the hub's file; made if missing")
	listen := flags.String("listen", "", "`host:port` to listen on, instead of the configuration's")
	insecure := flags.Bool("insecure", false, "serve plain http on an address that others can reach")
	verbose := flags.Bool("verbose", false, "log more")
	var standing sandboxFlags
	standing.register(flags)
	if err := flags.Parse(arguments); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if err := standing.check(flags); err != nil {
		return err
	}
	level := slog.LevelInfo
	if *verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	config, err := hub.LoadConfig(*path)
	if err != nil {
		return err
	}
	if *listen == "" {
		*listen = config.Listen
	}
	if err := safe(config, *listen, *insecure); err != nil {
		return err
	}
	platforms, err := standing.start(&config, out, log)
	if err != nil {
		return err
	}
	if platforms != nil {
		defer func() { failure = errors.Join(failure, platforms.Close()) }()
	}
	h, err := hub.Open(config, hub.Options{Data: *data, Log: log})
	if err != nil {
		return err
	}
	return errors.Join(serve(ctx, h, platforms, *listen, out, log), h.Close())
}

// safe refuses to serve openly what must not be.
func safe(config hub.Config, listen string, insecure bool) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("listen: %q is not host:port, such as 127.0.0.1:8080", listen)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	if keys := config.ExampleSecrets(); len(keys) > 0 {
		return fmt.Errorf("listen: %s can be reached by others, and these are the examples' secrets, known to everybody: %s; set your own, or listen on 127.0.0.1",
			listen, strings.Join(keys, ", "))
	}
	if !insecure {
		return fmt.Errorf("listen: %s can be reached by others, and plain http shows secrets and customers' names: put a TLS proxy in front and listen on 127.0.0.1, or start with --insecure", listen)
	}
	return nil
}

// serve works until ctx ends or something fails. platforms may be nil.
func serve(ctx context.Context, h *hub.Hub, platforms *sandbox.Platforms, listen string, out io.Writer, log *slog.Logger) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("listening: %w; is another hub running, or choose another port with --listen", err)
	}
	server := &http.Server{
		Handler: h.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	h.Guard(server)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	working := make(chan error, 1)
	go func() { working <- h.Run(ctx) }()
	serving := make(chan error, 1)
	go func() { serving <- server.Serve(listener) }()
	var sending sync.WaitGroup
	if platforms != nil {
		platforms.Aim(reachable(listener.Addr()))
		sending.Go(func() { platforms.Run(ctx) })
	}
	fmt.Fprintf(out, "ready http://%s\n", listener.Addr())
	if err := systemd.Notify(systemd.Ready); err != nil {
		log.Warn("the service manager does not hear", "error", err)
	}

	var failure error
	select {
	case <-ctx.Done():
	case err := <-working:
		failure = err
		working <- nil // it is waited for below
	case err := <-serving:
		failure = fmt.Errorf("serving: %w", err)
		serving <- nil
	}
	log.Info("stopping")
	// webhooks under way get their answer before the log closes
	stopping, done := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer done()
	if err := server.Shutdown(stopping); err != nil {
		_ = server.Close() // the rest is cut off; platforms send again
	}
	cancel()
	sending.Wait()
	if err := <-working; failure == nil {
		failure = err
	}
	return failure
}
