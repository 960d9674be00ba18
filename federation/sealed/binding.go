package sealed

import "encoding/binary"

// Binding is all that a package belongs to. Each part is in the info of the HPKE
// context (RFC 9180 §5.1): with one of them changed, nothing opens.
type Binding struct {
	Sender    string // IRI of the organisation that seals
	Recipient string // IRI of the organisation that opens
	Key       string // IRI of the recipient's key
	Package   string // IRI of the package
	Referral  string // IRI of the referral
	Request   string // IRI of the request that is answered
	Consent   string // opaque id of the consent, at the sender
	Expires   string // RFC 3339: from then on it is not opened any more
}

// info writes every part with its length, so that no two bindings are written alike.
func (b Binding) info() []byte {
	out := []byte("saphan sealed hand-over v1")
	for _, part := range []string{b.Sender, b.Recipient, b.Key, b.Package, b.Referral, b.Request, b.Consent, b.Expires} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(part)))
		out = append(out, part...)
	}
	return out
}
