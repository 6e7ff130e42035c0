// Package smtptest is a mail server for tests: it speaks SMTP over real sockets, with TLS and
// PLAIN authentication, and keeps what it takes.
package smtptest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options say how the server behaves.
type Options struct {
	// Implicit is TLS from the first byte; otherwise STARTTLS is offered, unless Plain.
	Implicit, Plain bool
	// User and Password are asked for where they are not empty.
	User, Password string
	// Refuse is a receiver that is not known here.
	Refuse string
	// Silent takes connections and says nothing.
	Silent bool
}

// Mail is one e-mail, as it came.
type Mail struct {
	From, To string
	// Data is the e-mail whole, with lines that end in "\n".
	Data []byte
	// TLS and User are those of its connection.
	TLS  bool
	User string
}

// Server is a running mail server.
type Server struct {
	// Address is host:port, CA the file of the certificate that vouches for it.
	Address, CA string
	// Mails get every e-mail that was taken.
	Mails chan Mail

	options  Options
	config   *tls.Config
	listener net.Listener
	group    sync.WaitGroup

	mu     sync.Mutex
	conns  map[net.Conn]bool
	broken int
}

// Start starts a server that ends with the test.
func Start(t testing.TB, options Options) *Server {
	t.Helper()
	s := &Server{options: options, Mails: make(chan Mail, 100), conns: map[net.Conn]bool{}, CA: filepath.Join(t.TempDir(), "ca.pem")}
	s.certificate(t)
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.Address = s.listener.Addr().String()
	s.group.Go(s.accept)
	t.Cleanup(func() {
		_ = s.listener.Close()
		s.mu.Lock()
		for conn := range s.conns {
			_ = conn.Close()
		}
		s.mu.Unlock()
		s.group.Wait()
	})
	return s
}

// Break answers the next n messages with a temporary failure.
func (s *Server) Break(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = n
}

func (s *Server) breaks() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken--
	return s.broken >= 0
}

func (s *Server) certificate(t testing.TB) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	s.config = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	if err := os.WriteFile(s.CA, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[conn] = true
		s.mu.Unlock()
		s.group.Go(func() {
			defer func() {
				s.mu.Lock()
				delete(s.conns, conn)
				s.mu.Unlock()
				_ = conn.Close()
			}()
			s.serve(conn)
		})
	}
}

// session is one connection.
type session struct {
	server *Server
	text   *textproto.Conn
	conn   net.Conn
	mail   Mail
}

func (s *Server) serve(conn net.Conn) {
	if s.options.Silent {
		_, _ = conn.Read(make([]byte, 1)) // until it is closed
		return
	}
	x := &session{server: s, conn: conn}
	if s.options.Implicit {
		x.conn = tls.Server(conn, s.config)
		x.mail.TLS = true
	}
	x.text = textproto.NewConn(x.conn)
	if x.say("220 smtptest") != nil {
		return
	}
	for {
		line, err := x.text.ReadLine()
		if err != nil {
			return
		}
		answer := x.answer(line)
		if x.say(answer) != nil || strings.HasPrefix(answer, "221") {
			return
		}
		if strings.HasPrefix(answer, "220") {
			x.conn = tls.Server(conn, s.config)
			x.text, x.mail.TLS = textproto.NewConn(x.conn), true
		}
	}
}

func (x *session) say(line string) error { return x.text.PrintfLine("%s", line) }

func (x *session) answer(line string) string {
	o := x.server.options
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO":
		extensions := "250-smtptest\r\n"
		if !x.mail.TLS && !o.Plain {
			extensions += "250-STARTTLS\r\n"
		}
		return extensions + "250-8BITMIME\r\n250 AUTH PLAIN"
	case "STARTTLS":
		return "220 go on"
	case "AUTH":
		credentials, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
		if string(credentials) != "\x00"+o.User+"\x00"+o.Password {
			return "535 wrong user or password"
		}
		x.mail.User = o.User
		return "235 welcome"
	case "MAIL":
		if o.User != "" && x.mail.User == "" {
			return "530 authenticate first"
		}
		x.mail.From = path(rest)
		return "250 ok"
	case "RCPT":
		if x.mail.To = path(rest); x.mail.To == o.Refuse {
			return "550 no such mailbox: " + x.mail.To
		}
		return "250 ok"
	case "DATA":
		return x.data()
	case "QUIT":
		return "221 bye"
	}
	return "502 not known"
}

func (x *session) data() string {
	if x.server.breaks() {
		return "451 try again later"
	}
	if x.say("354 go on") != nil {
		return "221 gone"
	}
	data, err := x.text.ReadDotBytes()
	if err != nil {
		return "221 gone"
	}
	taken := x.mail
	taken.Data = bytes.Clone(data)
	x.server.Mails <- taken
	return "250 taken"
}

// path is the address of "FROM:<a@b> BODY=8BITMIME".
func path(text string) string {
	_, text, _ = strings.Cut(text, "<")
	text, _, _ = strings.Cut(text, ">")
	return text
}
