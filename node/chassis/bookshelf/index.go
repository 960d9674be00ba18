package bookshelf

import (
	"context"
	"math/bits"
	"slices"
	"strings"

	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/node/clinic/thai"
)

// The index is a list of lessons for each piece of three letters, since Thai has no
// blanks between words, and for each code. A lesson is filed under a number that no
// other version has; lists only grow, but for the one of what holds now.
const (
	live     = "live"
	chunk    = 1024
	alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)

// marks is the two letters of a number within its chunk.
func marks(num int64) string {
	n := num % chunk
	return string(alphabet[n/64]) + string(alphabet[n%64])
}

// set is a set of numbers.
type set []uint64

func (s set) with(n int64) set {
	at := int(n / 64)
	if at >= len(s) {
		s = append(s, make(set, at+1-len(s))...)
	}
	s[at] |= 1 << (n % 64)
	return s
}

func (s set) has(n int64) bool {
	return int(n/64) < len(s) && s[n/64]&(1<<(n%64)) != 0
}

func (s set) and(o set) set {
	out := make(set, min(len(s), len(o)))
	for i := range out {
		out[i] = s[i] & o[i]
	}
	return out
}

func (s set) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// down lists the numbers, the highest first.
func (s set) down() []int64 {
	out := make([]int64, 0, s.count())
	for i := len(s) - 1; i >= 0; i-- {
		for w := s[i]; w != 0; {
			top := 63 - bits.LeadingZeros64(w)
			out = append(out, int64(i)*64+int64(top))
			w &^= 1 << top
		}
	}
	return out
}

// read adds the numbers of one row.
func (s set) read(at int64, letters string) set {
	for i := 0; i+1 < len(letters); i += 2 {
		n := strings.IndexByte(alphabet, letters[i])*64 + strings.IndexByte(alphabet, letters[i+1])
		if n >= 0 {
			s = s.with(at*chunk + int64(n))
		}
	}
	return s
}

// folded is all that a lesson says, as it is searched: the title, a line, the rest.
func folded(t library.Text) string {
	var rest []string
	for _, w := range []library.Words{t.Summary, t.Problem, t.Tried, t.Worked, t.Failed, t.Limits} {
		rest = append(rest, w.TH, w.EN)
	}
	for _, l := range t.Laws {
		rest = append(rest, l.Name.TH, l.Name.EN)
	}
	return thai.Fold(t.Title.TH+" "+t.Title.EN) + "\n" + thai.Fold(strings.Join(rest, " "))
}

// pieces adds the terms of a folded text: its pieces of three letters, and the first
// one and two letters of what stands behind a blank.
func pieces(text, kind string, into map[string]bool) {
	r := []rune(text)
	for i := 0; i+3 <= len(r); i++ {
		if t := string(r[i : i+3]); !strings.ContainsAny(t, " \n") {
			into[kind+t] = true
		}
	}
	for _, w := range strings.Fields(text) {
		wr := []rune(w)
		for n := 1; n <= 2 && n <= len(wr); n++ {
			into[kind+"^"+string(wr[:n])] = true
		}
	}
}

func facetTerm(name, code string) string { return "f:" + name + ":" + code }

// facetsOf are the codes of a lesson, by the name of the facet.
func facetsOf(t library.Text, author string) map[string]string {
	return facetMap(library.Facets{Issue: t.Issue, Status: t.Status, Office: t.Office, Region: t.Region, Evidence: t.Evidence, Author: author})
}

func facetMap(f library.Facets) map[string]string {
	return map[string]string{"issue": f.Issue, "status": f.Status, "office": f.Office, "region": f.Region, "evidence": f.Evidence, "author": f.Author}
}

// termsOf are all terms under which a lesson is filed, in order.
func termsOf(t library.Text, author string) []string {
	all := map[string]bool{live: true}
	text := folded(t)
	title, _, _ := strings.Cut(text, "\n")
	pieces(text, "g", all)
	pieces(title, "t", all)
	for name, code := range facetsOf(t, author) {
		if code != "" {
			all[facetTerm(name, code)] = true
		}
	}
	for _, l := range t.Laws {
		all[lawTerm(l.Name.TH)] = true
	}
	out := make([]string, 0, len(all))
	for term := range all {
		out = append(out, term)
	}
	slices.Sort(out) // two that file at the same time wait for each other in the same order
	return out
}

// file adds a lesson to the lists of all its terms.
func (s *Store) file(ctx context.Context, num int64, t library.Text, author string) error {
	const atOnce = 300
	for part := range slices.Chunk(termsOf(t, author), atOnce) {
		q := "INSERT INTO library_terms (term, chunk, lessons) VALUES " + strings.TrimSuffix(strings.Repeat("(?,?,?),", len(part)), ",") +
			" ON CONFLICT (term, chunk) DO UPDATE SET lessons = library_terms.lessons || excluded.lessons"
		args := make([]any, 0, 3*len(part))
		for _, term := range part {
			args = append(args, term, num/chunk, marks(num))
		}
		if err := s.db.Conn(ctx).Exec(q, args...).Error; err != nil {
			return err
		}
	}
	return nil
}

// unfile takes a number off the list of what holds now: it is found no more.
func (s *Store) unfile(ctx context.Context, num int64) error {
	var letters string
	if err := s.db.Reader(ctx).Raw("SELECT lessons FROM library_terms WHERE term = ? AND chunk = ?", live, num/chunk).Scan(&letters).Error; err != nil {
		return err
	}
	var b strings.Builder
	for i := 0; i+1 < len(letters); i += 2 {
		if letters[i:i+2] != marks(num) {
			b.WriteString(letters[i : i+2])
		}
	}
	return s.db.Conn(ctx).Exec("UPDATE library_terms SET lessons = ? WHERE term = ? AND chunk = ?", b.String(), live, num/chunk).Error
}

// lists reads the lists of terms; one that nothing is filed under is empty.
func (s *Store) lists(ctx context.Context, where string, args ...any) (map[string]set, error) {
	var rows []struct {
		Term    string
		Chunk   int64
		Lessons string
	}
	if err := s.db.Reader(ctx).Raw("SELECT term, chunk, lessons FROM library_terms WHERE "+where, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := map[string]set{}
	for _, r := range rows {
		out[r.Term] = out[r.Term].read(r.Chunk, r.Lessons)
	}
	return out, nil
}

// Rebuild makes the index new from the lessons themselves: when it was lost, or when
// what is a piece has changed.
func (s *Store) Rebuild(ctx context.Context) error {
	if err := s.db.Exclusive(ctx, "library"); err != nil {
		return err
	}
	if err := s.db.Conn(ctx).Exec("DELETE FROM library_terms").Error; err != nil {
		return err
	}
	lists := map[string]map[int64]*strings.Builder{}
	const atOnce = 200
	for after := int64(0); ; {
		var rows []lessonRow
		if err := s.db.Reader(ctx).Where("num > ?", after).Order("num").Limit(atOnce).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return s.write(ctx, lists)
		}
		for _, r := range rows {
			after = r.Num
			l, err := r.lesson()
			if err != nil {
				return err
			}
			if l.State == library.Retracted {
				continue
			}
			for _, term := range termsOf(l.Text, l.Author) {
				if lists[term] == nil {
					lists[term] = map[int64]*strings.Builder{}
				}
				if lists[term][r.Num/chunk] == nil {
					lists[term][r.Num/chunk] = &strings.Builder{}
				}
				lists[term][r.Num/chunk].WriteString(marks(r.Num))
			}
		}
	}
}

func (s *Store) write(ctx context.Context, lists map[string]map[int64]*strings.Builder) error {
	const atOnce = 300
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		q := "INSERT INTO library_terms (term, chunk, lessons) VALUES " + strings.TrimSuffix(strings.Repeat("(?,?,?),", len(args)/3), ",")
		err := s.db.Conn(ctx).Exec(q, args...).Error
		args = args[:0]
		return err
	}
	for term, parts := range lists {
		for at, letters := range parts {
			args = append(args, term, at, letters.String())
			if len(args) == 3*atOnce {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}
