package escpos

import (
	"encoding/binary"
	"strings"
)

// extent is how far a command reaches.
type extent struct {
	head    int    // bytes with everything the decoder acts on; 0: too few to tell
	payload uint64 // bytes after the head
	keep    bool   // the decoder acts on the payload
	toNUL   bool   // instead of a length, the payload ends with a zero byte
	unknown bool
}

// Commands of two bytes and of two plus one to three, by their second byte.
// Those in escpos.md table 2.1, and neighbours whose length all makers agree on.
const (
	esc0 = "\x0C2<@LSimv"
	esc1 = " !%-3=?EGJKMRTUVadertu{"
	esc2 = "$\\Bcf"
	esc3 = "p"
	gs0  = ":c"
	gs1  = "!#/BEHITabfhrw"
	gs2  = "$LPW\\"
	gs3  = "^"
	fs0  = "&."
	fs1  = "!-CW"
	fs2  = "?Sp"
)

// actedOn is the longest payload of ESC ( A that the decoder acts on.
const actedOn = 5

// measure returns the extent of the command that b starts with. b[0] is DLE,
// ESC, FS or GS.
func measure(b []byte) extent {
	if len(b) < 2 {
		return extent{}
	}
	switch b[0] {
	case dle:
		return measureDLE(b)
	case esc:
		return measureESC(b)
	case fs:
		return measureFS(b)
	default:
		return measureGS(b)
	}
}

// Real-time commands: status, recovery, pulse, buzzer off, power, clear.
func measureDLE(b []byte) extent {
	switch b[1] {
	case 0x04: // DLE EOT n
		if len(b) > 2 && (b[2] == 7 || b[2] == 8 || b[2] == 18) {
			return head(b, 4)
		}
		return head(b, 3)
	case 0x05: // DLE ENQ n
		return head(b, 3)
	case 0x14: // DLE DC4 fn
		if len(b) < 3 {
			return extent{}
		}
		switch b[2] {
		case 1, 2:
			return head(b, 5)
		case 3:
			return head(b, 8)
		case 7:
			return head(b, 4)
		case 8:
			return head(b, 10)
		}
	}
	return extent{head: 2, unknown: true}
}

func measureESC(b []byte) extent {
	if n, ok := fixed(b[1], esc0, esc1, esc2, esc3); ok {
		return head(b, n)
	}
	switch b[1] {
	case 'D': // tab stops
		return extent{head: 2, toNUL: true, keep: true}
	case 'W': // page mode area
		return head(b, 10)
	case '*': // column image: m nL nH, columns of 8 or 24 dots
		e := payload16(b, 5, 3)
		if len(b) > 2 && b[2] >= 32 {
			e.payload *= 3
		}
		return e.kept()
	case 'Z': // QR of clones: m n k dL dH
		return payload16(b, 7, 5)
	case '(': // fn pL pH
		e := payload16(b, 5, 3)
		if e.head > 0 && b[2] == 'A' && e.payload <= actedOn { // beep
			return head(b, e.head+int(e.payload))
		}
		return e
	}
	return extent{head: 2, unknown: true}
}

func measureFS(b []byte) extent {
	if n, ok := fixed(b[1], fs0, fs1, fs2, ""); ok {
		return head(b, n)
	}
	switch b[1] {
	case '2': // user-defined kanji of 24x24 dots
		return extent{head: 2, payload: 2 + 72}
	case '(':
		return payload16(b, 5, 3)
	}
	return extent{head: 2, unknown: true}
}

func measureGS(b []byte) extent {
	if n, ok := fixed(b[1], gs0, gs1, gs2, gs3); ok {
		return head(b, n)
	}
	if len(b) < 3 && strings.IndexByte("Vkgz*vQ(8", b[1]) >= 0 {
		return extent{}
	}
	switch b[1] {
	case 'V': // cut: functions B, C and D have a feed
		if b[2] <= 1 || b[2] == '0' || b[2] == '1' {
			return head(b, 3)
		}
		return head(b, 4)
	case 'k': // barcode: function A ends with NUL, B has a length
		if b[2] <= 6 {
			return extent{head: 3, toNUL: true, keep: true}
		}
		e := head(b, 4)
		if e.head > 0 {
			e.payload = uint64(b[3])
		}
		return e.kept()
	case 'g': // maintenance counters
		return head(b, 6)
	case 'z':
		return head(b, 5)
	case '*': // downloaded image: x y, 8 bytes each
		e := head(b, 4)
		if e.head > 0 {
			e.payload = 8 * uint64(b[2]) * uint64(b[3])
		}
		return e
	case 'v', 'Q': // raster: '0' m xL xH yL yH, x in bytes
		e := head(b, 8)
		if e.head > 0 {
			e.payload = uint64(binary.LittleEndian.Uint16(b[4:])) * uint64(binary.LittleEndian.Uint16(b[6:]))
		}
		if b[1] == 'v' {
			return e.kept()
		}
		return e
	case '(': // fn pL pH: QR, graphics, process id...
		e := payload16(b, 5, 3)
		if b[2] == 'k' || b[2] == 'L' {
			return e.kept()
		}
		return e
	case '8': // 'L' p1 p2 p3 p4: graphics above 64 KB
		e := head(b, 7)
		if e.head > 0 {
			e.payload = uint64(binary.LittleEndian.Uint32(b[3:]))
		}
		return e.kept()
	}
	return extent{head: 2, unknown: true}
}

// fixed looks a second byte up in the sets of commands with 0 to 3 parameters.
func fixed(c byte, p0, p1, p2, p3 string) (length int, ok bool) {
	for parameters, set := range [...]string{p0, p1, p2, p3} {
		if strings.IndexByte(set, c) >= 0 {
			return 2 + parameters, true
		}
	}
	return 0, false
}

// head is a command of n bytes without payload.
func head(b []byte, n int) extent {
	if len(b) < n {
		return extent{}
	}
	return extent{head: n}
}

// kept marks a graphic for drawing, unless it is too long to be one.
func (e extent) kept() extent {
	e.keep = e.payload <= maxPayload
	return e
}

// payload16 is a command of n bytes, two of them, from at on, the length of its
// payload.
func payload16(b []byte, n, at int) extent {
	e := head(b, n)
	if e.head > 0 {
		e.payload = uint64(binary.LittleEndian.Uint16(b[at:]))
	}
	return e
}
