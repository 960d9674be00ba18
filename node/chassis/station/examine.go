package station

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation/delivery"
	"github.com/saphan-network/saphan/node/chassis/doctor"
)

// Examine looks whether this server and the others reach each other, and says what to
// do about it in the language ("th" or "en"). It makes a few requests.
func (s *Station) Examine(ctx context.Context, lang string) []doctor.Finding {
	r := doctor.Reach{Base: s.cfg.Base, Self: s.Self, Username: s.cfg.Username, Key: s.Key.PublicPEM, Now: s.cfg.Now,
		Ask: func(ctx context.Context, address, accept string) (delivery.Answer, error) {
			return s.Worker.Ask(ctx, s.cfg.Base, address, accept)
		},
		Members: func(ctx context.Context) (string, time.Time, error) {
			m, taken, err := s.Mail.MembersTaken(ctx)
			return m.ID, taken, err
		}}
	found, _ := doctor.Examine(ctx, append(r.Checks(), doctor.Post(s.Mail)), lang)
	return found
}
