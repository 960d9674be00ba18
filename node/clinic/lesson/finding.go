package lesson

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/node/clinic/thai"
)

// Span is a part of a text that may tell who somebody is, as an anonymiser sees it.
type Span struct {
	Start, End int    // bytes
	Kind       string // name, id, phone, …; or digits, script, proper for what just looks like it
	By         string // by what it was found; "node" for identifiers of people in the files here
	Instead    string // what would stand there
}

// Scrubber looks through a text. An error means that it could not, and then nothing
// leaves.
type Scrubber interface {
	Find(ctx context.Context, text string) ([]Span, error)
}

// Finding is a span in one part of a lesson.
type Finding struct {
	Key                  string // the same for the same words
	Field                string // name of the part, e.g. "problem_th"
	Before, Piece, After string
	Kind, By, Instead    string
	Must                 bool // numbers of people and papers: they cannot be left
	Kept                 bool
	start, end           int
}

// part is one text of a lesson under the name that forms give it.
type part struct {
	name string
	of   func(t *library.Text) *string
}

// parts lists all texts of a lesson.
func parts() []part {
	var out []part
	for _, w := range []struct {
		name string
		of   func(t *library.Text) *library.Words
	}{
		{"title", func(t *library.Text) *library.Words { return &t.Title }}, {"summary", func(t *library.Text) *library.Words { return &t.Summary }},
		{"problem", func(t *library.Text) *library.Words { return &t.Problem }}, {"tried", func(t *library.Text) *library.Words { return &t.Tried }},
		{"worked", func(t *library.Text) *library.Words { return &t.Worked }}, {"failed", func(t *library.Text) *library.Words { return &t.Failed }},
		{"limits", func(t *library.Text) *library.Words { return &t.Limits }},
	} {
		out = append(out, part{w.name + "_th", func(t *library.Text) *string { return &w.of(t).TH }}, part{w.name + "_en", func(t *library.Text) *string { return &w.of(t).EN }})
	}
	return out
}

// around is how many letters of the text are shown beside a finding.
const around = 28

// look finds what may tell who somebody is, in the order of reading.
func (s *Service) look(ctx context.Context, t library.Text, kept []string) ([]Finding, error) {
	var out []Finding
	for _, p := range parts() {
		found, err := s.lookAt(ctx, p.name, *p.of(&t), kept)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	for _, l := range t.Laws { // a law has a year in its name, and no person
		for _, name := range []string{l.Name.TH, l.Name.EN} {
			found, err := s.lookAt(ctx, "laws", name, kept)
			if err != nil {
				return nil, err
			}
			out = append(out, slices.DeleteFunc(found, func(f Finding) bool { return !f.Must && f.By != "node" })...)
		}
	}
	return out, nil
}

func (s *Service) lookAt(ctx context.Context, name, text string, kept []string) ([]Finding, error) {
	if text == "" {
		return nil, nil
	}
	spans, err := s.d.Scrub.Find(ctx, text)
	if err != nil {
		return nil, err
	}
	english := strings.HasSuffix(name, "_en")
	var out []Finding
	for _, sp := range spans {
		if english && (sp.Kind == "foreign" || sp.Kind == "proper" && begins(text, sp.Start)) {
			continue // it is English, and a sentence begins with a capital
		}
		f := Finding{Field: name, Piece: text[sp.Start:sp.End], Before: before(text[:sp.Start]), After: after(text[sp.End:]), Kind: sp.Kind, By: sp.By, Instead: sp.Instead,
			start: sp.Start, end: sp.End}
		f.Key = f.Kind + ":" + thai.Fold(f.Piece)
		f.Must = slices.Contains([]string{"id", "phone", "account", "case", "plate"}, f.Kind)
		f.Kept = !f.Must && slices.Contains(kept, f.Key)
		out = append(out, f)
	}
	return out, nil
}

// begins reports whether a sentence begins at a place.
func begins(text string, at int) bool {
	t := strings.TrimRight(text[:at], " \n\"'(")
	return t == "" || strings.HasSuffix(t, ".") || strings.HasSuffix(t, "?") || strings.HasSuffix(t, "!") || strings.HasSuffix(t, ":") || strings.HasSuffix(text[:at], "\n")
}

func before(s string) string {
	n := 0
	at := len(s)
	for at > 0 && n < around {
		r, size := utf8.DecodeLastRuneInString(s[:at])
		if r == '\n' {
			break
		}
		at, n = at-size, n+1
	}
	if at > 0 && s[at-1] != '\n' {
		return "…" + s[at:]
	}
	return s[at:]
}

func after(s string) string {
	n := 0
	for i, r := range s {
		if r == '\n' {
			return s[:i]
		}
		if n++; n > around {
			return s[:i] + "…"
		}
	}
	return s
}

// open counts the findings that nobody has decided about.
func open(all []Finding) int {
	n := 0
	for _, f := range all {
		if !f.Kept {
			n++
		}
	}
	return n
}

// mask puts placeholders where findings of a key are.
func mask(t library.Text, found []Finding, key string) library.Text {
	for _, p := range parts() {
		text := p.of(&t)
		for i := len(found) - 1; i >= 0; i-- { // from the end, so that places before it stay right
			f := found[i]
			if f.Field == p.name && f.Key == key && f.end <= len(*text) {
				*text = (*text)[:f.start] + f.Instead + (*text)[f.end:]
			}
		}
	}
	return t
}
