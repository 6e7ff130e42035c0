package shop

import (
	"slices"

	"comptoir/order"
)

// Connection returns the connection with this id.
func (l Location) Connection(id string) (Connection, bool) {
	i := slices.IndexFunc(l.Connections, func(c Connection) bool { return c.ID == id })
	if i < 0 {
		return Connection{}, false
	}
	return l.Connections[i], true
}

// Policy returns what may be done to the order here. The connection of an open order may have
// been taken out of the settings: then the store may still answer it, but neither its money nor
// its promises, which only the platform can carry out.
func (l Location) Policy(o order.Order) order.Policy {
	if !o.Partner() {
		return order.OwnPolicy()
	}
	connection, ok := l.Connection(o.Connection)
	if !ok {
		return order.Policy{Accept: true, Reject: true}
	}
	return connection.Policy
}

// ContactOf returns how to reach the order's platform: by its channel's name, else by its
// connection. It is empty where nobody wrote one down.
func (l Location) ContactOf(o order.Order) Contact {
	connection, _ := l.Connection(o.Connection)
	if contact, ok := connection.Channels[o.Channel]; ok {
		return contact
	}
	return connection.Contact
}
