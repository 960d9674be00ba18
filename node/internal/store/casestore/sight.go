package casestore

import (
	"context"
	"strings"

	"github.com/saphan-network/saphan/node/clinic/casework"
)

// bitSQL is the one place where an attribute of a case, as seen by a user, is
// said in SQL. Single answers (Relation) and lists use the same words. The
// number of user ids that each takes is the number of its question marks.
var bitSQL = [...]struct {
	bit casework.Bit
	sql string
}{
	{casework.BitAssigned, "c.id IN (SELECT case_id FROM case_assignments WHERE user_id = ?)"},
	{casework.BitSameTeam, "(c.team = '' OR c.team IN (SELECT circle FROM case_circles WHERE user_id = ?))"},
	{casework.BitOpen, "c.admin_status <> 'closed'"},
	{casework.BitRestricted, "c.openness >= 1"},
	{casework.BitNormal, "c.openness >= 2"},
	{casework.BitCompartment, "c.compartment <> ''"},
	{casework.BitInCompartment, "(c.compartment <> '' AND c.compartment IN (SELECT circle FROM case_circles WHERE user_id = ?))"},
	{casework.BitConflictCleared, "c.conflict = 'clear'"},
}

// predicate says terms in SQL over the table cases AS c.
func predicate(terms casework.Terms, userID string) (string, []any) {
	var or []string
	var args []any
	for _, t := range terms {
		and := []string{"1 = 1"}
		for _, b := range bitSQL {
			if t.Care&b.bit == 0 {
				continue
			}
			q := b.sql
			if t.Want&b.bit == 0 {
				q = "NOT (" + q + ")"
			}
			and = append(and, q)
			for range strings.Count(b.sql, "?") {
				args = append(args, userID)
			}
		}
		or = append(or, strings.Join(and, " AND "))
	}
	if len(or) == 0 {
		return "1 = 0", nil
	}
	return "((" + strings.Join(or, ") OR (") + "))", args
}

// bitsColumn is an SQL expression whose value is the set of bits.
func bitsColumn(userID string) (string, []any) {
	var parts []string
	var args []any
	for _, b := range bitSQL {
		parts = append(parts, "CASE WHEN "+b.sql+" THEN "+itoa(int64(b.bit))+" ELSE 0 END")
		for range strings.Count(b.sql, "?") {
			args = append(args, userID)
		}
	}
	return "(" + strings.Join(parts, " + ") + ")", args
}

// Relation says how a user stands to a case.
func (s *Store) Relation(ctx context.Context, userID, id string) (casework.Attrs, bool, error) {
	col, args := bitsColumn(userID)
	var got []int64
	err := s.db.Reader(ctx).Raw("SELECT "+col+" FROM cases c WHERE c.id = ?", append(args, id)...).Scan(&got).Error
	if err != nil || len(got) == 0 {
		return casework.Attrs{}, false, err
	}
	return casework.AttrsOf(casework.Bit(got[0])), true, nil
}
