package escpos

import (
	"errors"

	"rsc.io/qr"
)

var (
	errNoData = errors.New("no data")
	errLevel  = errors.New("level is not L, M, Q or H")
)

// QR prints a QR code, by the printer or, if it cannot, as an image. A Module or
// Level of 0 stands for 6 dots and M. Data in letters other than ASCII is read
// wrongly by many scanners. It ends the line, and it is an error if the code is
// wider than the paper. (GS ( k)
func (e *Encoder) QR(code QR) {
	if code.Module == 0 {
		code.Module = 6
	}
	if code.Level == 0 {
		code.Level = 'M'
	}
	squares, err := code.squares()
	switch {
	case code.Module < 1 || code.Module > 16:
		e.fail("QR code with squares of %d dots, not 1 to 16", code.Module)
		return
	case err != nil:
		e.fail("QR code of %d bytes: %w", len(code.Data), err)
		return
	case squares.Size*code.Module > e.profile.dots():
		e.fail("QR code of %d dots on paper of %d", squares.Size*code.Module, e.profile.dots())
		return
	}
	e.startLine()
	if !e.profile.QR {
		e.print(enlarged(squares, code.Module))
		return
	}
	e.buf = append(e.buf, gs, '(', 'k', 4, 0, '1', 'A', '2', 0) // model 2
	e.buf = append(e.buf, gs, '(', 'k', 3, 0, '1', 'C', byte(code.Module))
	e.buf = append(e.buf, gs, '(', 'k', 3, 0, '1', 'E', levelCode(code.Level))
	length := len(code.Data) + 3
	e.buf = append(e.buf, gs, '(', 'k', byte(length), byte(length>>8), '1', 'P', '0')
	e.buf = append(e.buf, code.Data...)
	e.buf = append(e.buf, gs, '(', 'k', 3, 0, '1', 'Q', '0')
}

// Image returns the dots of the code, without white around it; nil if it cannot
// be made.
func (q QR) Image() *Image {
	squares, err := q.squares()
	if err != nil || q.Module < 1 || q.Module > 16 {
		return nil
	}
	return enlarged(squares, q.Module)
}

func (q QR) squares() (*qr.Code, error) {
	if q.Data == "" {
		return nil, errNoData
	}
	level := qr.Level(levelCode(q.Level) - '0')
	if level > qr.H {
		return nil, errLevel
	}
	return qr.Encode(q.Data, level)
}

// levelCode is how GS ( k numbers the levels L, M, Q and H, in digits.
func levelCode(level byte) byte {
	for i := range qrLevels {
		if qrLevels[i] == level {
			return '0' + byte(i)
		}
	}
	return maxByte
}

const qrLevels = "LMQH"

func enlarged(squares *qr.Code, times int) *Image {
	image := newImage(squares.Size*times, squares.Size*times)
	for y := range image.Height {
		for x := range image.Width {
			if squares.Black(x/times, y/times) {
				image.blacken(x, y)
			}
		}
	}
	return image
}
