package second

import "strings"

// term is one part of a condition: a number that is at least, or below, a bound;
// or a truth that must be there, or must not.
type term struct {
	of    func(Question) int // a truth counts as 1
	least bool               // at least bound; otherwise below it
	bound int
}

const largest = 1000

// attribute finds what a term looks at, and whether it is a number.
func attribute(name string) (of func(Question) int, number bool) {
	truth := func(is func(Question) bool) func(Question) int {
		return func(q Question) int {
			if is(q) {
				return 1
			}
			return 0
		}
	}
	switch name {
	case "r.ctx.Consent":
		return func(q Question) int { return q.Consent }, true
	case "r.ctx.Openness":
		return func(q Question) int { return q.Openness }, true
	case "r.ctx.K":
		return func(q Question) int { return q.K }, true
	case "r.ctx.Scrubbed":
		return truth(func(q Question) bool { return q.Scrubbed }), false
	case "r.ctx.Reviewed":
		return truth(func(q Question) bool { return q.Reviewed }), false
	case "r.ctx.Adult":
		return truth(func(q Question) bool { return q.IsAdult }), false
	}
	return nil, false
}

// terms reads a condition; "true" is always, and has no terms.
func terms(text string) (out []term, ok bool) {
	if text == "true" {
		return nil, true
	}
	for more := true; more; {
		var part string
		part, text, more = strings.Cut(text, " && ")
		t, ok := oneTerm(part)
		if !ok {
			return nil, false
		}
		out = append(out, t)
	}
	return out, true
}

func oneTerm(part string) (term, bool) {
	name, rest, compared := strings.Cut(part, " ")
	if !compared {
		bare := strings.TrimPrefix(name, "!")
		of, number := attribute(bare)
		return term{of: of, least: bare == name, bound: 1}, of != nil && !number
	}
	of, number := attribute(name)
	sign, digits, _ := strings.Cut(rest, " ")
	bound, ok := whole(digits)
	return term{of: of, least: sign == ">=", bound: bound}, ok && number && (sign == ">=" || sign == "<")
}

// whole reads a number without a sign and without a leading nought.
func whole(digits string) (n int, ok bool) {
	if digits == "" || len(digits) > 4 || (digits[0] == '0' && digits != "0") {
		return 0, false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
		n = n*10 + int(digits[i]-'0')
	}
	return n, n <= largest
}

func hold(all []term, q Question) bool {
	for _, t := range all {
		if t.least != (t.of(q) >= t.bound) {
			return false
		}
	}
	return true
}
