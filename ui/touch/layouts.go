package touch

import "strings"

// keyPage is what the keys of a Keyboard show.
type keyPage int

const (
	pageLetters keyPage = iota
	pageSigns
	pageAccents
)

// letters are the rows of letters of a language. French is written on the keyboard of Québec,
// where shops use the terminal: QWERTY, with its most frequent accent at hand.
func letters(language string) [3]string {
	if language == "fr" {
		return [3]string{"qwertyuiop", "asdfghjklé", "zxcvbnm"}
	}
	return [3]string{"qwertyuiop", "asdfghjkl'", "zxcvbnm"}
}

// beside are the signs beside the space bar: those that names are written with, and hosts.
func beside(language string) (before, after string) {
	if language == "fr" {
		return "'", "."
	}
	return "-", "."
}

// accents are the letters with accents, the same in every language: names come from everywhere.
func accents() [3]string {
	return [3]string{"éèêëàâçîïô", "ùûüœæÿñáíó", "úäöåøãõ"}
}

// signs are digits, and what addresses, hosts, mail and notes are written with.
func signs() [3]string { return [3]string{"1234567890", "-/:.,'@_#&", `+()*%?!"`} }

// keyCell is a key's face and its width, in tenths of a row.
type keyCell struct {
	face  keyFace
	width float32
}

const (
	wordKey = 1.5 // width of keys with a word or an icon
	// spaceLeft says that the space bar takes what the others of its row leave.
	spaceLeft = 0
)

// cells are the rows of keys as they are now.
func (k *Keyboard) cells() [4][]keyCell {
	rows := letters(k.language)
	switch k.page {
	case pageSigns:
		rows = signs()
	case pageAccents:
		rows = accents()
	}
	var cells [4][]keyCell
	for i, row := range rows {
		for _, r := range row {
			label := string(r)
			if k.shift != shiftOff && k.page != pageSigns {
				label = strings.ToUpper(label)
			}
			cells[i] = append(cells[i], keyCell{keyFace{label: label}, 1})
		}
	}
	third := cells[2]
	if k.page != pageSigns {
		shift := keyFace{icon: "shift", kind: keyShift, on: k.shift != shiftOff, locked: k.shift == shiftLocked}
		third = append([]keyCell{{shift, wordKey}}, third...)
	}
	used := float32(0)
	for _, cell := range third {
		used += cell.width
	}
	cells[2] = append(third, keyCell{keyFace{icon: "erase", kind: keyErase}, keyColumns - used})

	abc := keyFace{label: "abc", kind: keyLetters}
	first, second := keyFace{label: "123", kind: keySigns}, keyFace{label: "éàç", kind: keyAccents}
	switch k.page {
	case pageSigns:
		first = abc
	case pageAccents:
		second = abc
	}
	before, after := beside(k.language)
	cells[3] = []keyCell{
		{first, wordKey},
		{second, wordKey},
		{keyFace{label: before}, 1},
		{keyFace{label: k.space, kind: keySpace}, spaceLeft},
		{keyFace{label: after}, 1},
		{keyFace{label: k.done, kind: keyDone}, 2},
	}
	return cells
}
