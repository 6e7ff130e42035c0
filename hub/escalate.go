package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"comptoir/hub/escalation"
	"comptoir/hub/message"
	"comptoir/order"

	"go.etcd.io/bbolt"
)

var bucketIncidents = []byte("escalation.incidents") // location, kind → incident

// escalations tells people outside when nobody looks at a location's orders. What was told is
// stored together with the messages that tell it, so that a restart repeats nothing.
type escalations struct {
	hub    *Hub
	places map[string]*place
}

// place is a location whose troubles somebody wants to hear of.
type place struct {
	*location
	table escalation.Timetable
	// waiting are its orders that nobody has accepted, by id; run alone uses it.
	waiting map[string]escalation.Waiting

	mu   sync.Mutex
	told map[escalation.Kind]escalation.Incident
}

func newEscalations(h *Hub) (*escalations, error) {
	e := &escalations{hub: h, places: map[string]*place{}}
	for id, l := range h.locations {
		if l.Escalation == nil {
			continue
		}
		calendar, err := l.Calendar()
		if err != nil {
			return nil, err
		}
		e.places[id] = &place{
			location: l, table: escalation.Timetable{Calendar: calendar, Hours: l.Hours, After: l.Escalation.After},
			waiting: map[string]escalation.Waiting{}, told: map[escalation.Kind]escalation.Incident{},
		}
	}
	err := h.log.Update(context.Background(), func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists(bucketIncidents)
		if err != nil {
			return err
		}
		for id, p := range e.places {
			for _, kind := range escalation.Kinds() {
				value := bucket.Get(incidentKey(id, kind))
				if value == nil {
					continue
				}
				var i escalation.Incident
				if err := json.Unmarshal(value, &i); err != nil {
					// told again then, at worst
					h.slog.Error("a stored incident is damaged and passed over", "location", id, "kind", kind, "error", err)
					continue
				}
				p.told[kind] = i
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading incidents: %w", err)
	}
	return e, nil
}

func incidentKey(location string, kind escalation.Kind) []byte {
	return []byte(location + "/" + string(kind))
}

func (e *escalations) run(ctx context.Context) error {
	return follow(ctx, e.hub, "escalations", e.places, notNew, e.note, e.tick)
}

func (e *escalations) note(o order.Order) {
	p := e.places[o.Location]
	if w, waits := escalation.WaitingOf(o); waits {
		p.waiting[o.ID] = w
	} else {
		delete(p.waiting, o.ID)
	}
}

// tick tells what is to be told. What the disk refuses is tried again at the next tick.
func (e *escalations) tick(ctx context.Context) {
	for id, p := range e.places {
		facts := escalation.Facts{Away: e.hub.gateway.away(id), Waiting: slices.Collect(maps.Values(p.waiting))}
		notices := p.table.Judge(p.told, facts, e.hub.now().UTC())
		if len(notices) == 0 {
			continue
		}
		if err := e.tell(ctx, p, notices); err != nil && ctx.Err() == nil {
			e.hub.slog.Error("an incident could not be stored, trying again", "location", id, "error", err)
		}
	}
}

func (e *escalations) tell(ctx context.Context, p *place, notices []escalation.Notice) error {
	var parcels []*parcel
	for _, n := range notices {
		made, err := e.parcels(p, n)
		if err != nil {
			return err
		}
		parcels = append(parcels, made...)
	}
	err := e.hub.log.Update(ctx, func(tx *bbolt.Tx) error {
		for _, n := range notices {
			if err := storeIncident(tx, p.ID, n); err != nil {
				return err
			}
		}
		return e.hub.outbox.store(tx, parcels)
	})
	if err != nil {
		return err
	}
	p.mu.Lock()
	for _, n := range notices {
		if p.told[n.Kind] = n.Incident; n.Clear {
			delete(p.told, n.Kind)
		}
		e.hub.slog.Warn("people outside are told", "location", p.ID, "kind", n.Kind, "over", n.Clear, "since", n.Since)
	}
	p.mu.Unlock()
	e.hub.outbox.add(parcels)
	return nil
}

func storeIncident(tx *bbolt.Tx, location string, n escalation.Notice) error {
	bucket, key := tx.Bucket(bucketIncidents), incidentKey(location, n.Kind)
	if n.Clear {
		return bucket.Delete(key)
	}
	value, err := json.Marshal(n.Incident)
	if err != nil {
		return err
	}
	return bucket.Put(key, value)
}

// event is a notice for programs (docs/escalation.md).
type event struct {
	Type     escalation.Kind `json:"type"`
	State    string          `json:"state"`
	Location string          `json:"location"`
	Name     string          `json:"name"`
	Since    time.Time       `json:"since"`
	Orders   int             `json:"orders,omitempty"`
	Number   string          `json:"number,omitempty"`
}

// parcels are a notice's messages, one for each who is to hear it.
func (e *escalations) parcels(p *place, n escalation.Notice) ([]*parcel, error) {
	now := e.hub.now().UTC()
	subject, text := n.Text(p.Name, p.Language, p.table.Calendar.Zone())
	said := event{Type: n.Kind, State: "open", Location: p.ID, Name: p.Name, Since: n.Since.UTC(), Orders: n.Orders, Number: n.Number}
	if n.Clear {
		said.State = "clear"
	}
	raw, err := json.Marshal(said)
	if err != nil {
		return nil, err
	}
	var parcels []*parcel
	add := func(via, to string, m message.Message) {
		m.ID = order.Identity("message", p.ID, string(n.Kind), said.State, now.Format(time.RFC3339Nano), via, to)
		m.At, m.To = now, to
		parcels = append(parcels, &parcel{Via: via, Location: p.ID, Message: m, MadeAt: now, Until: now.Add(messageRetry.For)})
	}
	for _, to := range p.Escalation.Emails {
		add(viaEmail, to, message.Message{Subject: subject, Text: text})
	}
	for _, to := range p.Escalation.SMS {
		add(viaSMS, to, message.Message{Text: text})
	}
	if p.Escalation.Webhook != "" {
		add(viaWebhook, "", message.Message{Subject: subject, Text: text, Event: raw})
	}
	return parcels, nil
}

// problems names the incidents that stand.
func (e *escalations) problems() []string {
	var problems []string
	for _, p := range e.places {
		p.mu.Lock()
		for _, i := range p.told {
			problem, _ := escalation.Notice{Incident: i}.Text(p.Name, "en", p.table.Calendar.Zone())
			problems = append(problems, problem+" (since "+i.Since.UTC().Format(time.RFC3339)+")")
		}
		p.mu.Unlock()
	}
	slices.Sort(problems)
	return problems
}
