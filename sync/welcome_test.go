package sync_test

import (
	"encoding/json"
	"testing"

	"comptoir/shop"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

// A welcome in parts counts once it is whole; what the hub knows to be here already is taken from here.
func TestPartsOfWelcome(t *testing.T) {
	h, r := newHub(t), newReplica()
	paris := shop.Location{ID: "paris", Name: "Paris"}
	r.settings = []shop.Location{paris}
	r.add(1, 1)
	start(t, h, r)
	p := h.peer(t)
	hello := p.hello()
	data, err := json.Marshal(paris)
	if err != nil {
		t.Fatal(err)
	}
	if !hello.Parts || len(hello.Known) != 1 || hello.Known["paris"] != wire.Sum(data) {
		t.Fatalf("the hello says %+v", hello)
	}
	part := func(more bool, same []string, locations ...shop.Location) {
		t.Helper()
		w := *welcome.Welcome
		w.More, w.Same, w.Locations = more, same, locations
		p.send(wire.FromHub{Welcome: &w})
	}
	lyon, lille := shop.Location{ID: "lyon", Name: "Lyon"}, shop.Location{ID: "lille", Name: "Lille"}
	part(true, nil, lyon, shop.Location{ID: "paris"})
	part(true, nil, lille)
	part(false, []string{"paris"}, shop.Location{ID: "nantes"})
	got := receive(t, "settings", r.locations)
	names := ""
	for _, l := range got {
		names += l.Name + " "
	}
	if len(got) != 4 || names != "Lyon Paris Lille  " {
		t.Errorf("the settings are of %q", names)
	}
	if link := receive(t, "online", r.links); !link.online {
		t.Errorf("told %+v", link)
	}
	p.command() // and not before

	// a hub that takes something for known which is not
	p.cut()
	receive(t, "offline", r.links)
	p = h.peer(t)
	p.hello()
	part(false, []string{"nice"}, shop.Location{ID: "nice"})
	if link := receive(t, "offline", r.links); link.online || link.reason != terminal.LinkGarbled {
		t.Errorf("told %+v", link)
	}
}
