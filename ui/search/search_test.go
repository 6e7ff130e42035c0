package search_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"comptoir/order"
	"comptoir/ui/search"
)

var noon = time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)

func order214() order.Order {
	return order.Order{
		ID: "id-214", Number: "A-214", Reference: "7f3c-99AB-0021", Status: order.Accepted,
		Customer:    order.Customer{Name: "Élodie L’Œuvre-Gagnon", Phone: "+1 (514) 555-0148"},
		Fulfillment: order.Fulfillment{Type: order.Pickup, PromisedAt: noon},
		Lines: []order.Line{
			{Name: "Bœuf bourguignon", Modifiers: []order.Modifier{{Name: "Sauce", Modifiers: []order.Modifier{{Name: "au poivre"}}}}},
			{Name: "Crème brûlée"},
		},
	}
}

func TestFind(t *testing.T) {
	x := search.NewIndex()
	x.Put(order214())
	x.Put(order.Order{ID: "other", Number: "77", Status: order.Accepted, Customer: order.Customer{Name: "Marc Roy", Phone: "438 555-0199"}})
	for query, found := range map[string]bool{
		"a-214": true, "A214": true, "#214": true, "21": true, "14": true, "2144": false,
		"99ab": true, "7f3c-99ab": true, "0021": true, "99 ac": false,
		"élodie": true, "ELODIE": true, "elod": true, "lodie": false, "gagnon": true, "gagnon élo": true, "gagnon roy": false,
		"oeuvre": true, "Œuvre": true, "œuv": true, "l'œuvre": true, "l’oeuvre": true,
		"514 555": true, "(514) 555-0148": true, "5145550148": true, "0148": true, "15145": true, "48": false, "514 556": false,
		"boeuf": true, "BŒUF": true, "brulee": true, "creme brul": true, "poivre": true, "sauce gagn": true, "bourgui 214": true,
		"e\u0301lodie": true, "ÉLODIE\u00a0GAGNON": true,
		"": false, " - ": false, "#": false, "😀": false,
	} {
		ids, all := x.Find(query, 10, nil)
		if got := slices.Contains(ids, "id-214"); got != found || all != len(ids) {
			t.Errorf("%q: found %v of %d, want it found: %t", query, ids, all, found)
		}
	}
}

func TestFindInOrder(t *testing.T) {
	x := search.NewIndex()
	put := func(id, number string, status order.Status, at time.Time) {
		x.Put(order.Order{
			ID: id, Number: number, Status: status, CompletedAt: at, PlacedAt: noon.Add(-time.Hour), Customer: order.Customer{Name: "Roy"},
			Fulfillment: order.Fulfillment{PromisedAt: at},
		})
	}
	put("long ago", "12", order.Completed, noon.Add(-time.Hour))
	put("just now", "13", order.Rejected, noon)
	put("later", "14", order.Accepted, noon.Add(time.Hour))
	put("soon", "15", order.Ready, noon)
	put("its number", "1", order.Completed, noon.Add(-48*time.Hour))
	put("no promise", "16", order.New, time.Time{})
	want := []string{"no promise", "soon", "later", "just now", "long ago", "its number"}
	if ids, all := x.Find("roy", 10, nil); !slices.Equal(ids, want) || all != 6 {
		t.Errorf("got %v of %d, want %v", ids, all, want)
	}
	if ids, all := x.Find("1", 3, nil); !slices.Equal(ids, []string{"its number", "no promise", "soon"}) || all != 6 {
		t.Errorf("got %v of %d", ids, all)
	}
	open := func(o search.Order) bool { return o.Status.Open() }
	if ids, all := x.Find("roy", 2, open); !slices.Equal(ids, want[:2]) || all != 3 {
		t.Errorf("of open ones: %v of %d", ids, all)
	}
	if ids, all := x.Find("roy", 0, nil); ids != nil || all != 0 {
		t.Errorf("none wanted: %v of %d", ids, all)
	}
}

// One order's change touches only it, and what was read later from the store changes nothing.
func TestPutAndAdd(t *testing.T) {
	x := search.NewIndex()
	found := func(query string) bool {
		_, all := x.Find(query, 10, nil)
		return all == 1
	}
	x.Add(order214())
	o := order214()
	o.Customer.Name = "Zoé"
	x.Put(o)
	x.Add(order214())
	if x.Len() != 1 || !found("zoe") || found("elodie") {
		t.Errorf("%d orders; zoe %t, elodie %t", x.Len(), found("zoe"), found("elodie"))
	}
}

// plain is another way to the same letters.
func plain(t *rapid.T, text string) string {
	marks := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	text, _, err := transform.String(marks, strings.ToLower(text))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("œ", "oe", "æ", "ae", "ø", "o").Replace(text)
}

func words(t *rapid.T, text string) []string {
	return strings.FieldsFunc(plain(t, text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// naive reads an order anew for each word, field by field.
func naive(t *rapid.T, o order.Order, query string) bool {
	wanted := words(t, query)
	for _, word := range wanted {
		if !slices.ContainsFunc([]string{o.Number, o.Reference}, func(code string) bool {
			return strings.Contains(strings.Join(words(t, code), ""), word)
		}) && !(len(word) >= 3 && strings.Trim(word, "0123456789") == "" && strings.Contains(strings.Join(numerals(o.Customer.Phone), ""), word)) {
			texts := []string{o.Customer.Name}
			for _, l := range o.Lines {
				texts = append(texts, l.Name)
				for _, m := range l.Modifiers {
					texts = append(texts, m.Name)
				}
			}
			if !slices.ContainsFunc(words(t, strings.Join(texts, "\n")), func(w string) bool { return strings.HasPrefix(w, word) }) {
				return false
			}
		}
	}
	return len(wanted) > 0
}

func numerals(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

func TestFindsWhatANaiveSearchFinds(t *testing.T) {
	text := rapid.SliceOfN(rapid.SampledFrom(strings.Split("Éé,e,l,Œ,œ,oe,ç,C, ,-,’,1,2,5,Ø,æ,(,)", ",")), 0, 6)
	write := func(t *rapid.T, what string) string { return strings.Join(text.Draw(t, what), "") }
	rapid.Check(t, func(t *rapid.T) {
		x := search.NewIndex()
		orders := map[string]order.Order{}
		for range rapid.IntRange(1, 12).Draw(t, "puts") {
			o := order.Order{
				ID: fmt.Sprint("o", rapid.IntRange(0, 5).Draw(t, "id")), Number: write(t, "number"), Reference: write(t, "reference"), Status: order.New,
				Customer: order.Customer{Name: write(t, "name"), Phone: write(t, "phone")},
				Lines:    []order.Line{{Name: write(t, "item"), Modifiers: []order.Modifier{{Name: write(t, "modifier")}}}},
			}
			orders[o.ID] = o
			x.Put(o)
		}
		query := write(t, "query") + " " + write(t, "more")
		var want []string
		for id, o := range orders {
			if naive(t, o, query) {
				want = append(want, id)
			}
		}
		got, all := x.Find(query, 100, nil)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || all != len(want) {
			t.Errorf("%q: got %v of %d, want %v among %+v", query, got, all, want, orders)
		}
		few, all := x.Find(query, 2, nil)
		if len(few) != min(2, len(want)) || all != len(want) {
			t.Errorf("the first two of %d: %v", all, few)
		}
	})
}

func TestIndexFromManyGoroutines(t *testing.T) {
	x := search.NewIndex()
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for k := range 50 {
				o := order214()
				o.ID = fmt.Sprint(k)
				x.Put(o)
				x.Add(o)
				x.Find(fmt.Sprint("elodie ", i), 5, nil)
			}
		})
	}
	group.Wait()
	if x.Len() != 50 {
		t.Errorf("%d orders", x.Len())
	}
}

// many is an index like a busy shop's of a month.
func many(n int) *search.Index {
	x := search.NewIndex()
	names := []string{"Élodie Gagnon", "Marc-André Roy", "Sophie Tremblay", "Jean-Philippe Lavoie", "Fatima Benali", "Geneviève Côté"}
	items := []string{"Steak frites", "Soupe à l’oignon", "Crème brûlée", "Confit de canard", "Salade niçoise", "Tartare de saumon"}
	for i := range n {
		o := order.Order{
			ID: fmt.Sprintf("id-%05d", i*7919%n), Number: fmt.Sprint(100 + i%400), Reference: order.Identity("bench", fmt.Sprint(i)), Status: order.Completed,
			CompletedAt: noon.Add(-time.Duration(i*7919%n) * time.Minute),
			Customer:    order.Customer{Name: fmt.Sprint(names[i%6], i/6), Phone: fmt.Sprintf("514 555-%04d", i*37%10_000)},
		}
		for k := range 3 {
			o.Lines = append(o.Lines, order.Line{Name: items[(i+k)%6], Modifiers: []order.Modifier{{Name: "saignant"}, {Name: "sauce au poivre"}}})
		}
		x.Put(o)
	}
	return x
}

func BenchmarkFind(b *testing.B) {
	x := many(10_000)
	for _, query := range []string{"e", "el", "elodie gagn", "214", "514 555", "steak poivre roy", "zzz"} {
		b.Run(strings.ReplaceAll(query, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				x.Find(query, 50, nil)
			}
		})
	}
}

func BenchmarkPut(b *testing.B) {
	x, o := many(10_000), order214()
	for b.Loop() {
		x.Put(o)
	}
}
