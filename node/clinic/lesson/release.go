package lesson

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/library"
)

// Read gives one's yes to a version. Who wrote any of it cannot, nobody can twice,
// and of the two at least one must not have worked on what it is about.
func (s *Service) Read(ctx context.Context, who clinic.Actor, id string, version int64, outside bool) error {
	return s.change(ctx, who, "review", id, version, func(ctx context.Context, l *Lesson) error {
		if l.State != Waiting && l.State != Once || l.read(who.UserID) {
			return illegal()
		}
		if outside && !l.outsider(who.UserID) || !outside && l.State == Once && !l.outside() {
			return fault.New(fault.Invalid, "lessons.error.outside")
		}
		if err := s.ready(ctx, *l); err != nil {
			return err
		}
		l.Readings = append(l.Readings, Reading{By: who.UserID, Outside: outside, At: s.d.Now()})
		l.State = Once
		if len(l.Readings) >= 2 {
			l.State = Twice
		}
		return nil
	})
}

// Return sends a version back to who wrote it.
func (s *Service) Return(ctx context.Context, who clinic.Actor, id string, version int64) error {
	return s.change(ctx, who, "review", id, version, func(_ context.Context, l *Lesson) error {
		if l.State != Waiting && l.State != Once && l.State != Twice {
			return illegal()
		}
		l.State, l.Readings, l.Returned = Draft, nil, true
		return nil
	})
}

// Release shares exactly the bytes with the hash that were shown.
func (s *Service) Release(ctx context.Context, who clinic.Actor, id, shown string) error {
	return s.change(ctx, who, "release", id, 0, func(ctx context.Context, l *Lesson) error {
		if l.State != Twice || len(l.Readings) < 2 || !l.outside() {
			return illegal()
		}
		if err := s.ready(ctx, *l); err != nil {
			return err
		}
		ok, err := s.d.Wire.Release(ctx, *l, shown)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, "lessons.error.other_bytes")
		}
		l.State, l.Live, l.Since, l.Activity = Shared, l.Draft, s.d.Now().UTC().Truncate(time.Hour), s.d.NewID()
		l.Revision++
		return nil
	})
}

// Retract takes a lesson back: all members are told, and keep nothing of it.
func (s *Service) Retract(ctx context.Context, who clinic.Actor, id, reason string) error {
	return s.change(ctx, who, "retract", id, 0, func(ctx context.Context, l *Lesson) error {
		if !l.With() {
			return illegal()
		}
		if !s.d.Known("retraction_reason", reason) {
			return fault.New(fault.Invalid, "lessons.error.reason")
		}
		l.Reason = reason
		if err := s.d.Wire.Retract(ctx, *l); err != nil {
			return err
		}
		title := l.Live.Title
		l.State, l.Draft, l.Live, l.Kept, l.Readings = Retracted, library.Text{Title: title}, library.Text{}, nil, nil
		return nil
	})
}

// maxRemark is the length of a remark in letters.
const maxRemark = 1000

// Say writes a remark about a lesson down, for a second person to release.
func (s *Service) Say(ctx context.Context, who clinic.Actor, r Remark) (string, error) {
	if err := s.d.Authority.May(ctx, who, "say", Remark{}.object(who)); err != nil {
		return "", err
	}
	r.ID, r.By, r.At, r.Activity = s.d.NewID(), who.UserID, s.d.Now(), s.d.NewID()
	if err := s.checkRemark(r); err != nil {
		return "", err
	}
	err := s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.d.Remarks.PutRemark(ctx, r); err != nil {
			return err
		}
		return s.d.Audit.Record(ctx, who, "remark.say", r.object(who), "done", map[string]string{"kind": r.Kind})
	})
	return r.ID, err
}

func (s *Service) checkRemark(r Remark) error {
	f := fault.New(fault.Invalid, "lessons.error.form")
	wrong := func(name, key string) { f.Fields = append(f.Fields, fault.Field{Name: name, Key: key}) }
	if r.Kind == library.Trial && !s.d.Known("trial_result", r.Result) {
		wrong("result", "lessons.error.choose")
	}
	if r.Kind == library.Reply && strings.TrimSpace(r.Text.TH) == "" {
		wrong("text", "lessons.error.needed")
	}
	if utf8.RuneCountInString(r.Text.TH) > maxRemark {
		wrong("text", "lessons.error.long")
	}
	if (r.Kind != library.Trial && r.Kind != library.Reply) || (r.Kind == library.Reply) != (r.Result == "") {
		wrong("result", "lessons.error.choose")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// RemarkView is a remark as it waits.
type RemarkView struct {
	Remark
	Findings   []Finding
	Open       int
	Preview    Preview
	MayRelease bool // a second person
	MayDrop    bool
}

// Waiting lists the remarks that wait for a second person.
func (s *Service) Waiting(ctx context.Context, who clinic.Actor) ([]Remark, error) {
	if err := s.d.Authority.May(ctx, who, "say", Remark{}.object(who)); err != nil {
		return nil, err
	}
	return s.d.Remarks.Remarks(ctx)
}

// ShowRemark returns a remark that waits, with exactly what would leave.
func (s *Service) ShowRemark(ctx context.Context, who clinic.Actor, id string) (RemarkView, error) {
	if err := s.d.Authority.May(ctx, who, "say", Remark{}.object(who)); err != nil {
		return RemarkView{}, err
	}
	r, err := s.d.Remarks.Remark(ctx, id)
	if err != nil {
		return RemarkView{}, err
	}
	v := RemarkView{Remark: r}
	if v.Findings, err = s.lookAt(ctx, "text_th", r.Text.TH, r.Kept); err != nil {
		return v, err
	}
	v.Open = open(v.Findings)
	if v.Open == 0 {
		if v.Preview, err = s.d.Wire.PreviewRemark(ctx, r); err != nil {
			return v, err
		}
	}
	v.MayRelease = s.d.Authority.May(ctx, who, "release", r.object(who)) == nil
	v.MayDrop = v.MayRelease || r.By == who.UserID
	return v, nil
}

// SettleRemark decides about a finding in a remark that waits.
func (s *Service) SettleRemark(ctx context.Context, who clinic.Actor, id, key string, keep bool) error {
	return s.remark(ctx, who, "say", id, func(ctx context.Context, r *Remark) error {
		found, err := s.lookAt(ctx, "text_th", r.Text.TH, r.Kept)
		if err != nil {
			return err
		}
		for i := len(found) - 1; i >= 0; i-- {
			f := found[i]
			switch {
			case f.Key != key:
			case keep && f.Must:
				return fault.New(fault.Invalid, "lessons.error.must")
			case keep:
				r.Kept = append(r.Kept, key)
			default:
				r.Text.TH = r.Text.TH[:f.start] + f.Instead + r.Text.TH[f.end:]
			}
		}
		return s.d.Remarks.PutRemark(ctx, *r)
	})
}

// ReleaseRemark sends exactly the bytes with the hash that a second person was shown.
func (s *Service) ReleaseRemark(ctx context.Context, who clinic.Actor, id, shown string) error {
	return s.remark(ctx, who, "release", id, func(ctx context.Context, r *Remark) error {
		found, err := s.lookAt(ctx, "text_th", r.Text.TH, r.Kept)
		if err != nil {
			return err
		}
		if open(found) > 0 {
			return fault.New(fault.Conflict, "lessons.error.findings")
		}
		ok, err := s.d.Wire.ReleaseRemark(ctx, *r, shown)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, "lessons.error.other_bytes")
		}
		return s.d.Remarks.DropRemark(ctx, id)
	})
}

// DropRemark forgets a remark that waits: whoever wrote it can, and whoever could
// release it.
func (s *Service) DropRemark(ctx context.Context, who clinic.Actor, id string) error {
	return s.remark(ctx, who, "say", id, func(ctx context.Context, r *Remark) error {
		if r.By != who.UserID && s.d.Authority.May(ctx, who, "release", r.object(who)) != nil {
			return fault.New(fault.Forbidden, "error.forbidden")
		}
		return s.d.Remarks.DropRemark(ctx, id)
	})
}

func (s *Service) remark(ctx context.Context, who clinic.Actor, act, id string, f func(ctx context.Context, r *Remark) error) error {
	if err := s.d.Authority.May(ctx, who, act, clinic.Object{Type: "library", Open: true, Openness: 2, DraftedByAnother: true}); err != nil {
		return err
	}
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		r, err := s.d.Remarks.Remark(ctx, id)
		if err != nil {
			return err
		}
		if err := s.d.Authority.May(ctx, who, act, r.object(who)); err != nil {
			return err
		}
		if err := f(ctx, &r); err != nil {
			return err
		}
		return s.d.Audit.Record(ctx, who, "remark."+act, r.object(who), "done", map[string]string{"kind": r.Kind})
	})
}
