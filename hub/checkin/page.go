package checkin

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"

	"golang.org/x/text/language"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// State is what the page has to say.
type State string

// The states.
const (
	Asking    State = "asking"    // are you here?
	Known     State = "known"     // we know you are here
	Early     State = "early"     // not accepted yet
	Over      State = "over"      // handed over
	Cancelled State = "cancelled" // or rejected, or expired
	Unknown   State = "unknown"   // the link is wrong, or too old
	Busy      State = "busy"      // too many requests
	Failed    State = "failed"    // our fault, or a form that cannot be read
)

// Page is what one customer sees. It tells nothing of the order but its number.
type Page struct {
	State State
	// Language is "fr" or "en".
	Language string
	// Shop and Number are empty where the link is not known.
	Shop, Number string
	// VehicleKnown and SpotKnown: there is one already, which is not shown.
	VehicleKnown, SpotKnown bool
	// FormID is what ReadForm gives back.
	FormID string
}

// Pages writes pages. It never changes.
type Pages struct {
	template *template.Template
	policy   string
	matcher  language.Matcher
}

// NewPages reads the templates.
func NewPages() *Pages {
	hash := sha256.Sum256([]byte(pageCSS))
	return &Pages{
		template: template.Must(template.New("page").Option("missingkey=error").Parse(pageHTML)),
		// the style is named by its hash: one request is all that a bad line must carry
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) +
			"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		matcher: language.NewMatcher([]language.Tag{language.English, language.French}),
	}
}

// Protect sets what keeps a link, and what is behind it, to the one who has it.
func Protect(header http.Header) {
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Robots-Tag", "noindex")
}

// Write answers with the page.
func (p *Pages) Write(w http.ResponseWriter, status int, page Page) error {
	t := texts()[page.Language]
	other := "fr"
	if page.Language == "fr" {
		other = "en"
	}
	var out bytes.Buffer
	err := p.template.Execute(&out, struct {
		Page
		T                  words
		Title, Text, Other string
		CSS                template.CSS
	}{page, t, t[string(page.State)], t[string(page.State)+"_text"], other, template.CSS(pageCSS)})
	if err != nil {
		return err
	}
	Protect(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", p.policy)
	w.WriteHeader(status)
	_, _ = out.WriteTo(w) // the customer may be gone
	return nil
}

// Language is what ?lang says, else what the browser prefers of ours, else usual.
func (p *Pages) Language(r *http.Request, usual string) string {
	if lang := r.URL.Query().Get("lang"); lang == "fr" || lang == "en" {
		return lang
	}
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return usual
	}
	_, at, confidence := p.matcher.Match(wanted...)
	if confidence == language.No {
		return usual
	}
	return [...]string{"en", "fr"}[at]
}
