package model

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"comptoir/order"
)

var placePattern = regexp.MustCompile(`\{[a-z]*\}?`)

// Both languages say the same things, with the same places.
func TestLanguagesMatch(t *testing.T) {
	french, english := wordsOf(t, "fr"), wordsOf(t, "en-CA")
	if french.Language() != French || english.Language() != English {
		t.Fatalf("loaded %s and %s", french.Language(), english.Language())
	}
	for key := range maps.Keys(english.texts) {
		if !french.has(key) {
			t.Errorf("%s has no French", key)
		}
	}
	for key, p := range french.texts {
		q, known := english.texts[key]
		if !known {
			t.Errorf("%s has no English", key)
			continue
		}
		want := set(placePattern.FindAllString(p.other, -1))
		for _, text := range []string{p.one, q.one, q.other} {
			if got := set(placePattern.FindAllString(text, -1)); !slices.Equal(got, want) && (text != q.other || key != "time.hour") {
				t.Errorf("%s: %q has the places %v, want %v", key, text, got, want)
			}
		}
		for _, text := range []string{p.one, p.other, q.one, q.other} {
			if strings.TrimSpace(text) == "" || strings.Contains(text, "'") || strings.Contains(text, "!") {
				t.Errorf("%s: %q is empty, shouts or has a typewriter's apostrophe", key, text)
			}
			for _, m := range placePattern.FindAllString(text, -1) {
				if !strings.HasSuffix(m, "}") || m == "{}" {
					t.Errorf("%s: the place %s is not closed", key, m)
				}
			}
		}
	}
}

func set(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// Every key that the code says exists, and every key is said. A literal that ends in a dot
// stands for all keys that it begins.
func TestKeysAreUsed(t *testing.T) {
	words := wordsOf(t, French)
	said, literals := map[string]bool{}, map[string]bool{}
	for _, root := range []string{"..", "../../cmd/terminal", "../../cmd/storybook"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return nil // a command that is not written yet, too
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BasicLit:
					if text, err := strconv.Unquote(n.Value); err == nil {
						literals[text] = true
					}
				case *ast.CallExpr:
					f, ok := n.Fun.(*ast.SelectorExpr)
					if !ok || f.Sel.Name != "Say" && f.Sel.Name != "Count" || len(n.Args) == 0 {
						break
					}
					if from, ok := f.X.(*ast.Ident); ok && from.Name == "strings" {
						break
					}
					if key, ok := n.Args[0].(*ast.BasicLit); ok {
						text, _ := strconv.Unquote(key.Value)
						said[text] = true
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for key := range said {
		if !words.has(key) {
			t.Errorf("the code says %q, which no language has", key)
		}
	}
	for key := range words.texts {
		used := literals[key]
		for i, r := range key {
			used = used || r == '.' && literals[key[:i+1]]
		}
		if !used {
			t.Errorf("nothing says %q", key)
		}
	}
}

// Keys that the code puts together exist for every value of the domain.
func TestMadeUpKeys(t *testing.T) {
	words := wordsOf(t, French)
	var keys []string
	for _, section := range Sections() {
		keys = append(keys, "section."+string(section), "empty."+string(section))
	}
	for _, language := range Languages() {
		keys = append(keys, "language."+language)
	}
	for _, place := range []Place{PlaceOrders, PlaceNewOrder, PlacePrinters, PlaceReports, PlaceMore} {
		keys = append(keys, "rail."+string(place))
	}
	for _, status := range []order.Status{order.New, order.Accepted, order.Preparing, order.Ready, order.Completed, order.Rejected, order.Expired} {
		keys = append(keys, "status."+string(status))
	}
	for _, reason := range []order.Reason{order.HandedOver, order.Shipped, order.Delivered, order.ItemsCompleted, order.CancelledByPartner, order.CancelledByStore} {
		keys = append(keys, "ended."+string(reason))
	}
	for _, alarm := range order.Alarms() {
		keys = append(keys, "alarm."+string(alarm))
	}
	for _, what := range []order.What{
		order.WasPlaced, order.WasAccepted, order.WasRejected, order.WasStarted, order.WasReady, order.WasHandedOver,
		order.WasDelayed, order.WasShipped, order.WasCompleted, order.WasCancelled, order.WasRefunded, order.WasArrived,
		order.WasAcknowledged, order.WasPacked, order.WasCancelledByPartner, order.WasChangedByPartner, order.WasExpired,
		order.WasPrinted,
	} {
		keys = append(keys, "history."+string(what))
	}
	for _, verdict := range []order.Verdict{order.AnswerTaken, order.AnswerRefused, order.AnswerNone} {
		keys = append(keys, "history.answered."+string(verdict))
		if verdict != order.AnswerTaken {
			keys = append(keys, "not_taken."+string(verdict), "not_taken."+string(verdict)+".delay")
		}
	}
	for _, stage := range order.CourierStages() {
		keys = append(keys, "courier."+string(stage))
	}
	for _, reason := range order.RejectReasons() {
		keys = append(keys, "reason."+string(reason))
	}
	for _, command := range order.ScreenCommands() {
		if !carriedOut(command) {
			continue
		}
		keys = append(keys, "action."+actionKey[command])
		if asks(order.Order{Bags: 2}, command) {
			keys = append(keys, "sheet."+actionKey[command])
		}
	}
	for _, cause := range []order.Cause{
		order.AlreadyAccepted, order.AlreadyStarted, order.AlreadyReady, order.AlreadyCompleted, order.AlreadyCancelled,
		order.AlreadyRejected, order.AlreadyExpired,
	} {
		for _, what := range insteadOf(cause) {
			keys = append(keys, "already."+string(what))
		}
	}
	for _, method := range []order.Method{order.Card, order.Cash, order.GiftCard, order.Platform} {
		keys = append(keys, "method."+string(method), "paid."+string(method))
	}
	for _, kind := range []order.TransactionKind{order.Payment, order.Refund, order.Fee} {
		keys = append(keys, "transaction."+string(kind))
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		keys = append(keys, "day."+strings.ToLower(day.String()))
	}
	for month := time.January; month <= time.December; month++ {
		keys = append(keys, "month."+strings.ToLower(month.String()))
	}
	for _, key := range keys {
		if !words.has(key) {
			t.Errorf("no words for %s", key)
		}
	}
}

// A card's button holds 10 letters.
func TestButtonsAreShort(t *testing.T) {
	for _, language := range Languages() {
		for _, key := range []string{"accept", "start", "ready", "hand_over", "complete", "acknowledge", "busy"} {
			label := wordsOf(t, language).Say("action." + key)
			if utf8.RuneCountInString(label) > 10 || !unicode.IsUpper([]rune(label)[0]) {
				t.Errorf("%s: %q", language, label)
			}
		}
	}
}

func TestSay(t *testing.T) {
	french, english := wordsOf(t, French), wordsOf(t, English)
	same(t, "unknown", french.Say("no.such"), "no.such")
	same(t, "unknown count", french.Count("no.such", 2), "no.such")
	same(t, "a value with a place", french.Say("table", "table", "{table}"), "Table {table}")
	for _, tt := range []struct {
		words *Words
		count int
		want  string
	}{
		{french, 0, "0 article"},
		{french, 1, "1 article"},
		{french, 2, "2 articles"},
		{english, 0, "0 items"},
		{english, 1, "1 item"},
		{english, 2, "2 items"},
	} {
		same(t, tt.words.language, tt.words.Count("alarm.items", tt.count), tt.want)
	}
	var p phrase
	if err := p.UnmarshalJSON([]byte(`{"one":"a","others":"b"}`)); err == nil {
		t.Error("a plural form with an unknown name was taken")
	}
}
