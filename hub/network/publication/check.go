package publication

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/saphan-network/saphan/federation/fault"
)

// Limits in characters.
const (
	MaxLine = 180
	MaxBody = 8000
)

// check names every field that cannot be published as it is.
func check(kind string, t Text) error {
	f := fault.New(fault.Invalid, "error.public.form")
	wrong := func(name, key string) { f.Fields = append(f.Fields, fault.Field{Name: name, Key: key}) }
	if kind != Statement && kind != Event {
		wrong("kind", "error.public.kind")
	}
	for _, l := range []struct {
		name, value string
		needed      bool
	}{{"name_th", t.Name.TH, true}, {"name_en", t.Name.EN, t.Body.EN != "" || t.Summary.EN != ""}, {"summary_th", t.Summary.TH, false}, {"summary_en", t.Summary.EN, false},
		{"place_th", t.Place.TH, false}, {"place_en", t.Place.EN, false}} {
		switch {
		case l.value == "" && l.needed:
			wrong(l.name, "error.public.needed")
		case utf8.RuneCountInString(l.value) > MaxLine || strings.ContainsAny(l.value, "\r\n"):
			wrong(l.name, "error.public.line")
		}
	}
	for _, b := range []struct {
		name, value string
		needed      bool
	}{{"body_th", t.Body.TH, true}, {"body_en", t.Body.EN, t.Name.EN != ""}} {
		switch {
		case strings.TrimSpace(b.value) == "" && b.needed:
			wrong(b.name, "error.public.needed")
		case utf8.RuneCountInString(b.value) > MaxBody:
			wrong(b.name, "error.public.long")
		}
	}
	if kind == Event {
		checkEvent(t, wrong)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func checkEvent(t Text, wrong func(name, key string)) {
	if t.Start.IsZero() {
		wrong("start", "error.public.start")
	}
	if !t.End.IsZero() && !t.End.After(t.Start) {
		wrong("end", "error.public.end")
	}
	if t.Place.TH == "" && t.Link == "" {
		wrong("place_th", "error.public.place")
	}
	if u, err := url.Parse(t.Link); t.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil) {
		wrong("link", "error.public.link")
	}
}
