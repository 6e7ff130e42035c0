package guarantee

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"comptoir/order"
	"comptoir/printer"
	"comptoir/printer/simulator"
	"comptoir/terminal"
)

// slip is a whole copy of a ticket, as a cook reads it.
type slip struct {
	begun
	part int // which of the copies that the station wants
	at   time.Time
	// place is where it begins on its piece of paper.
	place int
	// marked: DOUBLON POSSIBLE or COPIE. relayed: RELAIS DE.
	marked, relayed bool
	// lines are without a sign; added and removed have one.
	lines, added, removed map[string]int
	// joined: something else stands on the same piece of paper.
	joined bool
}

// dish is an item's line on paper: quantity and name.
var dish = regexp.MustCompile(`^([-+]?)(\d+) +(Burger|Frites|Café|Thé)$`)

// read finds the whole copies on a piece of paper. The text of a plain one is the end of a marked
// one's: the longest come first.
func read(p paper, copies []begun) []slip {
	var wanted []slip
	for _, c := range copies {
		for part := range c.texts {
			if c.printer == p.printer && !c.at.After(p.At) {
				wanted = append(wanted, slip{begun: c, part: part, at: p.At})
			}
		}
	}
	slices.SortStableFunc(wanted, func(a, b slip) int { return cmp.Compare(len(b.text()), len(a.text())) })
	rest := p.String()
	var found []slip
	for _, s := range wanted {
		for {
			if s.place = strings.Index(rest, s.text()); s.place < 0 {
				break
			}
			taken := strings.Repeat(" ", len(s.text()))
			rest = rest[:s.place] + taken + rest[s.place+len(taken):]
			s.understand()
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b slip) int { return cmp.Compare(a.place, b.place) })
	for i := range found {
		found[i].joined = strings.TrimSpace(rest) != "" || len(found) > 1
	}
	return found
}

// text is how it looks on paper.
func (s *slip) text() string { return s.texts[s.part] }

// understand reads what stands on the paper.
func (s *slip) understand() {
	text := s.text()
	s.marked = containsAny(text, "DOUBLON POSSIBLE", "POSSIBLE DUPLICATE") ||
		slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool {
			line = strings.TrimSpace(line)
			return line == "COPIE" || line == "COPY"
		})
	s.relayed = containsAny(text, "RELAIS DE ", "BACKUP OF ")
	s.lines, s.added, s.removed = map[string]int{}, map[string]int{}, map[string]int{}
	for line := range strings.Lines(text) {
		m := dish.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[2]) // digits
		switch m[1] {
		case "+":
			s.added[m[3]] += n
		case "-":
			s.removed[m[3]] += n
		default:
			s.lines[m[3]] += n
		}
	}
}

func containsAny(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// after is what is to be made once the paper is read.
func (s *slip) after() map[string]int {
	if s.ticket.Kind == order.Void {
		return map[string]int{}
	}
	all := maps.Clone(s.lines)
	for name, n := range s.added {
		all[name] += n
	}
	return all
}

// tally is what came of one or many schedules.
type tally struct {
	schedules, kills, orders, changes int
	copies, plain, marked, relayed    int
	torn, told, lost, excused, silent int
}

func (t *tally) add(o tally) {
	t.schedules += o.schedules
	t.kills += o.kills
	t.orders += o.orders
	t.changes += o.changes
	t.copies += o.copies
	t.plain += o.plain
	t.marked += o.marked
	t.relayed += o.relayed
	t.torn += o.torn
	t.told += o.told
	t.lost += o.lost
	t.excused += o.excused
	t.silent += o.silent
}

func (t tally) String() string {
	return fmt.Sprintf(`counts:
schedules %d, kills of a terminal %d, orders %d, their changes %d
whole copies %d: plain %d, marked %d, BACKUP OF %d; torn papers %d; tickets told instead %d
stations without their paper: lost %d; by a printer that cannot say so (blind, status) %d; silent duplicates %d`,
		t.schedules, t.kills, t.orders, t.changes, t.copies, t.plain, t.marked, t.relayed, t.torn, t.told, t.lost, t.excused, t.silent)
}

// judge compares what lies there with what was ordered. The terminals must be quiet, and alive.
func (s *premises) judge() tally {
	slips := s.slips()
	c := tally{schedules: 1, kills: s.kills}
	s.mu.Lock()
	papers, copies := slices.Clone(s.papers), slices.Clone(s.copies)
	s.mu.Unlock()
	for _, p := range papers {
		c.count(s, p, read(p, copies))
	}
	c.silent = s.marks(slips)
	told := s.toldInstead()
	c.told = len(told)
	for _, id := range s.orders() {
		c.orders++
		o := s.hub.order(id)
		c.changes += max(0, o.KitchenVersion-1)
		for _, station := range []string{"grill", "bar"} {
			problem := s.level(o, id, station, slips, told)
			switch {
			case problem == "":
			case s.excuse(id, station):
				c.excused++
			default:
				c.lost++
				s.fault("%s of %s (%s): %s", station, o.Number, id, problem)
			}
		}
	}
	return c
}

// count looks at one piece of paper: nothing comes out that nobody sent, and where there is a
// proof, a torn ticket and a whole one are on two pieces.
func (c *tally) count(s *premises, p paper, found []slip) {
	if len(found) == 0 {
		if strings.TrimSpace(p.String()) == "" {
			return
		}
		c.torn++
		if !p.Incomplete {
			s.fault("%s printed what nobody sent:\n%s", p.printer, p.String())
		}
	}
	for _, f := range found {
		c.copies++
		if f.marked {
			c.marked++
		} else {
			c.plain++
		}
		if f.relayed {
			c.relayed++
		}
		// of two terminals on one printer, neither knows that the other died inside a ticket
		alone := len(s.tills) == 1
		if proof := s.device(p.printer).proof; f.joined && alone && (proof == printer.ProofID || proof == printer.ProofFence) {
			s.fault("%s: the ticket %s stands on one piece of paper with something else:\n%s", p.printer, f.key, p.String())
		}
		if f.relayed != (f.ticket.Backup != "") {
			s.fault("%s: the ticket %s says %t of being a backup's:\n%s", p.printer, f.key, f.relayed, p.String())
		}
	}
}

func (s *premises) device(name string) *device {
	return s.devices[slices.IndexFunc(s.devices, func(d *device) bool { return d.name == name })]
}

// marks counts the copies that nobody can tell from the ticket: each whole one after the first
// that a terminal began must be marked, and of all terminals one at most may not be. A printer
// without paper may hold the first while its backup prints the second.
func (s *premises) marks(slips []slip) (silent int) {
	type copied struct {
		device, key string
		part        int
	}
	slips = slices.Clone(slips)
	slices.SortStableFunc(slips, func(a, b slip) int { return a.begun.at.Compare(b.begun.at) })
	seen := map[copied]bool{}
	plain := map[copied]string{}
	for _, p := range slips {
		if p.key == "" {
			continue
		}
		here, anywhere := copied{p.device, p.key, p.part}, copied{"", p.key, p.part}
		if seen[here] && !p.marked {
			silent++
			s.fault("%s printed %s again without a mark", p.device, p.key)
		} else if other := plain[anywhere]; other != "" && !p.marked {
			silent++
			s.fault("%s printed %s without a mark, as %s had", p.device, p.key, other)
		}
		seen[here] = true
		if !p.marked {
			plain[anywhere] = p.device
		}
	}
	return silent
}

// toldInstead are the tickets that somebody discarded, or that a summary lists.
func (s *premises) toldInstead() []terminal.Job {
	var told []terminal.Job
	for _, t := range s.tills {
		s.person(t, "reading what was discarded", func(l *life) error {
			jobs, err := l.jobs(s.orders())
			for _, j := range jobs {
				if j.State == terminal.JobDiscarded && !j.Copy {
					told = append(told, j)
				}
			}
			return err
		})
	}
	return told
}

// reading is one step of what a cook knows of an order; at is when it was begun or told.
type reading struct {
	version int
	at      time.Time
	key     string
	kind    order.TicketKind
	slip    *slip
	after   map[string]int
}

// level says what is wrong with a station's paper of an order; empty where nothing is.
func (s *premises) level(o order.Order, id, station string, slips []slip, told []terminal.Job) string {
	want := map[string]int{}
	if o.KitchenVersion > 0 {
		want = counts(o.KitchenLines(station))
	}
	var readings []reading
	for _, p := range slips {
		parts := strings.Split(p.key, "/")
		if parts[0] != id || parts[1] != station || parts[2] == "copy" || p.part > 0 {
			continue
		}
		version, err := strconv.Atoi(parts[2])
		if err != nil {
			return "the key " + p.key + " makes no sense"
		}
		readings = append(readings, reading{version, p.begun.at, p.key, p.ticket.Kind, &p, p.after()})
	}
	crossed := s.crossed(slips)
	if !crossed {
		if problem := inSequence(readings); problem != "" {
			return problem
		}
	}
	for _, j := range told {
		if j.OrderID == id && j.Station == station { // by word of mouth
			s.mu.Lock()
			at := s.answered[j.Key]
			s.mu.Unlock()
			readings = append(readings, reading{j.Version, at, j.Key, j.Kind, nil, counts(j.Ticket.After)})
		}
	}
	if crossed { // a cook goes by what is newest, not by what came last; two printers are not equally fast
		slices.SortStableFunc(readings, func(a, b reading) int {
			return cmp.Or(cmp.Compare(a.version, b.version), a.at.Compare(b.at))
		})
	}
	says := map[string]int{}
	if len(readings) > 0 {
		says = readings[len(readings)-1].after
	}
	if !maps.Equal(says, want) {
		return fmt.Sprintf("its paper says %v, wanted is %v", says, want)
	}
	return ""
}

// crossed says whether papers may come in another sequence than their versions: several terminals
// or a backup printed, or somebody answered.
func (s *premises) crossed(slips []slip) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.told || len(s.tills) > 1 || slices.ContainsFunc(slips, func(p slip) bool { return p.relayed })
}

// inSequence reads papers as they came: what one takes away must have been there.
func inSequence(readings []reading) string {
	says := map[string]int{}
	seen := map[string]bool{}
	for _, r := range readings {
		if r.kind == order.Changed && !seen[r.key] {
			next := maps.Clone(says)
			for name, n := range r.slip.removed {
				if next[name] -= n; next[name] < 0 {
					return fmt.Sprintf("%s takes away %d %s of %v", r.key, n, name, says)
				}
			}
			for name, n := range r.slip.added {
				next[name] += n
			}
			maps.DeleteFunc(next, func(_ string, n int) bool { return n == 0 })
			if !maps.Equal(next, r.after) {
				return fmt.Sprintf("%s does not add up: %v after %v", r.key, r.after, says)
			}
		}
		seen[r.key] = true
		says = r.after
	}
	return ""
}

// excuse says whether a printer may have lost a ticket of the station without a way to know:
// one without proof, which lost what it held.
func (s *premises) excuse(id, station string) bool {
	s.mu.Lock()
	copies := slices.Clone(s.copies)
	s.mu.Unlock()
	for _, c := range copies {
		parts := strings.Split(c.key, "/")
		if parts[0] != id || parts[1] != station {
			continue
		}
		d := s.device(c.printer)
		if d.proof != printer.ProofBlind && d.proof != printer.ProofStatus {
			continue
		}
		for _, h := range d.simulated.Past() {
			switch h.Trouble {
			case simulator.PowerOff, simulator.Broken, simulator.Reset, simulator.Gone:
				return true
			case simulator.PaperEnd:
				if d.model.Clears {
					return true
				}
			}
		}
	}
	return false
}

// story is all that happened, for people.
func (s *premises) story() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "%d terminals, ask %t, max age %v, stations %+v\n", s.plan.terminals, s.plan.ask, s.plan.maxAge, s.plan.stations)
	for _, d := range s.devices {
		fmt.Fprintf(&b, "%s: %s %+v\n", d.name, d.proof, d.model)
		for _, h := range d.simulated.Past() {
			fmt.Fprintf(&b, "  %s from %.2f to %.2f\n", h.Trouble, h.From.Sub(s.start).Seconds(), h.Until.Sub(s.start).Seconds())
		}
	}
	for _, e := range s.events {
		b.WriteString(e + "\n")
	}
	for _, p := range s.papers {
		fmt.Fprintf(&b, "--- %s at %.2f, incomplete %t\n%s", p.printer, p.At.Sub(s.start).Seconds(), p.Incomplete, p.String())
	}
	return b.String()
}
