// Package ui holds the components of every page: a Go struct for what a component
// shows, a named template ("ui/button") for how, the style sheets, the icons and
// the vendored files. web/DESIGN.md lists them with an example each.
package ui

import (
	"embed"
	"io/fs"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed all:static
var static embed.FS

// Templates returns the component templates.
func Templates() fs.FS { return sub(templates, "templates") }

// Static returns the style sheets, scripts, fonts and icons.
func Static() fs.FS { return sub(static, "static") }

func sub(f embed.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil {
		panic(err) // the directory is embedded by name: this cannot happen in a program that compiled
	}
	return s
}

// Text is something to be read, said in the reader's language when the page is
// rendered: a message, a vocabulary's label, a date, or finished words.
type Text struct {
	Key   string    // message key
	Args  []any     // of the message: name, value, name, value, …; a Text value is said first
	List  string    // vocabulary list, with Key as the code
	Plain string    // finished words: a name, a number, a sentence that a person wrote
	Day   string    // ISO date, partial allowed
	At    time.Time // moment
}

// T is a message with arguments (name, value, …).
func T(key string, args ...any) Text { return Text{Key: key, Args: args} }

// Say is finished words that are the same in every language.
func Say(words string) Text { return Text{Plain: words} }

// Label is the label of a vocabulary's code.
func Label(list, code string) Text { return Text{List: list, Key: code} }

// Labels are the labels of several codes of one vocabulary.
func Labels(list string, codes ...string) []Text {
	out := make([]Text, 0, len(codes))
	for _, c := range codes {
		out = append(out, Label(list, c))
	}
	return out
}

// On is a date (ISO, partial allowed).
func On(iso string) Text { return Text{Day: iso} }

// At is a moment, shown with its time of day in Thailand.
func At(t time.Time) Text { return Text{At: t} }

// Some reports whether there is anything to read.
func (t Text) Some() bool {
	return t.Key != "" || t.Plain != "" || t.Day != "" || !t.At.IsZero()
}

// Problem is what is wrong with one input field, or with the whole form when
// Field is empty.
type Problem struct {
	Field string
	Text  Text
}

// Errors is what is wrong with a form, shown as a summary at the top and beside
// each field.
type Errors []Problem

// ErrorsOf turns a fault into what a form shows: its fields, or its own message
// when no field is named. nil gives none.
func ErrorsOf(err error) Errors {
	if err == nil {
		return nil
	}
	e := fault.As(err)
	var args []any
	for k, v := range e.Args {
		args = append(args, k, v)
	}
	if len(e.Fields) == 0 {
		return Errors{{Text: T(e.Key, args...)}}
	}
	var out Errors
	for _, f := range e.Fields {
		out = append(out, Problem{Field: f.Name, Text: T(f.Key, args...)})
	}
	return out
}

// InFields reports whether anything is wrong with a field, rather than with the
// whole attempt.
func (e Errors) InFields() bool {
	for _, p := range e {
		if p.Field != "" {
			return true
		}
	}
	return false
}

// For returns the first problem of a field.
func (e Errors) For(field string) (Text, bool) {
	for _, p := range e {
		if p.Field == field {
			return p.Text, true
		}
	}
	return Text{}, false
}

// Has reports whether something is wrong with a field.
func (e Errors) Has(field string) bool {
	_, ok := e.For(field)
	return ok
}
