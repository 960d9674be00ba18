package bookshelf

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/saphan-network/saphan/node/clinic/library"
	"github.com/saphan-network/saphan/node/clinic/thai"
)

// Bounds of a search.
const (
	pageSize   = 20
	pageSizes  = 100
	pages      = 50
	maxQuery   = 200 // letters
	maxPieces  = 16  // of one word of a query
	maxWords   = 8
	exactUpTo  = 200 // candidates that are all read to be counted
	maxLikes   = 90  // pieces that are compared for likeness
	batchReads = 40
)

// Search implements library.Shelf.
func (s *Store) Search(ctx context.Context, q library.Query) (library.Result, error) {
	if q.Size < 1 || q.Size > pageSizes {
		q.Size = pageSize
	}
	q.Page = min(max(q.Page, 1), pages)
	if r := []rune(q.Words); len(r) > maxQuery {
		q.Words = string(r[:maxQuery])
	}
	if q.Any {
		return s.like(ctx, q)
	}
	parts := strings.Fields(thai.Fold(q.Words))
	if len(parts) > maxWords {
		parts = parts[:maxWords]
	}
	var terms []string
	for _, p := range parts {
		terms = append(terms, piecesOf(p)...)
	}
	asked := []string{live}
	for _, t := range terms {
		asked = append(asked, "g"+t, "t"+t)
	}
	lists, err := s.lists(ctx, "term IN ? OR (term >= 'f:' AND term < 'f;')", asked)
	if err != nil {
		return library.Result{}, err
	}
	all := lists[live]
	for _, t := range terms {
		all = all.and(lists["g"+t])
	}
	out := library.Result{Page: q.Page, Size: q.Size, Counts: counted(lists, all, q.Facets)}
	for name, code := range facetMap(q.Facets) {
		if code != "" {
			all = all.and(lists[facetTerm(name, code)])
		}
	}
	titled := all
	for _, t := range terms {
		titled = titled.and(lists["t"+t])
	}
	nums := all.down()
	if len(terms) > 0 { // who has it in the title comes first
		slices.SortStableFunc(nums, func(a, b int64) int { return truth(titled.has(b)) - truth(titled.has(a)) })
	}
	rows, total, exact, err := s.verified(ctx, nums, parts, q)
	if err != nil {
		return out, err
	}
	out.Total, out.Exact = total, exact
	out.Lessons, err = s.lessons(ctx, rows)
	return out, err
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// piecesOf are the terms of one word of a query, spread over it if it is long.
func piecesOf(word string) []string {
	r := []rune(word)
	if len(r) < 3 {
		return []string{"^" + word}
	}
	n := len(r) - 2
	step := max(1, (n+maxPieces-1)/maxPieces)
	var out []string
	for i := 0; i < n; i += step {
		out = append(out, string(r[i:i+3]))
	}
	return append(out, string(r[n-1:]))
}

// counted says how many of what was found have each code. A facet that narrows the
// search already is counted as if it did not, so that one can change one's mind.
func counted(lists map[string]set, all set, f library.Facets) map[string]map[string]int {
	chosen := facetMap(f)
	bases := map[string]set{}
	for name := range chosen {
		base := all
		for other, code := range chosen {
			if other != name && code != "" {
				base = base.and(lists[facetTerm(other, code)])
			}
		}
		bases[name] = base
	}
	out := map[string]map[string]int{}
	for term, list := range lists {
		rest, is := strings.CutPrefix(term, "f:")
		if !is {
			continue
		}
		name, code, _ := strings.Cut(rest, ":")
		if n := bases[name].and(list).count(); n > 0 {
			if out[name] == nil {
				out[name] = map[string]int{}
			}
			out[name][code] = n
		}
	}
	return out
}

// verified reads candidates in their order until the page is full, and leaves out
// those that have all pieces of a word but not the word.
func (s *Store) verified(ctx context.Context, nums []int64, parts []string, q library.Query) (page []lessonRow, total int, exact bool, err error) {
	need := slices.ContainsFunc(parts, func(p string) bool { return len([]rune(p)) > 3 })
	first := (q.Page - 1) * q.Size
	if !need && q.Not == "" {
		end := min(first+q.Size, len(nums))
		if first >= end {
			return nil, len(nums), true, nil
		}
		page, err = s.rows(ctx, nums[first:end])
		return page, len(nums), true, err
	}
	all := len(nums) <= exactUpTo
	seen, wrong := 0, 0
	for part := range slices.Chunk(nums, batchReads) {
		rows, err := s.rows(ctx, part)
		if err != nil {
			return nil, 0, false, err
		}
		for _, r := range rows {
			if r.IRI == q.Not || !holds(r.Folded, parts) {
				wrong++
				continue
			}
			if seen >= first && len(page) < q.Size {
				page = append(page, r)
			}
			seen++
		}
		if !all && len(page) == q.Size {
			return page, len(nums) - wrong, false, nil
		}
	}
	return page, seen, true, nil
}

// holds reports whether every word stands in a folded text, short ones at the
// beginning of what stands behind a blank.
func holds(text string, parts []string) bool {
	for _, p := range parts {
		if len([]rune(p)) >= 3 {
			if !strings.Contains(text, p) {
				return false
			}
			continue
		}
		if !strings.HasPrefix(text, p) && !strings.Contains(text, " "+p) && !strings.Contains(text, "\n"+p) {
			return false
		}
	}
	return true
}

// rows reads lessons by their numbers, in that order.
func (s *Store) rows(ctx context.Context, nums []int64) ([]lessonRow, error) {
	var rows []lessonRow
	if err := s.db.Reader(ctx).Where("num IN ?", nums).Find(&rows).Error; err != nil {
		return nil, err
	}
	at := make(map[int64]int, len(nums))
	for i, n := range nums {
		at[n] = i
	}
	slices.SortFunc(rows, func(a, b lessonRow) int { return at[a.Num] - at[b.Num] })
	return rows, nil
}

// like finds what has most pieces in common with a text, rare ones counting more, and
// codes as much as several pieces.
func (s *Store) like(ctx context.Context, q library.Query) (library.Result, error) {
	found := map[string]bool{}
	pieces(thai.Fold(q.Words), "g", found)
	terms := make([]string, 0, len(found))
	for t := range found {
		if !strings.HasPrefix(t, "g^") {
			terms = append(terms, t)
		}
	}
	slices.Sort(terms)
	if step := (len(terms) + maxLikes - 1) / maxLikes; step > 1 {
		var some []string
		for i := 0; i < len(terms); i += step {
			some = append(some, terms[i])
		}
		terms = some
	}
	codes := map[string]bool{}
	for name, code := range facetMap(q.Facets) {
		if code != "" {
			codes[facetTerm(name, code)] = true
			terms = append(terms, facetTerm(name, code))
		}
	}
	lists, err := s.lists(ctx, "term IN ?", append(terms, live))
	if err != nil {
		return library.Result{}, err
	}
	all := lists[live]
	n := all.count()
	score := map[int64]float64{}
	for _, t := range terms {
		list := all.and(lists[t])
		df := list.count()
		if df == 0 || !codes[t] && df*3 > max(n, 12) {
			continue
		}
		weight := math.Log(1+float64(n)/float64(df)) * (1 + 3*float64(truth(codes[t])))
		for _, num := range list.down() {
			score[num] += weight
		}
	}
	return s.best(ctx, score, q)
}

// best takes the highest scores, as far as they are worth anything.
func (s *Store) best(ctx context.Context, score map[int64]float64, q library.Query) (library.Result, error) {
	if q.Not != "" { // what it is compared with is no measure for the others
		self, err := s.row(ctx, library.PageID(q.Not))
		if err != nil {
			return library.Result{}, err
		}
		delete(score, self.Num)
	}
	nums := make([]int64, 0, len(score))
	for num := range score {
		nums = append(nums, num)
	}
	slices.SortFunc(nums, func(a, b int64) int {
		if c := cmp.Compare(score[b], score[a]); c != 0 {
			return c
		}
		return cmp.Compare(b, a)
	})
	nums = nums[:min(len(nums), q.Size)]
	for i, num := range nums {
		if score[num] < 5 || score[num]*4 < score[nums[0]] {
			nums = nums[:i]
			break
		}
	}
	rows, err := s.rows(ctx, nums)
	if err != nil {
		return library.Result{}, err
	}
	out := library.Result{Total: len(rows), Exact: true, Page: 1, Size: q.Size}
	out.Lessons, err = s.lessons(ctx, rows)
	return out, err
}
