package escpos_test

import (
	"testing"

	"comptoir/printer/escpos"
)

func FuzzText(f *testing.F) {
	for _, seed := range []string{"Crème brûlée", "L’œuf à 12\u00A0€", "e\u0301\u0327", "a\x1Bp\x00\x32\xFA", "🍟鸭", "1½", "\xFF\xC3", "\r\n\t"} {
		f.Add(seed, byte(0))
	}
	f.Fuzz(func(t *testing.T, s string, choice byte) {
		first := int(choice) % len(allPages)
		checkText(t, profileOf(t, allPages[first:]...), s)
		checkText(t, profileOf(t, allPages[first]), s)
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(encode(f, escpos.Epson(48), kitchenTicket), byte(3))
	f.Add([]byte("a\x1Dv0\x00\x02\x00\x02\x00abcd\x1D8L\x04\x00\x00\x00abcd\x1B*\x21\x01\x00abc\x1Dk\x04AB\x00\x1BD\x01\x00b\n"), byte(1))
	f.Add([]byte("\x1D(k\x03\x001Q0\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08\x1BZ\x00\x01\x08\x01\x00a\x1DV"), byte(2))
	f.Add([]byte("\x1D(k\x06\x001P0abc\x1D(k\x03\x001Q0\x1D(L\x0C\x000p0\x01\x021\x08\x00\x02\x00ab\x1D(L\x02\x0002\x1B*\x00\x02\x00ab\x1BJ\x03"), byte(4))
	f.Fuzz(func(t *testing.T, b []byte, step byte) {
		cuts := make([]int, len(b)/(int(step)+1))
		for i := range cuts {
			cuts[i] = int(step) + 1
		}
		checkStream(t, b, cuts)
	})
}
