package printer

import (
	"strconv"
	"strings"
	"time"

	"comptoir/order"
)

// nbsp keeps "12 h 20" or "Couverts :" together where lines are wrapped; it is printed as a space.
const nbsp = "\u00a0"

// words is what Comptoir itself says on a ticket and of a printer. {x} stands for what is filled in.
type words struct {
	duplicate, copy, changed, void string

	sentAt, sent string // below a possible duplicate; {when}
	compare      string
	copyOf       string // {when}
	at, onDay    string // when: {day}, {time}
	replaces     string // {ticket}
	cancels      string // {ticket}

	pickup, curbside, curbsideShort, delivery, shipment, counter, eatIn, digital string
	shop                                                                         string // the own shop, as a channel

	table     string // {table}
	reference string // {reference}
	received  string // {time}
	part, bag string // {part}, {parts}

	uncategorized              string
	remove, add, unchanged     string
	alsoAt, alsoAtMany         string // {stations}
	item, items                string // {count}
	countItem, countItems      string // {count}
	utensilsYes, utensilsNo    string
	ticketNumber               string // {number}
	refused, noAnswer, notHere string // why a printer cannot be reached
	busy, cover, paper, cutter string // what keeps one from printing
	offline, broken            string
	unconfirmed, unproven      string
	unconfirmedBy              string // {fault}
	noLayout                   string

	backup                              string // {printer}
	copyNumber                          string // {copy}, {copies}
	summary, summaryText, summaryClosed string

	receipt, thanks                                   string
	subtotal, tax, fees, tip, discount, total         string
	card, cash, giftCard, platform                    string
	paid, refunded, fee, failed, toPay, utensilsBlank string

	testPage, testSample, testWords, testRuler string

	noneIsOne bool // zero takes the singular

	clock  string // {hour}, {minute}
	day    string // {weekday}, {day}, {month}
	days   [7]string
	months [12]string
}

// The tables are made once and never changed.
var french = words{
	duplicate: "DOUBLON POSSIBLE",
	copy:      "COPIE",
	changed:   "MODIFIÉE",
	void:      "ANNULÉE",

	sentAt:   "Déjà envoyé {when}, sortie non confirmée.",
	sent:     "Déjà envoyé, sortie non confirmée.",
	compare:  "COMPARER AVANT DE CUISINER",
	copyOf:   "Copie du ticket envoyé {when}.",
	at:       "à {time}",
	onDay:    "le {day} à {time}",
	replaces: "remplace le ticket {ticket}",
	cancels:  "annule le ticket {ticket}",

	pickup:        "Retrait",
	curbside:      "Retrait à l'extérieur",
	curbsideShort: "À l'extérieur",
	delivery:      "Livraison",
	shipment:      "Expédition",
	counter:       "Comptoir",
	eatIn:         "Sur place",
	digital:       "Numérique",
	shop:          "Boutique",

	table:     "Table {table}",
	reference: "réf." + nbsp + "{reference}",
	received:  "reçue {time}",
	part:      "ticket {part} de {parts}",
	bag:       "Sac {part} sur {parts}",

	uncategorized: "! Hors menu" + nbsp + ": vérifier le poste",
	remove:        "À RETIRER",
	add:           "À AJOUTER",
	unchanged:     "SANS CHANGEMENT",
	alsoAt:        "Aussi au poste {stations}",
	alsoAtMany:    "Aussi aux postes {stations}",
	item:          "{count} article",
	items:         "{count} articles",
	countItem:     "Compter" + nbsp + ": {count} article en tout",
	countItems:    "Compter" + nbsp + ": {count} articles en tout",
	utensilsYes:   "Couverts" + nbsp + ": oui",
	utensilsNo:    "Couverts" + nbsp + ": non",
	ticketNumber:  "n°" + nbsp + "{number}",

	refused:  "Hors ligne (connexion refusée)",
	noAnswer: "Hors ligne (pas de réponse)",
	notHere:  "Hors ligne (introuvable sur le réseau)",
	busy:     "Occupée par un autre programme",
	cover:    "Capot ouvert",
	paper:    "Plus de papier",
	cutter:   "Massicot bloqué",
	offline:  "Hors ligne (l'imprimante le dit)",
	broken:   "En panne" + nbsp + ": l'éteindre et la rallumer",

	unconfirmed:   "Sortie non confirmée (connexion coupée)",
	unproven:      "Sortie non confirmée (pas de réponse)",
	unconfirmedBy: "Sortie non confirmée ({fault})",
	noLayout:      "Ticket impossible à mettre en page",

	backup: "RELAIS DE {printer}", copyNumber: "exemplaire {copy} de {copies}",
	summary: "VIEUX TICKETS", summaryText: "Trop vieux pour sortir un par un.", summaryClosed: "Commande déjà finalisée",

	receipt: "Reçu", thanks: "Merci, à bientôt",
	subtotal: "Sous-total", tax: "Taxes", fees: "Frais", tip: "Pourboire", discount: "Rabais", total: "TOTAL",
	card: "Carte", cash: "Comptant", giftCard: "Carte-cadeau", platform: "Payé sur la plateforme",
	paid: "Payé", refunded: "Remboursé, {method}", fee: "Frais", failed: "{text} (échoué)", toPay: "RESTE À PAYER",
	utensilsBlank: "Couverts" + nbsp + ": –",

	testPage:   "PAGE D'ESSAI",
	testSample: "Quelle ligne se lit sans faute ?",
	testWords:  "Brûlée, œuf, À GARÇON, 3 €",
	testRuler:  "Quelle règle tient juste sur une ligne ?",

	noneIsOne: true,

	clock:  "{hour}" + nbsp + "h" + nbsp + "{minute}",
	day:    "{weekday}" + nbsp + "{day}" + nbsp + "{month}",
	days:   [7]string{"dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."},
	months: [12]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc."},
}

var english = words{
	duplicate: "POSSIBLE DUPLICATE",
	copy:      "COPY",
	changed:   "CHANGED",
	void:      "VOID",

	sentAt:   "Already sent {when}, not confirmed.",
	sent:     "Already sent, not confirmed.",
	compare:  "COMPARE BEFORE COOKING",
	copyOf:   "Copy of the ticket sent {when}.",
	at:       "at {time}",
	onDay:    "on {day} at {time}",
	replaces: "replaces ticket {ticket}",
	cancels:  "cancels ticket {ticket}",

	pickup:        "Pickup",
	curbside:      "Curbside",
	curbsideShort: "Curbside",
	delivery:      "Delivery",
	shipment:      "Shipping",
	counter:       "Counter",
	eatIn:         "Eat in",
	digital:       "Digital",
	shop:          "Online shop",

	table:     "Table {table}",
	reference: "ref." + nbsp + "{reference}",
	received:  "received {time}",
	part:      "ticket {part} of {parts}",
	bag:       "Bag {part} of {parts}",

	uncategorized: "! Not on the menu: check the station",
	remove:        "TO REMOVE",
	add:           "TO ADD",
	unchanged:     "UNCHANGED",
	alsoAt:        "Also at {stations}",
	alsoAtMany:    "Also at {stations}",
	item:          "{count} item",
	items:         "{count} items",
	countItem:     "Count: {count} item in all",
	countItems:    "Count: {count} items in all",
	utensilsYes:   "Utensils: yes",
	utensilsNo:    "Utensils: no",
	ticketNumber:  "no." + nbsp + "{number}",

	refused:  "Offline (connection refused)",
	noAnswer: "Offline (no answer)",
	notHere:  "Offline (not found on the network)",
	busy:     "In use by another program",
	cover:    "Cover open",
	paper:    "Out of paper",
	cutter:   "Cutter jammed",
	offline:  "Offline (the printer says so)",
	broken:   "Broken down: switch it off and on",

	unconfirmed:   "Not confirmed (connection cut)",
	unproven:      "Not confirmed (no answer)",
	unconfirmedBy: "Not confirmed ({fault})",
	noLayout:      "The ticket could not be laid out",

	backup: "BACKUP OF {printer}", copyNumber: "copy {copy} of {copies}",
	summary: "OLD TICKETS", summaryText: "Too old to come out one by one.", summaryClosed: "The order is over",

	receipt: "Receipt", thanks: "Thank you, see you soon",
	subtotal: "Subtotal", tax: "Taxes", fees: "Fees", tip: "Tip", discount: "Discount", total: "TOTAL",
	card: "Card", cash: "Cash", giftCard: "Gift card", platform: "Paid on the platform",
	paid: "Paid", refunded: "Refunded, {method}", fee: "Fee", failed: "{text} (failed)", toPay: "LEFT TO PAY",
	utensilsBlank: "Utensils: –",

	testPage:   "TEST PAGE",
	testSample: "Which line has every letter right?",
	testWords:  "Brûlée, œuf, À GARÇON, 3 €",
	testRuler:  "Which ruler just fits on one line?",

	clock:  "{hour}:{minute}",
	day:    "{weekday}" + nbsp + "{day}" + nbsp + "{month}",
	days:   [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	months: [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
}

// wordsOf returns the words of a language tag, "en" or "en-CA" for English; French otherwise.
func wordsOf(language string) *words {
	if len(language) >= 2 && strings.EqualFold(language[:2], "en") {
		return &english
	}
	return &french
}

// section names how the order leaves, in full and in the form for narrow paper.
func (w *words) section(t order.FulfillmentType, table bool) (full, short string) {
	switch t {
	case order.Pickup:
		full = w.pickup
	case order.Curbside:
		return w.curbside, w.curbsideShort
	case order.Delivery:
		full = w.delivery
	case order.Shipment:
		full = w.shipment
	case order.Digital:
		full = w.digital
	case order.Counter:
		full = w.counter
		if table {
			full = w.eatIn
		}
	default:
		full = string(t)
	}
	return full, full
}

// timeOf is the time of day of a local time.
func (w *words) timeOf(b *strings.Builder, t time.Time) string {
	hour, minute, _ := t.Clock()
	return fill(b, w.clock, "{hour}", strconv.Itoa(hour), "{minute}", twoDigits[2*minute:2*minute+2])
}

// twoDigits holds 00 to 59.
const twoDigits = "000102030405060708091011121314151617181920212223242526272829303132333435363738394041424344454647484950515253545556575859"

func (w *words) dayOf(b *strings.Builder, t time.Time) string {
	_, month, day := t.Date()
	return fill(b, w.day, "{weekday}", w.days[t.Weekday()], "{day}", strconv.Itoa(day), "{month}", w.months[month-1])
}

// countOf picks the phrase for a number of items and fills it in.
func (w *words) countOf(b *strings.Builder, one, many string, count int) string {
	if count == 1 || count == 0 && w.noneIsOne {
		many = one
	}
	return fill(b, many, "{count}", strconv.Itoa(count))
}

// numberOf is the number of a station's ticket, of three digits at least.
func (w *words) numberOf(b *strings.Builder, sequence int) string {
	digits := strconv.Itoa(sequence)
	if missing := 3 - len(digits); missing > 0 {
		digits = "00"[:missing] + digits
	}
	return fill(b, w.ticketNumber, "{number}", digits)
}

// fill puts values in the places of a phrase, each in turn; a value is never searched. Pairs hold
// the name of each place, as it stands there, and its value. The phrase is made at the end of b, which
// goes on to hold it.
func fill(b *strings.Builder, phrase string, pairs ...string) string {
	start := b.Len()
	for i := 0; i < len(pairs); i += 2 {
		at := strings.IndexByte(phrase, '{') // all places begin with it, and nothing else does
		if at < 0 {
			break
		}
		b.WriteString(phrase[:at])
		b.WriteString(pairs[i+1])
		phrase = phrase[at+len(pairs[i]):]
	}
	b.WriteString(phrase)
	return b.String()[start:]
}

// channel is the word for a channel: a platform's own name, or ours for our own channels.
func (w *words) channel(name string) string {
	switch name {
	case order.ChannelCounter:
		return w.counter
	case order.ChannelShop:
		return w.shop
	}
	return name
}
