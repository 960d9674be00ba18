package policies

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/opaque"
)

func applicationTo(w *world, to, about string) federation.Activity {
	return federation.Activity{ID: w.gate.origin + "/ap/act/" + opaque.ID(), Type: federation.Join, Actor: w.gate.self, To: to, Object: to, Sequence: 7, Published: noon().UTC().Truncate(time.Hour),
		Application: &federation.Application{About: federation.Words{TH: about, EN: "<p>we help stateless people</p>"}, Services: []string{"dna", "status_work"}, Regions: []string{"57"},
			Languages: []string{"th"}, Contact: "office@north.example"}}
}

// applied tells whether an application leaves, and why not.
func applied(t *testing.T, w *world, a federation.Activity, change func(m, said map[string]any)) error {
	t.Helper()
	body, err := gofed.Encode(a)
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.gate.Decide(t.Context(), Request{Peer: a.To, Purpose: Membership, Facts: ApplicationFacts(*a.Application)})
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(m, m["instrument"].(map[string]any))
	}
	other, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.gate.Clear(t.Context(), d, other)
	return err
}

// TestAnApplicationLeavesAsItIs: what an applicant says of itself leaves for the hub,
// and nothing beside it; what is certainly a person's does not leave in it.
func TestAnApplicationLeavesAsItIs(t *testing.T) {
	w := open(t)
	good := applicationTo(w, hubPeer, "<p>เราช่วยคนไร้สัญชาติ</p>")
	for what, change := range map[string]func(m, said map[string]any){
		"other words":         func(_, said map[string]any) { said["content"] = "<p>อาซา</p>" },
		"another mailbox":     func(_, said map[string]any) { said["contact"] = "asa@north.example" },
		"a service more":      func(_, said map[string]any) { said["services"] = []any{"dna", "status_work", "legal_advice"} },
		"a service twice":     func(_, said map[string]any) { said["services"] = []any{"dna", "dna", "dna"} },
		"a telephone":         func(_, said map[string]any) { said["phone"] = "081-000-3344" },
		"another author":      func(_, said map[string]any) { said["attributedTo"] = hubPeer },
		"a kind of a case":    func(_, said map[string]any) { said["type"] = []any{"Article", "Referral"} },
		"in another activity": func(m, _ map[string]any) { m["type"] = "Offer" },
		"to everybody":        func(m, _ map[string]any) { m["to"] = federation.Everybody },
		"with a copy":         func(m, _ map[string]any) { m["cc"] = fullPeer },
		"with a result":       func(m, said map[string]any) { m["result"] = said },
	} {
		if err := applied(t, w, good, change); err == nil {
			t.Errorf("%s was cleared", what)
		}
	}
	if err := applied(t, w, good, nil); err != nil {
		t.Errorf("an application: %v", err)
	}
	if err := applied(t, w, applicationTo(w, hubPeer, "<p>ติดต่อ นางสาวสมหญิง ใจดีสาธิต</p>"), nil); err == nil {
		t.Error("a name has left in an application")
	}
	for _, peer := range []string{candidate, stranger, fullPeer, newPeer, observer} {
		if err := applied(t, w, applicationTo(w, peer, "<p>เราช่วย</p>"), nil); err == nil {
			t.Errorf("an application to %s was cleared", peer)
		}
	}
	for _, f := range applicationFields() {
		if f.Class != ClassE || slices.Contains(f.Ladder, "") {
			t.Errorf("%s is of class %s", f.Path, f.Class)
		}
	}
}
