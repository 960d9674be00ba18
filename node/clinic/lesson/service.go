package lesson

import (
	"context"
	"slices"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/library"
)

// Store keeps lessons and what belongs to them. Drafts are sealed in it.
type Store interface {
	// Get returns fault.Missing for what was never written.
	Get(ctx context.Context, id string) (Lesson, error)
	// Put saves and raises l.Version; fault.Conflict when the version has moved on.
	Put(ctx context.Context, l *Lesson) error
	All(ctx context.Context) ([]Lesson, error) // what changed last comes first

	SaveTyping(ctx context.Context, t Typing) error
	// Typing returns fault.Missing where nothing was typed.
	Typing(ctx context.Context, lesson, userID string) (Typing, error)
	DropTyping(ctx context.Context, lesson, userID string) error
}

// RemarkStore keeps remarks that wait for a second person.
type RemarkStore interface {
	PutRemark(ctx context.Context, r Remark) error
	Remark(ctx context.Context, id string) (Remark, error)
	Remarks(ctx context.Context) ([]Remark, error) // oldest first
	DropRemark(ctx context.Context, id string) error
}

// Wire is how lessons reach the network.
type Wire interface {
	// Preview asks the gate and builds the bytes that would leave now.
	Preview(ctx context.Context, l Lesson) (Preview, error)
	// Release does it once more and, if the bytes have the hash that was shown, has
	// them cleared and filed in the running transaction.
	Release(ctx context.Context, l Lesson, shown string) (ok bool, err error)
	Retract(ctx context.Context, l Lesson) error
	PreviewRemark(ctx context.Context, r Remark) (Preview, error)
	ReleaseRemark(ctx context.Context, r Remark, shown string) (ok bool, err error)
}

// Cases gives the codes of a closed case to who may read it.
type Cases interface {
	Seed(ctx context.Context, who clinic.Actor, caseID string) (Seed, error)
}

// Deps is what the service stands on; all are needed.
type Deps struct {
	Store     Store
	Remarks   RemarkStore
	Wire      Wire
	Cases     Cases
	Scrub     Scrubber
	Authority clinic.Authority
	Tx        clinic.Transactor
	Audit     clinic.Recorder
	Now       clinic.Clock
	NewID     func() string
	Known     func(list, code string) bool // vocabularies
}

// Service is the front door.
type Service struct{ d Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d: d} }

func (s *Service) may(ctx context.Context, who clinic.Actor, act string, l Lesson) error {
	return s.d.Authority.May(ctx, who, act, l.object(who))
}

// List lists all lessons of this organisation, what changed last first.
func (s *Service) List(ctx context.Context, who clinic.Actor) ([]Lesson, error) {
	if err := s.may(ctx, who, "list", Lesson{}); err != nil {
		return nil, err
	}
	return s.d.Store.All(ctx)
}

// View is a lesson as it is shown to one of the staff.
type View struct {
	Lesson
	Findings                             []Finding
	Open                                 int // findings that nobody has decided about
	Preview                              Preview
	Theirs                               bool // the actor has typed something that is not saved
	MayWrite, MayRead, MayOutside        bool // MayRead: give one's yes
	MayRelease, MayRetract, NeedsOutside bool
}

// Show returns a lesson with all that there is to decide about it.
func (s *Service) Show(ctx context.Context, who clinic.Actor, id string) (View, error) {
	if err := s.may(ctx, who, "read", Lesson{}); err != nil {
		return View{}, err
	}
	l, err := s.d.Store.Get(ctx, id)
	if err != nil {
		return View{}, err
	}
	v := View{Lesson: l}
	if l.Open() {
		if v.Findings, err = s.look(ctx, l.Draft, l.Kept); err != nil {
			return View{}, err
		}
		v.Open = open(v.Findings)
	}
	if l.State == Twice {
		if v.Preview, err = s.d.Wire.Preview(ctx, l); err != nil {
			return View{}, err
		}
	}
	if _, err := s.d.Store.Typing(ctx, id, who.UserID); err == nil {
		v.Theirs = true
	} else if !fault.Is(err, fault.NotFound) {
		return View{}, err
	}
	can := func(act string) bool { return s.may(ctx, who, act, l) == nil }
	v.MayWrite = l.State != Retracted && can("write")
	v.MayRead = (l.State == Waiting || l.State == Once) && can("review") && !l.read(who.UserID)
	v.MayOutside = l.outsider(who.UserID)
	v.NeedsOutside = l.State == Once && !l.outside()
	v.MayRelease = l.State == Twice && can("release")
	v.MayRetract = l.With() && can("retract")
	return v, nil
}

// read reports whether somebody has given their yes to this version.
func (l Lesson) read(userID string) bool {
	return slices.ContainsFunc(l.Readings, func(r Reading) bool { return r.By == userID })
}

func (l Lesson) outside() bool {
	return slices.ContainsFunc(l.Readings, func(r Reading) bool { return r.Outside })
}

// MayWrite answers nil for who may write lessons.
func (s *Service) MayWrite(ctx context.Context, who clinic.Actor) error {
	return s.may(ctx, who, "write", Lesson{})
}

// Begin begins a lesson, from nothing or ("" for none) from a closed case, of which
// codes are taken and not a word.
func (s *Service) Begin(ctx context.Context, who clinic.Actor, caseID string) (string, error) {
	if err := s.MayWrite(ctx, who); err != nil {
		return "", err
	}
	l := Lesson{ID: s.d.NewID(), State: Draft, Writers: []string{who.UserID}, Activity: s.d.NewID(), Begun: s.d.Now(), Changed: s.d.Now()}
	err := s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if caseID != "" {
			seed, err := s.d.Cases.Seed(ctx, who, caseID)
			if err != nil {
				return err
			}
			l.Draft, l.Insiders, l.FromCase = seed.Text(), seed.Insiders, true
		}
		if err := s.d.Store.Put(ctx, &l); err != nil {
			return err
		}
		return s.record(ctx, who, "begin", l)
	})
	return l.ID, err
}

// Text returns what is being written and its version, and what the actor has typed
// and not saved, if anything.
func (s *Service) Text(ctx context.Context, who clinic.Actor, id string) (Lesson, *Typing, error) {
	if err := s.MayWrite(ctx, who); err != nil {
		return Lesson{}, nil, err
	}
	l, err := s.d.Store.Get(ctx, id)
	if err != nil {
		return Lesson{}, nil, err
	}
	t, err := s.d.Store.Typing(ctx, id, who.UserID)
	if fault.Is(err, fault.NotFound) {
		return l, nil, nil
	}
	return l, &t, err
}

// maxTyping is the most that is kept of what somebody types, in bytes.
const maxTyping = 80_000

// Keep keeps what somebody has typed, for them alone, until they save or drop it.
func (s *Service) Keep(ctx context.Context, who clinic.Actor, id string, base int64, form map[string][]string) error {
	if err := s.MayWrite(ctx, who); err != nil {
		return err
	}
	size := 0
	for k, vs := range form {
		for _, v := range vs {
			size += len(k) + len(v)
		}
	}
	if size > maxTyping {
		return fault.New(fault.TooLarge, "lessons.error.typing")
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		l, err := s.d.Store.Get(ctx, id)
		if err != nil {
			return err
		}
		if l.State == Retracted {
			return illegal()
		}
		return s.d.Store.SaveTyping(ctx, Typing{Lesson: id, UserID: who.UserID, Base: base, Form: form, At: s.d.Now()})
	})
}

// Drop forgets what the actor has typed and not saved.
func (s *Service) Drop(ctx context.Context, who clinic.Actor, id string) error {
	if err := s.MayWrite(ctx, who); err != nil {
		return err
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error { return s.d.Store.DropTyping(ctx, id, who.UserID) })
}

// Edit changes the text. Whoever has read it has to read it again.
func (s *Service) Edit(ctx context.Context, who clinic.Actor, id string, version int64, t library.Text) error {
	return s.change(ctx, who, "write", id, version, func(ctx context.Context, l *Lesson) error {
		if l.State == Retracted {
			return illegal()
		}
		if err := s.check(t, false); err != nil {
			return err
		}
		l.State, l.Draft, l.Readings, l.Returned = Draft, t, nil, false
		l.Writers = append(slices.DeleteFunc(l.Writers, func(u string) bool { return u == who.UserID }), who.UserID)
		return s.d.Store.DropTyping(ctx, id, who.UserID)
	})
}

// Settle decides about a finding: keep leaves it, mask puts a placeholder there.
func (s *Service) Settle(ctx context.Context, who clinic.Actor, id string, version int64, key string, keep bool) error {
	return s.change(ctx, who, "write", id, version, func(ctx context.Context, l *Lesson) error {
		if !l.Open() {
			return illegal()
		}
		found, err := s.look(ctx, l.Draft, l.Kept)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(found, func(f Finding) bool { return f.Key == key })
		if i < 0 {
			return fault.New(fault.Conflict, "lessons.error.gone")
		}
		if keep && found[i].Must {
			return fault.New(fault.Invalid, "lessons.error.must")
		}
		l.State, l.Readings = Draft, nil
		if keep {
			l.Kept = append(l.Kept, key)
			return nil
		}
		l.Draft = mask(l.Draft, found, key)
		if !slices.Contains(l.Writers, who.UserID) {
			l.Writers = append(l.Writers, who.UserID)
		}
		return nil
	})
}

// Submit asks two others to read it.
func (s *Service) Submit(ctx context.Context, who clinic.Actor, id string, version int64) error {
	return s.change(ctx, who, "write", id, version, func(ctx context.Context, l *Lesson) error {
		if l.State != Draft {
			return illegal()
		}
		if err := s.ready(ctx, *l); err != nil {
			return err
		}
		l.State, l.Returned, l.Readings = Waiting, false, nil
		return nil
	})
}

// ready says what keeps a text from being read by others and from leaving.
func (s *Service) ready(ctx context.Context, l Lesson) error {
	if err := s.check(l.Draft, true); err != nil {
		return err
	}
	found, err := s.look(ctx, l.Draft, l.Kept)
	if err != nil {
		return err
	}
	if open(found) > 0 {
		return fault.New(fault.Conflict, "lessons.error.findings")
	}
	return nil
}

func (s *Service) change(ctx context.Context, who clinic.Actor, act, id string, version int64, f func(ctx context.Context, l *Lesson) error) error {
	// Who may do it to no lesson at all learns nothing of this one.
	if err := s.d.Authority.May(ctx, who, act, clinic.Object{Type: "lesson", Open: true, Openness: 2, DraftedByAnother: true}); err != nil {
		return err
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		l, err := s.d.Store.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := s.may(ctx, who, act, l); err != nil {
			return err
		}
		if version != 0 && version != l.Version {
			return fault.New(fault.Conflict, "lessons.error.stale")
		}
		before := l.State
		if err := f(ctx, &l); err != nil {
			return err
		}
		l.Changed = s.d.Now()
		if err := s.d.Store.Put(ctx, &l); err != nil {
			return err
		}
		if before != l.State {
			act = string(l.State)
		}
		return s.record(ctx, who, act, l)
	})
}

func (s *Service) record(ctx context.Context, who clinic.Actor, act string, l Lesson) error {
	return s.d.Audit.Record(ctx, who, "lesson."+act, l.object(who), "done", nil)
}

func illegal() error { return fault.New(fault.Conflict, "lessons.error.state") }
