package torture_test

import (
	"regexp"
	"slices"
	"strings"
)

var (
	full  = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	place = regexp.MustCompile(`(?:บ้าน|บ\.)\s*(\S{5,})`)
)

// secrets are the names, numbers, telephones and villages of the whole register,
// as the program itself reads them without a server.
func (w *world) secrets() []string {
	w.t.Helper()
	var plan struct {
		Records []struct{ Values map[string]any }
	}
	kept := w.north.said
	w.north.said = &said{} // a dry run prints all values, as its help says
	w.north.ask(&plan, 0, "import", "--dry-run", register)
	w.north.said = kept
	seen := map[string]bool{}
	for _, r := range plan.Records {
		for _, key := range []string{"full_name", "given_name", "surname", "nickname", "phone", "address", "id", "problem", "note"} {
			v, _ := r.Values[key].(string)
			if m, ok := r.Values[key].(map[string]any); ok {
				v, _ = m["value"].(string)
			}
			if m := place.FindStringSubmatch(v); key == "address" && m != nil {
				seen[m[1]] = true
			}
			seen[strings.TrimSpace(v)] = true
		}
	}
	var out []string
	for v := range seen {
		if len([]rune(v)) >= 5 {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}
