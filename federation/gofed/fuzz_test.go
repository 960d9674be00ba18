package gofed_test

import (
	"bytes"
	"testing"

	"github.com/saphan-network/saphan/federation/gofed"
)

// FuzzDecode: whatever arrives, no reader panics, and what is read can be
// written and read again as the same.
func FuzzDecode(f *testing.F) {
	for name := range examples() {
		f.Add([]byte(encoded(f, name)))
	}
	for _, s := range []string{
		"", "{}", "[]", "null", `{"type":"Offer"}`, `{"@context":"https://www.w3.org/ns/activitystreams","type":"Event","duration":""}`,
		`{"@context":{"as":"https://www.w3.org/ns/activitystreams#"},"type":"as:Offer"}`, `{"a":{"a":{"a":[[[[]]]]}}}`, "\xff", `{"a":1e999}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_, _ = gofed.DecodeActor(body)
		_, _ = gofed.DecodeMembers(body)
		a, err := gofed.Decode(body)
		if err != nil {
			return
		}
		one, err := gofed.Encode(a)
		if err != nil {
			t.Fatalf("read but cannot be written: %v\n%s", err, body)
		}
		b, err := gofed.Decode(one)
		if err != nil {
			t.Fatalf("written but cannot be read: %v\n%s", err, one)
		}
		two, err := gofed.Encode(b)
		if err != nil || !bytes.Equal(one, two) {
			t.Fatalf("not stable: %v\n%s\n%s", err, one, two)
		}
	})
}
