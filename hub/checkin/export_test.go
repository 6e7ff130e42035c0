package checkin

// Texts are the page's words by language.
func Texts() map[string]words { return texts() }
