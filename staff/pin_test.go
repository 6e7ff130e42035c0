package staff_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"comptoir/staff"
)

func TestHash(t *testing.T) {
	hash, err := staff.Hash("2580")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(hash, "2580") {
		t.Errorf("the hash is %s", hash)
	}
	again, err := staff.Hash("2580")
	if err != nil || again == hash {
		t.Errorf("the same salt twice, or %v", err)
	}
	for pin, want := range map[string]bool{"2580": true, "2581": false, "": false, "25800": false} {
		if got, err := staff.Verify(hash, pin); err != nil || got != want {
			t.Errorf("%q: %v, %v", pin, got, err)
		}
	}
}

// The reference implementation's own test.c has this one. The example of RFC 9106 needs a secret
// and associated data, which PHC strings do not have.
func TestVerifyKnown(t *testing.T) {
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	ok, err := staff.Verify(reference, "password")
	if err != nil || !ok {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestHashRefuses(t *testing.T) {
	for pin, want := range map[string]error{
		"": staff.ErrPIN, "123": staff.ErrPIN, "123456789": staff.ErrPIN, "12a4": staff.ErrPIN, "１２３４": staff.ErrPIN, " 2580": staff.ErrPIN,
		"0000": staff.ErrSimple, "1234": staff.ErrSimple, "87654321": staff.ErrSimple, "999999": staff.ErrSimple,
	} {
		if _, err := staff.Hash(pin); !errors.Is(err, want) {
			t.Errorf("%q: %v", pin, err)
		}
	}
	for _, pin := range []string{"1357", "1235", "98765430", "0001"} {
		if _, err := staff.Hash(pin); err != nil {
			t.Errorf("%q: %v", pin, err)
		}
	}
}

// A tablet is some four times as slow as the machines that run the tests, and has 300 ms.
func TestVerifyCost(t *testing.T) {
	hash, err := staff.Hash("2580")
	if err != nil {
		t.Fatal(err)
	}
	fastest := time.Hour
	for range 5 { // the machine may be busy
		began := time.Now()
		if ok, err := staff.Verify(hash, "2580"); err != nil || !ok {
			t.Fatal(ok, err)
		}
		fastest = min(fastest, time.Since(began))
	}
	t.Logf("a PIN is verified in %v", fastest)
	if bound := 300 * time.Millisecond; fastest > bound {
		t.Errorf("%v, more than %v", fastest, bound)
	}
}

func TestVerifyRefuses(t *testing.T) {
	for _, hash := range []string{
		"", "2580", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5", "$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5",
		"$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5", // would take the whole memory
		"$argon2id$v=19$m=64,t=1000000,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5",
		"$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHQ$a2V5a2V5a2V5", "$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5",
		"$argon2id$v=19$t=1,m=64,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5", "$argon2id$v=19$m=+64,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5",
		"$argon2id$v=19$m=64,t=1,p=1$c2Fs$a2V5a2V5a2V5", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ",
		"$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ=$a2V5a2V5a2V5", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5$",
	} {
		if ok, err := staff.Verify(hash, "2580"); ok || !errors.Is(err, staff.ErrHash) {
			t.Errorf("%q: %v, %v", hash, ok, err)
		}
	}
}
