package model

import (
	"time"

	"comptoir/staff"
)

// Lock is the screen of a locked terminal: how much there is to do, in numbers alone, and who may
// sign in.
type Lock struct {
	Location   string
	Connection Connection
	Clock      string
	// Open: "14 commandes ouvertes"; Late: "2 en retard", empty where none is; Next: "Prochaine
	// 12 h 20", empty where nothing is due.
	Open, Late, Next string
	SignIn           SignIn
}

// SignIn is where somebody gives a PIN, on the lock screen or in place for one action. The PIN
// itself is the view's: it comes with EnterPIN and is kept nowhere.
type SignIn struct {
	Title string
	Text  string // what it is for; empty on the lock screen
	// People are those whose PIN would do. Label names the chosen one's; empty where nobody is.
	People []Member
	Label  string
	// Problem says why the last PIN did not do; Blocked: no PIN is taken now.
	Problem string
	Blocked bool
	// Least and Most are the digits of a PIN.
	Least, Most int
	Go          string
	// Busy: the PIN is being tried, and Checking stands on the button.
	Busy     bool
	Checking string
	Back     string // to the names; empty where there is only one
	// Stay is the way out that says what stays, Close the button that closes; empty on the lock screen.
	Stay, Close string
}

// Member is one of the staff.
type Member struct {
	ID, Name, Role string
	Chosen         bool
}

// LocationRow is a location that may be shown.
type LocationRow struct {
	ID, Name string
	// Open: "14 ouvertes"; State: "2 en retard" or "À l’heure", as on the tabs.
	Open, State string
	Late        int
	Chosen      bool
}

// LocationSheet leads to the other locations.
type LocationSheet struct {
	Title string
	Rows  []LocationRow
	Close string
	Below string
}

// Desk is who works with the terminal, and what is being asked of them.
type Desk struct {
	// Person has signed in, where SignedIn.
	Person   staff.Person
	SignedIn bool
	// Chosen is whose PIN is about to be typed, WrongPIN what the last one was refused for (a key
	// of the words), Tries how many wrong ones cost nothing, and Wait how long none is taken.
	Chosen   string
	WrongPIN string
	Tries    int
	Wait     time.Duration
	Busy     bool
	// Asked is the right that is asked for in place; empty where none is.
	Asked staff.Right
}

// signedOut reports whether somebody has to sign in first.
func (b *builder) signedOut() bool { return b.Settings.staffed() && !b.Desk.SignedIn }

// lock is the lock screen; nil where the terminal is open.
func (b *builder) lock(top TopBar) *Lock {
	if !b.signedOut() {
		return nil
	}
	open, late := 0, 0
	for _, v := range b.all {
		if v.Status.Open() {
			open++
			if v.lateness.Late {
				late++
			}
		}
	}
	l := &Lock{
		Location: top.Location, Connection: top.Connection, Clock: top.Clock, Open: b.Words.Count("lock.open", open),
		SignIn: b.signIn(b.Settings.everybody()),
	}
	if len(b.Settings.locations) > 1 {
		l.Location = b.Words.Count("top.locations", len(b.Settings.locations))
	}
	if late > 0 {
		l.Late = b.Words.Count("tab.late", late)
	}
	if top.NextDue != "" {
		l.Next = top.NextLabel + " " + top.NextDue
	}
	l.SignIn.Title = b.Words.Say("lock.title")
	l.SignIn.Go = b.Words.Say("lock.go")
	return l
}

// ask is the sheet that asks for a PIN in place; nil where none is asked for.
func (b *builder) ask() *SignIn {
	if b.Desk.Asked == "" || b.signedOut() {
		return nil
	}
	s := b.signIn(b.Settings.of(b.Choice.Location).Staff.With(b.Desk.Asked))
	s.Title = b.Words.Say("ask.title")
	s.Text = b.Words.Say("ask.text", "action", b.Words.Say("right."+string(b.Desk.Asked)), "name", b.Desk.Person.Name)
	s.Go, s.Stay, s.Close = b.Words.Say("ask.go"), b.Words.Say("ask.close"), b.Words.Say("setup.close")
	return &s
}

func (b *builder) signIn(team staff.Team) SignIn {
	s := SignIn{Least: staff.LeastDigits, Most: staff.MostDigits, Busy: b.Desk.Busy, Checking: b.Words.Say("pin.checking")}
	chosen := b.Desk.Chosen
	if len(team) == 1 {
		chosen = team[0].ID
	} else {
		s.Back = b.Words.Say("pin.back")
	}
	for _, p := range team {
		member := Member{ID: p.ID, Name: p.Name, Role: b.Words.Say("role." + string(p.Role)), Chosen: p.ID == chosen}
		s.People = append(s.People, member)
		if member.Chosen {
			s.Label = b.Words.Say("pin.of", "name", p.Name)
		}
	}
	if s.Label == "" {
		return s
	}
	switch wait := b.Desk.Wait; {
	case wait > time.Minute:
		minutes := int((wait + time.Minute - 1) / time.Minute)
		s.Blocked, s.Problem = true, b.Words.Say("pin.wait", "duration", b.Words.Duration(minutes))
	case wait > 0:
		s.Blocked, s.Problem = true, b.Words.Say("pin.wait.soon")
	case b.Desk.WrongPIN == wrongPIN && b.Desk.Tries > 0:
		s.Problem = b.Words.Count("pin.wrong.tries", b.Desk.Tries)
	case b.Desk.WrongPIN != "":
		s.Problem = b.Words.Say(b.Desk.WrongPIN)
	}
	return s
}

// Why a PIN did not do, as keys of the words.
const (
	wrongPIN      = "pin.wrong"
	pinUnknown    = "pin.unknown"
	pinNotChecked = "pin.not_checked"
)

// locations are those that whoever has signed in has a right to, with what there is to do.
func (b *builder) locations() LocationSheet {
	sheet := LocationSheet{Title: b.Words.Say("locations.title"), Close: b.Words.Say("locations.close"), Below: b.Words.Say("details.below")}
	if len(b.Settings.locations) < 2 {
		return sheet
	}
	for _, l := range b.Settings.locations {
		if !l.Staff.Allows(b.Desk.Person.ID, staff.Orders) {
			continue
		}
		open, late := 0, 0
		for _, v := range b.all {
			if v.Location == l.ID && v.Status.Open() {
				open++
				if v.lateness.Late {
					late++
				}
			}
		}
		row := LocationRow{
			ID: l.ID, Name: l.Name, Open: b.Words.Count("locations.open", open), State: b.Words.Say("tab.on_time"),
			Late: late, Chosen: l.ID == b.Choice.Location,
		}
		if late > 0 {
			row.State = b.Words.Count("tab.late", late)
		}
		sheet.Rows = append(sheet.Rows, row)
	}
	return sheet
}

// local keeps the orders of the location that is shown, and those of no location that is known:
// they would be nowhere else.
func (b *builder) local() []*view {
	var here []*view
	for _, v := range b.all {
		if b.Settings.shows(v.Location) {
			here = append(here, v)
		}
	}
	return here
}

// shows reports whether a location's orders are listed: those of the one that is shown, and those of
// no location that is known.
func (s Settings) shows(location string) bool {
	return len(s.locations) < 2 || location == s.first().ID || s.of(location).ID == ""
}

// elsewhere names the location of an order that is not the one shown; else empty.
func (b *builder) elsewhere(v *view) string {
	if len(b.Settings.locations) < 2 || v.Location == b.Choice.Location {
		return ""
	}
	return v.location.Name
}

// person names whoever has signed in, for the button that locks; empty where nobody has to.
func (b *builder) person() string {
	if !b.Settings.staffed() {
		return ""
	}
	return b.Desk.Person.Name
}

// staffed reports whether a location of the terminal has a staff: then somebody has to sign in.
func (s Settings) staffed() bool { return len(s.everybody()) > 0 }

// everybody works at some location, each once.
func (s Settings) everybody() staff.Team {
	var all staff.Team
	for _, l := range s.locations {
		for _, p := range l.Staff {
			if _, known := all.Find(p.ID); !known {
				all = append(all, p)
			}
		}
	}
	return all
}

// showing is the settings with one location on the screen: the one chosen, else the first that
// the person has a right to; nobody keeps none from being shown. Its zone is the clock's, and its
// language the usual one.
func (s Settings) showing(chosen, person string) Settings {
	s.shown = ""
	for _, l := range s.locations {
		may := person == "" || l.Staff.Allows(person, staff.Orders)
		if may && (s.shown == "" || l.ID == chosen) {
			s.shown = l.ID
		}
	}
	return s
}

// first is the location that is shown.
func (s Settings) first() *location {
	if l := s.of(s.shown); l.ID != "" || len(s.locations) == 0 {
		return l
	}
	return &s.locations[0]
}

// home names the location of a station, where there are several.
func (s Settings) home(station string) string {
	for _, l := range s.locations {
		if _, has := l.stations[station]; has && len(s.locations) > 1 {
			return l.Name
		}
	}
	return ""
}
