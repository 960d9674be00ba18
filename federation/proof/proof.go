package proof

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// The words of a proof (https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022).
const (
	Type    = "DataIntegrityProof"
	Suite   = "eddsa-jcs-2022"
	Purpose = "assertionMethod"
	Context = "https://w3id.org/security/data-integrity/v2" // defines them
)

// Proof is what a proof says of itself.
type Proof struct {
	Method  string    // verificationMethod: IRI of the key
	Created time.Time // to the second
	Value   string    // multibase
}

// options is a proof as it is written. Its context is that of the document.
type options struct {
	Context json.RawMessage `json:"@context,omitempty"`
	Type    string          `json:"type"`
	Suite   string          `json:"cryptosuite"`
	Method  string          `json:"verificationMethod"`
	Purpose string          `json:"proofPurpose"`
	Value   string          `json:"proofValue,omitempty"`
	Created string          `json:"created"`
	Expires string          `json:"expires,omitempty"`
}

// Sign adds a proof to a document, which keeps its bytes otherwise. method is the
// IRI under which the key is published. The same document, key and time always give
// the same bytes. A document that has a proof is refused.
func Sign(doc []byte, method string, key ed25519.PrivateKey, created time.Time) ([]byte, error) {
	if err := federation.CheckIRI(method); err != nil {
		return nil, err
	}
	if len(key) != ed25519.PrivateKeySize {
		return nil, errors.New("proof: not an Ed25519 key")
	}
	list, err := members(doc)
	if err != nil {
		return nil, err
	}
	o := options{Type: Type, Suite: Suite, Method: method, Purpose: Purpose, Created: created.UTC().Format(time.RFC3339)}
	for _, m := range list {
		switch m.name {
		case "proof":
			return nil, malformed("proof")
		case "@context":
			o.Context = m.value
		}
	}
	sum, err := hash(list, o)
	if err != nil {
		return nil, err
	}
	o.Value = Multibase(ed25519.Sign(key, sum))
	value, err := marshal(o)
	if err != nil {
		return nil, err
	}
	doc = bytes.TrimRight(doc, " \t\r\n")
	out := append(make([]byte, 0, len(doc)+len(value)+10), doc[:len(doc)-1]...) // without the last brace
	if len(list) > 0 {
		out = append(out, ',')
	}
	out = append(append(append(out, `"proof":`...), value...), '}')
	if len(out) > federation.MaxBody {
		return nil, fault.New(fault.TooLarge, "error.federation.too_large")
	}
	return out, nil
}

// hash is what is signed: the digest of the proof's options, then that of the document.
func hash(list []member, o options) ([]byte, error) {
	o.Value = ""
	said, err := marshal(o)
	if err != nil {
		return nil, err
	}
	parts, err := members(said)
	if err != nil {
		return nil, err
	}
	of, err := canonical(parts)
	if err != nil {
		return nil, err
	}
	text, err := canonical(list)
	if err != nil {
		return nil, err
	}
	a, b := sha256.Sum256(of), sha256.Sum256(text)
	return append(a[:], b[:]...), nil
}

func marshal(o options) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(o); err != nil {
		return nil, malformed("context")
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// Expect says what a proof must be to be believed.
type Expect struct {
	Keys  map[string]ed25519.PublicKey // by the IRI under which each was pinned
	Now   time.Time
	Ahead time.Duration // by how much the proof's clock may be ahead of ours; 0 means federation.ClockWindow
}

// Verify reads the one proof of a document and verifies it. The error is a fault:
// of kind Invalid or TooLarge for a document of which there can be no proof, else
// of kind Signature, see Reason.
func Verify(doc []byte, e Expect) (Proof, error) {
	list, err := members(doc)
	if err != nil {
		return Proof{}, err
	}
	o, rest, err := parts(list)
	if err != nil {
		return Proof{}, err
	}
	created, err := o.dated(e)
	if err != nil {
		return Proof{}, err
	}
	key, known := e.Keys[o.Method]
	if !known || len(key) != ed25519.PublicKeySize {
		return Proof{}, refuse("method")
	}
	value, err := ParseMultibase(o.Value)
	if err != nil || len(value) != ed25519.SignatureSize {
		return Proof{}, refuse("value")
	}
	sum, err := hash(rest, o)
	if err != nil {
		return Proof{}, err
	}
	if !ed25519.Verify(key, sum, value) {
		return Proof{}, refuse("signature")
	}
	return Proof{Method: o.Method, Created: created, Value: o.Value}, nil
}

// parts takes the proof out of a document and reads it: one object, nothing in it
// that changes what a proof means, and the context, if it has one, the document's.
func parts(list []member) (o options, rest []member, err error) {
	var raw, context json.RawMessage
	for _, m := range list {
		if m.name == "proof" {
			raw = m.value
			continue
		}
		if m.name == "@context" {
			context = m.value
		}
		rest = append(rest, m)
	}
	if raw == nil {
		return o, nil, refuse("missing")
	}
	if raw[0] != '{' {
		return o, nil, refuse("several")
	}
	inner, err := members(raw)
	if err != nil {
		return o, nil, err
	}
	known := map[string]*string{"type": &o.Type, "cryptosuite": &o.Suite, "verificationMethod": &o.Method, "proofPurpose": &o.Purpose,
		"proofValue": &o.Value, "created": &o.Created, "expires": &o.Expires}
	for _, m := range inner {
		if m.name == "@context" {
			o.Context = m.value
			continue
		}
		to, is := known[m.name] // by its exact name: the decoder would take others for it
		if !is {
			return o, nil, refuse("option")
		}
		if m.value[0] != '"' || json.Unmarshal(m.value, to) != nil || *to == "" {
			return o, nil, refuse("form")
		}
	}
	switch {
	case o.Type != Type || o.Suite != Suite:
		return o, nil, refuse("suite")
	case o.Purpose != Purpose:
		return o, nil, refuse("purpose")
	case o.Context != nil && !sameValue(o.Context, context):
		return o, nil, refuse("context")
	}
	return o, rest, nil
}

// sameValue reports whether two values mean the same.
func sameValue(a, b json.RawMessage) bool {
	if b == nil {
		return false
	}
	x, err := canonical([]member{{"v", a}})
	if err != nil {
		return false
	}
	y, err := canonical([]member{{"v", b}})
	return err == nil && bytes.Equal(x, y)
}

// dated reads and judges the times of a proof.
func (o options) dated(e Expect) (time.Time, error) {
	created, err := time.Parse(time.RFC3339, o.Created)
	if err != nil {
		return time.Time{}, refuse("created")
	}
	ahead := e.Ahead
	if ahead == 0 {
		ahead = federation.ClockWindow
	}
	if created.After(e.Now.Add(ahead)) {
		return time.Time{}, refuse("future")
	}
	if o.Expires != "" {
		end, err := time.Parse(time.RFC3339, o.Expires)
		if err != nil || !e.Now.Before(end) {
			return time.Time{}, refuse("expired")
		}
	}
	return created.UTC(), nil
}

func refuse(reason string) error {
	return fault.New(fault.Signature, "error.federation.proof").With("reason", reason)
}

// Reason returns the machine's reason for which Verify did not believe a proof, ""
// for other errors: missing, several, option, form, suite, purpose, context, created,
// future, expired, method (the key is not pinned), value, signature.
func Reason(err error) string {
	if fault.Is(err, fault.Signature) {
		return fault.As(err).Args["reason"]
	}
	return ""
}
