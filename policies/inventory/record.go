package inventory

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/saphan-network/saphan/policies"
)

// Processing is one line of the record of processing: an activity with all that
// the register knows of its data.
type Processing struct {
	Activity  string    `json:"activity"`
	Subjects  []string  `json:"subjects"`
	Kinds     []string  `json:"data"`           // what is kept, without the technical
	Sensitive []string  `json:"sensitive_data"` // kinds that may hold data of section 26
	Bases     []string  `json:"legal_bases"`
	Inside    []string  `json:"seen_inside_by"`
	Outside   []string  `json:"told_outside"`
	Leaves    []Leaving `json:"may_leave"`
	Keep      []Keeping `json:"kept"`
	Places    int       `json:"places"` // how many columns and fields
	Sealed    bool      `json:"sealed"` // some of it is encrypted with a key for each case
}

// Leaving is a field of which something may leave, and the coarsenings on its way.
type Leaving struct {
	Path   string   `json:"field"`
	Class  string   `json:"class"`
	Ladder []string `json:"transforms"`
}

// Record returns the record of processing.
func Record() ([]Processing, error) {
	b, err := load()
	if err != nil {
		return nil, err
	}
	var out []Processing
	for _, a := range b.activities {
		p := Processing{Activity: a.Name, Subjects: a.Subjects, Bases: a.Bases, Inside: a.Inside, Outside: a.Outside}
		var keep, paths []string
		for _, i := range b.items {
			if !slices.Contains(a.Entities, i.Entity) {
				continue
			}
			p.Places++
			p.Sealed = p.Sealed || i.Sealed
			if i.Kind != "technical" {
				p.Kinds = once(p.Kinds, i.Kind)
			}
			if i.S26 {
				p.Sensitive = once(p.Sensitive, i.Kind)
			}
			keep = once(keep, i.Retention)
			if len(a.Outside) > 0 && i.Path != "" {
				paths = once(paths, i.Path)
			}
		}
		for _, k := range b.keepings {
			if slices.Contains(keep, k.Name) {
				p.Keep = append(p.Keep, k)
			}
		}
		for _, f := range policies.Fields() {
			if slices.Contains(paths, f.Path) && len(f.Ladder) > 0 {
				p.Leaves = append(p.Leaves, Leaving{f.Path, string(f.Class), f.Ladder})
			}
		}
		out = append(out, p)
	}
	return out, nil
}

func once(in []string, s string) []string {
	if slices.Contains(in, s) {
		return in
	}
	return append(in, s)
}

// WriteJSON writes the record of processing with the retention classes and every place.
func WriteJSON(w io.Writer) error {
	record, err := Record()
	if err != nil {
		return err
	}
	items, err := Items()
	if err != nil {
		return err
	}
	type place struct {
		Place     string `json:"place"`
		Entity    string `json:"entity"`
		Class     string `json:"class"`
		Kind      string `json:"kind"`
		S26       bool   `json:"section_26,omitempty"`
		Quasi     bool   `json:"quasi_identifier,omitempty"`
		Sealed    bool   `json:"sealed,omitempty"`
		Retention string `json:"retention"`
		Release   string `json:"release"`
		Path      string `json:"field,omitempty"`
	}
	var all []place
	for _, i := range items {
		all = append(all, place{i.Place, i.Entity, string(i.Class), i.Kind, i.S26, i.Quasi, i.Sealed, i.Retention, i.Release, i.Path})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(struct {
		Record []Processing `json:"record_of_processing"`
		Places []place      `json:"places"`
	}{record, all})
}

// WriteCSV writes every place as a table, with the activity it belongs to.
func WriteCSV(w io.Writer) error {
	b, err := load()
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"activity", "entity", "place", "class", "kind", "section_26", "quasi_identifier", "sealed", "token", "retention", "release", "field"}); err != nil {
		return err
	}
	for _, i := range b.items {
		activity := ""
		for _, a := range b.activities {
			if slices.Contains(a.Entities, i.Entity) {
				activity = a.Name
			}
		}
		row := []string{activity, i.Entity, i.Place, string(i.Class), i.Kind, yes(i.S26), yes(i.Quasi), yes(i.Sealed), yes(i.Token), i.Retention, i.Release, i.Path}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func yes(b bool) string { return strconv.FormatBool(b) }

// Markdown is INVENTORY.md: for each entity and class, what there is.
func Markdown() (string, error) {
	b, err := load()
	if err != nil {
		return "", err
	}
	var s strings.Builder
	s.WriteString("# Every place that holds data\n\nMade from `inventory.csv` by `go test ./policies/inventory -run TestMarkdown -update`; a test compares. ")
	s.WriteString("Marks: ² section 26, ° quasi-identifier, ⚿ sealed with the case's key, # keyed token.\n")
	for _, a := range b.activities {
		s.WriteString("\n## " + a.Name + "\n\nBases: " + strings.Join(a.Bases, ", ") + ". Seen inside by: " + strings.Join(a.Inside, ", ") + ".\n\n| entity | class | kept | places |\n|---|---|---|---|\n")
		for _, e := range a.Entities {
			for _, class := range []policies.Class{policies.ClassA, policies.ClassB, policies.ClassC, policies.ClassD, policies.ClassE} {
				var names, keep []string
				for _, i := range b.items {
					if i.Entity == e && i.Class == class {
						names, keep = append(names, "`"+i.Place+"`"+marks(i)), once(keep, i.Retention)
					}
				}
				if len(names) > 0 {
					s.WriteString("| " + e + " | " + string(class) + " | " + strings.Join(keep, ", ") + " | " + strings.Join(names, ", ") + " |\n")
				}
			}
		}
	}
	return s.String(), nil
}

func marks(i Item) string {
	out := ""
	for _, m := range []struct {
		on   bool
		mark string
	}{{i.S26, "²"}, {i.Quasi, "°"}, {i.Sealed, "⚿"}, {i.Token, "#"}} {
		if m.on {
			out += m.mark
		}
	}
	return out
}
