package model

// Keyboard is what stands on the keys of the on-screen keyboard, beside letters.
type Keyboard struct {
	Language string
	Space    string
	// Done ends the typing.
	Done string
}

// Keyboard is that of the language.
func (w *Words) Keyboard() Keyboard {
	return Keyboard{Language: w.language, Space: w.Say("keyboard.space"), Done: w.Say("keyboard.done")}
}

// Field is a line to type in. What is typed is the view's until it is handed over: Text is only
// what the line begins with.
type Field struct {
	Label, Text string
	// Placeholder is what the empty line says.
	Placeholder string
	// Wrong is the sentence below it; empty where it is right.
	Wrong string
	// Limit is how many letters it takes.
	Limit int
}
