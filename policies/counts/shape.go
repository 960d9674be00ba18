package counts

import (
	"slices"

	"github.com/saphan-network/saphan/federation/vocabulary"
)

// The rules of release. They belong to the shapes' Version: whoever changes one of
// them makes new versions of all shapes, or two tables could be set against each other.
const (
	Threshold        = 11 // people; a cell of fewer is not shown
	ThresholdSpecial = 20 // people, where the subject is dangerous (see Dim.Special)
	MinContributors  = 3  // organisations behind a figure of the network
	MaxShare         = 70 // per cent of a network's figure that one organisation may be

	// Budget is what all tables of a year may tell about one person, in thousandths. It
	// is spent shape by shape (Shape.Cost), and all registered shapes together fit in it.
	Budget = 1000

	step     = 5  // figures are rounded to a multiple of it
	noiseCut = 6  // the noise is never larger
	closing  = 45 // days after the end of a period before its table can be made
)

// Other codes of a dimension beside those of its list.
const (
	Unknown = "unknown" // the file does not say
	Minor   = "minor"   // under 18 on the day that counts
	Adult   = "adult"
)

// Dim is one side of a table.
type Dim struct {
	Name  string
	Codes []string // in the order in which people should see them
	// Special are the codes about which a small number is more dangerous than about others.
	Special []string
}

// Has reports whether a code stands on this side.
func (d Dim) Has(code string) bool { return slices.Contains(d.Codes, code) }

// Shape is a registered form of table. There are no others.
type Shape struct {
	ID      string // A, B, C, D
	Version int
	Unit    Unit   // kind of period
	Dims    []Dim  // the last one is what must not be told by being in a group of the others
	Zero    bool   // an empty cell is shown as 0; elsewhere it looks like any small one
	Cost    int    // thousandths of the year's budget for each person
	Public  bool   // may be shown outside of the network
	Least   int    // different values of the last side that a shown group must have
	Place   string // dimension that is a place, "" for the whole country
}

// Shapes returns the release cube, in the order in which people should see it. Its
// tables overlap only in people, never in cells that could be subtracted to less than
// the noise (see the attacks in the tests).
func Shapes() []Shape {
	status := Dim{Name: "status_family", Codes: withUnknown(vocabulary.Codes("status_family"))}
	age := Dim{Name: "age", Codes: []string{Minor, Adult, Unknown}}
	need := Dim{Name: "need", Codes: topLevel("issue"), Special: []string{"trafficking", "violence_abuse", "hrd_threat", "hrd_prosecution", "detention", "access_health"}}
	return []Shape{
		{ID: "A", Version: 1, Unit: Quarter, Cost: 250, Least: 2, Place: "region",
			Dims: []Dim{{Name: "region", Codes: withUnknown(vocabulary.Codes("region"))}, age, status}},
		{ID: "B", Version: 1, Unit: Year, Cost: 250, Least: 2, Place: "province",
			Dims: []Dim{{Name: "province", Codes: withUnknown(vocabulary.Codes("province"))}, status}},
		{ID: "C", Version: 1, Unit: Month, Cost: 250, Least: 1, Public: true, Dims: []Dim{status}},
		{ID: "D", Version: 1, Unit: Year, Cost: 250, Least: 2, Public: true, Zero: true,
			Dims: []Dim{need, {Name: "sex", Codes: withUnknown(vocabulary.Codes("sex"))}, status}},
	}
}

// ShapeOf returns the registered shape of that name.
func ShapeOf(id string) (Shape, bool) {
	for _, s := range Shapes() {
		if s.ID == id {
			return s, true
		}
	}
	return Shape{}, false
}

// threshold is the least number of people of a shown cell.
func (s Shape) threshold(at []string) int {
	for i, d := range s.Dims {
		if i < len(at) && slices.Contains(d.Special, at[i]) {
			return ThresholdSpecial
		}
	}
	return Threshold
}

// cells lists all coordinates of the shape, in order.
func (s Shape) cells() [][]string {
	out := [][]string{nil}
	for _, d := range s.Dims {
		var next [][]string
		for _, at := range out {
			for _, code := range d.Codes {
				next = append(next, append(slices.Clone(at), code))
			}
		}
		out = next
	}
	return out
}

func withUnknown(codes []string) []string {
	if slices.Contains(codes, Unknown) {
		return codes
	}
	return append(codes, Unknown)
}

// topLevel are the codes of a list that have no coarser one.
func topLevel(list string) []string {
	var out []string
	for _, c := range vocabulary.Codes(list) {
		if vocabulary.Parent(list, c) == "" {
			out = append(out, c)
		}
	}
	return withUnknown(out)
}
