package guarantee

import (
	"os"
	"strconv"
	"testing"
)

// givenSeed is the seed of a run that is to be done again; 0 where none is given.
func givenSeed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("COMPTOIR_GUARANTEE_SEED")
	if text == "" {
		return 0
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal("COMPTOIR_GUARANTEE_SEED: ", err)
	}
	return seed
}
