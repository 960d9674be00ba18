package casework

import (
	"context"
	"slices"
	"strings"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/thai"
)

// RevealPerson returns one person of a case in full, for the form that changes
// them, and the case with all others masked. That somebody looked is written
// down first, as Reveal does.
func (s *Service) RevealPerson(ctx context.Context, actor clinic.Actor, id, personID string) (Case, Person, error) {
	var c Case
	var p Person
	err := s.Tx.Within(ctx, func(ctx context.Context) error {
		obj, err := s.mayPersons(ctx, actor, id)
		if err != nil {
			return err
		}
		if c, err = s.Cases.Get(ctx, id); err != nil {
			return err
		}
		at := c.person(personID)
		if at < 0 {
			return fault.Missing()
		}
		p = c.Persons[at]
		e := Event{Kind: EventIdentity, Detail: map[string]string{"person": personID}}
		if err := s.log(ctx, actor, id, e); err != nil {
			return err
		}
		return s.Recorder.Record(ctx, actor, "read-identity", obj, "ok", auditDetail(e))
	})
	if err != nil {
		return Case{}, Person{}, err
	}
	for i := range c.Persons {
		c.Persons[i] = c.Persons[i].Masked()
	}
	return c, p, nil
}

// mayPersons asks for what persons are changed with: the right to change the
// case, and the right to know who they are.
func (s *Service) mayPersons(ctx context.Context, actor clinic.Actor, id string) (clinic.Object, error) {
	if _, err := s.may(ctx, actor, "update", id); err != nil {
		return clinic.Object{}, err
	}
	return s.may(ctx, actor, "read-identity", id)
}

// persons runs one change of a case's persons.
func (s *Service) persons(ctx context.Context, actor clinic.Actor, id string, version int64, f func(c *Case) ([]Event, error)) (Case, error) {
	return s.change(ctx, actor, "update", id, version, func(ctx context.Context, c *Case) ([]Event, error) {
		if _, err := s.may(ctx, actor, "read-identity", id); err != nil {
			return nil, err
		}
		return f(c)
	})
}

// AddPerson adds somebody to the case. Who is made the client takes over from
// the one who was. Nobody's consent covers the new person yet.
func (s *Service) AddPerson(ctx context.Context, actor clinic.Actor, id string, version int64, p Person) (Case, error) {
	p = tidy(p)
	return s.persons(ctx, actor, id, version, func(c *Case) ([]Event, error) {
		if err := invalid(s.checkChanged(p, Person{})); err != nil {
			return nil, err
		}
		if among(c.Persons, p) {
			return nil, invalid([]fault.Field{{Name: "given", Key: "cases.error.person_there"}})
		}
		p.ID = opaque.ID()
		if p.Role == "" {
			p.Role = RoleMember
		}
		var events []Event
		if p.Role == RoleClient {
			events = handOver(c)
		}
		c.Persons = append(c.Persons, p)
		return append(events, Event{Kind: EventPersonAdded, Detail: map[string]string{"person": p.ID}}), nil
	})
}

// EditPerson changes what is known of p.ID. An empty role leaves the role; the
// client stops being the client only when somebody else becomes it. What no
// form asks for (ethnicity) stays. The event names the fields that changed and
// says nothing of what stood or stands in them. Whoever has nothing in common
// with the one who stood there is somebody else, under a new id: what another
// person agreed to does not cover them.
func (s *Service) EditPerson(ctx context.Context, actor clinic.Actor, id string, version int64, p Person) (Case, error) {
	p = tidy(p)
	return s.persons(ctx, actor, id, version, func(c *Case) ([]Event, error) {
		at := c.person(p.ID)
		if at < 0 {
			return nil, fault.Missing()
		}
		old := c.Persons[at]
		p.Ethnicity = old.Ethnicity
		client := c.Client().ID == p.ID
		if p.Role == "" {
			p.Role = old.Role
		}
		bad := s.checkChanged(p, old)
		if client && p.Role != RoleClient && old.Role == RoleClient {
			bad = append(bad, fault.Field{Name: "role", Key: "cases.error.client_stays"})
		}
		if err := invalid(bad); err != nil {
			return nil, err
		}
		var events []Event
		if !client && p.Role == RoleClient && old.Role != RoleClient {
			events = handOver(c)
		}
		if somebodyElse(old, p) {
			p.ID, p.Ethnicity = opaque.ID(), ""
			c.Persons[at] = p
			return append(events, Event{Kind: EventPersonRemoved, Detail: map[string]string{"person": old.ID}},
				Event{Kind: EventPersonAdded, Detail: map[string]string{"person": p.ID}}), nil
		}
		c.Persons[at] = p
		if fields := changed(old, p); len(fields) > 0 {
			events = append(events, Event{Kind: EventPersonEdited, Detail: map[string]string{"person": p.ID, "fields": strings.Join(fields, ",")}})
		}
		return events, nil
	})
}

// RemovePerson takes somebody out of the case, with all that the case holds of
// them. The client stays.
func (s *Service) RemovePerson(ctx context.Context, actor clinic.Actor, id string, version int64, personID string) (Case, error) {
	return s.persons(ctx, actor, id, version, func(c *Case) ([]Event, error) {
		at := c.person(personID)
		if at < 0 {
			return nil, fault.Missing()
		}
		if c.Client().ID == personID {
			return nil, fault.New(fault.Conflict, "cases.error.client_stays")
		}
		c.Persons = slices.Delete(c.Persons, at, at+1)
		return []Event{{Kind: EventPersonRemoved, Detail: map[string]string{"person": personID}}}, nil
	})
}

// person is the place of a person in the case, -1 for nobody.
func (c Case) person(id string) int {
	return slices.IndexFunc(c.Persons, func(p Person) bool { return p.ID == id })
}

// somebodyElse reports whether name, number and birth have all been replaced. A
// name that moved among the other names is kept, a birth that became more or
// less precise too; and of whom only a name was known may get another name.
func somebodyElse(old, p Person) bool {
	if old.IDNumber == "" && old.Birth == "" {
		return false
	}
	names := func(q Person) []string {
		out := []string{thai.Fold(q.Name())}
		for _, o := range q.OtherNames {
			out = append(out, thai.Fold(o))
		}
		return out
	}
	for _, n := range names(old) {
		if n != "" && slices.Contains(names(p), n) {
			return false
		}
	}
	before, _ := thai.Digits(old.IDNumber)
	after, _ := thai.Digits(p.IDNumber)
	if old.IDNumber != "" && (old.IDNumber == p.IDNumber || before != "" && before == after) {
		return false
	}
	known := min(len(old.Birth), len(p.Birth))
	return known == 0 || old.Birth[:known] != p.Birth[:known]
}

// handOver makes whoever is the client a member, since somebody else becomes it.
func handOver(c *Case) []Event {
	var events []Event
	for i, p := range c.Persons {
		if p.Role == RoleClient {
			c.Persons[i].Role = RoleMember
			events = append(events, Event{Kind: EventPersonEdited, Detail: map[string]string{"person": p.ID, "fields": "role"}})
		}
	}
	return events
}

// tidy trims what was typed and says how much of the birth is known.
func tidy(p Person) Person {
	p = trimmed(p)
	var names []string
	for _, o := range p.OtherNames {
		if o = strings.TrimSpace(o); o != "" {
			names = append(names, o)
		}
	}
	p.OtherNames = names
	if p.BirthPrecision != PrecisionCirca || p.Birth == "" {
		p.BirthPrecision = precisionOf(p.Birth)
	}
	return p
}

// checkChanged is checkPerson, with a list for the nationality. A register may
// have brought in what is in no list; that may stay.
func (s *Service) checkChanged(p, old Person) []fault.Field {
	bad := s.checkPerson(p)
	if p.Nationality != old.Nationality && p.Nationality != "" && !vocabulary.Has("nationality", p.Nationality) {
		bad = append(bad, fault.Field{Name: "nationality", Key: "cases.error.choice"})
	}
	return bad
}

// changed names the fields in which two states of a person differ.
func changed(a, b Person) []string {
	var out []string
	for _, f := range []struct {
		name    string
		differs bool
	}{
		{"title", a.Title != b.Title}, {"given", a.Given != b.Given}, {"family", a.Family != b.Family},
		{"other", !slices.Equal(a.OtherNames, b.OtherNames)}, {"id_number", a.IDNumber != b.IDNumber}, {"phone", a.Phone != b.Phone},
		{"village", a.Village != b.Village}, {"address", a.Address != b.Address},
		{"birth", a.Birth != b.Birth || a.BirthPrecision != b.BirthPrecision}, {"sex", a.Sex != b.Sex},
		{"nationality", a.Nationality != b.Nationality}, {"status", a.Status != b.Status}, {"role", a.Role != b.Role},
	} {
		if f.differs {
			out = append(out, f.name)
		}
	}
	return out
}
