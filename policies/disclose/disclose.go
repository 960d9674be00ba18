// Package disclose holds the transforms by which a value is made fit to leave:
// each named with a version (age_band/1), each from raw values to coarser ones,
// each refusing what it does not understand. A released value comes from a
// transform and from nowhere else.
package disclose

import (
	"errors"
	"slices"
	"time"
)

// Errors that tell why a value could not be transformed. They carry no value.
var (
	ErrUnclear = errors.New("disclose: the value does not decide between two classes") // a coarser transform may still do
	ErrUnknown = errors.New("disclose: not a value that this transform knows")
	ErrName    = errors.New("disclose: no transform of that name")
)

// Setting is what a transform may look at besides the raw values.
type Setting struct {
	Now   time.Time // the moment of the request: ages are ages at this moment
	Lists []string  // vocabularies, for code/1
}

type transform func(raw []string, s Setting) ([]string, error)

// Apply runs the transform of that name over the raw values. The result is
// never empty without an error, except where the transform has nothing to say.
func Apply(name string, raw []string, s Setting) ([]string, error) {
	t := find(name)
	if t == nil {
		return nil, ErrName
	}
	if len(raw) == 0 || slices.Contains(raw, "") {
		return nil, ErrUnknown
	}
	return t(raw, s)
}

// Known reports whether there is a transform of that name.
func Known(name string) bool { return find(name) != nil }

func find(name string) transform {
	switch name {
	case "code/1":
		return code
	case "yes_no/1":
		return yesNo
	case "age_band/1":
		return ageBand
	case "age_coarse/1":
		return ageCoarse
	case "place_province/1":
		return placeProvince
	case "place_region/1":
		return placeRegion
	case "status_family/1":
		return statusFamily
	case "status_top/1":
		return statusTop
	case "size_band/1":
		return sizeBand
	case "size_family/1":
		return sizeFamily
	case "minors_band/1":
		return minorsBand
	case "interpreter/1":
		return interpreter
	case "month/1":
		return month
	}
	return findPlain(name)
}

func findPlain(name string) transform {
	switch name {
	case "hour/1":
		return hour
	case "day/1":
		return day
	case "phrase/1":
		return phrase
	case "digest/1":
		return digest
	case "iri/1":
		return iri
	case "text/1":
		return publicText
	case "version/1":
		return version
	case "scope/1":
		return scope
	case "sex/1":
		return sex
	case "line/1":
		return line
	case "paragraphs/1":
		return paragraphs
	case "permission/1":
		return permission
	case "sealed/1":
		return sealed
	}
	return findMore(name)
}

// findMore are transforms of facts that no message carries yet.
func findMore(name string) transform {
	switch name {
	case "quarter/1":
		return quarter
	case "half/1":
		return half
	case "lines/1":
		return lines
	case "dates/1":
		return dates
	case "instants/1":
		return instants
	case "topics/1":
		return topics
	case "notes/1":
		return notes
	case "times/1":
		return times
	case "unnamed/1":
		return unnamed
	case "mailbox/1":
		return mailbox
	case "year/1":
		return year
	case "school_level/1":
		return schoolLevel
	case "school_child/1":
		return schoolChild
	case "money_band/1":
		return moneyBand
	}
	return nil
}

func one(raw []string) (string, error) {
	if len(raw) != 1 {
		return "", ErrUnknown
	}
	return raw[0], nil
}
