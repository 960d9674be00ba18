package policies

import (
	"context"
	"slices"
	"testing"
)

const (
	affiliate = "https://affiliate.example/ap/org"
	paused    = "https://paused.example/ap/org"
	social    = "https://social.example/inbox"
)

// TestReachIsWhatTheGateDecides asks the gate for every field, kind of peer and
// situation, and compares with what Reaches says of the same snapshot.
func TestReachIsWhatTheGateDecides(t *testing.T) {
	for name, own := range map[string][][]string{
		"as built": nil,
		"own rules": {
			{"own_sex", "role:full", "referral", "referral/subject/sex", "generalised", "r.ctx.Openness < 3", "deny"},
			{"own_child", "role:provisional", "*", "referral/**", "*", "!r.ctx.Adult", "deny"},
			{"own_needs", "org:" + fullPeer, "referral", "referral/needs", "*", "r.ctx.K < 7", "deny"},
			{"own_message", "role:observer", "membership", "membership/message", "*", "true", "deny"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, own...)
			w.peers[affiliate] = Peer{Actor: affiliate, Tier: "affiliate", State: "active", Role: "member"}
			w.peers[social] = Peer{Actor: social, Role: RolePublic}
			w.peers[paused] = Peer{Actor: paused, Tier: "full", State: "suspended", Role: "member"}
			said, err := w.gate.Snapshot().Reaches()
			if err != nil {
				t.Fatal(err)
			}
			who := map[string]string{fullPeer: "full", newPeer: "provisional", affiliate: "affiliate", observer: "observer", hubPeer: "hub",
				candidate: "candidate", paused: suspended, social: RolePublic, stranger: Stranger}
			if own != nil {
				who[fullPeer] = "org:" + fullPeer
			}
			left, stayed := 0, 0
			for actor, audience := range who {
				for _, purpose := range purposes() {
					for _, at := range circumstances(purpose) {
						l, s := compare(t, w, Request{Peer: actor, Purpose: purpose}, audience, at, said)
						left, stayed = left+l, stayed+s
					}
				}
			}
			if left < 300 || stayed < 300 {
				t.Errorf("%d left, %d stayed: too little was compared", left, stayed)
			}
		})
	}
}

// circumstances are those that the rules above can tell apart.
func circumstances(purpose string) []Situation {
	out := []Situation{{}, {Consent: 2, Openness: 1, Adult: true}, {Consent: 3, Openness: 3, Adult: true}}
	if purpose == Publish {
		return append(out, Situation{Reviewed: true})
	}
	if purpose != Referral {
		return out
	}
	for _, consent := range []int{1, 2, 3} {
		for _, openness := range []int{0, 1, 2, 3} {
			for _, k := range []int{0, 4, 5, 7} {
				out = append(out, Situation{Consent: consent, Openness: openness, K: k, Adult: (consent+openness+k)%2 == 0})
			}
		}
	}
	return out
}

func compare(t *testing.T, w *world, q Request, audience string, at Situation, said []Reach) (left, stayed int) {
	t.Helper()
	q.Facts, q.Consent, q.Openness, q.Adult, q.Reviewed = Facts{}, at.Consent, at.Openness, at.Adult, at.Reviewed
	q.Count = func(context.Context, map[string]string) (int, error) { return at.K, nil }
	for _, f := range Fields() {
		if raw := Specimen(f.Path, noon()); purposeOf(f.Path) == q.Purpose && raw != nil {
			q.Facts[f.Path] = raw
		}
	}
	for _, f := range Fields() {
		if f.sealable() {
			q.Accepted, q.Agreed = true, append(q.Agreed, f.Path)
		}
	}
	q.Facts["referral/person/phone"], q.Facts["referral/person/full_name"] = []string{"080-000-0000"}, []string{"นาแฮ"}
	d, err := w.gate.Decide(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range d.Fields {
		i := slices.IndexFunc(said, func(r Reach) bool { return r.Audience == audience && r.Path == f.Path })
		if i < 0 {
			t.Fatalf("nothing is said of %s to %s", f.Path, audience)
		}
		r, want := said[i], Withheld
		if said[i].Form != Withheld && meets(at, r.Needs) {
			want = r.Form
		}
		if f.Form != want {
			t.Errorf("%s to %s in %+v: the gate decides %s (%s), said is %s", f.Path, audience, at, f.Form, f.Why, want)
		}
		if want == Withheld {
			stayed++
		} else {
			left++
		}
		if (r.Audience == Stranger || r.Audience == suspended) && (f.Class == ClassA || f.Class == ClassB) {
			continue // the gate has not even looked at the field; that it goes to nobody says more
		}
		if f.Form == Withheld && r.Form == Withheld && at.Consent == 3 && at.Openness == 3 && at.Adult && (at.K == 7 || q.Purpose != Referral) && q.Purpose != Publish && f.Why != r.Why {
			t.Errorf("%s to %s stays for %s, said is %s", f.Path, audience, f.Why, r.Why)
		}
	}
	return left, stayed
}

func meets(at, needs Situation) bool {
	return at.Consent >= needs.Consent && at.Openness >= needs.Openness && at.K >= needs.K && (at.Adult || !needs.Adult) && (at.Reviewed || !needs.Reviewed)
}

func TestReachSaysWhatIsNeeded(t *testing.T) {
	said, err := compiled(t).Reaches()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		audience, path string
		form           Form
		needs          Situation
		rule, why      string
	}{
		{"full", "referral/person/phone", Withheld, Situation{}, "", "policy.why.guard_class_a"},
		{"full", "referral/person/full_name", Withheld, Situation{}, "", "policy.why.guard_class_b"},
		{"provisional", pathPlace, Withheld, Situation{}, "referral_coarse", "policy.why.tier"},
		{"hub", pathPlace, Withheld, Situation{}, "floor_hub", "policy.why.floor_hub"},
		{Stranger, "members/name", Withheld, Situation{}, "", "policy.why.no_peer"},
		{"full", pathPlace, Generalised, Situation{Consent: 2, Openness: 2, K: 5}, "referral_coarse", ""},
		{"full", pathStatus, Generalised, Situation{Consent: 3, Openness: 2, K: 5}, "referral_coarse", ""},
		{"provisional", "referral/needs", Full, Situation{Consent: 2, Openness: 1, K: 1}, "referral_codes", ""},
		{"provisional", pathIssues, Full, Situation{Consent: 2, Openness: 1, K: 5}, "referral_codes", ""},
		{"observer", "members/name", Full, Situation{}, "membership_network", ""},
	} {
		i := slices.IndexFunc(said, func(r Reach) bool { return r.Audience == c.audience && r.Path == c.path })
		r := said[i]
		if r.Form != c.form || r.Needs != c.needs || r.Rule.ID != c.rule || r.Why != c.why {
			t.Errorf("%s to %s: %+v", c.path, c.audience, r)
		}
		if (r.Form == Withheld) != (r.Remedy != "") {
			t.Errorf("%s to %s has the remedy %q", c.path, c.audience, r.Remedy)
		}
		for _, s := range r.Stops {
			if s.Why == "" || s.Remedy == "" || s.Key == "" || s.Least < 1 {
				t.Errorf("%s to %s: %+v", c.path, c.audience, s)
			}
		}
	}
}

func TestEveryTransformHasAnExample(t *testing.T) {
	for _, f := range Fields() {
		if isMessage(f.Path) {
			continue
		}
		for _, e := range Examples(f.Path, Specimen(f.Path, noon()), noon()) {
			if len(e.Leaves) == 0 {
				t.Errorf("%s: the example says nothing to %s", f.Path, e.Transform)
			}
		}
	}
}

// TestReachOfARuleThatDeniesUpwards: a rule of our own may keep in what is known
// to be an adult's; then the best is not the highest.
func TestReachOfARuleThatDeniesUpwards(t *testing.T) {
	said, err := compiled(t, []string{"only_children", "*", "referral", pathPlace, "*", "r.ctx.Adult", "deny"}).Reaches()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range said {
		if upwards := r.Path == pathPlace && r.Audience == "full"; r.Mixed != upwards || (upwards && (r.Form != Generalised || r.Rule.ID != "referral_coarse" || len(r.Stops) != 3)) {
			t.Errorf("%+v", r)
		}
	}
}
