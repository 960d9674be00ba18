package gofed

import (
	"context"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/proof"
)

// EncodeMembers writes the members list as a document of its own. A list that
// federation.CheckMembers refuses is not written.
func EncodeMembers(m federation.Members) (body []byte, err error) {
	defer recovered(&err)
	if err := federation.CheckMembers(m); err != nil {
		return nil, err
	}
	doc, err := membersDocument(&m)
	if err != nil {
		return nil, err
	}
	return written(doc)
}

// membersDocument is the list as a document of its own, with its proof if it has one.
func membersDocument(m *federation.Members) (map[string]any, error) {
	v, err := membersObject(m)
	if err != nil {
		return nil, err
	}
	doc, err := finished(v, contextStreams, contextSecurity, proof.Context)
	if err != nil || m.Proof == (federation.Proof{}) {
		return doc, err
	}
	doc["proof"] = map[string]any{"@context": doc["@context"], "type": proof.Type, "cryptosuite": proof.Suite, "proofPurpose": proof.Purpose,
		"verificationMethod": m.Proof.Method, "created": m.Proof.Created, "proofValue": m.Proof.Value}
	return doc, nil
}

// DecodeMembers reads a members list under the same rules as Decode.
func DecodeMembers(body []byte) (m federation.Members, err error) {
	defer recovered(&err)
	root, err := strictParse(body)
	if err != nil {
		return m, err
	}
	if err := checkContext(root["@context"], terms); err != nil {
		return m, err
	}
	tree, _ := copied(root).(map[string]any)
	if err := membersSchema.check("", root); err != nil {
		return m, err
	}
	tree["@context"] = []any{contextStreams, contextSecurity}
	var found *federation.Members
	r, err := streams.NewJSONResolver(func(_ context.Context, v vocab.ActivityStreamsOrderedCollection) error {
		found, err = readMembers(v)
		return err
	})
	if err != nil {
		return m, fault.Wrap(fault.Internal, "error.internal", err)
	}
	if err := r.Resolve(context.Background(), tree); err != nil {
		return m, readFault(err)
	}
	if found == nil {
		return m, misshapen("type", "type")
	}
	return *found, federation.CheckMembers(*found)
}

func readMembers(v vocab.ActivityStreamsOrderedCollection) (*federation.Members, error) {
	u := v.GetUnknownProperties()
	m := &federation.Members{ID: idString(v), Network: stringOf(u, "network"), Version: int64(numberOf(u, "version"))}
	if err := readHubKeys(u, m); err != nil {
		return nil, err
	}
	if p := v.GetActivityStreamsUpdated(); p != nil && p.IsXMLSchemaDateTime() {
		m.Updated = instant(p.Get())
	}
	items := v.GetActivityStreamsOrderedItems()
	n := 0
	if items != nil {
		n = items.Len()
	}
	if p := v.GetActivityStreamsTotalItems(); p == nil || p.Get() != n {
		return nil, misshapen("totalItems", "number") // a list cut short is no list
	}
	for i := 0; i < n; i++ {
		org := items.At(i).GetActivityStreamsOrganization()
		if org == nil {
			return nil, misshapen("orderedItems", "type")
		}
		one, err := readMember(org)
		if err != nil {
			return nil, err
		}
		m.Items = append(m.Items, one)
	}
	return m, nil
}

func readMember(v vocab.ActivityStreamsOrganization) (federation.Member, error) {
	u := v.GetUnknownProperties()
	m := federation.Member{
		Actor: idString(v), Tier: stringOf(u, "tier"), State: stringOf(u, "state"), Services: listOfStrings(u, "services"),
		Regions: listOfStrings(u, "regions"), Languages: listOfStrings(u, "languages"), Capacity: stringOf(u, "capacity"),
	}
	if p := v.GetActivityStreamsName(); p != nil && p.Len() == 1 {
		m.Name = p.At(0).GetXMLSchemaString()
	}
	if p := v.GetActivityStreamsInbox(); p != nil && p.IsIRI() {
		m.Inbox = p.GetIRI().String()
	}
	found, err := readKeys("orderedItems.publicKey", v.GetW3IDSecurityV1PublicKey(), m.Actor)
	if err != nil {
		return m, err
	}
	m.KeyID, m.PublicKeyPEM = found[0].ID, found[0].PEM
	if len(found) == 2 {
		m.OldKey = found[1]
	}
	m.Assertion, err = readAssertion("orderedItems.assertionMethod", u, m.Actor, &m.OldKey)
	return m, err
}

// readKeys reads one key or two, all of which must be owner's.
func readKeys(field string, p vocab.W3IDSecurityV1PublicKeyProperty, owner string) ([]federation.PublicKey, error) {
	if p == nil || p.Len() == 0 {
		return nil, misshapen(field, "missing")
	}
	var out []federation.PublicKey
	for i := 0; i < p.Len(); i++ {
		if !p.At(i).IsW3IDSecurityV1PublicKey() {
			return nil, misshapen(field, "object")
		}
		key := p.At(i).Get()
		if o := key.GetW3IDSecurityV1Owner(); o == nil || o.Get() == nil || o.Get().String() != owner {
			return nil, misshapen(field+".owner", "actor")
		}
		one := federation.PublicKey{ID: idString(key), End: stringOf(key.GetUnknownProperties(), "expires")}
		if t := key.GetW3IDSecurityV1PublicKeyPem(); t != nil {
			one.PEM = t.Get()
		}
		out = append(out, one)
	}
	return out, nil
}

// readAnnounced reads an organisation's word about its own new key.
func readAnnounced(v vocab.ActivityStreamsOrganization, actor string) (*federation.PublicKey, error) {
	if idString(v) != actor {
		return nil, misshapen("object.id", "actor")
	}
	found, err := readKeys("object.publicKey", v.GetW3IDSecurityV1PublicKey(), actor)
	if err != nil {
		return nil, err
	}
	found[0].Assertion, err = readAssertion("object.assertionMethod", v.GetUnknownProperties(), actor, nil)
	return &found[0], err
}

func readMembership(v vocab.ActivityStreamsRelationship) (*federation.Membership, error) {
	m := &federation.Membership{ID: idString(v), Tier: stringOf(v.GetUnknownProperties(), "tier")}
	if p := v.GetActivityStreamsSubject(); p != nil && p.IsIRI() {
		m.Member = p.GetIRI().String()
	}
	if p := v.GetActivityStreamsObject(); p != nil && p.Len() == 1 && p.At(0).IsIRI() {
		m.Network = p.At(0).GetIRI().String()
	}
	r := v.GetActivityStreamsRelationship()
	if r == nil || r.Len() != 1 || !r.At(0).IsIRI() || r.At(0).GetIRI().String() != relationMember {
		return nil, misshapen("result.relationship", "unknown")
	}
	return m, nil
}

// EncodeEmpty writes an empty ordered collection: what every server shows as its
// outbox, for what it has sent is for its receivers only.
func EncodeEmpty(id string) (body []byte, err error) {
	defer recovered(&err)
	if err := federation.CheckIRI(id); err != nil {
		return nil, err
	}
	o := streams.NewActivityStreamsOrderedCollection()
	o.SetJSONLDId(idOf(id))
	total := streams.NewActivityStreamsTotalItemsProperty()
	total.Set(0)
	o.SetActivityStreamsTotalItems(total)
	return finish(o, contextStreams)
}
