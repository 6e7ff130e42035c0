package shop

// Report is what a platform is known to know of the store: of the last thing that it had to be
// told.
type Report struct {
	State ReportState `json:"state"`
	// About is what it had to be told; the partner's adapter names the calls.
	About string `json:"about,omitempty"`
	// Detail is the platform's answer, or why there is none: "HTTP 400".
	Detail string `json:"detail,omitempty"`
}

// ReportState is how far a message to a platform is.
type ReportState string

// The states of a report. Without one nothing had to be told.
const (
	// Told: the platform took it.
	Told ReportState = "told"
	// Telling: it is on its way.
	Telling ReportState = "telling"
	// Unanswered: it was tried, and is tried again.
	Unanswered ReportState = "unanswered"
	// RefusedByPlatform: it will not take it.
	RefusedByPlatform ReportState = "refused"
)
