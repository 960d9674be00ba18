package redact

import (
	"regexp"
	"strings"
	"unicode"
)

// Source is a list of identifiers of one origin: of the case that a text is
// about, or of all persons whom a node knows.
type Source struct {
	By     string   // what a finding names as its reason: "known", "node"
	Score  float64  // 1 for the case itself, less for what may be a chance likeness
	Values []string // names, numbers, villages, in any spelling
}

// Known finds the identifiers of all its sources in one pass over a text. It keeps
// them in memory only and prints as nothing.
type Known struct {
	next  map[edge]int32
	fail  []int32
	found [][]entry // by state: the identifiers that end here
	// longest is the number of characters of the longest one.
	longest int
}

type edge struct {
	state int32
	char  rune
}

type entry struct {
	length int // characters of the skeleton
	kind   Kind
	by     string
	score  float64
	loose  bool // blanks and separators may stand inside
	exact  bool // short: must begin and end where a syllable does
}

// String tells nothing, so that no log line and no error can hold the list.
func (*Known) String() string { return "known identifiers" }

// GoString tells nothing either.
func (*Known) GoString() string { return "known identifiers" }

// Know makes the automaton (Aho and Corasick 1975) of all identifiers: whole,
// without their title, and each longer part alone.
func Know(sources ...Source) *Known {
	k := &Known{next: map[edge]int32{}, fail: []int32{0}, found: [][]entry{nil}}
	for _, s := range sources {
		for _, v := range s.Values {
			for _, x := range variants(strings.TrimSpace(normalise(v).text)) {
				k.add(x, s)
			}
		}
	}
	k.link()
	return k
}

func (k *Known) add(v string, s Source) {
	chars, digits, latin := skeleton(v)
	letters := len(chars) - digits
	if letters == 0 && digits < 4 || len(chars) < 2 || s.Score < 1 && len(chars) < 4 {
		return // too short to look for
	}
	e := entry{length: len(chars), kind: Name, by: s.By, score: s.Score,
		loose: len(chars) >= 5 || strings.ContainsAny(v, " \t"), exact: len(chars) < 5 && letters > 0}
	switch {
	case digits == 13 && letters == 0, digits >= 4 && latin == letters && letters > 0:
		e.kind = ID
	case letters == 0:
		e.kind = Number
	}
	k.longest = max(k.longest, len(chars))
	state := int32(0)
	for _, c := range chars {
		to, ok := k.next[edge{state, c}]
		if !ok {
			to = int32(len(k.fail))
			k.fail, k.found = append(k.fail, 0), append(k.found, nil)
			k.next[edge{state, c}] = to
		}
		state = to
	}
	for i, old := range k.found[state] {
		if old.by == e.by {
			k.found[state][i].loose = old.loose || e.loose
			return
		}
	}
	k.found[state] = append(k.found[state], e)
}

// link sets, for every state, where to go on when the next character does not fit.
func (k *Known) link() {
	children := make([][]edge, len(k.fail))
	for e, to := range k.next {
		children[e.state] = append(children[e.state], edge{to, e.char})
	}
	queue := []int32{0}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		for _, child := range children[state] {
			if state != 0 {
				k.fail[child.state] = k.step(k.fail[state], child.char)
				k.found[child.state] = append(k.found[child.state], k.found[k.fail[child.state]]...)
			}
			queue = append(queue, child.state)
		}
	}
}

func (k *Known) step(state int32, c rune) int32 {
	for {
		if to, ok := k.next[edge{state, c}]; ok {
			return to
		}
		if state == 0 {
			return 0
		}
		state = k.fail[state]
	}
}

// find finds identifiers whatever their tone marks and case, and long ones and
// numbers whatever blanks and separators stand inside.
func (k *Known) find(n normal) []Span {
	if len(k.fail) == 1 {
		return nil
	}
	var out []Span
	type place struct {
		at  int // in the normal text
		gap int // separators right before
	}
	var seen []place // as many of the last characters as the longest identifier has, and some
	state, gap := int32(0), 0
	for at, r := range n.text {
		end := at + len(string(r))
		c, keep := bone(r)
		if !keep {
			if !isTone(r) {
				gap++
			}
			continue
		}
		if len(seen) == cap(seen) && len(seen) > 4*k.longest {
			seen = append(seen[:0], seen[len(seen)-k.longest:]...)
		}
		seen = append(seen, place{at, gap})
		gap = 0
		state = k.step(state, c)
		for _, e := range k.found[state] {
			first := len(seen) - e.length
			ok := true
			for _, p := range seen[first+1:] {
				ok = ok && (p.gap == 0 || e.loose && p.gap <= 2)
			}
			to := behindTones(n.text, end)
			if !ok || e.exact && !syllables(n.text, seen[first].at, to) {
				continue
			}
			start, stop := n.span(seen[first].at, to)
			out = append(out, Span{Start: start, End: stop, Kind: e.kind, By: e.by, Score: e.score})
		}
	}
	return out
}

// behindTones returns the end of the tone marks that follow.
func behindTones(text string, at int) int {
	for _, r := range text[at:] {
		if !isTone(r) {
			break
		}
		at += len(string(r))
	}
	return at
}

// syllables reports that text[from:to] does not begin behind a vowel that stands
// before its consonant, nor end before a sign that belongs to its last one.
func syllables(text string, from, to int) bool {
	before := []rune(text[max(0, from-3):from])
	if len(before) > 0 && before[len(before)-1] >= 'เ' && before[len(before)-1] <= 'ไ' {
		return false
	}
	for _, r := range text[to:] {
		return !(r == 'ะ' || r >= 'ั' && r <= 'ฺ' || r >= '็' && r <= '๎')
	}
	return true
}

// bone returns the character as it counts for comparing, and false for tone marks,
// blanks and separators, which do not count.
func bone(r rune) (rune, bool) {
	if r >= 'ก' && r < '๐' {
		return r, !isTone(r)
	}
	switch r {
	case ' ', '\t', '-', '.', '/', '(', ')', '\'', '_', ',':
		return 0, false
	}
	return unicode.ToLower(r), true
}

// skeleton returns the characters that count, how many of them are digits, and how
// many Latin letters.
func skeleton(v string) (chars []rune, digits, latin int) {
	for _, r := range v {
		c, keep := bone(r)
		if !keep {
			continue
		}
		chars = append(chars, c)
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z':
			latin++
		}
	}
	return chars, digits, latin
}

// variants returns the identifier, the identifier without a title, and its parts.
func variants(k string) []string {
	bare := k
	if m := formalTitle.FindStringIndex(k); m != nil && m[0] == 0 {
		bare = strings.TrimSpace(k[m[1]:])
	}
	out := []string{k, bare}
	if strings.ContainsFunc(bare, unicode.IsDigit) {
		return out
	}
	for _, part := range strings.Fields(bare) {
		if len([]rune(part)) >= 3 {
			out = append(out, part)
		}
	}
	return out
}

var formalTitle = regexp.MustCompile(`^(?:` + formal + `)\s*`)
