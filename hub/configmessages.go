package hub

import (
	"errors"
	"fmt"
	"net/mail"
	"path/filepath"
	"regexp"
	"time"

	"comptoir/hub/message"
)

// EscalationConfig says who hears that nobody looks at a location's orders.
type EscalationConfig struct {
	// After is how long it must last, in opening hours.
	After time.Duration
	// Emails and SMS are receivers, Webhook an address, signed with Secret.
	Emails, SMS     []string
	Webhook, Secret string
}

// SMSConfig is the gateway that takes SMS, as a webhook.
type SMSConfig struct{ URL, Secret, Authorization string }

type smtpTable struct {
	Address  string `toml:"address"`
	TLS      string `toml:"tls"`
	User     string `toml:"user"`
	Password string `toml:"password"`
	From     string `toml:"from"`
	CA       string `toml:"ca"`
}

type smsTable struct {
	URL           string `toml:"url"`
	Secret        string `toml:"secret"`
	Authorization string `toml:"authorization"`
}

type escalationTable struct {
	After   *duration `toml:"after"`
	Emails  []string  `toml:"emails"`
	SMS     []string  `toml:"sms"`
	Webhook string    `toml:"webhook"`
	Secret  string    `toml:"secret"`
}

type checkInTable struct {
	Send []string `toml:"send"`
}

// check is the ways by which customers get their links.
func (t checkInTable) check(config Config) ([]string, error) {
	for _, via := range t.Send {
		switch {
		case via != viaSMS && via != viaEmail:
			return nil, fmt.Errorf("check_in: send: %q is not known; use %q and %q, the preferred one first", via, viaSMS, viaEmail)
		case via == viaSMS && config.SMS == nil:
			return nil, errors.New("check_in: send: there is no gateway for SMS: add an [sms] table")
		case via == viaEmail && config.Mail == nil:
			return nil, errors.New("check_in: send: there is no mail server: add an [smtp] table")
		}
	}
	if len(t.Send) > 0 && config.PublicURL == "" {
		return nil, errors.New("check_in: send: a link needs the hub's address as customers reach it: set public_url")
	}
	return t.Send, nil
}

// messages checks the ways out for messages.
func (f configFile) messages(config *Config, dir string) error {
	if t := f.SMTP; t != nil {
		mail := message.MailConfig{Address: t.Address, TLS: t.TLS, User: t.User, Password: t.Password, From: t.From, CA: t.CA}
		if mail.TLS == "" {
			mail.TLS = message.StartTLS
		}
		if mail.CA != "" && !filepath.IsAbs(mail.CA) {
			mail.CA = filepath.Join(dir, mail.CA)
		}
		if _, err := message.NewMailer(mail); err != nil {
			return fmt.Errorf("smtp: %w", err)
		}
		config.Mail = &mail
	}
	if t := f.SMS; t != nil {
		if err := message.CheckAddress(t.URL); err != nil {
			return fmt.Errorf("sms: url: %w", err)
		}
		config.SMS = &SMSConfig{URL: t.URL, Secret: t.Secret, Authorization: t.Authorization}
	}
	return nil
}

// telephone is a number with its country, as gateways want it.
var telephone = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// What an escalation may wait: less is the everyday, more is a day lost.
const (
	usualAfter = 5 * time.Minute
	leastAfter = time.Minute
	mostAfter  = 12 * time.Hour
)

// check is nil for a location that has no such table.
func (t *escalationTable) check(config Config) (*EscalationConfig, error) {
	if t == nil {
		return nil, nil
	}
	e := &EscalationConfig{After: usualAfter, Emails: t.Emails, SMS: t.SMS, Webhook: t.Webhook, Secret: t.Secret}
	if t.After != nil {
		e.After = time.Duration(*t.After)
	}
	if e.After < leastAfter || e.After > mostAfter {
		return nil, fmt.Errorf("escalation: after: %s: use 1m to 12h", e.After)
	}
	if len(e.Emails) == 0 && len(e.SMS) == 0 && e.Webhook == "" {
		return nil, errors.New("escalation: nobody would hear: give emails, sms or webhook, or remove the table")
	}
	for _, address := range e.Emails {
		if _, err := mail.ParseAddress(address); err != nil {
			return nil, fmt.Errorf("escalation: emails: %q is no address such as owner@example.com", address)
		}
	}
	if len(e.Emails) > 0 && config.Mail == nil {
		return nil, errors.New("escalation: emails: there is no mail server to send them: add an [smtp] table")
	}
	for _, number := range e.SMS {
		if !telephone.MatchString(number) {
			return nil, fmt.Errorf("escalation: sms: %q is no number such as +15145550100", number)
		}
	}
	if len(e.SMS) > 0 && config.SMS == nil {
		return nil, errors.New("escalation: sms: there is no gateway to send them: add an [sms] table")
	}
	if e.Webhook == "" {
		return e, nil
	}
	if err := message.CheckAddress(e.Webhook); err != nil {
		return nil, fmt.Errorf("escalation: webhook: %w", err)
	}
	if e.Secret == "" {
		return nil, errors.New("escalation: secret: must be given with a webhook; it signs what is posted")
	}
	return e, nil
}
