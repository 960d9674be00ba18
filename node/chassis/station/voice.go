package station

import (
	"context"
	"net/http"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/delivery"
	"github.com/saphan-network/saphan/policies"
)

// Face is a server's public actor, which anybody may follow. Only a hub has one.
type Face struct {
	Path, Username string

	// Reads tells whether public documents go to an inbox, or are shown to the
	// audience that an IRI stands for.
	Reads func(ctx context.Context, iri string) (bool, error)
}

// voice signs as another actor of the server, with the same key.
type voice struct {
	ring  *Keyring
	actor string
}

func (v voice) id() string {
	fragment, _ := v.ring.shown()
	return v.actor + fragment
}

// Sign implements delivery.ReaderSigner.
func (v voice) Sign(req *http.Request, body []byte, now time.Time) error {
	return v.ring.now().As(v.id()).Sign(req, body, now)
}

// PublicActor is what the public actor says of itself, as every actor does.
func (s *Station) PublicActor() federation.Actor {
	a := s.actor(s.cfg.Face.Path, "Application", s.cfg.Face.Username)
	a.SharedInbox, a.RFC9421, a.URL = "", false, s.cfg.Base+"/public" // the shared one is that of the closed network
	return a
}

// outward gives the delivery worker the way to readers, where there is a face.
func (s *Station) outward(c delivery.Config) delivery.Config {
	if s.cfg.Face != nil {
		c.Readers, c.ReaderKey = s.cfg.Face.Reads, voice{ring: s.Key, actor: s.cfg.Base + s.cfg.Face.Path}
	}
	return c
}

// reader tells the gate whether somebody who is no peer reads what is public.
func (s *Station) reader(ctx context.Context, iri string) (policies.Peer, bool, error) {
	if s.cfg.Face == nil {
		return policies.Peer{}, false, nil
	}
	reads, err := s.cfg.Face.Reads(ctx, iri)
	if err != nil || !reads {
		return policies.Peer{}, false, err
	}
	return policies.Peer{Actor: iri, Role: policies.RolePublic}, true, nil
}
