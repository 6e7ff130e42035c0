package sandbox

// Texts are the page's words.
func Texts() map[string]words { return texts() }
