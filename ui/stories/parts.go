package stories

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"comptoir/order"
	"comptoir/ui"
	"comptoir/ui/model"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

// Part is one part of the design system, in all its states on one page.
type Part struct {
	Name string
	draw func(*page)
}

// Parts lists all of them.
func Parts() []Part {
	return []Part{
		{"part-texts", texts},
		{"part-buttons", buttons},
		{"part-badges", badges},
		{"part-choices", choices},
		{"part-fields", fields},
		{"part-keyboards", keyboards},
		{"part-pads", pads},
		{"part-snackbars", snackbars},
		{"part-money", money},
	}
}

// ShowPart makes a window of a width that shows a part, and is as high as the part needs, but at
// least of a height.
func ShowPart(app fyne.App, part Part, language string, mode theme.Mode, width, height float32) (fyne.Window, error) {
	words, err := model.LoadWords(language)
	if err != nil {
		return nil, err
	}
	theme.Wear(app, mode)
	p := &page{palette: theme.NewPalette(mode), words: words, size: fyne.NewSize(width, height), y: gap}
	part.draw(p)
	ground := canvas.NewRectangle(p.palette.Color(theme.Bg))
	size := fyne.NewSize(width, max(height, p.y))
	ground.Resize(size)
	window := app.NewWindow(part.Name)
	window.SetPadded(false)
	window.SetContent(&fyne.Container{Objects: append([]fyne.CanvasObject{ground}, p.objects...)})
	window.Resize(size)
	return window, nil
}

const gap = theme.PanelGap

// page places what it shows from the left to the right, and from the top to the bottom.
type page struct {
	palette *theme.Palette
	words   *model.Words
	size    fyne.Size
	objects []fyne.CanvasObject
	x, y    float32
	row     float32 // the height of the row that is being filled
}

func (p *page) say(french, english string) string {
	return word{french, english}.in(p.words.Language())
}

// show places something of a width, 0 for its own.
func (p *page) show(object fyne.CanvasObject, width float32) {
	size := object.MinSize()
	if width > 0 {
		size.Width = min(width, p.size.Width-2*gap)
		object.Resize(size) // what wraps knows its height only now
		size.Height = object.MinSize().Height
	}
	if p.x > 0 && p.x+size.Width > p.size.Width-gap {
		p.next()
	}
	object.Resize(size)
	object.Move(fyne.NewPos(max(p.x, gap), p.y))
	p.objects = append(p.objects, object)
	p.x = object.Position().X + size.Width + gap
	p.row = max(p.row, size.Height)
}

// next begins another row.
func (p *page) next() {
	if p.row > 0 {
		p.y += p.row + gap
	}
	p.x, p.row = 0, 0
}

func nothing() {}

// hold puts a finger on something.
func hold(object desktop.Mouseable) {
	object.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
}

func texts(p *page) {
	for role := theme.Body; role <= theme.AlarmNumber; role++ {
		p.show(touch.NewLabel(p.palette, role, theme.Ink, p.say("Élodie #214 · 12 h 20", "Élodie #214 · 12:20")), 0)
		p.next()
	}
	cut := touch.NewLabel(p.palette, theme.CustomerName, theme.Ink2, p.say("1 Confit de canard, 1 Salade niçoise, 2 Limonade maison", "1 Duck confit, 1 Salade niçoise, 2 House lemonade"))
	cut.SetCut(true)
	p.show(cut, 320)
	p.next()
}

func buttons(p *page) {
	kinds := []struct {
		kind        touch.Kind
		icon, label string
		busy        string
	}{
		{touch.Primary, "check", p.say("Accepter", "Accept"), p.say("Envoi…", "Sending…")},
		{touch.Next, "flame", p.say("Commencer", "Start"), p.say("Envoi…", "Sending…")},
		{touch.Other, "clock", p.say("Retarder", "Delay"), p.say("Envoi…", "Sending…")},
		{touch.Danger, "trash", p.say("Annuler la commande", "Cancel order"), p.say("Annulation…", "Cancelling…")},
	}
	for _, k := range kinds {
		made := func() *touch.Button { return touch.NewButton(p.palette, k.kind, k.icon, k.label, nothing) }
		p.show(made(), 0)
		pressed, focused, disabled, busy := made(), made(), made(), made()
		hold(pressed)
		focused.FocusGained()
		disabled.SetDisabled(true)
		busy.SetBusy(k.busy)
		for _, b := range []*touch.Button{pressed, focused, disabled, busy} {
			p.show(b, 0)
		}
		p.next()
	}
	locked := touch.NewButton(p.palette, touch.Danger, "x", p.say("Annuler", "Cancel"), nothing)
	locked.Lock(p.say("Annuler\u00a0: à faire sur DoorDash", "Cancel: on DoorDash only"), nothing)
	p.show(locked, 366)
	trailing := touch.NewButton(p.palette, touch.Other, "store", "Plateau", nothing)
	trailing.SetTrailing("down")
	p.show(trailing, 0)
	p.show(touch.NewIconButton(p.palette, "search", nothing), 0)
	p.show(touch.NewButton(p.palette, touch.Quiet, "x", "", nothing), 0)
	p.next()
}

func badges(p *page) {
	for _, b := range []struct {
		kind       touch.BadgeKind
		icon, text string
	}{
		{touch.BadgeOk, "clock", p.say("Reste 18 min", "18 min left")},
		{touch.BadgeLate, "alert", p.say("5 min de retard", "5 min late")},
		{touch.BadgeNeutral, "check", p.say("Prête", "Ready")},
		{touch.BadgeDone, "x", p.say("Annulée sur DoorDash", "Cancelled on DoorDash")},
		{touch.BadgeWarn, "question", p.say("1 ticket non confirmé", "1 ticket not confirmed")},
	} {
		p.show(touch.NewBadge(p.palette, b.kind, b.icon, b.text), 0)
	}
	p.next()
	p.show(touch.NewPill(p.palette, touch.PillCount, "14"), 0)
	p.show(touch.NewPill(p.palette, touch.PillAlert, "!"), 0)
	p.show(touch.NewPill(p.palette, touch.PillChosen, "2"), 0)
	for _, letters := range []string{"DD", "UE", "T6"} {
		p.show(touch.NewMonogram(p.palette, letters), 0)
	}
	p.next()
}

func choices(p *page) {
	const width = 448
	on, off := p.say("Activé", "On"), p.say("Désactivé", "Off")
	p.show(touch.NewSegment(p.palette, []string{p.say("Articles", "Items"), p.say("Paiement", "Payment"), p.say("Historique", "History")}, 0, nil), width)
	p.next()
	for _, turned := range []bool{true, false} {
		p.show(touch.NewSwitch(p.palette, p.say("Gros caractères", "Large text"), on, off, turned, nil), width)
	}
	never := touch.NewSwitch(p.palette, p.say("Imprimer les reçus", "Print receipts"), on, off, true, nil)
	never.SetDisabled(true)
	p.show(never, width)
	for _, ticked := range []bool{true, false} {
		check := touch.NewCheck(p.palette, nothing)
		check.Set(p.say("Cuisine chaude", "Hot kitchen"), p.say("Plats, Soupes", "Mains, Soups"), ticked)
		p.show(check, width)
	}
	stepper := touch.NewStepper(p.palette, func(int) {})
	stepper.Set(p.say("Bips à chaque ticket", "Beeps with each ticket"), "0", false, true)
	p.show(stepper, width)
	p.next()
}

func fields(p *page) {
	const width = 448
	label := p.words.Say("setup.address")
	made := func(text string) *touch.Field {
		f := touch.NewField(p.palette, nil)
		f.SetWords(label, "192.168.1.50")
		f.SetText(text)
		return f
	}
	active, wrong, disabled, pressed, focused := made("imprimante.bar.local"), made("192.168."), made("10.0.0.9"), made("10.0.0.9"), made("10.0.0.9")
	active.SetActive(true)
	wrong.SetWrong(p.words.Say("setup.address.wrong"))
	disabled.SetDisabled(true)
	hold(pressed)
	focused.FocusGained()
	pin := touch.NewField(p.palette, nil)
	pin.SetMasked(true)
	pin.SetText("4711")
	search := touch.NewField(p.palette, nil)
	search.SetIcon("search")
	search.SetWords("", p.say("Numéro, client, article", "Number, customer, item"))
	long := made("une-imprimante-au-nom-beaucoup-trop-long.cuisine.example")
	long.SetActive(true)
	for _, f := range []*touch.Field{made(""), active, wrong, disabled, pressed, focused, long, pin, search} {
		p.show(f, width)
	}
	p.next()
}

func (p *page) keyboard() *touch.Keyboard {
	k, words := touch.NewKeyboard(p.palette), p.words.Keyboard()
	k.SetWords(words.Language, words.Space, words.Done)
	return k
}

func keyboards(p *page) {
	signs := p.keyboard()
	signs.ShowSigns()
	for _, k := range []*touch.Keyboard{p.keyboard(), signs} {
		k.Resize(fyne.NewSize(p.size.Width, touch.KeyboardHeight))
		k.Move(fyne.NewPos(0, p.y))
		p.objects = append(p.objects, k)
		p.y += touch.KeyboardHeight + gap
	}
}

func pads(p *page) {
	for _, extra := range [][]string{nil, {"00"}, {p.say(",", ".")}, {"00", p.say(",", ".")}} {
		p.show(touch.NewPad(p.palette, extra...), 0)
	}
	p.next()
}

func snackbars(p *page) {
	undo := p.words.Say("undo")
	for _, s := range []struct{ text, undo string }{
		{p.words.Say("snackbar.appearance", "appearance", p.words.Say("appearance.dark")), undo},
		{p.words.Say("snackbar.printer", "printer", p.say("Froid et desserts", "Cold and desserts")), undo},
		{p.words.Say("snackbar.printer.failed", "printer", p.say("Froid et desserts", "Cold and desserts")), ""},
	} {
		bar := touch.NewSnackbar(p.palette, nothing)
		bar.Set(s.text, s.undo)
		p.show(bar, 560)
		p.next()
	}
}

func money(p *page) {
	sheet := ui.NewMoneySheet(p.palette, func(order.Money) {}, nothing)
	sheet.Ask(model.MoneyQuestion{
		Title:    p.say("Rembourser · #208 Camille Lavoie", "Refund · #208 Camille Lavoie"),
		Text:     p.say("Payée 98,88\u00a0$ par Visa •• 4417, rien n’a encore été remboursé.", "Paid $98.88 by Visa •• 4417, nothing refunded yet."),
		Currency: "CAD", Most: 9888, Action: "money.refund",
	}, p.words, "3794")
	sheet.Resize(p.size)
	p.objects, p.y = append(p.objects, sheet), p.size.Height
}
