package inventory

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/policies"
)

var update = flag.Bool("update", false, "write INVENTORY.md")

func TestParseRefuses(t *testing.T) {
	const keep, acts, row = "case,10,case_closed,hand\n", "casework,case,client,explicit_consent,team,\n", "cases.x,case,A,name,,case,never,\n"
	if _, err := parse(row, acts, keep); err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string][3]string{
		"unknown class":       {strings.Replace(row, ",A,", ",F,", 1), acts, keep},
		"no class":            {strings.Replace(row, ",A,", ",,", 1), acts, keep},
		"A that may leave":    {strings.Replace(row, "never", "network", 1), acts, keep},
		"unknown flag":        {strings.Replace(row, "name,,", "name,secret,", 1), acts, keep},
		"unknown entity":      {strings.Replace(row, ",case,A", ",file,A", 1), acts, keep},
		"unknown retention":   {strings.Replace(row, ",case,never", ",ever,never", 1), acts, keep},
		"twice":               {row + row, acts, keep},
		"a field is missing":  {"cases.x,case,A\n", acts, keep},
		"entity of two":       {row, acts + "other,case,client,explicit_consent,team,\n", keep},
		"retention twice":     {row, acts, keep + keep},
		"no number of years":  {row, acts, "case,ten,case_closed,hand\n"},
		"no way to end":       {row, acts, "case,10,case_closed,\n"},
		"nothing is there":    {"", acts, "case\n"},
		"no activity at all":  {row, "", keep},
		"nobody says how old": {row, acts, ""},
	} {
		if _, err := parse(in[0], in[1], in[2]); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// A place that nobody wrote down never leaves.
func TestUnknownPlaceIsClassA(t *testing.T) {
	if i := Of("case_persons.grandmother"); i.Class != policies.ClassA || i.Release != "never" {
		t.Errorf("%+v", i)
	}
	if i := Of("case_persons.sex"); i.Class != policies.ClassC || !i.Quasi {
		t.Errorf("%+v", i)
	}
}

// TestAgreesWithTheGate: what is said of a place is what the gate holds of its
// field, and all that the gate lets out has its places here.
func TestAgreesWithTheGate(t *testing.T) {
	items, err := Items()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, i := range items {
		if i.Path == "" {
			continue
		}
		seen[i.Path] = true
		f := policies.FieldOf(i.Path)
		if len(f.Ladder) == 0 {
			t.Errorf("%s: %s cannot leave", i.Place, i.Path)
		}
		if i.Class != f.Class || i.S26 != f.S26 || i.Quasi != f.Quasi {
			t.Errorf("%s: class %s, s26 %v, quasi %v; the gate has %s, %v, %v for %s", i.Place, i.Class, i.S26, i.Quasi, f.Class, f.S26, f.Quasi, i.Path)
		}
	}
	for _, f := range policies.Fields() {
		if len(f.Ladder) > 0 && !strings.HasSuffix(f.Path, "/message") && !seen[f.Path] {
			t.Errorf("%s may leave, and no place is written down from which it comes", f.Path)
		}
	}
	for _, i := range items {
		if strings.HasPrefix(i.Place, "federation.") && (i.Class == policies.ClassA || i.Class == policies.ClassB) {
			t.Errorf("%s: class %s on the wire", i.Place, i.Class)
		}
	}
}

func TestRecordIsWhole(t *testing.T) {
	record, err := Record()
	if err != nil {
		t.Fatal(err)
	}
	items, err := Items()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range record {
		n += p.Places
		if len(p.Subjects) == 0 || len(p.Bases) == 0 || len(p.Keep) == 0 || len(p.Inside) == 0 {
			t.Errorf("%+v", p)
		}
		if (len(p.Outside) > 0) != (len(p.Leaves) > 0) {
			t.Errorf("%s: told outside to %v, leaves %v", p.Activity, p.Outside, p.Leaves)
		}
	}
	if n != len(items) {
		t.Errorf("the record covers %d of %d places", n, len(items))
	}
	i := slices.IndexFunc(record, func(p Processing) bool { return p.Activity == "casework" })
	if i < 0 || !slices.Contains(record[i].Sensitive, "ethnic") || len(record[i].Leaves) != 0 {
		t.Errorf("%+v", record[i])
	}
	var js, cs strings.Builder
	if err := WriteJSON(&js); err != nil || !json.Valid([]byte(js.String())) {
		t.Error(err)
	}
	if err := WriteCSV(&cs); err != nil || strings.Count(cs.String(), "\n") != len(items)+1 {
		t.Error(err)
	}
}

func TestMarkdown(t *testing.T) {
	want, err := Markdown()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("INVENTORY.md", []byte(want), 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("INVENTORY.md")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("INVENTORY.md is not what inventory.csv says (run with -update):\n%s", d)
	}
}
