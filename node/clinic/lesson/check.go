package lesson

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/library"
)

// Limits in letters. A part fits into what one string of the wire may hold.
const (
	MaxLine = 160
	MaxPart = 1200
	maxLaws = 12
)

// check names every part that cannot be as it is. What is still being written may be
// empty; whole asks for all that a reader needs.
func (s *Service) check(t library.Text, whole bool) error {
	f := fault.New(fault.Invalid, "lessons.error.form")
	wrong := func(name, key string) { f.Fields = append(f.Fields, fault.Field{Name: name, Key: key}) }
	for _, p := range parts() {
		v := *p.of(&t)
		line := strings.HasPrefix(p.name, "title") || strings.HasPrefix(p.name, "summary")
		switch {
		case line && (utf8.RuneCountInString(v) > MaxLine || strings.ContainsAny(v, "\r\n")):
			wrong(p.name, "lessons.error.line")
		case utf8.RuneCountInString(v) > MaxPart:
			wrong(p.name, "lessons.error.long")
		case whole && v == "" && (p.name == "title_th" || p.name == "problem_th" || p.name == "tried_th"):
			wrong(p.name, "lessons.error.needed")
		}
		if th, is := strings.CutSuffix(p.name, "_en"); is && v != "" && !has(t, th+"_th") {
			wrong(th+"_th", "lessons.error.thai")
		}
	}
	if whole && t.Worked.TH == "" && t.Failed.TH == "" {
		wrong("worked_th", "lessons.error.outcome")
	}
	for _, c := range []struct{ name, list, code string }{{"issue", "issue", t.Issue}, {"status", "status_family", t.Status}, {"office", "officeType", t.Office},
		{"region", "region", t.Region}, {"evidence", "evidence_level", t.Evidence}} {
		if c.code != "" && !s.d.Known(c.list, c.code) || whole && c.code == "" && (c.name == "issue" || c.name == "evidence") {
			wrong(c.name, "lessons.error.choose")
		}
	}
	for i, l := range t.Laws {
		at := strconv.Itoa(i)
		if l.Name.TH == "" || utf8.RuneCountInString(l.Name.TH) > MaxLine || strings.ContainsAny(l.Name.TH+l.Name.EN, "\r\n") {
			wrong("law_"+at, "lessons.error.law")
		}
		if _, err := time.Parse(time.DateOnly, l.Date); err != nil {
			wrong("law_date_"+at, "lessons.error.law_date")
		}
	}
	if len(t.Laws) > maxLaws {
		wrong("law_0", "lessons.error.laws")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func has(t library.Text, name string) bool {
	for _, p := range parts() {
		if p.name == name {
			return *p.of(&t) != ""
		}
	}
	return false
}
