package web

import (
	"fmt"
	"html/template"
	"time"

	"github.com/saphan-network/saphan/web/locale"
	"github.com/saphan-network/saphan/web/ui"
)

// funcs are the functions of templates in one language, on top of ui.Funcs.
func (r *Renderer) funcs(lang string, o Options) template.FuncMap {
	say := speaker{Speaker: o.Locale.Speaker(lang), label: o.Label}
	m := template.FuncMap(ui.Funcs())
	m["t"] = say.Say
	m["text"] = say.text
	m["date"] = say.date
	m["longdate"] = say.longdate
	m["when"] = say.When
	m["label"] = say.vocabulary
	m["codes"] = func(list string) []ui.Option {
		var out []ui.Option
		if o.Codes != nil {
			for _, c := range o.Codes(list) {
				out = append(out, ui.Option{Value: c, Label: ui.Label(list, c)})
			}
		}
		return out
	}
	m["lang"] = func() string { return lang }
	m["asset"] = r.assets.URL
	m["hx"] = func() template.HTMLAttr {
		return template.HTMLAttr(`hx-nonce="` + r.mark + `"`) // #nosec G203 -- hexadecimal digits
	}
	m["icon"] = func(name string) template.HTML {
		return template.HTML(`<svg class="icon" aria-hidden="true"><use href="` + r.assets.URL("icons.svg") + `#` + template.HTMLEscapeString(name) + `"></use></svg>`) // #nosec G203 -- name escaped
	}
	m["classIcon"] = classIcon
	m["className"] = func(class string) string { return say.Say("shell.ui.class." + class) }
	return m
}

// speaker says components' texts and vocabulary labels in one language.
type speaker struct {
	*locale.Speaker
	label func(list, code, lang string) string
}

func (s speaker) text(t ui.Text) string {
	switch {
	case t.List != "":
		return s.vocabulary(t.List, t.Key)
	case t.Key != "":
		args := make([]any, len(t.Args))
		for i, a := range t.Args {
			if inner, ok := a.(ui.Text); ok {
				a = s.text(inner)
			}
			args[i] = a
		}
		return s.Say(t.Key, args...)
	case t.Plain != "":
		return t.Plain
	case t.Day != "":
		return s.day(t.Day, s.Date)
	case !t.At.IsZero():
		return s.When(t.At)
	}
	return ""
}

func (s speaker) vocabulary(list, code string) string {
	if s.label == nil {
		return code
	}
	if l := s.label(list, code, s.Lang()); l != "" {
		return l
	}
	return code
}

// date accepts an ISO date (partial allowed) or a time.Time.
func (s speaker) date(v any) string { return s.anyDate(v, s.Date) }

func (s speaker) longdate(v any) string { return s.anyDate(v, s.LongDate) }

func (s speaker) anyDate(v any, write func(locale.Day) string) string {
	switch d := v.(type) {
	case time.Time:
		if d.IsZero() {
			return ""
		}
		return write(locale.DayOf(d))
	case string:
		return s.day(d, write)
	}
	return fmt.Sprint(v)
}

// day writes an ISO date; what cannot be read as one is shown as it stands.
func (s speaker) day(iso string, write func(locale.Day) string) string {
	if d, ok := locale.ParseDay(iso); ok {
		return write(d)
	}
	return iso
}

func classIcon(class string) string {
	switch class {
	case "A":
		return "ban"
	case "B":
		return "seal"
	case "C":
		return "blur"
	case "D":
		return "tag"
	case "E":
		return "open"
	}
	return "ban" // an unknown class is the strictest
}
