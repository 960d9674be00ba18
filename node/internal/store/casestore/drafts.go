package casestore

import (
	"context"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

// draftScope names the key of a draft; it is not that of the case which may come of it.
func draftScope(id string) string { return "draft:" + id }

// SaveDraft stores a draft over what its writer stored before under the id. An
// id that belongs to somebody else is fault.Missing.
func (s *Store) SaveDraft(ctx context.Context, d casework.Draft) error {
	sealed, err := s.seal(ctx, draftScope(d.ID), d.Form)
	if err != nil {
		return err
	}
	res := s.db.Conn(ctx).Exec(`INSERT INTO case_drafts (id, user_id, sealed, updated_at) VALUES (?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at WHERE case_drafts.user_id = excluded.user_id`,
		d.ID, d.UserID, sealed, database.Millis(d.UpdatedAt))
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected != 1 {
		return fault.Missing()
	}
	return nil
}

type draftRow struct {
	ID, UserID string
	Sealed     []byte
	UpdatedAt  int64
}

// DraftOf returns a user's own draft, or fault.Missing.
func (s *Store) DraftOf(ctx context.Context, userID, id string) (casework.Draft, error) {
	var rows []draftRow
	if err := s.db.Reader(ctx).Raw("SELECT * FROM case_drafts WHERE id = ? AND user_id = ?", id, userID).Scan(&rows).Error; err != nil {
		return casework.Draft{}, err
	}
	if len(rows) == 0 {
		return casework.Draft{}, fault.Missing()
	}
	d := casework.Draft{ID: id, UserID: userID, UpdatedAt: database.Time(rows[0].UpdatedAt)}
	return d, s.open(ctx, draftScope(id), rows[0].Sealed, &d.Form)
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
	res := s.db.Conn(ctx).Exec("DELETE FROM case_drafts WHERE id = ? AND user_id = ?", id, userID)
	if res.Error != nil || res.RowsAffected == 0 {
		return res.Error
	}
	return s.vault.Forget(ctx, draftScope(id))
}
