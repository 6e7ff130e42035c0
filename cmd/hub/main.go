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
	"strconv"
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
	err := subcommand(ctx, arguments)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	return err
}

func subcommand(ctx context.Context, arguments []string) error {
	if len(arguments) > 0 {
		switch arguments[0] {
		case "pin":
			return hashPIN(os.Stdin, os.Stdout)
		case "pair":
			return pair(ctx, arguments[1:], os.Stdout)
		case "devices":
			return list(ctx, arguments[1:], os.Stdout)
		case "revoke":
			return revoke(ctx, arguments[1:], os.Stdout)
		case "backup":
			return makeBackup(ctx, arguments[1:], os.Stdout)
		case "restore":
			return restore(ctx, arguments[1:], os.Stdout)
		}
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
	selfSigned := flags.Bool("tls", false, "serve https with a certificate that the first start makes, instead of the configuration's")
	insecure := flags.Bool("insecure", false, "serve plain http on an address that others can reach")
	verbose := flags.Bool("verbose", false, "log more")
	var standing sandboxFlags
	standing.register(flags)
	if err := flags.Parse(arguments); err != nil {
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
	if *selfSigned {
		secured := hub.TLSConfig{SelfSigned: true}
		if config.TLS != nil {
			secured.Hosts = config.TLS.Hosts
		}
		config.TLS = &secured
	}
	if config.TLS != nil && standing.on {
		return errors.New("--sandbox: the stand-ins speak plain http to the hub; leave out --tls and [tls]")
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
	h, err := hub.Open(config, hub.Options{Data: *data, Log: log, Collect: hub.Collector()})
	if err != nil {
		return withRemedy(err, *data)
	}
	// whoever has the directory makes the certificate in it
	secure, err := certificatesOf(config, *data, log)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	place := place{listen: *listen, data: *data, secure: secure}
	return errors.Join(serve(ctx, h, platforms, place, out, log), h.Close())
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
	if !insecure && config.TLS == nil {
		return fmt.Errorf("listen: %s can be reached by others, and plain http shows secrets and customers' names: serve https with [tls] or --tls, put a TLS proxy in front and listen on 127.0.0.1, or start with --insecure", listen)
	}
	return nil
}

// place is where a hub is reached, and where its files are.
type place struct {
	listen, data string
	secure       *certificates // nil: plain http
}

// url is the address that terminals are given for what listens here.
func (p place) url(listening net.Addr) string {
	scheme := "http://"
	if p.secure != nil {
		scheme = "https://"
	}
	return scheme + listening.String()
}

// named is the address with this machine's name, where it listens on all of its addresses.
func (p place) named(listening net.Addr) string {
	address := p.url(listening)
	tcp, is := listening.(*net.TCPAddr)
	if name, err := os.Hostname(); is && tcp.IP.IsUnspecified() && err == nil {
		address = strings.Replace(address, tcp.String(), net.JoinHostPort(name, strconv.Itoa(tcp.Port)), 1)
	}
	return address
}

// serve works until ctx ends or something fails. platforms may be nil.
func serve(ctx context.Context, h *hub.Hub, platforms *sandbox.Platforms, at place, out io.Writer, log *slog.Logger) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", at.listen)
	if err != nil {
		return fmt.Errorf("listening: %w; is another hub running, or choose another port with --listen", err)
	}
	server := &http.Server{
		// the header includes the TLS handshake, which takes a line of 1 kB/s some seconds
		Handler: h.Handler(), ReadHeaderTimeout: 15 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	h.Guard(server)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	working := make(chan error, 1)
	go func() { working <- h.Run(ctx) }()
	serving := make(chan error, 1)
	go func() {
		if at.secure == nil {
			serving <- server.Serve(listener)
			return
		}
		server.TLSConfig = at.secure.config()
		serving <- server.ServeTLS(listener, "", "")
	}()
	var sending sync.WaitGroup
	if local := openLocal(at.data, log); local != nil {
		sending.Go(func() { serveLocal(ctx, local, localMux(h, at, listener.Addr()), log) })
	}
	if platforms != nil {
		platforms.Aim(reachable(listener.Addr()))
		sending.Go(func() { platforms.Run(ctx) })
	}
	fmt.Fprintf(out, "ready %s\n", at.url(listener.Addr()))
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
