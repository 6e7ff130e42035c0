package hub

import (
	"context"
	"encoding/json"
	"net/mail"
	"strings"
	"time"

	"comptoir/hub/checkin"
	"comptoir/hub/message"
	"comptoir/order"

	"go.etcd.io/bbolt"
)

// invitationLasts is how long a link is worth sending.
const invitationLasts = time.Hour

var bucketInvited = []byte("checkin.invited") // order id → when its customer was sent the link

// invitations send the check-in links of curbside orders to their customers, where nobody else
// does: once an order is accepted, and once for good.
type invitations struct {
	hub *Hub
	// ways are those of each location that sends, the preferred one first.
	ways map[string][]string
	// pending are the orders to look at; run alone uses it.
	pending map[string]order.Order
}

func newInvitations(h *Hub) (*invitations, error) {
	i := &invitations{hub: h, ways: map[string][]string{}, pending: map[string]order.Order{}}
	for id, l := range h.locations {
		if len(l.SendCheckIn) > 0 {
			i.ways[id] = l.SendCheckIn
		}
	}
	return i, h.log.Update(context.Background(), func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucketInvited)
		return err
	})
}

func (i *invitations) run(ctx context.Context) error {
	return follow(ctx, i.hub, "check-in links", i.ways, func(json.RawMessage) bool { return false }, i.note, i.tick)
}

func (i *invitations) note(o order.Order) {
	if o.Fulfillment.Type == order.Curbside && o.Status.InKitchen() && o.Fulfillment.ArrivedAt.IsZero() {
		i.pending[o.ID] = o
	} else {
		delete(i.pending, o.ID)
	}
}

// tick sends what is to be sent. What the disk refuses is tried again at the next tick.
func (i *invitations) tick(ctx context.Context) {
	for id, o := range i.pending {
		p := i.invite(o)
		if p == nil {
			delete(i.pending, id)
			continue
		}
		stored := false
		err := i.hub.log.Update(ctx, func(tx *bbolt.Tx) error {
			bucket := tx.Bucket(bucketInvited)
			if stored = bucket.Get([]byte(id)) == nil; !stored {
				return nil
			}
			if err := bucket.Put([]byte(id), []byte(p.MadeAt.Format(time.RFC3339))); err != nil {
				return err
			}
			return i.hub.outbox.store(tx, []*parcel{p})
		})
		if err != nil {
			if ctx.Err() == nil {
				i.hub.slog.Error("a check-in link could not be sent, trying again", "order", id, "error", err)
			}
			continue
		}
		delete(i.pending, id)
		if stored {
			i.hub.outbox.add([]*parcel{p})
		}
	}
}

// invite is the message to the order's customer; nil where no way leads there.
func (i *invitations) invite(o order.Order) *parcel {
	now := i.hub.now().UTC()
	l := i.hub.locations[o.Location]
	for _, via := range i.ways[o.Location] {
		to := reach(via, o.Customer)
		if to == "" {
			continue
		}
		m := message.Message{ID: order.Identity("check-in", o.ID, via), At: now, To: to}
		m.Subject, m.Text = checkin.Invitation(l.Name, o.Number, i.hub.arrivals.links.Address(o.ID), l.Language)
		if via == viaSMS {
			m.Subject = ""
		}
		return &parcel{Via: via, Location: o.Location, Message: m, MadeAt: now, Until: now.Add(invitationLasts)}
	}
	return nil
}

// reach is a customer's address for a way; empty where they have none that is sure to be theirs.
func reach(via string, c order.Customer) string {
	if via == viaEmail {
		if address, err := mail.ParseAddress(c.Email); err == nil {
			return address.Address
		}
		return ""
	}
	number := strings.NewReplacer(" ", "", "\u00a0", "", "-", "", ".", "", "(", "", ")", "").Replace(c.Phone)
	if telephone.MatchString(number) {
		return number
	}
	return ""
}
