package policies

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/policies/disclose"
)

// Message keys of what was made coarser and why.
const (
	noteSmall     = "policy.coarse.small"     // too few people share the combination
	noteSensitive = "policy.coarse.sensitive" // the issue is dangerous to be traced by
	noteUnclear   = "policy.coarse.unclear"   // the file's value does not decide between two finer ones
)

// step raises one field one level; a level beyond its ladder withholds it.
type step struct {
	path  string
	level int
}

// steps is the order in which the small-number check gives detail up.
func steps() []step {
	return []step{{pathPlace, 1}, {pathBirth, 1}, {pathStatus, 1}, {pathPlace, 2}, {pathSex, 1}, {pathBirth, 2}, {pathStatus, 2}, {pathIssues, 1}}
}

// climb counts who shares the combination that would leave, and makes it coarser
// until enough people do. What the rules would not release anyway is left out of
// the count. It leaves the count in the situation; 0 means unknown.
func (a *asking) climb(ctx context.Context) error {
	hopeful := a.at
	hopeful.K = maxNumber
	for _, path := range []string{pathBirth, pathSex, pathStatus, pathPlace, pathIssues} {
		if len(a.q.Facts[path]) == 0 {
			continue
		}
		f := a.s.field(path)
		form, _, _, err := a.permitted(f, hopeful)
		if err != nil {
			return err
		}
		if form == Withheld {
			a.level[path] = len(f.Ladder)
		}
	}
	if slices.ContainsFunc(a.q.Facts[pathIssues], sensitive) {
		a.raise(step{pathPlace, 1}, noteSensitive)
	}
	for next := steps(); ; next = next[1:] {
		k, ok := a.count(ctx)
		a.at.K = k
		if !ok || k >= Threshold || len(next) == 0 {
			break
		}
		for !a.raise(next[0], noteSmall) && len(next) > 1 {
			next = next[1:]
		}
	}
	if a.risen {
		a.raise(step{pathHousehold, 1}, noteSmall)
	}
	return nil
}

// sensitive names issues by which a person must not be traced to a province.
func sensitive(issue string) bool {
	for _, top := range []string{"trafficking", "hrd_threat", "hrd_prosecution"} {
		if issue == top || vocabulary.Parent("issue", issue) == top {
			return true
		}
	}
	return false
}

// raise lifts a field to a level, and tells whether that changed anything.
func (a *asking) raise(to step, note string) bool {
	if len(a.q.Facts[to.path]) == 0 || a.level[to.path] >= to.level {
		return false
	}
	a.level[to.path] = to.level
	a.notes[to.path] = append(a.notes[to.path], note)
	a.risen = a.risen || note == noteSmall
	return true
}

// settle returns the level at which a field leaves: the one reached, or the next
// one at which the value is clear.
func (a *asking) settle(f Field) int {
	for l := a.level[f.Path]; l < len(f.Ladder); l++ {
		_, err := disclose.Apply(f.Ladder[l], a.q.Facts[f.Path], a.setting(f))
		if !errors.Is(err, disclose.ErrUnclear) {
			a.level[f.Path] = l
			return l
		}
		if !slices.Contains(a.notes[f.Path], noteUnclear) {
			a.notes[f.Path] = append(a.notes[f.Path], noteUnclear)
		}
	}
	a.level[f.Path] = len(f.Ladder)
	return a.level[f.Path]
}

// count asks how many people share what would leave now; false means unknown.
func (a *asking) count(ctx context.Context) (int, bool) {
	if a.q.Count == nil {
		return 0, false
	}
	k, err := a.q.Count(ctx, a.tuple())
	if err != nil || k < 0 {
		return 0, false
	}
	return k, true
}

// tuple is the combination as it would leave now.
func (a *asking) tuple() map[string]string {
	t := map[string]string{}
	for _, p := range []struct{ path, name string }{{pathBirth, "age_band"}, {pathSex, "sex"}, {pathStatus, "status_family"}, {pathIssues, "issue"}} {
		if v := a.leaves(p.path); len(v) > 0 {
			t[p.name] = strings.Join(v, ",")
		}
	}
	if v := a.leaves(pathPlace); len(v) == 2 {
		t["area_level"], t["area_code"] = v[0], v[1]
	}
	return t
}

func (a *asking) leaves(path string) []string {
	f := a.s.field(path)
	if len(a.q.Facts[path]) == 0 {
		return nil
	}
	level := a.settle(f)
	if level >= len(f.Ladder) {
		return nil
	}
	values, err := disclose.Apply(f.Ladder[level], a.q.Facts[path], a.setting(f))
	if err != nil {
		return nil
	}
	return values
}
