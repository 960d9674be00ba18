package gofed

import "github.com/saphan-network/saphan/federation"

// PublicActor is what the hub's public actor says of itself beside what every
// actor says.
type PublicActor struct {
	federation.Actor
	Followers string           // IRI
	Summary   federation.Words // HTML as federation.Paragraphs writes it
	NameEN    string
}

// EncodePublicActor writes the document of an actor that anybody may follow.
func EncodePublicActor(a PublicActor) ([]byte, error) {
	checked := a.Actor
	checked.Type = "Application" // of a Service the same is asked
	if err := federation.CheckActor(checked); err != nil {
		return nil, err
	}
	doc := map[string]any{
		"type": "Service", "id": a.ID, "preferredUsername": a.Username, "inbox": a.Inbox, "outbox": a.Outbox, "followers": a.Followers, "url": a.URL,
		"manuallyApprovesFollowers": false, "discoverable": true, "indexable": true,
		"publicKey": map[string]any{"id": a.KeyID, "owner": a.ID, "publicKeyPem": a.PublicKeyPEM},
	}
	mapped(doc, "name", federation.Words{TH: a.Name, EN: a.NameEN})
	mapped(doc, "summary", a.Summary)
	return framed(doc, contextSecurity)
}
