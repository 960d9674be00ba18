package handover

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// SenderParts is what a Sender stands on; every part is needed.
type SenderParts struct {
	Store     Store
	Referrals referral.Store
	Directory referral.Directory
	Files     Files
	Out       Out
	Authority clinic.Authority
	Recorder  clinic.Recorder
	Tx        clinic.Transactor
	Clock     clinic.Clock
	Known     func(list, code string) bool
}

// Sender is the sender's end: from what was asked to the proof of erasure.
type Sender struct{ SenderParts }

// NewSender builds the service.
func NewSender(p SenderParts) *Sender { return &Sender{p} }

// View is a hand-over as its page needs it. Words are shown to who may know who the
// person is, which the ledger notes; to others nothing but which fields there are.
type View struct {
	Sent     Sent
	Referral referral.Referral
	Target   referral.Member
	Ground   Ground
	Fresh    Preview
	Words    map[string][]string // nil for who may not know them
	Held     []string            // fields of which the file has something
	Minor    bool
	Changed  bool // waiting for approval, and no longer what was prepared
	Events   []Event
	May      map[string]bool
	Outlook  referral.Outlook
}

// written are the fields that no file holds: they are written down for the hand-over.
func written() []string { return []string{"guardian_name", "contact", "needs_text", "risk_note"} }

// Agree records the person's consent to hand fields over to the member that asks.
func (s *Sender) Agree(ctx context.Context, actor clinic.Actor, referralID string, r consent.Record) error {
	return s.change(ctx, actor, referralID, "draft", func(ctx context.Context, h *Sent) error {
		if !May(h.State, MovePrepare) {
			_, err := senderTable.next(h.State, MovePrepare)
			return err
		}
		if len(r.Fields) == 0 || slices.ContainsFunc(r.Fields, func(c string) bool { return !slices.Contains(h.Asked, c) }) {
			return missing("fields")
		}
		r.Purpose, r.Recipient = h.Purpose, h.Target
		if err := s.Files.Agree(ctx, actor, h.CaseID, r); err != nil {
			return err
		}
		return s.told(ctx, actor, *h, "agreed", map[string]string{"fields": strings.Join(r.Fields, ",")})
	})
}

// Prepare chooses what is handed over and writes down what the file does not hold. From
// then on a second person must look at it.
func (s *Sender) Prepare(ctx context.Context, actor clinic.Actor, referralID string, fields []string, texts map[string]string) error {
	return s.change(ctx, actor, referralID, "draft", func(ctx context.Context, h *Sent) error {
		to, err := senderTable.next(h.State, MovePrepare)
		if err != nil {
			return err
		}
		g, err := s.Files.Ground(ctx, h.CaseID, h.Purpose, h.Target)
		if err != nil {
			return err
		}
		h.Fields, h.Texts = nil, map[string][]string{}
		for _, c := range h.Asked {
			if slices.Contains(fields, c) && slices.Contains(g.Fields, c) {
				h.Fields = append(h.Fields, c)
			}
		}
		if len(h.Fields) == 0 {
			return missing("fields")
		}
		for _, c := range written() {
			text := strings.TrimSpace(texts[c])
			if !slices.Contains(h.Fields, c) {
				continue
			}
			if text == "" || len(text) > 4000 {
				return missing(c)
			}
			h.Texts[c] = []string{text}
		}
		h.DraftedBy, h.Submitted, h.Reason, h.Consent = actor.UserID, s.Clock(), "", g.Consent
		h.Expires = expiry(s.Clock(), g)
		p, err := s.preview(ctx, actor, *h, g)
		if err != nil {
			return err
		}
		if !p.Allowed {
			return fault.New(fault.Invalid, p.Why)
		}
		if i := slices.IndexFunc(p.Fields, func(f Field) bool { return !f.Sealed && slices.Contains(h.Fields, codeOf(f.Path)) }); i >= 0 {
			e := fault.New(fault.Invalid, "handovers.error.form")
			e.Fields = []fault.Field{{Name: codeOf(p.Fields[i].Path), Key: p.Fields[i].Why}}
			return e
		}
		h.State, h.SHA256 = to, p.SHA256
		return s.told(ctx, actor, *h, string(MovePrepare), map[string]string{"sha256": p.SHA256, "policy": p.Policy, "consent": h.Consent})
	})
}

// expiry is to the hour, and not after the consent ends.
func expiry(now time.Time, g Ground) time.Time {
	end := now.UTC().Add(Lasts).Truncate(time.Hour)
	if last := g.ValidUntil.AddDate(0, 0, 1); !g.ValidUntil.IsZero() && last.Before(end) && last.After(now) {
		end = last.UTC().Truncate(time.Hour)
	}
	return end
}

// codeOf is the last part of a field's path.
func codeOf(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// content gathers what would be sealed, live.
func (s *Sender) content(ctx context.Context, actor clinic.Actor, h Sent, g Ground) (Content, error) {
	of, err := s.Files.Object(ctx, actor, h.CaseID)
	if err != nil {
		return Content{}, err
	}
	words, err := s.Files.Identity(ctx, actor, h.CaseID)
	if err != nil {
		return Content{}, err
	}
	r, err := s.Referrals.Get(ctx, h.ReferralID)
	if err != nil {
		return Content{}, err
	}
	c := Content{Sent: h, Openness: of.Openness, Accepted: taken(r.State), Level: g.Level, Words: map[string][]string{}}
	if of.Compartment {
		c.Openness = 0
	}
	for _, code := range h.Asked { // what is not handed over stands on the left side, and stays
		if slices.Contains(g.Fields, code) && slices.Contains(h.Fields, code) {
			c.Agreed = append(c.Agreed, code)
		}
		if w := words[code]; len(w) > 0 {
			c.Words[code] = w
		}
		if w := h.Texts[code]; len(w) > 0 {
			c.Words[code] = w
		}
	}
	return c, nil
}

func (s *Sender) preview(ctx context.Context, actor clinic.Actor, h Sent, g Ground) (Preview, error) {
	c, err := s.content(ctx, actor, h, g)
	if err != nil {
		return Preview{}, err
	}
	return s.Out.Preview(ctx, c)
}

// Approve is the second person's yes to exactly the content whose hash they saw. If the
// file, the consent or the policy has changed since, nothing is sealed.
func (s *Sender) Approve(ctx context.Context, actor clinic.Actor, referralID, sha256 string) error {
	var refused error
	err := s.change(ctx, actor, referralID, "approve", func(ctx context.Context, h *Sent) error {
		to, err := senderTable.next(h.State, MoveApprove)
		if err != nil {
			return err
		}
		if h.DraftedBy == actor.UserID { // the staff policy says so too; this must not hang on a policy
			return fault.New(fault.Forbidden, "referrals.error.four_eyes")
		}
		g, err := s.Files.Ground(ctx, h.CaseID, h.Purpose, h.Target)
		if err != nil {
			return err
		}
		h.Consent, h.Expires = g.Consent, expiry(s.Clock(), g)
		c, err := s.content(ctx, actor, *h, g)
		if err != nil {
			return err
		}
		sealed, p, sent, err := s.Out.Seal(ctx, c, sha256)
		if err != nil {
			return err
		}
		if !sent {
			refused = fault.New(fault.Conflict, "referrals.error.preview_changed")
			if !p.Allowed {
				refused = fault.New(fault.Conflict, "referrals.error.now_blocked")
			}
			h.SHA256 = p.SHA256
			return s.told(ctx, actor, *h, "preview_changed", nil)
		}
		*h = sealed
		h.State, h.Approved, h.SentAt = to, actor.UserID, s.Clock()
		return s.both(ctx, actor, *h, string(MoveApprove), "handover_sent", map[string]string{"sha256": sha256, "digest": h.Digest, "policy": p.Policy, "consent": h.Consent})
	})
	if err != nil {
		return err
	}
	return refused
}

// taken reports whether the other member has taken a referral and still works on it.
func taken(s referral.State) bool {
	return s == referral.StateAccepted || s == referral.StateInService || s == referral.StateOnHold
}

// GiveBack gives what was prepared back, with a code of referral.ReturnReasons.
func (s *Sender) GiveBack(ctx context.Context, actor clinic.Actor, referralID, reason string) error {
	return s.change(ctx, actor, referralID, "approve", func(ctx context.Context, h *Sent) error {
		to, err := senderTable.next(h.State, MoveBack)
		if err != nil {
			return err
		}
		if !referral.ReturnReason(reason) {
			return missing("reason")
		}
		h.State, h.Reason, h.SHA256 = to, reason, ""
		return s.told(ctx, actor, *h, string(MoveBack), map[string]string{"reason": reason})
	})
}

// Refuse says no to the member that asks, with a code of handover_refusal.
func (s *Sender) Refuse(ctx context.Context, actor clinic.Actor, referralID, reason string) error {
	return s.change(ctx, actor, referralID, "draft", func(ctx context.Context, h *Sent) error {
		to, err := senderTable.next(h.State, MoveRefuse)
		if err != nil {
			return err
		}
		if !s.Known("handover_refusal", reason) {
			return missing("refusal")
		}
		if err := s.Out.Refuse(ctx, *h, reason); err != nil {
			return err
		}
		h.State, h.Reason, h.SHA256 = to, reason, ""
		h.Texts = nil
		return s.both(ctx, actor, *h, string(MoveRefuse), "handover_refused", map[string]string{"reason": reason})
	})
}

// Recall calls back what was handed over: the receiver erases it and proves that.
func (s *Sender) Recall(ctx context.Context, actor clinic.Actor, referralID, reason string) error {
	return s.change(ctx, actor, referralID, "withdraw", func(ctx context.Context, h *Sent) error {
		if !s.Known("withdraw_reason", reason) || reason == "expired" {
			return missing("recall")
		}
		return s.recall(ctx, actor, h, reason)
	})
}

func (s *Sender) recall(ctx context.Context, actor clinic.Actor, h *Sent, reason string) error {
	to, err := senderTable.next(h.State, MoveRecall)
	if err != nil {
		return err
	}
	h.State, h.Reason, h.RecalledAt = to, reason, s.Clock()
	detail := map[string]string{"reason": reason}
	never, err := s.Out.Recall(ctx, *h, reason)
	switch {
	case fault.Is(err, fault.Denied):
		detail["told"], h.Untold = "no", true // tried again by Tick
	case err != nil:
		return err
	case never:
		h.State, h.Texts = StateCancelled, nil
		return s.both(ctx, actor, *h, "never_left", "handover_cancelled", detail)
	}
	return s.both(ctx, actor, *h, string(MoveRecall), "handover_recalled", detail)
}

// may asks the staff policy about a hand-over as about its referral.
func (s *Sender) may(ctx context.Context, actor clinic.Actor, act string, h Sent) error {
	of, err := s.Files.Object(ctx, actor, h.CaseID)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return fault.Missing()
		}
		return err
	}
	of.Type, of.ID, of.DraftedByAnother = "referral", h.ReferralID, h.DraftedBy != "" && h.DraftedBy != actor.UserID
	return s.Authority.May(ctx, actor, act, of)
}

func (s *Sender) change(ctx context.Context, actor clinic.Actor, referralID, act string, f func(context.Context, *Sent) error) error {
	return s.Tx.Within(ctx, func(ctx context.Context) error {
		h, err := s.Store.Find(ctx, Find{Owner: referralID})
		if err != nil {
			return err
		}
		if err := s.may(ctx, actor, act, h); err != nil {
			return err
		}
		if err := f(ctx, &h); err != nil {
			return err
		}
		h.Changed = s.Clock()
		return s.Store.Save(ctx, &h)
	})
}

func (s *Sender) told(ctx context.Context, actor clinic.Actor, h Sent, what string, detail map[string]string) error {
	if err := s.Store.AddEvent(ctx, h.ID, Event{At: s.Clock(), By: actor.UserID, What: what, State: h.State, Detail: detail}); err != nil {
		return err
	}
	return s.Recorder.Record(ctx, actor, "handover."+what, clinic.Object{Type: "referral", ID: h.ReferralID}, string(h.State), detail)
}

// both is told, and a line in the case's own timeline.
func (s *Sender) both(ctx context.Context, actor clinic.Actor, h Sent, what, kind string, detail map[string]string) error {
	if err := s.Files.AddEvent(ctx, h.CaseID, kind, map[string]string{"referral": h.ReferralID}); err != nil {
		return err
	}
	return s.told(ctx, actor, h, what, detail)
}
