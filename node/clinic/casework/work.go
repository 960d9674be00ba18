package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
)

// Move is a change of state with what its guards ask for.
type Move struct {
	To          Status
	HoldReason  string // to on_hold
	WakeOn      string // to on_hold: ISO date after today
	CloseReason string // to closed: a code of CloseReasons
}

// CloseReasons lists the codes with which a case may be closed.
func CloseReasons() []string {
	return []string{"goal_met", "partly_met", "refused_final", "no_legal_route", "withdrawn", "lost_contact", "moved", "referred_out",
		"not_accepted", "duplicate", "deceased", "conflict", "safety", "other"}
}

// Screen records the legal basis (chosen before anybody asks for consent) and
// the result of the conflict-of-interest check.
func (s *Service) Screen(ctx context.Context, actor clinic.Actor, id string, version int64, basis string, result Conflict) (Case, error) {
	var bad []fault.Field
	if !vocabulary.Has("legal_basis", basis) {
		bad = append(bad, fault.Field{Name: "basis", Key: "cases.error.basis"})
	}
	if result != ConflictClear && result != ConflictFound && result != ConflictPending {
		bad = append(bad, fault.Field{Name: "conflict", Key: "cases.error.conflict"})
	}
	if err := invalid(bad); err != nil {
		return Case{}, err
	}
	return s.change(ctx, actor, "update", id, version, func(_ context.Context, c *Case) ([]Event, error) {
		var events []Event
		if c.LegalBasis != basis {
			c.LegalBasis = basis
			events = append(events, Event{Kind: EventBasis, Detail: map[string]string{"basis": basis}})
		}
		if c.Conflict != result {
			c.Conflict = result
			events = append(events, Event{Kind: EventConflict, Detail: map[string]string{"result": string(result)}})
		}
		return events, nil
	})
}

// Move changes the state. An illegal move is a fault.Conflict; a missing guard
// is a fault.Invalid that names what is missing. Closing is an act of its own.
func (s *Service) Move(ctx context.Context, actor clinic.Actor, id string, version int64, m Move) (Case, error) {
	act := "update"
	if m.To == StatusClosed {
		act = "close"
	}
	return s.change(ctx, actor, act, id, version, func(_ context.Context, c *Case) ([]Event, error) {
		if c.AdminStatus == StatusClosed || !slices.Contains(c.AdminStatus.Next(), m.To) {
			return nil, fault.New(fault.Conflict, "cases.fault.move")
		}
		if err := s.guard(*c, m); err != nil {
			return nil, err
		}
		e := Event{Kind: EventMoved, Detail: map[string]string{"from": string(c.AdminStatus), "to": string(m.To)}}
		s.enter(c, m.To)
		switch m.To {
		case StatusOnHold:
			c.HoldReason, c.WakeOn = strings.TrimSpace(m.HoldReason), m.WakeOn
			e.Text, e.Detail["wake"] = c.HoldReason, m.WakeOn
		case StatusClosed:
			c.CloseReason = m.CloseReason
			e.Detail["reason"] = m.CloseReason
		case StatusIntake, StatusScreening, StatusOpen:
		}
		return []Event{e}, nil
	})
}

// enter puts a case into a state; what belonged to the state before it goes.
func (s *Service) enter(c *Case, to Status) {
	c.HoldReason, c.WakeOn, c.CloseReason = "", "", ""
	c.AdminStatus, c.Since = to, s.Clock()
}

// ReopenReasons lists the codes with which a closed case may be opened again.
func ReopenReasons() []string {
	return []string{"came_back", "new_facts", "law_changed", "relapse", "correction", "closed_by_mistake", "other"}
}

// Reopen takes a closed case back to screening. The legal basis stays; the check
// for a conflict of interest has to be made again, since the clinic may have
// taken on others meanwhile. A consent that has ended stays ended.
func (s *Service) Reopen(ctx context.Context, actor clinic.Actor, id string, version int64, reason string) (Case, error) {
	return s.change(ctx, actor, "reopen", id, version, func(_ context.Context, c *Case) ([]Event, error) {
		if c.AdminStatus != StatusClosed || !slices.Contains(c.AdminStatus.Next(), StatusScreening) {
			return nil, fault.New(fault.Conflict, "cases.fault.move")
		}
		if !slices.Contains(ReopenReasons(), reason) {
			return nil, invalid([]fault.Field{{Name: "reopen_reason", Key: "cases.error.reopen_reason"}})
		}
		from := c.AdminStatus
		s.enter(c, StatusScreening)
		c.Conflict = ConflictPending
		return []Event{{Kind: EventReopened, Detail: map[string]string{"from": string(from), "to": string(c.AdminStatus), "reason": reason}}}, nil
	})
}

// guard says what is missing for a move that is legal in itself.
func (s *Service) guard(c Case, m Move) error {
	var bad []fault.Field
	add := func(name, key string) { bad = append(bad, fault.Field{Name: name, Key: key}) }
	switch m.To {
	case StatusOpen:
		if c.LegalBasis == "" {
			add("basis", "cases.error.basis")
		}
		if c.Conflict != ConflictClear {
			add("conflict", "cases.error.conflict_open")
		}
	case StatusOnHold:
		if r := strings.TrimSpace(m.HoldReason); r == "" || len(r) > maxText {
			add("hold_reason", "cases.error.hold_reason")
		}
		if _, err := time.Parse(time.DateOnly, m.WakeOn); err != nil || m.WakeOn <= s.today() {
			add("wake_on", "cases.error.wake_on")
		}
	case StatusClosed:
		if !slices.Contains(CloseReasons(), m.CloseReason) {
			add("close_reason", "cases.error.close_reason")
		}
	case StatusIntake, StatusScreening:
	}
	return invalid(bad)
}

// Details are the facts of a case that Edit changes (for persons see EditPerson).
type Details struct {
	OpenedOn, LocalNumber        string
	ProvinceCode, AmphoeName     string
	Issues                       []string
	Problem                      string
	Interpreter, GuardianPresent string
	Openness                     int // OpennessRestricted or OpennessNormal; 0 leaves it
}

// DetailsOf is what an edit form starts from.
func (c Case) DetailsOf() Details {
	return Details{OpenedOn: c.OpenedOn, LocalNumber: c.LocalNumber, ProvinceCode: c.ProvinceCode, AmphoeName: c.AmphoeName,
		Issues: c.Issues, Problem: c.Problem, Interpreter: c.Interpreter, GuardianPresent: c.GuardianPresent, Openness: c.Openness}
}

// Edit changes the facts. A stale version is a fault.Conflict and changes
// nothing; the caller still has what was typed and can show both.
func (s *Service) Edit(ctx context.Context, actor clinic.Actor, id string, version int64, d Details) (Case, error) {
	probe := Intake{Key: "edit", Persons: []Person{{Given: "-"}}, OpenedOn: d.OpenedOn, LocalNumber: d.LocalNumber, ProvinceCode: d.ProvinceCode,
		AmphoeName: d.AmphoeName, Issues: d.Issues, Problem: d.Problem, Interpreter: d.Interpreter, GuardianPresent: d.GuardianPresent}
	if err := s.check(probe); err != nil {
		return Case{}, err
	}
	if d.Openness < 0 || d.Openness > OpennessNormal {
		return Case{}, invalid([]fault.Field{{Name: "openness", Key: "cases.error.choice"}})
	}
	return s.change(ctx, actor, "update", id, version, func(_ context.Context, c *Case) ([]Event, error) {
		c.OpenedOn, c.LocalNumber = d.OpenedOn, strings.TrimSpace(d.LocalNumber)
		c.ProvinceCode, c.AmphoeName = d.ProvinceCode, strings.TrimSpace(d.AmphoeName)
		c.Issues, c.Problem = d.Issues, strings.TrimSpace(d.Problem)
		c.Interpreter, c.GuardianPresent = d.Interpreter, d.GuardianPresent
		if d.Openness > 0 && c.Compartment == "" {
			c.Openness = d.Openness
		}
		return []Event{{Kind: EventEdited}}, nil
	})
}

// Note adds a note to the timeline; it never conflicts with other work.
func (s *Service) Note(ctx context.Context, actor clinic.Actor, id, text string) error {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxText {
		return invalid([]fault.Field{{Name: "note", Key: "cases.error.note"}})
	}
	return s.Tx.Within(ctx, func(ctx context.Context) error {
		obj, err := s.may(ctx, actor, "note", id)
		if err != nil {
			return err
		}
		if err := s.log(ctx, actor, id, Event{Kind: EventNote, Text: text}); err != nil {
			return err
		}
		return s.Recorder.Record(ctx, actor, "note", obj, "ok", nil)
	})
}

// Assign gives the case to a user, who becomes its owner; those who had it
// before keep it unless only is true. A user who could not read the case even
// then (another kind of role, a compartment) cannot get it.
func (s *Service) Assign(ctx context.Context, actor clinic.Actor, id, userID string, only bool) (Case, error) {
	return s.change(ctx, actor, "assign", id, 0, func(ctx context.Context, c *Case) ([]Event, error) {
		nobody := invalid([]fault.Field{{Name: "user", Key: "cases.error.assignee"}})
		to, err := s.Staff.Colleague(ctx, userID)
		if fault.Is(err, fault.NotFound) {
			return nil, nobody
		}
		if err != nil {
			return nil, err
		}
		a, _, err := s.Cases.Relation(ctx, userID, id)
		if err != nil {
			return nil, err
		}
		a.Assigned = true
		if err := s.Authority.May(ctx, to, "read", a.Object(id)); err != nil {
			if refusal(err) {
				return nil, nobody
			}
			return nil, err
		}
		events := []Event{{Kind: EventAssigned, Detail: map[string]string{"to": userID}}}
		users := []string{userID}
		for _, u := range c.Assigned {
			switch {
			case u == userID:
			case only:
				events = append(events, Event{Kind: EventReleased, Detail: map[string]string{"from": u}})
			default:
				users = append(users, u)
			}
		}
		c.OwnerID, c.Assigned = userID, users
		return events, s.Cases.Assign(ctx, id, users, s.Clock())
	})
}

// MayHave reports which of the users could be given a case that the actor may
// read, so that a page offers no others.
func (s *Service) MayHave(ctx context.Context, actor clinic.Actor, id string, users []clinic.Actor) (map[string]bool, error) {
	if _, err := s.may(ctx, actor, "read", id); err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(users))
	for _, u := range users {
		a, _, err := s.Cases.Relation(ctx, u.UserID, id)
		if err != nil {
			return nil, err
		}
		a.Assigned = true
		err = s.Authority.May(ctx, u, "read", a.Object(id))
		if err != nil && !refusal(err) {
			return nil, err
		}
		out[u.UserID] = err == nil
	}
	return out, nil
}
