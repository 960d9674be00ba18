package gofed

import (
	"context"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
)

// actor is what the three actor types of go-fed that we use have in common.
type actor interface {
	vocab.Type
	GetActivityStreamsName() vocab.ActivityStreamsNameProperty
	SetActivityStreamsName(vocab.ActivityStreamsNameProperty)
	GetActivityStreamsPreferredUsername() vocab.ActivityStreamsPreferredUsernameProperty
	SetActivityStreamsPreferredUsername(vocab.ActivityStreamsPreferredUsernameProperty)
	GetActivityStreamsInbox() vocab.ActivityStreamsInboxProperty
	SetActivityStreamsInbox(vocab.ActivityStreamsInboxProperty)
	GetActivityStreamsOutbox() vocab.ActivityStreamsOutboxProperty
	SetActivityStreamsOutbox(vocab.ActivityStreamsOutboxProperty)
	GetActivityStreamsUrl() vocab.ActivityStreamsUrlProperty
	SetActivityStreamsUrl(vocab.ActivityStreamsUrlProperty)
	GetW3IDSecurityV1PublicKey() vocab.W3IDSecurityV1PublicKeyProperty
	SetW3IDSecurityV1PublicKey(vocab.W3IDSecurityV1PublicKeyProperty)
	GetUnknownProperties() map[string]interface{}
}

// EncodeActor writes the public document of a server.
func EncodeActor(a federation.Actor) (body []byte, err error) {
	defer recovered(&err)
	if err := federation.CheckActor(a); err != nil {
		return nil, err
	}
	var v actor
	switch a.Type {
	case "Organization":
		v = streams.NewActivityStreamsOrganization()
	case "Group":
		v = streams.NewActivityStreamsGroup()
	default:
		v = streams.NewActivityStreamsApplication()
	}
	v.SetJSONLDId(idOf(a.ID))
	v.SetActivityStreamsName(nameOf(a.Name))
	username := streams.NewActivityStreamsPreferredUsernameProperty()
	username.SetXMLSchemaString(a.Username)
	v.SetActivityStreamsPreferredUsername(username)
	inbox := streams.NewActivityStreamsInboxProperty()
	inbox.SetIRI(link(a.Inbox))
	v.SetActivityStreamsInbox(inbox)
	if a.Outbox != "" {
		outbox := streams.NewActivityStreamsOutboxProperty()
		outbox.SetIRI(link(a.Outbox))
		v.SetActivityStreamsOutbox(outbox)
	}
	if a.URL != "" {
		page := streams.NewActivityStreamsUrlProperty()
		page.AppendIRI(link(a.URL))
		v.SetActivityStreamsUrl(page)
	}
	v.SetW3IDSecurityV1PublicKey(keysOf(a.ID, federation.PublicKey{ID: a.KeyID, PEM: a.PublicKeyPEM}))
	u := v.GetUnknownProperties()
	if a.SharedInbox != "" {
		u["endpoints"] = map[string]interface{}{"sharedInbox": a.SharedInbox}
	}
	put(u, "members", a.Members)
	put(u, "applications", a.Door)
	putAssertion(u, a.ID, a.Assertion, federation.PublicKey{})
	if a.RFC9421 {
		putCapability(a.Type, u)
	}
	return finish(v, contextStreams, contextSecurity)
}

// DecodeActor reads the public document of a server. Properties that are not
// read here are ignored: other software says much about itself.
func DecodeActor(body []byte) (a federation.Actor, err error) {
	defer recovered(&err)
	root, err := strictParse(body)
	if err != nil {
		return a, err
	}
	tree, err := actorTree(root)
	if err != nil {
		return a, err
	}
	read := func(kind string, v actor) error {
		a, err = readActor(kind, v)
		return err
	}
	r, err := streams.NewJSONResolver(
		func(_ context.Context, v vocab.ActivityStreamsOrganization) error { return read("Organization", v) },
		func(_ context.Context, v vocab.ActivityStreamsGroup) error { return read("Group", v) },
		func(_ context.Context, v vocab.ActivityStreamsApplication) error { return read("Application", v) },
	)
	if err != nil {
		return federation.Actor{}, fault.Wrap(fault.Internal, "error.internal", err)
	}
	if err := r.Resolve(context.Background(), tree); err != nil {
		return federation.Actor{}, readFault(err)
	}
	a.RFC9421 = verifies9421(root)
	a.Assertion = actorAssertion(root, a.ID)
	if err := federation.CheckActor(a); err != nil {
		return federation.Actor{}, err
	}
	return a, nil
}

// actorTree keeps of an actor document only what is read, in the form it must have.
func actorTree(root map[string]any) (map[string]any, error) {
	s := schema{
		"id": iri, "type": str, "name": str, "preferredUsername": str, "inbox": iri, "outbox": iri, "url": iri,
		"publicKey": func(field string, v any) error {
			m, _ := v.(map[string]any)
			delete(m, "type") // some say Key, some CryptographicKey
			return keySchema.check(field, v)
		},
		"members": iri, "applications": iri,
		"endpoints": func(field string, v any) error {
			m, _ := v.(map[string]any)
			return iri(field, m["sharedInbox"])
		},
	}
	if err := checkContext(root["@context"], termsOfActors); err != nil {
		return nil, err
	}
	tree := map[string]any{"@context": []any{contextStreams, contextSecurity}}
	for key := range s {
		v, there := root[key]
		if !there {
			continue
		}
		if err := s[key](key, v); err != nil {
			return nil, err
		}
		tree[key] = copied(v)
	}
	return tree, nil
}

func readActor(kind string, v actor) (federation.Actor, error) {
	a := federation.Actor{ID: idString(v), Type: kind}
	if p := v.GetActivityStreamsName(); p != nil && p.Len() == 1 {
		a.Name = p.At(0).GetXMLSchemaString()
	}
	if p := v.GetActivityStreamsPreferredUsername(); p != nil {
		a.Username = p.GetXMLSchemaString()
	}
	if p := v.GetActivityStreamsInbox(); p != nil && p.IsIRI() {
		a.Inbox = p.GetIRI().String()
	}
	if p := v.GetActivityStreamsOutbox(); p != nil && p.IsIRI() {
		a.Outbox = p.GetIRI().String()
	}
	if p := v.GetActivityStreamsUrl(); p != nil && p.Len() == 1 {
		if at := p.At(0); at.IsXMLSchemaAnyURI() {
			a.URL = at.GetXMLSchemaAnyURI().String()
		} else if at.IsIRI() {
			a.URL = at.GetIRI().String()
		}
	}
	found, err := readKeys("publicKey", v.GetW3IDSecurityV1PublicKey(), a.ID)
	if err != nil {
		return a, err
	}
	a.KeyID, a.PublicKeyPEM = found[0].ID, found[0].PEM
	u := v.GetUnknownProperties()
	a.SharedInbox = stringOf(mapOf(u, "endpoints"), "sharedInbox")
	a.Members, a.Door = stringOf(u, "members"), stringOf(u, "applications")
	return a, nil
}
