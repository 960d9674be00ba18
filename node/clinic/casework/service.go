package casework

import (
	"context"
	"sync"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/consent"
)

// Cases keeps the case files. It seals class A and B values itself, so that no
// other code sees them at rest.
type Cases interface {
	// Insert stores a new case with its persons; the same key twice is a fault.Conflict.
	Insert(ctx context.Context, c Case, key string) error
	// Find returns the id of the case that was made with the key, or that has the
	// same local number and one of the same persons; "" when there is none.
	Find(ctx context.Context, key string, c Case) (string, error)
	// Get returns a case, or fault.Missing.
	Get(ctx context.Context, id string) (Case, error)
	// Save stores a changed case as Version+1; a stale Version is a fault.Conflict.
	Save(ctx context.Context, c Case) error
	// Relation says how a user stands to a case; ok is false when it is absent.
	Relation(ctx context.Context, userID, id string) (a Attrs, ok bool, err error)
	// List returns a page of what the sight lets through.
	List(ctx context.Context, userID string, s Sight, f Filter) (Page, error)
	// Assign sets the users who have the case (the owner is part of Save).
	Assign(ctx context.Context, id string, users []string, at time.Time) error
	// CountLike counts persons outside of compartments that share the tuple.
	CountLike(ctx context.Context, t Tuple) (int, error)
}

// Journal keeps the timeline of each case.
type Journal interface {
	Append(ctx context.Context, e Event) error
	Timeline(ctx context.Context, caseID string) ([]Event, error) // newest first
}

// ConsentBook keeps the consent records of each case.
type ConsentBook interface {
	AddConsent(ctx context.Context, r consent.Record) error
	Consents(ctx context.Context, caseID string) ([]consent.Record, error) // newest first
	// SaveConsent stores a changed record as Version+1; stale is a fault.Conflict.
	SaveConsent(ctx context.Context, r consent.Record) error
}

// Staff knows the users of this node.
type Staff interface {
	// Colleague returns a user as an actor, or fault.Missing.
	Colleague(ctx context.Context, userID string) (clinic.Actor, error)
}

// Config holds what a Service stands on. All but OnWithdraw are needed.
type Config struct {
	Cases     Cases
	Journal   Journal
	Book      ConsentBook
	Drafts    Drafts
	Staff     Staff
	Authority clinic.Authority
	Recorder  clinic.Recorder
	Tx        clinic.Transactor
	Clock     clinic.Clock
	// OnWithdraw runs in the transaction that withdraws a consent, so that what
	// rested on it is called back.
	OnWithdraw func(ctx context.Context, caseID, consentID string) error
}

// Service is all that staff can do with case files. Each method asks the
// Authority first; what an actor may not read is reported as absent.
type Service struct {
	Config
	mu     sync.Mutex
	sights map[string]Sight
}

// New makes a service.
func New(cfg Config) *Service { return &Service{Config: cfg, sights: map[string]Sight{}} }

// thailand is where the organisation's days begin and end.
var thailand = time.FixedZone("ICT", 7*60*60)

// today is the organisation's date in ISO form.
func (s *Service) today() string { return s.Clock().In(thailand).Format(time.DateOnly) }

// may asks for an act on one case. Who may not read the case gets fault.Missing,
// whether it exists or not; who may read it but not do this gets a Forbidden.
func (s *Service) may(ctx context.Context, actor clinic.Actor, act, id string) (clinic.Object, error) {
	a, ok, err := s.Cases.Relation(ctx, actor.UserID, id)
	if err != nil {
		return clinic.Object{}, err
	}
	obj := a.Object(id)
	denied := s.Authority.May(ctx, actor, "read", obj) // asked for an absent case too: the same work, the same time
	if denied != nil && !refusal(denied) {
		return obj, denied
	}
	if !ok || denied != nil {
		return obj, fault.Missing()
	}
	if act == "read" {
		return obj, nil
	}
	if err := s.Authority.May(ctx, actor, act, obj); err != nil {
		if refusal(err) {
			return obj, fault.Wrap(fault.Forbidden, "cases.fault.forbidden", err)
		}
		return obj, err
	}
	return obj, nil
}

// Object is the case as the staff policy sees it for the actor; fault.Missing
// where they may not know of it.
func (s *Service) Object(ctx context.Context, actor clinic.Actor, id string) (clinic.Object, error) {
	return s.may(ctx, actor, "read", id)
}

// Can reports which of the acts the actor may do on a case that they may read,
// so that a page offers only what will work.
func (s *Service) Can(ctx context.Context, actor clinic.Actor, id string, acts ...string) (map[string]bool, error) {
	obj, err := s.may(ctx, actor, "read", id)
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(acts))
	for _, act := range acts {
		err := s.Authority.May(ctx, actor, act, obj)
		if err != nil && !refusal(err) {
			return nil, err
		}
		out[act] = err == nil
	}
	return out, nil
}

// refusal tells a "no" of the authority from a failure to answer.
func refusal(err error) bool {
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Forbidden, fault.Denied:
		return true
	case fault.Invalid, fault.Signature, fault.Conflict, fault.TooLarge, fault.MediaType, fault.TooMany, fault.Unavailable, fault.Internal:
		return false
	}
	return false
}

// change runs one act on one case in a transaction: right, version, change,
// event and audit line commit together or not at all. A version of 0 means the
// act does not depend on what the actor saw.
func (s *Service) change(ctx context.Context, actor clinic.Actor, act, id string, version int64, f func(ctx context.Context, c *Case) ([]Event, error)) (Case, error) {
	var out Case
	err := s.Tx.Within(ctx, func(ctx context.Context) error {
		obj, err := s.may(ctx, actor, act, id)
		if err != nil {
			return err
		}
		c, err := s.Cases.Get(ctx, id)
		if err != nil {
			return err
		}
		if version != 0 && c.Version != version {
			return fault.New(fault.Conflict, "cases.fault.stale")
		}
		events, err := f(ctx, &c)
		if err != nil {
			return err
		}
		c.UpdatedAt = s.Clock()
		if err := s.Cases.Save(ctx, c); err != nil {
			return err
		}
		c.Version++
		for _, e := range events {
			if err := s.log(ctx, actor, id, e); err != nil {
				return err
			}
			if err := s.Recorder.Record(ctx, actor, act, obj, "ok", auditDetail(e)); err != nil {
				return err
			}
		}
		out = c
		return nil
	})
	return out, err
}

func auditDetail(e Event) map[string]string {
	d := map[string]string{"event": e.Kind}
	for k, v := range e.Detail {
		d[k] = v
	}
	return d
}
