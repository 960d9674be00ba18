// Package library is the hub's part in what members learn from each other: it keeps
// the library too, and passes on to every member what each of them says, as it was
// said and in the order in which it came. It says nothing itself.
package library

import (
	"context"
	"slices"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	shelf "github.com/saphan-network/saphan/node/clinic/library"
)

// Said is one word of a member, to the byte.
type Said struct {
	Position int64  // from 1, in the order in which they came
	Activity string // IRI
	Author   string // IRI
	About    string // IRI of the lesson or remark that it makes, changes or takes back
	Kind     string // of the word: Create, Update, Delete
	Body     []byte
	At       time.Time
}

// Log keeps what was said, and how far each member has got it.
type Log interface {
	Append(ctx context.Context, s Said) error
	// Clear forgets the words about something: whom they have not reached, they never will.
	Clear(ctx context.Context, about string) error
	// After returns the next words behind a position, the oldest first, at most n.
	After(ctx context.Context, position int64, n int) ([]Said, error)
	Reached(ctx context.Context, member string) (int64, error)
	SetReached(ctx context.Context, member string, position int64) error
}

// Post passes words on.
type Post interface {
	// Pass has the gate clear what a member has said for another, and files it, in the
	// running transaction.
	Pass(ctx context.Context, to string, s Said) error
	// Recall gives up what waits for members about something.
	Recall(ctx context.Context, about string) error
}

// Members lists who is on the members list, by their IRIs: all, and those who are
// active.
type Members func(ctx context.Context) (listed, active []string, err error)

// Deps is what the service stands on; all are needed.
type Deps struct {
	Shelf     shelf.Shelf
	Log       Log
	Post      Post
	Members   Members
	Authority clinic.Authority
	Tx        clinic.Transactor
	Now       clinic.Clock
	Soon      func(ctx context.Context) error // has Spread run when the transaction commits
}

// Service is the front door.
type Service struct{ d Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d: d} }

// Heard takes down what a member has said that was news, to be passed on.
func (s *Service) Heard(ctx context.Context, w Said) error {
	w.At = s.d.Now()
	if w.Kind == "Delete" {
		if err := s.d.Log.Clear(ctx, w.About); err != nil {
			return err
		}
		if err := s.d.Post.Recall(ctx, w.About); err != nil {
			return err
		}
	}
	if err := s.d.Log.Append(ctx, w); err != nil {
		return err
	}
	return s.d.Soon(ctx)
}

// atOnce is how many words one transaction passes on to a member.
const atOnce = 25

// Spread passes on to every active member what has not been passed on to it, in
// order. Who was away, or is new, gets all that still stands. It goes on where it was
// cut off, and passes nothing on twice.
func (s *Service) Spread(ctx context.Context) error {
	_, active, err := s.d.Members(ctx)
	if err != nil {
		return err
	}
	slices.Sort(active) // always in the same order, so that two runs cannot wait for each other
	for _, m := range active {
		for more := true; more && ctx.Err() == nil; {
			if more, err = s.pass(ctx, m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) pass(ctx context.Context, member string) (more bool, err error) {
	err = s.d.Tx.Within(ctx, func(ctx context.Context) error {
		listed, active, err := s.d.Members(ctx)
		if err != nil || !slices.Contains(active, member) {
			return err
		}
		at, err := s.d.Log.Reached(ctx, member)
		if err != nil {
			return err
		}
		all, err := s.d.Log.After(ctx, at, atOnce)
		if err != nil || len(all) == 0 {
			return err
		}
		for _, w := range all {
			at = w.Position
			if !slices.Contains(listed, w.Author) {
				continue // nobody could verify any more who said it
			}
			if err := s.d.Post.Pass(ctx, member, w); err != nil && !fault.Is(err, fault.Denied) {
				return err
			}
		}
		more = len(all) == atOnce
		return s.d.Log.SetReached(ctx, member, at)
	})
	return more, err
}
