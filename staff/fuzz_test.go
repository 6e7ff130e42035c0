package staff

import "testing"

// FuzzParse: whatever is in a configuration, a hash that is taken has bounded costs and is written
// as it was read.
func FuzzParse(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$a2V5a2V5a2V5a2V5a2V5a2V5a2V5")
	f.Add("$argon2id$v=19$m=64,t=1,p=4$c2FsdHNhbHQ$a2V5a2V5a2V5")
	f.Add("$argon2id$v=19$m=064,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, phc string) {
		h, err := parse(phc)
		if err != nil {
			return
		}
		if h.memory > mostMemory || h.passes == 0 || h.passes > mostPasses || h.threads == 0 || h.threads > mostThreads {
			t.Errorf("%q was taken: %+v", phc, h)
		}
		if again := h.String(); again != phc {
			t.Errorf("%q became %q", phc, again)
		}
	})
}
