package network

import (
	"context"

	nodeapp "github.com/saphan-network/saphan/node/app"
	"github.com/saphan-network/saphan/node/chassis/account"
)

// tokenLabel is what the tokens of the demo are called, so that a second run finds
// those of the first.
const tokenLabel = "demo"

// tokens gives each node's summary a token with which a program acts for the
// supervisor, who may do the most; those of an earlier run end.
func (n *Network) tokens(ctx context.Context) error {
	return n.each(func(s *Server) error {
		if s.Node == nil {
			return nil
		}
		u, err := s.Node.Accounts.Find(ctx, "supervisor")
		if err != nil {
			return err
		}
		old, err := s.Node.Accounts.Tokens(ctx, u.ID)
		if err != nil {
			return err
		}
		for _, t := range old {
			if t.Label == tokenLabel {
				if err := s.Node.Accounts.EndToken(ctx, u.ID, t.ID); err != nil {
					return err
				}
			}
		}
		s.Token, err = s.Node.Accounts.GrantToken(ctx, "system", u.ID, account.NewToken{Label: tokenLabel, Scopes: nodeapp.Scopes(), Days: 1})
		return err
	})
}
