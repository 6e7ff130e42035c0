package terminal

// PrinterFound is what a printer told of itself when it was asked for the first time.
type PrinterFound struct {
	// Maker and Model are empty where it said nothing.
	Maker, Model string
	// Profile names the model's profile (escpos.ProfileNamed), empty where none is known; Columns
	// is its width, 0 then.
	Profile string
	Columns int
	// Proof is the best it can do: "id", "fence", "status" or "blind".
	Proof string
}

// PrinterError is why a printer could not be reached, asked or made to print.
type PrinterError struct {
	Fault Fault
	Err   error
}

// Error is for logs; screens have their own words for a Fault.
func (e *PrinterError) Error() string { return "printer " + string(e.Fault) + ": " + e.Err.Error() }

// Unwrap is the cause.
func (e *PrinterError) Unwrap() error { return e.Err }
