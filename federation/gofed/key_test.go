package gofed_test

import (
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
)

// TestKeyRefused: an organisation announces its own key, under the key's own name,
// and only a list says when a key ends.
func TestKeyRefused(t *testing.T) {
	for name, change := range map[string]func(a *federation.Activity){
		"another's":      func(a *federation.Activity) { a.Key.ID = labour + "/ap/org#" + federation.KeyName(a.Key.PEM) },
		"another name":   func(a *federation.Activity) { a.Key.ID, a.Key.Assertion = a.Actor+"#main-key", federation.Multikey{} },
		"a third name":   func(a *federation.Activity) { a.Key.ID = a.Actor + "#other-key" },
		"a telling name": func(a *federation.Activity) { a.Key.ID = a.Actor + "#key-0000089000005" },
		"with an end":    func(a *federation.Activity) { a.Key.End = "2026-12-25T06:10:42Z" },
		"private": func(a *federation.Activity) {
			a.Key.PEM = strings.ReplaceAll(a.Key.PEM, "PUBLIC", "PRIVATE")
			a.Key.ID = a.Actor + "#" + federation.KeyName(a.Key.PEM)
		},
		"no key":     func(a *federation.Activity) { a.Key.PEM = "x" },
		"and a list": func(a *federation.Activity) { m := list(); a.Members = &m },
		"in a Join":  func(a *federation.Activity) { a.Type, a.Object = federation.Join, a.To },
	} {
		a := examples()["rekey"]
		key := *a.Key
		a.Key = &key
		change(&a)
		if _, err := gofed.Encode(a); err == nil {
			t.Errorf("%s: sent", name)
		}
	}
	good := encoded(t, "rekey")
	for name, bad := range map[string]string{
		"an Ed25519 key in an object of its own": strings.Replace(strings.Replace(good, `"assertionMethod":[`, `"assertionMethod":`, 1), `"type":"Multikey"}]`, `"type":"Multikey"}`, 1),
		"an Ed25519 key with an end":             strings.Replace(good, `"type":"Multikey"`, `"expires":"2026-12-25T06:10:42Z","type":"Multikey"`, 1),
		"another's organisation":                 strings.Replace(good, `"id":"`+north+`/ap/org","publicKey"`, `"id":"`+labour+`/ap/org","publicKey"`, 1),
		"another owner":                          strings.Replace(good, `"owner":"`+north, `"owner":"`+labour, 1),
		"two keys":                               strings.Replace(strings.Replace(good, `"publicKey":{`, `"publicKey":[{`, 1), `-----END PUBLIC KEY-----\n"}`, `-----END PUBLIC KEY-----\n"}]`, 1),
		"a name beside it":                       strings.Replace(good, `"publicKey":{`, `"name":"x","publicKey":{`, 1),
	} {
		if bad == good {
			t.Errorf("%s: nothing was changed in %s", name, good)
		}
		if _, err := gofed.Decode([]byte(bad)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	both := encoded(t, "rekeyed")
	for name, bad := range map[string]string{
		"without an end":                 strings.Replace(both, `"expires":"2026-12-25T06:10:42Z","id":"`+north+`/ap/org#main`, `"id":"`+north+`/ap/org#main`, 1),
		"an end of words":                strings.Replace(both, `2026-12-25T06:10:42Z`, `soon`, 1),
		"the same twice":                 strings.Replace(both, newKey().ID, north+"/ap/org#main-key", 1),
		"an Ed25519 key without an end":  strings.Replace(both, `"expires":"2026-12-25T06:10:42Z","id":"`+north+`/ap/org#ed`, `"id":"`+north+`/ap/org#ed`, 1),
		"an Ed25519 key that ends apart": strings.Replace(both, `2026-12-25T06:10:42Z`, `2026-12-26T06:10:42Z`, 1),
		"another's Ed25519 key":          strings.Replace(both, `"controller":"`+north, `"controller":"`+labour, 1),
		"a name of another key":          strings.Replace(both, federation.AssertionName(nextEd), federation.AssertionName(firstEd), 1),
		"a name that tells":              strings.Replace(both, federation.AssertionName(nextEd), "ed-0000089000005", 1),
		"another kind of key":            strings.Replace(both, `"type":"Multikey"`, `"type":"JsonWebKey"`, 1),
		"something beside it":            strings.Replace(both, `"type":"Multikey"`, `"secretKeyMultibase":"z","type":"Multikey"`, 1),
		"no key at all":                  strings.Replace(both, nextEd, "z6Mk", 1),
		"a word with another meaning":    strings.Replace(both, `"Multikey":"https://w3id.org/security#Multikey"`, `"Multikey":"https://evil.example/#Multikey"`, 1),
		"another's key":                  strings.Replace(both, `"id":"`+north+`/ap/org#main-key"`, `"id":"`+labour+`/ap/org#main-key"`, 1),
	} {
		if bad == both {
			t.Errorf("%s: nothing was changed in %s", name, both)
		}
		if _, err := gofed.Decode([]byte(bad)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
