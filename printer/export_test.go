package printer

// For tests from outside.
var (
	// ProbeOver is Probe over any conversation.
	ProbeOver  = probe
	NewReading = newReading
	NewPatient = newPatient
)
