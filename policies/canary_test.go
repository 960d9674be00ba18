package policies

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// canaries are values of class A and B as a file holds them.
var canaries = []string{"นาแล จะอือ", "Nalae Ja-ue", "0000089000005", "0-0000-89000-00-5", "080-000-1122", "บ้านห้วยหินลาด", "1990-05-02", "19.9105,99.8406",
	"LINE:nalae", "โรงงานปลาทอง", "เขาเล่าว่าถูกนายจ้างตี", "ชร 14/2569", "6-71", "อาข่า"}

// disguises are the ways in which a value could hide in a message.
func disguises(s string) []string {
	thai := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '๐' + r - '0'
		}
		return r
	}, s)
	back := []rune(s)
	slices.Reverse(back)
	escaped, _ := json.Marshal(s)
	ascii := ""
	for _, r := range s {
		ascii += fmt.Sprintf(`\u%04x`, r)
	}
	letters := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '/' || r == '.' {
			return -1
		}
		return r
	}, s)
	return []string{s, thai, letters, strings.Join(strings.Split(letters, ""), " "), strings.Join(strings.Split(letters, ""), "-"), string(back),
		base64.StdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s)), hex.EncodeToString([]byte(s)),
		strings.ToUpper(hex.EncodeToString([]byte(s))), url.QueryEscape(s), url.PathEscape(s), strings.Trim(string(escaped), `"`), ascii}
}

// prune takes out what was not released, as the builder of offers does.
func prune(v any) any {
	switch x := v.(type) {
	case object:
		for k, one := range x {
			if one = prune(one); one == nil {
				delete(x, k)
			} else {
				x[k] = one
			}
		}
		if len(x) == 0 {
			return nil
		}
	case []any:
		x = slices.DeleteFunc(x, func(one any) bool { return prune(one) == nil })
		if len(x) == 0 {
			return nil
		}
		return x
	case string:
		if x == "" {
			return nil
		}
	case map[string]string:
		if len(x) == 0 {
			return nil
		}
	}
	return v
}

// canaryGates are gates with no rules of their own, with some, and with many.
func canaryGates(t *testing.T) []*world {
	t.Helper()
	place := []string{"own_no_place", "*", "referral", pathPlace, "*", "true", "deny"}
	return []*world{open(t), open(t, place), open(t, place, []string{"own_no_issue", "*", "referral", pathIssues, "*", "!r.ctx.Adult", "deny"})}
}

// canaryRound asks for one random file, consent, policy and peer, with canaries
// in fields of every class, and looks at what was cleared. It reports whether
// anything was.
func canaryRound(t *testing.T, gates []*world, seed uint64) bool {
	r := rand.New(rand.NewPCG(seed, 7))
	pick := func(of []string) string { return of[r.IntN(len(of))] }
	var hidden []string
	for _, c := range canaries {
		hidden = append(hidden, disguises(c)...)
	}
	g := gates[r.IntN(len(gates))].gate
	q := offer()
	q.Peer = pick([]string{fullPeer, fullPeer, fullPeer, newPeer, observer, hubPeer, candidate, stranger})
	q.Consent, q.Openness, q.Adult = 3-r.IntN(8)/5*r.IntN(4), 3-r.IntN(8)/5*r.IntN(4), r.IntN(2) == 0
	q.Count = people(2 + r.IntN(40))
	for _, f := range Fields() {
		switch {
		case f.Class == ClassA || f.Class == ClassB:
			q.Facts[f.Path] = []string{pick(hidden)}
		case r.IntN(60) == 0: // a file in which something stands in the wrong place
			q.Facts[f.Path] = []string{pick(hidden)}
		case r.IntN(60) == 0:
			q.Facts[f.Path] = append(slices.Clone(q.Facts[f.Path]), pick(hidden))
		case r.IntN(60) == 0:
			delete(q.Facts, f.Path)
		}
	}
	q.Facts["referral/invented/"+pick([]string{"name", "x"})] = []string{pick(hidden)}
	d, err := g.Decide(t.Context(), q)
	if err != nil || !d.Allowed {
		return false
	}
	doc := document(d)
	if r.IntN(2) == 0 { // a fault in the builder
		sub := doc["object"].(object)
		switch r.IntN(4) {
		case 0:
			sub[pick([]string{"summary", "content", "name", "kind", "purpose"})] = pick(hidden)
		case 1:
			sub["subject"].(object)[pick([]string{"ageBand", "areaCode", "village"})] = pick(hidden)
		case 2:
			sub["needs"] = append(sub["needs"].([]any), pick(hidden))
		case 3:
			sub["phrases"] = []any{object{"code": "no_birth_evidence", "slots": map[string]string{"office": pick(hidden)}}}
		}
	}
	body, err := json.Marshal(prune(doc))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Clear(t.Context(), d, body); err != nil {
		return false
	}
	for _, h := range hidden {
		if len(h) > 4 && bytes.Contains(body, []byte(h)) {
			t.Errorf("seed %d: %q was cleared for %s", seed, h, q.Peer)
		}
	}
	return true
}

// TestGolden1NoCanaryLeaves is the first golden test of domain.md §4.12: no byte of
// class A or B, in any disguise, in anything that is cleared.
func TestGolden1NoCanaryLeaves(t *testing.T) {
	cleared, gates := 0, canaryGates(t)
	const rounds = 800
	for seed := range uint64(rounds) {
		if canaryRound(t, gates, seed) {
			cleared++
		}
	}
	if cleared < rounds/20 {
		t.Errorf("only %d of %d were cleared: the test proves little", cleared, rounds)
	}
}

func FuzzCanary(f *testing.F) {
	f.Add(uint64(1))
	var gates []*world
	f.Fuzz(func(t *testing.T, seed uint64) {
		if gates == nil {
			gates = canaryGates(t)
		}
		canaryRound(t, gates, seed)
	})
}
