package casework

import (
	"strconv"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/vocabulary"
)

// Tuple is a generalised combination; an empty member is not compared.
type Tuple struct {
	BornFrom, BornTo int      // Christian years of birth, both included; 0 is open
	Sex              string   // vocabulary "sex"
	Families         []string // any of these codes of vocabulary "status_family"
	Provinces        []string // any of these codes of vocabulary "province"
	Issues           []string // all of these codes of vocabulary "issue"
}

// tupleOf reads the combination that the egress gate asks about (keys age_band,
// sex, status_family, area_level, area_code, issue). ok is false when a member
// is not understood; then nobody shares it.
func tupleOf(in map[string]string, today string) (t Tuple, ok bool) {
	for k, v := range in {
		if v == "" {
			continue
		}
		switch k {
		case "age_band":
			if t.BornFrom, t.BornTo, ok = born(v, today); !ok {
				return Tuple{}, false
			}
		case "sex":
			t.Sex = v
		case "status_family":
			t.Families = familiesOf(v)
			if len(t.Families) == 0 {
				return Tuple{}, false
			}
		case "issue":
			t.Issues = strings.Split(v, ",")
		case "area_level", "area_code":
		default:
			return Tuple{}, false
		}
	}
	switch level, code := in["area_level"], in["area_code"]; {
	case level == "province" && vocabulary.Has("province", code):
		t.Provinces = []string{code}
	case level == "region":
		for _, p := range vocabulary.Codes("province") {
			if vocabulary.Parent("province", p) == code {
				t.Provinces = append(t.Provinces, p)
			}
		}
		if len(t.Provinces) == 0 {
			return Tuple{}, false
		}
	case level != "" || code != "":
		return Tuple{}, false
	}
	return t, true
}

// born turns an age band into years of birth. A year counts only if everybody
// born in it is in the band today, so that the count is never too high.
func born(band, today string) (from, to int, ok bool) {
	now, err := time.Parse(time.DateOnly, today)
	if err != nil || !vocabulary.Has("age_band", band) {
		return 0, 0, false
	}
	low, high := 0, 0
	switch band {
	case "child":
		high = childAge - 1
	case "adult":
		low, high = childAge, 59
	case "older":
		low = 60
	default:
		if a, open := strings.CutSuffix(band, "+"); open {
			low, err = strconv.Atoi(a)
		} else if a, b, two := strings.Cut(band, "-"); two {
			if low, err = strconv.Atoi(a); err == nil {
				high, err = strconv.Atoi(b)
			}
		} else {
			return 0, 0, false
		}
		if err != nil {
			return 0, 0, false
		}
	}
	// Born in year y, a person is y' - y or one less today, never more and never below 0.
	to = now.Year() - low - 1
	if low == 0 {
		to = now.Year()
	}
	if high > 0 {
		from = now.Year() - high
	}
	return from, to, true
}

// familiesOf lists the families that a family or a coarser status_top code covers.
func familiesOf(code string) []string {
	if vocabulary.Has("status_top", code) {
		var out []string
		for _, f := range vocabulary.Codes("status_family") {
			if vocabulary.Parent("status_family", f) == code {
				out = append(out, f)
			}
		}
		return out
	}
	if vocabulary.Has("status_family", code) {
		return []string{code}
	}
	return nil
}

// statusFamily is the coarse family of a status code of any kind, "" when unknown.
func statusFamily(code string) string {
	if vocabulary.Has("status_family", code) {
		return code
	}
	return vocabulary.Parent("status", code)
}

// StatusFamily is the person's coarse status family, the only form of the status that
// is kept outside of the seal (the exact group tells ethnic origin).
func (p Person) StatusFamily() string { return statusFamily(p.Status) }
