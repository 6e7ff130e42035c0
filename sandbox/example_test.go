package sandbox_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"comptoir/sandbox"
)

func TestPrepare(t *testing.T) {
	body := `{"_id":"a","channelOrderDisplayId":"b","at":"2026-01-01T12:30:00.500Z","n":9007199254740993,
		"list":["2026-01-01T12:00:00Z",{"at":"2026-01-01T11:59:00Z"},null,"<é>"],"order":{"id":"c","consumer":{"id":"kept"}}}`
	got, err := sandbox.Prepare([]byte(body), sandbox.Values{ID: "x", Number: "y", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"_id":"x","at":"2026-11-23T18:30:00Z","channelOrderDisplayId":"y","list":["2026-11-23T18:00:00Z",{"at":"2026-11-23T17:59:00Z"},null,"<é>"],` +
		`"n":9007199254740993,"order":{"consumer":{"id":"kept"},"id":"x"}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if same, err := sandbox.Prepare([]byte(want), sandbox.Values{}); err != nil || string(same) != want {
		t.Errorf("nothing to change: got %s, %v", same, err)
	}
	if _, err := sandbox.Prepare([]byte(`[]`), sandbox.Values{}); err == nil {
		t.Error("got no error of a list")
	}
	if _, err := sandbox.Load("nowhere.json", sandbox.Values{}); err == nil {
		t.Error("got no error without a file")
	}
}

// isPLU matches the menu's items; modifiers are MOD-.
var isPLU = regexp.MustCompile(`^(BRG|GRL|SAL|ACC|DES|BOI|SPC)-\d\d$`)

// TestExamples: every example is about Epoch, and its items are of the menu, but for those that
// shall not be.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob(examples + "*.json")
	if err != nil || len(files) != 8 {
		t.Fatalf("got %d examples, %v", len(files), err)
	}
	text, err := os.ReadFile("../examples/shop/menu.json")
	if err != nil {
		t.Fatal(err)
	}
	var menu struct {
		Items []struct {
			PLU, Name string
		}
	}
	if err := json.Unmarshal(text, &menu); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, item := range menu.Items {
		names[item.PLU] = item.Name
	}
	for _, file := range files {
		body, err := sandbox.Load(file, sandbox.Values{Now: sandbox.Epoch})
		if err != nil {
			t.Fatal(err)
		}
		var whole any
		if err := json.Unmarshal(body, &whole); err != nil {
			t.Fatal(err)
		}
		walk(whole, func(object map[string]any) {
			for _, value := range object {
				if s, ok := value.(string); ok {
					if at, err := time.Parse(time.RFC3339, s); err == nil && at.Sub(sandbox.Epoch).Abs() > 2*time.Hour {
						t.Errorf("%s: %s is far from %s", file, s, sandbox.Epoch)
					}
				}
			}
			plu, _ := object["plu"].(string)
			if plu == "" {
				plu, _ = object["merchant_supplied_id"].(string)
			}
			if isPLU.MatchString(plu) && plu != "SPC-77" && names[plu] != object["name"] {
				t.Errorf("%s: %s is %q, and %q on the menu", file, plu, object["name"], names[plu])
			}
		})
	}
}

func walk(value any, visit func(map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(v)
		for _, below := range v {
			walk(below, visit)
		}
	case []any:
		for _, below := range v {
			walk(below, visit)
		}
	}
}
