package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"comptoir/hub"
	"comptoir/order"
	"comptoir/partner"
	"comptoir/sandbox"
)

const (
	connection      = "demo-deliverect"
	signatureHeader = "X-Server-Authorization-Hmac-Sha256"
	secret          = "deliverect-secret"
)

// webhook is a signed order of Deliverect, under an identity of its own.
type webhook struct {
	// id is the order's at the hub, reference the platform's.
	id, reference string
	body          []byte
	signature     string
}

func (b *bench) webhook(example, reference string) (webhook, error) {
	body, err := sandbox.Load(filepath.Join(b.examples, "orders", example), sandbox.Values{
		ID: reference, Number: reference[max(0, len(reference)-5):], Now: time.Now(),
	})
	if err != nil {
		return webhook{}, err
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return webhook{
		id: order.Identity(connection, reference), reference: reference,
		body: body, signature: hex.EncodeToString(mac.Sum(nil)),
	}, nil
}

// source makes orders as the log and the store hold them: those of an example webhook.
type source struct {
	draft order.Order
}

func (b *bench) source() (*source, error) {
	config, err := hub.LoadConfig(filepath.Join(b.examples, "shop", "hub.toml"))
	if err != nil {
		return nil, err
	}
	w, err := b.webhook("deliverect-delivery.json", "bench")
	if err != nil {
		return nil, err
	}
	for _, c := range config.Connections {
		if c.ID != connection {
			continue
		}
		event, err := c.Adapter.Read(partner.Webhook{
			Topic: "orders", Header: http.Header{signatureHeader: {w.signature}}, Body: w.body, Now: time.Now(),
		})
		if err != nil {
			return nil, err
		}
		draft := *event.Order
		draft.Connection = connection
		return &source{draft}, nil
	}
	return nil, fmt.Errorf("the examples have no connection %s", connection)
}

// life is the n-th order of a location from the moment it comes until it is gone: one new order,
// four changes of status.
func (s *source) life(n int, location string) ([]order.Order, error) {
	draft := s.draft
	draft.Reference = "bench-" + strconv.Itoa(n)
	draft.ID, draft.Location = order.Identity(connection, draft.Reference), location
	now := time.Now()
	var states []order.Order
	o := order.Order{}
	for _, step := range []order.CommandType{order.Place, order.Accept, order.Start, order.MarkReady, order.HandOver} {
		c := order.Command{ID: order.Identity(draft.ID, string(step)), Type: step, OrderID: draft.ID, At: now, By: "bench"}
		if step == order.Place {
			c.Order = &draft
		}
		next, err := order.Apply(o, c, order.OwnPolicy(), now)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", step, err)
		}
		o = next
		states = append(states, o)
	}
	return states, nil
}
