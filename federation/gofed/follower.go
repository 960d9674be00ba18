package gofed

import "github.com/saphan-network/saphan/federation"

// Follower is what is read of the document of an actor of any software that
// follows the public actor: where to send to, and its key.
type Follower struct {
	Actor, Inbox, SharedInbox string // IRIs, all of one origin; SharedInbox may be ""
	KeyID, PublicKeyPEM       string
}

// Post is where deliveries for the follower go: one inbox for all of its server, if
// there is one.
func (f Follower) Post() string {
	if f.SharedInbox != "" {
		return f.SharedInbox
	}
	return f.Inbox
}

// DecodeFollower reads the document of actor. Whatever is not needed to send to it
// is passed over, the context too: the short names of ActivityStreams and of
// security/v1 are taken for what they mean there, and a document that means
// something else by them harms its own actor alone.
func DecodeFollower(body []byte, actor string) (Follower, error) {
	root, err := parseForeign(body)
	if err != nil {
		return Follower{}, err
	}
	f := Follower{Actor: stringOf(root, "id"), Inbox: stringOf(root, "inbox"), SharedInbox: stringOf(mapOf(root, "endpoints"), "sharedInbox")}
	if f.Actor != actor || federation.CheckIRI(actor) != nil {
		return Follower{}, misshapen("id", "actor")
	}
	keys, ok := root["publicKey"].([]any)
	if !ok {
		keys = []any{root["publicKey"]}
	}
	for _, one := range keys {
		k, _ := one.(map[string]any)
		if stringOf(k, "owner") == actor && f.KeyID == "" {
			f.KeyID, f.PublicKeyPEM = stringOf(k, "id"), stringOf(k, "publicKeyPem")
		}
	}
	if f.PublicKeyPEM == "" {
		return Follower{}, misshapen("publicKey", "missing")
	}
	if f.SharedInbox != "" && !federation.SameOrigin(f.SharedInbox, actor) {
		f.SharedInbox = "" // another server's; its own inbox will do
	}
	for _, one := range []struct{ field, iri string }{{"inbox", f.Inbox}, {"publicKey.id", f.KeyID}} {
		if !federation.SameOrigin(one.iri, actor) {
			return Follower{}, misshapen(one.field, "origin")
		}
	}
	return f, nil
}
