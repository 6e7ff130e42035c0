package staff

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The length of a PIN, in digits.
const (
	LeastDigits = 4
	MostDigits  = 8
)

// The parameters of new hashes: the smallest memory that OWASP recommends for argon2id, on one
// thread. A tablet with two cores must verify in less than 300 ms and go on printing meanwhile. A
// higher cost would protect little: whoever has the hash has only ten thousand PINs of four
// digits to try.
const (
	memory  = 19 << 10 // KiB
	passes  = 2
	threads = 1
	saltLen = 16
	keyLen  = 32
)

// The bounds of hashes made elsewhere: what costs more would hold a terminal up.
const (
	mostMemory  = 64 << 10 // KiB
	mostPasses  = 4
	mostThreads = 4
)

var (
	// ErrHash: what should be the hash of a PIN is none that terminals can verify.
	ErrHash = errors.New("not an argon2id hash such as $argon2id$v=19$m=19456,t=2,p=1$SALT$KEY")
	// ErrPIN: a PIN has 4 to 8 digits.
	ErrPIN = fmt.Errorf("a PIN has %d to %d digits", LeastDigits, MostDigits)
	// ErrSimple: it is among the first that anybody would try.
	ErrSimple = errors.New("this PIN is among the first that anybody would try: take another one")
)

var encoding = base64.RawStdEncoding.Strict()

// Hash makes the hash of a PIN that a configuration may hold: a PHC string of argon2id.
func Hash(pin string) (string, error) {
	if err := check(pin); err != nil {
		return "", err
	}
	salt := make([]byte, saltLen)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	h := hash{memory: memory, passes: passes, threads: threads, salt: salt}
	h.key = h.of(pin, keyLen)
	return h.String(), nil
}

// check refuses what is no PIN, and those that lock-out cannot protect: one digit only, and digits
// in a row.
func check(pin string) error {
	if len(pin) < LeastDigits || len(pin) > MostDigits || strings.Trim(pin, "0123456789") != "" {
		return ErrPIN
	}
	for _, step := range []int{-1, 0, 1} {
		simple := true
		for i := 1; i < len(pin); i++ {
			simple = simple && int(pin[i])-int(pin[i-1]) == step
		}
		if simple {
			return ErrSimple
		}
	}
	return nil
}

// Verify reports whether the PIN is the one of the hash. It takes some tens of milliseconds, on
// purpose. The error is ErrHash.
func Verify(phc, pin string) (bool, error) {
	h, err := parse(phc)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(h.of(pin, uint32(len(h.key))), h.key) == 1, nil
}

// hash is a PHC string, taken apart.
type hash struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

func (h hash) of(pin string, length uint32) []byte {
	return argon2.IDKey([]byte(pin), h.salt, h.passes, h.memory, h.threads, length)
}

// String is the PHC form, which parse reads.
func (h hash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, h.memory, h.passes, h.threads, encoding.EncodeToString(h.salt), encoding.EncodeToString(h.key))
}

func parse(phc string) (hash, error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return hash{}, ErrHash
	}
	var h hash
	costs := strings.Split(parts[3], ",")
	if len(costs) != 3 {
		return hash{}, ErrHash
	}
	values := [3]uint64{}
	for i, bound := range []struct {
		name        string
		least, most uint64
	}{{"m=", 8 * mostThreads, mostMemory}, {"t=", 1, mostPasses}, {"p=", 1, mostThreads}} {
		text, named := strings.CutPrefix(costs[i], bound.name)
		value, err := strconv.ParseUint(text, 10, 32)
		switch {
		case !named || err != nil:
			return hash{}, ErrHash
		case value < bound.least || value > bound.most:
			return hash{}, fmt.Errorf("%w: %s%d is not within %d to %d", ErrHash, bound.name, value, bound.least, bound.most)
		}
		values[i] = value
	}
	h.memory, h.passes, h.threads = uint32(values[0]), uint32(values[1]), uint8(values[2])
	var err error
	for i, to := range []*[]byte{&h.salt, &h.key} {
		const least, most = 8, 64
		if *to, err = encoding.DecodeString(parts[4+i]); err != nil || len(*to) < least || len(*to) > most {
			return hash{}, ErrHash
		}
	}
	if h.String() != phc { // +64, 064, or line ends within the base64
		return hash{}, ErrHash
	}
	return h, nil
}
