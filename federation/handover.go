package federation

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/opaque"
)

// View is the type by which a receiver says that a named person has opened a sealed
// package. Of Add and Delete only those that carry something of stage 2 have an
// effect; with anything else they are words (see Word).
const View Type = "View"

// The schemas of stage 2.
const (
	SchemaRequest = "disclosure-request/1"
	SchemaPackage = "sealed-handover/1"
	SchemaPurge   = "purge-receipt/1"
)

// Bounds of a sealed package on the wire. A chunk is a string of base64; all of them
// together must fit into one activity.
const (
	MaxSealed   = 128 << 10 // bytes of ciphertext
	SealedChunk = 3 << 10   // bytes of it in each chunk but the last
)

// KeyAgreement is the key of a role to which others seal: an X25519 key in the form
// of FEP-521a. Its name is the owner's IRI with the fragment SealingName gives.
type KeyAgreement struct {
	ID        string // IRI
	Multibase string // publicKeyMultibase, "z6LS…"
}

// SealingName is the fragment of the IRI of a key for sealing: "ka-" and the first 64
// bits of the SHA-256 of its publicKeyMultibase, written as in KeyName.
func SealingName(multibase string) string { return named("ka-", []byte(multibase)) }

// DisclosureRequest asks who the person of an accepted referral is: an object of type
// ["Article","DisclosureRequest"] at the member that took the referral. It says which
// fields are needed and to which key they are to be sealed; the asker proves it.
type DisclosureRequest struct {
	ID         string // IRI at the asker, random
	Schema     string // SchemaRequest
	Referral   string // IRI at the receiver of the request
	Engagement string // IRI at the asker
	Revision   int    // from 1; a higher one asks again, with a key that can be used
	Purpose    string // vocabulary purpose
	Fields     []string
	Key        KeyAgreement
	Proof      Proof // over Statement, by the asker's Ed25519 key
}

// SealedPackage is what a member hands over: an object of type
// ["Article","SealedPackage"]. Nothing in it but its ciphertext tells of a person.
type SealedPackage struct {
	ID       string // IRI at the sender, random
	Schema   string // SchemaPackage
	Referral string // IRI at the sender
	Request  string // IRI of the request that it answers, at the receiver
	Key      string // IRI of the key that it is sealed to
	Consent  string // opaque id of the consent, at the sender
	Expires  time.Time
	Size     int      // bytes of ciphertext
	Digest   string   // "SHA-256=" + base64, of the ciphertext
	Chunks   []string // the ciphertext in base64, SealedChunk bytes each
	Proof    Proof    // over Statement, by the sender's Ed25519 key
}

// PurgeReceipt says what was erased of a package and what was kept, on which legal
// basis: an object of type ["Article","PurgeReceipt"] at the member that erased.
type PurgeReceipt struct {
	ID      string // IRI at the eraser, random
	Schema  string // SchemaPurge
	Package string // IRI
	Reason  string // vocabulary withdraw_reason
	Erased  []string
	Kept    []string
	Basis   string // vocabulary legal_basis, of what was kept
	Proof   Proof  // over Statement, by the eraser's Ed25519 key
}

const statementContext = "https://www.w3.org/ns/activitystreams"

// Statement is the small document that the asker proves (FEP-8b32): the same value
// always gives the same bytes, so that whoever has the parts can make it again.
func (r DisclosureRequest) Statement(from, to string) ([]byte, error) {
	return json.Marshal(struct {
		Context    string   `json:"@context"`
		Type       string   `json:"type"`
		ID         string   `json:"id"`
		From       string   `json:"from"`
		To         string   `json:"to"`
		Schema     string   `json:"schema"`
		Referral   string   `json:"referral"`
		Engagement string   `json:"engagement"`
		Revision   int      `json:"revision"`
		Purpose    string   `json:"purpose"`
		Fields     []string `json:"fields"`
		Key        string   `json:"key"`
		Multibase  string   `json:"publicKeyMultibase"`
	}{statementContext, "DisclosureRequest", r.ID, from, to, r.Schema, r.Referral, r.Engagement, r.Revision, r.Purpose, r.Fields, r.Key.ID, r.Key.Multibase})
}

// Statement is the small document that the sender proves: which ciphertext goes to whom.
func (p SealedPackage) Statement(from, to string) ([]byte, error) {
	return json.Marshal(struct {
		Context  string `json:"@context"`
		Type     string `json:"type"`
		ID       string `json:"id"`
		From     string `json:"from"`
		To       string `json:"to"`
		Schema   string `json:"schema"`
		Referral string `json:"referral"`
		Request  string `json:"request"`
		Key      string `json:"key"`
		Consent  string `json:"consent"`
		Expires  string `json:"expires"`
		Size     int    `json:"size"`
		Digest   string `json:"digest"`
	}{statementContext, "SealedPackage", p.ID, from, to, p.Schema, p.Referral, p.Request, p.Key, p.Consent, p.Expires.UTC().Format(time.RFC3339), p.Size, p.Digest})
}

// Statement is the small document that the eraser proves.
func (r PurgeReceipt) Statement(from, to string) ([]byte, error) {
	return json.Marshal(struct {
		Context string   `json:"@context"`
		Type    string   `json:"type"`
		ID      string   `json:"id"`
		From    string   `json:"from"`
		To      string   `json:"to"`
		Schema  string   `json:"schema"`
		Package string   `json:"package"`
		Reason  string   `json:"reason"`
		Erased  []string `json:"erased"`
		Kept    []string `json:"kept"`
		Basis   string   `json:"basis"`
	}{statementContext, "PurgeReceipt", r.ID, from, to, r.Schema, r.Package, r.Reason, r.Erased, r.Kept, r.Basis})
}

// Cut writes ciphertext as the chunks of a package.
func Cut(sealed []byte) []string {
	var out []string
	for len(sealed) > 0 {
		n := min(len(sealed), SealedChunk)
		out = append(out, base64.StdEncoding.EncodeToString(sealed[:n]))
		sealed = sealed[n:]
	}
	return out
}

// Sealed returns the ciphertext of a package that Validate has accepted.
func (p SealedPackage) Sealed() ([]byte, error) {
	out := make([]byte, 0, p.Size)
	for _, c := range p.Chunks {
		b, err := base64.StdEncoding.Strict().DecodeString(c)
		if err != nil {
			return nil, invalid("package.chunks", "form")
		}
		out = append(out, b...)
	}
	return out, nil
}

func requestRules(a Activity) error {
	r := a.Request
	if err := first(hosted("request.id", r.ID, a.Actor), hosted("request.engagement", r.Engagement, a.Actor), hosted("request.referral", r.Referral, a.To)); err != nil {
		return err
	}
	switch {
	case r.Schema != SchemaRequest:
		return invalid("request.schema", "unknown")
	case r.Revision < 1 || r.Revision > 1000:
		return invalid("request.revision", "range")
	case len(r.Fields) == 0:
		return invalid("request.fields", "missing")
	case r.Key.ID != a.Actor+"#"+SealingName(r.Key.Multibase):
		return invalid("request.key.id", "name")
	case !isX25519(r.Key.Multibase):
		return invalid("request.key", "form")
	}
	return first(code("request.purpose", r.Purpose, "purpose"), codes("request.fields", r.Fields, "disclosure_field"), r.Proof.check("request.proof", a.Actor))
}

func packageRules(a Activity) error {
	p := a.Package
	if err := first(hosted("package.id", p.ID, a.Actor), hosted("package.referral", p.Referral, a.Actor), hosted("package.request", p.Request, a.To), hosted("package.key", p.Key, a.To)); err != nil {
		return err
	}
	switch {
	case p.Schema != SchemaPackage:
		return invalid("package.schema", "unknown")
	case !opaque.Valid(p.Consent):
		return invalid("package.consent", "form")
	case p.Expires.IsZero() || p.Expires.Location() != time.UTC || !p.Expires.Equal(p.Expires.Truncate(time.Hour)):
		return invalid("package.expires", "hour")
	case p.Size < 1 || p.Size > MaxSealed:
		return invalid("package.size", "range")
	case !isDigest(p.Digest):
		return invalid("package.digest", "form")
	case len(p.Chunks) != (p.Size+SealedChunk-1)/SealedChunk:
		return invalid("package.chunks", "number")
	}
	for i, c := range p.Chunks {
		want := min(SealedChunk, p.Size-i*SealedChunk)
		if b, err := base64.StdEncoding.Strict().DecodeString(c); err != nil || len(b) != want || strings.ContainsAny(c, "\r\n") {
			return invalid(index("package.chunks", i), "form")
		}
	}
	return p.Proof.check("package.proof", a.Actor)
}

func purgeRules(a Activity) error {
	r := a.Purge
	if err := first(hosted("object", a.Object, a.To), hosted("purge.id", r.ID, a.Actor)); err != nil {
		return err
	}
	switch {
	case r.Schema != SchemaPurge:
		return invalid("purge.schema", "unknown")
	case r.Package != a.Object:
		return invalid("purge.package", "object")
	case len(r.Erased) == 0:
		return invalid("purge.erased", "missing")
	case (r.Basis == "") != (len(r.Kept) == 0):
		return invalid("purge.basis", "kept")
	}
	return first(code("purge.reason", r.Reason, "withdraw_reason"), codes("purge.erased", r.Erased, "purge_item"), codes("purge.kept", r.Kept, "purge_kept"),
		optional("purge.basis", r.Basis, "legal_basis"), r.Proof.check("purge.proof", a.Actor))
}

// check accepts a proof that could be one: whether it is, package proof says.
func (p Proof) check(field, owner string) error {
	switch {
	case CheckIRI(p.Method) != nil || !strings.HasPrefix(p.Method, owner+"#"):
		return invalid(field+".method", "owner")
	case !isInstant(p.Created):
		return invalid(field+".created", "time")
	case len(p.Value) < 2 || len(p.Value) > 128 || p.Value[0] != 'z' || strings.Trim(p.Value[1:], base58) != "":
		return invalid(field+".value", "form")
	}
	return nil
}

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// isX25519 accepts what looks like an X25519 key in base 58.
func isX25519(multibase string) bool {
	rest, ok := strings.CutPrefix(multibase, "z6LS")
	return ok && len(rest) == 44 && strings.Trim(rest, base58) == ""
}
