package meeting

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/node/clinic"
)

// Calendar keeps series and meetings. What was never there is fault.Missing; a Put
// refuses with fault.Conflict when the version has moved on, and raises it.
type Calendar interface {
	AllSeries(ctx context.Context) ([]Series, error)
	PutSeries(ctx context.Context, s *Series) error
	Meeting(ctx context.Context, id string) (Meeting, error)
	PutMeeting(ctx context.Context, m *Meeting) error
	Meetings(ctx context.Context) ([]Meeting, error) // the latest day first
}

// Table keeps items and actions, as Calendar does.
type Table interface {
	Item(ctx context.Context, id string) (Item, error)
	Items(ctx context.Context, meeting string) ([]Item, error) // by section and position
	PutItem(ctx context.Context, i *Item) error
	Action(ctx context.Context, id string) (Action, error)
	Actions(ctx context.Context) ([]Action, error) // by due date
	PutAction(ctx context.Context, a *Action) error
}

// Book keeps replies and short lists, as Calendar does. A reply replaces the former
// one of its organisation.
type Book interface {
	Replies(ctx context.Context, meeting string) ([]Reply, error)
	PutReply(ctx context.Context, r Reply) error
	Lines(ctx context.Context, meeting, kind string) ([]Line, error)
	PutLine(ctx context.Context, l *Line) error
}

// Wire tells the members, in the running transaction.
type Wire interface {
	Call(ctx context.Context, m Meeting, to []Member) error
	// Change tells one member how the meeting stands, with where it is if open.
	Change(ctx context.Context, m Meeting, to Member, open bool) error
	Fate(ctx context.Context, m Meeting, i Item) error
	Publish(ctx context.Context, m Meeting, items []Item, to []Member) error
	// Circulate sends the minutes, adopted ones with their digest, which it returns.
	Circulate(ctx context.Context, p Paper, to []Member) (digest string, err error)
	Task(ctx context.Context, m Meeting, a Action) error
}

// Directory tells who is a member at present.
type Directory interface {
	Members(ctx context.Context) ([]Member, error)
}

// Deps is what the service stands on; all are needed.
type Deps struct {
	Calendar  Calendar
	Table     Table
	Book      Book
	Wire      Wire
	Members   Directory
	Authority clinic.Authority
	Tx        clinic.Transactor
	Audit     clinic.Recorder
	Now       clinic.Clock
	NewID     func() string
	Telling   func(text string) []string // pieces of a text that look as if they were about one person
}

// Service is the front door.
type Service struct{ d Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d: d} }

func (s *Service) may(ctx context.Context, who clinic.Actor, act string) error {
	return s.d.Authority.May(ctx, who, act, clinic.Object{Type: "meeting", Open: true, Openness: 2})
}

// change runs one step on a meeting that stands in one of the states.
func (s *Service) change(ctx context.Context, who clinic.Actor, act, id string, version int64, in []State, f func(ctx context.Context, m *Meeting) error) error {
	if err := s.may(ctx, who, "run"); err != nil {
		return err
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		m, err := s.d.Calendar.Meeting(ctx, id)
		if err != nil {
			return err
		}
		if version != 0 && version != m.Version {
			return stale()
		}
		if !among(in, m.State) {
			return illegal()
		}
		if err := f(ctx, &m); err != nil {
			return err
		}
		if err := s.d.Calendar.PutMeeting(ctx, &m); err != nil {
			return err
		}
		return s.record(ctx, who, act, m.ID)
	})
}

func (s *Service) record(ctx context.Context, who clinic.Actor, act, id string) error {
	return s.d.Audit.Record(ctx, who, "meeting."+act, clinic.Object{Type: "meeting", ID: id}, "done", nil)
}

func among(in []State, s State) bool {
	for _, one := range in {
		if one == s {
			return true
		}
	}
	return len(in) == 0
}

// Clock is the time by which the service goes.
func (s *Service) Clock() time.Time { return s.d.Now() }

// today is the day in Thailand.
func (s *Service) today() time.Time {
	y, m, d := s.d.Now().In(Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
