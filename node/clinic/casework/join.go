package casework

import (
	"context"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic"
)

// Join adds persons from a register to a case that came from it: the members
// of a family whose rows a person had to decide first. Somebody who is in the
// case already is not added again.
func (s *Service) Join(ctx context.Context, actor clinic.Actor, caseID string, persons []Person) error {
	obj := clinic.Object{Type: "register"}
	if err := s.Authority.May(ctx, actor, "import", obj); err != nil {
		return err
	}
	var bad []fault.Field
	for i, p := range persons {
		for _, f := range s.checkPerson(p) {
			bad = append(bad, fault.Field{Name: "person." + itoa(i) + "." + f.Name, Key: f.Key})
		}
	}
	if err := invalid(bad); err != nil {
		return err
	}
	return s.Tx.Within(ctx, func(ctx context.Context) error {
		c, err := s.Cases.Get(ctx, caseID)
		if err != nil {
			return err
		}
		there := len(c.Persons)
		for _, p := range persons {
			p = trimmed(p)
			if !among(c.Persons, p) {
				p.ID, p.Role = opaque.ID(), RoleMember
				if p.BirthPrecision == "" {
					p.BirthPrecision = precisionOf(p.Birth)
				}
				c.Persons = append(c.Persons, p)
			}
		}
		if len(c.Persons) == there {
			return nil
		}
		c.UpdatedAt = s.Clock()
		if err := s.Cases.Save(ctx, c); err != nil {
			return err
		}
		e := Event{Kind: EventImported}
		if err := s.log(ctx, actor, caseID, e); err != nil {
			return err
		}
		return s.Recorder.Record(ctx, actor, "import", clinic.Object{Type: "case", ID: caseID}, "ok", auditDetail(e))
	})
}

// among reports whether a person stands in a list: by the number, or by name and birth.
func among(list []Person, p Person) bool {
	for _, q := range list {
		if p.IDNumber != "" && p.IDNumber == q.IDNumber {
			return true
		}
		if p.Name() == q.Name() && p.Birth == q.Birth && (p.IDNumber == "" || q.IDNumber == "") {
			return true
		}
	}
	return false
}
