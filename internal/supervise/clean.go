package supervise

import (
	"fmt"
	"regexp"
	"strings"
)

// The lines of a crash that a report may hold. All others are left out: the words of a panic may
// be anything, and so hold a customer's name. What stays are goroutines, functions, files,
// addresses, and the runtime's own complaints, which are constants but for numbers and types.
var (
	goroutine = regexp.MustCompile(`^goroutine \d+ (gp=0x[0-9a-f]+ m=\S+ (mp=0x[0-9a-f]+ )?)?\[[\w ,.()/-]+\]:$`)
	place     = regexp.MustCompile(`^\t[\w./@+~%-]+\.(go|s|c|h):\d+( \+0x[0-9a-f]+)?( fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+)?$`)
	function  = regexp.MustCompile(`^(panic|[\w./*()\[\]·%~,-]+\.[\w./*()\[\]·%~,-]+)\((0x[0-9a-f]+\??|_|\.\.\.|[{}, ])*\)$`)
	creator   = regexp.MustCompile(`^created by [\w./*()\[\]·%~,-]+( in goroutine \d+)?$`)
	plain     = regexp.MustCompile(`^(\.\.\.\d* ?additional frames elided\.\.\.|\.\.\.additional frames elided\.\.\.|runtime stack:|signal arrived during cgo execution|\[originating from goroutine \d+\]:?|SIG[A-Z]+: [a-z ]+|PC=0x[0-9a-f]+ m=\d+ sigcode=-?\d+( addr=0x[0-9a-f]+)?|[a-z0-9]{2,6} +0x[0-9a-f]+)$`)
	signalled = regexp.MustCompile(`^\[signal SIG[A-Z]+: [a-z ]+ code=-?[0-9a-fx]+ addr=0x[0-9a-f]+ pc=0x[0-9a-f]+\]$`)
	fatal     = regexp.MustCompile(`^fatal error: [a-zA-Z0-9 ,.:'()/_-]{1,120}$`)
	known     = regexp.MustCompile(`^(\t*panic: )(runtime error: (index out of range|slice bounds out of range|invalid memory address or nil pointer dereference|integer divide by zero|makeslice: |hash of unhashable type |comparing uncomparable type )[\w \[\]:.*/=<>-]*|interface conversion: [\w .{}*\[\]/]+ is [\w .{}*\[\]/]+(, not [\w .{}*\[\]/]+|: missing method \w+)|assignment to entry in nil map|close of (closed|nil) channel|send on closed channel|sync: [a-z ]+)( \[recovered\](, repanicked)?)?$`)
	anyPanic  = regexp.MustCompile(`^\t*panic: `)
)

// cleanDump keeps of a crash what cannot hold personal data.
func cleanDump(dump string) string {
	lines := strings.Split(strings.TrimRight(dump, "\n"), "\n")
	var kept []string
	left, words := 0, false
	for i, l := range lines {
		switch {
		case l == "":
			if len(kept) > 0 && kept[len(kept)-1] != "" {
				kept = append(kept, "")
			}
		case known.MatchString(l):
			words = true
			kept = append(kept, l)
		case anyPanic.MatchString(l):
			words = true
			kept = append(kept, "panic: (its words are left out: they may hold personal data)")
		case fatal.MatchString(l) && !words, // after a panic they might be its words
			goroutine.MatchString(l), plain.MatchString(l), signalled.MatchString(l),
			(function.MatchString(l) || creator.MatchString(l)) && i+1 < len(lines) && place.MatchString(lines[i+1]),
			place.MatchString(l) && i > 0 && (function.MatchString(lines[i-1]) || creator.MatchString(lines[i-1])):
			kept = append(kept, l)
		default:
			left++
		}
	}
	text := strings.TrimRight(strings.Join(kept, "\n"), "\n")
	if left > 0 {
		text += fmt.Sprintf("\n(lines left out: %d)", left)
	}
	return text
}

// logged is a line of slog's text: when, how grave, and the message, which is a constant of the
// program (a test of internal/house says so). What follows, its values, is left out.
var logged = regexp.MustCompile(`^time=([0-9T:.Z+-]+) level=([A-Z]+[+-]?\d*) msg=("(?:[^"\\]|\\.)*"|[^ "]+)`)

// cleanLog keeps of a line of the log what cannot hold personal data; false where it is none.
func cleanLog(line string) (string, bool) {
	m := logged.FindStringSubmatch(line)
	if m == nil {
		return "", false
	}
	return m[1] + " " + m[2] + " " + m[3], true
}
