package gofed_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
)

func encoded(t testing.TB, name string) string {
	t.Helper()
	a, ok := examples()[name]
	if !ok {
		t.Fatalf("no example %q", name)
	}
	body, err := gofed.Encode(a)
	if err != nil {
		t.Fatalf("%s: %v %v", name, err, fault.As(err).Args)
	}
	return string(body)
}

// TestDecodeRefuses replaces one part of a good document by a bad one.
func TestDecodeRefuses(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40)
	for _, c := range []struct{ name, base, old, new string }{
		{"duplicate key", "offer", `"type":"Offer"`, `"type":"Offer","type":"Offer"`},
		{"key in another case", "offer", `"type":"Offer"`, `"type":"Offer","Actor":"https://evil.example/ap/org"`},
		{"look-alike key", "offer", `"sequence":7`, `"sequence":7,"аctor":"x"`},
		{"deep", "offer", `"sequence":7`, `"sequence":7,"x":` + deep},
		{"null", "read", `"sequence":7`, `"sequence":null`},
		{"fraction", "read", `"sequence":7`, `"sequence":7.5`},
		{"huge number", "read", `"sequence":7`, `"sequence":12345678901234567890`},
		{"negative", "read", `"sequence":7`, `"sequence":-7`},
		{"no sequence", "read", `"sequence":7,`, ``},
		{"trailing data", "read", `"type":"Read"}`, `"type":"Read"}{}`},
		{"array as document", "read", ``, `[`},
		{"invalid UTF-8", "read", `"type":"Read"`, "\"type\":\"Re\xffad\""},
		{"broken surrogate", "reject", `"better_elsewhere"`, `"\ud800"`},
		{"text that changes direction", "list", `คลินิกเหนือ`, "คลินิก\u202eเหนือ"},
		{"no context", "read", `"@context":`, `"ctx":`},
		{"foreign context", "read", `https://www.w3.org/ns/activitystreams`, `https://evil.example/ctx`},
		{"context renames actor", "read", `{"digest"`, `{"actor":"https://evil.example/#x","digest"`},
		{"context renames ours", "read", `"saphan:digest"`, `"saphan:reasonCode"`},
		{"context has a vocabulary", "read", `{"digest"`, `{"@vocab":"https://evil.example/","digest"`},
		{"context imports", "read", `{"digest"`, `{"@import":"https://evil.example/","digest"`},
		{"prefix redefined", "read", federation.Namespace, `https://evil.example/#`},
		{"embedded actor", "offer", `"actor":"https://north.example/ap/org"`, `"actor":{"type":"Organization","id":"https://north.example/ap/org"}`},
		{"two actors", "offer", `"actor":"https://north.example/ap/org"`, `"actor":["https://north.example/ap/org","https://evil.example/ap/org"]`},
		{"two receivers", "read", `"to":["https://north.example/ap/org"]`, `"to":["https://north.example/ap/org","https://evil.example/ap/org"]`},
		{"public", "read", `"to":["https://north.example/ap/org"]`, `"to":["https://www.w3.org/ns/activitystreams#Public"]`},
		{"copy to others", "read", `"sequence":7`, `"sequence":7,"cc":["https://evil.example/ap/org"]`},
		{"blind copy", "read", `"sequence":7`, `"sequence":7,"bto":["https://evil.example/ap/org"]`},
		{"unknown type", "read", `"type":"Read"`, `"type":"Create"`},
		{"type list", "read", `"type":"Read"`, `"type":["Read","Offer"]`},
		{"type number", "read", `"type":"Read"`, `"type":1`},
		{"free text", "offer", `"sequence":7`, `"sequence":7,"summary":"สมหญิง"`},
		{"free text in the referral", "offer", `"urgency":"urgent"`, `"urgency":"urgent","content":"สมหญิง"`},
		{"duration that go-fed panics on", "offer", `"urgency":"urgent"`, `"urgency":"urgent","duration":""`},
		{"unclassified property of the subject", "offer", `"ageBand":"25-44"`, `"ageBand":"25-44","village":"บ้าน"`},
		{"context inside", "offer", `"ageBand":"25-44"`, `"ageBand":"25-44","@context":"https://evil.example/"`},
		{"graph", "read", `"sequence":7`, `"sequence":7,"@graph":[]`},
		{"signature of the linked-data kind", "read", `"sequence":7`, `"sequence":7,"signature":{"type":"RsaSignature2017"}`},
		{"referral of another's", "offer", `"attributedTo":"https://north.example/ap/org"`, `"attributedTo":"https://evil.example/ap/org"`},
		{"referral to another", "offer", `"schema":`, `"to":["https://evil.example/ap/org"],"schema":`},
		{"referral without its second type", "offer", `["Article","Referral"]`, `"Article"`},
		{"referral without its first type", "offer", `["Article","Referral"]`, `["Referral"]`},
		{"referral with a third type", "offer", `["Article","Referral"]`, `["Article","Referral","Person"]`},
		{"referral on another host", "offer", `"id":"https://north.example/ap/ref/`, `"id":"https://victim.example/ap/ref/`},
		{"referral by reference", "offer", `"object":{`, `"object":"https://north.example/ap/ref/1","x":{`},
		{"code that is a sentence", "offer", `"purpose":"status_work"`, `"purpose":"help this family"`},
		{"engagement as object of an Accept", "accept", `"result":`, `"x":`},
		{"result by reference", "accept", `"result":{`, `"result":"https://labour.example/ap/eng/1","x":{`},
		{"digest of another kind", "read", `SHA-256=`, `SHA-1=`},
		{"spelling of the host", "read", `"actor":"https://labour.example/ap/org"`, `"actor":"https://LABOUR.example/ap/org"`},
		{"port spelled out", "read", `"actor":"https://labour.example/ap/org"`, `"actor":"https://labour.example:443/ap/org"`},
		{"user information", "read", `"object":"https://north.example/`, `"object":"https://x@north.example/`},
		{"published to the second", "read", `06:00:00Z`, `06:12:13Z`},
		{"published is not a time", "read", `2026-11-25T06:00:00Z`, `yesterday`},
		{"relationship of another kind", "admit", `ns/v1#member`, `ns/v1#owner`},
		{"key of somebody else", "list", `"owner":"https://north.example/ap/org"`, `"owner":"https://evil.example/ap/org"`},
		{"list cut short", "list", `"totalItems":1`, `"totalItems":2`},
		{"member without key", "list", `"publicKeyPem":`, `"x":`},
	} {
		base := encoded(t, c.base)
		bad := strings.Replace(base, c.old, c.new, 1)
		if bad == base {
			t.Errorf("%s: %q is not in the %s", c.name, c.old, c.base)
			continue
		}
		if a, err := gofed.Decode([]byte(bad)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %+v, %v; want invalid", c.name, a, err)
		}
	}
}

func TestDecodeRefusesTooMuch(t *testing.T) {
	big := strings.Replace(encoded(t, "read"), `"sequence":7`, `"sequence":7,"x":"`+strings.Repeat("a", federation.MaxBody)+`"`, 1)
	if _, err := gofed.Decode([]byte(big)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("large body: %v", err)
	}
	for name, v := range map[string]string{
		"long string": `"` + strings.Repeat("a", federation.MaxString+1) + `"`,
		"long list":   `[` + strings.Repeat(`1,`, federation.MaxList) + `1]`,
		"many keys":   manyKeys(),
	} {
		bad := strings.Replace(encoded(t, "read"), `"sequence":7`, `"sequence":7,"x":`+v, 1)
		if _, err := gofed.Parse([]byte(bad)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func manyKeys() string {
	m := map[string]int{}
	for i := 0; i < 70; i++ {
		m["k"+strings.Repeat("x", i)] = 1
	}
	b, _ := json.Marshal(m)
	return string(b)
}

func TestParseKeepsUnknownTypes(t *testing.T) {
	body := strings.Replace(encoded(t, "read"), `"type":"Read"`, `"type":"Flag","summary":"x","duration":"","lat":13.75`, 1)
	d, err := gofed.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	want := gofed.Envelope{ID: labour + "/ap/act/" + id1, Type: "Flag", Actor: labour + "/ap/org", To: north + "/ap/org"}
	if d.Known() || d.Envelope() != want {
		t.Errorf("got %v %+v", d.Known(), d.Envelope())
	}
}

func TestRoundTrip(t *testing.T) {
	for name, a := range examples() {
		body := []byte(encoded(t, name))
		got, err := gofed.Decode(body)
		if err != nil {
			t.Errorf("%s: %v %v\n%s", name, err, fault.As(err).Args, body)
			continue
		}
		if diff := cmp.Diff(a, got); diff != "" {
			t.Errorf("%s (-sent +read):\n%s", name, diff)
		}
		if again := []byte(encoded(t, name)); !bytes.Equal(body, again) {
			t.Errorf("%s: encoded twice, differs", name)
		}
	}
}

func TestEncodeForcesArrays(t *testing.T) {
	for name := range examples() {
		var m map[string]any
		if err := json.Unmarshal([]byte(encoded(t, name)), &m); err != nil {
			t.Fatal(err)
		}
		if _, ok := m["to"].([]any); !ok {
			t.Errorf("%s: to is %T", name, m["to"])
		}
		if o, ok := m["object"].(map[string]any); ok && o["orderedItems"] != nil {
			if _, ok := o["orderedItems"].([]any); !ok {
				t.Errorf("%s: orderedItems is %T", name, o["orderedItems"])
			}
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	a := examples()["offer"]
	a.Referral.Needs = []string{"สมหญิง"}
	if body, err := gofed.Encode(a); !fault.Is(err, fault.Invalid) || body != nil {
		t.Errorf("got %s, %v", body, err)
	}
	if _, err := gofed.Encode(federation.Activity{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("empty: %v", err)
	}
}

func TestActors(t *testing.T) {
	without, instance := organisation(), organisation()
	without.RFC9421 = false
	instance.Type = "Application"
	for _, a := range []federation.Actor{organisation(), network(), without, instance} {
		body, err := gofed.EncodeActor(a)
		if err != nil {
			t.Fatal(err, fault.As(err).Args)
		}
		got, err := gofed.DecodeActor(body)
		if err != nil {
			t.Fatal(err, fault.As(err).Args, string(body))
		}
		if diff := cmp.Diff(a, got); diff != "" {
			t.Error(diff)
		}
		for _, bad := range [][2]string{
			{`"owner":"https://`, `"owner":"https://evil.`}, {`/inbox"`, `/inbox?x=1"`}, {`"type":"` + a.Type + `"`, `"type":"Person"`},
			{`"sharedInbox":"https://`, `"sharedInbox":"https://evil.`}, {`"inbox":"https://`, `"inbox":"https://evil.`},
			{`"publicKeyPem"`, `"publicKeyJwk"`},
		} {
			worse := strings.Replace(string(body), bad[0], bad[1], 1)
			if worse == string(body) {
				t.Errorf("%q is not in %s", bad[0], body)
			}
			if _, err := gofed.DecodeActor([]byte(worse)); !fault.Is(err, fault.Invalid) {
				t.Errorf("%v: %v", bad, err)
			}
		}
	}
}

func TestMembers(t *testing.T) {
	for _, n := range []int{0, 1, 3} {
		m := list()
		m.Items = nil
		for i := 0; i < n; i++ {
			one := member()
			host := "https://m" + strings.Repeat("x", i) + ".example"
			one.Actor, one.Inbox, one.KeyID = host+"/ap/org", host+"/inbox", host+"/ap/org#main-key"
			one.Assertion = multikey(one.Actor, firstEd)
			m.Items = append(m.Items, one)
		}
		body, err := gofed.EncodeMembers(m)
		if err != nil {
			t.Fatal(err, fault.As(err).Args)
		}
		got, err := gofed.DecodeMembers(body)
		if err != nil {
			t.Fatal(err, fault.As(err).Args, string(body))
		}
		if diff := cmp.Diff(m, got); diff != "" {
			t.Error(diff)
		}
		if _, err := gofed.DecodeMembers(bytes.Replace(body, []byte(`"type":"OrderedCollection"`), []byte(`"type":"Collection"`), 1)); err == nil {
			t.Error("a list of another type was read")
		}
	}
}

func TestDocumentsOfTheirOwn(t *testing.T) {
	r, err := gofed.EncodeReferral(*examples()["offer"].Referral, north+"/ap/org", labour+"/ap/org")
	if err != nil || !bytes.Contains(r, []byte(`"type":["Article","Referral"]`)) || !bytes.Contains(r, []byte(`"to":["`+labour+`/ap/org"]`)) {
		t.Errorf("%s %v", r, err)
	}
	e, err := gofed.EncodeEngagement(*engagement("accepted"), labour+"/ap/org", north+"/ap/org")
	if err != nil || !bytes.Contains(e, []byte(`"type":["Article","Engagement"]`)) {
		t.Errorf("%s %v", e, err)
	}
	if _, err := gofed.EncodeEngagement(federation.Engagement{}, "", ""); err == nil {
		t.Error("an engagement without identifiers was written")
	}
}
