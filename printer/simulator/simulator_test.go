package simulator_test

import (
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"comptoir/printer/escpos"
	"comptoir/printer/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ticket(lines ...string) []byte {
	e := escpos.NewEncoder(escpos.Generic(48))
	e.Init()
	for _, line := range lines {
		e.Line(line)
	}
	e.Cut()
	return e.Bytes()
}

// bench is a printer with what it delivers and one connection to it.
type bench struct {
	*simulator.Printer
	conn net.Conn

	mu     sync.Mutex
	papers []simulator.Paper
}

// out is what came out so far.
func (b *bench) out() []simulator.Paper {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.papers
}

func newBench(t *testing.T, m simulator.Model) *bench {
	b := &bench{}
	b.Printer = simulator.New(m, func(p simulator.Paper) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.papers = append(b.papers, p)
	})
	b.conn = b.dial(t)
	return b
}

func (b *bench) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := b.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func (b *bench) close() {
	b.conn.Close()
	b.Close()
}

func (b *bench) write(t *testing.T, p []byte) {
	t.Helper()
	if _, err := b.conn.Write(p); err != nil {
		t.Fatal(err)
	}
}

// answer reads as many bytes as come in a second.
func (b *bench) answer() string {
	_ = b.conn.SetReadDeadline(time.Now().Add(time.Second))
	got, _ := io.ReadAll(b.conn)
	return string(got)
}

func in(t *testing.T, m simulator.Model, f func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, m)
		f(t, b)
		b.close()
	})
}

func TestAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		trouble simulator.Trouble
		asked   string
		want    string
	}{
		"well":            {"", "\x10\x04\x01\x10\x04\x02\x10\x04\x04", "\x12\x12\x12"},
		"paper end":       {simulator.PaperEnd, "\x10\x04\x01\x10\x04\x02\x10\x04\x04", "\x1A\x32\x72"},
		"paper low":       {simulator.PaperLow, "\x10\x04\x01\x10\x04\x04", "\x12\x1E"},
		"cover":           {simulator.CoverOpen, "\x10\x04\x02", "\x16"},
		"cutter":          {simulator.CutterJam, "\x10\x04\x02\x10\x04\x03", "\x52\x1A"},
		"broken":          {simulator.Broken, "\x10\x04\x03", "\x32"},
		"mute":            {simulator.Mute, "\x10\x04\x01\x1Dr\x01", "\x00"},
		"fence":           {"", "\x1Dr\x01", "\x00"},
		"fence, low":      {simulator.PaperLow, "\x1Dr\x01", "\x03"},
		"id":              {"", "\x1D(H\x06\x0000abcd", "7\"abcd\x00"},
		"wrong id":        {simulator.WrongProof, "\x1D(H\x06\x0000abcd", "7\"`bcd\x00"},
		"no id":           {simulator.NoProof, "\x1D(H\x06\x0000abcd", ""},
		"stale id":        {simulator.StaleProof, "\x1D(H\x06\x0000abcd", ""},
		"identity":        {"", "\x1DIB\x1DIC", "_EPSON\x00_TM-T88V\x00"},
		"automatic":       {"", "\x1Da\x0F", "\x10\x00\x00\x00"},
		"half a question": {"", "\x10\x04a\n\x10\x10\x04\x01", "\x12"},
		"within data":     {"", "\x1D(k\x06\x001P0\x10\x04\x01abc", "\x12"},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, simulator.Epson(), func(t *testing.T, b *bench) {
				if test.trouble != "" {
					b.Fail(simulator.Fault{Trouble: test.trouble, For: time.Minute})
				}
				b.write(t, []byte(test.asked))
				if got := b.answer(); got != test.want {
					t.Errorf("got % X, want % X", got, test.want)
				}
			})
		})
	}
}

func TestAutomatic(t *testing.T) {
	in(t, simulator.Epson(), func(t *testing.T, b *bench) {
		b.write(t, escpos.AutoStatus(escpos.AutoPaper|escpos.AutoOnline))
		b.Fail(simulator.Fault{Trouble: simulator.PaperEnd, At: 3, For: 200 * time.Millisecond})
		if got := b.answer(); got != "\x10\x00\x00\x00\x18\x00\x0C\x00\x10\x00\x00\x00" {
			t.Errorf("got % X", got)
		}
	})
}

// TestPace: a printer prints at its speed, and takes no more than its buffer and the piece just read hold.
func TestPace(t *testing.T) {
	m := simulator.Epson()
	m.Buffer = 100
	in(t, m, func(t *testing.T, b *bench) {
		start := time.Now()
		b.write(t, ticket(strings.Repeat("x", 960)))
		if took := time.Since(start); took < 400*time.Millisecond || took > time.Second {
			t.Errorf("taken in %v", took)
		}
		<-time.After(time.Second)
		if len(b.out()) != 1 || b.out()[0].At.Sub(start) < time.Second || b.out()[0].Incomplete {
			t.Errorf("got %+v after %v", b.out(), time.Since(start))
		}
	})
}

// TestPaperEnd: some go on where they stopped, others forget the rest.
func TestPaperEnd(t *testing.T) {
	for clears, want := range map[bool]string{false: "one\ntwo\n", true: "one\n"} {
		m := simulator.Epson()
		m.Clears = clears
		in(t, m, func(t *testing.T, b *bench) {
			first := ticket("one", "two")
			b.Fail(simulator.Fault{Trouble: simulator.PaperEnd, At: slices.Index(first, '\n') + 2, For: time.Minute})
			b.write(t, first)
			<-time.After(59 * time.Second)
			if len(b.out()) != 0 {
				t.Error("printed without paper")
			}
			<-time.After(2 * time.Second)
			b.write(t, ticket())
			<-time.After(time.Second)
			if got := b.out()[0]; got.String() != want || got.Incomplete != clears {
				t.Errorf("clears %v: got %q, incomplete %v", clears, got.String(), got.Incomplete)
			}
		})
	}
}

// TestPowerOff: the connection and what was not printed are lost; what was printed stays.
func TestPowerOff(t *testing.T) {
	in(t, simulator.Epson(), func(t *testing.T, b *bench) {
		first := ticket("one", "two")
		b.Fail(simulator.Fault{Trouble: simulator.PowerOff, At: slices.Index(first, '\n') + 3, For: time.Minute})
		b.write(t, first)
		<-time.After(time.Second)
		if _, err := b.conn.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read: %v", err)
		}
		start := time.Now()
		var timeout net.Error
		if _, err := b.Dial(t.Context()); !errors.As(err, &timeout) || !timeout.Timeout() || time.Since(start) != 3*time.Second {
			t.Errorf("dial: %v after %v", err, time.Since(start))
		}
		<-time.After(time.Minute)
		b.conn.Close()
		b.conn = b.dial(t)
		b.write(t, ticket("three"))
		<-time.After(time.Second)
		if len(b.out()) != 1 || b.out()[0].String() != "one\nthree\n" || !b.out()[0].Incomplete {
			t.Errorf("got %+v", b.out())
		}
		if past := b.Past(); len(past) != 1 || past[0].Until.Sub(past[0].From) != time.Minute || !b.Quiet() {
			t.Errorf("happened: %+v", past)
		}
	})
}

// TestLeft: a connection that ends within a ticket leaves a part of it in the printer.
func TestLeft(t *testing.T) {
	in(t, simulator.Epson(), func(t *testing.T, b *bench) {
		first := ticket("one", "two")
		b.write(t, first[:slices.Index(first, '\n')+1])
		b.conn.Close()
		<-time.After(time.Second)
		b.conn = b.dial(t)
		b.write(t, ticket("three"))
		b.write(t, ticket("four"))
		<-time.After(time.Second)
		if len(b.out()) != 2 || b.out()[0].String() != "one\nthree\n" || !b.out()[0].Incomplete || b.out()[1].Incomplete {
			t.Errorf("got %+v", b.out())
		}
	})
}

// TestOneAtATime: a second connection waits or is refused.
func TestOneAtATime(t *testing.T) {
	for _, refuses := range []bool{false, true} {
		m := simulator.Epson()
		m.Refuses = refuses
		in(t, m, func(t *testing.T, b *bench) {
			b.write(t, []byte{0x10, 0x04, 0x01}) // it is served
			second, err := b.Dial(t.Context())
			if refuses {
				if !errors.Is(err, syscall.ECONNREFUSED) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer second.Close()
			_ = second.SetWriteDeadline(time.Now().Add(time.Minute))
			if n, err := second.Write([]byte{0x10, 0x04, 0x01}); n != 0 || err == nil {
				t.Errorf("%d bytes taken, %v", n, err)
			}
			b.conn.Close()
			_ = second.SetWriteDeadline(time.Now().Add(time.Minute))
			if _, err := second.Write([]byte{0x10, 0x04, 0x01}); err != nil {
				t.Errorf("after the first: %v", err)
			}
		})
	}
}

// TestStaleProof comes to who connects next.
func TestStaleProof(t *testing.T) {
	in(t, simulator.Epson(), func(t *testing.T, b *bench) {
		b.Fail(simulator.Fault{Trouble: simulator.StaleProof, For: time.Minute})
		b.write(t, escpos.ConfirmID(escpos.ID{'a', 'b', 'c', 'd'}))
		<-time.After(time.Second)
		b.conn.Close()
		b.conn = b.dial(t)
		if got := b.answer(); got != "7\"abcd\x00" {
			t.Errorf("got %q", got)
		}
	})
}

// TestAnyBytes: no bytes hang the printer or keep it from answering in real time.
func TestAnyBytes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sent := rapid.SliceOfN(rapid.SampledFrom([]byte("\x10\x04\x05\x14\x1B\x1C\x1D(k*v8LH0\x00\x01\x02\xFFa\n@V")), 0, 200).Draw(rt, "bytes")
		got := ""
		in(t, simulator.Epson(), func(t *testing.T, b *bench) {
			b.write(t, sent)
			b.answer()
			b.write(t, []byte("\x00\x10\x04\x04"))
			got = b.answer()
		})
		if !strings.Contains(got, "\x12") {
			rt.Fatalf("got % X", got)
		}
	})
}

func TestListen(t *testing.T) {
	out := make(chan simulator.Paper, 10)
	p := simulator.New(simulator.Epson(), func(paper simulator.Paper) { out <- paper })
	address, err := p.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(ticket("one")); err != nil {
		t.Fatal(err)
	}
	if got := <-out; got.String() != "one\n" {
		t.Errorf("got %q", got.String())
	}
	p.Fail(simulator.Fault{Trouble: simulator.Reset, For: time.Hour})
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v", err)
	}
	p.Close()
	if second, err := net.Dial("tcp", address); err == nil {
		second.Close()
		t.Error("still listens")
	}
	other := simulator.New(simulator.Model{}, nil)
	defer other.Close()
	if _, err := other.Listen("nowhere"); err == nil {
		t.Error("listens nowhere")
	}
}

// TestRandom: schedules are drawn within their bounds.
func TestRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		choose := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }
		faults := simulator.RandomFaults(choose, 4, 500)
		for _, f := range faults {
			if !slices.Contains(simulator.Troubles(), f.Trouble) || f.At < 0 || f.At > 1500 || f.For <= 0 || f.For > time.Minute {
				t.Fatalf("%+v", f)
			}
		}
		if m := simulator.RandomModel(simulator.Epson(), choose); !m.ID || len(faults) > 4 || m.Speed < 960 {
			t.Fatalf("%+v", m)
		}
	})
}
