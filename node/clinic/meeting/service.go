package meeting

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// Store keeps meetings, proposals and tasks. What was never there is fault.Missing; a
// Put refuses with fault.Conflict when the version has moved on, and raises it.
type Store interface {
	Meeting(ctx context.Context, id string) (Meeting, error)
	Meetings(ctx context.Context) ([]Meeting, error) // the latest day first
	PutMeeting(ctx context.Context, m *Meeting) error
	Drafts
}

// Drafts keeps what the organisation itself writes.
type Drafts interface {
	Proposals(ctx context.Context) ([]Proposal, error)
	PutProposal(ctx context.Context, p *Proposal) error
	Tasks(ctx context.Context) ([]Task, error) // by due day
	PutTask(ctx context.Context, t *Task) error
}

// Wire speaks with the hub, in the running transaction.
type Wire interface {
	// Draw makes the bytes by which a proposal would leave, and the id of the activity.
	Draw(ctx context.Context, m Meeting, p Proposal) (offer string, bytes []byte, sha256 string, err error)
	Propose(ctx context.Context, m Meeting, p Proposal) error // sends exactly p.Bytes
	Reply(ctx context.Context, m Meeting, r Reply, first bool) error
	Report(ctx context.Context, t Task) error
	Remark(ctx context.Context, m Meeting, text string) error
}

// Finding is a piece of a text that looks as if it told who somebody is.
type Finding struct {
	Text    string
	Kind    string // name, id, phone, account, number, case, plate, address, date, foreign, digits
	Certain bool   // it cannot leave
}

// Deps is what the service stands on; all are needed.
type Deps struct {
	Store     Store
	Wire      Wire
	Authority clinic.Authority
	Tx        clinic.Transactor
	Audit     clinic.Recorder
	Now       clinic.Clock
	NewID     func() string
	Look      func(text string) []Finding // the anonymiser
}

// Service is the front door.
type Service struct{ d Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d: d} }

func (s *Service) may(ctx context.Context, who clinic.Actor, act string) error {
	return s.d.Authority.May(ctx, who, act, clinic.Object{Type: "meeting", Open: true, Openness: 2})
}

// MayPropose answers nil for who may propose items.
func (s *Service) MayPropose(ctx context.Context, who clinic.Actor) error {
	return s.may(ctx, who, "propose")
}

func (s *Service) record(ctx context.Context, who clinic.Actor, act, id string) error {
	return s.d.Audit.Record(ctx, who, "meeting."+act, clinic.Object{Type: "meeting", ID: id}, "done", nil)
}

// List lists the meetings, the latest day first.
func (s *Service) List(ctx context.Context, who clinic.Actor) ([]Meeting, error) {
	if err := s.may(ctx, who, "read"); err != nil {
		return nil, err
	}
	return s.d.Store.Meetings(ctx)
}

// View is a meeting as it is shown to one of the staff.
type View struct {
	Meeting
	Proposals []Proposal
	Mine      []Item // of the agenda, that the organisation has proposed
	CanPropose, CanReply,
	MayPropose, MayReply, MayRemark bool
	Late bool // proposals go to the meeting after
}

// Show returns one meeting.
func (s *Service) Show(ctx context.Context, who clinic.Actor, id string) (View, error) {
	if err := s.may(ctx, who, "read"); err != nil {
		return View{}, err
	}
	m, err := s.d.Store.Meeting(ctx, id)
	if err != nil {
		return View{}, err
	}
	v := View{Meeting: m, MayPropose: s.may(ctx, who, "propose") == nil, MayReply: s.may(ctx, who, "reply") == nil}
	all, err := s.d.Store.Proposals(ctx)
	if err != nil {
		return v, err
	}
	for _, p := range all {
		if p.Meeting == m.ID && (p.Offer != "" || p.By == who.UserID) {
			v.Proposals = append(v.Proposals, p)
		}
	}
	now := s.d.Now()
	v.CanReply = !m.Cancelled && now.Before(m.Start)
	v.Late = now.After(m.Deadline)
	v.CanPropose = v.CanReply && !v.Late
	v.MayRemark = v.MayPropose && m.Minutes.IRI != "" && !m.Minutes.Adopted
	return v, nil
}

// Limits of what is typed, in characters.
const (
	MaxLine = 180
	MaxText = 1000
)

type wrongs struct{ *fault.Error }

func (w wrongs) add(when bool, field, key string) {
	if when {
		w.Fields = append(w.Fields, fault.Field{Name: field, Key: key})
	}
}

func (w wrongs) err() error {
	if len(w.Fields) == 0 {
		return nil
	}
	return w.Error
}

// written checks what somebody has typed: how long it is, and that nothing stands in
// it that is certainly a person's.
func (s *Service) written(w wrongs, field, text string, line, needed bool) {
	most := MaxText
	if line {
		most = MaxLine
	}
	w.add(needed && strings.TrimSpace(text) == "", field, "error.meetings.needed")
	w.add(utf8.RuneCountInString(text) > most || len(text) > 3*most || line && strings.ContainsAny(text, "\r\n"), field, "error.meetings.long")
	w.add(!utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError), field, "error.meetings.broken")
	for _, f := range s.d.Look(text) {
		if f.Certain {
			w.add(true, field, "error.meetings.person")
			return
		}
	}
}

func newWrongs() wrongs { return wrongs{fault.New(fault.Invalid, "error.meetings.form")} }

// Form is what somebody types of a proposal.
type Form struct {
	Title, Why, Wanted string
	Minutes            int
}

// Preview is a proposal before it is sent: the exact bytes, and what a reader should
// look at twice.
type Preview struct {
	Proposal Proposal
	Meeting  Meeting
	Findings []Finding
}

// Draft keeps a proposal and makes the bytes by which it would leave. After the
// deadline it is refused, with the words why.
func (s *Service) Draft(ctx context.Context, who clinic.Actor, meeting string, f Form) (id string, err error) {
	if err := s.may(ctx, who, "propose"); err != nil {
		return "", err
	}
	m, err := s.d.Store.Meeting(ctx, meeting)
	if err != nil {
		return "", err
	}
	if err := s.open(m); err != nil {
		return "", err
	}
	w := newWrongs()
	s.written(w, "title", f.Title, true, true)
	s.written(w, "why", f.Why, false, false)
	w.add(!strings.Contains(" note advise decide ", " "+f.Wanted+" ") || f.Wanted == "", "wanted", "error.meetings.needed")
	w.add(f.Minutes < 1 || f.Minutes > 120, "minutes", "error.meetings.minutes")
	if err := w.err(); err != nil {
		return "", err
	}
	p := Proposal{ID: s.d.NewID(), Meeting: m.ID, Title: strings.TrimSpace(f.Title), Why: lines(f.Why), Wanted: f.Wanted, Minutes: f.Minutes, By: who.UserID}
	return p.ID, s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if _, p.Bytes, p.Sum, err = s.d.Wire.Draw(ctx, m, p); err != nil {
			return err
		}
		return s.d.Store.PutProposal(ctx, &p)
	})
}

func (s *Service) open(m Meeting) error {
	switch now := s.d.Now(); {
	case m.Cancelled:
		return fault.New(fault.Conflict, "error.meetings.cancelled")
	case !now.Before(m.Start):
		return fault.New(fault.Conflict, "error.meetings.over")
	case now.After(m.Deadline):
		return fault.New(fault.Conflict, "error.meetings.late")
	}
	return nil
}

func lines(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// proposal finds one that who may see: one's own, or one that was sent.
func (s *Service) proposal(ctx context.Context, who clinic.Actor, id string) (Proposal, error) {
	all, err := s.d.Store.Proposals(ctx)
	if err != nil {
		return Proposal{}, err
	}
	for _, p := range all {
		if p.ID == id && (p.Offer != "" || p.By == who.UserID) {
			return p, nil
		}
	}
	return Proposal{}, fault.Missing()
}

// Preview shows a proposal as it would leave.
func (s *Service) Preview(ctx context.Context, who clinic.Actor, id string) (Preview, error) {
	if err := s.may(ctx, who, "propose"); err != nil {
		return Preview{}, err
	}
	p, err := s.proposal(ctx, who, id)
	if err != nil {
		return Preview{}, err
	}
	m, err := s.d.Store.Meeting(ctx, p.Meeting)
	return Preview{Proposal: p, Meeting: m, Findings: append(s.d.Look(p.Title), s.d.Look(p.Why)...)}, err
}

// Send sends exactly the bytes that were shown. looked says that somebody has looked
// at all that was found.
func (s *Service) Send(ctx context.Context, who clinic.Actor, id, sha256 string, looked bool) error {
	v, err := s.Preview(ctx, who, id)
	if err != nil {
		return err
	}
	if err := s.open(v.Meeting); err != nil {
		return err
	}
	if v.Proposal.Offer != "" || sha256 == "" || v.Proposal.Sum != sha256 {
		return illegal()
	}
	if len(v.Findings) > 0 && !looked {
		return &fault.Error{Kind: fault.Invalid, Key: "error.meetings.form", Fields: []fault.Field{{Name: "looked", Key: "error.meetings.look"}}}
	}
	other := false
	err = s.d.Tx.Within(ctx, func(ctx context.Context) error {
		p := v.Proposal
		offer, bytes, sum, err := s.d.Wire.Draw(ctx, v.Meeting, p)
		if err != nil {
			return err
		}
		if other = sum != sha256; other { // its hour or its number has passed; it is shown again
			p.Bytes, p.Sum = bytes, sum
			return s.d.Store.PutProposal(ctx, &p)
		}
		if err := s.d.Wire.Propose(ctx, v.Meeting, p); err != nil {
			return err
		}
		p.Offer, p.Sent = offer, s.d.Now()
		if err := s.d.Store.PutProposal(ctx, &p); err != nil {
			return err
		}
		return s.record(ctx, who, "propose", v.Meeting.ID)
	})
	if err == nil && other {
		return ErrRedrawn
	}
	return err
}

// ErrRedrawn says that the bytes have changed since they were shown, because an hour or
// another message has passed: nothing was sent, and they are to be looked at again.
var ErrRedrawn = fault.New(fault.Conflict, "error.meetings.redrawn")

// Answer tells the hub whether the organisation comes.
func (s *Service) Answer(ctx context.Context, who clinic.Actor, meeting string, r Reply) error {
	if err := s.may(ctx, who, "reply"); err != nil {
		return err
	}
	m, err := s.d.Store.Meeting(ctx, meeting)
	if err != nil {
		return err
	}
	if m.Cancelled || !s.d.Now().Before(m.Start) {
		return fault.New(fault.Conflict, "error.meetings.over")
	}
	w := newWrongs()
	w.add(!strings.Contains(" coming maybe absent ", " "+r.State+" ") || r.State == "", "state", "error.meetings.needed")
	w.add(r.State == "coming" && r.Mode != "onsite" && r.Mode != "online", "mode", "error.meetings.needed")
	w.add(utf8.RuneCountInString(r.Who) > MaxLine || strings.ContainsAny(r.Who, "\r\n"), "who", "error.meetings.long")
	w.add(!utf8.ValidString(r.Who) || strings.ContainsRune(r.Who, utf8.RuneError), "who", "error.meetings.broken")
	s.written(w, "needs", r.Needs, false, false)
	if err := w.err(); err != nil {
		return err
	}
	if r.State != "coming" {
		r.Mode = ""
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		first := m.Reply.Thing == ""
		if r.Thing = m.Reply.Thing; first {
			r.Thing = s.d.NewID()
		}
		r.Who, r.Needs, r.At, r.By, r.Old = strings.TrimSpace(r.Who), lines(r.Needs), s.d.Now(), who.UserID, false
		if err := s.d.Wire.Reply(ctx, m, r, first); err != nil {
			return err
		}
		if m.Reply = r; r.State != "coming" {
			m.Place, m.Link = "", ""
		}
		if err := s.d.Store.PutMeeting(ctx, &m); err != nil {
			return err
		}
		return s.record(ctx, who, "reply", m.ID)
	})
}

// Remark tells the note-taker what is not right in the minutes.
func (s *Service) Remark(ctx context.Context, who clinic.Actor, meeting, text string) error {
	v, err := s.Show(ctx, who, meeting)
	if err != nil {
		return err
	}
	if err := s.may(ctx, who, "propose"); err != nil {
		return err
	}
	if !v.MayRemark {
		return illegal()
	}
	w := newWrongs()
	s.written(w, "text", text, false, true)
	if err := w.err(); err != nil {
		return err
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.d.Wire.Remark(ctx, v.Meeting, lines(text)); err != nil {
			return err
		}
		return s.record(ctx, who, "remark", v.ID)
	})
}
