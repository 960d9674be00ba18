package policies

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sealed"
	"github.com/saphan-network/saphan/policies/disclose"
	"github.com/saphan-network/saphan/policies/redact"
)

// Handover is the purpose of stage 2: fields of class B, sealed to the one member
// that has taken the referral, and only those that the person has agreed to hand over
// to it. Nothing else leaves in the form Sealed, and nothing of class B in any other.
const Handover = "handover"

// Sealed is the form of class B: encrypted to the receiver's key.
const Sealed Form = "sealed"

const handoverBelow = "handover/person/"

// HandoverPath is the registry's path of a code of the vocabulary disclosure_field.
func HandoverPath(code string) string { return handoverBelow + code }

func handoverFields() []Field {
	message := plain("handover/message", "permission/1")
	message.Release = "stage2"
	out := []Field{message}
	for _, code := range []string{"full_name", "other_names", "birth_date", "guardian_name", "contact", "needs_text", "risk_note"} {
		out = append(out, Field{Path: HandoverPath(code), Class: ClassB, Retention: "case", Release: "stage2", Ladder: []string{"sealed/1"}})
	}
	return append(out, coded("activity/purpose", "purpose"), coded("activity/fields", "disclosure_field"), plain("activity/sealing_key", "text/1"),
		coded("activity/erased", "purge_item"), coded("activity/kept", "purge_kept"), coded("activity/basis", "legal_basis"))
}

// sealable reports whether rules are asked about a field in the form Sealed.
func (f Field) sealable() bool { return f.Class == ClassB && len(f.Ladder) > 0 }

// open reports whether a question about a field in a form is put to the rules at all:
// class A never, class B sealed for a hand-over, and all else never sealed.
func (f Field) open(purpose, form string) bool {
	switch f.Class {
	case ClassB:
		return f.sealable() && purpose == Handover && form == string(Sealed)
	case ClassC, ClassD, ClassE:
		return form != string(Sealed)
	}
	return false
}

// sealedField decides a field of class B for a hand-over: the person's own word first,
// then the rules, then that nothing of class A stands in it.
func (a *asking) sealedField(fd *FieldDecision, f Field) error {
	if !slices.Contains(a.q.Agreed, f.Path) {
		fd.refuse(refusal{rule: "guard_not_agreed", key: "policy.rule.guard_not_agreed", why: "policy.why.guard_not_agreed"})
		return nil
	}
	v, err := a.s.ask(a.sub, a.q.Purpose, f.Path, string(Sealed), a.at)
	if err != nil {
		return err
	}
	if !v.allowed {
		fd.refuse(a.s.whyNot(a.sub, a.q.Purpose, f.Path, Sealed, a.at, v))
		return nil
	}
	values, err := disclose.Apply(f.Ladder[0], a.q.Facts[f.Path], a.set)
	if err != nil {
		fd.refuse(refusal{rule: v.rule, why: "policy.why.not_a_code"})
		return nil
	}
	if f.Path == HandoverPath("birth_date") != dates(values) || telling(values, names(f.Path)) {
		fd.refuse(refusal{rule: "guard_number_inside", key: "policy.rule.guard_number_inside", why: "policy.why.guard_number_inside"})
		return nil
	}
	row, _ := a.s.row(v.rule)
	fd.Form, fd.Values, fd.Transform, fd.Rule, fd.RuleKey = Sealed, values, f.Ladder[0], row.String(), row.Key()
	return nil
}

// names reports whether a field holds names, which may look like those of places.
func names(path string) bool {
	return strings.HasSuffix(path, "name") || strings.HasSuffix(path, "names")
}

// dates reports whether all values are days, months or years.
func dates(values []string) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return !isoDate.MatchString(v) })
}

// telling reports whether something of class A can be recognised in a text: a number
// of a person, a telephone, an account, an address.
func telling(values []string, names bool) bool {
	for _, v := range values {
		for _, s := range redact.Redact(v, nil).Spans {
			switch s.Kind {
			case redact.ID, redact.Phone, redact.Account, redact.Number:
				return true
			case redact.Address:
				if !names {
					return true
				}
			case redact.Name, redact.Case, redact.Plate, redact.Date, redact.Foreign:
			}
		}
	}
	return false
}

// HandoverContent is exactly what a decision lets be sealed, for a referral of ours:
// the bytes that are shown, approved, encrypted, and read back by ClearSealed.
func HandoverContent(d Decision, referral string) ([]byte, error) {
	h := sealed.Content{Schema: sealed.ContentSchema, Referral: referral, Fields: map[string][]string{}}
	for _, f := range d.Fields {
		if code, ok := strings.CutPrefix(f.Path, handoverBelow); ok && f.Form == Sealed {
			h.Fields[code] = f.Values
		}
	}
	return h.Encode()
}

// checkSealed reads back what an activity seals and refuses it unless it is, to the
// byte, what the decision released.
func checkSealed(d Decision, body []byte, look sealed.Look) error {
	no := func(why string) error { return fault.New(fault.Denied, "policy.clear.sealed").With("why", why) }
	var a struct {
		Object struct {
			Referral string
			Digest   string
			Size     int `json:"sealedSize"`
			Chunks   []string
		}
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return no("json")
	}
	pack, err := federation.SealedPackage{Size: min(a.Object.Size, federation.MaxSealed), Chunks: a.Object.Chunks}.Sealed()
	if err != nil || len(pack) != a.Object.Size {
		return no("size")
	}
	sum := sha256.Sum256(pack)
	if a.Object.Digest != "SHA-256="+base64.StdEncoding.EncodeToString(sum[:]) {
		return no("digest")
	}
	var content bytes.Buffer
	if err := sealed.OpenWith(&content, bytes.NewReader(pack), look); err != nil {
		return no("look")
	}
	want, err := HandoverContent(d, a.Object.Referral)
	if err != nil || !bytes.Equal(content.Bytes(), want) {
		return no("content")
	}
	return nil
}

func requestPlaces() map[string]place {
	return withProof(map[string]place{
		"type": {is: "request type"}, "id": {is: "request id"}, "attributedTo": {is: "self"}, "to": {is: "peer"}, "schema": {is: "request schema"},
		"revision": {is: "serial"}, "referral": {is: "peer reference"}, "engagement": {is: "engagement id"},
		"purpose": released("activity/purpose"), "fields": released("activity/fields"),
		"keyAgreement/id": {is: "own key"}, "keyAgreement/type": {is: "multikey type"}, "keyAgreement/controller": {is: "self"},
		"keyAgreement/publicKeyMultibase": released("activity/sealing_key"),
	})
}

func packagePlaces() map[string]place {
	return withProof(map[string]place{
		"type": {is: "package type"}, "id": {is: "package id"}, "attributedTo": {is: "self"}, "to": {is: "peer"}, "schema": {is: "package schema"},
		"referral": {is: "referral id"}, "disclosureRequest": {is: "peer reference"}, "sealedTo": {is: "peer key"}, "consentRef": {is: "opaque"},
		"expiresAt": {is: "coming hour"}, "sealedSize": {is: "serial"}, "digest": {is: "digest"}, "chunks": {is: "sealed chunk"},
	})
}

func purgePlaces() map[string]place {
	return withProof(map[string]place{
		"type": {is: "purge type"}, "id": {is: "purge id"}, "attributedTo": {is: "self"}, "to": {is: "peer"}, "schema": {is: "purge schema"},
		"sealedPackage": {is: "peer reference"}, "reasonCode": released("activity/reason"),
		"erased": released("activity/erased"), "kept": released("activity/kept"), "basis": released("activity/basis"),
	})
}

func withProof(m map[string]place) map[string]place {
	m["statementProof/provedBy"], m["statementProof/provedAt"], m["statementProof/provedValue"] = place{is: "own key"}, place{is: "moment"}, place{is: "signature"}
	return m
}

var (
	isoDate     = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$`)
	keyFragment = regexp.MustCompile(`^(ed|ka)-[a-p]{16}$`)
	signature   = regexp.MustCompile(`^z[1-9A-HJ-NP-Za-km-z]{80,92}$`)
	chunkText   = regexp.MustCompile(`^[A-Za-z0-9+/]+={0,2}$`)
	digestText  = regexp.MustCompile(`^SHA-256=[A-Za-z0-9+/]{43}=$`)
)

// structuralHandover is structural for stage 2; known is false for a test that is none
// of these. What stands in the chunks is for checkSealed to say.
func (g *Gate) structuralHandover(test string, l leaf, d Decision) (ok, known bool) {
	switch test {
	case "request id":
		return g.own(l.text, "/ap/req/"), true
	case "package id":
		return g.own(l.text, "/ap/pkg/"), true
	case "purge id":
		return g.own(l.text, "/ap/purge/"), true
	case "opaque":
		return opaque.Valid(l.text), true
	case "own key":
		return keyOf(l.text, g.self), true
	case "peer key":
		return keyOf(l.text, d.Peer), true
	case "coming hour":
		t, err := time.Parse("2006-01-02T15:04:05Z", l.text)
		now := g.now()
		return err == nil && t.Equal(t.Truncate(time.Hour)) && t.After(now) && t.Before(now.AddDate(0, 3, 0)), true
	case "moment":
		t, err := time.Parse("2006-01-02T15:04:05Z", l.text)
		return err == nil && g.now().Sub(t).Abs() < 25*time.Hour, true
	case "digest":
		return digestText.MatchString(l.text), true
	case "signature":
		return signature.MatchString(l.text), true
	case "sealed chunk":
		return len(l.text) <= federation.MaxString && chunkText.MatchString(l.text), true
	}
	want, known := map[string]string{"request type": "Article DisclosureRequest", "package type": "Article SealedPackage", "purge type": "Article PurgeReceipt",
		"request schema": federation.SchemaRequest, "package schema": federation.SchemaPackage, "purge schema": federation.SchemaPurge}[test]
	return known && contains(strings.Fields(want), l.text), known
}

func keyOf(iri, owner string) bool {
	rest, ok := strings.CutPrefix(iri, owner+"#")
	return ok && keyFragment.MatchString(rest)
}
