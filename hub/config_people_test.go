package hub_test

import (
	"slices"
	"strings"
	"testing"

	"comptoir/staff"
)

const (
	pin = `"$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5"`

	second = `
[[locations]]
id = "vieux-port"
time_zone = "America/Toronto"
currency = "CAD"
[[locations.stations]]
id = "quai"
default = true
`
	claire = "[[staff]]\nid = \"claire\"\nname = \"Claire\"\nrole = \"manager\"\npin = " + pin + "\n"
	luc    = "[[staff]]\nid = \"luc\"\nname = \"Luc\"\nrole = \"cashier\"\nlocations = [\"vieux-port\"]\npin = " + pin + "\n"
	tablet = "[[devices]]\nid = \"tablet\"\nkey = \"k\"\nlocations = [\"plateau\", \"vieux-port\"]\n"
)

func TestConfigPeople(t *testing.T) {
	config, _, err := load(t, menuDir(t), withSecond()+claire+luc+tablet)
	if err != nil {
		t.Fatal(err)
	}
	ids := func(team staff.Team) (ids []string) {
		for _, p := range team {
			ids = append(ids, p.ID)
		}
		return ids
	}
	plateau, port := config.Locations[0], config.Locations[1]
	if got := ids(plateau.Staff); !slices.Equal(got, []string{"claire"}) {
		t.Errorf("Plateau has %q", got)
	}
	if got := ids(port.Staff); !slices.Equal(got, []string{"claire", "luc"}) {
		t.Errorf("Vieux-Port has %q", got)
	}
	if plateau.LockMinutes != 5 {
		t.Errorf("it locks after %d minutes, want 5", plateau.LockMinutes)
	}
	if len(config.Devices) != 1 || !slices.Equal(config.Devices[0].Locations, []string{"plateau", "vieux-port"}) {
		t.Errorf("devices: %+v", config.Devices)
	}
}

// withSecond is the small configuration with another location.
func withSecond() string {
	with := strings.ReplaceAll(small, "[[connections]]\n", "[[connections]]\nlocation = \"plateau\"\n")
	return strings.Replace(with, "[[connections]]", second+"\n[[connections]]", 1)
}

func TestConfigPeopleMistakes(t *testing.T) {
	whole := withSecond() + claire + luc + tablet
	tests := []struct {
		name, old, new string
		says           []string
	}{
		{"plain PIN", pin, `"2580"`, []string{"staff[0] claire", "pin", "hub pin"}},
		{"no PIN", "pin = " + pin, "", []string{"staff[0] claire", "pin", "hub pin"}},
		{"no name", `name = "Luc"`, `name = " "`, []string{"staff[1] luc", "name"}},
		{"no id", `id = "claire"`, ``, []string{"staff[0]", "id"}},
		{"bad id", `id = "claire"`, `id = "la patronne"`, []string{"staff", "letters"}},
		{"twice", `id = "luc"`, `id = "claire"`, []string{"staff[1] claire", "their own"}},
		{"unknown role", `"manager"`, `"boss"`, []string{"staff[0] claire", "role", "cashier"}},
		{"unknown location", `locations = ["vieux-port"]`, `locations = ["laval"]`, []string{"staff[1] luc", "laval", "[[locations]]"}},
		{"nobody in charge", `role = "manager"`, `role = "cashier"`, []string{"plateau", "manager"}},
		{"unknown key", `role = "manager"`, `rôle = "manager"`, []string{"line"}},
		{"device of no location", `locations = ["plateau", "vieux-port"]`, ``, []string{"devices[0] tablet", "locations"}},
		{"device of an unknown location", `["plateau", "vieux-port"]`, `["laval"]`, []string{"devices[0] tablet", "laval", "[[locations]]"}},
		{"device of one location twice", `["plateau", "vieux-port"]`, `["plateau", "plateau"]`, []string{"devices[0] tablet", "plateau", "once"}},
		{"device that a location has", `id = "tablet"`, `id = "counter-1"`, []string{"devices[0] counter-1", "its own"}},
		{"same station", `id = "quai"`, `id = "grill"`, []string{"devices[0] tablet", "grill", "another id"}},
		{"never", `shop_token`, "lock_after_minutes = -1\nshop_token", []string{"lock_after_minutes", "0 to 1440"}},
	}
	for _, tt := range tests {
		if !strings.Contains(whole, tt.old) {
			t.Fatalf("%s: %q is not in the configuration", tt.name, tt.old)
		}
		_, _, err := load(t, menuDir(t), strings.Replace(whole, tt.old, tt.new, 1))
		if err == nil {
			t.Errorf("%s: no error", tt.name)
			continue
		}
		for _, want := range tt.says {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %q, want %q in it", tt.name, err, want)
			}
		}
		if strings.Contains(err.Error(), "2580") {
			t.Errorf("%s: the error repeats what may be a PIN: %q", tt.name, err)
		}
	}
}
