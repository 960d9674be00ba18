package register

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

// Run takes a started import in, some cases in each transaction, until it is
// done or somebody stops it. After a crash it goes on where the last committed
// transaction ended. It is the handler of JobKind.
func (s *Service) Run(ctx context.Context, id string) error {
	for {
		more, err := s.step(ctx, id)
		if fault.As(err).Key == stale && fault.Is(err, fault.Conflict) {
			continue // somebody pressed stop in between
		}
		if err != nil {
			if ctx.Err() == nil {
				err = errors.Join(err, s.fail(ctx, id))
			}
			return err
		}
		if !more {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// step takes in one chunk.
func (s *Service) step(ctx context.Context, id string) (more bool, err error) {
	err = s.Tx.Within(ctx, func(ctx context.Context) error {
		more = false
		if err := s.Lock(ctx, "register/"+id); err != nil {
			return err
		}
		f, err := s.Store.Get(ctx, id)
		if err != nil || f.State != Running {
			return err
		}
		actor := clinic.Actor{UserID: f.StartedBy, Roles: f.Roles, Active: true}
		if f.Stop || f.Next >= f.Units {
			f.State, f.EndedAt = Done, s.Clock()
			if f.Stop {
				f.State, f.Stop = Stopped, false
			}
			if err := s.Store.Save(ctx, f); err != nil {
				return err
			}
			return s.Recorder.Record(ctx, actor, "import", object(id), string(f.State), map[string]string{
				"taken": strconv.Itoa(f.Created), "already": strconv.Itoa(f.Already)})
		}
		items, _, err := s.Store.Items(ctx, Filter{ImportID: id, FromUnit: f.Next, Units: s.Chunk})
		if err != nil {
			return err
		}
		if err := s.take(ctx, actor, &f, items); err != nil {
			return err
		}
		if err := s.Store.SaveItems(ctx, items); err != nil {
			return err
		}
		f.Next = min(f.Next+s.Chunk, f.Units)
		more = true
		return s.Store.Save(ctx, f)
	})
	return more, err
}

func (s *Service) fail(ctx context.Context, id string) error {
	return s.Tx.Within(ctx, func(ctx context.Context) error {
		f, err := s.Store.Get(ctx, id)
		if err != nil || f.State != Running {
			return err
		}
		f.State, f.Stop = Failed, false
		return s.Store.Save(ctx, f)
	})
}

// take decides the state of each row of some cases.
func (s *Service) take(ctx context.Context, actor clinic.Actor, f *File, items []Item) error {
	keys, units := make([]int64, 0, len(items)), make([]int64, 0, len(items))
	for _, it := range items {
		if it.Key != 0 {
			keys = append(keys, it.Key)
		}
		if it.UnitKey != 0 {
			units = append(units, it.UnitKey)
		}
	}
	known, cases, err := s.Store.Seen(ctx, f.ID, keys, units)
	if err != nil {
		return err
	}
	for from := 0; from < len(items); {
		to := from
		for to < len(items) && items[to].Unit == items[from].Unit {
			to++
		}
		if err := s.takeCase(ctx, actor, f, items[from:to], known, cases); err != nil {
			return err
		}
		from = to
	}
	return nil
}

func (s *Service) takeCase(ctx context.Context, actor clinic.Actor, f *File, items []Item, known map[int64]bool, cases map[int64]string) error {
	var fresh []*Item
	for i := range items {
		it := &items[i]
		switch {
		case it.State == Already || (it.State == Pending && it.Key != 0 && known[it.Key]):
			it.State = Already
			f.Already++
		case it.State != Pending:
		case it.Do == Refuse:
			it.State = Refused
		case it.Do == Queue:
			it.State = Waiting
		default:
			fresh = append(fresh, it)
		}
		if it.State != Waiting && it.State != Pending {
			it.Draft = Draft{}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	caseID, err := s.admit(ctx, actor, cases[fresh[0].UnitKey], fresh)
	if fault.Is(err, fault.Invalid) { // readable for us, and yet no case file may look like it: a person decides
		for _, it := range fresh {
			it.State, it.Why = Waiting, append(it.Why, "not_accepted")
		}
		return nil
	}
	if err != nil {
		return err
	}
	if fresh[0].UnitKey != 0 {
		cases[fresh[0].UnitKey] = caseID
	}
	for _, it := range fresh {
		it.State, it.CaseID, it.Draft = Taken, caseID, Draft{}
		f.Created++
	}
	return nil
}

// admit makes a case file of rows of one case, or adds their persons to the
// file that came from the case before.
func (s *Service) admit(ctx context.Context, actor clinic.Actor, caseID string, rows []*Item) (string, error) {
	in := rows[0].Draft.Intake
	for _, it := range rows[1:] {
		in.Persons = append(in.Persons, it.Draft.Intake.Persons...)
		if len(it.Draft.Own) > 0 {
			in.Problem = strings.TrimSpace(in.Problem + "\n" + strings.Join(it.Draft.Own, "\n"))
		}
	}
	if caseID != "" {
		return caseID, s.Cases.Join(ctx, actor, caseID, in.Persons)
	}
	if len(in.Persons) > 0 {
		in.Persons[0].Role = casework.RoleClient
	}
	in.Key = "register:" + strconv.FormatUint(uint64(rows[0].Key), 16)
	caseID, _, err := s.Cases.FromRegister(ctx, actor, in)
	return caseID, err
}
