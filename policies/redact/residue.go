package redact

import (
	"unicode"
	"unicode/utf8"
)

// Residue is a part that is left and looks like an identifier: byte offsets into
// the text as it was given.
type Residue struct {
	Start, End int
	Why        Why
}

// Why says what a residue looks like.
type Why string

// The reasons.
const (
	Digits Why = "digits" // four digits or more in one run
	Script Why = "script" // letters of a script that is neither Thai nor Latin
	Proper Why = "proper" // a Latin word with a capital and small letters
	Broken Why = "broken" // bytes that are no character: nobody can read them
)

// residue looks through what stands between the spans.
func residue(text string, spans []Span) []Residue {
	var out []Residue
	at := 0
	for _, s := range spans {
		out = remains(out, text, at, s.Start)
		at = s.End
	}
	return remains(out, text, at, len(text))
}

// remains looks through text[from:to], run by run of characters of one class.
func remains(out []Residue, text string, from, to int) []Residue {
	run, start, length, capital, small := other, from, 0, false, false
	flush := func(end int) {
		why := Why("")
		switch {
		case run == digit && length >= 4:
			why = Digits
		case run == foreign:
			why = Script
		case run == latin && capital && small && length >= 3:
			why = Proper
		case run == broken:
			why = Broken
		}
		if why != "" {
			out = append(out, Residue{Start: start, End: end, Why: why})
		}
	}
	for at := from; at < to; {
		r, size := utf8.DecodeRuneInString(text[at:to])
		now := classOf(r, size)
		if now != run && now != hidden {
			flush(at)
			run, start, length, capital, small = now, at, 0, false, false
		}
		if now != hidden {
			length++
			capital, small = capital || unicode.IsUpper(r), small || unicode.IsLower(r)
		}
		at += size
	}
	flush(to)
	return out
}

type class int

const (
	other class = iota
	digit
	latin
	foreign
	broken
	hidden // invisible: it does not end a run
)

func classOf(r rune, size int) class {
	switch {
	case r == utf8.RuneError && size == 1:
		return broken
	case invisible(r):
		return hidden
	case plain(r) >= '0' && plain(r) <= '9' || unicode.IsDigit(r):
		return digit
	case unicode.Is(unicode.Latin, r):
		return latin
	case unicode.Is(unicode.Thai, r):
		return other
	case unicode.IsLetter(r):
		return foreign
	}
	return other
}
