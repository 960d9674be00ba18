package federation_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation"
)

// Ways to write the name of another host, or of none, that other servers have
// taken for the right one. There is one spelling of everything.
func TestSpellingsOfAHost(t *testing.T) {
	const right = "https://clinic.example/ap/org"
	for _, s := range []string{
		"HTTPS://clinic.example/ap/org", "https://CLINIC.example/ap/org", "https://clinic.example./ap/org", "https://clinic.example..//ap/org", "https://clinic.example:443/ap/org",
		"https://clinic.example:00443/ap/org", "https://clinic.example:/ap/org", "https://clinic.example:65536/ap/org", "https://clinic.example:99999/ap/org", "https://clinic.example:-1/ap/org",
		"https://clinic.example:0/ap/org", "https://clinic.example:8x/ap/org", "https://a@clinic.example/ap/org", "https://:@clinic.example/ap/org", "https://@clinic.example/ap/org", "https://clinic.example%2e/ap/org",
		"https://clinic%00.example/ap/org", "https://ｃlinic.example/ap/org", "https://clіnic.example/ap/org", "https://clinic。example/ap/org", "https://clinic\u200b.example/ap/org", "https://clinic.example\u202e/ap/org",
		"https://clinic.example\\.evil.example/ap/org", "https://clinic.example\t/ap/org", "https://clinic.example\n/ap/org", "https://clinic.example /ap/org", "https://clinic.example#@evil.example/ap/org?",
		"https://clinic.example?@evil.example/ap/org", "https:/clinic.example/ap/org", "https:///clinic.example/ap/org", "https:clinic.example", "//clinic.example/ap/org", "clinic.example/ap/org", "\x00https://clinic.example",
		"https://clinic_1.example/ap/org", "https://clinic.example/ap//org", "https://clinic.example/./ap/org", "https://clinic.example/ap/../ap/org", "https://clinic.example/%61p/org", "https://clinic.example/ap/org/",
		"https://clinic.example/ap/org%00", "https://clinic.example/ap/org;x", "https://clinic.example/ap/org?", "https://clinic.example/ap/org?x", "https://[::1%25lo]/ap/org", "https://[::1/ap/org", "https://::1/ap/org",
		"http://clinic.example/ap/org", "http://127.0.0.1.evil.example/ap/org", "http://localhost.evil/ap/org", "http://0.0.0.0/ap/org", "http://169.254.169.254/latest", "http://[::ffff:127.0.0.1]:80/x", "http://2130706433/x",
		"ws://clinic.example/", "file:///etc/passwd", "gopher://clinic.example/_x", "data:text/plain,x", "javascript:alert(1)", "acct:org@clinic.example", "urn:x", "did:web:clinic.example", "dict://x:11111/", "jar:https://clinic.example!/",
	} {
		if federation.SameOrigin(s, right) && s != "https://clinic.example/ap/org;x" {
			t.Errorf("%q passes for %s", s, right)
		}
	}
}

// FuzzCheckIRI: what is accepted is one spelling, of one host, with nothing in it
// that a browser, a log or a database reads otherwise than Go does.
func FuzzCheckIRI(f *testing.F) {
	for _, s := range []string{"https://clinic.example/ap/org#main-key", "http://127.0.0.1:8081/ap/ref/0f", "http://[::1]:8081/x", "https://a@b/c", "https://x:443/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if federation.CheckIRI(s) != nil {
			return
		}
		u, err := url.Parse(s)
		if err != nil || u.String() != s || u.User != nil || u.RawQuery != "" || u.Hostname() == "" || u.Host != strings.ToLower(u.Host) || len(s) > federation.MaxIRI {
			t.Fatalf("%q %v", s, err)
		}
		if u.Scheme != "https" && !federation.IsLoopback(u.Hostname()) {
			t.Fatalf("%q without TLS", s)
		}
		for i := range len(s) {
			if s[i] <= ' ' || s[i] >= 0x7f || s[i] == '\\' || s[i] == '"' || s[i] == '<' {
				t.Fatalf("%q", s)
			}
		}
		if o, err := federation.Origin(s); err != nil || !strings.HasPrefix(s, o) || !federation.SameOrigin(s, o) {
			t.Fatalf("%q has the origin %q, %v", s, o, err)
		}
	})
}

// A name is one line that shows all that is in it.
func TestNamesThatDeceive(t *testing.T) {
	a := federation.Actor{ID: north + "/ap/org", Type: "Organization", Username: "org", Inbox: north + "/inbox", KeyID: north + "/ap/org#main-key", PublicKeyPEM: pem}
	m := federation.Members{ID: hub + "/ap/members", Network: hub + "/ap/network", Version: 1, Updated: "2026-11-25T06:00:00Z", Items: []federation.Member{
		{Actor: a.ID, Inbox: a.Inbox, KeyID: a.KeyID, PublicKeyPEM: pem, Tier: "full", State: "active"}}}
	for _, bad := range []string{"", " ", "\u00a0", "a\nb", "a\rb", "a\tb", "a\x00b", "a\x1b[31mb", "a\x9bb", "a\u2028b", "a\u2029b", "a\u202eb", "a\u2066b", "a\u200eb", "a\u200fb", "a\u061cb", "a\ufeffb", "a\u00adb", "a\u2060b",
		"a\U000e0041b", "a\ue000b", "a\xffb", "a\ufffdb", strings.Repeat("ก", 200)} {
		a.Name, m.Items[0].Name = bad, bad
		if federation.CheckActor(a) == nil {
			t.Errorf("%q is an actor's name", bad)
		}
		if federation.CheckMembers(m) == nil {
			t.Errorf("%q is a member's name", bad)
		}
	}
	for _, good := range []string{"คลินิก\u200bกฎหมาย", "มูลนิธิ น้ำใจ", "Labour (Samut Sakhon)", "ကရင်", "O’Brien & Co."} {
		a.Name, m.Items[0].Name = good, good
		if err := federation.CheckActor(a); err != nil {
			t.Errorf("%q: %v", good, err)
		}
		if err := federation.CheckMembers(m); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// Nothing in an actor's document leads to another server, or to none.
func TestLinksOfAnActor(t *testing.T) {
	good := federation.Actor{ID: north + "/ap/org", Type: "Organization", Name: "x", Username: "org", Inbox: north + "/inbox", KeyID: north + "/ap/org#main-key", PublicKeyPEM: pem}
	if err := federation.CheckActor(good); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"https://evil.example/", "https://north.example.evil.example/", "https://north.example:8443/", "http://north.example/", "javascript:alert(1)", "data:text/html,x", "//north.example/", "/", "https://u@north.example/"} {
		for i, change := range []func(a *federation.Actor){func(a *federation.Actor) { a.URL = link }, func(a *federation.Actor) { a.Inbox = link }, func(a *federation.Actor) { a.Outbox = link },
			func(a *federation.Actor) { a.SharedInbox = link }, func(a *federation.Actor) { a.KeyID = link }, func(a *federation.Actor) { a.Members = link }} {
			a := good
			if change(&a); federation.CheckActor(a) == nil {
				t.Errorf("link %d is %s", i, link)
			}
		}
	}
}
