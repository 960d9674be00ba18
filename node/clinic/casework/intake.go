package casework

import (
	"context"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
)

// The longest texts that a case file takes, in bytes.
const (
	maxShort = 400
	maxText  = 20_000
)

// Create writes down a new case and gives it to the one who wrote it (or to
// Intake.OwnerID). The same key again returns the case that is already there,
// so that a form sent twice over a bad line makes one case.
func (s *Service) Create(ctx context.Context, actor clinic.Actor, in Intake) (Case, error) {
	if err := s.Authority.May(ctx, actor, "create", clinic.Object{Type: "case"}); err != nil {
		return Case{}, err
	}
	if in.OwnerID == "" {
		in.OwnerID = actor.UserID
	}
	var id string
	err := s.Tx.Within(ctx, func(ctx context.Context) error {
		var err error
		if id, _, err = s.insert(ctx, actor, in, "create", EventCreated); err != nil {
			return err
		}
		return s.Drafts.DropDraft(ctx, actor.UserID, in.Key)
	})
	if fault.Is(err, fault.Conflict) { // another request with the same key was quicker
		id, err = s.Cases.Find(ctx, in.Key, Case{})
	}
	if err != nil {
		return Case{}, err
	}
	if id == "" {
		return Case{}, fault.New(fault.Conflict, "cases.fault.duplicate")
	}
	return s.Show(ctx, actor, id)
}

// FromRegister takes in a case from a register. It is idempotent: the same key,
// or the same local number with one of the same persons, returns the case that
// is there and created is false. Nobody has the case yet, unless the intake
// names an owner.
func (s *Service) FromRegister(ctx context.Context, actor clinic.Actor, in Intake) (id string, created bool, err error) {
	if err := s.Authority.May(ctx, actor, "import", clinic.Object{Type: "register"}); err != nil {
		return "", false, err
	}
	return s.insert(ctx, actor, in, "import", EventImported)
}

func (s *Service) insert(ctx context.Context, actor clinic.Actor, in Intake, act, kind string) (id string, created bool, err error) {
	if err := s.check(in); err != nil {
		return "", false, err
	}
	c := s.fresh(in)
	err = s.Tx.Within(ctx, func(ctx context.Context) error {
		same := Case{} // a form makes a new case, whatever it says: only its key is compared
		if kind == EventImported {
			same = c
		}
		there, err := s.Cases.Find(ctx, in.Key, same)
		if err != nil {
			return err
		}
		if there != "" {
			id = there
			return nil
		}
		if err := s.Cases.Insert(ctx, c, in.Key); err != nil {
			return err
		}
		if len(c.Assigned) > 0 {
			if err := s.Cases.Assign(ctx, c.ID, c.Assigned, c.CreatedAt); err != nil {
				return err
			}
		}
		id, created = c.ID, true
		e := Event{Kind: kind}
		if c.OwnerID != "" {
			e.Detail = map[string]string{"to": c.OwnerID}
		}
		if err := s.log(ctx, actor, c.ID, e); err != nil {
			return err
		}
		obj := clinic.Object{Type: "case", ID: c.ID}
		return s.Recorder.Record(ctx, actor, act, obj, "ok", auditDetail(e))
	})
	return id, created, err
}

func (s *Service) fresh(in Intake) Case {
	now := s.Clock()
	c := Case{
		ID: opaque.ID(), LocalNumber: strings.TrimSpace(in.LocalNumber), AdminStatus: StatusIntake, Since: now,
		Openness: OpennessNormal, Team: in.Team, OwnerID: in.OwnerID, OpenedOn: in.OpenedOn, Issues: in.Issues,
		ProvinceCode: in.ProvinceCode, AmphoeName: strings.TrimSpace(in.AmphoeName), Problem: strings.TrimSpace(in.Problem),
		Interpreter: in.Interpreter, GuardianPresent: in.GuardianPresent, Channel: in.Channel, Source: in.Source,
		Conflict: ConflictPending, Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	if in.OwnerID != "" {
		c.Assigned = []string{in.OwnerID}
	}
	for i, p := range in.Persons {
		p = trimmed(p)
		p.ID = opaque.ID()
		if p.Role == "" {
			p.Role = RoleMember
			if i == 0 {
				p.Role = RoleClient
			}
		}
		if p.BirthPrecision == "" {
			p.BirthPrecision = precisionOf(p.Birth)
		}
		c.Persons = append(c.Persons, p)
	}
	return c
}

func trimmed(p Person) Person {
	for _, f := range []*string{&p.Title, &p.Given, &p.Family, &p.IDNumber, &p.Phone, &p.Village, &p.Address, &p.Birth} {
		*f = strings.TrimSpace(*f)
	}
	return p
}

// check finds what is wrong with an intake, all of it at once. Names of fields
// are those of the form: "person.0.given" and so on.
func (s *Service) check(in Intake) error {
	var bad []fault.Field
	add := func(name, key string) { bad = append(bad, fault.Field{Name: name, Key: key}) }
	if in.Key == "" || len(in.Key) > maxShort {
		add("key", "cases.error.key")
	}
	if len(in.Persons) == 0 {
		add("person.0.given", "cases.error.person_missing")
	}
	for i, p := range in.Persons {
		for _, f := range s.checkPerson(p) {
			add("person."+itoa(i)+"."+f.Name, f.Key)
		}
	}
	if in.OpenedOn != "" && !validDate(in.OpenedOn, s.today()) {
		add("opened_on", "cases.error.date")
	}
	if in.ProvinceCode != "" && !vocabulary.Has("province", in.ProvinceCode) {
		add("province", "cases.error.province")
	}
	for _, code := range in.Issues {
		if !vocabulary.Has("issue", code) {
			add("issues", "cases.error.issue")
			break
		}
	}
	if !yesNo(in.Interpreter) {
		add("interpreter", "cases.error.choice")
	}
	if !yesNo(in.GuardianPresent) {
		add("guardian", "cases.error.choice")
	}
	if len(in.Problem) > maxText {
		add("problem", "cases.error.too_long")
	}
	for name, v := range map[string]string{"local_number": in.LocalNumber, "amphoe": in.AmphoeName, "channel": in.Channel, "source": in.Source} {
		if len(v) > maxShort {
			add(name, "cases.error.too_long")
		}
	}
	return invalid(bad)
}

func (s *Service) checkPerson(p Person) []fault.Field {
	var bad []fault.Field
	add := func(name, key string) { bad = append(bad, fault.Field{Name: name, Key: key}) }
	if strings.TrimSpace(p.Given+p.Family+strings.Join(p.OtherNames, "")) == "" {
		add("given", "cases.error.name_missing")
	}
	if p.Birth != "" && !validDate(strings.TrimSpace(p.Birth), s.today()) {
		add("birth", "cases.error.birth")
	}
	if p.Sex != "" && !vocabulary.Has("sex", p.Sex) {
		add("sex", "cases.error.choice")
	}
	if p.Status != "" && statusFamily(p.Status) == "" {
		add("status", "cases.error.choice")
	}
	if p.Role != "" && p.Role != RoleClient && p.Role != RoleMember {
		add("role", "cases.error.choice")
	}
	long := []struct{ name, value string }{{"title", p.Title}, {"given", p.Given}, {"family", p.Family}, {"id_number", p.IDNumber},
		{"phone", p.Phone}, {"village", p.Village}, {"address", p.Address}, {"nationality", p.Nationality}, {"ethnicity", p.Ethnicity},
		{"other", strings.Join(p.OtherNames, " ")}}
	for _, f := range long {
		if len(f.value) > maxShort {
			add(f.name, "cases.error.too_long")
		}
	}
	return bad
}

func invalid(bad []fault.Field) error {
	if len(bad) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Key: "cases.fault.invalid", Fields: bad}
}

func yesNo(v string) bool { return v == "" || v == "yes" || v == "no" }

// log appends to the timeline in the running transaction.
func (s *Service) log(ctx context.Context, actor clinic.Actor, caseID string, e Event) error {
	e.ID, e.CaseID, e.By, e.At = opaque.ID(), caseID, actor.UserID, s.Clock()
	return s.Journal.Append(ctx, e)
}

// validDate accepts an ISO date of any precision that is real and not after today.
func validDate(iso, today string) bool {
	layout := map[int]string{4: "2006", 7: "2006-01", 10: time.DateOnly}[len(iso)]
	if layout == "" || yearOf(iso) == 0 {
		return false
	}
	if _, err := time.Parse(layout, iso); err != nil {
		return false
	}
	return iso <= today[:len(iso)]
}
