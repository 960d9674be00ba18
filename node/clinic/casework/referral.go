package casework

import (
	"context"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
)

// Subject is what the file holds of the main client and the household, raw, for
// the egress gate to decide upon, and labelled, for the left side of the bridge
// panel. Nothing of it leaves by itself.
type Subject struct {
	CaseID          string
	Kind            string // "person" or "family"
	BirthDate       string // ISO, partial ok; of the main client
	Sex, Status     string
	ProvinceCode    string
	Household       int    // persons in the case
	Minors          int    // of them certainly or possibly under 18
	Adult           bool   // the main client is known to be of age
	Interpreter     string // yes, no, or empty for unknown
	GuardianPresent string
	Issues          []string
	Openness        int
	AdminStatus     Status
	Version         int64
	File            []Held
}

// Held is one value of the file under its field path of the egress policies, as
// the reader may see it. Vocabulary, if not empty, names the list of which
// Values are codes.
type Held struct {
	Path       string
	Vocabulary string
	Values     []string
	Masked     bool // shown in part, because the reader has not asked for identities
}

// Subject returns the facts of a case for a referral.
func (s *Service) Subject(ctx context.Context, actor clinic.Actor, caseID string) (Subject, error) {
	if _, err := s.may(ctx, actor, "read", caseID); err != nil {
		return Subject{}, err
	}
	c, err := s.Cases.Get(ctx, caseID)
	if err != nil {
		return Subject{}, err
	}
	p := c.Client()
	out := Subject{CaseID: c.ID, Kind: "person", BirthDate: p.Birth, Sex: p.Sex, Status: p.Status, ProvinceCode: c.ProvinceCode,
		Household: len(c.Persons), Interpreter: c.Interpreter, GuardianPresent: c.GuardianPresent, Issues: c.Issues,
		Openness: c.Openness, AdminStatus: c.AdminStatus, Version: c.Version}
	if c.Compartment != "" {
		out.Openness = OpennessSealed
	}
	if len(c.Persons) > 1 {
		out.Kind = "family"
	}
	today := s.today()
	for _, m := range c.Persons {
		low, _, ok := ages(m.Birth, today)
		if ok && low < childAge || !ok && m.mayBeMinor(today) {
			out.Minors++
		}
	}
	if low, _, ok := ages(p.Birth, today); ok && low >= adultAge {
		out.Adult = true
	}
	out.File = held(c, p)
	return out, nil
}

func held(c Case, p Person) []Held {
	var out []Held
	add := func(path, vocabulary string, masked bool, values ...string) {
		var v []string
		for _, x := range values {
			if x != "" {
				v = append(v, x)
			}
		}
		if len(v) > 0 {
			out = append(out, Held{Path: path, Vocabulary: vocabulary, Values: v, Masked: masked})
		}
	}
	m := p.Masked()
	add("referral/person/full_name", "", true, m.FullName())
	add("referral/person/national_id", "", true, m.IDNumber)
	hidden := func(v string) string {
		if v == "" {
			return ""
		}
		return "•••"
	}
	add("referral/person/phone", "", true, hidden(p.Phone))
	add("referral/person/address_line", "", true, hidden(p.Address))
	add("referral/person/village", "", true, hidden(p.Village))
	add("referral/narrative", "", true, hidden(c.Problem))
	add("referral/subject/birth_date", "", false, p.Birth)
	add("referral/subject/sex", "sex", false, p.Sex)
	add("referral/subject/status", statusList(p.Status), false, p.Status)
	add("referral/subject/place", "province", false, c.ProvinceCode)
	add("referral/subject/household", "", false, itoa(len(c.Persons)))
	add("referral/subject/interpreter", "", false, c.Interpreter)
	add("referral/subject/guardian_present", "", false, c.GuardianPresent)
	add("referral/issues", "issue", false, c.Issues...)
	return out
}

// AddEvent appends to a case's timeline on behalf of another part of the domain,
// in the running transaction. Detail carries codes and opaque ids only.
func (s *Service) AddEvent(ctx context.Context, caseID, kind string, detail map[string]string) error {
	by := clinic.System
	if id := detail["by"]; id != "" {
		by.UserID = id
	}
	return s.log(ctx, by, caseID, Event{Kind: kind, Detail: detail})
}

// CountLike counts the persons of the own caseload, outside of compartments,
// who share a generalised combination as the egress gate writes it (vocabulary
// codes by name of the member). A member that is not understood counts nobody,
// so that the gate errs towards withholding.
func (s *Service) CountLike(ctx context.Context, tuple map[string]string) (int, error) {
	t, ok := tupleOf(tuple, s.today())
	if !ok {
		return 0, nil
	}
	return s.Cases.CountLike(ctx, t)
}

// statusList names the vocabulary that a status code belongs to.
func statusList(code string) string {
	if vocabulary.Has("status_family", code) {
		return "status_family"
	}
	return "status"
}
