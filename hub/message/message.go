// Package message takes messages out of the hub: by e-mail, and to webhooks, which is also how SMS
// leave.
package message

import (
	"encoding/json"
	"time"
)

// Message is what one person, or one program, is to hear. As JSON it is the body of a webhook.
type Message struct {
	// ID is the same at each attempt.
	ID string    `json:"id"`
	At time.Time `json:"at"`
	// To is an e-mail address or a telephone number; a webhook's own has none.
	To      string `json:"to,omitempty"`
	Subject string `json:"subject,omitempty"`
	Text    string `json:"text"`
	// Event is the same for programs; may be nil.
	Event json.RawMessage `json:"event,omitempty"`
}
