package disclose

import (
	"slices"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/policies/redact"
)

// topics: lines about common work, each as line/1 has it.
func topics(raw []string, s Setting) ([]string, error) {
	for _, v := range raw {
		if _, err := line([]string{v}, s); err != nil {
			return nil, err
		}
	}
	return slices.Clone(raw), nil
}

// notes: texts about common work, as HTML of p and br.
func notes(raw []string, _ Setting) ([]string, error) {
	for _, v := range raw {
		text, ok := federation.PlainText(v)
		if !ok || text == "" || numbered(text) || len(v) > federation.MaxString {
			return nil, ErrUnknown
		}
	}
	return slices.Clone(raw), nil
}

// times: moments of meetings and of what was promised there, to the minute.
func times(raw []string, s Setting) ([]string, error) {
	for _, v := range raw {
		t, err := time.Parse("2006-01-02T15:04:05Z", v)
		if err != nil || t.Second() != 0 || t.Before(s.Now.AddDate(-2, 0, 0)) || t.After(s.Now.AddDate(3, 0, 0)) {
			return nil, ErrUnknown
		}
	}
	return slices.Clone(raw), nil
}

// unnamed: what a member says at a meeting, a line or a text, in which nothing stands
// that is certainly a person's: nobody may overlook a name or a number there.
func unnamed(raw []string, s Setting) ([]string, error) {
	for _, v := range raw {
		text := v
		if strings.HasPrefix(v, "<p>") {
			if _, err := notes([]string{v}, s); err != nil {
				return nil, err
			}
			text, _ = federation.PlainText(v)
		} else if _, err := line([]string{v}, s); err != nil {
			return nil, err
		}
		if Personal(text) {
			return nil, ErrUnknown
		}
	}
	return slices.Clone(raw), nil
}

// Certain lists the pieces of a text that are certainly a person's.
func Certain(text string) []string {
	var out []string
	for _, s := range redact.Redact(text, nil).Spans {
		if s.Certain() {
			out = append(out, text[s.Start:s.End])
		}
	}
	return out
}

// Personal reports whether something stands in a text that is certainly a person's,
// or that nobody can read.
func Personal(text string) bool {
	r := redact.Redact(text, nil)
	return len(Certain(text)) > 0 ||
		slices.ContainsFunc(r.Residue, func(one redact.Residue) bool { return one.Why == redact.Broken || one.Why == redact.Script })
}

// mailbox: the one address for letters that an organisation gives of itself.
func mailbox(raw []string, _ Setting) ([]string, error) {
	v, err := one(raw)
	if err != nil || !federation.IsMailbox(v) {
		return nil, ErrUnknown
	}
	return []string{v}, nil
}
