package meeting

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// Limits of what is typed, in characters.
const (
	MaxLine = 180
	MaxText = 1200
)

// wrongs gathers what does not do, field by field.
type wrongs struct{ *fault.Error }

func newWrongs() wrongs { return wrongs{fault.New(fault.Invalid, "error.meetings.form")} }

func (w wrongs) add(when bool, field, key string) {
	if when {
		w.Fields = append(w.Fields, fault.Field{Name: field, Key: key})
	}
}

func (w wrongs) line(field, value string, needed bool) {
	w.add(needed && strings.TrimSpace(value) == "", field, "error.meetings.needed")
	w.add(utf8.RuneCountInString(value) > MaxLine || strings.ContainsAny(value, "\r\n"), field, "error.meetings.line")
}

func (w wrongs) text(field, value string) {
	w.add(utf8.RuneCountInString(value) > MaxText || len(value) > 3*MaxText, field, "error.meetings.long")
}

func (w wrongs) err() error {
	if len(w.Fields) == 0 {
		return nil
	}
	return w.Error
}

// MayRun answers nil for who may run meetings.
func (s *Service) MayRun(ctx context.Context, who clinic.Actor) error { return s.may(ctx, who, "run") }

// PutSeries makes a series, or changes it.
func (s *Service) PutSeries(ctx context.Context, who clinic.Actor, one Series) (string, error) {
	if err := s.may(ctx, who, "run"); err != nil {
		return "", err
	}
	w := newWrongs()
	w.line("name_th", one.NameTH, true)
	w.line("name_en", one.NameEN, false)
	w.add(one.Rule.Nth < -1 || one.Rule.Nth == 0 || one.Rule.Nth > 4, "nth", "error.meetings.needed")
	w.add(one.Hour < 0 || one.Hour > 23 || one.Minute < 0 || one.Minute > 59, "at", "error.meetings.time")
	w.add(one.Length < 15 || one.Length > 600, "length", "error.meetings.length")
	w.add(one.Quorum.Needs(4) > 4 || one.Quorum == "", "quorum", "error.meetings.needed")
	w.add(one.ProposeDays < 0 || one.ProposeDays > 60, "propose_days", "error.meetings.days")
	w.add(one.RemarkDays < 1 || one.RemarkDays > 60, "remark_days", "error.meetings.days")
	w.add(len(one.Rule.Skip) > 11, "skip", "error.meetings.skip")
	if err := w.err(); err != nil {
		return "", err
	}
	if one.ID == "" {
		one.ID = s.d.NewID()
	}
	err := s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.d.Calendar.PutSeries(ctx, &one); err != nil {
			return err
		}
		return s.record(ctx, who, "series", one.ID)
	})
	return one.ID, err
}

// AllSeries lists the series.
func (s *Service) AllSeries(ctx context.Context, who clinic.Actor) ([]Series, error) {
	if err := s.may(ctx, who, "read"); err != nil {
		return nil, err
	}
	return s.d.Calendar.AllSeries(ctx)
}

// Plan puts down the next meeting of a series: its day by the rule, its number, and
// whose turn it is to be the host.
func (s *Service) Plan(ctx context.Context, who clinic.Actor, series string) (id string, err error) {
	if err := s.may(ctx, who, "run"); err != nil {
		return "", err
	}
	return s.plan(ctx, who, series, time.Time{})
}

// PlanOn does the same for a day that the rule does not give.
func (s *Service) PlanOn(ctx context.Context, who clinic.Actor, series string, start time.Time) (string, error) {
	if err := s.may(ctx, who, "run"); err != nil {
		return "", err
	}
	return s.plan(ctx, who, series, start)
}

func (s *Service) plan(ctx context.Context, who clinic.Actor, series string, start time.Time) (id string, err error) {
	err = s.d.Tx.Within(ctx, func(ctx context.Context) error {
		one, err := s.series(ctx, series)
		if err != nil {
			return err
		}
		all, err := s.d.Calendar.Meetings(ctx)
		if err != nil {
			return err
		}
		m := Meeting{ID: s.d.NewID(), Series: one.ID, Agenda: s.d.NewID(), Paper: s.d.NewID(), NameTH: one.NameTH, NameEN: one.NameEN, State: Planned,
			Start: start, Length: one.Length, Quorum: one.Quorum}
		after, turn := s.today(), 0
		for _, former := range all {
			if former.Series != one.ID {
				continue
			}
			turn++
			if day := former.Start.In(Zone); start.IsZero() && day.Format(time.DateOnly) > after.Format(time.DateOnly) {
				after = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
			}
		}
		if start.IsZero() {
			days := one.Rule.Days(after, 1)
			if len(days) == 0 {
				return fault.New(fault.Invalid, "error.meetings.skip")
			}
			m.Start = onDay(days[0], one.Hour, one.Minute)
		}
		m.Deadline = endOfDay(m.Start.AddDate(0, 0, -one.ProposeDays))
		m.Year = Year(m.Start)
		m.Number = nextNumber(all, m)
		if len(one.Hosts) > 0 {
			m.Host = one.Hosts[turn%len(one.Hosts)]
		}
		if m.HostName, err = s.nameOf(ctx, m.Host); err != nil {
			return err
		}
		if err := s.d.Calendar.PutMeeting(ctx, &m); err != nil {
			return err
		}
		id = m.ID
		return s.record(ctx, who, "plan", m.ID)
	})
	return id, err
}

func onDay(day time.Time, hour, minute int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, Zone).UTC()
}

func endOfDay(at time.Time) time.Time { return onDay(at.In(Zone), 23, 59) }

// nextNumber counts within the Buddhist year, over the meetings that were not called
// off before anybody was told: a number that members have seen is not used again.
func nextNumber(all []Meeting, m Meeting) int {
	n := 0
	for _, former := range all {
		if former.Series == m.Series && former.Year == m.Year && former.ID != m.ID {
			n = max(n, former.Number)
		}
	}
	return n + 1
}

func (s *Service) series(ctx context.Context, id string) (Series, error) {
	all, err := s.d.Calendar.AllSeries(ctx)
	if err != nil {
		return Series{}, err
	}
	for _, one := range all {
		if one.ID == id {
			return one, nil
		}
	}
	return Series{}, fault.Missing()
}

// nameOf is a member's name, "" for the secretariat and for who is no member.
func (s *Service) nameOf(ctx context.Context, actor string) (string, error) {
	all, err := s.d.Members.Members(ctx)
	if err != nil {
		return "", err
	}
	for _, m := range all {
		if m.Actor == actor {
			return m.Name, nil
		}
	}
	return "", nil
}

// Form is what the secretary may change of a meeting: all of it before the call, and
// after it what does not move the day.
type Form struct {
	Number      int
	Start       time.Time
	Length      int
	Deadline    time.Time
	Host        string
	Place, Link string
	Note        string
	Chair       string
}

func (f Form) check(m Meeting, now time.Time) error {
	w := newWrongs()
	w.line("place", f.Place, false)
	w.line("chair", f.Chair, false)
	w.text("note", f.Note)
	w.add(f.Link != "" && (!strings.HasPrefix(f.Link, "https://") || strings.ContainsAny(f.Link, " \n\r\"<>?") || len(f.Link) > 300), "link", "error.meetings.link")
	w.add(f.Number < 1 || f.Number > 999, "number", "error.meetings.number")
	w.add(f.Length < 15 || f.Length > 600, "length", "error.meetings.length")
	w.add(f.Start.IsZero(), "day", "error.meetings.day")
	w.add(m.State.Upcoming() && !f.Start.IsZero() && f.Start.Before(now), "day", "error.meetings.past")
	w.add(f.Deadline.IsZero() || !f.Start.IsZero() && f.Deadline.After(f.Start), "deadline", "error.meetings.deadline")
	return w.err()
}

// Edit changes a meeting that has not begun. Members who know of it are told; a day
// that moves asks all who have replied to look again, and keeps their replies.
func (s *Service) Edit(ctx context.Context, who clinic.Actor, id string, version int64, f Form) error {
	return s.change(ctx, who, "edit", id, version, []State{Planned, Called, Published}, func(ctx context.Context, m *Meeting) error {
		if err := f.check(*m, s.d.Now()); err != nil {
			return err
		}
		if m.State.Told() && f.Number != m.Number {
			return fault.New(fault.Invalid, "error.meetings.numbered")
		}
		all, err := s.d.Calendar.Meetings(ctx)
		if err != nil {
			return err
		}
		for _, other := range all {
			if other.ID != m.ID && other.Series == m.Series && other.Year == Year(f.Start) && other.Number == f.Number {
				return fault.New(fault.Invalid, "error.meetings.taken")
			}
		}
		if m.State.Told() && !f.Start.Equal(m.Start) {
			m.Moved = s.d.Now()
		}
		m.Number, m.Start, m.Year, m.Length, m.Deadline, m.Host = f.Number, f.Start.UTC(), Year(f.Start), f.Length, f.Deadline.UTC(), f.Host
		m.Place, m.Link, m.Note, m.Chair = f.Place, f.Link, f.Note, f.Chair
		if m.HostName, err = s.nameOf(ctx, m.Host); err != nil || !m.State.Told() {
			return err
		}
		return s.tellAll(ctx, *m)
	})
}

// tellAll tells every member how the meeting stands; where it is, to who comes.
func (s *Service) tellAll(ctx context.Context, m Meeting) error {
	members, err := s.d.Members.Members(ctx)
	if err != nil {
		return err
	}
	replies, err := s.d.Book.Replies(ctx, m.ID)
	if err != nil {
		return err
	}
	comes := map[string]bool{}
	for _, r := range replies {
		comes[r.Org] = r.State == "coming"
	}
	for _, to := range members {
		if err := s.d.Wire.Change(ctx, m, to, comes[to.Actor]); err != nil {
			return err
		}
	}
	return nil
}

// Call tells every member of the meeting and asks for items.
func (s *Service) Call(ctx context.Context, who clinic.Actor, id string, version int64) error {
	return s.change(ctx, who, "call", id, version, []State{Planned}, func(ctx context.Context, m *Meeting) error {
		w := newWrongs()
		w.add(m.Start.Before(s.d.Now()), "day", "error.meetings.past")
		w.add(m.Place == "" && m.Link == "", "place", "error.meetings.place")
		if err := w.err(); err != nil {
			return err
		}
		members, err := s.d.Members.Members(ctx)
		if err != nil {
			return err
		}
		m.State = Called
		if err := s.fill(ctx, *m); err != nil {
			return err
		}
		return s.d.Wire.Call(ctx, *m, members)
	})
}

// Cancel calls a meeting off. What was to be spoken of goes to the next one.
func (s *Service) Cancel(ctx context.Context, who clinic.Actor, id string, version int64) error {
	return s.change(ctx, who, "cancel", id, version, []State{Planned, Called, Published}, func(ctx context.Context, m *Meeting) error {
		told := m.State.Told()
		m.State = Cancelled
		if !told {
			return nil
		}
		return s.tellAll(ctx, *m)
	})
}

// Replied takes a member's reply. One that an earlier message has overtaken has no
// effect. Who comes is told where.
func (s *Service) Replied(ctx context.Context, r Reply) error {
	m, err := s.d.Calendar.Meeting(ctx, r.Meeting)
	if err != nil {
		return err
	}
	to, err := s.member(ctx, r.Org)
	if err != nil || !m.State.Told() {
		return fault.Missing()
	}
	all, err := s.d.Book.Replies(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, former := range all {
		if former.Org == r.Org && former.Sequence >= r.Sequence {
			return nil
		}
	}
	r.OrgName, r.At = to.Name, s.d.Now()
	if err := s.d.Book.PutReply(ctx, r); err != nil {
		return err
	}
	if !m.State.Upcoming() {
		return nil
	}
	return s.d.Wire.Change(ctx, m, to, r.State == "coming")
}

func (s *Service) member(ctx context.Context, actor string) (Member, error) {
	all, err := s.d.Members.Members(ctx)
	if err != nil {
		return Member{}, err
	}
	for _, m := range all {
		if m.Actor == actor {
			return m, nil
		}
	}
	return Member{}, fault.Missing()
}
