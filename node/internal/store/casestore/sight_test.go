package casestore_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

// made is a case of the test and what is true of it.
type made struct {
	id, team, compartment string
	openness              int
	status                casework.Status
	conflict              casework.Conflict
	assigned              []string
}

// circles are the lists of the test: who is on which team, in which compartment.
var circles = map[string][]string{"team-a": {"ying", "nok"}, "sealed-1": {"tan", "mek", "dao", "chai", "ying"}}

// attrs works out by hand how a user stands to the case.
func (m made) attrs(user string) casework.Attrs {
	return casework.Attrs{Assigned: slices.Contains(m.assigned, user), SameTeam: m.team == "" || slices.Contains(circles[m.team], user),
		Open: m.status != casework.StatusClosed, Openness: m.openness, Compartment: m.compartment != "",
		InCompartment: slices.Contains(circles[m.compartment], user), ConflictCleared: m.conflict == casework.ConflictClear}
}

// everyKind makes one case of every combination of attributes that a case can
// have, all with the same name to search for.
func everyKind(t *testing.T, o *office) []made {
	t.Helper()
	ctx := ctxOf(t)
	for circle, users := range circles {
		for _, id := range users {
			if err := o.store.Join(ctx, circle, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	var all []made
	n := 0
	for _, team := range []string{"", "team-a", "team-b"} {
		for _, compartment := range []string{"", "sealed-1", "sealed-2"} {
			for openness := range 3 {
				for _, status := range []casework.Status{casework.StatusIntake, casework.StatusClosed} {
					for _, conflict := range []casework.Conflict{casework.ConflictClear, casework.ConflictFound} {
						for _, assigned := range [][]string{{}, {"nok", "mek", "fah", "tan", "chai", "or", "gone", "none", "ying", "net"}} {
							n++
							in := family()
							in.LocalNumber = fmt.Sprintf("ท %d", n)
							id, _, err := o.FromRegister(ctx, staff["ying"], in)
							if err != nil {
								t.Fatal(err)
							}
							c, err := o.store.Get(ctx, id)
							if err != nil {
								t.Fatal(err)
							}
							c.Team, c.Compartment, c.Openness, c.AdminStatus, c.Conflict = team, compartment, openness, status, conflict
							if err := o.store.Save(ctx, c); err != nil {
								t.Fatal(err)
							}
							if err := o.store.Assign(ctx, id, assigned, o.now); err != nil {
								t.Fatal(err)
							}
							all = append(all, made{id, team, compartment, openness, status, conflict, assigned})
						}
					}
				}
			}
		}
	}
	return all
}

// TestListsShowWhatMayBeReadAndNothingElse compares, for every role and every
// kind of case, the list, the search, the count and the single answer.
func TestListsShowWhatMayBeReadAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		kinds := everyKind(t, o)
		rules, shown := authority(t), 0
		for name, actor := range staff {
			may, who := map[string]bool{}, 0
			for _, m := range kinds {
				id, want := m.id, rules.May(ctx, actor, "read", m.attrs(name).Object(m.id)) == nil
				if a, ok, err := o.store.Relation(ctx, name, id); a != m.attrs(name) || !ok || err != nil {
					t.Errorf("%s: %+v stands as %+v, %v, %v", name, m, a, ok, err)
				}
				_, err := o.Show(ctx, actor, id)
				if (err == nil) != want {
					t.Errorf("%s: %+v is shown: %v, the policy says %v", name, m, err == nil, want)
				}
				switch fault.KindOf(err) {
				case "":
					may[id] = true
				case fault.NotFound:
					if err.Error() != fault.Missing().Error() {
						t.Errorf("%s: a withheld case answers %v", name, err)
					}
				default:
					t.Fatalf("%s: %v", name, err)
				}
				can, err := o.Can(ctx, actor, id, "read-identity")
				if (err == nil) != may[id] {
					t.Errorf("%s: Can and Show differ: %v", name, err)
				}
				if can["read-identity"] {
					who++
				}
			}
			list, err := all(t, o, name, "")
			if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
				if len(may) > 0 {
					t.Errorf("%s may read %d cases and not list them", name, len(may))
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			shown += len(list)
			for _, it := range list {
				if !may[it.ID] {
					t.Errorf("%s: the list shows a case that may not be read", name)
				}
				can, err := o.Can(ctx, actor, it.ID, "read-identity")
				if err != nil || can["read-identity"] != (it.Name != "") {
					t.Errorf("%s: name in the list %q, right to read identities %v, %v", name, it.Name, can, err)
				}
			}
			if len(list) != len(may) {
				t.Errorf("%s: the list has %d cases, %d may be read", name, len(list), len(may))
			}
			byName, err := all(t, o, name, "นาแฮ")
			if err != nil {
				t.Fatal(err)
			}
			if len(byName) != who {
				t.Errorf("%s: the search by name finds %d, identities may be read of %d", name, len(byName), who)
			}
		}
		if shown == 0 {
			t.Fatal("nobody saw anything: the test compares nothing")
		}
	})
}

// all walks through every page and checks that the total is what was seen.
func all(t *testing.T, o *office, who, query string) ([]casework.Item, error) {
	t.Helper()
	var out []casework.Item
	for n := 1; ; n++ {
		p, err := o.List(ctxOf(t), staff[who], casework.Filter{Query: query, Page: n, Size: 100})
		if err != nil {
			return nil, err
		}
		out = append(out, p.Items...)
		if len(p.Items) < p.Size {
			if p.Total != len(out) || p.More {
				t.Errorf("%s %q: total %d, more %v, seen %d", who, query, p.Total, p.More, len(out))
			}
			return out, nil
		}
	}
}

func TestCompartmentsCountNowhere(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		c := mustCreate(t, o, "nok", family())
		like := map[string]string{"age_band": "7-14", "sex": "female", "area_level": "province", "area_code": "57"}
		if n, err := o.CountLike(ctx, like); n != 1 || err != nil {
			t.Fatalf("before: %d, %v", n, err)
		}
		full, err := o.store.Get(ctx, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		full.Compartment = "sealed-9"
		if err := o.store.Save(ctx, full); err != nil {
			t.Fatal(err)
		}
		if n, err := o.CountLike(ctx, like); n != 0 || err != nil {
			t.Fatalf("a person in a compartment is counted: %d, %v", n, err)
		}
		_, absent := o.Show(ctx, staff["nok"], "00000000000000000000000000000000")
		_, withheld := o.Show(ctx, staff["nok"], c.ID)
		if absent == nil || withheld == nil || absent.Error() != withheld.Error() {
			t.Fatalf("absent %v, withheld %v", absent, withheld)
		}
		page, err := o.List(ctx, staff["nok"], casework.Filter{Query: "นาแฮ"})
		if err != nil || page.Total != 0 || page.More || len(page.Items) != 0 {
			t.Fatalf("found by search: %+v, %v", page, err)
		}
	})
}
