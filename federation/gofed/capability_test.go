package gofed_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/gofed"
)

// TestCapabilityOfOthers reads FEP-844e as others write it, and takes no offence at
// what else they write there.
func TestCapabilityOfOthers(t *testing.T) {
	a := organisation()
	a.RFC9421 = false
	body, err := gofed.EncodeActor(a)
	if err != nil || bytes.Contains(body, []byte("implements")) {
		t.Fatalf("%s %v", body, err)
	}
	const rfc = `"https://datatracker.ietf.org/doc/html/rfc9421"`
	for more, want := range map[string]bool{
		`"generator":"https://north.example/ap/instance"`:                                           false,
		`"generator":[{"type":"Application","implements":` + rfc + `}]`:                             false,
		`"generator":{"type":"Application"}`:                                                        false,
		`"generator":{"type":"Application","implements":[]}`:                                        false,
		`"generator":{"type":"Application","implements":[[` + rfc + `]]}`:                           false,
		`"generator":{"type":"Application","implements":[1,true,{"href":1},{"name":"RFC-9421"}]}`:   false,
		`"generator":{"type":"Application","implements":[{"href":"https://w3id.org/fep/8b32"}]}`:    false,
		`"generator":{"type":"Application","implements":[{"href":"https://evil.example/rfc9421"}]}`: false,
		`"implements":7`: false,
		`"generator":{"type":"Application","implements":[{"href":` + rfc + `,"name":"RFC-9421: HTTP Message Signatures"}]}`: true,
		`"generator":{"type":"Application","implements":{"type":"Link","href":` + rfc + `}}`:                                true,
		`"generator":{"type":"Application","implements":[{"href":"https://w3id.org/fep/8b32"},` + rfc + `]}`:                true,
		`"implements":[` + rfc + `]`: true,
	} {
		got, err := gofed.DecodeActor([]byte(strings.Replace(string(body), "{", "{"+more+",", 1)))
		if err != nil || got.RFC9421 != want {
			t.Errorf("%s: %v %v", more, got.RFC9421, err)
		}
	}
}
