package policies

import (
	"errors"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/policies/second"
)

// but is the true evaluator with one wrong answer: about a place, for forty people.
func but(e evaluator) says {
	return func(q second.Question) bool { return e.Allows(q) != (q.Path == pathPlace && q.K == 40) }
}

// refusesAll: nothing is decided, cleared or sent, and the reason is said.
func refusesAll(t *testing.T, w *world, sent Receipt, d Decision, body []byte) {
	t.Helper()
	for _, q := range []Request{offer(), {Peer: hubPeer, Purpose: Membership, Facts: Facts{"membership/message": {"Leave"}}}} {
		no := decide(t, w, q)
		nothing(t, no)
		if no.Why != whyDiffer || no.Remedy != "policy.remedy.differ" || len(no.Fields) > 0 && no.Fields[0].Why != whyDiffer {
			t.Errorf("%s: refused for %s", q.Purpose, no.Why)
		}
		if e := w.entries[len(w.entries)-1]; e.Allowed || e.Why != whyDiffer {
			t.Errorf("the ledger says %+v", e)
		}
	}
	if _, err := w.gate.Clear(t.Context(), d, body); fault.As(err).Key != whyDiffer {
		t.Errorf("cleared: %v", err)
	}
	if _, err := w.gate.Recheck(t.Context(), sent, body); fault.As(err).Key != whyDiffer {
		t.Errorf("cleared to be sent: %v", err)
	}
	if w.gate.Stopped() == nil || w.gate.Policy() != "" || w.gate.Snapshot() != nil {
		t.Errorf("%+v %s", w.gate.Stopped(), w.gate.Policy())
	}
}

// TestADifferenceStopsTheGate: one wrong answer is one too many, until rules are
// loaded on which both agree.
func TestADifferenceStopsTheGate(t *testing.T) {
	w := open(t)
	d := decide(t, w, offer())
	body := bytesOf(t, document(d))
	c, err := w.gate.Clear(t.Context(), d, body)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := c.Consume(body, d.Peer)
	if err != nil {
		t.Fatal(err)
	}
	var told []Difference
	w.gate.alarm = func(d Difference) { told = append(told, d) }

	s := compiled(t)
	s.twin.second = but(s.twin.second)
	if err := w.gate.take(s); err != nil {
		t.Fatalf("no situation of the comparison has forty people, but %v", err)
	}
	refusesAll(t, w, sent, d, body)
	if len(told) != 1 || told[0].Path != pathPlace || told[0].Policy != s.Hash() || told[0].Situation.K != 40 || !told[0].First {
		t.Errorf("told: %+v", told)
	}

	if err := w.gate.Load([][]string{{"x"}}); err == nil || errors.Is(err, ErrDiffer) {
		t.Errorf("a bad row: %v", err)
	}
	refusesAll(t, w, sent, d, body) // a bad row is not the way back

	if err := w.gate.Load(nil); err != nil {
		t.Fatal(err)
	}
	if again := decide(t, w, offer()); !again.Allowed || w.gate.Stopped() != nil {
		t.Errorf("after good rules were loaded: %s", again.Why)
	}
	if _, err := w.gate.Recheck(t.Context(), sent, body); err != nil {
		t.Error(err)
	}

	s = compiled(t)
	s.twin.second = says(func(second.Question) bool { return false })
	if err := w.gate.take(s); !errors.Is(err, ErrDiffer) || len(told) != 2 {
		t.Errorf("loaded: %v, told %d times", err, len(told))
	}
	refusesAll(t, w, sent, d, body) // not even by the old rules
}

// TestStrangersWordsStayOut: what is told of a difference names no path from outside.
func TestStrangersWordsStayOut(t *testing.T) {
	s := compiled(t)
	s.twin.second = says(func(second.Question) bool { return true })
	a := s.Audiences()[0]
	if _, err := s.ask(a.sub, Referral, "referral/นาแล", "full", best()); !errors.Is(err, ErrDiffer) || s.Difference().Path != "?" {
		t.Errorf("%v %+v", err, s.Difference())
	}
}
