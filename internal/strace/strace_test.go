package strace

import (
	"strings"
	"testing"
)

// hexed is what strace -xx makes of a text.
func hexed(text string) string {
	var b strings.Builder
	for i := range len(text) {
		const digits = "0123456789abcdef"
		b.WriteString(`\x` + string(digits[text[i]>>4]) + string(digits[text[i]&15]))
	}
	return b.String()
}

func parse(t *testing.T, lines ...string) []Event {
	t.Helper()
	events, err := Parse(strings.NewReader(strings.Join(lines, "\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestParse(t *testing.T) {
	file := `5<` + hexed("/a/hub.db") + `>`
	events := parse(t,
		`7     openat(AT_FDCWD<`+hexed("/a")+`>, "`+hexed("/a/hub.db")+`", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = `+file,
		`7     pwrite64(`+file+`, "`+hexed("ab\"),\n")+`", 5, 8192) = 5`,
		`8     read(9<`+hexed("socket:[12]")+`>,  <unfinished ...>`,
		`7     fdatasync(`+file+` <unfinished ...>`,
		`8     --- SIGURG {si_signo=SIGURG, si_code=SI_TKILL, si_pid=1, si_uid=0} ---`,
		`8     <... read resumed>"`+hexed("POST")+`", 4096) = 4`,
		`9     read(9<`+hexed("socket:[12]")+`>, 0x307378e728e1, 1) = -1 EAGAIN (Resource temporarily unavailable)`,
		`7     <... fdatasync resumed>) = 0`,
		`8     writev(9<`+hexed("socket:[12]")+`>, [{iov_base="`+hexed("ab")+`", iov_len=2}, {iov_base="`+hexed("c")+`", iov_len=1}], 2) = 3`,
		`8     mmap(NULL, 32768, PROT_READ, MAP_SHARED, `+file+`, 0) = 0x7fe545c39000`,
		`8     write(9<`+hexed("socket:[12]")+`>, "`+hexed("x")+`", 1 <unfinished ...>`,
		`8     <... write resumed> <unfinished ...>) = ?`,
		`8     ???( <unfinished ...>`,
		`8     <... ??? resumed>)              = ?`,
		`8     +++ killed by SIGKILL +++`,
		`7     fsync(`+file+`) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)`,
	)
	var got []string
	for _, e := range events {
		mark := " begins"
		if e.Returned {
			mark = " ends"
		}
		got = append(got, e.Call.Name+mark)
	}
	want := "openat begins, openat ends, pwrite64 begins, pwrite64 ends, read begins, fdatasync begins, read ends, " +
		"read begins, read ends, fdatasync ends, writev begins, writev ends, mmap begins, mmap ends, write begins, fsync begins"
	if text := strings.Join(got, ", "); text != want {
		t.Fatalf("got  %s\nwant %s", text, want)
	}
	open, write, read, failed, vector := events[0].Call, events[2].Call, events[4].Call, events[7].Call, events[10].Call
	if open.Result != 5 || open.ResultFile != "/a/hub.db" || open.Args[2] != "O_RDWR|O_CREAT|O_CLOEXEC" {
		t.Errorf("openat: %+v", open)
	}
	if dir, name, err := open.File(0); dir != -1 || name != "/a" || err != nil {
		t.Errorf("openat's directory: %d %q %v", dir, name, err)
	}
	if data, err := write.Bytes(1); string(data) != "ab\"),\n" || err != nil {
		t.Errorf("pwrite64's data: %q %v", data, err)
	}
	if at, err := write.Number(3); at != 8192 || err != nil {
		t.Errorf("pwrite64's offset: %d %v", at, err)
	}
	if descriptor, name, err := write.File(0); descriptor != 5 || name != "/a/hub.db" || err != nil {
		t.Errorf("pwrite64's file: %d %q %v", descriptor, name, err)
	}
	if data, err := read.Bytes(1); string(data) != "POST" || err != nil {
		t.Errorf("read's data: %q %v", data, err)
	}
	if failed.Result != -1 {
		t.Errorf("the failed read: %+v", failed)
	}
	if data, err := vector.Bytes(1); string(data) != "abc" || err != nil {
		t.Errorf("writev's data: %q %v", data, err)
	}
	if last := events[15].Call; last.Returned || events[14].Call.Returned {
		t.Error("a call that never returned has a result")
	}
}

func TestParseHalfALine(t *testing.T) {
	events, err := Parse(strings.NewReader("7 fsync(3) = 0\n7 pwrite64(3, \"\\x4"))
	if err != nil || len(events) != 2 {
		t.Errorf("%d events, error %v", len(events), err)
	}
}

func TestParseRefuses(t *testing.T) {
	for line, says := range map[string]string{
		"fsync(3) = 0":                          "no thread",
		"7 fsync 3":                             "no call",
		"7 fsync(3":                             "do not end",
		"7 fsync(3) 0":                          "no result",
		"7 fsync(3) = many":                     "no number",
		"7 <... fsync resumed>) = 0":            "not begun",
		`7 openat(3, "\x41") = 5<\x4>`:          "no byte",
		"7 fsync(3 <unfinished ...>\n7 w() = 0": "within fsync",
	} {
		_, err := Parse(strings.NewReader(line + "\n"))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v, want one that says %q", line, err, says)
		}
	}
}

func TestArgumentsRefused(t *testing.T) {
	events := parse(t, `7 write(x, "`+hexed("ab")+`"..., "\101", [{iov_base=0x12, iov_len=1}]) = 2`)
	c := events[0].Call
	for i, says := range []string{"no descriptor", "cut off", "no byte", "no data", "no argument 4"} {
		_, err := c.Bytes(i)
		if i == 0 {
			_, _, err = c.File(i)
		}
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("argument %d: error %v, want one that says %q", i, err, says)
		}
	}
	if _, err := c.Number(0); err == nil {
		t.Error("x was taken for a number")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`7 openat(AT_FDCWD<\x2f>, "\x41", O_RDWR) = 5<\x2f\x41>` + "\n" + `7 pwrite64(5<\x2f\x41>, "\x41", 1, 0 <unfinished ...>` + "\n" +
		`8 writev(9, [{iov_base="\x41", iov_len=1}], 1) = 1` + "\n" + `7 <... pwrite64 resumed>) = 1` + "\n")
	f.Add("7 +++ exited with 0 +++\n7 mmap(NULL) = 0xffffffffffffff00\n")
	f.Fuzz(func(t *testing.T, text string) {
		events, err := Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		begun := map[*Call]bool{}
		for _, e := range events {
			if e.Returned != begun[e.Call] {
				t.Fatalf("%s ends before it begins, or begins twice", e.Call.Name)
			}
			begun[e.Call] = true
			for i := range e.Call.Args {
				_, _ = e.Call.Bytes(i) // must not panic
				_, _ = e.Call.Number(i)
				_, _, _ = e.Call.File(i)
			}
		}
	})
}
