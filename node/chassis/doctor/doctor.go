// Package doctor looks a server over and says, for whatever is not well, what to
// do about it in the operator's language.
package doctor

import (
	"context"
	"errors"

	"github.com/saphan-network/saphan/node/chassis/say"
)

// State is the outcome of a check.
type State string

// The outcomes. A warning does not fail the examination.
const (
	OK      State = "ok"
	Warning State = "warning"
	Failed  State = "failed"
)

// Check is one thing to look at. Run returns nil, a *Warn, or what is wrong as a
// *say.Error whose text says what to do.
type Check struct {
	Name  string
	Title say.Text
	Run   func(ctx context.Context) error
}

// Warn is a finding that wants attention but does not fail.
type Warn struct{ Text say.Text }

// Error is the English text.
func (w *Warn) Error() string { return w.Text.EN }

// Finding is the outcome of one check in the operator's language.
type Finding struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	State State  `json:"state"`
	What  string `json:"what,omitempty"` // what is wrong and what to do
}

// Examine runs all checks, one after another, and reports whether none failed.
func Examine(ctx context.Context, checks []Check, lang string) (findings []Finding, healthy bool) {
	healthy = true
	for _, c := range checks {
		f := Finding{Name: c.Name, Title: c.Title.In(lang), State: OK}
		err := c.Run(ctx)
		var w *Warn
		switch {
		case err == nil:
		case errors.As(err, &w):
			f.State, f.What = Warning, w.Text.In(lang)
		default:
			f.State, f.What, healthy = Failed, say.Explain(err, lang), false
		}
		findings = append(findings, f)
	}
	return findings, healthy
}
