package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/consent"
)

// EventHandover is the event of a case that came, sealed, from another member.
const EventHandover = "handed_over"

// EventErased is the event of a case of which what had come from elsewhere was erased.
const EventErased = "erased"

// ChannelHandover is the channel by which such a case came.
const ChannelHandover = "handover"

// Identity returns of the main client what may be handed over when the person agrees,
// by code of the vocabulary disclosure_field. That somebody looked is written down
// first, as Reveal does.
func (s *Service) Identity(ctx context.Context, actor clinic.Actor, id string) (map[string][]string, error) {
	c, err := s.Reveal(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	p := c.Client()
	out := map[string][]string{"full_name": {p.Title, p.Given, p.Family}}
	if len(p.OtherNames) > 0 {
		out["other_names"] = slices.Clone(p.OtherNames)
	}
	if p.Birth != "" {
		out["birth_date"] = []string{p.Birth}
	}
	return out, nil
}

// HandoverGround says whether the main client has agreed that something is handed over
// to a recipient, and what. It is for the egress gate and asks for no right of its own.
func (s *Service) HandoverGround(ctx context.Context, caseID, purpose, recipient string) (consent.Ground, error) {
	c, err := s.Cases.Get(ctx, caseID)
	if err != nil {
		return consent.Ground{}, err
	}
	all, err := s.Book.Consents(ctx, caseID)
	if err != nil {
		return consent.Ground{}, err
	}
	ids := []string{c.Client().ID}
	return consent.Resolve(all, consent.Query{Purpose: purpose, Recipient: recipient, Subjects: ids, Minor: s.minorAmong(c, ids), Today: s.today(),
		Scope: consent.ScopeHandover}), nil
}

// RecordHandoverConsent writes down what the main client, or who speaks for a minor,
// agreed to hand over.
func (s *Service) RecordHandoverConsent(ctx context.Context, actor clinic.Actor, id string, r consent.Record) (consent.Record, error) {
	c, err := s.Show(ctx, actor, id)
	if err != nil {
		return r, err
	}
	r.Scope, r.Basis, r.Subjects = consent.ScopeHandover, consent.Explicit, []string{c.Client().ID}
	return s.RecordConsent(ctx, actor, id, r)
}

// ClientMinor reports whether the main client is, or may be, under age.
func (s *Service) ClientMinor(ctx context.Context, actor clinic.Actor, id string) (bool, error) {
	if _, err := s.may(ctx, actor, "read", id); err != nil {
		return false, err
	}
	c, err := s.Cases.Get(ctx, id)
	if err != nil {
		return false, err
	}
	return s.minorAmong(c, []string{c.Client().ID}), nil
}

// HandedOver is what came sealed from another member.
type HandedOver struct {
	Key      string // idempotency: of the hand-over
	From     string // opaque id of the hand-over, for the timeline
	Fields   map[string][]string
	Issues   []string
	Province string
	Notes    []string // texts that have no field of their own, class B
}

// TakeOver makes a case of what was handed over and gives it to who opened it.
func (s *Service) TakeOver(ctx context.Context, actor clinic.Actor, h HandedOver) (string, error) {
	name := append(slices.Clone(h.Fields["full_name"]), "", "", "")
	p := Person{Title: name[0], Given: name[1], Family: name[2], OtherNames: h.Fields["other_names"], Role: RoleClient}
	if b := h.Fields["birth_date"]; len(b) == 1 {
		p.Birth = b[0]
	}
	if p.Given+p.Family == "" && len(p.OtherNames) == 0 {
		p.Given = "(" + strings.ToUpper(h.From[:6]) + ")" // no name was handed over
	}
	in := Intake{Key: h.Key, OpenedOn: s.today(), Persons: []Person{p}, Issues: h.Issues, ProvinceCode: h.Province, Channel: ChannelHandover,
		Problem: strings.Join(h.Fields["needs_text"], "\n"), OwnerID: actor.UserID}
	if g := strings.Join(h.Fields["guardian_name"], " "); g != "" {
		in.Persons = append(in.Persons, Person{Given: g, Role: RoleMember})
	}
	var id string
	err := s.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.Authority.May(ctx, actor, "create", clinic.Object{Type: "case"}); err != nil {
			return err
		}
		var created bool
		var err error
		if id, created, err = s.insert(ctx, actor, in, "create", EventHandover); err != nil || !created {
			return err
		}
		for _, text := range h.Notes {
			if err := s.log(ctx, actor, id, Event{Kind: EventNote, Text: text}); err != nil {
				return err
			}
		}
		return s.log(ctx, actor, id, Event{Kind: EventHandover, Detail: map[string]string{"handover": h.From}})
	})
	return id, err
}

// Remains says what of a case was erased and what was kept.
type Remains struct {
	Erased []string // vocabulary purge_item
	Kept   []string // vocabulary purge_kept
	Basis  string   // vocabulary legal_basis, of what was kept
}

// Eraser erases all of a case that tells of a person, so that it cannot be read again
// anywhere, in copies of the database neither: the key is destroyed. keep leaves the
// texts of the timeline that users wrote, under a new key.
type Eraser interface {
	Erase(ctx context.Context, id string, keep func(Event) bool, at time.Time) error
}

// EraseHandedOver erases what came with a hand-over. A case that has found a legal
// basis of its own besides consent keeps the notes on the organisation's own work on that
// basis; of all others nothing is left but that there was one.
func (s *Service) EraseHandedOver(ctx context.Context, actor clinic.Actor, e Eraser, id string) (Remains, error) {
	var out Remains
	err := s.Tx.Within(ctx, func(ctx context.Context) error {
		c, err := s.Cases.Get(ctx, id)
		if err != nil {
			return err
		}
		if c.Channel != ChannelHandover {
			return fault.New(fault.Conflict, "cases.fault.invalid")
		}
		brought := c.CreatedAt
		own := func(Event) bool { return false }
		out = Remains{Erased: []string{"case_file", "identity", "sealed_package"}, Kept: []string{"audit_trail", "outcome_codes"}, Basis: "legal_obligation"}
		switch c.LegalBasis {
		case "", consent.Explicit:
		default:
			out = Remains{Erased: []string{"identity", "sealed_package"}, Kept: []string{"audit_trail", "outcome_codes", "own_notes"}, Basis: c.LegalBasis}
			own = func(e Event) bool { return e.At.After(brought) }
		}
		if err := e.Erase(ctx, id, own, s.Clock()); err != nil {
			return err
		}
		ev := Event{Kind: EventErased}
		if err := s.log(ctx, actor, id, ev); err != nil {
			return err
		}
		return s.Recorder.Record(ctx, actor, "erase", clinic.Object{Type: "case", ID: id}, "ok", map[string]string{"kept": strings.Join(out.Kept, ","), "basis": out.Basis})
	})
	return out, err
}
