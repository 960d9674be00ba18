package policies

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed rules/*.csv
var rules embed.FS

// Row is one rule: who (Sub), for what (Purpose), which fields (Obj), in which
// form (Act), under what condition (Cond), and whether that allows or denies.
type Row struct {
	ID, Sub, Purpose, Obj, Act, Cond, Effect string
	Layer                                    string // floor, network or own
}

// String is the rule as it is hashed, logged and shown to those who read rules.
func (r Row) String() string {
	return strings.Join([]string{r.ID, r.Sub, r.Purpose, r.Obj, r.Act, r.Cond, r.Effect}, ", ")
}

// Key is the message key that says the rule in words.
func (r Row) Key() string {
	if r.Layer == "own" {
		return "policy.rule.own"
	}
	return "policy.rule." + r.ID
}

// Term is one clause of a rule's condition.
type Term struct {
	Attr string // Consent, Openness, K, Scrubbed, Reviewed, Adult
	Op   string // ">=", "<", "is" or "not"
	N    int
}

// Terms returns the rule's condition clause by clause; none means always.
func (r Row) Terms() []Term {
	c, err := compile(r.Cond)
	if err != nil {
		return nil
	}
	out := make([]Term, 0, len(c))
	for _, one := range c {
		out = append(out, Term{one.attr, one.op, one.n})
	}
	return out
}

func ruleID(rule string) string {
	id, _, _ := strings.Cut(rule, ",")
	return id
}

const columns = 7

// readRows parses embedded rule text: comma separated, # starts a comment line.
func readRows(text, layer string) ([]Row, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	r.FieldsPerRecord = columns
	records, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	return makeRows(records, layer)
}

// makeRows turns records into rows and refuses whatever is not exactly a rule.
func makeRows(records [][]string, layer string) ([]Row, error) {
	var out []Row
	for i, rec := range records {
		if len(rec) != columns {
			return nil, &RowError{Layer: layer, Row: i + 1, Err: fmt.Errorf("it has %d columns, not %d", len(rec), columns)}
		}
		row := Row{ID: rec[0], Sub: rec[1], Purpose: rec[2], Obj: rec[3], Act: rec[4], Cond: rec[5], Effect: rec[6], Layer: layer}
		if err := row.check(); err != nil {
			bad := &RowError{Layer: layer, Row: i + 1, Err: err}
			if c, ok := err.(columnError); ok { //nolint:errorlint // check makes it, and nothing is wrapped around it
				bad.Column, bad.Err = c.column, c.err
			}
			return nil, bad
		}
		out = append(out, row)
	}
	return out, nil
}

func (r Row) check() error {
	for i, v := range []string{r.ID, r.Sub, r.Purpose, r.Obj, r.Act, r.Cond, r.Effect} {
		if err := cleanCell(v); err != nil {
			return columnError{Columns()[i], err}
		}
	}
	for _, one := range []struct {
		column string
		wrong  bool
		why    string
	}{
		{"name", !ruleName.MatchString(r.ID) || strings.HasPrefix(r.ID, "guard_"), "the rule's name is not lower_snake, or is a guard's"},
		{"effect", r.Effect != "allow" && r.Effect != "deny", "the effect is neither allow nor deny"},
		{"effect", r.Effect == "allow" && r.Layer == "own", "a server's own rules can only deny"},
		{"purpose", r.Purpose != "*" && !slices.Contains(purposes(), r.Purpose), "unknown purpose"},
		{"form", r.Act != "*" && !slices.Contains([]string{string(Full), string(Generalised), string(Count), string(Sealed)}, r.Act), "unknown form"},
		{"purpose", r.Effect == "allow" && r.Purpose == "*", "an allowing rule names its purpose"},
		{"form", r.Effect == "allow" && r.Act == "*", "an allowing rule names its form"},
	} {
		if one.wrong {
			return columnError{one.column, errors.New(one.why)}
		}
	}
	if err := r.checkSubject(); err != nil {
		return columnError{"who", err}
	}
	if err := checkObject(r.Obj); err != nil {
		return columnError{"field", err}
	}
	if _, err := compile(r.Cond); err != nil {
		return columnError{"condition", err}
	}
	return nil
}

var ruleName = regexp.MustCompile(`^[a-z][a-z0-9_]{1,47}$`)

// cleanCell refuses what the eye cannot see and what could be read as two cells.
func cleanCell(v string) error {
	switch {
	case v == "":
		return errors.New("an empty cell")
	case len(v) > 300:
		return errors.New("a cell longer than 300 bytes")
	case strings.TrimSpace(v) != v:
		return errors.New("blanks around a cell")
	case !norm.NFC.IsNormalString(v):
		return errors.New("a cell that is not in normal form C")
	case strings.ContainsAny(v, ",\"#\n\r"):
		return errors.New("a comma, quote, hash or line break in a cell")
	}
	for _, c := range v {
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) || (unicode.IsSpace(c) && c != ' ') || c > unicode.MaxASCII {
			return errors.New("a control, invisible or non-ASCII character in a cell")
		}
	}
	return nil
}

func (r Row) checkSubject() error {
	switch {
	case r.Sub == "*":
		if r.Effect != "deny" {
			return errors.New("the subject * is for denying rules only")
		}
	case strings.HasPrefix(r.Sub, "role:"):
		if !slices.Contains(roleNames(), r.Sub) {
			return errors.New("unknown role")
		}
	case strings.HasPrefix(r.Sub, "wg:"):
		if !groupName.MatchString(strings.TrimPrefix(r.Sub, "wg:")) {
			return errors.New("not the name of a working group")
		}
	case strings.HasPrefix(r.Sub, "org:"):
		if !isActorIRI(strings.TrimPrefix(r.Sub, "org:")) {
			return errors.New("not the address of an organisation")
		}
	default:
		return errors.New("the subject has no known prefix (role:, wg:, org:)")
	}
	return nil
}

var groupName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,47}$`)

// checkObject accepts class:x, trait:special, trait:quasi, a path of the
// registry, and patterns of whole segments that match at least one path.
func checkObject(obj string) error {
	if strings.Contains(obj, ":") {
		if !slices.Contains([]string{"class:a", "class:b", "class:c", "class:d", "class:e", traitSpecial, traitQuasi}, obj) {
			return errors.New("unknown class or trait")
		}
		return nil
	}
	segments := strings.Split(obj, "/")
	for i, s := range segments {
		if s == "**" && i != len(segments)-1 {
			return errors.New("** stands last or not at all")
		}
		if s != "*" && s != "**" && !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(s) {
			return errors.New("a path has segments of lower_snake, *, and ** at its end")
		}
	}
	for _, f := range Fields() {
		if fieldMatch(f.Path, obj) {
			return nil
		}
	}
	return errors.New("the path matches no field of the registry")
}

// fieldMatch compares whole segments: * is exactly one, ** (last) one or more.
func fieldMatch(path, pattern string) bool {
	for there := true; ; {
		want, restWant, moreWant := strings.Cut(pattern, "/")
		have, restHave, moreHave := strings.Cut(path, "/")
		switch {
		case want == "**":
			return there && !moreWant
		case !there || have == "" || (want != "*" && want != have):
			return false
		case !moreWant:
			return !moreHave
		}
		pattern, path, there = restWant, restHave, moreHave
	}
}

func purposes() []string {
	return []string{Referral, Handover, Feedback, Protocol, Membership, Publish, Meeting}
}
