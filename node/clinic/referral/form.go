package referral

import (
	"context"
	"slices"
	"sort"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

// Limits of a form: more would say too much about one person.
const (
	maxNeeds   = 6
	maxIssues  = 4
	maxPhrases = 5
)

// check refuses codes that are not of the vocabulary and a target that is not
// an active member, and puts lists into a fixed order, so that the order in
// which somebody ticked boxes does not travel.
func (s *Sender) check(ctx context.Context, f *Form) error {
	var bad []fault.Field
	want := func(ok bool, name, key string) {
		if !ok {
			bad = append(bad, fault.Field{Name: name, Key: "referrals.form." + key})
		}
	}
	want(s.Known("referral_kind", f.Kind), "kind", "kind.choose")
	want(s.Known("urgency", f.Urgency), "urgency", "urgency.choose")
	want(s.Known("purpose", f.Purpose), "purpose", "purpose.choose")
	f.Needs, f.Issues = sorted(f.Needs), sorted(f.Issues)
	want(len(f.Needs) > 0 && s.all("service_type", f.Needs), "needs", "needs.choose")
	want(len(f.Needs) <= maxNeeds, "needs", "needs.too_many")
	want(s.all("issue", f.Issues), "issues", "issues.choose")
	want(len(f.Issues) <= maxIssues, "issues", "issues.too_many")
	want(s.phrases(f.Phrases), "phrases", "phrases.choose")
	sort.Slice(f.Phrases, func(i, j int) bool { return f.Phrases[i].Code < f.Phrases[j].Code })
	if f.FeedbackDue != "" {
		d, err := time.Parse(time.DateOnly, f.FeedbackDue)
		want(err == nil && d.After(s.Clock()), "feedback_due", "feedback_due.future")
	}
	_, ok, err := s.member(ctx, f.Target)
	if err != nil {
		return err
	}
	want(ok, "target", "target.choose")
	if len(bad) > 0 {
		e := fault.New(fault.Invalid, "referrals.error.form")
		e.Fields = bad
		return e
	}
	return nil
}

func (s *Sender) phrases(ps []Phrase) bool {
	if len(ps) > maxPhrases {
		return false
	}
	seen := map[string]bool{}
	for _, p := range ps {
		if !s.Known("phrase", p.Code) || seen[p.Code] {
			return false
		}
		seen[p.Code] = true
		for name, value := range p.Slots {
			if name != PhraseSlot(p.Code) || !s.Known(name, value) {
				return false
			}
		}
	}
	return true
}

// PhraseSlot names the one slot of a controlled sentence, which is also the
// vocabulary that its value is from; "" where the sentence has none.
func PhraseSlot(code string) string {
	switch code {
	case "office_did_not_accept_application":
		return "officeType"
	case "pending_longer_than", "wage_unpaid_months":
		return "months_band"
	case "statutory_deadline_within", "hearing_within":
		return "time_band"
	}
	return ""
}

func (s *Sender) all(list string, codes []string) bool {
	for _, c := range codes {
		if !s.Known(list, c) {
			return false
		}
	}
	return true
}

func sorted(in []string) []string {
	out := slices.Clone(in)
	sort.Strings(out)
	return slices.Compact(out)
}

// member finds an active member by its IRI.
func (s *Sender) member(ctx context.Context, actor string) (Member, bool, error) {
	if actor == "" {
		return Member{}, false, nil
	}
	ms, err := s.Directory.Members(ctx)
	if err != nil {
		return Member{}, false, err
	}
	m := memberOf(ms, actor)
	return m, m.Active, nil
}

// memberOf is the member with an IRI, or the zero one.
func memberOf(ms []Member, actor string) Member {
	for _, m := range ms {
		if m.Actor == actor {
			return m
		}
	}
	return Member{}
}
