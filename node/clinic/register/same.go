package register

import "strings"

// duplicates finds people who stand twice in one table.
func duplicates(rows []*row) {
	byNumber := make(map[string]*row)
	byName := make(map[string][]*row)
	for _, r := range rows {
		if r.refused() {
			continue
		}
		if first := firstByNumber(byNumber, r); first != nil {
			r.sameAs = first
			switch {
			case len(r.people) > 1:
				r.add("duplicate_in_group")
			case samePerson(first, r):
				r.add("duplicate_person")
			default:
				r.add("duplicate_number")
			}
		} else if first := firstByName(byName, r); first != nil {
			r.sameAs = first
			if len(r.people) > 1 {
				r.sameAs = nil
				r.add("duplicate_in_group")
			} else {
				r.add("duplicate_person")
			}
		}
		if len(r.people) == 1 {
			k := skeleton(r.people[0].name.first())
			byName[k] = append(byName[k], r)
		}
	}
}

func (r *row) refused() bool {
	for _, c := range r.codes {
		if refusing[c] {
			return true
		}
	}
	return false
}

// firstByNumber returns the earlier row with one of the row's numbers, and
// remembers the numbers.
func firstByNumber(seen map[string]*row, r *row) (first *row) {
	for _, p := range r.people {
		if p.id.Value == "" {
			continue
		}
		if prev := seen[p.id.Value]; prev != nil && prev != r {
			if first == nil {
				first = prev
			}
			continue
		}
		seen[p.id.Value] = r
	}
	return first
}

// samePerson tells whether two rows with one number are one person: by the
// name, or by the year of birth where a name has been changed.
func samePerson(a, b *row) bool {
	x, y := a.people[0].name, b.people[0].name
	if similar(x.first(), y.first()) || similar(x.Full, y.Full) {
		return true
	}
	return a.birth.year() != 0 && a.birth.year() == b.birth.year() && strings.EqualFold(skeleton(x.Family), skeleton(y.Family)) && x.Family != ""
}

// firstByName returns the earlier row that must be the same person although no
// number says so: same name, and everything else that is known agrees and
// there is enough of it.
func firstByName(seen map[string][]*row, r *row) *row {
	for _, p := range r.people {
		for _, prev := range seen[skeleton(p.name.first())] {
			if prev != r && agree(prev, r, p) {
				return prev
			}
		}
	}
	return nil
}

func agree(a, b *row, p person) bool {
	q := a.people[0]
	if p.id.Value != "" && q.id.Value != "" && p.id.Value != q.id.Value {
		return false
	}
	if hasAny(b.own(fNote), "คนละคน", "ไม่ใช่คนเดียวกัน") {
		return false
	}
	if p.name.Sex != "" && q.name.Sex != "" && p.name.Sex != q.name.Sex {
		return false
	}
	if p.name.Family != "" && q.name.Family != "" && skeleton(p.name.Family) != skeleton(q.name.Family) {
		return false
	}
	if a.t.kind == Claims {
		return skeleton(p.name.Full) == skeleton(q.name.Full) && place(a.own(fEmployer)) == place(b.own(fEmployer)) &&
			a.own(fEmployer) != "" && (len(b.people) > 1 || a.own(fAge) == b.own(fAge))
	}
	nick := skeleton(a.own(fNick))
	return nick != "" && nick == skeleton(b.own(fNick)) && a.birth.year() != 0 && a.birth.year() == b.birth.year()
}

// match finds the people of a list of applications among the cases: by number,
// or, for a person to decide, by name, year of birth and place.
func match(filings, cases []*row) {
	byNumber := make(map[string]*row)
	for _, c := range cases {
		if len(c.people) == 1 && c.id.Value != "" && byNumber[c.id.Value] == nil {
			byNumber[c.id.Value] = c
		}
	}
	for _, f := range filings {
		if f.refused() || len(f.people) == 0 {
			continue
		}
		if c := byNumber[f.id.Value]; c != nil && f.id.Valid {
			f.sameAs = c
			f.note("already_on_main_sheet")
			c.filed = append(c.filed, f.story())
			if !samePerson(c, f) {
				f.add("duplicate_number")
			}
			continue
		}
		if c := alike(f, cases); c != nil {
			f.sameAs = c
			f.note("matches_by_name_birth_place")
			if len(f.codes) == 0 {
				f.add("duplicate_person")
			}
		}
	}
}

func alike(f *row, cases []*row) *row {
	where := place(f.text(fAddress))
	for _, c := range cases {
		if c.refused() || len(c.people) != 1 || where == "" {
			continue
		}
		if f.id.Valid && c.id.Valid && f.id.Value != c.id.Value {
			continue
		}
		x, y := f.people[0].name, c.people[0].name
		if f.birth.year() == 0 || f.birth.year() != c.birth.year() || !similar(x.Given, y.first()) {
			continue
		}
		if x.Family != "" && y.Family != "" && !similar(x.Family, y.Family) {
			continue
		}
		if strings.Contains(place(c.text(fAddress)), where) {
			return c
		}
	}
	return nil
}
