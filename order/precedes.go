package order

// Precedes reports whether later is the same order after more commands, all that o has among them:
// of two copies, whoever has o lacks something and has nothing that later lacks.
func (o Order) Precedes(later Order) bool {
	if o.ID != later.ID || o.Location != later.Location || o.Revision >= later.Revision || len(o.History) >= len(later.History) {
		return false
	}
	for i, entry := range o.History {
		if same := later.History[i]; entry.Command != same.Command || entry.What != same.What {
			return false
		}
	}
	return true
}
