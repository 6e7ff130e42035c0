package e2e

import (
	"encoding/json"
	"fmt"
	"image"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"comptoir/order"
	"comptoir/staff"
	"comptoir/ui/theme"
)

const (
	pinOfLuc    = "2580"
	pinOfClaire = "907031"
)

// chain gives the shop a staff, and its terminal a second location.
func (s *shop) chain(t *testing.T) {
	t.Helper()
	hashed := func(pin string) string {
		hash, err := staff.Hash(pin)
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
	file := filepath.Join(filepath.Dir(s.config), "hub.toml")
	rewrite(t, s.config, "[stations]\n", "[stations]\nquai = \"bar\"\n")
	rewrite(t, file, "  [[locations.devices]]\n  id = \"counter-1\"\n  key = \"terminal-secret-1\"\n", "")
	more := fmt.Sprintf(`
[[locations]]
id = "vieux-port"
name = "Vieux-Port"
time_zone = "America/Toronto"
currency = "CAD"
language = "fr"
shop_token = "shop-secret"
  [[locations.stations]]
  id = "quai"
  default = true

[[devices]]
id = "counter-1"
key = "terminal-secret-1"
locations = ["plateau", "vieux-port"]

[[staff]]
id = "luc"
name = "Luc"
role = "cashier"
pin = %q

[[staff]]
id = "claire"
name = "Claire"
role = "manager"
pin = %q
`, hashed(pinOfLuc), hashed(pinOfClaire))
	out, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = out.WriteString(more)
	if closed := out.Close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
}

// pad is where a PIN is typed: field, keys, and the button below them.
type pad image.Rectangle

const (
	padHeader = 2 * (theme.MinTouch + theme.Grid)
	padKeys   = 4*theme.PrimaryHeight + 3*theme.Grid
)

func (p pad) key(digit rune) image.Point {
	width := (p.Max.X - p.Min.X + theme.Grid) / 3 // a key and the gap behind it
	i := int(digit - '1')
	if digit == '0' {
		i = 9
	}
	return p.Min.Add(image.Pt(width*(i%3)+width/2-theme.Grid, padHeader+(i/3)*(theme.PrimaryHeight+theme.Grid)+theme.PrimaryHeight/2))
}

func (p pad) enter() image.Point {
	return image.Pt((p.Min.X+p.Max.X)/2, p.Min.Y+padHeader+padKeys+theme.Grid+theme.PrimaryHeight/2)
}

// keys are what is drawn of it below the field.
func (p pad) keys() image.Rectangle {
	return image.Rect(p.Min.X, p.Min.Y+padHeader, p.Max.X, p.enter().Y)
}

func (s *shop) pin(p pad, pin string) {
	s.t.Helper()
	for _, digit := range pin {
		s.finger(p.key(digit))
	}
	s.tap(p.enter())
}

var (
	// locked is the lock screen's column, asked that of the sheet over the window.
	locked = pad(image.Rect(700, 80, 1140, 720))
	asked  = pad(image.Rect(384, 152, 896, 700))

	lockButton     = image.Pt(1095, topHeight/2)
	locationButton = image.Pt(left+70, topHeight/2)
	addAnother     = image.Pt(right-60, topHeight+8+theme.MinTouch/2)
	setupClose     = image.Pt(sheetRight-theme.PaddingWide-theme.MinTouch/2, 24+theme.PaddingWide+theme.MinTouch/2)
)

// person is a name on the lock screen.
func person(i int) image.Point { return image.Pt(920, 164+i*(72+theme.CardGap)) }

// TestStaff: locked, answered, signed in, asked for a manager, locked out, and over to another
// location.
func TestStaff(t *testing.T) {
	s := newShop(t, wide)
	s.chain(t)
	s.open(t)
	id := s.send("deliverect-pickup", "K4F2", time.Now())
	s.answer(id, gotIt)
	front := s.step("locked")
	if who := by(s.order(id), order.WasAcknowledged); who != (order.Person{}) {
		t.Errorf("answered by %+v, and nobody had signed in", who)
	}
	s.tap(place(1)) // what lies below is out of reach

	s.tap(person(0))
	s.changed("Luc's pad comes up", front, locked.keys())
	s.step("pad")
	s.pin(locked, pinOfLuc)
	s.until("the orders come up", func() bool { return s.inBlue(s.look(), action(0)) })
	s.step("signed-in")
	s.tap(action(0))
	s.until("it is accepted", s.has(id, order.Accepted))
	if who := by(s.order(id), order.WasAccepted); who.Name != "Luc" {
		t.Errorf("accepted by %+v", who)
	}

	// a printer is a manager's to add: her PIN is asked for in place
	orders := s.look()
	s.tap(place(1))
	s.changed("the printers come up", orders, content)
	s.tap(addAnother)
	s.until("a PIN is asked for", s.alarmed)
	ask := s.step("asked")
	s.pin(asked, pinOfClaire)
	s.changed("the sheet of a new printer comes up", ask, image.Rect(200, 100, 360, 300))
	s.step("set-up")
	s.tap(setupClose)
	s.until("the sheet has gone", s.quiet)

	// three wrong PINs lock Luc out, and nobody else
	s.tap(lockButton)
	s.same("it is locked", front, image.Rectangle(locked))
	s.tap(person(0))
	pads := s.changed("Luc's pad comes up", front, locked.keys())
	for i := range 3 {
		before := s.look()
		s.pin(locked, "1111")
		s.changed(fmt.Sprintf("wrong PIN %d is answered", i+1), before, image.Rectangle(locked))
	}
	s.changed("the pad has gone", pads, locked.keys())
	s.step("locked-out")
	s.tap(locked.Min.Add(image.Pt(60, theme.MinTouch/2))) // back to the names
	s.same("the names are back", front, image.Rectangle(locked))
	s.tap(person(1))
	s.changed("Claire's pad comes up", front, locked.keys())
	s.pin(locked, pinOfClaire)
	// not the printers, where the last one had been: each begins with the orders
	here := s.changed("the orders come up", front, list)
	s.step("claire")

	// the other location's order rings here, and shows once its location does
	there := s.place("vieux-port", "V001")
	s.until("the alarm comes up", s.alarmed)
	s.step("alarm-of-the-other-location")
	s.tap(gotIt)
	s.until("the alarm has gone", s.quiet)
	s.same("its order is not among these", here, names)
	s.until("its ticket comes out all the same", func() bool { return s.printed("V001") == 1 })
	s.tap(locationButton)
	s.until("the locations come up", s.alarmed)
	s.step("locations")
	s.tap(image.Pt(640, 156+72+theme.CardGap))
	s.changed("the other location comes up", here, list)
	s.step("vieux-port")
	s.tap(action(0))
	s.until("its order is started", func() bool { return s.orderAt("vieux-port", there).Status == order.Preparing })
	if who := by(s.orderAt("vieux-port", there), order.WasStarted); who.Name != "Claire" {
		t.Errorf("started by %+v", who)
	}
}

// by is who did something to an order.
func by(o order.Order, what order.What) (who order.Person) {
	for _, entry := range o.History {
		if entry.What == what {
			who = entry.Person
		}
	}
	return who
}

// place sends an order of the own shop to a location.
func (s *shop) place(location, number string) (id string) {
	s.t.Helper()
	body := fmt.Appendf(nil, `{"reference":%[1]q,"number":%[1]q,"fulfillment":{"type":"pickup"},"lines":[{"name":"Café","quantity":1,"unitPrice":300}]}`, number)
	answer, status, err := s.ask(http.MethodPost, "/api/v1/locations/"+location+"/orders", body, shopHeader)
	var o order.Order
	if err == nil && status == http.StatusCreated {
		err = json.Unmarshal(answer, &o)
	}
	if err != nil || status != http.StatusCreated {
		s.t.Fatalf("order %s: %v, %d %s", number, err, status, answer)
	}
	return o.ID
}

// orderAt is an order of a location as the hub has it.
func (s *shop) orderAt(location, id string) (o order.Order) {
	s.t.Helper()
	answer, status, err := s.ask(http.MethodGet, "/api/v1/locations/"+location+"/orders/"+id, nil, shopHeader)
	if err == nil && status == http.StatusOK {
		err = json.Unmarshal(answer, &o)
	}
	if err != nil || status != http.StatusOK {
		s.t.Fatalf("order %s: %v, %d %s", id, err, status, answer)
	}
	return o
}
