package policies

import (
	"errors"
	"sync/atomic"

	"github.com/saphan-network/saphan/policies/second"
)

// ErrDiffer says that the two evaluators answered one question differently: one
// of them is wrong, nobody knows which, and nothing leaves any more.
var ErrDiffer = errors.New("policies: the two evaluators differ")

// whyDiffer is the message key of every refusal from then on.
const whyDiffer = "policy.why.differ"

// Difference is the question that two evaluators answered differently, in codes:
// it names no peer, and no value.
type Difference struct {
	Policy              string // hash of the rules
	Purpose, Path, Form string
	Situation           Situation
	First               bool // what casbin said; the second evaluator said the opposite
}

// evaluator answers a question without casbin; *second.Rules is one.
type evaluator interface {
	Allows(q second.Question) bool
}

// twin is the second evaluator of a snapshot and what it has found.
type twin struct {
	second evaluator
	differ atomic.Pointer[Difference]
	alarm  func(Difference) // told once; nil: nobody
}

// newTwin has the second evaluator read the same rows and the same registry.
func newTwin(rows []Row) (evaluator, error) {
	var lines []second.Row
	for _, r := range rows {
		lines = append(lines, second.Row{Layer: r.Layer, Name: r.ID, Who: r.Sub, Purpose: r.Purpose, Field: r.Obj, Form: r.Act, When: r.Cond, Effect: r.Effect})
	}
	var fields []second.Field
	for _, f := range Fields() {
		fields = append(fields, second.Field{Path: f.Path, Class: string(f.Class), Special: f.S26, Quasi: f.Quasi})
	}
	return second.New(lines, fields)
}

// Difference tells what has stopped the snapshot, nil if nothing has.
func (s *Snapshot) Difference() *Difference {
	if s == nil {
		return nil
	}
	return s.twin.differ.Load()
}

// ask puts one question to both evaluators. Any error is a denial; after the
// first difference there is nothing but errors.
func (s *Snapshot) ask(sub subject, purpose, path, act string, at Situation) (verdict, error) {
	if s == nil || sub.id == "" || len(sub.roles) == 0 || purpose == "" || path == "" || act == "" {
		return verdict{}, errors.New("policies: an empty question")
	}
	if s.Difference() != nil {
		return verdict{}, ErrDiffer
	}
	v, err := s.first(sub, purpose, path, act, at)
	if err != nil {
		return verdict{}, err // a denial already, and it says nothing about the other one
	}
	if v.allowed == s.twin.second.Allows(sub.question(purpose, path, act, at)) {
		return v, nil
	}
	s.stop(Difference{Policy: s.hash, Purpose: purpose, Path: path, Form: act, Situation: at, First: v.allowed})
	return verdict{}, ErrDiffer
}

// stop keeps the first difference and tells it on.
func (s *Snapshot) stop(d Difference) {
	if _, known := s.fields[d.Path]; !known {
		d.Path = "?" // a path from outside may itself be telling
	}
	if s.twin.differ.CompareAndSwap(nil, &d) && s.twin.alarm != nil {
		s.twin.alarm(d)
	}
}

func (s subject) question(purpose, path, act string, at Situation) second.Question {
	p := s.peer
	return second.Question{Peer: second.Peer{Actor: p.Actor, Tier: p.Tier, State: p.State, Role: p.Role, Groups: p.Groups}, Purpose: purpose, Path: path, Form: act,
		Consent: at.Consent, Openness: at.Openness, K: at.K, Scrubbed: at.Scrubbed, Reviewed: at.Reviewed, IsAdult: at.Adult}
}
