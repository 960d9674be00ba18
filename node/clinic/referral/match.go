package referral

import (
	"context"
	"slices"
	"sort"
)

// Match is a member with the reasons for its place in the list.
type Match struct {
	Member  Member
	Covers  []string // the needs that it serves
	Lacks   []string // the needs that it does not list
	Area    string   // province, region, elsewhere or unknown
	score   int
	Problem string // "" or inactive, no_capacity
}

// Candidates ranks the other members for needs and an area (a province code and
// the code of its region, or ""). It uses this node's copy of the members list
// only: nothing is asked of anybody, so nothing is told.
func (s *Sender) Candidates(ctx context.Context, needs []string, province, region string) ([]Match, error) {
	ms, err := s.Directory.Members(ctx)
	if err != nil {
		return nil, err
	}
	return Rank(slices.DeleteFunc(ms, func(m Member) bool { return m.Gone }), needs, province, region), nil
}

// Rank orders members: those that cover more of the needs first, then the
// nearer, then those with room; inactive ones last.
func Rank(ms []Member, needs []string, province, region string) []Match {
	out := make([]Match, 0, len(ms))
	for _, m := range ms {
		x := Match{Member: m, Area: "unknown"}
		for _, n := range needs {
			if slices.Contains(m.Services, n) {
				x.Covers = append(x.Covers, n)
			} else {
				x.Lacks = append(x.Lacks, n)
			}
		}
		x.score = 100 * len(x.Covers)
		switch {
		case len(m.Regions) == 0 || province == "" && region == "":
		case province != "" && slices.Contains(m.Regions, province):
			x.Area, x.score = "province", x.score+40
		case region != "" && slices.Contains(m.Regions, region):
			x.Area, x.score = "region", x.score+30
		default:
			x.Area = "elsewhere"
		}
		switch m.Capacity {
		case "full":
			x.Problem, x.score = "no_capacity", x.score-60
		case "waiting_list", "assess":
			x.score -= 20
		}
		if !m.Active {
			x.Problem, x.score = "inactive", x.score-100000
		}
		out = append(out, x)
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].score != out[j].score {
			return out[i].score > out[j].score
		}
		return out[i].Member.Name < out[j].Member.Name
	})
	return out
}
