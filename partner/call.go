package partner

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// NewCall makes a call whose body is value as JSON. value is a struct of texts and numbers,
// which always marshals.
func NewCall(name, method, path string, value any) Call {
	body, _ := json.Marshal(value)
	return Call{Name: name, Method: method, Path: path, Body: body}
}

// JudgeStatus reads an answer by its HTTP status, where the platform means nothing special by it.
func JudgeStatus(status int) Verdict {
	switch {
	case status >= 200 && status < 300:
		return Done
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500:
		return Again
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		// wrong credentials are mended by people; the call must not be lost until then
		return Again
	case status >= 400:
		return Refused
	}
	// a redirect comes from something between us and the platform
	return Again
}

// CheckBase returns the address that the paths of calls are added to: base, or the usual one
// where base is empty.
func CheckBase(base, usual string) (string, error) {
	if base == "" {
		base = usual
	}
	parsed, err := url.Parse(base)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Host == "" ||
		parsed.RawQuery != "" || parsed.Fragment != "" || parsed.User != nil {
		return "", fmt.Errorf("base %q: give an address such as %s", base, usual)
	}
	return strings.TrimRight(base, "/"), nil
}
