package sandbox

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed page.html page.css
var pageFiles embed.FS

// shownOrders is as many as a page holds.
const shownOrders = 40

// shownStoreCalls is as many calls about a store.
const shownStoreCalls = 8

// maxForm is far more than any button sends.
const maxForm = 4 << 10

// view is what the template shows.
type view struct {
	T         words
	Lang      string
	Said      string
	Paused    bool
	Rate      string
	Rates     []string
	Links     []linkView
	Printers  []printerView
	Orders    []orderView
	Strays    []callView
	OtherLang string
}

type linkView struct {
	ID, Name, URL string
	Kinds         []choice
	CanChange     bool
	Faults        int
	// Store says what the platform knows of it; Paused that it takes no orders.
	Store  []string
	Paused bool
	Calls  []callView // about the store
}

type choice struct{ Value, Name string }

type orderView struct {
	At, Promised   string
	Platform, Kind string
	Timing         string
	Number, Name   string
	Items          []string
	Note           string
	CheckIn        string // where the customer says "I am here"; empty for others
	Messages       []messageView
	Calls          []callView
}

type messageView struct {
	At, What, Status, Problem string
	OK                        bool
}

type callView struct {
	At, Platform, Method, Path, Body, Status, Problem string
	Verdict                                           string // allowed, refused or faulted
}

// Handler serves the page.
func (p *Platforms) Handler() http.Handler {
	page := template.Must(template.New("page.html").Option("missingkey=error").
		Funcs(template.FuncMap{"arguments": func(values ...any) []any { return values }}).ParseFS(pageFiles, "page.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		var out bytes.Buffer
		if err := page.Execute(&out, p.view(r)); err != nil {
			p.log.Error("sandbox page", "error", err)
			http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = out.WriteTo(w) // a browser that went away is its own affair
	})
	mux.HandleFunc("GET /page.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, pageFiles, "page.css")
	})
	mux.HandleFunc("GET /tickets/{printer}/{number}", p.serveTicket)
	mux.HandleFunc("GET /check-in/{connection}/{order}", p.serveCheckIn)
	for path, press := range map[string]func(*http.Request) error{
		"send": p.pressSend, "cancel": p.pressCancel, "change": p.pressChange, "rate": p.pressRate, "fail": p.pressFail,
		"printer": p.pressPrinter,
	} {
		mux.HandleFunc("POST /"+path, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			back := url.Values{"lang": {language(r)}}
			switch err := press(r); {
			case errors.Is(err, ErrUnknown):
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			case errors.Is(err, ErrNoOrder):
				back.Set("said", "none")
			case errors.Is(err, ErrNotReady):
				back.Set("said", "not_ready")
			}
			http.Redirect(w, r, "/?"+back.Encode(), http.StatusSeeOther)
		})
	}
	return http.NewCrossOriginProtection().Handler(mux) // other sites' pages press no button
}

func (p *Platforms) pressSend(r *http.Request) error {
	_, err := p.Send(r.Context(), r.PostFormValue("connection"), Wish{Kind(r.PostFormValue("kind")), Timing(r.PostFormValue("timing"))})
	return err
}

func (p *Platforms) pressCancel(r *http.Request) error {
	_, err := p.Cancel(r.Context(), r.PostFormValue("connection"))
	return err
}

func (p *Platforms) pressChange(r *http.Request) error {
	_, err := p.Change(r.Context(), r.PostFormValue("connection"))
	return err
}

func (p *Platforms) pressRate(r *http.Request) error {
	rate, err := strconv.ParseFloat(strings.Replace(r.PostFormValue("rate"), ",", ".", 1), 64)
	if err != nil {
		return ErrUnknown
	}
	return p.SetRate(rate)
}

func (p *Platforms) pressFail(r *http.Request) error {
	connection := r.PostFormValue("connection")
	if r.PostFormValue("fault") == "none" {
		return p.Heal(connection)
	}
	fault, known := map[string]Fault{
		"500": {Status: http.StatusInternalServerError}, "429": {Status: http.StatusTooManyRequests, RetryAfter: 5}, "hang": {},
	}[r.PostFormValue("fault")]
	n, err := strconv.Atoi(r.PostFormValue("calls"))
	if !known || err != nil || n < 1 || n > 100 {
		return ErrUnknown
	}
	return p.Fail(connection, n, fault)
}

func (p *Platforms) view(r *http.Request) view {
	lang := language(r)
	t := texts()[lang]
	v := view{
		T: t, Lang: lang, OtherLang: "fr", Paused: r.FormValue("paused") != "",
		Rate: strconv.FormatFloat(p.Rate(), 'g', -1, 64), Rates: []string{"0", "1", "4", "10", "30"},
	}
	if lang == "fr" {
		v.OtherLang = "en"
	}
	switch said := r.FormValue("said"); said {
	case "none", "not_ready":
		v.Said = t["said_"+said]
	}
	calls := map[string][]callView{}
	for _, l := range p.links {
		shown := linkView{ID: l.ID, Name: title(l.name), URL: l.URL(), CanChange: l.Adjustment(Order{}) != nil, Faults: l.Faults()}
		for _, kind := range l.Kinds() {
			shown.Kinds = append(shown.Kinds, choice{string(kind), t[string(kind)]})
		}
		shown.Store, shown.Paused = t.store(l.Store(), l)
		for _, call := range l.Calls() {
			seen := t.call(call, l)
			if call.Store {
				shown.Calls = append(shown.Calls, seen)
			} else if call.Order != "" {
				calls[l.ID+" "+call.Order] = append(calls[l.ID+" "+call.Order], seen)
			} else if seen.Verdict != "allowed" {
				v.Strays = append(v.Strays, seen)
			}
		}
		shown.Calls = shown.Calls[max(0, len(shown.Calls)-shownStoreCalls):]
		slices.Reverse(shown.Calls)
		v.Links = append(v.Links, shown)
	}
	for _, k := range p.printers {
		v.Printers = append(v.Printers, t.printer(k, p.links[0].Zone))
	}
	sent := p.Sent()
	for _, s := range sent[:min(len(sent), shownOrders)] {
		o := t.order(s, p.link(s.Connection))
		o.Calls = calls[s.Connection+" "+s.Order.ID]
		v.Orders = append(v.Orders, o)
	}
	v.Strays = v.Strays[max(0, len(v.Strays)-10):]
	slices.Reverse(v.Strays)
	return v
}

func (t words) order(s Sent, l *link) orderView {
	o := orderView{
		At: clock(s.Order.Placed, l), Promised: clock(s.Order.Promised, l), Platform: title(l.name),
		Kind: t[string(s.Order.Kind)], Number: s.Order.Number, Name: s.Order.Customer.Name, Note: s.Order.Note,
	}
	if s.Order.Timing != Soon {
		o.Timing = t[string(s.Order.Timing)]
	}
	if s.Order.outside() && l.ShopToken != "" {
		o.CheckIn = "/check-in/" + url.PathEscape(l.ID) + "/" + url.PathEscape(s.Order.ID)
	}
	for _, item := range s.Order.Items {
		text := fmt.Sprintf("%d × %s", item.Quantity, item.Item.Name)
		var with []string
		for _, c := range item.Choices {
			with = append(with, c.Modifier.Name)
		}
		if len(with) > 0 {
			text += " (" + strings.Join(with, ", ") + ")"
		}
		if item.Remark != "" {
			text += " – " + item.Remark
		}
		o.Items = append(o.Items, text)
	}
	for _, m := range s.Messages {
		shown := messageView{At: clock(m.At, l), What: t["message_"+string(m.What)], Problem: m.Problem, OK: m.Accepted(), Status: strconv.Itoa(m.Status)}
		if m.Status == 0 {
			shown.Status = t["no_answer"]
		}
		o.Messages = append(o.Messages, shown)
	}
	return o
}

// store says what a platform knows of the store.
func (t words) store(s Store, l *link) (lines []string, paused bool) {
	switch {
	case s.Paused && s.Until.IsZero():
		lines = append(lines, t["store_paused"])
	case s.Paused:
		lines = append(lines, t["store_paused_until"]+" "+clock(s.Until, l))
	default:
		lines = append(lines, t["store_open"])
	}
	if s.PreparationMinutes > 0 {
		lines = append(lines, fmt.Sprintf("%s %d min", t["store_preparation"], s.PreparationMinutes))
	}
	if len(s.Out) > 0 {
		lines = append(lines, t["store_out"]+" "+strings.Join(slices.Sorted(maps.Keys(s.Out)), ", "))
	}
	return lines, s.Paused
}

func (t words) call(c Call, l *link) callView {
	v := callView{
		At: clock(c.At, l), Platform: title(l.name), Method: c.Method, Path: c.Path, Status: strconv.Itoa(c.Status),
		Problem: c.Problem, Verdict: "allowed",
	}
	if c.Status == 0 {
		v.Status = t["hang"]
	}
	switch {
	case c.Problem != "":
		v.Verdict = "refused"
	case c.Faulted:
		v.Verdict = "faulted"
	}
	var said any = c.Body
	if c.List != nil {
		said = c.List
	}
	if (c.Body != nil || c.List != nil) && c.Path != "/oauth/token" { // credentials are for nobody's eyes
		body, _ := json.Marshal(said) // it was JSON when it came
		v.Body = string(body)
	}
	return v
}

func clock(t time.Time, l *link) string { return clockIn(t, l.Zone) }

func clockIn(t time.Time, zone *time.Location) string { return t.In(zone).Format("15:04:05") }

func title(platform string) string {
	if platform == "doordash" {
		return "DoorDash"
	}
	return "Deliverect"
}

// language is what ?lang says, else what the browser prefers.
func language(r *http.Request) string {
	switch lang := r.URL.Query().Get("lang"); {
	case lang == "fr", lang == "en":
		return lang
	case strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "fr"):
		return "fr"
	}
	return "en"
}
