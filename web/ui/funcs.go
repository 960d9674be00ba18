package ui

import (
	"fmt"
	"slices"
	"strconv"
)

// Funcs are the constructors that templates call to make components:
//
//	{{template "ui/field" (input "login" "account.login.name" .Login | required | wrong .Errors)}}
//
// Constructors take message keys, modifiers take the component as their last argument.
func Funcs() map[string]any {
	return map[string]any{
		"msg": T, "say": Say, "vocab": Label, "on": On, "at": At,
		"input": input, "secret": secretField, "area": area, "choose": choose, "radios": radios,
		"tick": tick, "checks": checks, "upload": upload, "search": searchField, "dated": Dated,
		"hint": hint, "required": required, "wrong": wrong, "auto": auto, "mode": mode, "rows": rows,
		"limit": limit, "blank": blank, "bare": bare, "ident": ident, "option": option, "options": options,
		"button": button, "primary": buttonTone("primary"), "danger": buttonTone("danger"), "quiet": buttonTone("quiet"),
		"href": href, "sends": sends, "icon_of": withIcon, "wide": wide, "submits": submits,
		"head": head, "lead": lead, "back": back, "kicker": kicker, "named": named,
		"badge": badge, "notice": notice, "explain": explain, "act": act,
		"empty": empty, "teach": teach, "first": first, "fact": fact, "facts": facts, "step": step, "steps": steps, "qr": qrCode,
	}
}

func input(name, label string, value any) Field {
	return Field{Type: "text", Name: name, Label: T(label), Value: fmt.Sprint(value)}
}

func secretField(name, label string) Field {
	return Field{Type: "password", Name: name, Label: T(label)}
}

func searchField(name, label string, value string) Field {
	return Field{Type: "search", Name: name, Label: T(label), Value: value}
}

func area(name, label, value string) Field {
	return Field{Type: "textarea", Name: name, Label: T(label), Value: value, Rows: 5}
}

func choose(name, label, value string, opts []Option) Field {
	return Field{Type: "select", Name: name, Label: T(label), Value: value, Options: selected(opts, value)}
}

func radios(name, label, value string, opts []Option) Field {
	return Field{Type: "radio", Name: name, Label: T(label), Value: value, Options: selected(opts, value)}
}

func checks(name, label string, values []string, opts []Option) Field {
	f := Field{Type: "checks", Name: name, Label: T(label), Options: selected(opts, values...)}
	if f.Many() { // nobody should search a long list for what is chosen already
		slices.SortStableFunc(f.Options, func(a, b Option) int { return chosenFirst(a) - chosenFirst(b) })
	}
	return f
}

func chosenFirst(o Option) int {
	if o.Selected {
		return 0
	}
	return 1
}

func tick(name, label string, on bool) Field {
	return Field{Type: "checkbox", Name: name, Label: T(label), Value: "yes", Checked: on}
}

func upload(name, label, accept string) Field {
	return Field{Type: "file", Name: name, Label: T(label), Accept: accept}
}

func selected(opts []Option, values ...string) []Option {
	out := make([]Option, len(opts))
	copy(out, opts)
	for i := range out {
		for _, v := range values {
			out[i].Selected = out[i].Selected || out[i].Value == v
		}
	}
	return out
}

func hint(key string, f Field) Field     { f.Hint = T(key); return f }
func required(f Field) Field             { f.Required = true; return f }
func auto(value string, f Field) Field   { f.Autocomplete = value; return f }
func mode(value string, f Field) Field   { f.Inputmode = value; return f }
func rows(n int, f Field) Field          { f.Rows = n; return f }
func limit(n int, f Field) Field         { f.Max = n; return f }
func blank(key string, f Field) Field    { f.Blank = T(key); return f }
func bare(f Field) Field                 { f.HideLabel = true; return f }
func ident(id string, f Field) Field     { f.ID = id; return f }
func option(value, label string) Option  { return Option{Value: value, Label: T(label)} }
func options(o ...Option) []Option       { return o }
func href(to string, b Button) Button    { b.Href = to; return b }
func wide(b Button) Button               { b.Wide = true; return b }
func withIcon(n string, b Button) Button { b.Icon = n; return b }
func submits(id string, b Button) Button { b.Form = id; return b }
func lead(key string, h Head) Head       { h.Lead = T(key); return h }
func kicker(t Text, h Head) Head         { h.Kicker = t; return h }

// named makes a name the title; the title that stood there becomes the small words above it.
func named(name string, h Head) Head      { h.Kicker, h.Title = h.Title, Say(name); return h }
func teach(key string, e Empty) Empty     { e.Text = T(key); return e }
func first(b Button, e Empty) Empty       { e.Action = b; return e }
func explain(key string, n Notice) Notice { n.Text = T(key); return n }
func act(b Button, n Notice) Notice       { n.Action = b; return n }
func facts(f ...Fact) Facts               { return f }
func steps(s ...Step) Steps               { return s }

func wrong(errs Errors, f Field) Field {
	for _, name := range []string{f.Name, f.ID} { // an identifier tells several fields of one name apart
		if t, ok := errs.For(name); ok && name != "" {
			f.Error = t
		}
	}
	return f
}

func button(key string, args ...any) Button { return Button{Label: T(key, args...)} }

func buttonTone(tone string) func(Button) Button {
	return func(b Button) Button { b.Tone = tone; return b }
}

func sends(name, value string, b Button) Button {
	b.Name, b.Value = name, value
	return b
}

func head(key string, args ...any) Head { return Head{Title: T(key, args...)} }

func back(to, key string, h Head) Head {
	h.BackHref, h.BackText = to, T(key)
	return h
}

func badge(tone, key string, args ...any) Badge { return Badge{Tone: tone, Text: T(key, args...)} }

func notice(tone, key string, args ...any) Notice { return Notice{Tone: tone, Title: T(key, args...)} }

func empty(icon, key string) Empty { return Empty{Icon: icon, Title: T(key)} }

func fact(label string, values ...Text) Fact { return Fact{Label: T(label), Values: values} }

func step(state, label string) Step { return Step{State: state, Label: T(label)} }

// Dated is a date in three controls; value is ISO, partial allowed. The year is
// shown in the Buddhist era.
func Dated(name, label, value string) Field {
	day, month, year := splitDay(value)
	months := make([]Option, 0, 12)
	for m := 1; m <= 12; m++ {
		v := strconv.Itoa(m)
		months = append(months, Option{Value: v, Label: T("shell.month." + v), Selected: v == month})
	}
	return Field{
		Type: "date", Name: name, Label: T(label), Value: value,
		Parts: []Part{
			{Name: name + ".day", ID: "f-" + name, Value: day, Label: T("shell.ui.day"), Max: 2},
			{Name: name + ".month", ID: "f-" + name + "-month", Label: T("shell.ui.month"), Options: months},
			{Name: name + ".year", ID: "f-" + name + "-year", Value: year, Label: T("shell.ui.year"), Max: 4},
		},
	}
}
