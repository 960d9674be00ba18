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
		"another name":   func(a *federation.Activity) { a.Key.ID = a.Actor + "#main-key" },
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
		"another's organisation": strings.Replace(good, `"id":"`+north+`/ap/org","publicKey"`, `"id":"`+labour+`/ap/org","publicKey"`, 1),
		"another owner":          strings.Replace(good, `"owner":"`+north, `"owner":"`+labour, 1),
		"two keys":               strings.Replace(strings.Replace(good, `"publicKey":{`, `"publicKey":[{`, 1), `-----END PUBLIC KEY-----\n"}`, `-----END PUBLIC KEY-----\n"}]`, 1),
		"a name beside it":       strings.Replace(good, `"publicKey":{`, `"name":"x","publicKey":{`, 1),
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
		"without an end":  strings.Replace(both, `"expires":"2026-12-25T06:10:42Z",`, ``, 1),
		"an end of words": strings.Replace(both, `2026-12-25T06:10:42Z`, `soon`, 1),
		"the same twice":  strings.Replace(both, newKey().ID, north+"/ap/org#main-key", 1),
		"another's key":   strings.Replace(both, `"id":"`+north+`/ap/org#main-key"`, `"id":"`+labour+`/ap/org#main-key"`, 1),
	} {
		if bad == both {
			t.Errorf("%s: nothing was changed in %s", name, both)
		}
		if _, err := gofed.Decode([]byte(bad)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
