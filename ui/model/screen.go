// Package model makes what the screens show: plain data from the terminal's state, without
// Fyne. Every text is in the chosen language and ready to be drawn; a view measures, cuts and
// places, and decides nothing.
package model

import (
	"comptoir/order"
	"comptoir/shop"
)

// Screen is the whole window at one moment.
type Screen struct {
	Language string
	Rail     []RailItem
	Top      TopBar
	// Banner stands above the list; its zero value is none.
	Banner Banner
	Tabs   []Tab
	// Cards are all of the chosen section, what is due first at the top; the list scrolls.
	Cards []Card
	// Blocks are the parts of the list that have a heading.
	Blocks []Block
	// Chips say what is filtered.
	Chips []Chip
	// Search is nil where nobody searches.
	Search *SearchBar
	// FilterSheet is nil where it is not open.
	FilterSheet *FilterSheet
	Page        Page
	// Empty is said instead of cards; its zero value where there are some.
	Empty Empty
	// Details is nil where no order is chosen.
	Details *Details
	// Sheet asks for what an action needs; nil where none does.
	Sheet *ActionSheet
	// Alarm is nil where nothing rings.
	Alarm *Alarm
	// Locations are those that may be shown.
	Locations LocationSheet
	// Lock covers everything but the alarm until somebody signs in, Ask asks for a PIN in place; nil
	// where they do not.
	Lock *Lock
	Ask  *SignIn
}

// Icon names a file of assets/icons, without its ending.
type Icon string

// Place is what the rail leads to.
type Place string

// The places of the rail, in its order.
const (
	PlaceOrders   Place = "orders"
	PlaceNewOrder Place = "new_order"
	PlacePrinters Place = "printers"
	PlaceReports  Place = "reports"
	PlaceMore     Place = "more"
)

// RailItem is one place of the rail. Pill is the count of open orders, or "!" (Urgent) when a
// printer needs somebody; empty is none.
type RailItem struct {
	Place  Place
	Icon   Icon
	Name   string
	Pill   string
	Urgent bool
	Chosen bool
}

// TopBar is the line above everything.
type TopBar struct {
	Location   string
	Connection Connection
	// NextLabel and NextDue: "Prochaine", "12 h 20"; empty where nothing is due.
	NextLabel string
	NextDue   string
	Clock     string
	// Search is on the button that opens the search.
	Search string
	// Locations counts those that may be shown: from two on the name is a button.
	Locations int
	// Person has signed in, on the button that locks; empty where nobody has to.
	Person   string
	Ordering OrderingChip
}

// Tone is the meaning of a colour (ui.md section 1), never the colour.
type Tone string

// The tones. Only ToneOK and ToneLate speak of lateness.
const (
	ToneOK   Tone = "ok"   // ok on okSoft
	ToneLate Tone = "late" // onLate on late
	ToneWarn Tone = "warn" // warn on warnSoft
	ToneInk  Tone = "ink"  // ink on sunk: ready
	ToneInk2 Tone = "ink2" // ink2 on sunk: ended
)

// Connection says how the terminal stands with its hub. ToneOK or ToneWarn.
type Connection struct {
	Tone Tone
	Icon Icon
	// Text says all of it. Where there is less room: Since says since when it is so, Short does not,
	// and Time is the moment alone. Online, Time is empty and the others are the same.
	Text, Since, Short, Time string
}

// Banner says what is wrong, what still works and what to do.
type Banner struct {
	Tone  Tone
	Icon  Icon
	Title string
	Text  string
	// Action leads to Place, or without one says that the banner has been read; none where it is
	// empty.
	Action string
	Place  Place
	// Order, where it is not empty, is the one whose details Action opens.
	Order string
	// Pair: the action leads to the pairing screen.
	Pair bool
	// Salvage: the action says that somebody has read of the salvage.
	Salvage bool
}

// Section is a part of the Orders screen.
type Section string

// The sections, in the order of the tabs.
const (
	All      Section = "all"
	Pickup   Section = "pickup"
	Curbside Section = "curbside"
	Delivery Section = "delivery"
	Shipping Section = "shipping"
	// Counter holds digital orders too: nobody comes for them, the counter completes them.
	Counter Section = "counter"
)

// Sections lists the sections in the order of the tabs.
func Sections() []Section { return []Section{All, Pickup, Curbside, Delivery, Shipping, Counter} }

// Tab is one section's tab: icon, name and open count above; StateIcon and Text below, in
// lateInk where Late is not 0.
type Tab struct {
	Section   Section
	Icon      Icon
	Name      string
	ShortName string
	Open      int
	Late      int
	StateIcon Icon
	Text      string
	Chosen    bool
}

// Card is one order in the list. Cards are compared with ==.
type Card struct {
	ID       string
	Monogram string
	Number   string
	Customer string
	Badge    Badge
	// Time is the promised time, in bold; empty where nothing was promised.
	Time string
	// Rest follows it: section, channel, status. RestShort leaves out the channel, which the
	// monogram says (windows below 1200).
	Rest      string
	RestShort string
	// Emphasis ends the row in bold: "Répondre avant 12 h 21".
	Emphasis string
	Items    string
	Action   CardAction
	Selected bool
	// PendingSend ("en attente d'envoi", with the cloud-off icon) ends row 2.
	PendingSend string
	// Muted ("alerte coupée", with the bell-off icon) stands before it: the order rings, silently
	// here, and nobody has answered it.
	Muted string
	// Refused stands in place of row 2, in lateInk, until the details are opened.
	Refused string
}

// Badge is the word on lateness; its zero value is none.
type Badge struct {
	Tone Tone
	Icon Icon
	Text string
	// Narrow is a shorter Text; never empty where Text is not.
	Narrow string
}

// CardAction is the card's one button; its zero value is none.
type CardAction struct {
	Command order.CommandType
	Label   string
	Icon    Icon
	// Primary is filled with acc; others are "next step" in accSoft.
	Primary bool
	// Busy: Label says "Envoi…", and the button holds still.
	Busy bool
}

// Page is the bar below the list: "1 à 5 sur 14". First is the index of the card at the top.
type Page struct {
	First        int
	Text         string
	Back, Next   bool
	BackText     string
	NextText     string
	PerPage, All int
}

// Empty is said where a list has nothing, or nothing yet.
type Empty struct {
	Icon Icon
	Text string
	// Action is the one thing to do about it; mostly empty.
	Action string
}

// DetailTab is a part of the details.
type DetailTab string

// The parts of the details, in their order.
const (
	TabItems   DetailTab = "items"
	TabPayment DetailTab = "payment"
	TabHistory DetailTab = "history"
	TabTickets DetailTab = "tickets"
)

// DetailTabs lists the parts of the details in their order.
func DetailTabs() []DetailTab { return []DetailTab{TabItems, TabPayment, TabHistory, TabTickets} }

// Details is the panel of one order. All parts but the tickets are there; Tabs says which is
// chosen.
type Details struct {
	ID       string
	Title    string // "#220 · Louis Bergeron", for the narrow window's bar
	Number   string
	Customer string
	// Phone is the button that shows the telephone; ShownPhone are its digits once it was tapped.
	Phone      string
	ShownPhone string
	Email      string
	Badge      Badge
	// When: "Promise 12 h 20 · prévue 12 h 25"; empty where nothing was promised.
	When string
	// Where: "Retrait · DoorDash". WhereShort leaves out the channel.
	Where       string
	WhereShort  string
	PendingSend string
	Refused     string
	// NotTaken says what the platform would not have, and what to do; mostly empty.
	NotTaken string
	// Facts: address, vehicle, table, delay, courier, utensils, note.
	Facts []Fact
	// Contact is how to reach the platform: its name and where to call or look.
	Contact []Fact
	// Allergy is set where the order's note speaks of one.
	Allergy string
	// Allergies says those of the items in one line, for where they are out of sight;
	// AllergiesShort only that there are some. Empty where there are none.
	Allergies      string
	AllergiesShort string
	// Warning: an item has no category, is out of stock, or the order waits for room.
	Warning string
	Tabs    []DetailTabItem
	Chosen  DetailTab

	Lines []Line
	// Paid and Total close the items: "Payée sur DoorDash", "94,86 $".
	Paid  string
	Total string

	Totals       []Amount
	Transactions []Transaction
	// Source says whose totals they are, of a platform's.
	Source  string
	History []HistoryEntry
	// Tickets are those of TabTickets; nil on the other tabs.
	Tickets *Tickets

	// Actions: the primary one first, if any; then the others; then what is locked.
	Actions []DetailAction
	Back    string // "Retour"
	Below   string // "Voir la suite": more lies below
}

// DetailTabItem is one segment of the details' tabs.
type DetailTabItem struct {
	Tab    DetailTab
	Name   string
	Chosen bool
}

// Fact is one line about an order.
type Fact struct {
	Icon Icon
	Text string
}

// Line is one item of an order.
type Line struct {
	Quantity string
	Name     string
	// Extras are modifiers and note, which stands in the language's quotes; Allergy replaces the
	// note where it speaks of one.
	Extras  string
	Allergy string
	Price   string
	// Change: "1 annulé"; Struck where nothing of it is wanted any more.
	Change string
	Struck bool
}

// Amount is one line of the totals.
type Amount struct {
	Label string
	Text  string
	Bold  bool
}

// Transaction is one line of the ledger. Time says its state too; Wrong where it failed.
type Transaction struct {
	Icon  Icon
	Label string
	Time  string
	Text  string
	Wrong bool
}

// HistoryEntry says who did what, and when.
type HistoryEntry struct {
	Time string
	Text string
	Who  string
}

// ActionKind is how an action of the details looks.
type ActionKind string

// The kinds of action.
const (
	ActionPrimary ActionKind = "primary"
	ActionOther   ActionKind = "other"
	ActionDanger  ActionKind = "danger"
	// ActionLocked cannot be done here; a tap opens its Explanation.
	ActionLocked ActionKind = "locked"
)

// DetailAction is one button of the details. A locked one has "what : why" as its label.
type DetailAction struct {
	Command     order.CommandType
	Label       string
	Icon        Icon
	Kind        ActionKind
	Busy        bool
	Explanation Explanation
	// Print prints the kitchen's tickets once more, in place of a command.
	Print bool
	// Below: it stands under what the details scroll, as locked ones do.
	Below bool
}

// Explanation says why something cannot be done here, and who to ask.
type Explanation struct {
	Title   string
	Text    string
	Contact shop.Contact
	// NoContact is said where nobody wrote a contact down.
	NoContact    string
	Close, Below string
}

// TicketRef finds the picture of a ticket.
type TicketRef struct {
	Key    string // of the job
	Number string // of the order
	Text   string // "Dernier : 12 h 04"
}
