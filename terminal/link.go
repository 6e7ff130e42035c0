package terminal

// LinkReason is why there is no connection to the hub, or, while there is one, what is wrong with
// what it sends. The words for the screen are ui/model's.
type LinkReason string

// The reasons; no reason is "".
const (
	// LinkUnreachable: nothing answers where the hub should be.
	LinkUnreachable LinkReason = "unreachable"
	// LinkUnknown: the hub does not know this terminal, or not by this key.
	LinkUnknown LinkReason = "unknown"
	// LinkRevoked: somebody at the hub took this terminal's key away.
	LinkRevoked LinkReason = "revoked"
	// LinkPin: the hub shows another key than the one pinned at pairing.
	LinkPin LinkReason = "pin"
	// LinkClock: the hub's certificate is not valid at this machine's time. LinkUntrusted: nobody whom
	// this machine trusts vouches for it.
	LinkClock     LinkReason = "clock"
	LinkUntrusted LinkReason = "untrusted"
	// LinkBusy: too many terminals come back at once; this one comes later.
	LinkBusy LinkReason = "busy"
	// LinkStrange: what answers is no hub.
	LinkStrange LinkReason = "strange"
	// LinkLost: the connection broke.
	LinkLost LinkReason = "lost"
	// LinkSilent: the hub says nothing any more.
	LinkSilent LinkReason = "silent"
	// LinkClosed: the hub has said goodbye.
	LinkClosed LinkReason = "closed"
	// LinkGarbled: the hub says what makes no sense.
	LinkGarbled LinkReason = "garbled"
	// LinkStoring: this terminal's disk does not take what the hub says.
	LinkStoring LinkReason = "storing"
	// LinkStations: this terminal has other printers now, and connects again to say so.
	LinkStations LinkReason = "stations"
	// LinkStopping: this terminal ends.
	LinkStopping LinkReason = "stopping"
	// LinkTerminalOld and LinkHubOld: the two have no version of the protocol in common, and which
	// is to be updated. Versions has said which they speak.
	LinkTerminalOld LinkReason = "terminal_old"
	LinkHubOld      LinkReason = "hub_old"
	// LinkUnreadable: connected, but an order of the hub cannot be read here.
	LinkUnreadable LinkReason = "unreadable"
)

var linkReasons = map[LinkReason]string{
	LinkUnreachable: "the hub cannot be reached",
	LinkUnknown:     "the hub does not know this terminal: pair it again",
	LinkRevoked:     "this terminal was revoked at the hub: pair it again",
	LinkPin:         "the hub shows another key than the one that was pinned when this terminal was paired",
	LinkClock:       "the hub's certificate is not valid at this machine's time: set its clock, or renew the certificate",
	LinkUntrusted:   "nobody whom this machine trusts vouches for the hub's certificate: pair this terminal, which pins it, or use another certificate",
	LinkBusy:        "the hub is busy with terminals that come back",
	LinkStrange:     "what answers is no hub",
	LinkLost:        "the connection to the hub was lost",
	LinkSilent:      "the hub does not answer",
	LinkClosed:      "the hub closed the connection",
	LinkGarbled:     "the hub sends what this terminal does not understand",
	LinkStoring:     "this terminal cannot store orders",
	LinkStations:    "this terminal has other printers now",
	LinkStopping:    "the terminal is stopping",
	LinkTerminalOld: "the hub speaks only newer versions of the protocol: update this terminal",
	LinkHubOld:      "the hub speaks only older versions of the protocol: update the hub",
	LinkUnreadable:  "an order of the hub cannot be read here: look on another terminal",
}

// Barred reports whether the hub and this terminal will not come together until somebody acts: the
// one does not take the other.
func (r LinkReason) Barred() bool {
	return r == LinkUnknown || r == LinkRevoked || r == LinkPin
}

// String is the reason in English, for logs and scripts.
func (r LinkReason) String() string {
	if text, known := linkReasons[r]; known {
		return text
	}
	return string(r)
}

// LinkVersions are the oldest and newest versions of the protocol that the hub and this terminal
// speak.
type LinkVersions struct {
	HubOldest, HubNewest, Oldest, Newest int
}

// Versions hears which versions the two sides speak, where they have none in common.
func (s *Service) Versions(v LinkVersions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.link.Versions = v
}
