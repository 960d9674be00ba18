// Package say holds what the command line tells people, in Thai and in English
// side by side. Pages have their own catalogues (web/locale); commands must be
// able to speak before anything is set up.
package say

import (
	"errors"
	"fmt"
	"strings"
)

// Text is one message in both languages. Args of fmt may stand in both, in the
// same order; they never carry a class A or B value.
type Text struct{ TH, EN string }

// In returns the text in "th" or, for anything else, in English.
func (t Text) In(lang string) string {
	if lang == "th" && t.TH != "" {
		return t.TH
	}
	return t.EN
}

// With fills arguments into both languages.
func (t Text) With(args ...any) Text {
	return Text{TH: fmt.Sprintf(t.TH, args...), EN: fmt.Sprintf(t.EN, args...)}
}

// Error is a failure that can be told to the operator, with the exit code of the
// command (0 means 1, plain failure) and a cause for the log.
type Error struct {
	Text  Text
	Code  int
	Cause error
}

// Error is the English text and the cause.
func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Text.EN + ": " + e.Cause.Error()
	}
	return e.Text.EN
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Fail makes an error with an exit code.
func Fail(code int, t Text, cause error) *Error { return &Error{Text: t, Code: code, Cause: cause} }

// Lang reads the language from the values of LC_ALL, LC_MESSAGES and LANG, in
// that order: "th" if the first one that is set begins so, otherwise "en".
func Lang(getenv func(string) string) string {
	for _, n := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(n); v != "" {
			if strings.HasPrefix(v, "th") {
				return "th"
			}
			return "en"
		}
	}
	return "en"
}

// Explain turns any error into words: the text of the first *Error in the chain,
// with its cause in brackets, or the error itself.
func Explain(err error, lang string) string {
	var e *Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	if e.Cause != nil {
		return e.Text.In(lang) + " (" + Explain(e.Cause, lang) + ")"
	}
	return e.Text.In(lang)
}
