package casestore

import (
	"context"

	"github.com/saphan-network/saphan/node/clinic/casework"
)

// Known hands on what tells who the people in the files are: names, numbers, villages
// and telephones, case by case. What is in a compartment is not among them, since
// finding it would say that it is there.
func (s *Store) Known(ctx context.Context, take func(values []string)) error {
	const atOnce = 100
	for after := int64(0); ; {
		var rows []struct {
			ID  string
			Num int64
		}
		q := "SELECT id, num FROM cases WHERE num > ? AND compartment = '' AND openness > 0 ORDER BY num LIMIT 100"
		if err := s.db.Reader(ctx).Raw(q, after).Scan(&rows).Error; err != nil {
			return err
		}
		ids := make([]string, 0, len(rows))
		for _, r := range rows {
			ids, after = append(ids, r.ID), r.Num
		}
		cases, err := s.load(ctx, ids)
		if err != nil {
			return err
		}
		for _, c := range cases {
			take(identifiers(c))
		}
		if len(rows) < atOnce {
			return nil
		}
	}
}

func identifiers(c casework.Case) []string {
	out := []string{c.LocalNumber}
	for _, p := range c.Persons {
		out = append(out, p.Name(), p.IDNumber, p.Phone, p.Village)
		out = append(out, p.OtherNames...)
	}
	return out
}
