package model

import (
	"maps"
	"strconv"
	"time"

	"comptoir/order"
)

// ActionSheet asks for what an action needs before it is given, and says what will happen.
type ActionSheet struct {
	OrderID string
	Command order.CommandType
	Title   string
	// Big is what is called out: number and customer at the hand-over, the new time of a delay.
	Big string
	// Text says what follows from it.
	Text string
	// Code stands out, over Checks; mostly empty. CodeLabel says what it is.
	Code, CodeLabel string
	Checks          []SheetCheck
	Steppers        []SheetStepper
	// Question heads Choices, of which one is chosen; Grid where they are short.
	Question string
	Choices  []SetupChoice
	Grid     bool
	// Fields are lines to type in, none of which must be; Keyboard is for them.
	Fields   []SheetField
	Keyboard Keyboard
	// Problem says why it is not possible any more; empty where it is.
	Problem string
	Go      SetupButton
	Keep    string // the way out: "Ne rien changer"
	Close   string
	Below   string // "Voir la suite": more lies below
}

// SheetCheck is one thing to tick.
type SheetCheck struct {
	Key, Label, Text string
	On               bool
}

// SheetStepper is one number.
type SheetStepper struct {
	Key string
	SetupStepper
}

// SheetField is one line to type in. Other ones take another answer to the sheet's question than its
// choices offer, so that choosing one of those empties them.
type SheetField struct {
	Key   string
	Other bool
	Field
}

const (
	delayStep = 5 // minutes
	mostDelay = 120
	spots     = 12
	codeCheck = "code"
	// keys of fields
	spotField    = "spot"
	vehicleField = "vehicle"
	longestField = 100 // letters: an order keeps no more of a spot or a vehicle
)

// actionState is what has been entered so far. The Controller's lock guards it.
type actionState struct {
	order   string // empty: no sheet is open
	command order.CommandType
	opened  time.Time
	number  int // minutes, or bags
	// quantities are by line, of those that differ from all that is left.
	quantities map[string]int
	chosen     string // a reason, or a spot
	vehicle    string
	ticked     map[string]bool
}

func (s actionState) clone() actionState {
	s.quantities, s.ticked = maps.Clone(s.quantities), maps.Clone(s.ticked)
	return s
}

// asks reports whether an action needs a sheet before it is given.
func asks(o order.Order, t order.CommandType) bool {
	switch t {
	case order.Delay, order.Reject, order.CancelItems, order.CompleteItems, order.Pack, order.CustomerArrived:
		return true
	case order.HandOver:
		return o.Bags > 1 || o.PickupCode != ""
	}
	return false
}

// begun is the state of a sheet that opens: what is most likely wanted.
func begun(o order.Order, t order.CommandType, now time.Time) actionState {
	s := actionState{order: o.ID, command: t, opened: now, quantities: map[string]int{}, ticked: map[string]bool{}}
	switch t {
	case order.Delay:
		s.number = delayStep
		if late := o.Lateness(now); late.Late {
			s.number = min(mostDelay, (late.Minutes+delayStep-1)/delayStep*delayStep)
		}
	case order.Pack:
		s.number = max(2, o.BagCount())
	case order.CustomerArrived:
		s.chosen, s.vehicle = o.Fulfillment.Spot, o.Fulfillment.Vehicle
	}
	return s
}

// command is what the sheet asks for as it stands.
func (s actionState) give(o order.Order) order.Command {
	c := order.Command{Type: s.command, OrderID: o.ID}
	switch s.command {
	case order.Delay:
		c.Minutes = s.number
	case order.Pack:
		c.Bags = s.number
		if o.Status == order.Accepted || o.Status == order.Preparing {
			c.Type = order.MarkReady
		}
	case order.Reject:
		c.Reason = order.Reason(s.chosen)
	case order.CustomerArrived:
		c.Spot, c.Vehicle = s.chosen, s.vehicle
	case order.CancelItems, order.CompleteItems:
		for _, l := range s.lines(o) {
			if n := s.quantity(l); n > 0 {
				c.Items = append(c.Items, order.ItemQuantity{Line: l.ID, Quantity: n})
			}
		}
	}
	return c
}

// lines are those that the action can be about.
func (s actionState) lines(o order.Order) []order.Line {
	var lines []order.Line
	for _, l := range o.Lines {
		if l.Remaining() > 0 && (s.command == order.CancelItems || l.Kind == order.DigitalLine) {
			lines = append(lines, l)
		}
	}
	return lines
}

func (s actionState) quantity(l order.Line) int {
	if n, entered := s.quantities[l.ID]; entered {
		return min(n, l.Remaining())
	}
	return l.Remaining()
}

// checks are what is to be ticked at the hand-over.
func (s actionState) checks(o order.Order) []string {
	var keys []string
	if s.command != order.HandOver {
		return nil
	}
	if o.Bags > 1 {
		for i := range o.Bags {
			keys = append(keys, strconv.Itoa(i+1))
		}
	}
	if o.PickupCode != "" {
		keys = append(keys, codeCheck)
	}
	return keys
}

// ready reports whether all that is asked for is there.
func (s actionState) ready(o order.Order) bool {
	switch s.command {
	case order.Reject:
		return s.chosen != ""
	case order.CancelItems, order.CompleteItems:
		return len(s.give(o).Items) > 0
	}
	for _, key := range s.checks(o) {
		if !s.ticked[key] {
			return false
		}
	}
	return true
}

func (b *builder) sheet() *ActionSheet {
	s := b.Sheet
	v := b.known(s.order)
	if v == nil {
		return nil
	}
	say := func(key string, places ...string) string {
		return b.Words.Say(key, append(places, "channel", b.channel(v.Order), "number", number(v.Order))...)
	}
	name := actionKey[s.command]
	sheet := &ActionSheet{
		OrderID: v.ID, Command: s.command, Title: say("sheet." + name), Keep: say("sheet.keep"), Close: say("setup.close"), Below: say("details.below"),
		Go: SetupButton{Label: say("action." + name), Icon: "check", Locked: !s.ready(v.Order)},
	}
	if icon, own := actionIcon[s.command]; own {
		sheet.Go.Icon = icon
	}
	switch s.command {
	case order.Delay:
		b.delaySheet(v, sheet)
	case order.Pack:
		b.bagSheet(v, sheet)
	case order.Reject:
		sheet.Text, sheet.Question = say("sheet.reject.text.ours"), say("sheet.reject.why")
		if v.Partner() {
			sheet.Text = say("sheet.reject.text")
		}
		for _, reason := range order.RejectReasons() {
			if reason != order.StoreOffline { // nobody who taps is
				sheet.Choices = append(sheet.Choices, SetupChoice{ID: string(reason), Name: say("reason." + string(reason)), Chosen: s.chosen == string(reason)})
			}
		}
	case order.CustomerArrived:
		b.arrivedSheet(sheet)
	case order.CancelItems, order.CompleteItems:
		b.itemSheet(v, sheet)
	case order.HandOver:
		b.handOverSheet(v, sheet)
	}
	if _, err := order.Apply(v.Order, identified(s.give(v.Order)), v.location.Policy(v.Order), b.Now); err != nil && !sheet.Go.Locked {
		sheet.Problem, sheet.Go.Locked = b.impossible(v, err), true
	}
	if _, busy := b.Busy[v.ID]; busy {
		sheet.Go.Label, sheet.Go.Busy = say("action.busy"), true
	}
	return sheet
}

// known is an order on screen, or the one whose details are.
func (b *builder) known(id string) *view {
	if id == "" {
		return nil
	}
	for _, v := range b.views {
		if v.ID == id {
			return v
		}
	}
	if b.Kept.ID == id {
		return b.view(b.Kept)
	}
	return nil
}

// identified gives a command that is only tried an id.
func identified(c order.Command) order.Command {
	c.ID = "try"
	return c
}

// impossible says why the action cannot be given any more.
func (b *builder) impossible(v *view, err error) string {
	cause := order.CauseOf(err)
	if key := "why." + string(cause) + ".text"; b.Words.has(key) {
		return b.Words.Say(key, "channel", b.channel(v.Order))
	}
	if key := "refused." + string(cause); b.Words.has(key) {
		return b.Words.Say(key, "channel", b.channel(v.Order))
	}
	return b.Words.Say("refused.other")
}

func (b *builder) delaySheet(v *view, sheet *ActionSheet) {
	s := b.Sheet
	minutes := strconv.Itoa(s.number)
	promised := v.Fulfillment.PromisedAt
	if promised.IsZero() {
		promised = v.Expected(b.Now)
	}
	later := promised.Add(time.Duration(s.number) * time.Minute)
	sheet.Big = b.Words.Say("sheet.delay.new", "time", b.Words.When(v.local(later), v.now))
	text := "sheet.delay.ours"
	if v.Partner() {
		text = "sheet.delay.text"
	}
	sheet.Text = b.Words.Say(text, "channel", b.channel(v.Order), "time", b.Words.When(v.local(promised), v.now))
	sheet.Steppers = []SheetStepper{{"minutes", SetupStepper{
		Label: b.Words.Say("sheet.delay.minutes"), Text: minutes, Less: s.number > delayStep, More: s.number < mostDelay,
	}}}
	sheet.Go.Label = b.Words.Say("sheet.delay.go", "minutes", minutes)
}

func (b *builder) arrivedSheet(sheet *ActionSheet) {
	s, say := b.Sheet, b.Words.Say
	sheet.Question, sheet.Grid, sheet.Keyboard = say("sheet.arrived.spot"), true, b.Words.Keyboard()
	sheet.Choices = append(sheet.Choices, SetupChoice{Name: say("sheet.arrived.no_spot"), Chosen: s.chosen == ""})
	other := s.chosen // as the customer said it
	for i := range spots {
		spot := strconv.Itoa(i + 1)
		if s.chosen == spot {
			other = ""
		}
		sheet.Choices = append(sheet.Choices, SetupChoice{ID: spot, Name: spot, Chosen: s.chosen == spot})
	}
	sheet.Fields = []SheetField{
		{spotField, true, Field{Label: say("sheet.arrived.other"), Text: other, Placeholder: say("sheet.arrived.other.example"), Limit: longestField}},
		{vehicleField, false, Field{Label: say("sheet.arrived.vehicle"), Text: s.vehicle, Placeholder: say("sheet.arrived.vehicle.example"), Limit: longestField}},
	}
}

func (b *builder) bagSheet(v *view, sheet *ActionSheet) {
	s := b.Sheet
	sheet.Text = b.Words.Say("sheet.bags.text")
	sheet.Steppers = []SheetStepper{{"bags", SetupStepper{
		Label: b.Words.Say("sheet.bags.count"), Text: strconv.Itoa(s.number), Less: s.number > 1, More: s.number < order.MaxBags,
	}}}
	sheet.Go.Label = b.Words.Count("details.bags", s.number)
	if s.give(v.Order).Type == order.MarkReady {
		sheet.Go.Label = b.Words.Count("sheet.bags.ready", s.number)
		sheet.Go.Icon = "check"
	}
}

func (b *builder) itemSheet(v *view, sheet *ActionSheet) {
	s, all, left := b.Sheet, 0, 0
	for _, l := range s.lines(v.Order) {
		n := s.quantity(l)
		all, left = all+n, left+l.Remaining()-n
		sheet.Steppers = append(sheet.Steppers, SheetStepper{l.ID, SetupStepper{
			Label: l.Name, Text: strconv.Itoa(n), Less: n > 0, More: n < l.Remaining(),
		}})
	}
	name := actionKey[s.command]
	sheet.Go.Label = b.Words.Count("sheet."+name+".go", all)
	if s.command == order.CompleteItems {
		return
	}
	for _, l := range v.Lines { // what was given already stays
		left += l.Fulfilled
	}
	if left == 0 {
		sheet.Go.Label = b.Words.Say("sheet.cancel.whole")
	}
	sheet.Text = b.Words.Say("sheet.cancel.text")
	if v.Captured() > 0 {
		sheet.Text = b.Words.Say("sheet.cancel.paid")
	}
}

func (b *builder) handOverSheet(v *view, sheet *ActionSheet) {
	sheet.Big = dots(number(v.Order), b.customer(v))
	if c := v.Courier; c != nil {
		sheet.Text = b.Words.Say("details.courier", "name", dots(c.Name, b.stage(c.Stage)))
	}
	for _, key := range b.Sheet.checks(v.Order) {
		check := SheetCheck{Key: key, On: b.Sheet.ticked[key]}
		if key == codeCheck {
			sheet.Code, sheet.CodeLabel = v.PickupCode, b.Words.Say("sheet.hand_over.code")
			check.Label = b.Words.Say("sheet.hand_over.code_said")
		} else {
			check.Label = b.Words.Say("sheet.hand_over.bag", "bag", key, "bags", strconv.Itoa(v.Bags))
		}
		sheet.Checks = append(sheet.Checks, check)
	}
	if v.Bags > 1 {
		sheet.Go.Label = b.Words.Count("sheet.hand_over.go", v.Bags)
	}
}
