package message

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
)

// SignatureHeader holds "sha256=" and the HMAC-SHA256 of the raw body, in hex.
const SignatureHeader = "Comptoir-Signature"

// Webhook posts messages to an address. Any answer from 200 to 299 means that it was taken.
type Webhook struct {
	// Client must follow no redirects; its timeout bounds each attempt.
	Client *http.Client
	URL    string
	// Secret signs the body; Authorization is sent as it is. Either may be empty.
	Secret, Authorization string
}

// Send makes one attempt.
func (w *Webhook) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("writing a message: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("the webhook has no usable address")
	}
	request.Header.Set("Content-Type", "application/json")
	if w.Authorization != "" {
		request.Header.Set("Authorization", w.Authorization)
	}
	if w.Secret != "" {
		mac := hmac.New(sha256.New, []byte(w.Secret))
		mac.Write(body)
		request.Header.Set(SignatureHeader, "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	response, err := w.Client.Do(request)
	if err != nil {
		// without the address, which may be a secret
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err
		}
		return fmt.Errorf("no answer: %w", err)
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10) // so that the connection can be used again
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return fmt.Errorf("HTTP %d", response.StatusCode)
	}
	return nil
}

// CheckAddress refuses what messages must not be posted to: they name orders, so plain http is
// for this machine alone.
func CheckAddress(text string) error {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return fmt.Errorf("%q is no address such as https://example.com/comptoir", text)
	}
	if address.Scheme == "http" && !loopback(address.Hostname()) {
		return fmt.Errorf("%q would be read on its way: use https", text)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
