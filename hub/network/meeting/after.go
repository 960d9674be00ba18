package meeting

import (
	"context"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// Circulate sends the minutes to all members, and to each organisation what it has
// promised. Who has taken the notes cannot check them.
func (s *Service) Circulate(ctx context.Context, who clinic.Actor, name, id string, version int64) error {
	return s.change(ctx, who, "circulate", id, version, []State{Held, Circulated}, func(ctx context.Context, m *Meeting) error {
		if who.UserID == m.ScribeID {
			return fault.New(fault.Conflict, "error.meetings.own_notes")
		}
		members, err := s.d.Members.Members(ctx)
		if err != nil {
			return err
		}
		one, err := s.series(ctx, m.Series)
		if err != nil {
			return err
		}
		m.State, m.Checker = Circulated, name
		m.MinutesRevision++
		m.RemarksUntil = endOfDay(s.d.Now().AddDate(0, 0, one.RemarkDays))
		p, err := s.paper(ctx, *m)
		if err != nil {
			return err
		}
		if _, err := s.d.Wire.Circulate(ctx, p, members); err != nil {
			return err
		}
		for _, a := range p.Actions {
			if a.Sent || a.Owner == "" {
				continue
			}
			if err := s.task(ctx, *m, &a); err != nil {
				return err
			}
			if err := s.d.Table.PutAction(ctx, &a); err != nil {
				return err
			}
		}
		return nil
	})
}

// adopt locks the minutes of a former meeting, in the running transaction.
func (s *Service) adopt(ctx context.Context, at Meeting, former string) error {
	m, err := s.d.Calendar.Meeting(ctx, former)
	if err != nil {
		return err
	}
	if m.State != Circulated {
		return fault.New(fault.Conflict, "error.meetings.not_circulated")
	}
	m.State, m.AdoptedAt = Adopted, at.ID
	m.MinutesRevision++
	p, err := s.paper(ctx, m)
	if err != nil {
		return err
	}
	members, err := s.d.Members.Members(ctx)
	if err != nil {
		return err
	}
	if m.Digest, err = s.d.Wire.Circulate(ctx, p, members); err != nil {
		return err
	}
	return s.d.Calendar.PutMeeting(ctx, &m)
}

// Remarked takes a member's remark on minutes that were sent. After the time for
// remarks, or when they are adopted, there are none any more.
func (s *Service) Remarked(ctx context.Context, paper, id, from, text string) error {
	to, err := s.member(ctx, from)
	if err != nil {
		return err
	}
	all, err := s.d.Calendar.Meetings(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Paper != paper || m.MinutesRevision == 0 {
			continue
		}
		late := m.State != Circulated || s.d.Now().After(m.RemarksUntil)
		l := Line{ID: id, Meeting: m.ID, Kind: "remark", Org: from, OrgName: to.Name, Text: text, Guest: late, At: s.d.Now()}
		return s.d.Book.PutLine(ctx, &l)
	}
	return fault.Missing()
}

// Report is what the owner of an action says of it.
type Report struct {
	Action, From, State, Note string
	Sequence                  int64
}

// Progressed takes a report. One that another has overtaken has no effect, nor has one
// on what the secretariat has dropped.
func (s *Service) Progressed(ctx context.Context, r Report) error {
	a, err := s.d.Table.Action(ctx, r.Action)
	if err != nil || a.Owner == "" || a.Owner != r.From {
		return fault.Missing()
	}
	if a.Sequence >= r.Sequence || a.State == "dropped" {
		return nil
	}
	a.State, a.Note, a.Sequence, a.Changed = r.State, r.Note, r.Sequence, s.d.Now()
	return s.d.Table.PutAction(ctx, &a)
}

// Review changes an action at the secretariat: its day, its state, a word about it. Its
// owner is told.
func (s *Service) Review(ctx context.Context, who clinic.Actor, id string, version int64, state, note, due string) error {
	if err := s.may(ctx, who, "run"); err != nil {
		return err
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		a, err := s.d.Table.Action(ctx, id)
		if err != nil {
			return err
		}
		if version != a.Version {
			return stale()
		}
		w := newWrongs()
		w.line("note", note, false)
		w.add(!strings.Contains(" open started done stuck dropped ", " "+state+" "), "state", "error.meetings.needed")
		_, err = time.Parse(time.DateOnly, due)
		w.add(due != "" && err != nil, "due", "error.meetings.day")
		if err := w.err(); err != nil {
			return err
		}
		a.State, a.Note, a.Due, a.Changed = state, note, due, s.d.Now()
		m, err := s.d.Calendar.Meeting(ctx, a.Meeting)
		if err != nil {
			return err
		}
		if a.Sent {
			if err := s.task(ctx, m, &a); err != nil {
				return err
			}
		}
		if err := s.d.Table.PutAction(ctx, &a); err != nil {
			return err
		}
		return s.record(ctx, who, "review", m.ID)
	})
}

// Paper is the minutes of a meeting with all that stands in them.
type Paper struct {
	Meeting                 Meeting
	Items                   []Item // in the order of the agenda
	Present, Absent, Guests []Line
	Actions                 []Action // that were promised there
}

// paper puts the minutes together.
func (s *Service) paper(ctx context.Context, m Meeting) (Paper, error) {
	p := Paper{Meeting: m}
	items, err := s.d.Table.Items(ctx, m.ID)
	if err != nil {
		return p, err
	}
	p.Items = OnAgenda(items)
	lines, err := s.d.Book.Lines(ctx, m.ID, "presence")
	if err != nil {
		return p, err
	}
	here := map[string]bool{}
	for _, l := range lines {
		here[l.Org] = here[l.Org] || l.Present
	}
	for _, l := range lines {
		switch {
		case l.Present && l.Guest:
			p.Guests = append(p.Guests, l)
		case l.Present:
			p.Present = append(p.Present, l)
		case !l.Guest && (l.Name != "" || !here[l.Org]):
			p.Absent = append(p.Absent, l)
		}
	}
	all, err := s.d.Table.Actions(ctx)
	for _, a := range all {
		if a.Meeting == m.ID {
			p.Actions = append(p.Actions, a)
		}
	}
	return p, err
}
