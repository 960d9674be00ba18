package policies

import (
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/policies/disclose"
)

type object = map[string]any

func list(v []string) []any {
	out := []any{}
	for _, one := range v {
		out = append(out, one)
	}
	return out
}

// document builds the Offer as the wire has it, from what the decision released.
func document(d Decision) object {
	code, slots := disclose.ParsePhrase(d.Value("referral/phrases"))
	place := append(d.Values(pathPlace), "", "")
	return object{
		"@context": []any{"https://www.w3.org/ns/activitystreams", object{"saphan": "https://saphan.network/ns/v1#", "needs": "saphan:needs", "slots": object{"@id": "saphan:slots", "@type": "@json"}}},
		"id":       "https://north.example/ap/act/" + opaque.ID(), "type": "Offer", "actor": self, "to": []any{d.Peer},
		"published": "2026-11-25T05:00:00Z", "sequence": 7,
		"object": object{
			"type": []any{"Article", "Referral"}, "id": "https://north.example/ap/ref/" + opaque.ID(), "attributedTo": self, "to": []any{d.Peer},
			"schema": "referral-stage1/1", "revision": 1, "kind": d.Value("referral/kind"), "urgency": d.Value("referral/urgency"),
			"respondBy": d.Value("referral/respond_by"), "purpose": d.Value("referral/purpose"), "needs": list(d.Values("referral/needs")),
			"issues": list(d.Values("referral/issues")), "feedbackDue": d.Value("referral/feedback_due"),
			"subject": object{"kind": d.Value("referral/subject/kind"), "ageBand": d.Value(pathBirth), "sex": d.Value(pathSex), "sizeBand": d.Value(pathHousehold),
				"minors": d.Value("referral/subject/minors"), "statusFamily": d.Value(pathStatus), "areaLevel": place[0], "areaCode": place[1],
				"interpreter": d.Value("referral/subject/interpreter"), "guardianPresent": d.Value("referral/subject/guardian_present")},
			"phrases":    []any{object{"code": code, "slots": slots}},
			"disclosure": object{"policy": d.Policy, "transforms": list(d.Transforms()), "k": d.K},
			"consent":    object{"basis": d.Value("referral/consent/basis"), "scope": d.Value("referral/consent/scope"), "version": d.Value("referral/consent/version")},
		},
	}
}

func bytesOf(t *testing.T, o object) []byte {
	t.Helper()
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestClearRefuses(t *testing.T) {
	w := open(t)
	d := decide(t, w, offer())
	if _, err := w.gate.Clear(t.Context(), d, bytesOf(t, document(d))); err != nil {
		t.Fatalf("the untouched document is refused: %v", fault.As(err).Args)
	}
	in := func(o object) object { return o["object"].(object) }
	subject := func(o object) object { return in(o)["subject"].(object) }
	for name, change := range map[string]func(object){
		"a name in a new key":        func(o object) { in(o)["name"] = "นางสาวนาแล" },
		"a summary at the top":       func(o object) { o["summary"] = "dna" },
		"a new key in the subject":   func(o object) { subject(o)["district"] = "57" },
		"a released value elsewhere": func(o object) { subject(o)["sex"] = d.Value(pathBirth) },
		"the raw birth year":         func(o object) { subject(o)["ageBand"] = "2015" },
		"the raw status":             func(o object) { subject(o)["statusFamily"] = "0-89" },
		"area parts swapped":         func(o object) { subject(o)["areaLevel"], subject(o)["areaCode"] = "57", "province" },
		"another province":           func(o object) { subject(o)["areaCode"] = "50" },
		"one need too many":          func(o object) { in(o)["needs"] = []any{"dna", "dna", "dna"} },
		"a need not released":        func(o object) { in(o)["needs"] = []any{"shelter"} },
		"a list for a value":         func(o object) { in(o)["kind"] = []any{"service", "service"} },
		"an object for a value":      func(o object) { in(o)["kind"] = object{"service": "service"} },
		"null":                       func(o object) { in(o)["kind"] = nil },
		"a truth value":              func(o object) { in(o)["kind"] = true },
		"an empty string":            func(o object) { in(o)["kind"] = "" },
		"a number for a code":        func(o object) { subject(o)["areaCode"] = 57 },
		"a fraction":                 func(o object) { o["sequence"] = 7.25 },
		"an id number as sequence":   func(o object) { o["sequence"] = 890000051234 },
		"a phone as sequence":        func(o object) { o["sequence"] = 891234567 },
		"time to the minute":         func(o object) { o["published"] = "2026-11-25T05:12:00Z" },
		"time of last year":          func(o object) { o["published"] = "2015-04-23T05:00:00Z" },
		"another recipient":          func(o object) { o["to"] = []any{newPeer} },
		"two recipients":             func(o object) { o["to"] = []any{d.Peer, d.Peer} },
		"public":                     func(o object) { o["to"] = []any{"https://www.w3.org/ns/activitystreams#Public"} },
		"object to another":          func(o object) { in(o)["to"] = []any{newPeer} },
		"a person as actor":          func(o object) { o["actor"] = "https://north.example/ap/somchai" },
		"a telling id":               func(o object) { o["id"] = "https://north.example/ap/act/0000089000005" },
		"a case number as reference": func(o object) { in(o)["id"] = "https://north.example/ap/ref/2569-104" },
		"an id with a query":         func(o object) { in(o)["id"] = "https://north.example/ap/ref/" + opaque.ID() + "?n=1" },
		"an id elsewhere":            func(o object) { o["id"] = "https://other.example/ap/act/" + opaque.ID() },
		"another type":               func(o object) { o["type"] = "Create" },
		"a type for another purpose": func(o object) { o["type"] = "Update" },
		"two types":                  func(o object) { o["type"] = []any{"Offer", "Offer"} },
		"no type":                    func(o object) { delete(o, "type") },
		"no recipient":               func(o object) { delete(o, "to") },
		"another policy":             func(o object) { in(o)["disclosure"].(object)["policy"] = "sha256:00" },
		"a smaller group":            func(o object) { in(o)["disclosure"].(object)["k"] = 3 },
		"a transform not used":       func(o object) { in(o)["disclosure"].(object)["transforms"] = []any{"month/1"} },
		"another slot": func(o object) {
			in(o)["phrases"] = []any{object{"code": "office_did_not_accept_application", "slots": object{"officeType": "court"}}}
		},
		"a slot more": func(o object) {
			in(o)["phrases"] = []any{object{"code": "office_did_not_accept_application", "slots": object{"officeType": "registry", "kind": "x"}}}
		},
		"text in a phrase": func(o object) {
			in(o)["phrases"] = []any{object{"code": "office_did_not_accept_application", "text": "x"}}
		},
		"a context elsewhere": func(o object) { o["@context"] = "https://evil.example/ns" },
		"words in a context":  func(o object) { o["@context"] = object{"needs": "saphan:needs0000089000005"} },
		"a name in a context": func(o object) { o["@context"] = object{"นาแล": "saphan:needs"} },
	} {
		t.Run(name, func(t *testing.T) {
			o := document(d)
			change(o)
			c, err := w.gate.Clear(t.Context(), d, bytesOf(t, o))
			if !fault.Is(err, fault.Denied) || c.Valid() {
				t.Errorf("cleared: %v", err)
			}
		})
	}
	good := string(bytesOf(t, document(d)))
	for name, body := range map[string]string{
		"nothing": "", "not JSON": "{", "an array": "[]", "two documents": good + good, "a doubled name": `{"type":"Offer",` + good[1:],
		"not UTF-8": strings.Replace(good, "dna", "dn\xff", 1), "only braces": "{}",
	} {
		if _, err := w.gate.Clear(t.Context(), d, []byte(body)); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: cleared: %v", name, err)
		}
	}
}

func TestClearRefusesChangedDecisions(t *testing.T) {
	w := open(t)
	d := decide(t, w, offer())
	body := bytesOf(t, document(d))
	for name, change := range map[string]func(*Decision){
		"no seal":     func(d *Decision) { d.Seal = nil },
		"other peer":  func(d *Decision) { d.Peer = newPeer },
		"other value": func(d *Decision) { d.Fields[0].Values = []string{"transfer"} },
		"other field": func(d *Decision) { d.Fields[0].Path = "referral/needs" },
		"a new field": func(d *Decision) {
			d.Fields = append(d.Fields, FieldDecision{Path: "referral/person/full_name", Form: Full, Values: []string{"x"}})
		},
		"consent": func(d *Decision) { d.Consent = 2 },
		"k":       func(d *Decision) { d.K = 100 },
		"by hand": func(d *Decision) {
			*d = Decision{Allowed: true, Peer: d.Peer, Purpose: d.Purpose, Policy: d.Policy, Seal: []byte("x")}
		},
		"denied":   func(d *Decision) { d.Allowed = false },
		"purposes": func(d *Decision) { d.Purpose = Protocol },
	} {
		c := d
		c.Fields = append([]FieldDecision(nil), d.Fields...)
		change(&c)
		if _, err := w.gate.Clear(t.Context(), c, body); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: cleared: %v", name, err)
		}
	}
	// A decision survives storage, but not another gate's key, nor new rules.
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back Decision
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if _, err := w.gate.Clear(t.Context(), back, body); err != nil {
		t.Errorf("a stored decision is refused: %v", err)
	}
	other := open(t)
	other.gate.key = []byte(strings.Repeat("x", 32))
	if _, err := other.gate.Clear(t.Context(), d, body); !fault.Is(err, fault.Denied) {
		t.Error("another gate clears it")
	}
	if err := w.gate.Load([][]string{{"not_there", "*", "referral", "referral/issues", "*", "true", "deny"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.gate.Clear(t.Context(), d, body); !fault.Is(err, fault.Denied) {
		t.Error("cleared under other rules than decided")
	}
}

func TestClearanceIsUsedOnce(t *testing.T) {
	w := open(t)
	d := decide(t, w, offer())
	body := bytesOf(t, document(d))
	fresh := func() Clearance {
		c, err := w.gate.Clear(t.Context(), d, body)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if (Clearance{}).Valid() {
		t.Error("the zero clearance is valid")
	}
	if _, err := (Clearance{}).Consume(body, d.Peer); !fault.Is(err, fault.Denied) {
		t.Error("the zero clearance permits")
	}
	altered := append([]byte(nil), body...)
	altered[len(altered)/2] ^= 1
	if _, err := fresh().Consume(altered, d.Peer); !fault.Is(err, fault.Denied) {
		t.Error("an altered byte passes")
	}
	for _, peer := range []string{"", newPeer, self} {
		if _, err := fresh().Consume(body, peer); !fault.Is(err, fault.Denied) {
			t.Errorf("it passes to %q", peer)
		}
	}
	c := fresh()
	same := c
	r, err := c.Consume(body, d.Peer)
	if err != nil || r.Decision != d.ID || r.Peer != d.Peer || r.Policy != d.Policy {
		t.Fatalf("%+v %v", r, err)
	}
	for _, again := range []Clearance{c, same} {
		if _, err := again.Consume(body, d.Peer); !fault.Is(err, fault.Denied) || again.Valid() {
			t.Error("used twice")
		}
	}
	if strings.Contains(string(r.Seal), "zero_card") || strings.Contains(string(r.Seal), "7-14") {
		t.Error("the receipt holds values")
	}
}

// TestManyAtOnce: one clearance lets one through, and decisions do not disturb each other.
func TestManyAtOnce(t *testing.T) {
	w := open(t)
	d := decide(t, w, offer())
	body := bytesOf(t, document(d))
	c, err := w.gate.Clear(t.Context(), d, body)
	if err != nil {
		t.Fatal(err)
	}
	s, sub := w.gate.Snapshot(), subject{peer: w.peers[fullPeer], id: "org:" + fullPeer, roles: []string{"role:full", "role:member", "role:network"}}
	var passed atomic.Int64
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			if _, err := c.Consume(body, d.Peer); err == nil {
				passed.Add(1)
			}
			at := Situation{Consent: 3, Openness: 2, K: 9}
			yes, err1 := s.ask(sub, Referral, pathPlace, "generalised", at)
			no, err2 := s.ask(sub, Referral, pathPlace, "full", at)
			if err1 != nil || err2 != nil || !yes.allowed || no.allowed {
				t.Error("another answer in company")
			}
		})
	}
	all.Wait()
	if passed.Load() != 1 {
		t.Errorf("%d passed", passed.Load())
	}
}

func TestRecheck(t *testing.T) {
	w := open(t)
	d := decide(t, w, offer())
	body := bytesOf(t, document(d))
	c, err := w.gate.Clear(t.Context(), d, body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Consume(body, d.Peer)
	if err != nil {
		t.Fatal(err)
	}
	again := func(r Receipt, body []byte) error {
		c, err := w.gate.Recheck(t.Context(), r, body)
		if err == nil {
			_, err = c.Consume(body, r.Peer)
		}
		return err
	}
	if err := again(r, body); err != nil {
		t.Fatalf("refused: %v", err)
	}
	for name, change := range map[string]func(*Receipt){
		"peer": func(r *Receipt) { r.Peer = newPeer }, "hash": func(r *Receipt) { r.SHA256 = strings.Repeat("0", 64) },
		"policy": func(r *Receipt) { r.Policy = "sha256:0" }, "decision": func(r *Receipt) { r.Decision = opaque.ID() },
		"seal": func(r *Receipt) { r.Seal = append([]byte(nil), r.Seal...); r.Seal[0] ^= 1 }, "no seal": func(r *Receipt) { r.Seal = nil },
		"short seal": func(r *Receipt) { r.Seal = r.Seal[:12] },
	} {
		bad := r
		change(&bad)
		if err := again(bad, body); !fault.Is(err, fault.Denied) {
			t.Errorf("another %s passes: %v", name, err)
		}
	}
	if err := again(r, append(body, ' ')); !fault.Is(err, fault.Denied) {
		t.Error("a longer body passes")
	}
	if err := w.gate.Load([][]string{{"elsewhere", "role:observer", "*", "members/**", "*", "true", "deny"}}); err != nil {
		t.Fatal(err)
	}
	if err := again(r, body); err != nil {
		t.Errorf("a rule about others stops it: %v", err)
	}
	if err := w.gate.Load([][]string{{"no_sex", "*", "referral", "referral/subject/sex", "*", "true", "deny"}}); err != nil {
		t.Fatal(err)
	}
	if err := again(r, body); !fault.Is(err, fault.Denied) {
		t.Error("what the rules no longer release passes")
	}
	if err := w.gate.Load(nil); err != nil {
		t.Fatal(err)
	}
	w.peers[fullPeer] = Peer{Actor: fullPeer, Tier: "full", State: "suspended", Role: "member"}
	if err := again(r, body); !fault.Is(err, fault.Denied) {
		t.Error("a suspended member receives")
	}
	delete(w.peers, fullPeer)
	if err := again(r, body); !fault.Is(err, fault.Denied) {
		t.Error("a member that left receives")
	}
	w.gate.live.Store(nil)
	if err := again(r, body); !fault.Is(err, fault.Denied) {
		t.Error("without rules it passes")
	}
}
