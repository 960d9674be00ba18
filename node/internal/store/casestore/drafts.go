package casestore

import (
	"context"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

// draftRow has a scope of its own: neither that of the case which may come of
// the draft, nor one that was forgotten with an earlier draft of the same form.
type draftRow struct {
	ID, UserID, Scope string
	Sealed            []byte
	UpdatedAt         int64
}

// SaveDraft stores a draft over what its writer stored before under the id. An
// id that belongs to somebody else is fault.Missing.
func (s *Store) SaveDraft(ctx context.Context, d casework.Draft) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		row, found, err := s.draft(ctx, d.ID)
		if err != nil {
			return err
		}
		if found && row.UserID != d.UserID {
			return fault.Missing()
		}
		if !found {
			row = draftRow{ID: d.ID, UserID: d.UserID, Scope: "draft:" + opaque.ID()}
		}
		if row.Sealed, err = s.seal(ctx, row.Scope, d.Form); err != nil {
			return err
		}
		return s.db.Conn(ctx).Exec(`INSERT INTO case_drafts (id, user_id, scope, sealed, updated_at) VALUES (?,?,?,?,?)
			ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at`,
			row.ID, row.UserID, row.Scope, row.Sealed, database.Millis(d.UpdatedAt)).Error
	})
}

func (s *Store) draft(ctx context.Context, id string) (draftRow, bool, error) {
	var rows []draftRow
	err := s.db.Reader(ctx).Raw("SELECT * FROM case_drafts WHERE id = ?", id).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return draftRow{}, false, err
	}
	return rows[0], true, nil
}

// DraftOf returns a user's own draft, or fault.Missing.
func (s *Store) DraftOf(ctx context.Context, userID, id string) (casework.Draft, error) {
	row, found, err := s.draft(ctx, id)
	if err != nil {
		return casework.Draft{}, err
	}
	if !found || row.UserID != userID {
		return casework.Draft{}, fault.Missing()
	}
	d := casework.Draft{ID: id, UserID: userID, UpdatedAt: database.Time(row.UpdatedAt)}
	return d, s.open(ctx, row.Scope, row.Sealed, &d.Form)
}

// DraftsOf lists a user's own drafts, newest first, without their forms.
func (s *Store) DraftsOf(ctx context.Context, userID string) ([]casework.Draft, error) {
	var rows []draftRow
	q := "SELECT id, user_id, updated_at FROM case_drafts WHERE user_id = ? ORDER BY updated_at DESC, id"
	if err := s.db.Reader(ctx).Raw(q, userID).Scan(&rows).Error; err != nil {
		return nil, err
	}
	var out []casework.Draft
	for _, r := range rows {
		out = append(out, casework.Draft{ID: r.ID, UserID: r.UserID, UpdatedAt: database.Time(r.UpdatedAt)})
	}
	return out, nil
}

// DropDraft forgets a user's own draft and its key; an absent one is no error.
func (s *Store) DropDraft(ctx context.Context, userID, id string) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		row, found, err := s.draft(ctx, id)
		if err != nil || !found || row.UserID != userID {
			return err
		}
		if err := s.db.Conn(ctx).Exec("DELETE FROM case_drafts WHERE id = ?", id).Error; err != nil {
			return err
		}
		return s.vault.Forget(ctx, row.Scope)
	})
}
