package disclose

import (
	"github.com/saphan-network/saphan/federation/vocabulary"
)

// placeProvince: a province code to itself, with its level.
func placeProvince(raw []string, _ Setting) ([]string, error) {
	p, err := one(raw)
	if err != nil || !vocabulary.Has("province", p) {
		return nil, ErrUnknown
	}
	return []string{"province", p}, nil
}

// placeRegion: a province code to its region, with its level.
func placeRegion(raw []string, _ Setting) ([]string, error) {
	p, err := one(raw)
	if err != nil || !vocabulary.Has("province", p) {
		return nil, ErrUnknown
	}
	r := vocabulary.Parent("province", p)
	if r == "" {
		return nil, ErrUnknown
	}
	return []string{"region", r}, nil
}

// family finds the status family of a status code: the family itself, or what
// the vocabulary puts above the code. The code itself may be a registration
// group (6-71), which tells ethnic origin and never leaves.
func family(raw []string) (string, error) {
	c, err := one(raw)
	if err != nil {
		return "", err
	}
	if vocabulary.Has("status_family", c) {
		return c, nil
	}
	f := vocabulary.Parent("status", c)
	if f == "" {
		return "", ErrUnknown
	}
	return f, nil
}

func statusFamily(raw []string, _ Setting) ([]string, error) {
	f, err := family(raw)
	if err != nil {
		return nil, err
	}
	return []string{f}, nil
}

// statusTop: the coarsest word for a legal status.
func statusTop(raw []string, _ Setting) ([]string, error) {
	f, err := family(raw)
	if err != nil {
		return nil, err
	}
	top := vocabulary.Parent("status_family", f)
	if !vocabulary.Has("status_top", top) {
		return nil, ErrUnknown
	}
	return []string{top}, nil
}

// sizeBand: the number of people in a household to a band.
func sizeBand(raw []string, _ Setting) ([]string, error) {
	if len(raw) == 1 && vocabulary.Has("size_band", raw[0]) && raw[0] != "family" {
		return raw, nil
	}
	n, err := size(raw)
	if err != nil || n == 0 {
		return nil, ErrUnknown
	}
	switch {
	case n == 1:
		return []string{"1"}, nil
	case n <= 3:
		return []string{"2-3"}, nil
	case n <= 6:
		return []string{"4-6"}, nil
	}
	return []string{"7+"}, nil
}

// sizeFamily: only that there is a family; a person alone is not told.
func sizeFamily(raw []string, s Setting) ([]string, error) {
	b, err := sizeBand(raw, s)
	if err != nil {
		return nil, err
	}
	if b[0] == "1" {
		return nil, ErrUnclear
	}
	return []string{"family"}, nil
}

// minorsBand: the number of children to 0, 1 or 2+.
func minorsBand(raw []string, _ Setting) ([]string, error) {
	if len(raw) == 1 && raw[0] == "2+" {
		return []string{"2+"}, nil
	}
	n, err := size(raw)
	if err != nil {
		return nil, err
	}
	return []string{[]string{"0", "1", "2+"}[min(n, 2)]}, nil
}

// interpreter: a language, or yes or no, to whether an interpreter is needed. A
// hill-tribe language is a proxy for ethnic origin: the language never leaves.
func interpreter(raw []string, _ Setting) ([]string, error) {
	v, err := one(raw)
	switch {
	case err != nil:
		return nil, err
	case v == "yes" || v == "no":
		return []string{v}, nil
	case v == "th":
		return []string{"no"}, nil
	case vocabulary.Has("language", v):
		return []string{"yes"}, nil
	}
	return nil, ErrUnknown
}

func yesNo(raw []string, _ Setting) ([]string, error) {
	v, err := one(raw)
	if err != nil || (v != "yes" && v != "no") {
		return nil, ErrUnknown
	}
	return []string{v}, nil
}

// month: a date to its month.
func month(raw []string, _ Setting) ([]string, error) {
	v, err := one(raw)
	if err != nil {
		return nil, err
	}
	b, err := parseBirth(v)
	if err != nil || len(v) < len("2006-01") {
		return nil, ErrUnknown
	}
	return []string{b.first.Format("2006-01")}, nil
}
