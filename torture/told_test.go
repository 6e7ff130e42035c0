package torture

import (
	"slices"
	"testing"
)

// TestTold: a ticket asks as long as the last word on it is "unconfirmed", and of several words on
// one ticket the last one is promised.
func TestTold(t *testing.T) {
	heard := newTold()
	for _, step := range []struct {
		line   string
		asking []string
	}{
		{`{"event":"online"}`, nil},
		{`{"event":"order","order":{"id":"o","status":"accepted","history":[{"command":"c"}]}}`, nil},
		{`{"event":"ticket","ticket":{"key":"k","state":"sending"}}`, nil},
		{`{"event":"ticket","ticket":{"key":"k","state":"unconfirmed"}}`, []string{"k"}},
		{`{"event":"ticket","ticket":{"key":"k","state":"printed"}}`, nil},
	} {
		heard.hear(step.line)
		if got := heard.asking(); !slices.Equal(got, step.asking) {
			t.Errorf("after %s: %q ask, want %q", step.line, got, step.asking)
		}
	}
	if heard.times("ticket") != 3 || heard.times("online") != 1 || !heard.knows("o") || heard.knows("k") || heard.err != nil {
		t.Errorf("heard %v of %v, error %v", heard.events, heard.orders, heard.err)
	}
	want := []promise{{Order: "o", Command: "c", Status: "accepted"}, {job: "k", state: "printed"}}
	if got := latest(heard.life); !slices.Equal(got, want) {
		t.Errorf("promised %+v, want %+v", got, want)
	}
	if heard.hear("{"); heard.err == nil {
		t.Error("half a line was taken for an event")
	}
}
