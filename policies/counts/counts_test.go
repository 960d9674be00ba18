package counts

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

var secret = []byte(strings.Repeat("s", 32))

func shape(t *testing.T, id string) Shape {
	t.Helper()
	s, ok := ShapeOf(id)
	if !ok {
		t.Fatalf("no shape %s", id)
	}
	return s
}

func day(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

func period(t *testing.T, s string) Period {
	t.Helper()
	p, err := ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// people are n records with these values, opened and known on a day.
func people(n int, on, prefix string, values map[string]string) []Record {
	var out []Record
	for i := range n {
		out = append(out, Record{Key: fmt.Sprintf("%s-%03d", prefix, i), On: day(on), Known: day(on), Values: values})
	}
	return out
}

func made(t *testing.T, s Shape, p string, records []Record) Table {
	t.Helper()
	table, fresh, err := Make(nil, s, period(t, p), records, secret, period(t, p).Closing())
	if err != nil || !fresh {
		t.Fatalf("%s %s: fresh %v, %v", s.ID, p, fresh, err)
	}
	return table
}

func want(t *testing.T, table Table, mark Mark, at ...string) int {
	t.Helper()
	c, ok := table.Cell(at...)
	if !ok || c.Mark != mark {
		t.Errorf("%s %v: %+v (there %v), want %s", table.Shape, at, c, ok, mark)
	}
	if c.Mark != Shown && c.Value != 0 {
		t.Errorf("%v is %s and has the value %d", at, c.Mark, c.Value)
	}
	return c.Value
}

func TestFewAreNotShown(t *testing.T) {
	b := shape(t, "B")
	chiangrai := func(family string) map[string]string {
		return map[string]string{"province": "57", "status_family": family}
	}
	for n := range 2 * Threshold {
		records := append(people(n, "2025-03-01", "a", chiangrai("zero_card")), people(60, "2025-03-01", "b", chiangrai("registered_6"))...)
		c, _ := made(t, b, "2025", records).Cell("57", "zero_card")
		if n < Threshold && c.Mark != Few {
			t.Errorf("%d people are shown: %+v", n, c)
		}
		if c.Mark == Shown && (c.Value%5 != 0 || c.Value < 10 || math.Abs(float64(c.Value-n)) > noiseCut+2) {
			t.Errorf("%d people are shown as %d", n, c.Value)
		}
	}
	if n := want(t, made(t, b, "2025", append(people(60, "2025-03-01", "a", chiangrai("zero_card")), people(1, "2025-03-01", "b", chiangrai("none"))...)), Shown, "57", "zero_card"); n < 50 || n > 70 {
		t.Errorf("60 people are shown as %d", n)
	}
}

func TestSpecialSubjectsNeedMore(t *testing.T) {
	d := shape(t, "D")
	both := func(n int, need string) []Record {
		v := func(f string) map[string]string {
			return map[string]string{"need": need, "sex": "female", "status_family": f}
		}
		return append(people(n, "2025-05-05", "x", v("none")), people(40, "2025-05-05", "y", v("zero_card"))...)
	}
	for n := 1; n < ThresholdSpecial; n++ {
		want(t, made(t, d, "2025", both(n, "trafficking")), Few, "trafficking", "female", "none")
	}
	want(t, made(t, d, "2025", both(18, "labour")), Shown, "labour", "female", "none")
}

func TestZeroIsSaidNationallyAndYearlyOnly(t *testing.T) {
	for _, s := range Shapes() {
		if s.Zero && (s.Place != "" || s.Unit != Year) {
			t.Errorf("shape %s tells of nobody in a place or in a part of a year", s.ID)
		}
		p := map[Unit]string{Year: "2025", Quarter: "2025-Q1", Month: "2025-01"}[s.Unit]
		mark := Few
		if s.Zero {
			mark = Zero
		}
		for _, c := range made(t, s, p, nil).Cells {
			if c.Mark != mark {
				t.Fatalf("shape %s, nobody: %+v", s.ID, c)
			}
		}
	}
}

// Of a group whose people all have one status nothing is shown, and it looks like a
// group of few: neither a mark nor the zeros around it tell.
func TestAGroupThatIsAllAlike(t *testing.T) {
	d := shape(t, "D")
	table := made(t, d, "2025", people(80, "2025-05-05", "x", map[string]string{"need": "labour", "sex": "male", "status_family": "migrant_00"}))
	for _, f := range d.Dims[2].Codes {
		want(t, table, Few, "labour", "male", f)
	}
	want(t, table, Zero, "labour", "female", "migrant_00")
	a := shape(t, "A")
	table = made(t, a, "2025-Q2", people(80, "2025-05-05", "x", map[string]string{"region": "north", "age": Minor, "status_family": "none"}))
	want(t, table, Few, "north", Minor, "none")
}

func TestUnknownIsAnAnswer(t *testing.T) {
	c := shape(t, "C")
	records := people(30, "2025-05-05", "x", map[string]string{"status_family": "no such code"})
	want(t, made(t, c, "2025-05", append(records, people(30, "2025-05-05", "y", nil)...)), Shown, Unknown)
	want(t, made(t, c, "2025-05", []Record{{Key: "", On: day("2025-05-05"), Known: day("2025-05-05")}, {Key: "k"}}), Few, Unknown)
}

func TestAPersonCountsOnceAYear(t *testing.T) {
	c := shape(t, "C")
	v := map[string]string{"status_family": "zero_card"}
	records := append(people(30, "2025-02-10", "x", v), people(30, "2025-07-10", "x", v)...)
	slices.Reverse(records)
	want(t, made(t, c, "2025-02", records), Shown, "zero_card")
	want(t, made(t, c, "2025-07", records), Few, "zero_card")
	next := append(records, people(30, "2026-07-10", "x", v)...)
	want(t, made(t, c, "2026-07", next), Shown, "zero_card")
}

func TestLateCasesCountLater(t *testing.T) {
	c := shape(t, "C")
	v := map[string]string{"status_family": "zero_card"}
	late := people(30, "2025-02-10", "x", v)
	for i := range late {
		late[i].Known = period(t, "2025-02").Closing() // the day from which its table may be made
	}
	want(t, made(t, c, "2025-02", late), Few, "zero_card")
	want(t, made(t, c, "2025-03", late), Shown, "zero_card")
	for i := range late {
		late[i].Known = late[i].Known.Add(-time.Second)
	}
	want(t, made(t, c, "2025-02", late), Shown, "zero_card")
	for i := range late {
		late[i].Known = day("2027-01-01")
	}
	want(t, made(t, c, "2025-02", late), Few, "zero_card")
}

func TestPlan(t *testing.T) {
	c, p := shape(t, "C"), period(t, "2025-03")
	past := []Table{made(t, c, "2025-03", nil)}
	refused := func(name string, err error, kind fault.Kind, key string) {
		t.Helper()
		if !fault.Is(err, kind) || fault.As(err).Key != key {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := Plan(nil, Shape{ID: "Z", Version: 1, Unit: Month}, p, p.Closing())
	refused("a shape that is not registered", err, fault.Invalid, KeyShape)
	_, err = Plan(nil, c, period(t, "2025"), p.Closing().AddDate(2, 0, 0))
	refused("another kind of period", err, fault.Invalid, KeyShape)
	_, err = Plan(nil, c, Period{Month, day("2025-03-02")}, p.Closing().AddDate(2, 0, 0))
	refused("a window that is moved by a day", err, fault.Invalid, KeyShape)
	_, err = Plan(nil, c, p, p.Closing().Add(-time.Second))
	refused("too early", err, fault.Denied, KeyEarly)
	old := past[0]
	old.Version = 7
	_, err = Plan([]Table{old}, c, p.Next(), p.Next().Closing())
	refused("another version in the same year", err, fault.Denied, KeyOther)
	if _, err := Plan([]Table{old}, c, period(t, "2026-03"), period(t, "2026-03").Closing()); err != nil {
		t.Errorf("another version in another year: %v", err)
	}
	if _, _, err := Make(nil, c, p, nil, []byte("short"), p.Closing()); err == nil {
		t.Error("a short secret is taken")
	}

	// Made once: a case more changes nothing of it.
	again, fresh, err := Make(past, c, p, people(50, "2025-03-03", "x", map[string]string{"status_family": "none"}), secret, p.Closing())
	if err != nil || fresh {
		t.Fatalf("asked again: fresh %v, %v", fresh, err)
	}
	want(t, again, Few, "none")
}

func TestTheCubeFitsTheBudget(t *testing.T) {
	sum, ids := 0, map[string]bool{}
	var past []Table
	for _, s := range Shapes() {
		sum += s.Cost
		if s.Cost <= 0 || s.Version < 1 || ids[s.ID] || len(s.Dims) == 0 {
			t.Errorf("shape %s is not whole", s.ID)
		}
		ids[s.ID] = true
		for p := PeriodOf(s.Unit, day("2025-01-01")); p.Start.Year() == 2025; p = p.Next() {
			past = append(past, Table{Shape: s.ID, Version: s.Version, Period: p})
		}
		for _, d := range s.Dims {
			codes := slices.Clone(d.Codes)
			slices.Sort(codes)
			if len(slices.Compact(codes)) != len(d.Codes) || !d.Has(Unknown) {
				t.Errorf("side %s of %s: a code twice, or no word for what is not known", d.Name, s.ID)
			}
			for _, c := range d.Special {
				if !d.Has(c) {
					t.Errorf("%s is special in %s and no code of it", c, d.Name)
				}
			}
		}
	}
	if sum > Budget || Spent(past, 2025) != sum || Spent(past, 2026) != 0 {
		t.Errorf("a year costs %d, spent %d, of %d", sum, Spent(past, 2025), Budget)
	}
}

func TestPeriods(t *testing.T) {
	for _, bad := range []string{"", "25", "2025-Q0", "2025-Q5", "2025-13", "2025-00", "2025-1", "2025-q1", "0001", "9999", "2568-Q3-", "2025/01", "๒๐๒๕", "2025-01-01"} {
		if p, err := ParsePeriod(bad); err == nil {
			t.Errorf("%q is taken for %v", bad, p)
		}
	}
	for s, end := range map[string]string{"2025": "2026-01-01", "2025-Q4": "2026-01-01", "2024-02": "2024-03-01", "2025-Q1": "2025-04-01"} {
		if p := period(t, s); p.String() != s || !p.End().Equal(day(end)) || PeriodOf(p.Unit, p.End().Add(-time.Second)) != p || p.Next() == p {
			t.Errorf("%s: %v until %v", s, p, p.End())
		}
	}
}

func TestNoise(t *testing.T) {
	s, p, at := shape(t, "C"), period(t, "2025-03"), []string{"none"}
	keys := []string{"b", "a", "c"}
	one := noise(secret, s, p, at, keys)
	if one != noise(secret, s, p, at, []string{"c", "b", "a"}) || keys[0] != "b" {
		t.Error("the noise depends on the order of people, or reorders them")
	}
	var all []int
	differ := map[string]int{}
	for i := range 4000 {
		k := append(slices.Clone(keys), fmt.Sprint(i))
		n := noise(secret, s, p, at, k)
		all = append(all, n)
		for what, other := range map[string]int{
			"secret": noise([]byte(strings.Repeat("t", 32)), s, p, at, k), "shape": noise(secret, shape(t, "A"), p, at, k),
			"period": noise(secret, s, p.Next(), at, k), "cell": noise(secret, s, p, []string{"zero_card"}, k),
		} {
			if other != n {
				differ[what]++
			}
		}
	}
	for _, what := range []string{"secret", "shape", "period", "cell"} {
		if differ[what] < 2500 {
			t.Errorf("another %s gave other noise %d times of 4000", what, differ[what])
		}
	}
	mean, square := 0.0, 0.0
	for _, n := range all {
		if n < -noiseCut || n > noiseCut {
			t.Fatalf("noise of %d", n)
		}
		mean += float64(n) / float64(len(all))
		square += float64(n*n) / float64(len(all))
	}
	if math.Abs(mean) > 0.2 || square < 4 || square > 9 {
		t.Errorf("mean %.2f, mean square %.2f", mean, square)
	}
	if laplace(0) != -noiseCut || laplace(0.5) != 0 || laplace(1-1e-16) != noiseCut {
		t.Error("the ends and the middle of the distribution")
	}
}

// world is a year of a made-up organisation.
func world(r *rand.Rand) []Record {
	provinces, families := []string{"57", "50", "58", "63"}, []string{"zero_card", "registered_6", "none", "child_7"}
	var out []Record
	for i := range 150 + r.IntN(350) {
		on := day("2025-01-01").AddDate(0, 0, r.IntN(365))
		f := families[min(r.IntN(6), 3)]
		out = append(out, Record{Key: fmt.Sprint("k", i, r.Uint64()), On: on, Known: on, Values: map[string]string{"region": "north", "province": provinces[min(r.IntN(9), 3)],
			"age": []string{Minor, Adult}[r.IntN(2)], "status_family": f, "need": "status_unregistered_adult", "sex": []string{"female", "male"}[r.IntN(2)]}})
	}
	return out
}
