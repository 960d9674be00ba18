package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// Referrals carries out what other members say about referrals, at both ends.
type Referrals struct {
	post     *Post
	sender   *referral.Sender
	receiver *referral.Receiver
}

// NewReferrals returns the effects of activities about referrals.
func NewReferrals(p *Post, s *referral.Sender, r *referral.Receiver) *Referrals {
	return &Referrals{post: p, sender: s, receiver: r}
}

// Concerns reports whether an activity is about a referral, rather than about
// membership: both use Accept, Reject and Update. A Reject is about a referral
// unless it answers what this server sent to somebody in no referral's thread.
func (x *Referrals) Concerns(ctx context.Context, a federation.Activity) (bool, error) {
	switch a.Type {
	case federation.Offer:
		return a.Referral != nil, nil
	case federation.Read, federation.TentativeAccept, federation.Undo:
		return true, nil
	case federation.Accept:
		return a.Engagement != nil || a.Confirmed != "", nil
	case federation.Update:
		return a.Engagement != nil, nil
	case federation.Reject:
		it, err := x.post.Outbox.Item(ctx, a.Object)
		if fault.Is(err, fault.NotFound) {
			return true, nil
		}
		return err == nil && it.Type != string(federation.Join) && it.Type != string(federation.Leave), err
	}
	return false, nil
}

// Apply carries out one activity, in the transaction that holds its row. What
// cannot be followed is answered with illegal_transition and is no error, so
// that it never stops the queue; only a failure of ours is one.
func (x *Referrals) Apply(ctx context.Context, a federation.Activity, raw []byte) error {
	err := x.effect(ctx, a, raw)
	// Somebody here changed the same referral in this moment. Nothing was written
	// yet, so it is read and tried again; the other server must not be told 409.
	for range 3 {
		if !fault.Is(err, fault.Conflict) || errors.Is(err, referral.ErrIllegal) {
			break
		}
		err = x.effect(ctx, a, raw)
	}
	if !errors.Is(err, referral.ErrIllegal) && !errors.Is(err, referral.ErrUnknown) {
		return ours(err)
	}
	if a.Type == federation.Read || a.Type == federation.Reject && a.Reason == federation.ReasonIllegal {
		return nil // never argue about an acknowledgement or a refusal
	}
	if errors.Is(err, referral.ErrIllegal) {
		if err := x.sender.RefusedHere(ctx, a.Actor, about(a), string(a.Type)); err != nil && !errors.Is(err, referral.ErrUnknown) {
			return err
		}
	}
	if err := x.post.refuse(ctx, a.Actor, a.ID); err != nil && !fault.Is(err, fault.Denied) {
		return err
	}
	return nil
}

// ours makes every failure one of this server, which is kept and tried again:
// what the sender could be blamed for was answered with illegal_transition.
func ours(err error) error {
	switch fault.KindOf(err) {
	case "", fault.Internal, fault.Unavailable:
		return err
	}
	return fault.Wrap(fault.Unavailable, "error.internal", err)
}

// about is the offer that an activity speaks of, "" where it names something else.
func about(a federation.Activity) string {
	switch a.Type {
	case federation.TentativeAccept, federation.Accept, federation.Reject:
		return a.Object
	}
	return ""
}

func (x *Referrals) effect(ctx context.Context, a federation.Activity, raw []byte) error {
	switch a.Type {
	case federation.Offer:
		return x.offered(ctx, a, raw)
	case federation.Undo:
		return x.receiver.Undone(ctx, a.Actor, a.Object, a.Reason)
	case federation.Read:
		return x.read(ctx, a)
	case federation.TentativeAccept:
		return x.sender.Reported(ctx, referral.Report{From: a.Actor, Offer: a.Object, Move: referral.MoveConsider, Expected: a.Expected})
	case federation.Accept:
		if a.Engagement == nil {
			return x.receiver.Closed(ctx, a.Actor, a.Object, a.Confirmed)
		}
		return x.accepted(ctx, a)
	case federation.Update:
		e := a.Engagement
		return x.sender.Progressed(ctx, a.Actor, e.Referral, referral.State(e.State), engagement(e))
	case federation.Reject:
		return x.rejected(ctx, a)
	}
	return fault.New(fault.Internal, "error.internal")
}

func (x *Referrals) offered(ctx context.Context, a federation.Activity, raw []byte) error {
	sum := sha256.Sum256(raw)
	fresh, err := x.receiver.Arrived(ctx, incoming(a, hex.EncodeToString(sum[:])))
	if err != nil || !fresh {
		return err
	}
	// Where the policy lets nothing leave to the sender, it will hear nothing; the offer is here all the same.
	if err := x.post.arrived(ctx, a.Actor, a.ID, "SHA-256="+base64.StdEncoding.EncodeToString(sum[:])); err != nil && !fault.Is(err, fault.Denied) {
		return err
	}
	return nil
}

func (x *Referrals) read(ctx context.Context, a federation.Activity) error {
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(a.Digest, "SHA-256="))
	if err != nil {
		return referral.ErrUnknown
	}
	return x.sender.Reported(ctx, referral.Report{From: a.Actor, Offer: a.Object, Move: referral.MoveDeliver, SHA256: hex.EncodeToString(sum)})
}

// accepted takes an Accept only where the engagement is about the very referral
// that was offered.
func (x *Referrals) accepted(ctx context.Context, a federation.Activity) error {
	r, err := x.sender.Offer(ctx, a.Actor, a.Object)
	if err != nil {
		return err
	}
	if r.Envelope.Reference != a.Engagement.Referral {
		return referral.ErrUnknown
	}
	return x.sender.Reported(ctx, referral.Report{From: a.Actor, Offer: a.Object, Move: referral.MoveAccept, Engagement: engagement(a.Engagement)})
}

func (x *Referrals) rejected(ctx context.Context, a federation.Activity) error {
	if a.Reason == federation.ReasonIllegal {
		return x.refused(ctx, a)
	}
	m := referral.MoveDecline
	if a.Suggested != "" {
		m = referral.MoveRedirect
	}
	return x.sender.Reported(ctx, referral.Report{From: a.Actor, Offer: a.Object, Move: m, Reason: a.Reason, Suggested: a.Suggested})
}

// refused notes at whichever end it belongs to that a message of ours could not
// be followed there. The thread of what we sent is the offer.
func (x *Referrals) refused(ctx context.Context, a federation.Activity) error {
	it, err := x.post.Outbox.Item(ctx, a.Object)
	if fault.Is(err, fault.NotFound) || err == nil && it.To != a.Actor {
		return referral.ErrUnknown
	}
	if err != nil {
		return err
	}
	if err := x.sender.Refused(ctx, a.Actor, it.Thread, a.Reason); !errors.Is(err, referral.ErrUnknown) {
		return err
	}
	return x.receiver.Refused(ctx, a.Actor, it.Thread, a.Reason)
}

func engagement(e *federation.Engagement) referral.Engagement {
	return referral.Engagement{ID: e.ID, Revision: e.Revision, Step: e.Step, Outcomes: e.Outcomes, Reason: e.Reason,
		NextUpdate: e.NextUpdate, Month: e.Month}
}

func incoming(a federation.Activity, sum string) referral.Incoming {
	r := a.Referral
	o := referral.Incoming{Offer: a.ID, Reference: r.ID, Sender: a.Actor, SHA256: sum, RespondBy: r.RespondBy,
		Payload: referral.Payload{Kind: r.Kind, Urgency: r.Urgency, Purpose: r.Purpose, Needs: r.Needs, Issues: r.Issues,
			FeedbackDue: r.FeedbackDue, Policy: r.Disclosure.Policy, Transforms: r.Disclosure.Transforms, K: r.Disclosure.K,
			Basis: r.Consent.Basis, Scope: r.Consent.Scope, Version: r.Consent.Version, Subject: map[string]string{}}}
	s := r.Subject
	for name, v := range map[string]string{"kind": s.Kind, "ageBand": s.AgeBand, "sex": s.Sex, "sizeBand": s.SizeBand,
		"minors": s.Minors, "statusFamily": s.StatusFamily, "areaLevel": s.AreaLevel, "areaCode": s.AreaCode,
		"interpreter": s.Interpreter, "guardianPresent": s.GuardianPresent} {
		if v != "" {
			o.Payload.Subject[name] = v
		}
	}
	for _, p := range r.Phrases {
		o.Payload.Phrases = append(o.Payload.Phrases, referral.Phrase{Code: p.Code, Slots: p.Slots})
	}
	return o
}
