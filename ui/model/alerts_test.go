package model

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/terminal"
)

// machine is what makes alerts, and what it was told.
type machine struct {
	mu     sync.Mutex
	state  terminal.AlertState
	volume int
	tried  []terminal.AlarmKind
	checks int
}

func (*machine) Ring(terminal.AlarmKind) {}
func (*machine) Show([]terminal.Notice)  {}

func (m *machine) Try(kind terminal.AlarmKind) { m.tried = append(m.tried, kind) }
func (m *machine) SetVolume(volume int)        { m.volume = volume }
func (m *machine) Check()                      { m.checks++ }

func (m *machine) State() terminal.AlertState {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state
}

func (m *machine) becomes(audio terminal.Audio) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state.Audio = audio
}

// oneOfEach is an order for every kind of alarm that orders have.
func oneOfEach(t *testing.T) map[terminal.AlarmKind]order.Order {
	t.Helper()
	return map[terminal.AlarmKind]order.Order{
		terminal.KindDue: run(t, with(promisedAt("5", "12:29"), func(o *order.Order) { o.PlacedAt = at("08:00") }),
			order.Command{Type: order.Accept, At: at("08:01")}),
		terminal.KindTakenBack: run(t, promisedAt("4", "12:30"), do(order.Accept, order.PartnerCancel)...),
		terminal.KindArrival: run(t, with(promisedAt("3", "12:35"), func(o *order.Order) { o.Fulfillment.Type = order.Curbside }),
			order.Command{Type: order.Accept}, order.Command{Type: order.CustomerArrived, At: at("12:10"), Vehicle: "Mazda", Spot: "4"}),
		terminal.KindNew:      run(t, promisedAt("2", "12:40")),
		terminal.KindDeadline: run(t, with(promisedAt("1", "12:50"), func(o *order.Order) { o.AcceptBy = at("12:18") })),
	}
}

// The most urgent kind is what is heard, and its row is the first, whatever else rings.
func TestAlarmPriority(t *testing.T) {
	byKind := oneOfEach(t)
	troubles := map[terminal.AlarmKind]terminal.Trouble{
		terminal.KindDisk:     {Key: "disk/full", Kind: terminal.KindDisk, Disk: terminal.DiskFull},
		terminal.KindPrinting: {Key: "printer/Bar/fault", Kind: terminal.KindPrinting, Printer: "Bar", Cause: terminal.CauseFault, Fault: terminal.FaultPaper},
		terminal.KindHub:      {Key: "hub/x", Kind: terminal.KindHub, Since: at("12:16")},
	}
	kinds := terminal.AlarmKinds()
	for from, kind := range kinds {
		s := state(t, French)
		for _, other := range slices.Backward(kinds[from:]) {
			if o, ok := byKind[other]; ok {
				s.Orders = append(s.Orders, o)
			} else {
				s.Troubles = append(s.Troubles, troubles[other])
			}
		}
		a := Build(s, places()).Alarm
		if a == nil || a.Kind != kind {
			t.Errorf("%v ring, heard is %+v, want %s", kinds[from:], a, kind)
			continue
		}
		if n := len(kinds) - from; len(a.Notices) != n || len(a.Rows) != min(n, mostAlarms) {
			t.Errorf("%s: %d rows and %d notices for %d", kind, len(a.Rows), len(a.Notices), n)
		}
		if row := a.Rows[0]; row.OrderID+row.Trouble != byKind[kind].ID+troubles[kind].Key {
			t.Errorf("%s: first comes %+v", kind, row)
		}
	}
}

// A notification is seen by anybody: it has the order's number and section, and no name.
func TestNoticesNameNobody(t *testing.T) {
	for kind, o := range oneOfEach(t) {
		a := Build(state(t, French, o), places()).Alarm
		if a == nil || len(a.Notices) != 1 {
			t.Fatalf("%s: %+v", kind, a)
		}
		notice := a.Notices[0]
		if all := notice.Title + notice.Text; strings.Contains(all, "Gagnon") || strings.Contains(all, "514") || strings.Contains(all, "Mazda") {
			t.Errorf("%s says %q", kind, all)
		}
		if !strings.Contains(notice.Text, "#"+o.Number+" · ") || notice.Key != o.ID {
			t.Errorf("%s: %+v", kind, notice)
		}
	}
}

func TestTroubleTexts(t *testing.T) {
	for name, tt := range map[string]struct {
		trouble    terminal.Trouble
		want, text string
	}{
		"paper": {
			terminal.Trouble{Kind: terminal.KindPrinting, Printer: "Bar", Cause: terminal.CauseFault, Fault: terminal.FaultPaper, Tickets: 2},
			"Imprimante à voir · cette caisse | Bar | Plus de papier",
			"2 tickets attendent. Elle n’a plus de papier. Mettez un rouleau : l’impression reprend seule.",
		},
		"nobody knows": {
			terminal.Trouble{Kind: terminal.KindPrinting, Printer: "Bar", Cause: terminal.CauseUnconfirmed, Tickets: 1},
			"Imprimante à voir · cette caisse | Bar | 1 ticket non confirmé", "Personne ne sait s’il est sorti. Regardez au poste.",
		},
		"waiting": {
			terminal.Trouble{Kind: terminal.KindPrinting, Printer: "Bar", Cause: terminal.CauseWaiting, Tickets: 1},
			"Imprimante à voir · cette caisse | Bar | N’imprime pas",
			"1 ticket attend. Vérifiez l’adresse, que l’imprimante est allumée et que son câble ou son réseau est branché.",
		},
		"stranded": {
			terminal.Trouble{Kind: terminal.KindPrinting, Printer: "Bar", Cause: terminal.CauseStranded, Tickets: 1},
			"Imprimante à voir · cette caisse | Bar | Poste sans imprimante",
			"1 ticket attend. Ajoutez une imprimante, ou donnez ces postes à une autre.",
		},
		"hub": {
			terminal.Trouble{Kind: terminal.KindHub, Since: at("12:02")},
			"Hub injoignable · cette caisse | Hors ligne | depuis 12 h 02",
			"Les commandes en ligne n’arrivent plus ici. La caisse et les imprimantes continuent. Vérifiez le réseau.",
		},
	} {
		s := state(t, French)
		s.Troubles = []terminal.Trouble{tt.trouble}
		a := Build(s, places()).Alarm
		row := a.Rows[0]
		same(t, name, strings.Join([]string{row.Heading, row.Number, row.Name}, " | "), tt.want)
		same(t, name, row.Text, tt.text)
		same(t, name, a.Hint, "Ne concerne que cette caisse")
	}
}

// Off is silent and without a banner for the next order, whose row stays marked until somebody
// has dealt with it; everything else still rings.
func TestMutedAlertsLeaveAMark(t *testing.T) {
	byKind := oneOfEach(t)
	for _, tt := range []struct {
		kind   terminal.AlarmKind
		mute   func(*Controller) Plan
		unmute func(*Controller) Plan
		next   order.CommandType
	}{
		{
			terminal.KindNew, func(c *Controller) Plan { return c.MuteNewOrders(true) },
			func(c *Controller) Plan { return c.MuteNewOrders(false) }, order.Accept,
		},
		{
			terminal.KindArrival, func(c *Controller) Plan { return c.MuteArrivals(true) },
			func(c *Controller) Plan { return c.MuteArrivals(false) }, order.Acknowledge,
		},
	} {
		c, f, _ := newController(t)
		c.CarryOut(tt.mute(c))
		for kind, o := range byKind {
			f.orders[o.ID] = o
			screen := c.Screen()
			muted, heard := "", kind
			if kind == tt.kind {
				muted, heard = "alerte coupée", ""
			}
			same(t, string(kind)+" on the card", screen.Cards[0].Muted, muted)
			got := terminal.AlarmKind("")
			if screen.Alarm != nil {
				got = screen.Alarm.Kind
			}
			if got != heard {
				t.Errorf("%s is muted: of %s is heard %q", tt.kind, kind, got)
			}
			delete(f.orders, o.ID)
		}
		o := byKind[tt.kind]
		f.orders[o.ID] = o
		f.now = noon.Add(time.Minute)
		c.CarryOut(c.Tap(o.ID, tt.next))
		if card := c.Screen().Cards[0]; card.Muted != "" || f.orders[o.ID].Revision == o.Revision {
			t.Errorf("after %s the card still says %q", tt.next, card.Muted)
		}
		f.orders[o.ID] = o
		c.CarryOut(tt.unmute(c))
		if screen := c.Screen(); screen.Alarm == nil || screen.Cards[0].Muted != "" {
			t.Errorf("%s is on again, and silent", tt.kind)
		}
	}
}

// The answer to a deadline is not one to the muted new order.
func TestGotItLeavesWhatIsMuted(t *testing.T) {
	o := oneOfEach(t)[terminal.KindDeadline]
	c, f, _ := newController(t, o)
	c.CarryOut(c.MuteNewOrders(true))
	row := c.Screen().Alarm.Rows[0]
	c.CarryOut(c.GotIt(row))
	if got := f.orders[o.ID].Acknowledged; !slices.Equal(got, []order.Alarm{order.AlarmDeadline}) {
		t.Errorf("answered %v", got)
	}
	if card := c.Screen().Cards[0]; card.Muted == "" {
		t.Error("the mark has gone")
	}
}

func TestGotItAnswersATrouble(t *testing.T) {
	c, f, _ := newController(t)
	f.troubles = []terminal.Trouble{{Key: "hub/a", Kind: terminal.KindHub}, {Key: "hub/b", Kind: terminal.KindHub}}
	rows := c.Screen().Alarm.Rows
	c.CarryOut(c.GotIt(rows[0]))
	if len(f.troubles) != 1 || !c.GotIt(rows[1]).Empty() {
		t.Errorf("left %v, or a trembling finger answers both", f.troubles)
	}
	f.now = f.now.Add(again)
	c.CarryOut(c.GotIt(rows[1]))
	if c.Screen().Alarm != nil {
		t.Error("it still rings")
	}
}

// From the orders it takes five taps to mute arrivals: More, Settings, Orders, Alerts, the switch.
func TestWayToTheAlerts(t *testing.T) {
	c, f, _ := newController(t)
	c.Go(PlaceMore)
	var way []string
	for range 3 {
		m := c.MorePlace()
		way = append(way, m.Title)
		c.Open(m.Entries[0].Page)
	}
	m := c.MorePlace()
	same(t, "way", strings.Join(append(way, m.Title), " > "), "Plus > Paramètres > Commandes > Alertes et notifications")
	same(t, "path", m.Path, "Plus › Paramètres › Commandes")
	if len(m.Menu) == 0 || !m.Menu[0].Chosen {
		t.Errorf("the menu beside the page: %+v", m.Menu)
	}
	if a := m.Alerts; !a.NewOrders.On || !a.Arrivals.On {
		t.Errorf("at first: %+v", a)
	}
	c.CarryOut(c.MuteArrivals(true))
	if a := c.MorePlace().Alerts; a.Arrivals.On || !a.NewOrders.On {
		t.Errorf("after the tap: %+v", a)
	}
	if want := (terminal.AlertPreferences{MuteArrivals: true}); f.prefers.Alerts != want {
		t.Errorf("stored %+v", f.prefers.Alerts)
	}
	for _, want := range []MorePage{PageOrders, PageSettings, PageTop, PageTop} {
		c.Back()
		if got := c.MorePlace().Page; got != want {
			t.Errorf("back leads to %q, want %q", got, want)
		}
	}
	c.Open(PageAlerts)
	c.Go(PlaceMore)
	if got := c.MorePlace().Page; got != PageTop {
		t.Errorf("the rail leads to %q", got)
	}
}

// Every page has one place in the tree, and a way up.
func TestTreeOfPages(t *testing.T) {
	seen := map[MorePage]bool{PageTop: true}
	for _, b := range branches() {
		if seen[b.page] || !seen[b.under] {
			t.Errorf("%q hangs below %q", b.page, b.under)
		}
		seen[b.page] = true
		for _, language := range Languages() {
			if w := wordsOf(t, language); !w.has("more.page." + string(b.page)) {
				t.Errorf("%q has no name in %s", b.page, language)
			}
		}
	}
}

func TestVolume(t *testing.T) {
	c, f, _ := newController(t)
	m := &machine{}
	c.options.Alerts = m
	volume := func() AlertVolume {
		c.Open(PageAlerts)
		return c.MorePlace().Alerts.Volume
	}
	if v := volume(); v.Level != 10 || v.More || !v.Less || plain(v.Text) != "100 %" {
		t.Errorf("at first: %+v", v)
	}
	for range 12 {
		c.CarryOut(c.StepVolume(-1))
	}
	if v := volume(); v.Level != 1 || v.Less || m.volume != 1 || f.prefers.Alerts.Volume != 1 {
		t.Errorf("at the end: %+v, the machine %d, stored %+v", v, m.volume, f.prefers.Alerts)
	}
	c.CarryOut(c.StepVolume(1))
	if m.volume != 2 {
		t.Errorf("a step louder: %d", m.volume)
	}
	var kinds []terminal.AlarmKind
	for _, sound := range c.MorePlace().Alerts.Sounds {
		c.TrySound(sound.Kind)
		kinds = append(kinds, sound.Kind)
	}
	if !slices.Equal(m.tried, terminal.AlarmKinds()) || !slices.Equal(kinds, m.tried) {
		t.Errorf("tried %v", m.tried)
	}
}

// A silent machine says so until somebody has read it, again for another reason, and again to
// whoever signs in.
func TestSilentMachineSaysSo(t *testing.T) {
	c, _, _ := newController(t)
	m := &machine{}
	c.options.Alerts = m
	says := func(want string) {
		t.Helper()
		same(t, "banner", c.Screen().Banner.Title, want)
	}
	says("")
	m.becomes(terminal.AudioMuted)
	says("Le son de cette caisse est coupé")
	if banner := c.Screen().Banner; banner.Action != "Compris" || banner.Place != "" {
		t.Errorf("its button: %+v", banner)
	}
	c.SoundRead()
	says("")
	m.becomes(terminal.AudioNoDevice)
	says("Aucun haut-parleur")
	c.SoundRead()
	says("")
	c.CheckSound()
	says("Aucun haut-parleur")
	if m.checks != 1 {
		t.Errorf("the machine was looked at %d times", m.checks)
	}
	m.becomes(terminal.AudioWorks)
	says("")
}

func TestFindings(t *testing.T) {
	w := wordsOf(t, French)
	for _, audio := range []terminal.Audio{terminal.AudioUnknown, terminal.AudioWorks, terminal.AudioMuted, terminal.AudioNoDevice, terminal.AudioNoPlayer} {
		page := alertPage(w, terminal.AlertPreferences{}, terminal.AlertState{Audio: audio})
		if (page.Silent.Tone == ToneWarn) != audio.Silent() || (len(page.Findings) == 1) == audio.Silent() {
			t.Errorf("%q: %+v, %+v", audio, page.Silent, page.Findings)
		}
	}
	for works, want := range map[bool]string{true: "Les notifications du système fonctionnent", false: "Ce système n’affiche pas de notifications"} {
		page := alertPage(w, terminal.AlertPreferences{}, terminal.AlertState{Audio: terminal.AudioMuted, Checked: true, Notifications: works})
		same(t, "notifications", page.Findings[0].Title, want)
	}
}
