package deliverect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	tokenTimeout = 15 * time.Second
	// tokenMargin keeps a token from ending between here and there.
	tokenMargin = time.Minute
	// tokenMost is how long a token is believed, whatever the platform says.
	tokenMost = 24 * time.Hour
)

// tokens buys and keeps the token of the connection (A0: OAuth2 client credentials, kept until
// expires_at).
type tokens struct {
	client  *http.Client
	now     func() time.Time
	url     string
	request []byte
	// turn is held by the one who asks the platform; the others wait for the answer.
	turn chan struct{}

	mu      sync.Mutex
	token   string
	expires time.Time
}

func newTokens(base string, config Config) *tokens {
	client := http.Client{}
	if config.Client != nil {
		client = *config.Client
	}
	// a redirect would carry the secret elsewhere
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	now := config.Now
	if now == nil {
		now = time.Now
	}
	request, _ := json.Marshal(map[string]string{ // texts always marshal
		"client_id":     config.ClientID,
		"client_secret": config.ClientSecret,
		"audience":      base,
		"grant_type":    "client_credentials",
	})
	return &tokens{client: &client, now: now, url: base + "/oauth/token", request: request, turn: make(chan struct{}, 1)}
}

func (t *tokens) get(ctx context.Context) (string, error) {
	if token := t.kept(); token != "" {
		return token, nil
	}
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-t.turn }()
	if token := t.kept(); token != "" { // bought by the one before us
		return token, nil
	}
	return t.buy(ctx)
}

func (t *tokens) kept() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.now().Before(t.expires.Add(-tokenMargin)) {
		return ""
	}
	return t.token
}

func (t *tokens) drop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.expires = "", time.Time{}
}

func (t *tokens) buy(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(t.request))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := t.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return "", err
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return "", fmt.Errorf("%s answered %s: check client_id and client_secret", t.url, response.Status)
	}
	var answer struct {
		AccessToken string  `json:"access_token"`
		ExpiresAt   float64 `json:"expires_at"`
		ExpiresIn   float64 `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", fmt.Errorf("the answer of %s: %w", t.url, err)
	}
	if answer.AccessToken == "" {
		return "", errors.New("the answer of " + t.url + " has no access_token")
	}
	// without either the token serves this call alone
	now := t.now()
	left := answer.ExpiresIn
	if answer.ExpiresAt > 0 {
		left = answer.ExpiresAt - float64(now.Unix())
	}
	left = min(max(left, 0), tokenMost.Seconds())
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.expires = answer.AccessToken, now.Add(time.Duration(left)*time.Second)
	return t.token, nil
}
