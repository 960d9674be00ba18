package federation

import (
	"crypto/sha256"
	"encoding/pem"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Actor is the public document of a server of the network: an Organization
// (member), a Group (hub), or the Application that signs fetches
// (https://www.w3.org/TR/activitypub/#actor-objects, FEP-2677).
type Actor struct {
	ID            string // IRI
	Type          string // Organization, Group or Application
	Name          string // of the organisation
	Username      string // for WebFinger: acct:Username@host
	Inbox, Outbox string
	SharedInbox   string
	URL           string // page for people
	KeyID         string // IRI of the public key
	PublicKeyPEM  string // PKIX
	Members       string // hub only: IRI of the members list
	Door          string // hub only: where who was not invited may apply; "" if nobody may
	RFC9421       bool   // it verifies signatures of RFC 9421 (FEP-844e)

	Assertion Multikey // proves its documents (FEP-521a, FEP-8b32); zero if there is none
}

// Membership is what the hub's Accept of a Join results in: an object of type
// ["Relationship","Membership"].
type Membership struct {
	ID      string // IRI at the hub
	Member  string // IRI of the organisation
	Network string // IRI of the hub
	Tier    string // provisional, full, affiliate, observer, secretariat
}

// Member is one line of the members list.
type Member struct {
	Actor        string   // IRI of the organisation
	Name         string   // of the organisation
	Inbox        string   // IRI
	KeyID        string   // IRI
	PublicKeyPEM string   // the pinned key
	Tier         string   // vocabulary member_tier
	State        string   // active, suspended
	Services     []string // vocabulary service_type: what the member offers
	Regions      []string // region codes, or province codes, in which it works
	Languages    []string // vocabulary language
	Capacity     string   // vocabulary capacity_status

	// Assertion proves its documents, and signs requests with RFC 9421; zero if there is none.
	Assertion Multikey `json:",omitzero"`

	// OldKey is the key before this one, which holds beside it until it ends; zero
	// if there is none.
	OldKey PublicKey `json:",omitzero"`
}

// PublicKey is a key of an organisation, as others know it.
type PublicKey struct {
	ID  string // IRI
	PEM string // PKIX
	End string // RFC 3339: from when on it holds no more; "" while no end is set

	// Assertion is the Ed25519 key beside it, which begins and ends with it; zero if there is none.
	Assertion Multikey `json:",omitzero"`
}

// Multikey is an Ed25519 key of an organisation, as others know it (FEP-521a).
type Multikey struct {
	ID        string // IRI: the owner's, with the AssertionName
	Multibase string // publicKeyMultibase
}

// Proof is the proof of integrity of a document (FEP-8b32, eddsa-jcs-2022), as far
// as it is not the same for all.
type Proof struct {
	Method  string // verificationMethod: IRI of the key
	Created string // RFC 3339
	Value   string // proofValue
}

// Ended reports whether the key holds no more, or is none.
func (k PublicKey) Ended(now time.Time) bool {
	if k.ID == "" || k.End == "" {
		return k.ID == ""
	}
	end, err := time.Parse(time.RFC3339, k.End)
	return err != nil || !now.Before(end)
}

// Members is the network's list of members: the allow-list of every node.
type Members struct {
	ID      string // IRI at the hub
	Network string // IRI of the hub
	Version int64  // rises by one with every change; a lower one is never taken
	Updated string // RFC 3339
	Items   []Member

	Key    PublicKey `json:",omitzero"` // of the hub itself; zero on lists of hubs that prove none
	OldKey PublicKey `json:",omitzero"` // the one before it, which holds beside it until it ends
	Proof  Proof     `json:"-"`         // of the document, by the hub; the same list may be proved again
}

// KeyName is the fragment of the IRI of a key that is not its owner's first: "key-"
// and the first 64 bits of its SHA-256, four bits a letter from a to p. So no two
// keys have the same name, and a name has no room for anything else. It is "" for
// what is no key.
func KeyName(publicPEM string) string {
	block, _ := pem.Decode([]byte(publicPEM))
	if block == nil {
		return ""
	}
	return named("key-", block.Bytes)
}

// AssertionName is the fragment of the IRI of an Ed25519 key: "ed-" and the first 64
// bits of the SHA-256 of its publicKeyMultibase, written as in KeyName.
func AssertionName(multibase string) string { return named("ed-", []byte(multibase)) }

func named(prefix string, key []byte) string {
	name := []byte(prefix)
	sum := sha256.Sum256(key)
	for _, b := range sum[:8] {
		name = append(name, 'a'+b>>4, 'a'+b&15)
	}
	return string(name)
}

// isName accepts one line of text in which everything that is there is seen: a
// name stands in lists, in letters and on terminals, and must not look like
// another or like a line of its own. Thai writes with U+200B to U+200D.
func isName(s string) bool {
	if strings.TrimSpace(s) == "" || len(s) > MaxName || !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		joins := r >= 0x200b && r <= 0x200d
		return unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || r == utf8.RuneError || unicode.Is(unicode.Co, r) || (unicode.Is(unicode.Cf, r) && !joins)
	})
}
