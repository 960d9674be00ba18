package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// normal is a text in one spelling, with the way back: byte i of text came from
// the bytes start[i] to end[i] of the given text.
type normal struct {
	text       string
	start, end []int
}

// span goes back from offsets in the normal text to offsets in the given one.
func (n normal) span(from, to int) (start, end int) { return n.start[from], n.end[to-1] }

const (
	nikhahit = 'ํ'
	saraAa   = 'า'
	saraAm   = 'ำ'
)

// normalise drops invisible characters, turns the digits of seven scripts into
// 0-9, all dashes and blanks into one each, a split sara am into one, and
// doubled tone marks into one.
func normalise(text string) normal {
	var n normal
	var b strings.Builder
	var last rune
	for i, r := range text {
		next := i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size := utf8.DecodeRuneInString(text[i:])
			next = i + size
		}
		if invisible(r) || (isTone(r) && r == last) {
			n.stretch(next)
			continue
		}
		if r == saraAa && last == nikhahit {
			kept := b.String()[:b.Len()-utf8.RuneLen(nikhahit)]
			from := n.start[len(kept)]
			b.Reset()
			b.WriteString(kept)
			n.start, n.end = n.start[:len(kept)], n.end[:len(kept)]
			n.put(&b, saraAm, from, next)
			last = saraAm
			continue
		}
		last = plain(r)
		n.put(&b, last, i, next)
	}
	n.text = b.String()
	return n
}

func (n *normal) put(b *strings.Builder, r rune, from, to int) {
	b.WriteRune(r)
	for range utf8.RuneLen(r) {
		n.start, n.end = append(n.start, from), append(n.end, to)
	}
}

// stretch lets the character before an invisible one end behind it.
func (n *normal) stretch(to int) {
	if len(n.end) == 0 {
		return
	}
	was := n.end[len(n.end)-1]
	for i := len(n.end) - 1; i >= 0 && n.end[i] == was; i-- {
		n.end[i] = to
	}
}

func invisible(r rune) bool {
	return r == 0x00AD || (r >= 0x200B && r <= 0x200F) || (r >= 0x202A && r <= 0x202E) || (r >= 0x2060 && r <= 0x2064) || r == 0xFEFF
}

func isTone(r rune) bool { return r >= 0x0E48 && r <= 0x0E4B }

// plain maps one character to its one spelling.
func plain(r rune) rune {
	for _, zero := range []rune{'๐', '၀', '႐', '໐', '០', '０', '᧐'} {
		if r >= zero && r <= zero+9 {
			return '0' + r - zero
		}
	}
	switch {
	case r == '\n' || r == '\t':
		return r
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
