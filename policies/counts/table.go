package counts

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// Record is one person's case as it is counted.
type Record struct {
	Key    string            // of the person, opaque; it moves the noise and never leaves
	On     time.Time         // the day that counts: when the case was opened
	Known  time.Time         // when it came into the register
	Values map[string]string // by dimension; what is missing, or no code of the dimension, counts as Unknown
}

// Mark says how a cell is shown.
type Mark string

// The marks.
const (
	Shown  Mark = "shown"  // Value is the figure
	Zero   Mark = "zero"   // nobody
	Few    Mark = "few"    // fewer than the threshold, perhaps nobody; or all of a group would be in one cell
	Hidden Mark = "hidden" // of the network: too few organisations, or one of them is nearly all
)

// Cell is one figure of a table.
type Cell struct {
	At    []string // a code for each dimension of the shape
	Mark  Mark
	Value int // with Shown: a multiple of 5, near the number of people
}

// Table is a table as it may be shown: nothing in it can be taken back to the people.
type Table struct {
	Shape   string
	Version int
	Period  Period
	Made    time.Time
	Cells   []Cell // all of the shape, in its order
}

// Cell returns the figure at these coordinates.
func (t Table) Cell(at ...string) (Cell, bool) {
	for _, c := range t.Cells {
		if slices.Equal(c.At, at) {
			return c, true
		}
	}
	return Cell{}, false
}

// Total adds up what is shown below a beginning of coordinates (none: the whole
// table). more tells that something is not shown, so that the total is a lower bound.
// The number of people itself is never told: what is not shown could be subtracted.
func (t Table) Total(below ...string) (sum int, more bool) {
	for _, c := range t.Cells {
		if len(c.At) < len(below) || !slices.Equal(c.At[:len(below)], below) {
			continue
		}
		switch c.Mark {
		case Shown:
			sum += c.Value
		case Few, Hidden:
			more = true
		case Zero:
		}
	}
	return sum, more
}

// minSecret is the least length in bytes of the secret behind the noise.
const minSecret = 32

var errSecret = errors.New("counts: the secret is shorter than 32 bytes")

// makeTable counts the records of a period. Plan has said that it may be made now.
func makeTable(s Shape, p Period, records []Record, secret []byte, now time.Time) (Table, error) {
	if len(secret) < minSecret {
		return Table{}, errSecret
	}
	in := map[string][]string{}
	for key, at := range placed(s, p, records, now) {
		in[at] = append(in[at], key)
	}
	t := Table{Shape: s.ID, Version: s.Version, Period: p, Made: now.UTC()}
	for _, at := range s.cells() {
		keys := in[strings.Join(at, "\x00")]
		t.Cells = append(t.Cells, s.cell(secret, p, at, keys))
	}
	s.alike(t.Cells, in)
	return t, nil
}

// cell decides how one cell is shown.
func (s Shape) cell(secret []byte, p Period, at, keys []string) Cell {
	n := len(keys)
	switch {
	case n == 0 && s.Zero:
		return Cell{At: at, Mark: Zero}
	case n < s.threshold(at):
		return Cell{At: at, Mark: Few}
	}
	// Where the noise alone would bring the figure below what can be shown at all, it
	// looks like a small one: so a cell that is not shown may also be a larger one.
	v := rounded(n + noise(secret, s, p, at, keys))
	if v < rounded(s.threshold(at)) {
		return Cell{At: at, Mark: Few}
	}
	return Cell{At: at, Mark: Shown, Value: v}
}

// alike hides groups whose people are all in too few cells of the last dimension.
// They look like any group of few people: to say why would say it all. Where zeros
// are shown, theirs are not, since they would leave one cell.
func (s Shape) alike(cells []Cell, in map[string][]string) {
	if s.Least < 2 {
		return
	}
	kinds := map[string]int{}
	group := func(c Cell) string { return strings.Join(c.At[:len(c.At)-1], "\x00") }
	for _, c := range cells {
		if len(in[strings.Join(c.At, "\x00")]) > 0 {
			kinds[group(c)]++
		}
	}
	for i, c := range cells {
		if n := kinds[group(c)]; n > 0 && n < s.Least {
			cells[i] = Cell{At: c.At, Mark: Few}
		}
	}
}

// placed puts every person into the one cell of the year in which it counts for the
// first time: by key, the coordinates in this period.
func placed(s Shape, p Period, records []Record, now time.Time) map[string]string {
	first := map[string]Record{}
	for _, r := range records {
		if r.Key == "" || r.On.IsZero() || r.Known.IsZero() || r.Known.After(now) {
			continue
		}
		at := periodFor(s.Unit, r.On, r.Known)
		if at.Start.Year() != p.Start.Year() {
			continue
		}
		have, twice := first[r.Key]
		if !twice || at.Start.Before(periodFor(s.Unit, have.On, have.Known).Start) ||
			(at == periodFor(s.Unit, have.On, have.Known) && earlier(s, r, have)) {
			first[r.Key] = r
		}
	}
	out := map[string]string{}
	for key, r := range first {
		if periodFor(s.Unit, r.On, r.Known) == p {
			out[key] = s.place(r)
		}
	}
	return out
}

// earlier orders two records of one person in one period, so that the order in which
// they are read does not matter.
func earlier(s Shape, a, b Record) bool {
	if !a.On.Equal(b.On) {
		return a.On.Before(b.On)
	}
	return s.place(a) < s.place(b)
}

// place is a record's coordinates, joined.
func (s Shape) place(r Record) string {
	at := make([]string, len(s.Dims))
	for i, d := range s.Dims {
		at[i] = r.Values[d.Name]
		if !d.Has(at[i]) {
			at[i] = Unknown
		}
	}
	return strings.Join(at, "\x00")
}
