package registerstore

import (
	"context"
	"strings"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/register"
)

type itemRow struct {
	ID, ImportID              string
	Position, Unit, RowNumber int
	Kind, What, Why, State    string
	ContentToken, UnitToken   int64
	CaseID, Reason, DecidedBy string
	DecidedAt                 int64
	Sealed                    []byte
}

func (s *Store) item(ctx context.Context, r itemRow) (register.Item, error) {
	it := register.Item{ID: r.ID, ImportID: r.ImportID, Position: r.Position, Unit: r.Unit, Row: r.RowNumber, Table: r.Kind, Do: r.What,
		Why: strings.Fields(r.Why), State: r.State, Key: r.ContentToken, UnitKey: r.UnitToken, CaseID: r.CaseID, Reason: r.Reason,
		DecidedBy: r.DecidedBy, DecidedAt: database.Time(r.DecidedAt)}
	return it, s.open(ctx, r.ImportID, r.Sealed, &it.Draft)
}

// Items returns rows in the order of their file, and how many there are in all.
func (s *Store) Items(ctx context.Context, f register.Filter) ([]register.Item, int, error) {
	where, args := "WHERE 1 = 1", []any{}
	and := func(sql string, v ...any) {
		where += " AND " + sql
		args = append(args, v...)
	}
	if f.ImportID != "" {
		and("i.import_id = ?", f.ImportID)
	}
	if f.Do != "" {
		and("i.what = ?", f.Do)
	}
	if f.State != "" {
		and("i.state = ?", f.State)
	}
	if f.Units > 0 {
		and("i.unit >= ? AND i.unit < ?", f.FromUnit, f.FromUnit+f.Units)
	}
	order := " ORDER BY m.uploaded_at, i.import_id, i.position"
	if f.Units > 0 {
		order = " ORDER BY i.unit, i.position"
	}
	from := " FROM register_items i JOIN register_imports m ON m.id = i.import_id " + where
	total := 0
	if f.Limit > 0 {
		if err := s.db.Reader(ctx).Raw("SELECT COUNT(*)"+from, args...).Scan(&total).Error; err != nil {
			return nil, 0, err
		}
		order += " LIMIT ? OFFSET ?"
		args = append(args, f.Limit, f.Offset)
	}
	var rows []itemRow
	if err := s.db.Reader(ctx).Raw("SELECT i.*"+from+order, args...).Scan(&rows).Error; err != nil {
		return nil, 0, err
	}
	items := make([]register.Item, 0, len(rows))
	for _, r := range rows {
		it, err := s.item(ctx, r)
		if err != nil {
			return nil, 0, err
		}
		items = append(items, it)
	}
	return items, max(total, len(items)), nil
}

// Item returns a row, or fault.Missing.
func (s *Store) Item(ctx context.Context, id string) (register.Item, error) {
	var rows []itemRow
	if err := s.db.Reader(ctx).Raw("SELECT * FROM register_items WHERE id = ?", id).Scan(&rows).Error; err != nil {
		return register.Item{}, err
	}
	if len(rows) == 0 {
		return register.Item{}, fault.Missing()
	}
	return s.item(ctx, rows[0])
}

// SaveItems stores the changed state of rows; a Draft without values is erased,
// any other is left as it is.
func (s *Store) SaveItems(ctx context.Context, items []register.Item) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		for _, it := range items {
			q := "UPDATE register_items SET state = ?, why = ?, case_id = ?, reason = ?, decided_by = ?, decided_at = ?"
			args := []any{it.State, strings.Join(it.Why, " "), it.CaseID, it.Reason, it.DecidedBy, database.Millis(it.DecidedAt)}
			if len(it.Draft.Values) == 0 {
				q += ", sealed = ?"
				args = append(args, []byte{})
			}
			if err := s.db.Conn(ctx).Exec(q+" WHERE id = ?", append(args, it.ID)...).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// Seen tells which of the keys are known from rows of other imports that were
// started, and for the unit keys the case that came from them.
func (s *Store) Seen(ctx context.Context, importID string, keys, units []int64) (map[int64]bool, map[int64]string, error) {
	known, cases := make(map[int64]bool), make(map[int64]string)
	r := s.db.Reader(ctx)
	if len(keys) > 0 {
		var found []int64
		q := "SELECT DISTINCT content_token FROM register_items WHERE content_token IN ? AND import_id <> ? AND state IN ?"
		started := []string{register.Taken, register.Already, register.Waiting, register.Decided, register.Discarded}
		if err := r.Raw(q, keys, importID, started).Scan(&found).Error; err != nil {
			return nil, nil, err
		}
		for _, k := range found {
			known[k] = true
		}
	}
	if len(units) > 0 {
		var found []struct {
			UnitToken int64
			CaseID    string
		}
		q := "SELECT DISTINCT unit_token, case_id FROM register_items WHERE unit_token IN ? AND unit_token <> 0 AND case_id <> ''"
		if err := r.Raw(q, units).Scan(&found).Error; err != nil {
			return nil, nil, err
		}
		for _, f := range found {
			if old := cases[f.UnitToken]; old == "" || f.CaseID < old {
				cases[f.UnitToken] = f.CaseID
			}
		}
	}
	return known, cases, nil
}
