package gofed_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
)

// publications are examples of all that the public actor says.
func publications() map[string]federation.Publication {
	at := time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)
	statement := federation.Public{ID: hub + "/public/" + id1, Author: hub + "/ap/public", Kind: federation.Statement, Published: at,
		Name: federation.Words{TH: "คลินิกเคลื่อนที่", EN: "Mobile clinic"}, Summary: federation.Words{TH: "ทุกวันเสาร์", EN: "Every Saturday"},
		Content: federation.Words{TH: federation.Paragraphs("พบกันวันเสาร์\nที่ศาลาวัด\n\nไม่เสียค่าใช้จ่าย"), EN: federation.Paragraphs("Come & see us.")}}
	event := statement
	event.ID, event.Kind, event.Summary = hub+"/public/2"+id1[1:], federation.OpenEvent, federation.Words{}
	event.Start, event.End = time.Date(2026, 12, 12, 2, 0, 0, 0, time.UTC), time.Date(2026, 12, 12, 9, 30, 0, 0, time.UTC)
	event.Place, event.Link = federation.Words{TH: "ศาลาวัดสาธิต", EN: "Temple hall"}, "https://meet.example/open-day"
	cancelled := event
	cancelled.Updated, cancelled.Cancelled, cancelled.Link, cancelled.End = at.Add(48*time.Hour), true, "", time.Time{}
	thai := statement
	thai.Name.EN, thai.Summary, thai.Content.EN = "", federation.Words{}, ""
	envelope := federation.Publication{ID: hub + "/ap/public/act/" + id1, Actor: hub + "/ap/public", Followers: hub + "/ap/public/followers", Published: at}
	make := func(t federation.Type, d *federation.Public, object string) federation.Publication {
		p := envelope
		p.Type, p.Document, p.Object = t, d, object
		return p
	}
	return map[string]federation.Publication{
		"statement": make(federation.Create, &statement, ""), "event": make(federation.Create, &event, ""), "cancelled": make(federation.Update, &cancelled, ""),
		"thai": make(federation.Create, &thai, ""), "withdrawn": make(federation.Delete, nil, statement.ID), "passed": make(federation.Announce, nil, "https://other.example/notes/1"),
	}
}

func published(t testing.TB, name string) string {
	t.Helper()
	body, err := gofed.EncodePublication(publications()[name])
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(body)
}

func publicActor() gofed.PublicActor {
	a := network()
	a.ID, a.Type, a.Username, a.Inbox, a.Outbox = hub+"/ap/public", "Application", "public", hub+"/ap/public/inbox", hub+"/ap/public/outbox"
	a.Assertion = federation.Multikey{} // the public actor proves nothing
	a.SharedInbox, a.Members, a.RFC9421, a.URL, a.KeyID = "", "", false, hub+"/public", hub+"/ap/public#main-key"
	return gofed.PublicActor{Actor: a, NameEN: "Network", Followers: hub + "/ap/public/followers",
		Summary: federation.Words{TH: federation.Paragraphs("ถ้อยแถลงและกิจกรรม"), EN: federation.Paragraphs("Statements and events")}}
}

// TestPublicationsAreRefused: one change each makes a publication none.
func TestPublicationsAreRefused(t *testing.T) {
	for what, c := range map[string]struct{ name, from, to string }{
		"to the followers alone":     {"statement", `"to":["https://www.w3.org/ns/activitystreams#Public"],"type":"Create"`, `"to":["` + hub + `/ap/public/followers"],"type":"Create"`},
		"by another":                 {"statement", `"actor":"` + hub, `"actor":"https://evil.example`},
		"of another":                 {"statement", `"attributedTo":"` + hub, `"attributedTo":"https://evil.example`},
		"under another's id":         {"statement", `"id":"` + hub + `/public/`, `"id":"https://evil.example/public/`},
		"with a script":              {"statement", `Come &amp; see us.`, `<script>x</script>`},
		"with a link":                {"statement", `Come &amp; see us.`, `<a href=\"https://evil.example\">x</a>`},
		"with an attribute":          {"statement", `<p>Come`, `<p onclick=\"x\">Come`},
		"with an open paragraph":     {"statement", `see us.</p>`, `see us.`},
		"with a turn of direction":   {"statement", `Mobile clinic`, "Mobile \u202eclinic"},
		"with two lines as a title":  {"statement", `Mobile clinic`, `Mobile\nclinic`},
		"with another main language": {"statement", `"name":"คลินิกเคลื่อนที่"`, `"name":"Mobile clinic"`},
		"with half a language":       {"statement", `"nameMap":{"en":"Mobile clinic",`, `"nameMap":{`},
		"with a third language":      {"statement", `"nameMap":{`, `"nameMap":{"my":"x",`},
		"with an unknown property":   {"statement", `"type":"Article"`, `"type":"Article","needs":["dna"]`},
		"with a minute":              {"statement", `"published":"2026-11-25T06:00:00Z","to"`, `"published":"2026-11-25T06:01:00Z","to"`},
		"as a referral":              {"statement", `"type":"Article"`, `"type":["Article","Referral"]`},
		"a statement with a time":    {"statement", `"type":"Article"`, `"type":"Article","startTime":"2026-12-12T02:00:00Z"`},
		"a new one that is changed":  {"statement", `"type":"Article"`, `"type":"Article","updated":"2026-11-26T06:00:00Z"`},
		"an event that ends before":  {"event", `"endTime":"2026-12-12T09:30:00Z"`, `"endTime":"2026-12-12T01:30:00Z"`},
		"an event nowhere":           {"cancelled", `"location":[{"name":"ศาลาวัดสาธิต","nameMap":{"en":"Temple hall","th":"ศาลาวัดสาธิต"},"type":"Place"}],`, ``},
		"an event at a time of ours": {"event", `"startTime":"2026-12-12T02:00:00Z"`, `"startTime":"2026-12-12T09:00:00+07:00"`},
		"an event in another zone":   {"event", `Asia/Bangkok`, `Europe/Paris`},
		"an event with a script":     {"event", `https://meet.example/open-day`, `javascript:alert(1)`},
		"the end of another's":       {"withdrawn", `"object":{"id":"` + hub, `"object":{"id":"https://evil.example`},
		"the end of nothing":         {"withdrawn", `"object":{"id":"` + hub + `/public/` + id1 + `","type":"Tombstone"}`, `"object":"` + hub + `/public/` + id1 + `"`},
		"an end that creates":        {"withdrawn", `"type":"Delete"`, `"type":"Create"`},
		"nothing":                    {"statement", `"type":"Create"`, `"type":"Like"`},
		"without a context":          {"withdrawn", `"@context":"https://www.w3.org/ns/activitystreams",`, ``},
		"a name for another thing":   {"statement", `"@context":"https://www.w3.org/ns/activitystreams"`, `"@context":["https://www.w3.org/ns/activitystreams",{"content":"https://evil.example/x"}]`},
	} {
		body := published(t, c.name)
		changed := strings.Replace(body, c.from, c.to, 1)
		if changed == body {
			t.Fatalf("%s: nothing to change in %s", what, body)
		}
		if p, err := gofed.DecodePublication([]byte(changed)); err == nil {
			t.Errorf("%s: read as %+v", what, p)
		}
	}
}

func TestPublicationsComeBack(t *testing.T) {
	for name, p := range publications() {
		body := published(t, name)
		got, err := gofed.DecodePublication([]byte(body))
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, body)
			continue
		}
		if diff := cmp.Diff(p, got); diff != "" {
			t.Errorf("%s comes back as another:\n%s", name, diff)
		}
	}
	if object, err := gofed.ObjectOf([]byte(published(t, "event"))); err != nil || !bytes.Contains(object, []byte(`"schema.org`)) && !bytes.Contains(object, []byte(`https://schema.org/eventStatus`)) {
		t.Errorf("an event alone: %s %v", object, err)
	}
}

// TestOthersSeeSomething: what Mastodon, GoToSocial and Fedify look at is there.
func TestOthersSeeSomething(t *testing.T) {
	for _, name := range []string{"statement", "event"} {
		var doc struct {
			Object struct {
				Type                             string
				Name, Summary, Content, URL, To_ string
				To                               []string
				ContentMap                       map[string]string
			}
		}
		if err := json.Unmarshal([]byte(published(t, name)), &doc); err != nil {
			t.Fatal(err)
		}
		o := doc.Object
		if o.Name == "" || o.Content == "" || o.URL == "" || o.ContentMap["th"] == "" || o.ContentMap["en"] == "" || len(o.To) != 1 {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

// TestStrangersAreRead: the same said in the ways of other software.
func TestStrangersAreRead(t *testing.T) {
	self, nok := hub+"/ap/public", "https://social.example/users/nok"
	follow := `{"@context":"https://www.w3.org/ns/activitystreams","id":"https://social.example/1","type":"Follow","actor":"` + nok + `","object":"` + self + `"}`
	for body, want := range map[string]federation.Type{
		follow: federation.Follow,
		strings.Replace(follow, `"`+self+`"`, `["`+self+`"]`, 1):                                                          federation.Follow,
		strings.Replace(follow, `"`+nok+`"`, `{"id":"`+nok+`","type":"Person"}`, 1):                                       federation.Follow,
		strings.Replace(follow, self, hub+"/ap/network", 1):                                                               "",
		strings.Replace(follow, "Follow", "Like", 1):                                                                      "",
		`{"id":"https://social.example/2","type":"Undo","actor":"` + nok + `","object":` + follow + `}`:                   federation.Undo,
		`{"id":"https://social.example/2","type":"Undo","actor":"` + nok + `","object":"https://social.example/1"}`:       federation.Undo,
		`{"type":"Undo","actor":"` + nok + `","object":` + strings.Replace(follow, "users/nok", "users/another", 1) + `}`: "",
		`{"type":"Undo","actor":"` + nok + `","object":` + strings.Replace(follow, "Follow", "Like", 1) + `}`:             "",
		`{"type":"Delete","actor":"` + nok + `","object":"` + nok + `"}`:                                                  federation.Delete,
		`{"type":"Delete","actor":"` + nok + `","object":{"id":"` + nok + `","type":"Tombstone"}}`:                        federation.Delete,
		`{"type":"Delete","actor":"` + nok + `","object":"https://social.example/notes/1"}`:                               "",
	} {
		if got, err := gofed.ReadStranger([]byte(body), self); err != nil || got.Type != want {
			t.Errorf("%s: %q %v, want %q", body, got.Type, err, want)
		}
	}
	for _, body := range []string{"", "[]", "null", strings.Replace(follow, nok, "nok", 1), strings.Replace(follow, nok, "https://social.example/?u=1", 1),
		strings.Replace(follow, "social.example/1", "victim.example/1", 1), strings.Replace(follow, `"type"`, `"Type":"x","type"`, 1), strings.Replace(follow, `"id"`, `"actor":"https://a.example/","id"`, 1)} {
		if got, err := gofed.ReadStranger([]byte(body), self); err == nil {
			t.Errorf("%s: read as %+v", body, got)
		}
	}
}

func TestFollowersAreRead(t *testing.T) {
	nok := "https://social.example/users/nok"
	doc := func(change func(m map[string]any)) []byte {
		m := map[string]any{"id": nok, "type": "Person", "inbox": nok + "/inbox", "icon": nil, "endpoints": map[string]any{"sharedInbox": "https://social.example/inbox"},
			"publicKey": map[string]any{"id": nok + "#main-key", "owner": nok, "publicKeyPem": pem}}
		change(m)
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	f, err := gofed.DecodeFollower(doc(func(map[string]any) {}), nok)
	if err != nil || f.Post() != "https://social.example/inbox" || f.KeyID != nok+"#main-key" {
		t.Errorf("%+v %v", f, err)
	}
	f, err = gofed.DecodeFollower(doc(func(m map[string]any) { m["endpoints"] = map[string]any{"sharedInbox": "https://relay.example/inbox"} }), nok)
	if err != nil || f.Post() != nok+"/inbox" {
		t.Errorf("another server's shared inbox: %+v %v", f, err)
	}
	key := func(k, v string) func(m map[string]any) {
		return func(m map[string]any) { m["publicKey"].(map[string]any)[k] = v }
	}
	for what, change := range map[string]func(m map[string]any){
		"another's document":       func(m map[string]any) { m["id"] = "https://social.example/users/other" },
		"another server's inbox":   func(m map[string]any) { m["inbox"] = "https://victim.example/inbox" },
		"no inbox":                 func(m map[string]any) { delete(m, "inbox") },
		"no key":                   func(m map[string]any) { delete(m, "publicKey") },
		"another's key":            key("owner", "https://social.example/users/other"),
		"a key of another server":  key("id", "https://victim.example/#main-key"),
		"a private address within": func(m map[string]any) { m["inbox"] = "http://10.0.0.1/inbox" },
	} {
		if f, err := gofed.DecodeFollower(doc(change), nok); err == nil {
			t.Errorf("%s: %+v", what, f)
		}
	}
}

// FuzzPublic: whatever arrives, no reader of public things panics, and a publication
// that is read is written again as the same.
func FuzzPublic(f *testing.F) {
	for name := range publications() {
		f.Add([]byte(published(f, name)))
	}
	f.Add([]byte(`{"id":"https://social.example/2","type":"Undo","actor":"https://social.example/u","object":{"type":"Follow"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, _ = gofed.ReadStranger(body, hub+"/ap/public")
		_, _ = gofed.DecodeFollower(body, "https://social.example/u")
		p, err := gofed.DecodePublication(body)
		if err != nil {
			return
		}
		one, err := gofed.EncodePublication(p)
		if err != nil {
			t.Fatalf("read but cannot be written: %v\n%s", err, body)
		}
		again, err := gofed.DecodePublication(one)
		if err != nil || cmp.Diff(p, again) != "" {
			t.Fatalf("not the same: %v\n%s", err, cmp.Diff(p, again))
		}
	})
}
