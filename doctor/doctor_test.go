package doctor_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"comptoir/doctor"
	"comptoir/internal/tlstest"
	"comptoir/sync/wire"
	"comptoir/terminal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// well is a terminal with nothing wrong.
func well() doctor.Report {
	at := time.Date(2026, 11, 23, 17, 17, 30, 0, time.UTC)
	return doctor.Report{
		At: at, Version: "0.1.0", Locations: []string{"plateau"},
		Hub: doctor.Hub{
			Address: "http://hub", Running: true, Online: true, Since: at,
			Health: wire.Health{
				Status: wire.HealthOK, Protocol: wire.Version, Time: at,
				Platforms: []wire.PlatformHealth{{Connection: "dd", Location: "plateau", State: wire.PlatformOK}, {Connection: "ue", Location: "elsewhere", State: wire.PlatformOK}},
			},
		},
		Printers: doctor.Printers{Known: true, List: []doctor.Printer{{Name: "Grill", Asked: true}}},
		Disk:     doctor.Disk{Known: true, Free: 10 << 30, Writable: true},
		Sound:    doctor.Sound{Known: true},
	}
}

func TestFindings(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*doctor.Report)
		want   string // check cause state, of what is not as in well
	}{
		"well":                {func(*doctor.Report) {}, ""},
		"offline":             {func(r *doctor.Report) { r.Hub.Online, r.Hub.Fault = false, doctor.HubUnreachable }, "hub unreachable broken, platforms unknown unknown"},
		"silent":              {func(r *doctor.Report) { r.Hub.Online, r.Hub.Fault = false, doctor.HubSilent }, "hub silent broken, platforms unknown unknown"},
		"strange":             {func(r *doctor.Report) { r.Hub.Online, r.Hub.Fault = false, doctor.HubStrange }, "hub strange broken, platforms unknown unknown"},
		"slow":                {func(r *doctor.Report) { r.Hub.Fault = doctor.HubSilent }, "hub slow warn, platforms unknown unknown"},
		"unlinked":            {func(r *doctor.Report) { r.Hub.Online = false }, "hub unlinked broken"},
		"protocol":            {func(r *doctor.Report) { r.Hub.Health.Protocol = 99 }, "hub protocol broken"},
		"an older hub":        {func(r *doctor.Report) { r.Hub.Health.Protocol = 0 }, ""},
		"from outside":        {func(r *doctor.Report) { r.Hub.Running = false }, "hub answers ok"},
		"the hub's own":       {func(r *doctor.Report) { r.Hub.Health.OwnProblems = 2 }, "hub degraded warn"},
		"of an older hub":     {func(r *doctor.Report) { r.Hub.Health.Problems, r.Hub.Health.Platforms = []string{"x"}, nil }, "hub degraded warn, platforms none ok"},
		"a platform fails":    {func(r *doctor.Report) { r.Hub.Health.Platforms[0].State = wire.PlatformFailing }, "platforms failing warn"},
		"a platform given up": {func(r *doctor.Report) { r.Hub.Health.Platforms[0].State = wire.PlatformGivenUp }, "platforms given_up broken"},
		"of another location": {func(r *doctor.Report) { r.Hub.Health.Platforms[1].State = wire.PlatformGivenUp }, ""},
		"no printer":          {func(r *doctor.Report) { r.Printers.List = nil }, "printers none warn"},
		"printers not known":  {func(r *doctor.Report) { r.Printers = doctor.Printers{} }, "printers unknown unknown"},
		"printers not asked":  {func(r *doctor.Report) { r.Printers.List[0].Asked = false }, "printers not_asked unknown"},
		"no paper":            {func(r *doctor.Report) { r.Printers.List[0].Fault = terminal.FaultPaper }, "printers fault broken"},
		"stale":               {func(r *doctor.Report) { r.Printers.List[0].Stale = 1 }, "printers stale warn"},
		"unconfirmed":         {func(r *doctor.Report) { r.Printers.List[0].Unconfirmed = 1 }, "printers unconfirmed warn"},
		"paper low":           {func(r *doctor.Report) { r.Printers.List[0].PaperLow = true }, "printers paper_low warn"},
		"stranded":            {func(r *doctor.Report) { r.Printers.Stranded = []string{"Bar"} }, "printers stranded broken"},
		"clock 30 s":          {func(r *doctor.Report) { r.Hub.Ahead = 30 * time.Second }, ""},
		"clock 31 s behind":   {func(r *doctor.Report) { r.Hub.Ahead = 31 * time.Second }, "clock behind warn"},
		"clock 6 min ahead":   {func(r *doctor.Report) { r.Hub.Ahead = -6 * time.Minute }, "clock ahead broken"},
		"clock not told":      {func(r *doctor.Report) { r.Hub.Health.Time = time.Time{} }, "clock unknown unknown"},
		"disk low":            {func(r *doctor.Report) { r.Disk.Free = doctor.DiskWarn - 1 }, "disk low warn"},
		"disk full":           {func(r *doctor.Report) { r.Disk.Free = doctor.DiskBroken - 1 }, "disk full broken"},
		"disk read-only":      {func(r *doctor.Report) { r.Disk.Writable = false }, "disk read_only broken"},
		"disk silent":         {func(r *doctor.Report) { r.Disk = doctor.Disk{} }, "disk silent broken"},
		"sound silent":        {func(r *doctor.Report) { r.Sound.Silent = true }, "sound silent broken"},
		"nobody to hear":      {func(r *doctor.Report) { r.Sound = doctor.Sound{} }, ""},
		"a crash":             {func(r *doctor.Report) { r.Crash = "crash-x.txt" }, "crash crashed warn"},
	} {
		t.Run(name, func(t *testing.T) {
			usual := map[string]bool{}
			for _, f := range well().Findings() {
				usual[line(f)] = true
			}
			r := well()
			test.change(&r)
			var got []string
			wrong := 0
			for _, f := range r.Findings() {
				if !usual[line(f)] {
					got = append(got, line(f))
				}
				if f.State == doctor.Warn || f.State == doctor.Broken {
					wrong++
				}
			}
			if text := strings.Join(got, ", "); text != test.want {
				t.Errorf("got %q, want %q", text, test.want)
			}
			if n := doctor.Wrong(r.Findings()); n != wrong {
				t.Errorf("%d are counted wrong, want %d", n, wrong)
			}
		})
	}
}

func line(f doctor.Finding) string { return fmt.Sprintf("%s %s %s", f.Check, f.Cause, f.State) }

type clock struct{}

func (clock) Now() time.Time { return time.Now() }

func ports() doctor.Ports {
	return doctor.Ports{
		Clock: clock{}, Version: "0.1.0", Address: "http://hub", Log: slog.New(slog.DiscardHandler),
		Health:    func(context.Context) (wire.Health, error) { return well().Hub.Health, nil },
		Link:      func() terminal.Event { return terminal.Event{Online: true} },
		Printers:  func(context.Context) (doctor.Printers, error) { return well().Printers, nil },
		Disk:      func() (doctor.Disk, error) { return well().Disk, nil },
		Silent:    func() bool { return false },
		Locations: func() []string { return []string{"plateau"} },
		Crash:     func() (string, error) { return "", nil },
	}
}

// Checks that hang hold up nobody, and hang once.
func TestHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := ports()
		free := make(chan struct{})
		var began atomic.Int32
		p.Disk = func() (doctor.Disk, error) {
			began.Add(1)
			<-free // as a system call: no context reaches it
			return well().Disk, nil
		}
		p.Health = func(ctx context.Context) (wire.Health, error) {
			<-ctx.Done()
			return wire.Health{}, ctx.Err()
		}
		d := doctor.New(p)
		for range 3 {
			start := time.Now()
			r := d.Examine(t.Context())
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("it took %s", took)
			}
			if len(r.Locations) != 1 || r.Disk.Known || !r.Printers.Known || r.Hub.Fault == doctor.HubAnswers {
				t.Errorf("found %+v", r)
			}
		}
		if n := began.Load(); n != 1 {
			t.Errorf("%d looks at the disk hang", n)
		}
		close(free)
		synctest.Wait()
		if r := d.Examine(t.Context()); !r.Disk.Known {
			t.Error("the disk is back, and is not asked")
		}
	})
}

func TestClockOffset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := ports()
		p.Health = func(context.Context) (wire.Health, error) {
			h := well().Hub.Health
			time.Sleep(time.Second)
			h.Time = time.Now().Add(42 * time.Second)
			time.Sleep(time.Second)
			return h, nil
		}
		if ahead := doctor.New(p).Examine(t.Context()).Hub.Ahead; ahead != 42*time.Second {
			t.Errorf("the hub is %s ahead, want 42 s", ahead)
		}
		// a terminal at work has measured it better, or was 10 minutes slow the last time
		for known, want := range map[bool]time.Duration{true: 10 * time.Minute, false: 10*time.Minute + 42*time.Second} {
			p.Ahead = func() (time.Duration, bool) { return 10 * time.Minute, known }
			if ahead := doctor.New(p).Examine(t.Context()).Hub.Ahead; ahead != want {
				t.Errorf("measured: %v, the hub is %s ahead, want %s", known, ahead, want)
			}
		}
	})
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var changes atomic.Int32
		w := doctor.NewWatch(doctor.New(ports()), func() { changes.Add(1) })
		if _, known := w.Report(); known {
			t.Error("a report of nothing")
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); w.Run(ctx) }()
		count := func(pass time.Duration, want int32) {
			t.Helper()
			time.Sleep(pass)
			synctest.Wait()
			if n := changes.Load(); n != want {
				t.Errorf("examined %d times, want %d", n, want)
			}
		}
		count(time.Second, 1)
		count(time.Minute, 3)
		w.Closely(true)
		count(time.Second, 4)
		count(10*time.Second, 6)
		w.Closely(false)
		count(time.Second, 7)
		count(time.Minute, 9)
		if _, known := w.Report(); !known {
			t.Error("no report")
		}
		cancel()
		<-done
	})
}

func TestHubClient(t *testing.T) {
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" || r.URL.Path != "/shop/healthz" {
				t.Errorf("asked %s with %v", r.URL, r.Header)
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    doctor.HubFault
	}{
		"well":        {answer(200, `{"status":"ok","problems":[]}`), doctor.HubAnswers},
		"degraded":    {answer(200, `{"status":"degraded","problems":["x"],"new":1}`), doctor.HubAnswers},
		"a page":      {answer(200, `<html>`), doctor.HubStrange},
		"other JSON":  {answer(200, `{"status":"fine"}`), doctor.HubStrange},
		"not found":   {answer(404, ``), doctor.HubStrange},
		"moved":       {answer(302, ``), doctor.HubStrange},
		"a bad proxy": {answer(502, ``), doctor.HubStrange},
		"hangs":       {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, doctor.HubSilent},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(test.handler)
			defer server.Close()
			health, err := doctor.HubClient(server.URL+"/shop", nil)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			_, err = health(ctx)
			if fault := faultOf(err); fault != test.want {
				t.Errorf("got %q (%v), want %q", fault, err, test.want)
			}
		})
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	health, err := doctor.HubClient("http://"+listener.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := health(t.Context()); faultOf(err) != doctor.HubUnreachable {
		t.Errorf("nobody is there: %v", err)
	}
}

// A hub that is there and cannot be believed is not one that is away.
func TestHubUnbelieved(t *testing.T) {
	server := tlstest.New(t, http.NotFoundHandler())
	for want, config := range map[doctor.HubFault]*tls.Config{
		doctor.HubStrange:   {RootCAs: server.Known},
		doctor.HubClock:     {RootCAs: server.Known, Time: server.Later},
		doctor.HubUntrusted: {RootCAs: x509.NewCertPool()},
	} {
		health, err := doctor.HubClient(server.URL, config)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := health(t.Context()); faultOf(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func faultOf(err error) doctor.HubFault {
	if err == nil {
		return doctor.HubAnswers
	}
	return doctor.FaultOf(err)
}

func TestDisk(t *testing.T) {
	dir := t.TempDir()
	d, err := doctor.DiskOf(dir, "terminal.db")
	if err != nil || !d.Writable || d.Free == 0 || d.File != 0 {
		t.Errorf("a new directory: %+v (%v)", d, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "terminal.db"), make([]byte, 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err = doctor.DiskOf(dir, "terminal.db"); err != nil || d.File != 4096 {
		t.Errorf("with a file: %+v (%v)", d, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("looking leaves %v (%v)", entries, err)
	}
	if d, err := doctor.DiskOf("/proc/self", "terminal.db"); err != nil || d.Writable && os.Geteuid() != 0 {
		t.Errorf("where nothing can be written: %+v (%v)", d, err)
	}
	if _, err := doctor.DiskOf(filepath.Join(dir, "gone"), "terminal.db"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a directory that is not there: %v", err)
	}
}

// What a report holds goes to whoever asks on this machine: no field may hold an order.
func TestReportIsPlain(t *testing.T) {
	text, err := json.Marshal(well())
	if err != nil {
		t.Fatal(err)
	}
	var back doctor.Report
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(well().Findings(), back.Findings(), func(a, b doctor.Finding) bool { return line(a) == line(b) }) {
		t.Error("a report read back says something else")
	}
	if strings.Contains(string(text), "order") {
		t.Errorf("%s", text)
	}
}
