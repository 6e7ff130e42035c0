// Package version says which Comptoir this is.
package version

// Comptoir is the version of hub and terminal; FyneApp.toml has the same one.
const Comptoir = "0.1.0"
