package model

import (
	"context"
	"errors"
	"time"

	"comptoir/order"
	"comptoir/staff"
	"comptoir/terminal"
)

// Staff is what signing in asks of the terminal. SignIn and Approve wait: for the hash, and for
// the disk.
type Staff interface {
	SignedIn() (p staff.Person, is bool)
	// SignIn and Approve answer terminal.ErrWrongPIN, terminal.ErrUnknownPerson or a
	// *terminal.LockedOutError.
	SignIn(person, pin string) error
	SignOut()
	// Approve proves that a person who has the right at the location lends it for one action.
	Approve(person, pin, location string, right staff.Right) error
	// LockedOut is how long no PIN of a person is taken, FreeTries how many wrong ones cost nothing.
	LockedOut(person string) time.Duration
	FreeTries(person string) int
}

// desk is what is going on around PINs. The Controller's lock guards it.
type desk struct {
	chosen string
	wrong  string
	busy   bool
	asked  *asked
	locked bool
	// touched is when a finger last changed something.
	touched time.Time
}

// asked is an action that waits for the PIN of somebody with the right to it.
type asked struct {
	right    staff.Right
	location string
	then     func(ctx context.Context, approver order.Person)
}

// noRight is what an action needs that anybody may do, also at a locked terminal.
const noRight staff.Right = ""

// needed is the right that commands need. Answering an alarm needs none: silence is safety.
func needed(commands []order.Command) staff.Right {
	right := noRight
	for _, c := range commands {
		switch {
		case c.Type == order.RefundMoney, c.Type == order.CancelItems && c.Amount > 0:
			return staff.Money
		case c.Type != order.Acknowledge:
			right = staff.Orders
		}
	}
	return right
}

// permit plans an action at once where whoever has signed in has the right to it at the location
// that is shown. Else it opens the sheet that asks for the PIN of somebody who has, and returns
// nothing: with the right PIN the action is planned and carried out by itself. A locked terminal
// does nothing.
func (c *Controller) permit(right staff.Right, plan func() Plan) Plan {
	var permitted Plan
	c.guard(right, func() { permitted = plan() }, func(_ context.Context, approver order.Person) {
		p := plan()
		for i := range p.commands {
			p.commands[i].Approver = approver
		}
		c.CarryOut(p)
	})
	return permitted
}

// permitErrand is permit for what is slow, and for what begins with looking something up.
func (c *Controller) permitErrand(right staff.Right, errand Errand) Errand {
	var permitted Errand
	c.guard(right, func() { permitted = errand }, func(ctx context.Context, _ order.Person) { errand(ctx) })
	return permitted
}

func (c *Controller) guard(right staff.Right, now func(), later func(context.Context, order.Person)) {
	person, signedIn := c.signedIn()
	c.mu.Lock()
	staffed, location := c.settings.staffed(), c.choice.Location
	allowed := c.settings.of(location).Staff.Allows(person.ID, right)
	c.mu.Unlock()
	switch {
	case right == noRight || !staffed:
		now()
	case !signedIn:
	case allowed:
		now()
	default:
		c.change(func() {
			c.desk.chosen, c.desk.wrong, c.desk.busy = "", "", false
			c.desk.asked = &asked{right, location, later}
		})
	}
}

// signedIn is never called under our lock: the terminal has locks of its own.
func (c *Controller) signedIn() (staff.Person, bool) {
	if c.options.Staff == nil {
		return staff.Person{}, false
	}
	return c.options.Staff.SignedIn()
}

// PINOf says whose PIN is about to be typed; empty goes back to the names.
func (c *Controller) PINOf(person string) {
	c.change(func() { c.desk.chosen, c.desk.wrong = person, "" })
}

// EnterPIN tries the PIN of the chosen person: to sign in, or for the action that asks for it,
// which then goes on.
func (c *Controller) EnterPIN(pin string) Errand {
	var asked *asked
	person, started := "", false
	c.change(func() {
		person, asked = c.pinOf(), c.desk.asked
		if started = person != "" && !c.desk.busy; started {
			c.desk.busy, c.desk.wrong = true, ""
		}
	})
	if !started {
		return nil
	}
	return func(ctx context.Context) {
		var err error
		if asked == nil {
			err = c.options.Staff.SignIn(person, pin)
		} else {
			err = c.options.Staff.Approve(person, pin, asked.location, asked.right)
		}
		goOn := false
		var approver order.Person
		c.change(func() {
			c.desk.busy = false
			if c.desk.asked != asked { // it was closed, or the terminal has been locked
				return
			}
			if c.desk.wrong = refusedPIN(err); err != nil {
				return
			}
			p, _ := c.settings.everybody().Find(person)
			approver, goOn = order.Person{ID: p.ID, Name: p.Name}, asked != nil
			c.desk.chosen, c.desk.asked = "", nil
		})
		switch {
		case goOn:
			asked.then(ctx, approver)
		case asked == nil && err == nil:
			c.CheckSound() // whoever has come may not know that nothing would be heard
		}
	}
}

// pinOf is whose PIN is being typed: the chosen person's, or that of the only one who could be.
func (c *Controller) pinOf() string {
	team := c.settings.everybody()
	if a := c.desk.asked; a != nil {
		team = c.settings.of(a.location).Staff.With(a.right)
	}
	if len(team) == 1 {
		return team[0].ID
	}
	if _, known := team.Find(c.desk.chosen); !known {
		return ""
	}
	return c.desk.chosen
}

// refusedPIN is the key of why a PIN did not do. Waiting is said as long as it lasts.
func refusedPIN(err error) string {
	_, out := errors.AsType[*terminal.LockedOutError](err)
	switch {
	case err == nil || out:
		return ""
	case errors.Is(err, terminal.ErrWrongPIN):
		return wrongPIN
	case errors.Is(err, terminal.ErrUnknownPerson):
		return pinUnknown
	}
	return pinNotChecked
}

// CloseAsk gives the action up that asks for a PIN.
func (c *Controller) CloseAsk() {
	c.change(func() { c.desk.asked, c.desk.chosen, c.desk.wrong = nil, "", "" })
}

// Lock signs out whoever has signed in.
func (c *Controller) Lock() {
	if c.options.Staff != nil {
		c.options.Staff.SignOut()
		c.change(func() {})
	}
}

// shut closes what the next person must not find open; the Controller's lock is held.
func (c *Controller) shut() {
	c.setup, c.entered, c.offer = setup{}, actionState{}, offer{Snackbar: Snackbar{ID: c.offer.ID}}
	c.choice.Place, c.choice.Page, c.choice.Selected = PlaceOrders, PageTop, ""
	c.choice.Phone, c.choice.Filtering = false, false
	c.examining, c.ordering = false, ordering{}
	c.closeSearch()
	c.desk = desk{locked: true, touched: c.desk.touched}
}

// ShowLocation shows another location's orders. The plan keeps it for the next time.
func (c *Controller) ShowLocation(id string) Plan {
	person, _ := c.signedIn()
	may := false
	c.mu.Lock()
	if l := c.settings.of(id); l.ID != "" {
		may = l.Staff.Allows(person.ID, staff.Orders)
	}
	c.mu.Unlock()
	if !may {
		return Plan{}
	}
	c.change(func() { c.choice.Location, c.choice.Selected, c.choice.First = id, "", 0 })
	return c.prefer(func(p *terminal.Preferences) { p.Location = id })
}

// deskNow is the desk of the moment; a terminal that nobody has touched for long locks itself.
// settings are taken over before it.
func (c *Controller) deskNow(now time.Time) Desk {
	person, signedIn := c.signedIn()
	c.mu.Lock()
	idle := signedIn && c.untilLock(now) == 0
	c.mu.Unlock()
	if idle {
		c.options.Staff.SignOut()
		person, signedIn = staff.Person{}, false
	}

	c.mu.Lock()
	c.settings = c.settings.showing(c.choice.Location, person.ID)
	c.choice.Location = c.settings.shown
	if locked := c.settings.staffed() && !signedIn; locked && !c.desk.locked {
		c.shut()
	} else if !locked && c.desk.locked {
		c.desk = desk{touched: now}
	}
	d := Desk{Person: person, SignedIn: signedIn, Chosen: c.desk.chosen, WrongPIN: c.desk.wrong, Busy: c.desk.busy}
	if c.desk.asked != nil {
		d.Asked = c.desk.asked.right
	}
	chosen := c.pinOf()
	c.mu.Unlock()
	if c.options.Staff != nil && chosen != "" {
		d.Wait, d.Tries = c.options.Staff.LockedOut(chosen), c.options.Staff.FreeTries(chosen)
	}
	return d
}

// untilLock is how long until the terminal locks itself; 0 is now, and never is negative. The
// lock is held.
func (c *Controller) untilLock(now time.Time) time.Duration {
	minutes := c.settings.first().LockMinutes
	if minutes <= 0 || !c.settings.staffed() {
		return -1
	}
	gone := now.Sub(c.desk.touched)
	if gone < 0 { // the clock was set back
		c.desk.touched, gone = now, 0
	}
	return max(0, time.Duration(minutes)*time.Minute-gone)
}

// untilDesk is how long the desk stays as it is; negative is for ever.
func (c *Controller) untilDesk(now time.Time) time.Duration {
	_, signedIn := c.signedIn()
	c.mu.Lock()
	until, chosen := time.Duration(-1), c.pinOf()
	if signedIn {
		until = c.untilLock(now)
	}
	c.mu.Unlock()
	if c.options.Staff == nil || chosen == "" {
		return until
	}
	if wait := c.options.Staff.LockedOut(chosen); wait > 0 && (until < 0 || wait < until) {
		until = wait
	}
	return until
}
