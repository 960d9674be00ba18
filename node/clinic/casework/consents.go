package casework

import (
	"context"
	"slices"
	"strings"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/consent"
)

// Consents returns the consent records of a case, newest first, for those who
// may read the case.
func (s *Service) Consents(ctx context.Context, actor clinic.Actor, id string) ([]consent.Record, error) {
	if _, err := s.may(ctx, actor, "read", id); err != nil {
		return nil, err
	}
	return s.Book.Consents(ctx, id)
}

// RecordConsent writes down what the person agreed to. The case must have a
// legal basis already: once consent was asked and refused, no other basis can
// be taken. Whether a minor is among the subjects is worked out here and never
// taken from the form.
func (s *Service) RecordConsent(ctx context.Context, actor clinic.Actor, id string, r consent.Record) (consent.Record, error) {
	err := s.Tx.Within(ctx, func(ctx context.Context) error {
		obj, err := s.may(ctx, actor, "consent", id)
		if err != nil {
			return err
		}
		c, err := s.Cases.Get(ctx, id)
		if err != nil {
			return err
		}
		if c.LegalBasis == "" {
			return fault.New(fault.Conflict, "cases.fault.basis_first")
		}
		if len(r.Subjects) == 0 {
			r.Subjects = []string{}
			for _, p := range c.Persons {
				r.Subjects = append(r.Subjects, p.ID)
			}
		}
		r.ID, r.CaseID, r.RecordedBy, r.RecordedAt, r.Version = opaque.ID(), id, actor.UserID, s.Clock(), 1
		r.WithdrawnHow, r.Minor = "", s.minorAmong(c, r.Subjects)
		if r.GivenOn == "" {
			r.GivenOn = s.today()
		}
		if err := s.checkConsent(c, r); err != nil {
			return err
		}
		if err := s.Book.AddConsent(ctx, r); err != nil {
			return err
		}
		e := Event{Kind: EventConsent, Detail: map[string]string{"consent": r.ID, "purpose": r.Purpose, "basis": r.Basis, "scope": string(r.Scope)}}
		if err := s.log(ctx, actor, id, e); err != nil {
			return err
		}
		return s.Recorder.Record(ctx, actor, "consent", obj, "ok", auditDetail(e))
	})
	return r, err
}

func (s *Service) checkConsent(c Case, r consent.Record) error {
	bad := r.Problems(s.today())
	for name, v := range map[string][2]string{"purpose": {"purpose", r.Purpose}, "basis": {"legal_basis", r.Basis}} {
		if !vocabulary.Has(v[0], v[1]) {
			bad = append(bad, fault.Field{Name: name, Key: "cases.error.choice"})
		}
	}
	if r.Basis == consent.Explicit && !vocabulary.Has("consent_medium", r.Medium) {
		bad = append(bad, fault.Field{Name: "medium", Key: "cases.error.choice"})
	}
	if r.Language != "" && !vocabulary.Has("language", r.Language) {
		bad = append(bad, fault.Field{Name: "language", Key: "cases.error.choice"})
	}
	for _, code := range r.Fields {
		if !vocabulary.Has("disclosure_field", code) {
			bad = append(bad, fault.Field{Name: "fields", Key: "cases.error.choice"})
			break
		}
	}
	for _, id := range r.Subjects {
		if !slices.ContainsFunc(c.Persons, func(p Person) bool { return p.ID == id }) {
			bad = append(bad, fault.Field{Name: "subjects", Key: "cases.error.choice"})
			break
		}
	}
	return invalid(bad)
}

// WithdrawConsent ends a consent at once. Withdrawing is as easy as giving: how
// is a code (in person, by phone, through a guardian, other). A second
// withdrawal changes nothing.
func (s *Service) WithdrawConsent(ctx context.Context, actor clinic.Actor, id, consentID, how string) error {
	if !slices.Contains(consent.WithdrawWays(), how) {
		return invalid([]fault.Field{{Name: "how", Key: "cases.error.choice"}})
	}
	return s.Tx.Within(ctx, func(ctx context.Context) error {
		obj, err := s.may(ctx, actor, "consent", id)
		if err != nil {
			return err
		}
		all, err := s.Book.Consents(ctx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(r consent.Record) bool { return r.ID == consentID })
		if i < 0 {
			return fault.Missing()
		}
		r := all[i]
		if !r.WithdrawnAt.IsZero() {
			return nil
		}
		r.WithdrawnAt, r.WithdrawnHow = s.Clock(), how
		if err := s.Book.SaveConsent(ctx, r); err != nil {
			return err
		}
		e := Event{Kind: EventWithdrawn, Detail: map[string]string{"consent": consentID, "how": how}}
		if err := s.log(ctx, actor, id, e); err != nil {
			return err
		}
		if s.OnWithdraw != nil {
			if err := s.OnWithdraw(ctx, id, consentID); err != nil {
				return err
			}
		}
		return s.Recorder.Record(ctx, actor, "consent", obj, "withdrawn", auditDetail(e))
	})
}

// Ground says how far the consents of a case reach for a purpose towards a
// recipient now. It is for the egress gate and asks for no right of its own.
func (s *Service) Ground(ctx context.Context, caseID, purpose, recipient string) (consent.Ground, error) {
	c, err := s.Cases.Get(ctx, caseID)
	if err != nil {
		return consent.Ground{}, err
	}
	all, err := s.Book.Consents(ctx, caseID)
	if err != nil {
		return consent.Ground{}, err
	}
	var ids []string
	for _, p := range c.Persons {
		ids = append(ids, p.ID)
	}
	q := consent.Query{Purpose: purpose, Recipient: recipient, Subjects: ids, Minor: s.minorAmong(c, ids), Today: s.today()}
	return consent.Resolve(all, q), nil
}

// minorAmong reports whether one of the persons is, or may be, under age. A
// person of unknown age counts as of age only if nothing hints at a child.
func (s *Service) minorAmong(c Case, ids []string) bool {
	today := s.today()
	return slices.ContainsFunc(c.Persons, func(p Person) bool { return slices.Contains(ids, p.ID) && p.mayBeMinor(today) })
}

// AnyMinor reports whether one of the persons is, or may be, under age on an ISO date.
func (c Case) AnyMinor(today string) bool {
	return slices.ContainsFunc(c.Persons, func(p Person) bool { return p.mayBeMinor(today) })
}

func (p Person) mayBeMinor(today string) bool {
	if low, _, ok := ages(p.Birth, today); ok {
		return low < adultAge
	}
	t := strings.ReplaceAll(p.Title, " ", "")
	return t == "" || strings.HasPrefix(t, "ด.") || strings.HasPrefix(t, "เด็ก")
}
