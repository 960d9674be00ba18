package policies

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sealed"
)

// handing is a request in which nothing is wanting.
func handing() Request {
	return Request{Peer: fullPeer, Purpose: Handover, Consent: 2, Openness: 2, Accepted: true,
		Agreed: []string{HandoverPath("full_name"), HandoverPath("birth_date"), HandoverPath("contact")},
		Facts: Facts{HandoverPath("full_name"): {"ด.ญ.", "นาแฮ", "ลาหู่นะ"}, HandoverPath("birth_date"): {"2015-04-23"},
			HandoverPath("contact"): {"ถามหาที่ครูประจำชั้นหลังเลิกเรียน"}, HandoverPath("needs_text"): {"อยากเรียนต่อ"}}}
}

func TestNothingIsHandedOver(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Request)
		why    string
	}{
		"before the other side has accepted":  {func(q *Request) { q.Accepted = false }, "policy.why.not_accepted"},
		"without consent":                     {func(q *Request) { q.Consent = 0 }, "policy.why.floor_handover"},
		"with a consent that stays inside":    {func(q *Request) { q.Consent = 1 }, "policy.why.floor_handover"},
		"from a compartment":                  {func(q *Request) { q.Openness = 0 }, "policy.why.floor_handover_openness"},
		"to a provisional member":             {func(q *Request) { q.Peer = newPeer }, "policy.why.tier"},
		"to an observer":                      {func(q *Request) { q.Peer = observer }, "policy.why.tier"},
		"to the hub":                          {func(q *Request) { q.Peer = hubPeer }, "policy.why.floor_hub_handover"},
		"to a stranger":                       {func(q *Request) { q.Peer = stranger }, "policy.why.no_peer"},
		"with nothing agreed":                 {func(q *Request) { q.Agreed = nil }, "policy.why.nothing_agreed"},
		"with something else agreed":          {func(q *Request) { q.Agreed = []string{HandoverPath("risk_note")} }, "policy.why.nothing_agreed"},
		"with what is agreed in another form": {func(q *Request) { q.Agreed = []string{"full_name"} }, "policy.why.nothing_agreed"},
	} {
		w := open(t)
		q := handing()
		c.change(&q)
		d := decide(t, w, q)
		if d.Allowed || d.Why != c.why {
			t.Errorf("%s: allowed %t, why %s, want %s", name, d.Allowed, d.Why, c.why)
		}
		for _, f := range d.Fields {
			if len(f.Values) > 0 {
				t.Errorf("%s: a refused decision has a value of %s", name, f.Path)
			}
		}
	}
}

// A field of class A, or of class B in another form or for another purpose, never
// gets out by way of a hand-over; and a number within a text keeps the text in.
func TestOnlyWhatWasAgreedIsSealed(t *testing.T) {
	w := open(t)
	q := handing()
	for path, v := range map[string]string{"referral/person/national_id": "0-0000-89000-00-5", "referral/person/phone": "080-000-1122", "referral/person/full_name": "นาแฮ",
		"referral/person/village": "ห้วยหินลาด", "referral/narrative": "ปฏิเสธ", "handover/person/phone": "080-000-1122", "handover/person/national_id": "0000089000005"} {
		q.Facts[path] = []string{v}
		q.Agreed = append(q.Agreed, path)
	}
	d := decide(t, w, q)
	var out []string
	for _, f := range d.Fields {
		if f.Form != Withheld {
			out = append(out, f.Path+" "+string(f.Form))
		}
		if len(f.Raw) > 0 && (f.Class == ClassA || f.Class == ClassB) {
			t.Errorf("the decision keeps what the file holds of %s", f.Path)
		}
	}
	want := []string{"handover/person/full_name sealed", "handover/person/birth_date sealed", "handover/person/contact sealed"}
	if diff := cmp.Diff(want, out); diff != "" || !d.Allowed {
		t.Errorf("allowed %t\n%s", d.Allowed, diff)
	}
	for _, text := range []string{"โทร 080-000-1122", "เลข ๐-๐๐๐๐-๘๙๐๐๐-๐๐-๕", "ไลน์ไอดี naha_e2015", "อยู่บ้านเลขที่ 99 หมู่ 4 ต.แม่สลองใน", "naha@example.org"} {
		q := handing()
		q.Facts[HandoverPath("contact")] = []string{text}
		d := decide(t, w, q)
		i := slices.IndexFunc(d.Fields, func(f FieldDecision) bool { return f.Path == HandoverPath("contact") })
		if f := d.Fields[i]; f.Form != Withheld || f.Why != "policy.why.guard_number_inside" {
			t.Errorf("%q leaves as %s (%s)", text, f.Form, f.Why)
		}
	}
	for _, path := range []string{HandoverPath("full_name"), "referral/person/full_name"} {
		for _, purpose := range []string{Referral, Feedback, Protocol, Membership, Publish} {
			d := decide(t, w, Request{Peer: fullPeer, Purpose: purpose, Facts: Facts{path: {"นาแฮ"}}, Consent: 3, Openness: 3, Accepted: true, Agreed: []string{path}, Reviewed: true})
			if len(d.Values(path)) > 0 {
				t.Errorf("%s leaves for %s", path, purpose)
			}
		}
	}
}

// packing is an activity that seals content for a decision.
func packing(t *testing.T, content []byte) (object, sealed.Look) {
	t.Helper()
	k, err := sealed.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	look, err := sealed.Seal(&out, bytes.NewReader(content), int64(len(content)), k.Public(), sealed.Binding{})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(out.Bytes())
	var chunks []any
	for _, c := range federation.Cut(out.Bytes()) {
		chunks = append(chunks, c)
	}
	return with(envelope("Add", fullPeer), object{"object": object{"type": []any{"Article", "SealedPackage"}, "id": "https://north.example/ap/pkg/" + opaque.ID(),
		"attributedTo": self, "to": fullPeer, "schema": federation.SchemaPackage, "referral": ourReferral, "disclosureRequest": "https://labour.example/ap/req/" + opaque.ID(),
		"sealedTo": fullPeer + "#ka-aaaaaaaaaaaaaaaa", "consentRef": opaque.ID(), "expiresAt": "2026-12-04T00:00:00Z", "sealedSize": out.Len(),
		"digest": "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:]), "chunks": chunks,
		"statementProof": object{"provedBy": self + "#ed-aaaaaaaaaaaaaaaa", "provedAt": "2026-11-25T05:00:00Z", "provedValue": "z" + strings.Repeat("b", 87)}}}), look
}

var ourReferral = "https://north.example/ap/ref/" + opaque.ID()

// The gate reads back what is sealed: one word more, less or other, and it stays.
func TestClearSealed(t *testing.T) {
	w := open(t)
	d := decide(t, w, handing())
	good, err := HandoverContent(d, ourReferral)
	if err != nil || !d.Allowed {
		t.Fatal(err, d.Why)
	}
	if h, err := sealed.DecodeContent(good); err != nil || len(h.Fields) != 3 || h.Fields["full_name"][1] != "นาแฮ" {
		t.Fatalf("the content: %v, %v", h, err)
	}
	more := bytes.Replace(good, []byte(`"fields":{`), []byte(`"fields":{"needs_text":["อยากเรียนต่อ"],`), 1)
	other := bytes.Replace(good, []byte("นาแฮ"), []byte("นาซือ"), 1)
	foreign, err := HandoverContent(d, "https://north.example/ap/ref/"+opaque.ID())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"a field more": more, "another name": other, "of another referral": foreign, "nothing": nil, "behind it": append(slices.Clone(good), ' ')} {
		body, look := packing(t, content)
		if _, err := w.gate.ClearSealed(t.Context(), d, bytesOf(t, body), look); !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", name, err)
		}
	}
	body, look := packing(t, good)
	if _, err := w.gate.Clear(t.Context(), d, bytesOf(t, body)); !fault.Is(err, fault.Denied) || fault.As(err).Args["why"] != "unread" {
		t.Errorf("without reading it: %v", err)
	}
	if _, err := w.gate.ClearSealed(t.Context(), d, bytesOf(t, body), sealed.Look{1}); !fault.Is(err, fault.Denied) {
		t.Errorf("with another look: %v", err)
	}
	for place, value := range map[string]any{"content": "นาแฮ", "name": "x", "digest": "SHA-256=" + strings.Repeat("A", 43) + "=", "consentRef": "นาแฮ", "to": newPeer, "sealedTo": newPeer + "#ka-aaaaaaaaaaaaaaaa",
		"expiresAt": "2026-11-01T00:00:00Z", "chunks": []any{"นาแฮ"}, "sealedSize": 10} {
		var bad object
		if err := json.Unmarshal(bytesOf(t, body), &bad); err != nil {
			t.Fatal(err)
		}
		bad["object"].(map[string]any)[place] = value
		if _, err := w.gate.ClearSealed(t.Context(), d, bytesOf(t, bad), look); !fault.Is(err, fault.Denied) {
			t.Errorf("with another %s: %v", place, err)
		}
	}
	c, err := w.gate.ClearSealed(t.Context(), d, bytesOf(t, body), look)
	if err != nil {
		t.Fatal(err, fault.As(err).Args)
	}
	r, err := c.Consume(bytesOf(t, body), fullPeer)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(r.Seal, []byte("นาแฮ")) {
		t.Error("the receipt of the clearance holds a name")
	}
	if _, err := w.gate.Recheck(t.Context(), r, bytesOf(t, body)); err != nil {
		t.Errorf("at send time: %v", err)
	}
	if err := w.gate.Load([][]string{{"own_no_handover", "*", "handover", "handover/person/contact", "sealed", "true", "deny"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.gate.Recheck(t.Context(), r, bytesOf(t, body)); !fault.Is(err, fault.Denied) {
		t.Errorf("after a rule of our own against it: %v", err)
	}
}
