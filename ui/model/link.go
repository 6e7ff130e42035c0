package model

import (
	"strconv"

	"comptoir/terminal"
)

// linkBanner is why the hub's orders do not come, where somebody should do something about it; its
// zero value is none. A line that is merely down is said by the top bar.
func (b *builder) linkBanner() Banner {
	switch b.Link.Reason {
	case terminal.LinkTerminalOld, terminal.LinkHubOld, terminal.LinkStoring,
		terminal.LinkGarbled, terminal.LinkStrange, terminal.LinkUnreadable, terminal.LinkClock, terminal.LinkUntrusted:
	default:
		return Banner{}
	}
	key := "link." + string(b.Link.Reason)
	v := b.Link.Versions
	return Banner{
		Tone: ToneWarn, Icon: "cloud-off", Title: b.Words.Say(key),
		Text:   b.Words.Say(key+".text", "hub", versions(v.HubOldest, v.HubNewest), "own", versions(v.Oldest, v.Newest)),
		Action: b.Words.Say("incident.open"), Place: PlaceDoctor,
	}
}

// versions writes a range of them.
func versions(oldest, newest int) string {
	if oldest == newest {
		return strconv.Itoa(newest)
	}
	return strconv.Itoa(oldest) + "–" + strconv.Itoa(newest)
}
