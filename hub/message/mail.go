package message

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"os"
	"strings"
	"time"
)

// How a mail server is spoken to.
const (
	StartTLS    = "starttls" // plain at first, usually port 587
	ImplicitTLS = "implicit" // from the first byte, usually port 465
	NoTLS       = "none"     // on this machine alone
)

// mailWait bounds one attempt.
const mailWait = 30 * time.Second

// MailConfig says who takes e-mails from us.
type MailConfig struct {
	// Address is host:port.
	Address string
	// TLS is StartTLS, ImplicitTLS or NoTLS.
	TLS string
	// User and Password may be empty, where the server asks for none.
	User, Password string
	// From is the sender, with or without a name.
	From string
	// CA is a file of certificates in PEM that vouch for the server, beside the machine's own.
	CA string
}

// Mailer sends e-mails through a server.
type Mailer struct {
	config MailConfig
	host   string
	from   *mail.Address
	tls    *tls.Config
}

// NewMailer checks the configuration; it talks to nobody. Errors name the key.
func NewMailer(config MailConfig) (*Mailer, error) {
	m := &Mailer{config: config}
	var err error
	if m.host, _, err = net.SplitHostPort(config.Address); err != nil || m.host == "" {
		return nil, fmt.Errorf("address: %q is not host:port, such as smtp.example.com:587", config.Address)
	}
	if m.from, err = mail.ParseAddress(config.From); err != nil {
		return nil, fmt.Errorf("from: %q is no sender such as Comptoir <comptoir@example.com>", config.From)
	}
	switch config.TLS {
	case StartTLS, ImplicitTLS:
	case NoTLS:
		if !loopback(m.host) {
			return nil, fmt.Errorf("tls: %q is for a server on this machine alone; use %q or %q", NoTLS, StartTLS, ImplicitTLS)
		}
	default:
		return nil, fmt.Errorf("tls: %q is not known; use %q or %q", config.TLS, StartTLS, ImplicitTLS)
	}
	if (config.User == "") != (config.Password == "") {
		return nil, errors.New("user, password: give both, or neither")
	}
	m.tls = &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12}
	if config.CA == "" {
		return m, nil
	}
	if m.tls.RootCAs, err = x509.SystemCertPool(); err != nil {
		m.tls.RootCAs = x509.NewCertPool()
	}
	pem, err := os.ReadFile(config.CA)
	if err != nil {
		return nil, fmt.Errorf("ca: %w; give the path of a PEM file, relative to this file", err)
	}
	if !m.tls.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca: %s has no certificate in PEM", config.CA)
	}
	return m, nil
}

// Send makes one attempt. An error may come after the server took the message: then the next
// attempt is the same e-mail once more, with the same Message-ID.
func (m *Mailer) Send(ctx context.Context, message Message) error {
	ctx, cancel := context.WithTimeout(ctx, mailWait)
	defer cancel()
	client, err := m.connect(ctx)
	if err != nil {
		return fmt.Errorf("mail server %s: %w", m.config.Address, err)
	}
	defer client.Close()
	defer context.AfterFunc(ctx, func() { _ = client.Close() })()
	if err := m.deliver(client, message); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return fmt.Errorf("mail server %s: %w", m.config.Address, err)
	}
	return nil
}

func (m *Mailer) connect(ctx context.Context) (*smtp.Client, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", m.config.Address)
	if err != nil {
		return nil, err
	}
	if until, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(until) // a socket that refuses is found out by its first use
	}
	if m.config.TLS == ImplicitTLS {
		conn = tls.Client(conn, m.tls)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	client, err := smtp.NewClient(conn, m.host)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	if err := m.introduce(client); err != nil {
		_ = client.Close()
		return nil, err
	}
	return client, nil
}

func (m *Mailer) introduce(client *smtp.Client) error {
	_, domain, _ := strings.Cut(m.from.Address, "@")
	if err := client.Hello(domain); err != nil {
		return err
	}
	if m.config.TLS == StartTLS {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return fmt.Errorf(`it offers no STARTTLS: use tls = %q, or another server`, ImplicitTLS)
		}
		if err := client.StartTLS(m.tls); err != nil {
			return err
		}
	}
	if m.config.User == "" {
		return nil
	}
	if err := client.Auth(smtp.PlainAuth("", m.config.User, m.config.Password, m.host)); err != nil {
		return fmt.Errorf("it does not take user and password: %w", coded(err))
	}
	return nil
}

// coded is a server's answer without its words, which often repeat the receiver's address.
func coded(err error) error {
	if answer, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("it answers %d", answer.Code)
	}
	return err
}

func (m *Mailer) deliver(client *smtp.Client, message Message) error {
	to, err := mail.ParseAddress(message.To)
	if err != nil {
		return errors.New("the receiver's address cannot be read")
	}
	body, err := m.write(message, to)
	if err != nil {
		return err
	}
	if err := client.Mail(m.from.Address); err != nil {
		return coded(err)
	}
	if err := client.Rcpt(to.Address); err != nil {
		return fmt.Errorf("it refuses the receiver: %w", coded(err))
	}
	data, err := client.Data()
	if err != nil {
		return coded(err)
	}
	if _, err := data.Write(body); err != nil {
		return err
	}
	if err := data.Close(); err != nil {
		return coded(err)
	}
	_ = client.Quit() // it has the message
	return nil
}

// write is the e-mail of RFC 5322.
func (m *Mailer) write(message Message, to *mail.Address) ([]byte, error) {
	_, domain, _ := strings.Cut(m.from.Address, "@")
	var out bytes.Buffer
	for _, field := range [][2]string{
		{"From", m.from.String()},
		{"To", to.String()},
		{"Subject", mime.QEncoding.Encode("utf-8", message.Subject)},
		{"Date", message.At.Format(time.RFC1123Z)},
		{"Message-ID", "<" + message.ID + "@" + domain + ">"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
		{"Auto-Submitted", "auto-generated"}, // nobody's holiday reply, please
	} {
		out.WriteString(field[0] + ": " + field[1] + "\r\n")
	}
	out.WriteString("\r\n")
	body := quotedprintable.NewWriter(&out)
	if _, err := io.WriteString(body, message.Text); err != nil {
		return nil, err
	}
	if err := body.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
