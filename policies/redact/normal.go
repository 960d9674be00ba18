package redact

import (
	"unicode"
	"unicode/utf8"
)

// normal is a text in one spelling, with the way back: byte i of text came from
// the bytes start[i] to end[i] of the given text.
type normal struct {
	text       string
	start, end []int32
}

// span goes back from offsets in the normal text to offsets in the given one.
func (n normal) span(from, to int) (start, end int) { return int(n.start[from]), int(n.end[to-1]) }

const (
	nikhahit = 'ํ'
	saraAa   = 'า'
	saraAm   = 'ำ'
)

// normalise drops invisible characters, turns the digits of seven scripts into
// 0-9, all dashes and blanks into one each, a split sara am into one, and
// doubled tone marks into one. Its time is linear in the text, whatever stands in
// it: a text of megabytes made of split sara am is a way to stop a server.
func normalise(text string) normal {
	n := writer{out: make([]byte, 0, len(text)), start: make([]int32, 0, len(text)), end: make([]int32, 0, len(text))}
	var last rune
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		next := i + size
		switch {
		case invisible(r) || isTone(r) && r == last:
			n.stretch(next)
		case r == saraAa && last == nikhahit:
			n.join(saraAm, next)
			last = saraAm
		default:
			last = plain(r)
			n.put(last, i, next)
		}
		i = next
	}
	return normal{text: string(n.out), start: n.start, end: n.end}
}

type writer struct {
	out        []byte
	start, end []int32
}

func (n *writer) put(r rune, from, to int) {
	was := len(n.out)
	n.out = utf8.AppendRune(n.out, r)
	for range len(n.out) - was {
		n.start, n.end = append(n.start, int32(from)), append(n.end, int32(to))
	}
}

// join puts r in the place of the last character, which then ends at to.
func (n *writer) join(r rune, to int) {
	_, size := utf8.DecodeLastRune(n.out)
	at := len(n.out) - size
	from := n.start[at]
	n.out, n.start, n.end = n.out[:at], n.start[:at], n.end[:at]
	n.put(r, int(from), to)
}

// stretch lets the character before an invisible one end behind it.
func (n *writer) stretch(to int) {
	_, size := utf8.DecodeLastRune(n.out)
	for i := len(n.out) - size; i < len(n.out); i++ {
		n.end[i] = int32(to)
	}
}

func invisible(r rune) bool {
	return r == 0x00AD || (r >= 0x200B && r <= 0x200F) || (r >= 0x202A && r <= 0x202E) || (r >= 0x2060 && r <= 0x2064) || r == 0xFEFF
}

func isTone(r rune) bool { return r >= 0x0E48 && r <= 0x0E4B }

// plain maps one character to its one spelling.
func plain(r rune) rune {
	if r < 0x80 || r >= 'ก' && r < '๐' {
		return r
	}
	for _, zero := range [...]rune{'๐', '၀', '႐', '໐', '០', '０', '᧐'} {
		if r >= zero && r <= zero+9 {
			return '0' + r - zero
		}
	}
	switch {
	case unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.Is(unicode.Pd, r) || r == '−':
		return '-'
	case r == '／':
		return '/'
	case r == '．':
		return '.'
	case r == '＠':
		return '@'
	case r == '＋':
		return '+'
	}
	return r
}
