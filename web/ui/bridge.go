package ui

import "reflect"

// Bridge is the bridge panel: left what the file holds, right exactly what will
// leave, between them the rule and the transform in words. No row that leaves
// anything = the resting state.
type Bridge struct {
	From, To Text // headings: "แฟ้มของเรา", the recipient's name
	Rows     []Crossing
	Note     Text // below: the policy's version, k, …
	ID       string
}

// Crossing is one field of a bridge panel. Nothing leaves when Leaves is empty;
// then Why and Remedy say why, and what to do.
type Crossing struct {
	Label     Text
	Class     string // "A" to "E"
	Holds     []Text // what the file holds
	Rule      Text   // the rule in words
	Transform Text   // what is done to the value, in words
	Leaves    []Text // exactly what will leave
	Why       Text
	Remedy    Text
}

// Crosses reports whether anything leaves.
func (c Crossing) Crosses() bool { return len(c.Leaves) > 0 }

// Count is how many fields leave.
func (b Bridge) Count() int {
	n := 0
	for _, r := range b.Rows {
		if r.Crosses() {
			n++
		}
	}
	return n
}

// Leaving are the fields of which something leaves.
func (b Bridge) Leaving() []Crossing {
	var out []Crossing
	for _, r := range b.Rows {
		if r.Crosses() {
			out = append(out, r)
		}
	}
	return out
}

// Stay is what the file holds and keeps for one and the same reason.
type Stay struct {
	Why, Remedy Text
	Rows        []Crossing
}

// Staying are the fields that the file holds and of which nothing leaves, those
// with the same reason together: forty times the same sentence is read by nobody.
func (b Bridge) Staying() []Stay {
	var out []Stay
rows:
	for _, r := range b.Rows {
		if r.Crosses() || len(r.Holds) == 0 {
			continue
		}
		why := r.Why
		if !why.Some() {
			why = r.Rule
		}
		for i := range out {
			if reflect.DeepEqual(out[i].Why, why) && reflect.DeepEqual(out[i].Remedy, r.Remedy) {
				out[i].Rows = append(out[i].Rows, r)
				continue rows
			}
		}
		out = append(out, Stay{Why: why, Remedy: r.Remedy, Rows: []Crossing{r}})
	}
	return out
}

// Kept is how many fields the file holds and keeps.
func (b Bridge) Kept() int {
	n := 0
	for _, s := range b.Staying() {
		n += len(s.Rows)
	}
	return n
}

// Absent are the labels of the fields that the file does not hold.
func (b Bridge) Absent() []Text {
	var out []Text
	for _, r := range b.Rows {
		if !r.Crosses() && len(r.Holds) == 0 {
			out = append(out, r.Label)
		}
	}
	return out
}
