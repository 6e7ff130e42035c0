package escpos

import "encoding/binary"

const (
	maxPayload = 1 << 19 // of a graphic to draw, in bytes; a longer one is skipped
	maxWidth   = 1024    // dots; wider than any paper, and the rest does not print
	columnDots = 24      // height of a column image
	lineDots   = 24      // height of a line, to count images against maxLines
)

// Image is a bitmap as it comes out on paper, its enlargement by the printer included.
type Image struct {
	Width, Height int // dots
	// Bits holds the rows from the top, each of (Width+7)/8 bytes; the highest bit of a byte is
	// its leftmost dot, 1 is black.
	Bits []byte
}

// Black tells whether a dot is printed; outside of the image none is.
func (i *Image) Black(x, y int) bool {
	if x < 0 || x >= i.Width || y < 0 || y >= i.Height {
		return false
	}
	at := y*stride(i.Width) + x/8
	return at < len(i.Bits) && i.Bits[at]&(0x80>>(x%8)) != 0
}

func (i *Image) blacken(x, y int) { i.Bits[y*stride(i.Width)+x/8] |= 0x80 >> (x % 8) }

func stride(width int) int { return (width + 7) / 8 }

func newImage(width, height int) *Image {
	return &Image{Width: width, Height: height, Bits: make([]byte, stride(width)*height)}
}

// QR is a QR code that the printer was asked to make of data.
type QR struct {
	Data   string
	Module int  // side of its smallest squares, 1 to 16 dots
	Level  byte // error correction: 'L', 'M', 'Q' or 'H'
}

// graphics is what the printer remembers of them.
type graphics struct {
	columns []byte // waiting column images, 3 bytes for each column of dots
	stored  *Image // by GS ( L, until it is printed
	qr      QR
}

// Module and level are those of a printer just switched on.
func newGraphics() graphics { return graphics{qr: QR{Module: 3, Level: 'L'}} }

// graphic acts on a command whose payload was kept (escpos.md 2.1, rows "QR", "raster A",
// "raster B" and "column image").
func (d *Decoder) graphic(head, payload []byte) {
	switch {
	case head[0] == esc:
		d.columnImage(head[2], payload)
	case head[1] == 'v':
		// The low bits of m double the width and the height.
		width, height := int(binary.LittleEndian.Uint16(head[4:]))*8, int(binary.LittleEndian.Uint16(head[6:]))
		d.print(raster(payload, width, height, int(head[3]&1)+1, int(head[3]>>1&1)+1))
	case head[1] == 'k':
		d.printBarcode(Symbology(head[2]), payload)
	case head[1] == '(' && head[2] == 'k':
		d.qrCode(payload)
	default: // GS ( L, GS 8 L
		d.storedImage(payload)
	}
}

// columnImage adds an image to the waiting line: columns of 8 or 24 dots from left to right.
func (d *Decoder) columnImage(mode byte, payload []byte) {
	bytesEach := 3
	if mode < 32 {
		bytesEach = 1
	}
	times := 2 - int(mode&1) // single density is half as many dots across
	for ; len(payload) >= bytesEach; payload = payload[bytesEach:] {
		for range times {
			if len(d.graphics.columns) >= 3*maxWidth {
				return
			}
			if bytesEach == 3 {
				d.graphics.columns = append(d.graphics.columns, payload[:3]...)
			} else {
				d.graphics.columns = append(d.graphics.columns, tripled(payload[0])...)
			}
		}
	}
}

// tripled stretches a column of 8 dots to 24.
func tripled(column byte) []byte {
	bits := uint32(0)
	for i := range 8 {
		if column&(0x80>>i) != 0 {
			bits |= 0b111 << (21 - 3*i)
		}
	}
	return []byte{byte(bits >> 16), byte(bits >> 8), byte(bits)}
}

// takeColumns returns the column images of the line as one, nil if there are none.
func (d *Decoder) takeColumns() *Image {
	columns := d.graphics.columns
	if len(columns) == 0 {
		return nil
	}
	image := newImage(len(columns)/3, columnDots)
	for x := range image.Width {
		for y := range columnDots {
			if columns[3*x+y/8]&(0x80>>(y%8)) != 0 {
				image.blacken(x, y)
			}
		}
	}
	d.graphics.columns = columns[:0]
	return image
}

// storedImage is GS ( L: function 112 keeps an image, 2 and 50 print and forget it.
func (d *Decoder) storedImage(payload []byte) {
	if len(payload) < 2 || payload[0] != '0' {
		return
	}
	switch payload[1] {
	case 112: // a bx by c xL xH yL yH d
		if len(payload) > 10 && payload[2] == '0' {
			scaleX, scaleY := max(int(payload[3]), 1), max(int(payload[4]), 1)
			if scaleX > 2 || scaleY > 2 {
				return
			}
			width, height := int(binary.LittleEndian.Uint16(payload[6:])), int(binary.LittleEndian.Uint16(payload[8:]))
			d.graphics.stored = raster(payload[10:], width, height, scaleX, scaleY)
		}
	case 2, 50:
		d.print(d.graphics.stored)
		d.graphics.stored = nil
	}
}

// raster makes an image of rows of dots, enlarged; nil if there are fewer bits than it takes.
func raster(bits []byte, width, height, scaleX, scaleY int) *Image {
	source := Image{Width: width, Height: height, Bits: bits}
	if width == 0 || height == 0 || len(bits) < stride(width)*height {
		return nil
	}
	image := newImage(min(width*scaleX, maxWidth), height*scaleY)
	for y := range image.Height {
		for x := range image.Width {
			if source.Black(x/scaleX, y/scaleY) {
				image.blacken(x, y)
			}
		}
	}
	return image
}

// print puts an image on paper at once. Printers ignore it, like a QR code, after the start of
// a line.
func (d *Decoder) print(image *Image) {
	if image == nil || d.midLine() {
		return
	}
	d.length += image.Height / lineDots
	d.put(Line{Image: image, Spacing: image.Height})
}

// qrCode is GS ( k with symbol 49: settings, data and printing of a QR code.
func (d *Decoder) qrCode(payload []byte) {
	if len(payload) < 3 || payload[0] != '1' {
		return
	}
	qr, value := &d.graphics.qr, payload[2]
	switch payload[1] {
	case 'C':
		if value >= 1 && value <= 16 {
			qr.Module = int(value)
		}
	case 'E':
		if value >= '0' && value <= '3' {
			qr.Level = "LMQH"[value-'0']
		}
	case 'P':
		qr.Data = string(payload[3:])
	case 'Q':
		if qr.Data != "" && !d.midLine() {
			code := *qr
			d.length += 1 + 177*code.Module/lineDots // of the largest code
			d.put(Line{QR: &code})
		}
	}
}
