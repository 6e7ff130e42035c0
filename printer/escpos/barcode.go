package escpos

import (
	"errors"
	"fmt"
	"strings"
)

// Symbology is a kind of barcode.
type Symbology uint8

// The symbologies, as function B of GS k numbers them.
const (
	UPCA    Symbology = 65 // 11 digits, or 12 with the check digit
	EAN13   Symbology = 67 // 12 digits, or 13 with the check digit
	Code39  Symbology = 69 // A to Z, 0 to 9, space and $%+-./
	ITF     Symbology = 70 // pairs of digits
	Code93  Symbology = 72 // as Code39
	Code128 Symbology = 73 // ASCII
)

// CodeText says where a barcode's data is printed as text.
type CodeText uint8

// The places of the text, as GS H numbers them.
const (
	NoText CodeText = iota
	TextAbove
	TextBelow
	TextBoth
)

// Barcode is a barcode that the printer is asked to make of data.
type Barcode struct {
	Symbology Symbology
	Data      string
	Height    int // of the bars, 1 to 255 dots
	Module    int // width of the narrowest bar, 2 to 6 dots
	Text      CodeText
}

// What the encoder takes for a Height or Module of 0.
const (
	usualHeight = 80
	usualModule = 2
)

// Barcode prints a barcode. A Height or Module of 0 stands for 80 or 2 dots. It
// ends the line, and it is an error if the bars are wider than the paper, for
// printers then print nothing. (GS h, GS w, GS f, GS H, GS k function B)
func (e *Encoder) Barcode(b Barcode) {
	if b.Height == 0 {
		b.Height = usualHeight
	}
	if b.Module == 0 {
		b.Module = usualModule
	}
	bars, err := b.Bars()
	switch {
	case err != nil:
		e.fail("barcode: %w", err)
		return
	case b.Height < 1 || b.Height > maxByte || b.Module < 2 || b.Module > 6 || b.Text > TextBoth:
		e.fail("barcode of %d dots, bars of %d, text %d: not 1 to 255, 2 to 6, 0 to 3", b.Height, b.Module, b.Text)
		return
	case len(bars)*b.Module > e.profile.dots():
		e.fail("barcode of %d dots on paper of %d", len(bars)*b.Module, e.profile.dots())
		return
	}
	data := b.Data
	if b.Symbology == Code128 {
		data = code128Prefix + strings.ReplaceAll(data, "{", "{{")
	}
	if len(data) > maxByte {
		e.fail("barcode of %d bytes, not up to 255", len(data))
		return
	}
	e.startLine()
	e.buf = append(e.buf, gs, 'h', byte(b.Height), gs, 'w', byte(b.Module), gs, 'f', byte(FontA), gs, 'H', byte(b.Text))
	e.buf = append(e.buf, gs, 'k', byte(b.Symbology), byte(len(data)))
	e.buf = append(e.buf, data...)
}

const code128Prefix = "{B" // chooses its set of all ASCII letters

var (
	errSymbology = errors.New("unknown symbology")
	errLetter    = errors.New("letter that the symbology has not")
	errDigits    = errors.New("wrong number of digits")
	errCheck     = errors.New("wrong check digit")
)

// Bars returns the code's modules from the left, black where true. A wide bar of
// CODE39 and ITF is three narrow ones; printers make it somewhat narrower. The
// error tells what is wrong with the data.
func (b Barcode) Bars() ([]bool, error) {
	var bars []bool
	var err error
	switch b.Symbology {
	case UPCA:
		bars, err = ean("0"+b.Data, 1)
	case EAN13:
		bars, err = ean(b.Data, 0)
	case Code39:
		bars, err = code39(b.Data)
	case ITF:
		bars, err = itf(b.Data)
	case Code93:
		bars, err = code93(b.Data)
	case Code128:
		bars, err = code128(b.Data)
	default:
		err = errSymbology
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %d of %q", err, b.Symbology, b.Data)
	}
	return bars, nil
}

// bits appends modules written as 0 and 1.
func bits(bars []bool, modules string) []bool {
	for i := range modules {
		bars = append(bars, modules[i] == '1')
	}
	return bars
}

// widths appends bars and spaces in turn, of so many modules each.
func widths(bars []bool, modules string) []bool {
	for i := range modules {
		for range modules[i] - '0' {
			bars = append(bars, i%2 == 0)
		}
	}
	return bars
}

const (
	eanLeft = "0001101001100100100110111101010001101100010101111011101101101110001011" // by 7
	// eanParity tells by the first digit which of the next six are of the mirrored set.
	eanParity = "000000001011001101001110010011011001011100010101010110011010" // by 6
)

// ean is EAN-13, of which UPC-A is the part with a first digit of 0.
func ean(digits string, added int) ([]bool, error) {
	if len(digits) != 12 && len(digits) != 13 {
		return nil, fmt.Errorf("%w (%d)", errDigits, len(digits)-added)
	}
	sum := 0
	for i := range digits {
		if digits[i] < '0' || digits[i] > '9' {
			return nil, errLetter
		}
		if i < 12 {
			sum += int(digits[i]-'0') * (1 + 2*(i%2))
		}
	}
	check := byte('0' + (10-sum%10)%10)
	if len(digits) == 13 && digits[12] != check {
		return nil, errCheck
	}
	digits = digits[:12] + string(check)
	left := func(i int) string { at := 7 * int(digits[i]-'0'); return eanLeft[at : at+7] }
	parity := eanParity[6*int(digits[0]-'0'):]
	bars := bits(nil, "101")
	for i := 1; i <= 6; i++ {
		if parity[i-1] == '0' {
			bars = bits(bars, left(i))
			continue
		}
		for at := 6; at >= 0; at-- { // the right hand's pattern, from its end
			bars = append(bars, left(i)[at] == '0')
		}
	}
	bars = bits(bars, "01010")
	for i := 7; i <= 12; i++ {
		for at := range 7 {
			bars = append(bars, left(i)[at] == '0')
		}
	}
	return bits(bars, "101"), nil
}

const (
	letters39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%*"
	// wide39 tells by 9 which bars and spaces of a letter are wide.
	wide39 = "000110100" + "100100001" + "001100001" + "101100000" + "000110001" + "100110000" + "001110000" + "000100101" + "100100100" + "001100100" +
		"100001001" + "001001001" + "101001000" + "000011001" + "100011000" + "001011000" + "000001101" + "100001100" + "001001100" + "000011100" +
		"100000011" + "001000011" + "101000010" + "000010011" + "100010010" + "001010010" + "000000111" + "100000110" + "001000110" + "000010110" +
		"110000001" + "011000001" + "111000000" + "010010001" + "110010000" + "011010000" + "010000101" + "110000100" + "011000100" + "010101000" +
		"010100010" + "010001010" + "000101010" + "010010100"
)

func code39(data string) ([]bool, error) {
	if data == "" {
		return nil, errNoData
	}
	var bars []bool
	for i, letter := range []byte("*" + data + "*") {
		at := strings.IndexByte(letters39, letter)
		if at < 0 || letter == '*' && i > 0 && i <= len(data) {
			return nil, errLetter
		}
		for n := range 9 {
			bars = widened(bars, n%2 == 0, wide39[9*at+n] == '1')
		}
		bars = append(bars, false)
	}
	return bars[:len(bars)-1], nil
}

func widened(bars []bool, black, wide bool) []bool {
	if wide {
		bars = append(bars, black, black)
	}
	return append(bars, black)
}

const wideITF = "00110100010100111000001011010001100000111001001010" // by 5

func itf(digits string) ([]bool, error) {
	if len(digits) == 0 || len(digits)%2 != 0 {
		return nil, fmt.Errorf("%w (%d)", errDigits, len(digits))
	}
	bars := bits(nil, "1010")
	for i := 0; i < len(digits); i += 2 {
		first, second := int(digits[i])-'0', int(digits[i+1])-'0'
		if first < 0 || first > 9 || second < 0 || second > 9 {
			return nil, errLetter
		}
		for n := range 5 {
			bars = widened(bars, true, wideITF[5*first+n] == '1')
			bars = widened(bars, false, wideITF[5*second+n] == '1')
		}
	}
	return bits(bars, "11101"), nil
}

const (
	letters93 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%" // then four shifts
	bars93    = "100010100" + "101001000" + "101000100" + "101000010" + "100101000" + "100100100" + "100100010" + "101010000" + "100010010" + "100001010" +
		"110101000" + "110100100" + "110100010" + "110010100" + "110010010" + "110001010" + "101101000" + "101100100" + "101100010" + "100110100" +
		"100011010" + "101011000" + "101001100" + "101000110" + "100101100" + "100010110" + "110110100" + "110110010" + "110101100" + "110100110" +
		"110010110" + "110011010" + "101101100" + "101100110" + "100110110" + "100111010" + "100101110" + "111010100" + "111010010" + "111001010" +
		"101101110" + "101110110" + "110101110" + "100100110" + "111011010" + "111010110" + "100110010"
	edge93 = "101011110"
)

func code93(data string) ([]bool, error) {
	if data == "" {
		return nil, errNoData
	}
	var values []int
	for i := range len(data) {
		at := strings.IndexByte(letters93, data[i])
		if at < 0 {
			return nil, errLetter
		}
		values = append(values, at)
	}
	for _, cycle := range [...]int{20, 15} { // its two check letters
		sum := 0
		for i, value := range values {
			sum += value * ((len(values)-1-i)%cycle + 1)
		}
		values = append(values, sum%47)
	}
	bars := bits(nil, edge93)
	for _, value := range values {
		bars = bits(bars, bars93[9*value:9*value+9])
	}
	return bits(bars, edge93+"1"), nil
}

// widths128 holds by 6 the bars and spaces of the values 0 to 105.
const widths128 = "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222" +
	"123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321" +
	"232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121" +
	"313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224" +
	"111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111" +
	"111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113" +
	"114311411113411311113141114131311141411131211412211214211232"

const (
	start128 = 104 // of set B
	stop128  = "2331112"
)

func code128(data string) ([]bool, error) {
	if data == "" {
		return nil, errNoData
	}
	value := func(v int) string { return widths128[6*v : 6*v+6] }
	bars := widths(nil, value(start128))
	sum := start128
	for i := range len(data) {
		if data[i] < ' ' || data[i] > del {
			return nil, errLetter
		}
		v := int(data[i] - ' ')
		bars = widths(bars, value(v))
		sum += (i + 1) * v
	}
	bars = widths(bars, value(sum%103))
	return widths(bars, stop128), nil
}
