package stories

import (
	"time"

	"comptoir/order"
	"comptoir/shop"
	"comptoir/staff"
	"comptoir/terminal"
	"comptoir/ui/model"
)

// team is who works at the shop of the stories. No PIN is right.
type team struct {
	signedIn staff.Person
	wait     time.Duration
	tries    int
}

var _ model.Staff = (*team)(nil)

func (t *team) SignedIn() (staff.Person, bool) { return t.signedIn, t.signedIn.ID != "" }

func (t *team) SignIn(string, string) error { return terminal.ErrWrongPIN }

func (t *team) Approve(string, string, string, staff.Right) error { return terminal.ErrWrongPIN }

func (t *team) SignOut() { t.signedIn = staff.Person{} }

func (t *team) LockedOut(string) time.Duration { return t.wait }

func (t *team) FreeTries(string) int { return t.tries }

// employ gives the shop its staff.
func employ(s *Stage) {
	s.terminal.locations[0].Staff = staff.Team{
		{ID: "luc", Name: "Luc", Role: staff.Cashier},
		{ID: "amelie", Name: "Amélie", Role: staff.Cashier},
		{ID: "claire", Name: "Claire", Role: staff.Manager},
		{ID: "marc", Name: "Marc-André", Role: staff.Manager},
	}
}

// crowd is a staff that does not fit the screen.
func crowd(s *Stage) {
	employ(s)
	for _, name := range []string{"Béatrice", "Charles-Antoine de Villeneuve-Lachance", "Dany", "Élodie", "Farid", "Geneviève", "Huy", "Inès"} {
		s.terminal.locations[0].Staff = append(s.terminal.locations[0].Staff, staff.Person{ID: name, Name: name, Role: staff.Cashier})
	}
}

// locked is a terminal on which somebody may be about to type a PIN.
func locked(person string) func(*Stage) {
	return func(s *Stage) {
		if len(s.terminal.locations[0].Staff) == 0 {
			employ(s)
		}
		s.Controller.Screen() // takes the settings over
		s.Controller.PINOf(person)
	}
}

func signedIn(s *Stage) {
	employ(s)
	s.team.signedIn = s.terminal.locations[0].Staff[0]
}

// asked is a cashier who wants to add a printer, which needs a manager's PIN.
func asked(person string) func(*Stage) {
	return func(s *Stage) {
		signedIn(s)
		tickets(s)
		s.Controller.Screen()
		s.Controller.Go(model.PlacePrinters)
		run(s.Controller.SetUp(""))
		s.Controller.PINOf(person)
	}
}

// pin tries one.
func (s *Stage) pin(pin string) { run(s.Controller.EnterPIN(pin)) }

// people is an order that people have worked on.
func people(language string) []order.Order {
	orders := Orders(language)
	o := orders[0].Clone()
	for i := range o.History {
		if entry := &o.History[i]; entry.By != o.Connection && entry.By != order.AutoAccept && entry.What != order.WasPrinted {
			entry.Person = order.Person{ID: "luc", Name: "Luc"}
		}
	}
	o.History[len(o.History)-1].Approver = order.Person{ID: "claire", Name: "Claire"}
	orders[0] = o
	return orders
}

// chain gives the terminal a second location, where half of the orders are.
func chain(s *Stage) {
	signedIn(s)
	port := location(s.language)
	port.ID, port.Name = "vieux-port", "Vieux-Port"
	port.Stations = []shop.Station{{ID: "quai", Name: word{"Cuisine du quai", "Quay kitchen"}.in(s.language), Default: true}}
	port.Staff = s.terminal.locations[0].Staff
	s.terminal.locations = append(s.terminal.locations, port)
	for i, o := range s.terminal.orders {
		if i%2 == 1 {
			s.terminal.orders[i] = o.Clone()
			s.terminal.orders[i].Location = port.ID
		}
	}
}

// elsewhere is an alarm of the other location.
func elsewhere(language string) []order.Order {
	orders := ringing(language)
	for i := range orders {
		if i%2 == 0 && len(orders[i].Acknowledged) > 0 {
			orders[i].Acknowledged = order.Alarms()
		}
	}
	return orders
}
