package torture

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"comptoir/internal/strace"
	"comptoir/order"
	"comptoir/sync/wire"
)

// TestListen: promises are found where they are made, at the beginning of the call that tells them.
func TestListen(t *testing.T) {
	hexed := func(text string) string {
		var b strings.Builder
		for i := range len(text) {
			fmt.Fprintf(&b, `\x%02x`, text[i])
		}
		return b.String()
	}
	frame := func(f wire.FromHub) string {
		data, err := wire.Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 125 {
			return "\x81\x7e" + string([]byte{byte(len(data) >> 8), byte(len(data))}) + string(data)
		}
		return "\x81" + string([]byte{byte(len(data))}) + string(data)
	}
	header, err := json.Marshal(promise{Order: "o1", Status: order.Accepted})
	if err != nil {
		t.Fatal(err)
	}
	request := "POST /x HTTP/1.1\r\n" + promiseHeader + ": " + string(header) + "\r\n\r\n{}"
	changes := frame(wire.FromHub{Changes: &wire.Changes{
		Location: "plateau", Cursor: wire.Cursor{Epoch: strings.Repeat("e", 40), Sequence: 7}, Orders: []json.RawMessage{},
	}})
	result := frame(wire.FromHub{Result: &wire.Result{Command: "c2", OrderID: "o2"}})
	refused := frame(wire.FromHub{Result: &wire.Result{Command: "c3", OrderID: "o3", Refused: &wire.Refusal{Kind: order.Invalid}}})
	pong := "\x8a\x00"
	shop, screen := "9<"+hexed("socket:[1]")+">", "10<"+hexed("socket:[2]")+">"
	write := func(file, text string) string {
		return fmt.Sprintf(`1 write(%s, "%s", %d) = %d`, file, hexed(text), len(text), len(text))
	}
	lines := []string{ // two events each
		fmt.Sprintf(`1 read(%s, "%s", 4096) = %d`, shop, hexed(request[:1]), 1),
		fmt.Sprintf(`1 read(%s, "%s", 4096) = %d`, shop, hexed(request[1:]), len(request)-1),
		write(shop, "HTTP/1.1 200 OK\r\n\r\n"),
		write(shop, "HTTP/1.1 200 OK\r\n\r\n"), // of a request that asked for nothing
		fmt.Sprintf(`1 read(%s, "%s", 4096) = %d`, shop, hexed(request), len(request)),
		write(shop, "HTTP/1.1 503 Service Unavailable\r\n\r\n"),
		write(screen, pong+changes+refused),
		write(screen, result[:5]),
		// the kernel takes the half, and is asked again for the rest
		fmt.Sprintf(`1 write(%s, "%s", %d) = %d`, screen, hexed(result[5:]), len(result)-5, 3),
		write(screen, result[8:]),
	}
	events, err := strace.Parse(strings.NewReader(strings.Join(lines, "\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	promised, err := listen(events, hubSaid)
	if err != nil {
		t.Fatal(err)
	}
	want := []promise{
		{at: 4, Order: "o1", Status: order.Accepted},
		{at: 12, sequence: 7},
		{at: 16, Order: "o2", Command: "c2"},
		{at: 18, Order: "o2", Command: "c2"},
	}
	if fmt.Sprint(promised) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", promised, want)
	}
}

func TestKept(t *testing.T) {
	ready := order.Order{ID: "o", Status: order.Ready}
	gone := order.Order{ID: "o", Status: order.Completed, Reason: order.CancelledByPartner}
	for _, tt := range []struct {
		name     string
		promise  promise
		stored   order.Order
		commands []string
		kept     bool
	}{
		{"as promised", promise{Order: "o", Status: order.Ready, Command: "c"}, ready, []string{"b", "c"}, true},
		{"further on", promise{Order: "o", Status: order.Accepted}, ready, nil, true},
		{"not so far", promise{Order: "o", Status: order.Completed}, ready, nil, false},
		{"command missing", promise{Order: "o", Command: "c"}, ready, []string{"b"}, false},
		{"order missing", promise{Order: "o"}, order.Order{}, nil, false},
		{"cancelled", promise{Order: "o", Cancelled: true}, gone, nil, true},
		{"not cancelled", promise{Order: "o", Cancelled: true}, ready, nil, false},
	} {
		if got := tt.promise.kept(tt.stored, tt.commands); got != tt.kept {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
