package casestore

import (
	"context"
	"sort"
	"strconv"
	"strings"

	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/thai"
)

// The limits of a search: how many tokens narrow it, how far a token's list is
// counted to find the rarest, and how many candidates are decrypted at most.
const (
	maxTokens     = 6
	countUpTo     = 2000
	maxCandidates = 2000
	verifyBatch   = 40
	longDigits    = 5 // so many digits make a number, written with or without dashes
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// localToken is the blind token of a local number, 0 for none.
func (s *Store) localToken(n string) int64 {
	if n = thai.Fold(n); n == "" {
		return 0
	}
	return s.vault.Blind("local:" + n)
}

// identityToken is the same for the same person: by the 13-digit number, else by
// name and date of birth.
func (s *Store) identityToken(p casework.Person) int64 {
	if d, _ := thai.Digits(p.IDNumber); len(d) == 13 {
		return s.vault.Blind("id:" + d)
	}
	return s.vault.Blind("person:" + thai.Fold(p.Name()) + ":" + p.Birth)
}

// texts are the folded texts by which a case is found: those that tell who it
// is, and the local number.
func texts(c casework.Case) (identity, local []string) {
	add := func(to *[]string, v string) {
		f := thai.Fold(v)
		if f == "" {
			return
		}
		*to = append(*to, f)
		if d, _ := thai.Digits(v); len(d) >= longDigits && d != f {
			*to = append(*to, d)
		}
	}
	for _, p := range c.Persons {
		add(&identity, p.Name())
		for _, o := range p.OtherNames {
			add(&identity, o)
		}
		add(&identity, p.IDNumber)
	}
	add(&local, c.LocalNumber)
	return identity, local
}

// parts splits a query into the pieces that must all be found.
func parts(query string) []string {
	_, query = thai.CutTitle(query)
	if d, only := thai.Digits(query); only && len(d) >= longDigits {
		return []string{d}
	}
	return strings.Fields(thai.Fold(query))
}

// terms are the index terms of one folded text: all its trigrams, and the first
// one and two letters of each word.
func terms(text string, into map[string]bool) {
	r := []rune(text)
	for i := 0; i+3 <= len(r); i++ {
		if t := string(r[i : i+3]); !strings.Contains(t, " ") {
			into[t] = true
		}
	}
	for _, w := range strings.Fields(text) {
		wr := []rune(w)
		for n := 1; n <= 2 && n <= len(wr); n++ {
			into["^"+string(wr[:n])] = true
		}
	}
}

func (s *Store) blind(set map[string]bool) []int64 {
	out := make([]int64, 0, len(set))
	for t := range set {
		out = append(out, s.vault.Blind("tri:"+t))
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

func (s *Store) tokens(c casework.Case) []int64 {
	set := map[string]bool{}
	identity, local := texts(c)
	for _, t := range append(identity, local...) {
		terms(t, set)
	}
	return s.blind(set)
}

func (s *Store) insertTokens(ctx context.Context, id string, tokens []int64) error {
	rows := make([][]any, 0, len(tokens))
	for _, t := range tokens {
		rows = append(rows, []any{t, num(id)})
	}
	return s.insert(ctx, "INSERT INTO case_tokens (token, case_num) VALUES ", " ON CONFLICT DO NOTHING", rows)
}

func (s *Store) deleteTokens(ctx context.Context, id string, tokens []int64) error {
	if len(tokens) == 0 {
		return nil
	}
	return s.db.Conn(ctx).Exec("DELETE FROM case_tokens WHERE case_num = ? AND token IN ?", num(id), tokens).Error
}

// queryTokens are the tokens of all parts of a query: trigrams of the longer
// parts, beginnings for parts of one or two letters.
func (s *Store) queryTokens(parts []string) []int64 {
	set := map[string]bool{}
	for _, p := range parts {
		r := []rune(p)
		if len(r) < 3 {
			set["^"+p] = true
			continue
		}
		for i := 0; i+3 <= len(r); i++ {
			set[string(r[i:i+3])] = true
		}
	}
	return s.blind(set)
}

// rarest orders tokens by how many cases have them, the rarest first, and drops
// those that would not narrow a search any more.
func (s *Store) rarest(ctx context.Context, tokens []int64) ([]int64, error) {
	if len(tokens) < 2 {
		return tokens, nil
	}
	size := make(map[int64]int64, len(tokens))
	for _, t := range tokens {
		var n int64
		q := "SELECT COUNT(*) FROM (SELECT 1 FROM case_tokens WHERE token = ? LIMIT " + itoa(countUpTo) + ") x"
		if err := s.db.Reader(ctx).Raw(q, t).Scan(&n).Error; err != nil {
			return nil, err
		}
		size[t] = n
		if n == 0 {
			return []int64{t}, nil
		}
	}
	sort.Slice(tokens, func(i, j int) bool { return size[tokens[i]] < size[tokens[j]] })
	return tokens[:min(len(tokens), maxTokens)], nil
}

// found reports whether every part stands in one of the texts (short parts at
// the beginning of a word).
func found(texts, parts []string) bool {
	for _, p := range parts {
		ok := false
		for _, t := range texts {
			if len([]rune(p)) >= 3 {
				ok = strings.Contains(t, p)
			} else {
				ok = strings.HasPrefix(t, p) || strings.Contains(t, " "+p)
			}
			if ok {
				break
			}
		}
		if !ok {
			return false
		}
	}
	return len(parts) > 0
}
