package disclose_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/policies/disclose"
)

// TestCoarserNeverTellsMore: on every ladder, two raw values that look alike after
// a finer step look alike after each coarser one; otherwise the coarser step would
// tell apart what the finer had put together.
func TestCoarserNeverTellsMore(t *testing.T) {
	set := disclose.Setting{Now: time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)}
	var days, numbers, money []string
	for d := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC); d.Before(set.Now); d = d.AddDate(0, 0, 3) {
		days = append(days, d.Format(time.DateOnly), d.Format("2006-01"), d.Format("2006"))
	}
	for n := range 40 {
		numbers = append(numbers, fmt.Sprint(n))
	}
	for _, n := range []int{0, 1, 4999, 5000, 19_999, 20_000, 49_999, 50_000, 200_000, 200_001, 9_000_000} {
		money = append(money, fmt.Sprint(n))
	}
	for _, ladder := range []struct {
		steps  []string
		values []string
		all    bool // every value has an answer at each step
	}{
		{[]string{"age_band/1", "age_coarse/1"}, days, false},
		{[]string{"month/1", "quarter/1", "half/1", "year/1"}, days, false},
		{[]string{"place_province/1", "place_region/1"}, vocabulary.Codes("province"), true},
		{[]string{"status_family/1", "status_top/1"}, append(vocabulary.Codes("status"), vocabulary.Codes("status_family")...), true},
		{[]string{"size_band/1", "size_family/1"}, numbers, false},
		{[]string{"minors_band/1"}, numbers, true},
		{[]string{"interpreter/1"}, append(vocabulary.Codes("language"), "yes", "no"), true},
		{[]string{"sex/1"}, vocabulary.Codes("sex"), true},
		{[]string{"school_level/1", "school_child/1"}, disclose.SchoolLevels(), true},
		{[]string{"money_band/1"}, money, true},
	} {
		if len(ladder.values) == 0 {
			t.Fatalf("%v has nothing to be tried on", ladder.steps)
		}
		first := map[string]map[string]string{} // step -> what it made -> what the next made of it
		answered := map[string]int{}
		for _, raw := range ladder.values {
			last := ""
			for i, step := range ladder.steps {
				out, err := disclose.Apply(step, []string{raw}, set)
				if err != nil {
					if ladder.all {
						t.Errorf("%s(%q): %v", step, raw, err)
					}
					last = ""
					continue
				}
				answered[step]++
				now := strings.Join(out, ",")
				if i > 0 && last != "" {
					if first[step] == nil {
						first[step] = map[string]string{}
					}
					if was, ok := first[step][last]; ok && was != now {
						t.Errorf("%s tells %q from %q, which %s had put together", step, was, now, ladder.steps[i-1])
					}
					first[step][last] = now
				}
				last = now
			}
		}
		for _, step := range ladder.steps {
			if answered[step] == 0 {
				t.Errorf("%s answered nothing", step)
			}
		}
	}
}

func TestMoreTransformsRefuse(t *testing.T) {
	for name, bad := range map[string][]string{
		"quarter/1":      {"", "2026", "2026-13", "พ.ย. 2569"},
		"half/1":         {"", "2026", "2026-00-01"},
		"year/1":         {"", "26", "ปี 2026", "2026-02-30"},
		"school_level/1": {"", "โรงเรียนบ้านดอย", "primary ", "secondary"},
		"school_child/1": {"", "yes"},
		"money_band/1":   {"", "-1", "5,000", "05000", "1e3", "๕๐๐๐", "99999999999999999999", "5000.5"},
	} {
		for _, raw := range bad {
			if got, err := disclose.Apply(name, []string{raw}, disclose.Setting{}); err == nil {
				t.Errorf("%s(%q) = %v", name, raw, got)
			}
		}
	}
	for _, c := range []struct{ name, raw, want string }{
		{"quarter/1", "2026-11-12", "2026-Q4"}, {"quarter/1", "2026-03", "2026-Q1"}, {"half/1", "2026-06-30", "2026-H1"}, {"half/1", "2026-07", "2026-H2"},
		{"year/1", "2026", "2026"}, {"year/1", "2026-11-12", "2026"}, {"school_level/1", "vocational", "vocational"}, {"school_child/1", "none", "no"},
		{"money_band/1", "4999", "<5k"}, {"money_band/1", "5000", "5-20k"}, {"money_band/1", "200000", "50-200k"}, {"money_band/1", "200001", ">200k"},
	} {
		if got, err := disclose.Apply(c.name, []string{c.raw}, disclose.Setting{}); err != nil || len(got) != 1 || got[0] != c.want {
			t.Errorf("%s(%q) = %v %v, want %s", c.name, c.raw, got, err, c.want)
		}
	}
}
