// Package fault is the two-sided error of every server of the network: a kind
// and a message key for the person (or machine) who asked, and a wrapped cause,
// of which the log gets a label. A stranger never learns from it whether a thing is absent or
// withheld: both are NotFound.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what sort of failure an error is. The values are stable: they are
// written to the wire and to the audit log, so none is renamed or reused.
type Kind string

// The kinds. Internal is the zero meaning: whatever is not a *Error is Internal.
const (
	Invalid     Kind = "invalid"       // the input cannot be accepted as it is (HTTP 400 or 422)
	Signature   Kind = "signature"     // the request is not authenticated (HTTP 401)
	Forbidden   Kind = "forbidden"     // known to exist by the asker, but not theirs to do (HTTP 403)
	NotFound    Kind = "not_found"     // absent, or withheld from the asker (HTTP 404)
	Conflict    Kind = "conflict"      // the state has moved on, or the move is illegal (HTTP 409)
	TooLarge    Kind = "too_large"     // over a size limit (HTTP 413)
	MediaType   Kind = "media_type"    // content type not understood (HTTP 415)
	TooMany     Kind = "too_many"      // slowed down, try again later (HTTP 429)
	Unavailable Kind = "unavailable"   // a thing we depend on is away (HTTP 503)
	Internal    Kind = "internal"      // ours to mend (HTTP 500)
	Denied      Kind = "policy_denied" // an egress policy said no (HTTP 403)
)

// Field is one input field with what is wrong with it, for showing beside the control.
type Field struct {
	Name string // the form field's or JSON property's name
	Key  string // message key
}

// Error is a failure with two sides. Args are filled into the localised
// message; they must never carry class A or B values.
type Error struct {
	Kind   Kind
	Key    string            // message key, e.g. "error.case.stale"
	Args   map[string]string // for the message; never personal
	Fields []Field
	Cause  error
}

// Error is for commands and tests; pages and peers get Kind and Key, logs get Label.
func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s %s: %v", e.Kind, e.Key, e.Cause)
	}
	return string(e.Kind) + " " + e.Key
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes an error of a kind with a message key.
func New(kind Kind, key string) *Error { return &Error{Kind: kind, Key: key} }

// Wrap makes an error of a kind with a message key and a cause for the log.
func Wrap(kind Kind, key string, cause error) *Error {
	return &Error{Kind: kind, Key: key, Cause: cause}
}

// With returns a copy of e with one more message argument.
func (e *Error) With(name, value string) *Error {
	c := *e
	c.Args = make(map[string]string, len(e.Args)+1)
	for k, v := range e.Args {
		c.Args[k] = v
	}
	c.Args[name] = value
	return &c
}

// Missing is the one answer for what does not exist and for what may not be known.
func Missing() *Error { return New(NotFound, "error.not_found") }

// KindOf returns the kind of the first *Error in err's chain, Internal if there
// is none, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of the kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// As returns the first *Error in the chain, or an Internal one that wraps err.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return Wrap(Internal, "error.internal", err)
}

// Status is the HTTP status for a kind.
func (k Kind) Status() int {
	switch k {
	case Invalid:
		return 400
	case Signature:
		return 401
	case Forbidden, Denied:
		return 403
	case NotFound:
		return 404
	case Conflict:
		return 409
	case TooLarge:
		return 413
	case MediaType:
		return 415
	case TooMany:
		return 429
	case Unavailable:
		return 503
	case "":
		return 200
	case Internal:
		return 500
	}
	return 500
}
