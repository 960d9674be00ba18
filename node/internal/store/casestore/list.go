package casestore

import (
	"context"
	"strings"

	"github.com/saphan-network/saphan/node/clinic/casework"
)

// candidate is a case that passed the filters which SQL can decide.
type candidate struct {
	ID   string
	Bits int64
}

// List returns a page of what the sight lets through. With a query, candidates
// come from the blind index and each is decrypted and compared before it counts.
func (s *Store) List(ctx context.Context, userID string, sight casework.Sight, f casework.Filter) (casework.Page, error) {
	page := casework.Page{Page: max(f.Page, 1), Size: max(f.Size, 1)}
	where, args := predicate(sight.Read, userID)
	if f.Status != "" {
		where += " AND c.admin_status = ?"
		args = append(args, string(f.Status))
	}
	if f.Mine {
		where += " AND c.id IN (SELECT case_id FROM case_assignments WHERE user_id = ?)"
		args = append(args, userID)
	}
	if strings.TrimSpace(f.Query) != "" {
		return page, s.search(ctx, userID, sight, f.Query, where, args, &page)
	}
	var total int64
	if err := s.db.Reader(ctx).Raw("SELECT COUNT(*) FROM cases c WHERE "+where, args...).Scan(&total).Error; err != nil {
		return page, err
	}
	page.Total = int(total)
	got, err := s.candidates(ctx, userID, where, args, page.Size, (page.Page-1)*page.Size)
	if err != nil {
		return page, err
	}
	page.Items, err = s.items(ctx, got, sight)
	return page, err
}

func (s *Store) candidates(ctx context.Context, userID, where string, args []any, limit, offset int) ([]candidate, error) {
	col, colArgs := bitsColumn(userID)
	q := "SELECT c.id, " + col + " AS bits FROM cases c WHERE " + where + " ORDER BY c.updated_at DESC, c.id DESC LIMIT ? OFFSET ?"
	var got []candidate
	all := append(append(append([]any{}, colArgs...), args...), limit, offset)
	err := s.db.Reader(ctx).Raw(q, all...).Scan(&got).Error
	return got, err
}

// search fills the page. Total is exact unless More says that it stopped
// counting after the page was full.
func (s *Store) search(ctx context.Context, userID string, sight casework.Sight, query, where string, args []any, page *casework.Page) error {
	pieces := parts(query)
	tokens, err := s.rarest(ctx, s.queryTokens(pieces))
	if err != nil || len(tokens) == 0 {
		return err
	}
	for i, t := range tokens {
		if i == 0 {
			where += " AND c.num IN (SELECT case_num FROM case_tokens WHERE token = ?)"
		} else {
			where += " AND EXISTS (SELECT 1 FROM case_tokens t WHERE t.token = ? AND t.case_num = c.num)"
		}
		args = append(args, t)
	}
	got, err := s.candidates(ctx, userID, where, args, maxCandidates, 0)
	if err != nil {
		return err
	}
	page.More = len(got) == maxCandidates
	skip := (page.Page - 1) * page.Size
	for len(got) > 0 {
		n := min(verifyBatch, len(got))
		ids := make([]string, n)
		identity := make(map[string]bool, n)
		for i, c := range got[:n] {
			ids[i], identity[c.ID] = c.ID, sight.Identity.Has(casework.Bit(c.Bits))
		}
		got = got[n:]
		cases, err := s.load(ctx, ids)
		if err != nil {
			return err
		}
		for _, c := range cases {
			who, local := texts(c)
			if identity[c.ID] {
				local = append(local, who...)
			}
			if !found(local, pieces) {
				continue
			}
			page.Total++
			if page.Total > skip && len(page.Items) < page.Size {
				page.Items = append(page.Items, item(c, identity[c.ID]))
			}
		}
		if page.Total > skip+page.Size {
			page.More = page.More || len(got) > 0
			return nil
		}
	}
	return nil
}

func (s *Store) items(ctx context.Context, got []candidate, sight casework.Sight) ([]casework.Item, error) {
	ids := make([]string, len(got))
	identity := make(map[string]bool, len(got))
	for i, c := range got {
		ids[i], identity[c.ID] = c.ID, sight.Identity.Has(casework.Bit(c.Bits))
	}
	cases, err := s.load(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]casework.Item, len(cases))
	for i, c := range cases {
		out[i] = item(c, identity[c.ID])
	}
	return out, nil
}

func item(c casework.Case, identity bool) casework.Item {
	it := casework.Item{ID: c.ID, LocalNumber: c.LocalNumber, Persons: len(c.Persons), AdminStatus: c.AdminStatus, Since: c.Since,
		OwnerID: c.OwnerID, OpenedOn: c.OpenedOn, Issues: c.Issues, ProvinceCode: c.ProvinceCode, WakeOn: c.WakeOn, UpdatedAt: c.UpdatedAt}
	if identity {
		it.Name = c.Client().ListName()
	}
	return it
}

// Find returns the id of the case that was made with the key, or that has the
// same local number and one of the same persons; "" when there is none.
func (s *Store) Find(ctx context.Context, key string, c casework.Case) (string, error) {
	var ids []string
	r := s.db.Reader(ctx)
	if err := r.Raw("SELECT id FROM cases WHERE intake_key = ?", key).Scan(&ids).Error; err != nil {
		return "", err
	}
	if len(ids) == 0 && c.LocalNumber != "" && len(c.Persons) > 0 {
		who := make([]int64, len(c.Persons))
		for i, p := range c.Persons {
			who[i] = s.identityToken(p)
		}
		q := `SELECT c.id FROM cases c WHERE c.local_token = ? AND EXISTS
			(SELECT 1 FROM case_persons p WHERE p.case_id = c.id AND p.identity_token IN ?) ORDER BY c.created_at, c.id LIMIT 1`
		if err := r.Raw(q, s.localToken(c.LocalNumber), who).Scan(&ids).Error; err != nil {
			return "", err
		}
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ids[0], nil
}

// CountLike counts different persons outside of compartments who share a
// generalised combination.
func (s *Store) CountLike(ctx context.Context, t casework.Tuple) (int, error) {
	q := "SELECT COUNT(DISTINCT p.identity_token) FROM case_persons p JOIN cases c ON c.id = p.case_id WHERE c.compartment = '' AND c.openness > 0"
	var args []any
	and := func(sql string, arg any) {
		q += " AND " + sql
		args = append(args, arg)
	}
	if t.BornFrom > 0 || t.BornTo > 0 {
		and("p.birth_year >= ?", max(t.BornFrom, 1))
		if t.BornTo > 0 {
			and("p.birth_year <= ?", t.BornTo)
		}
	}
	if t.Sex != "" {
		and("p.sex = ?", t.Sex)
	}
	if len(t.Families) > 0 {
		and("p.status_family IN ?", t.Families)
	}
	if len(t.Provinces) > 0 {
		and("c.province IN ?", t.Provinces)
	}
	for _, code := range t.Issues {
		and("EXISTS (SELECT 1 FROM case_issues i WHERE i.case_id = c.id AND i.issue = ?)", code)
	}
	var n int64
	err := s.db.Reader(ctx).Raw(q, args...).Scan(&n).Error
	return int(n), err
}
