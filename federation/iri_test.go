package federation_test

import (
	"testing"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

func TestCheckIRIRefuses(t *testing.T) {
	for _, s := range []string{
		"", "clinic.example", "//clinic.example/ap/org", "ftp://clinic.example/", "javascript:alert(1)",
		"http://clinic.example/ap/org", "http://10.0.0.1/ap/org", "http://localhost.evil.example/ap/org",
		"https://Clinic.example/ap/org", "https://clinic.example./ap/org", "https://clinic.example:443/ap/org",
		"https://clinic.example:0443/ap/org", "https://clinic.example:/ap/org", "http://127.0.0.1:80/ap/org",
		"https://user@clinic.example/ap/org", "https://clinic.example@evil.example/ap/org",
		"https://clinic.example/ap/org?x=1", "https://clinic.example/ap/org?", "https://clinic.example/ap/../org",
		"https://clinic.example//ap/org", "https://clinic.example/ap/org/", "https://clinic.example/ap/%6frg",
		"https://clinic%2eexample/ap/org", "https://คลินิก.example/ap/org", "https://clinic.example/ap org",
		"https://clinic.example/ap\\org", "https:clinic.example/ap/org", "https:///ap/org",
		"https://clinic.example/" + string(make([]byte, 600)), " https://clinic.example/ap/org",
	} {
		if err := federation.CheckIRI(s); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: got %v, want invalid", s, err)
		}
	}
}

func TestCheckIRIAccepts(t *testing.T) {
	for _, s := range []string{
		"https://clinic.example/ap/org", "https://clinic.example:8443/ap/org", "http://127.0.0.1:8081/ap/ref/0f",
		"http://localhost:8081/ap/org", "http://[::1]:8081/ap/org", "https://clinic.example/ap/org#main-key", "https://clinic.example",
	} {
		if err := federation.CheckIRI(s); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestOrigin(t *testing.T) {
	if federation.SameOrigin("https://a.example/x", "https://a.example:8443/x") ||
		federation.SameOrigin("https://a.example/x", "https://b.example/x") ||
		federation.SameOrigin("bad", "bad") {
		t.Error("different origins taken for one")
	}
	if !federation.SameOrigin("https://a.example/x", "https://a.example/y") {
		t.Error("one origin taken for two")
	}
}
