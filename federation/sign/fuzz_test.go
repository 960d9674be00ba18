package sign_test

import (
	"testing"

	"github.com/saphan-network/saphan/federation/sign"
)

// FuzzParsePublic: a key that somebody sends is a strong one, or none.
func FuzzParsePublic(f *testing.F) {
	f.Add(northKey(f).PublicPEM())
	f.Add(fixture(f, "short"))
	f.Add("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n")
	f.Add("-----BEGIN RSA PUBLIC KEY-----\n\n-----END RSA PUBLIC KEY-----\n")
	f.Fuzz(func(t *testing.T, pem string) {
		_, _ = sign.ParsePublic(keyID, actor, pem)
		_, _ = sign.ParseKey(keyID, pem)
	})
}
