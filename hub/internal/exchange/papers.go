package exchange

import (
	"context"
	"strings"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/hub/network/membership"
)

// Current tells the members list as it stands.
type Current interface {
	Current(ctx context.Context) (membership.List, error)
}

// Papers finds the membership of each member under ap/membership, for that
// member alone. It implements discovery.Objects.
type Papers struct {
	Base     string // of the hub
	Self     string // IRI of its actor
	Register Current
}

// Object returns one membership and the member whose it is.
func (p Papers) Object(ctx context.Context, iri string) ([]byte, string, error) {
	paper, ok := strings.CutPrefix(iri, p.Base+"/ap/membership/")
	if !ok || paper == "" {
		return nil, "", fault.Missing()
	}
	l, err := p.Register.Current(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, m := range l.Members {
		if m.Paper != paper {
			continue
		}
		body, err := gofed.EncodeMembership(federation.Membership{ID: iri, Member: m.Actor, Network: p.Self, Tier: m.Tier})
		return body, m.Actor, err
	}
	return nil, "", fault.Missing()
}
