package referral

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/node/clinic"
)

// peer is the actor of what another member reports.
var peer = clinic.Actor{UserID: "peer", Roles: []string{"system"}, Active: true}

// Report is what the other member says about an offer of ours. Which parts are
// set depends on the move.
type Report struct {
	From       string // IRI of the member that says it
	Offer      string // IRI of our Offer
	Move       Move   // deliver, consider, accept, decline, redirect
	SHA256     string // deliver: of the offer as it arrived, hex
	Expected   string // consider: month
	Reason     string // decline, redirect
	Suggested  string // redirect
	Engagement Engagement
}

// Reported applies what the other member says. It must run in the transaction
// that holds the message. It returns ErrIllegal or ErrUnknown, having changed
// nothing; what is already so is a no-op.
func (s *Sender) Reported(ctx context.Context, m Report) error {
	r, err := s.find(ctx, m.From, m.Offer)
	if err != nil {
		return err
	}
	if m.Move == MoveDeliver {
		return s.delivered(ctx, r, m.SHA256)
	}
	if already(r, m) {
		return nil
	}
	to, err := senderTable.next(r.State, m.Move)
	if err != nil {
		return err
	}
	now := s.Clock()
	r.State, r.Answered, r.Changed = to, now, now
	detail := map[string]string{}
	switch m.Move {
	case MoveConsider:
		r.Expected, r.AnswerBy = m.Expected, answerBy(m.Expected, r.Form.Urgency, now)
		detail["expected"] = m.Expected
	case MoveAccept:
		r.Engagement = m.Engagement
	case MoveDecline, MoveRedirect:
		r.Reason, r.Suggested = m.Reason, m.Suggested
		detail["reason"] = m.Reason
	}
	if err := s.Store.Save(ctx, &r); err != nil {
		return err
	}
	return s.both(ctx, peer, r, string(m.Move), "referral_"+string(to), detail)
}

// already reports whether a second answer says what is known, as after a resend.
func already(r Referral, m Report) bool {
	switch m.Move {
	case MoveAccept:
		return r.Engagement.ID != "" && r.Engagement.ID == m.Engagement.ID
	case MoveConsider:
		return r.State == StateTentative && r.Expected == m.Expected
	case MoveDecline:
		return r.State == StateDeclined && r.Reason == m.Reason
	case MoveRedirect:
		return r.State == StateRedirected && r.Reason == m.Reason && r.Suggested == m.Suggested
	}
	return false
}

// delivered notes that the other server has the offer. A digest of other bytes
// than those that were approved is an alarm, not an arrival.
func (s *Sender) delivered(ctx context.Context, r Referral, sum string) error {
	if sum != r.Preview.SHA256 {
		return s.told(ctx, peer, r, "digest_differs", nil)
	}
	if !r.Arrived.IsZero() {
		return nil
	}
	r.Arrived, r.Changed = s.Clock(), s.Clock()
	if May(r.State, MoveDeliver) {
		r.State = StateDelivered
	}
	if err := s.Store.Save(ctx, &r); err != nil {
		return err
	}
	return s.told(ctx, peer, r, string(MoveDeliver), map[string]string{"sha256": sum})
}

// Progressed applies a new revision of the other member's engagement. Lower and
// equal revisions are dropped.
func (s *Sender) Progressed(ctx context.Context, from, reference string, state State, e Engagement) error {
	r, err := s.findBy(ctx, from, Filter{Reference: reference, Limit: 1})
	if err != nil || reference == "" {
		return unknown(err)
	}
	if r.Engagement.ID != "" && r.Engagement.ID != e.ID {
		return ErrUnknown
	}
	if r.Engagement.ID != "" && e.Revision <= r.Engagement.Revision {
		return nil
	}
	m, ok := engagementMoves[state]
	if !ok {
		return illegal(r.State, Move(state))
	}
	to, err := senderTable.next(r.State, m)
	if err != nil {
		return err
	}
	r.State, r.Engagement, r.Changed = to, e, s.Clock()
	if err := s.Store.Save(ctx, &r); err != nil {
		return err
	}
	detail := filled(map[string]string{"step": e.Step, "reason": e.Reason, "next": e.NextUpdate, "month": e.Month})
	return s.both(ctx, peer, r, string(m), "referral_"+string(to), detail)
}

// Refused notes that the other end could not follow something that we sent
// about an offer. Nothing is answered to it, so that two servers never argue.
func (s *Sender) Refused(ctx context.Context, from, offer, reason string) error {
	r, err := s.find(ctx, from, offer)
	if err != nil {
		return err
	}
	return s.told(ctx, peer, r, "refused_there", map[string]string{"reason": reason})
}

// RefusedHere notes that a message of the other end about an offer was illegal
// and has been answered so.
func (s *Sender) RefusedHere(ctx context.Context, from, offer, typ string) error {
	r, err := s.find(ctx, from, offer)
	if err != nil {
		return err
	}
	return s.told(ctx, peer, r, "refused_here", map[string]string{"type": typ})
}

// Offer finds a referral that has left by its Offer's IRI, for its addressee only.
func (s *Sender) Offer(ctx context.Context, addressee, offer string) (Referral, error) {
	return s.find(ctx, addressee, offer)
}

func (s *Sender) find(ctx context.Context, from, offer string) (Referral, error) {
	if offer == "" {
		return Referral{}, ErrUnknown
	}
	return s.findBy(ctx, from, Filter{Offer: offer, Limit: 1})
}

func (s *Sender) findBy(ctx context.Context, from string, f Filter) (Referral, error) {
	rs, err := s.Store.List(ctx, f)
	if err != nil {
		return Referral{}, err
	}
	if len(rs) != 1 || rs[0].Form.Target != from || rs[0].OfferedAt.IsZero() {
		return Referral{}, ErrUnknown
	}
	return rs[0], nil
}

// answerBy is until when an offer under consideration waits: the end of the
// expected month, or one more window.
func answerBy(expected, urgency string, now time.Time) time.Time {
	if m, err := time.Parse("2006-01", expected); err == nil {
		if end := m.AddDate(0, 1, 0); end.After(now) {
			return end
		}
	}
	return now.Add(window(urgency))
}
