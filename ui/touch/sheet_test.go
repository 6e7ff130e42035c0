package touch_test

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"comptoir/assets"
	"comptoir/ui/theme"
	"comptoir/ui/touch"
)

var modes = map[string]theme.Mode{
	"light": theme.Light, "dark": theme.Dark, "high-contrast": theme.HighContrast,
}

// render draws objects on a window's ground by the software painter.
func render(t *testing.T, mode theme.Mode, size fyne.Size, objects ...fyne.CanvasObject) image.Image {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(mode))
	content := container.NewWithoutLayout(objects...)
	drawn := software.NewCanvas()
	drawn.SetPadded(false)
	drawn.SetContent(content)
	drawn.Resize(size)
	return drawn.Capture()
}

// save writes a picture to out/touch of the repository, to be looked at, when
// the tests run with -v.
func save(t *testing.T, name string, picture image.Image) {
	t.Helper()
	if !testing.Verbose() {
		return
	}
	folder := filepath.Join("..", "..", "out", "touch")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(folder, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, picture); err != nil {
		t.Fatal(err)
	}
}

func at(object fyne.CanvasObject, x, y, width, height float32) fyne.CanvasObject {
	least := object.MinSize()
	object.Resize(fyne.NewSize(max(width, least.Width), max(height, least.Height)))
	object.Move(fyne.NewPos(x, y))
	return object
}

func nothing() {}

// TestSheetOfIcons draws all icons to out/touch/icons.png.
func TestSheetOfIcons(t *testing.T) {
	palette := theme.NewPalette(theme.Light)
	var objects []fyne.CanvasObject
	for index, name := range assets.IconNames() {
		x, y := float32(index%9)*130+16, float32(index/9)*110+12
		for i, size := range []float32{48, 24, 16} {
			icon := touch.NewIcon(palette, size)
			icon.Set(name, theme.Ink)
			icon.Place(x+float32(i)*(52-float32(i)*8), y+(48-size)/2)
			objects = append(objects, icon.Object)
		}
		words := touch.NewText(palette, theme.Body)
		words.Set(name, theme.Ink2)
		words.Place(x, y+54)
		objects = append(objects, words.Object)
	}
	save(t, "icons", render(t, theme.Light, fyne.NewSize(1180, 680), objects...))
}

// TestSheetOfWidgets draws every widget in every mode to out/touch.
func TestSheetOfWidgets(t *testing.T) {
	for name, mode := range modes {
		test.NewTempApp(t)
		save(t, "widgets-"+name, render(t, mode, fyne.NewSize(1280, 900), widgets(theme.NewPalette(mode))...))
	}
}

func widgets(p *theme.Palette) []fyne.CanvasObject {
	ground := canvas.NewRectangle(p.Color(theme.Bg))
	locked := touch.NewButton(p, touch.Danger, "x", "Annuler", nothing)
	locked.Lock("Annuler : à faire sur DoorDash", nothing)
	disabled := touch.NewButton(p, touch.Other, "up", "Avant", nothing)
	disabled.SetDisabled(true)
	busy := touch.NewButton(p, touch.Primary, "send", "Envoyer", nothing)
	busy.SetBusy("Envoi…")
	focused := touch.NewButton(p, touch.Other, "down", "Suite", nothing)
	focused.FocusGained()
	pressed := touch.NewButton(p, touch.Primary, "check", "Pressé", nothing)
	pressed.MouseDown(press(0, 0))
	location := touch.NewButton(p, touch.Other, "store", "Plateau", nothing)
	location.SetTrailing("down")
	alarm := touch.NewButton(p, touch.Primary, "check", "Compris", nothing)
	alarm.SetHeight(theme.AlarmHeight)
	cut := touch.NewLabel(p, theme.Body, theme.Ink2, "1 Confit de canard, 1 Salade niçoise, 2 Limonade maison")
	cut.SetCut(true)
	off := touch.NewSwitch(p, "Imprimer les reçus", "Activé", "Désactivé", false, nil)
	never := touch.NewSwitch(p, "Pas maintenant", "Activé", "Désactivé", true, nil)
	never.SetDisabled(true)

	objects := []fyne.CanvasObject{
		at(ground, 0, 0, 1280, 900),
		at(touch.NewButton(p, touch.Primary, "check", "C’est prêt", nothing), 24, 24, 366, 0),
		at(touch.NewButton(p, touch.Next, "flame", "Commencer", nothing), 24, 108, 168, 0),
		at(touch.NewButton(p, touch.Next, "bag", "Remettre", nothing), 208, 108, 168, 0),
		at(touch.NewButton(p, touch.Primary, "check", "Accepter", nothing), 24, 192, 168, 0),
		at(pressed, 208, 192, 168, 0),
		at(touch.NewButton(p, touch.Other, "clock", "Retarder", nothing), 24, 280, 179, 0),
		at(touch.NewButton(p, touch.Other, "printer", "Réimprimer", nothing), 211, 280, 179, 0),
		at(locked, 24, 346, 366, 0),
		at(touch.NewButton(p, touch.Danger, "trash", "Annuler la commande", nothing), 24, 412, 366, 0),
		at(disabled, 24, 480, 0, 0), at(focused, 160, 480, 0, 0),
		at(touch.NewIconButton(p, "search", nothing), 300, 480, 0, 0),
		at(location, 24, 546, 0, 0), at(busy, 200, 546, 180, 0), at(alarm, 24, 630, 200, 0),

		at(touch.NewBadge(p, touch.BadgeLate, "alert", "5 min de retard"), 420, 24, 0, 0),
		at(touch.NewBadge(p, touch.BadgeOk, "clock", "Reste 18 min"), 600, 24, 0, 0),
		at(touch.NewBadge(p, touch.BadgeNeutral, "check-circle", "Prête"), 420, 66, 0, 0),
		at(touch.NewBadge(p, touch.BadgeDone, "x", "Annulée sur DoorDash"), 530, 66, 0, 0),
		at(touch.NewBadge(p, touch.BadgeWarn, "question", "1 ticket non confirmé"), 420, 108, 0, 0),
		at(touch.NewPill(p, touch.PillCount, "14"), 660, 112, 0, 0),
		at(touch.NewPill(p, touch.PillAlert, "!"), 705, 112, 0, 0),
		at(touch.NewPill(p, touch.PillChosen, "2"), 745, 112, 0, 0),
		at(touch.NewMonogram(p, "DD"), 420, 152, 0, 0), at(touch.NewMonogram(p, "T6"), 490, 152, 0, 0),
		at(touch.NewSegment(p, []string{"Articles", "Paiement", "Historique"}, 0, nil), 420, 224, 366, 0),
		at(touch.NewSwitch(p, "Sonner à chaque nouvelle commande", "Activé", "Désactivé", true, nil), 420, 300, 440, 0),
		at(off, 420, 376, 440, 0), at(never, 420, 452, 440, 0),
		at(cut, 420, 530, 300, 0),
	}
	for index, role := range []theme.Role{
		theme.AlarmNumber, theme.DetailNumber, theme.CardNumber, theme.PageTitle, theme.PanelTitle,
		theme.CustomerName, theme.ButtonLabel, theme.ItemText, theme.BodyBold, theme.Body,
	} {
		label := touch.NewLabel(p, role, theme.Ink, fmt.Sprintf("#214 Élodie %g", role.Size()))
		objects = append(objects, at(label, 900, 24+float32(index)*46, 0, 0))
	}
	list, _ := cards(p, 7)
	list.SetInset(8)
	objects = append(objects, at(list, 412, 560, 720, 336))
	strip := touch.NewStrip(138, 8,
		touch.NewButton(p, touch.Other, "all", "Toutes", nothing), touch.NewButton(p, touch.Other, "bag", "Retrait", nothing),
		touch.NewButton(p, touch.Other, "bike", "Livraison", nothing))
	strip.SetInset(4)
	return append(objects, at(strip, 20, 736, 374, 72))
}
