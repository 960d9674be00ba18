package policies

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/opaque"
)

// publication is a statement as the hub of the tests would publish it.
func publication(w *world) federation.Publication {
	base := strings.TrimSuffix(w.gate.origin, "/")
	at := noon().UTC().Truncate(time.Hour)
	return federation.Publication{ID: base + PublicPath + "/act/" + opaque.ID(), Type: federation.Create, Actor: base + PublicPath, Followers: base + FollowersPath, Published: at,
		Document: &federation.Public{ID: base + "/public/" + opaque.ID(), Author: base + PublicPath, Kind: federation.Statement, Published: at,
			Name: federation.Words{TH: "คลินิกเคลื่อนที่", EN: "Mobile clinic"}, Content: federation.Words{TH: "<p>วันเสาร์</p>", EN: "<p>On Saturday &amp; Sunday</p>"}}}
}

func publicRequest(peer string) Request {
	return Request{Peer: peer, Purpose: Publish, Reviewed: true, Facts: PublicFacts(federation.Words{TH: "คลินิกเคลื่อนที่", EN: "Mobile clinic"}, federation.Words{},
		federation.Words{TH: "วันเสาร์", EN: "On Saturday & Sunday"}, federation.Words{}, time.Time{}, time.Time{}, "")}
}

// TestNothingElseIsPublic: a follower, and everybody, gets reviewed public
// documents, and neither another field, nor another purpose, nor another byte.
func TestNothingElseIsPublic(t *testing.T) {
	w := open(t)
	w.peers[social] = Peer{Actor: social, Role: RolePublic}
	for _, purpose := range purposes() {
		for _, at := range []Situation{{Consent: 3, Openness: 3, K: maxNumber, Scrubbed: true, Reviewed: true, Adult: true}, {Consent: 3, Openness: 3, K: maxNumber, Adult: true}} {
			sub := subject{peer: w.peers[social], id: "org:" + social, roles: []string{rolePublic}}
			for _, f := range Fields() {
				for _, form := range []Form{Full, Generalised, Count} {
					v, err := w.gate.Snapshot().ask(sub, purpose, f.Path, string(form), at)
					want := form == Full && ((purpose == Publish && at.Reviewed && strings.HasPrefix(f.Path, "public/")) ||
						(purpose == Protocol && (f.Path == "activity/message" || strings.HasPrefix(f.Path, "activity/follow/"))))
					if v.allowed != want && err == nil {
						t.Errorf("%s of %s for %s, reviewed %t: %t", form, f.Path, purpose, at.Reviewed, v.allowed)
					}
				}
			}
		}
	}
	unreviewed := publicRequest(social)
	unreviewed.Reviewed = false
	if d, err := w.gate.Decide(t.Context(), unreviewed); err != nil || d.Allowed || d.Why != "policy.why.floor_unreviewed" {
		t.Errorf("what nobody has released: %+v %v", d.Why, err)
	}
	for _, member := range []string{fullPeer, hubPeer, candidate, stranger} {
		if d, err := w.gate.Decide(t.Context(), publicRequest(member)); err != nil || d.Allowed {
			t.Errorf("a publication for %s: %t %v", member, d.Allowed, err)
		}
	}
	number := publicRequest(social)
	number.Facts["public/content_th"] = []string{"เลข 5-0000-00000-00-๑ ของเขา"}
	if d, err := w.gate.Decide(t.Context(), number); err != nil || len(d.Values("public/content_th")) > 0 {
		t.Errorf("the number of an identity card: %v %v", d.Values("public/content_th"), err)
	}
}

func TestPublicBytesAreCleared(t *testing.T) {
	w := open(t)
	w.peers[social] = Peer{Actor: social, Role: RolePublic}
	p := publication(w)
	body, err := gofed.EncodePublication(p)
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.gate.Decide(t.Context(), publicRequest(social))
	if err != nil || !d.Allowed {
		t.Fatalf("%+v %v", d.Why, err)
	}
	c, err := w.gate.Clear(t.Context(), d, body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Consume(body, social)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.gate.Recheck(t.Context(), r, body); err != nil {
		t.Error(err)
	}
	delete(w.peers, social)
	if _, err := w.gate.Recheck(t.Context(), r, body); err == nil {
		t.Error("who follows no more still gets it")
	}
	w.peers[social] = Peer{Actor: social, Role: RolePublic}
	for what, change := range map[string]func(m, object map[string]any){
		"another title":         func(_, o map[string]any) { o["name"] = "ชื่อคน" },
		"another text":          func(_, o map[string]any) { o["contentMap"].(map[string]any)["th"] = "<p>อาซา</p>" },
		"texts changed round":   func(_, o map[string]any) { o["name"] = o["content"] },
		"a count":               func(_, o map[string]any) { o["replies"] = 5 },
		"a code of a case":      func(_, o map[string]any) { o["needs"] = []any{"dna"} },
		"a hidden receiver":     func(m, _ map[string]any) { m["bto"] = fullPeer },
		"another follower list": func(m, _ map[string]any) { m["cc"] = []any{social} },
		"another actor":         func(m, _ map[string]any) { m["actor"] = w.gate.self },
		"another author":        func(_, o map[string]any) { o["attributedTo"] = w.gate.self },
		"a referral":            func(_, o map[string]any) { o["type"] = []any{"Article", "Referral"} },
		"an offer":              func(m, _ map[string]any) { m["type"] = "Offer" },
		"an hour long past":     func(m, _ map[string]any) { m["published"] = "2020-01-01T00:00:00Z" },
		"a minute":              func(m, _ map[string]any) { m["published"] = noon().UTC().Format("2006-01-02T15:04:05Z") + "x" },
		"an address that tells": func(_, o map[string]any) { o["id"] = w.gate.origin + "/public/asa" },
		"a word of the context": func(m, _ map[string]any) {
			m["@context"] = []any{"https://www.w3.org/ns/activitystreams", map[string]any{"asa": "https://x.example/"}}
		},
		"a foreign word's sense": func(m, _ map[string]any) {
			m["@context"] = []any{"https://www.w3.org/ns/activitystreams", map[string]any{"timezone": "https://schema.org/x"}}
		},
	} {
		var m map[string]any
		if err := json.Unmarshal(body, &m); err != nil {
			t.Fatal(err)
		}
		change(m, m["object"].(map[string]any))
		other, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.gate.Clear(t.Context(), d, other); err == nil {
			t.Errorf("%s was cleared: %s", what, other)
		}
	}
}

// TestCaseNeverToEverybody: no decision for any other purpose clears bytes that
// are addressed to everybody.
func TestCaseNeverToEverybody(t *testing.T) {
	for _, activity := range []string{"Offer", "Update", "Accept", "Read", "Reject", "Undo", "Invite", "Join", "Leave", "TentativeAccept", "Create", "Delete", "Announce"} {
		for _, place := range []string{"to", "cc", "object/to", "audience"} {
			_, kind := shape([]leaf{{place: "type", text: activity}, {place: "object/type", text: "Referral"}, {place: place, text: federation.Everybody}})
			if for_ := purposesOf(activity, kind); len(for_) > 0 && !slices.Equal(for_, []string{Publish}) {
				t.Errorf("%s with everybody in %s may be cleared for %s", activity, place, for_)
			}
		}
	}
}
