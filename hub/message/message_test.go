package message_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"comptoir/hub/message"
	"comptoir/hub/message/smtptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var sample = message.Message{
	ID: "01J8Z3NDEKTSV4RRFFQ69G5FAV", At: time.Date(2026, 11, 23, 17, 5, 0, 0, time.UTC), To: "Zoë <zoe@example.com>",
	Subject: "Plateau : aucune caisse en ligne\r\nBcc: everybody@example.com", Text: "Aucune caisse.\n.\nÀ bientôt, " + strings.Repeat("long ", 40),
}

func mailer(t *testing.T, s *smtptest.Server, change func(*message.MailConfig)) *message.Mailer {
	t.Helper()
	config := message.MailConfig{Address: s.Address, TLS: message.StartTLS, From: "Comptoir é <comptoir@example.com>", CA: s.CA}
	if change != nil {
		change(&config)
	}
	m, err := message.NewMailer(config)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMail(t *testing.T) {
	tests := []struct {
		name   string
		server smtptest.Options
		change func(*message.MailConfig)
		tls    bool
		user   string
	}{
		{"STARTTLS and a password", smtptest.Options{User: "u", Password: "p"}, func(c *message.MailConfig) { c.User, c.Password = "u", "p" }, true, "u"},
		{"implicit TLS and a password", smtptest.Options{Implicit: true, User: "u", Password: "p"}, func(c *message.MailConfig) { c.TLS, c.User, c.Password = message.ImplicitTLS, "u", "p" }, true, "u"},
		{"on this machine", smtptest.Options{Plain: true}, func(c *message.MailConfig) { c.TLS = message.NoTLS }, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := smtptest.Start(t, tt.server)
			if err := mailer(t, s, tt.change).Send(t.Context(), sample); err != nil {
				t.Fatal(err)
			}
			got := <-s.Mails
			if got.From != "comptoir@example.com" || got.To != "zoe@example.com" || got.TLS != tt.tls || got.User != tt.user {
				t.Errorf("from %s to %s, TLS %v, user %q", got.From, got.To, got.TLS, got.User)
			}
			whole, err := mail.ReadMessage(bytes.NewReader(got.Data))
			if err != nil {
				t.Fatal(err)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(whole.Header.Get("Subject"))
			if err != nil || subject != sample.Subject || whole.Header.Get("Bcc") != "" {
				t.Errorf("subject %q, %v; Bcc %q", subject, err, whole.Header.Get("Bcc"))
			}
			from, err := mail.ParseAddress(whole.Header.Get("From"))
			if err != nil || from.Name != "Comptoir é" {
				t.Errorf("from %v, %v", from, err)
			}
			date, err := whole.Header.Date()
			if err != nil || !date.Equal(sample.At) || whole.Header.Get("Message-ID") != "<"+sample.ID+"@example.com>" || whole.Header.Get("Auto-Submitted") != "auto-generated" {
				t.Errorf("header %v", whole.Header)
			}
			text, err := io.ReadAll(quotedprintable.NewReader(whole.Body))
			if got := strings.TrimRight(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"); err != nil || got != sample.Text {
				t.Errorf("text %q, %v", got, err)
			}
		})
	}
}

func TestMailFails(t *testing.T) {
	tests := []struct {
		name   string
		server smtptest.Options
		change func(*message.MailConfig)
		says   string
	}{
		{"wrong password", smtptest.Options{User: "u", Password: "p"}, func(c *message.MailConfig) { c.User, c.Password = "u", "secret" }, "user and password"},
		{"no password", smtptest.Options{User: "u", Password: "p"}, nil, "530"},
		{"no STARTTLS", smtptest.Options{Plain: true}, nil, "no STARTTLS"},
		{"unknown receiver", smtptest.Options{Refuse: "zoe@example.com"}, nil, "550"},
		{"a certificate of nobody", smtptest.Options{}, func(c *message.MailConfig) { c.CA = "" }, "certificate"},
		{"the same, implicit", smtptest.Options{Implicit: true}, func(c *message.MailConfig) { c.CA, c.TLS = "", message.ImplicitTLS }, "certificate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := smtptest.Start(t, tt.server)
			err := mailer(t, s, tt.change).Send(t.Context(), sample)
			if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), s.Address) {
				t.Errorf("got %v, want %q in it", err, tt.says)
			}
			if strings.Contains(err.Error(), "zoe") || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v tells too much", err)
			}
			if len(s.Mails) > 0 {
				t.Error("an e-mail was sent all the same")
			}
		})
	}
}

// A server that is busy is an error, until it is not.
func TestMailAgain(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{})
	s.Break(1)
	m := mailer(t, s, nil)
	if err := m.Send(t.Context(), sample); err == nil || !strings.Contains(err.Error(), "451") {
		t.Errorf("got %v", err)
	}
	if err := m.Send(t.Context(), sample); err != nil || len(s.Mails) != 1 {
		t.Errorf("again: %v, %d e-mails", err, len(s.Mails))
	}
}

// A server that says nothing is left when the hub stops.
func TestMailStops(t *testing.T) {
	s := smtptest.Start(t, smtptest.Options{Silent: true})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- mailer(t, s, nil).Send(ctx, sample) }()
	cancel()
	if err := <-done; err == nil {
		t.Error("sent")
	}
}

func TestMailConfig(t *testing.T) {
	good := message.MailConfig{Address: "smtp.example.com:587", TLS: message.StartTLS, From: "a@example.com"}
	for says, change := range map[string]func(*message.MailConfig){
		"address":  func(c *message.MailConfig) { c.Address = "smtp.example.com" },
		"from":     func(c *message.MailConfig) { c.From = "nobody" },
		"tls":      func(c *message.MailConfig) { c.TLS = "ssl" },
		"machine":  func(c *message.MailConfig) { c.TLS = message.NoTLS },
		"password": func(c *message.MailConfig) { c.User = "u" },
		"ca":       func(c *message.MailConfig) { c.CA = "message_test.go" },
		"PEM":      func(c *message.MailConfig) { c.CA = "missing.pem" },
	} {
		config := good
		change(&config)
		if _, err := message.NewMailer(config); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func TestWebhook(t *testing.T) {
	var body []byte
	var header http.Header
	status := http.StatusNoContent
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		header = r.Header
		w.WriteHeader(status)
	}))
	defer server.Close()
	w := &message.Webhook{Client: server.Client(), URL: server.URL + "/token-in-path", Secret: "s", Authorization: "Bearer b"}
	if err := w.Send(t.Context(), sample); err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte("s"))
	mac.Write(body)
	if got, want := header.Get(message.SignatureHeader), "sha256="+hex.EncodeToString(mac.Sum(nil)); got != want {
		t.Errorf("signed %s, want %s", got, want)
	}
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil || got["id"] != sample.ID || got["at"] != "2026-11-23T17:05:00Z" || got["text"] != sample.Text || got["event"] != nil || header.Get("Authorization") != "Bearer b" {
		t.Errorf("posted %s with %v: %v", body, header, err)
	}
	for _, status = range []int{http.StatusMovedPermanently, http.StatusBadRequest, http.StatusInternalServerError} {
		if err := w.Send(t.Context(), sample); err == nil || !strings.Contains(err.Error(), "HTTP") {
			t.Errorf("HTTP %d: %v", status, err)
		}
	}
	server.Close()
	if err := w.Send(t.Context(), sample); err == nil || strings.Contains(err.Error(), "token-in-path") {
		t.Errorf("with nobody there: %v", err)
	}
}

func TestCheckAddress(t *testing.T) {
	for text, want := range map[string]bool{
		"https://example.com/x": true, "http://127.0.0.1:9/x": true, "http://localhost": true, "http://[::1]:9": true,
		"http://example.com": false, "example.com": false, "ftp://example.com": false, "": false, "https://": false,
	} {
		if err := message.CheckAddress(text); (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}
