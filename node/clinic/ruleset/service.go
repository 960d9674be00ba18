package ruleset

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
)

// Service is the front door.
type Service struct{ d Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d: d} }

func (s *Service) may(ctx context.Context, who clinic.Actor, act string, v Version) error {
	other := v.Number > 0 && !slices.Contains(v.EditedBy, who.UserID) && v.ProposedBy != who.UserID
	return s.d.Authority.May(ctx, who, act, clinic.Object{Type: "policy", ID: strconv.FormatInt(v.Number, 10), Open: true, Openness: 2, DraftedByAnother: other})
}

// Shelf is all versions with what the reader may do.
type Shelf struct {
	Versions []Version // the newest first
	MayDraft bool
}

// Live is the version in force, the zero one where none is.
func (s Shelf) Live() Version { return live(s.Versions) }

func live(all []Version) Version {
	for _, v := range all {
		if v.State == Active {
			return v
		}
	}
	return Version{}
}

// List lists all versions.
func (s *Service) List(ctx context.Context, who clinic.Actor) (Shelf, error) {
	if err := s.may(ctx, who, "read", Version{}); err != nil {
		return Shelf{}, err
	}
	events, err := s.d.Store.Events(ctx)
	return Shelf{Versions: fold(events), MayDraft: s.may(ctx, who, "draft", Version{}) == nil}, err
}

// View is one version as it is shown to one of the staff.
type View struct {
	Version
	Live      Version // the one in force
	Judgement Judgement
	MayDraft  bool // and it can still be changed
	MayDecide bool // a second person, and it waits
	MayRefuse bool // or send it back
	MayAgain  bool // it was in force once, and can be brought back
}

// Show returns one version with what would follow from it, compared with the one
// in force.
func (s *Service) Show(ctx context.Context, who clinic.Actor, number int64) (View, error) {
	all, v, err := s.one(ctx, who, "read", number)
	if err != nil {
		return View{}, err
	}
	out := View{Version: v, Live: live(all)}
	draft := s.may(ctx, who, "draft", v) == nil
	out.MayDraft = draft && v.State == Draft
	out.MayAgain = draft && v.State == Superseded
	out.MayDecide = v.State == Proposed && s.may(ctx, who, "activate", v) == nil
	out.MayRefuse = (v.State == Proposed || v.State == Draft) && (draft || s.may(ctx, who, "reject", v) == nil)
	if v.State == Rejected {
		return out, nil
	}
	out.Judgement, err = s.d.Judge.Judge(ctx, who, v.Rows)
	return out, err
}

// Version returns one version alone, for who may read the rules.
func (s *Service) Version(ctx context.Context, who clinic.Actor, number int64) (Version, error) {
	_, v, err := s.one(ctx, who, "read", number)
	return v, err
}

func (s *Service) one(ctx context.Context, who clinic.Actor, act string, number int64) ([]Version, Version, error) {
	if err := s.may(ctx, who, "read", Version{}); err != nil {
		return nil, Version{}, err
	}
	events, err := s.d.Store.Events(ctx)
	if err != nil {
		return nil, Version{}, err
	}
	all := fold(events)
	i := slices.IndexFunc(all, func(v Version) bool { return v.Number == number })
	if i < 0 {
		return nil, Version{}, fault.Missing()
	}
	return all, all[i], s.may(ctx, who, act, all[i])
}

// Begin drafts a new version of the rules that are in force, or, with from, of
// those of an older version, and returns its number.
func (s *Service) Begin(ctx context.Context, who clinic.Actor, note string, from int64) (number int64, err error) {
	if err := s.may(ctx, who, "draft", Version{}); err != nil {
		return 0, err
	}
	if note, err = reason("note", note); err != nil {
		return 0, err
	}
	err = s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.d.Store.Lock(ctx); err != nil {
			return err
		}
		events, err := s.d.Store.Events(ctx)
		if err != nil {
			return err
		}
		all := fold(events)
		base := live(all)
		rows := base.Rows
		if from != 0 {
			i := slices.IndexFunc(all, func(v Version) bool { return v.Number == from && v.State == Superseded })
			if i < 0 {
				return fault.Missing()
			}
			rows = all[i].Rows
		}
		number = int64(len(all)) + 1
		e := Event{Number: number, Revision: 1, Act: Drafted, Note: note, Rows: rows, Base: base.Number, From: from}
		act := "rules.draft"
		if from != 0 {
			act = "rules.rollback"
		}
		return s.append(ctx, who, act, e)
	})
	return number, err
}

// Look says what would follow from a version if row were in it: instead of the
// one of its name, or in addition where it has none. It changes nothing.
func (s *Service) Look(ctx context.Context, who clinic.Actor, number int64, row Row) (Row, Judgement, error) {
	_, v, err := s.one(ctx, who, "draft", number)
	if err != nil {
		return row, Judgement{}, err
	}
	if v.State != Draft {
		return row, Judgement{}, fault.New(fault.Conflict, "rules.error.fixed")
	}
	row, rows, err := with(v.Rows, row)
	if err != nil {
		return row, Judgement{}, err
	}
	j, err := s.d.Judge.Judge(ctx, who, rows)
	return row, j, err
}

// Put adds a rule to a draft, or changes the one of the same name.
func (s *Service) Put(ctx context.Context, who clinic.Actor, number, revision int64, row Row) error {
	row, j, err := s.Look(ctx, who, number, row)
	if err != nil {
		return err
	}
	if len(j.Problems) > 0 {
		return broken(j.Problems)
	}
	return s.edit(ctx, who, number, revision, func(rows []Row) ([]Row, error) {
		_, rows, err := with(rows, row)
		return rows, err
	})
}

// Drop takes a rule out of a draft.
func (s *Service) Drop(ctx context.Context, who clinic.Actor, number, revision int64, name string) error {
	return s.edit(ctx, who, number, revision, func(rows []Row) ([]Row, error) {
		out := slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return r.Name == name })
		if len(out) == len(rows) {
			return nil, fault.Missing()
		}
		return out, nil
	})
}

// Replace gives a draft other rules altogether, as an engineer does with a file.
func (s *Service) Replace(ctx context.Context, who clinic.Actor, number, revision int64, rows []Row) error {
	j, err := s.d.Judge.Judge(ctx, who, rows)
	if err != nil {
		return err
	}
	if len(j.Problems) > 0 {
		return broken(j.Problems)
	}
	return s.edit(ctx, who, number, revision, func([]Row) ([]Row, error) { return rows, nil })
}

func (s *Service) edit(ctx context.Context, who clinic.Actor, number, revision int64, f func([]Row) ([]Row, error)) error {
	return s.change(ctx, who, "draft", number, revision, func(_ []Version, v Version) (Event, string, error) {
		if v.State != Draft {
			return Event{}, "", fault.New(fault.Conflict, "rules.error.fixed")
		}
		rows, err := f(v.Rows)
		if err == nil && len(rows) > MaxRows {
			err = fault.New(fault.Invalid, "rules.error.many")
		}
		return Event{Act: Edited, Rows: rows}, "rules.edit", err
	})
}

// change appends one event to a version, if nobody has done so since the reader
// saw it.
func (s *Service) change(ctx context.Context, who clinic.Actor, act string, number, revision int64, f func(all []Version, v Version) (Event, string, error)) error {
	return s.d.Tx.Within(ctx, func(ctx context.Context) error {
		if err := s.d.Store.Lock(ctx); err != nil {
			return err
		}
		all, v, err := s.one(ctx, who, act, number)
		if err != nil {
			return err
		}
		if v.Revision != revision {
			return fault.New(fault.Conflict, "rules.error.moved")
		}
		e, name, err := f(all, v)
		if err != nil {
			return err
		}
		e.Number, e.Revision = number, v.Revision+1
		return s.append(ctx, who, name, e)
	})
}

func (s *Service) append(ctx context.Context, who clinic.Actor, name string, e Event) error {
	e.By, e.At = who.UserID, s.d.Now()
	if err := s.d.Store.Append(ctx, &e); err != nil {
		return err
	}
	detail := map[string]string{"revision": strconv.FormatInt(e.Revision, 10)}
	if e.Hash != "" {
		detail["policy"] = e.Hash
	}
	if e.From != 0 {
		detail["from"] = strconv.FormatInt(e.From, 10)
	}
	return s.d.Audit.Record(ctx, who, name, clinic.Object{Type: "policy", ID: strconv.FormatInt(e.Number, 10)}, "ok", detail)
}

// with puts a row into rows, under a name of its own where it has none.
func with(rows []Row, row Row) (Row, []Row, error) {
	var err error
	if row.Reason, err = reason("reason", row.Reason); err != nil {
		return row, nil, err
	}
	rows = slices.Clone(rows)
	if row.Name != "" {
		i := slices.IndexFunc(rows, func(r Row) bool { return r.Name == row.Name })
		if i < 0 {
			return row, nil, fault.New(fault.Conflict, "rules.error.gone")
		}
		rows[i] = row
		return row, rows, nil
	}
	for n := 1; ; n++ {
		name := fmt.Sprintf("own_%d", n)
		if !slices.ContainsFunc(rows, func(r Row) bool { return r.Name == name }) {
			fresh := row
			fresh.Name = name
			return row, append(rows, fresh), nil
		}
	}
}

// reason is what somebody has written as a reason: needed, short, on one line.
func reason(field, text string) (string, error) {
	text = strings.Join(strings.Fields(text), " ")
	switch {
	case text == "":
		return "", fault.New(fault.Invalid, "rules.error.reason").With(field, "rules.error.reason")
	case utf8.RuneCountInString(text) > MaxNote:
		return "", fault.New(fault.Invalid, "rules.error.long").With(field, "rules.error.long")
	}
	return text, nil
}

// broken is what is wrong with rows, by column.
func broken(all []Problem) error {
	err := fault.New(fault.Invalid, "rules.error.broken")
	for _, p := range all {
		field := p.Column
		if field == "" {
			field = "row"
		}
		err = err.With(field, "rules.problem."+field)
	}
	return err
}
