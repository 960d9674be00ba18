package casestore

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

// Erase implements casework.Eraser: it takes who the persons are, the texts and all
// that was coarse or found by out of a case, and destroys the key with which all of it
// was sealed, so that copies of the database hold nothing that can be read. Texts of the
// timeline for which keep says so are sealed again with a new key. The case is closed.
func (s *Store) Erase(ctx context.Context, id string, keep func(casework.Event) bool, at time.Time) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		c, err := s.Get(ctx, id)
		if err != nil {
			return err
		}
		events, err := s.Timeline(ctx, id)
		if err != nil {
			return err
		}
		if err := s.vault.Forget(ctx, id); err != nil {
			return err
		}
		db := s.db.Conn(ctx)
		for _, q := range []string{"DELETE FROM case_persons WHERE case_id = ?", "DELETE FROM case_issues WHERE case_id = ?"} {
			if err := db.Exec(q, id).Error; err != nil {
				return err
			}
		}
		if err := db.Exec("DELETE FROM case_tokens WHERE case_num = ?", num(id)).Error; err != nil {
			return err
		}
		sealed, err := s.seal(ctx, id, secretCase{})
		if err != nil {
			return err
		}
		err = db.Exec(`UPDATE cases SET admin_status = ?, since_at = ?, opened_on = '', province = '', interpreter = '', guardian_present = '', wake_on = '',
			close_reason = 'erased', local_token = 0, sealed = ?, version = version + 1, updated_at = ? WHERE id = ? AND version = ?`,
			string(casework.StatusClosed), database.Millis(at), sealed, database.Millis(at), id, c.Version).Error
		if err != nil {
			return err
		}
		if err := s.eraseTexts(ctx, id, events, keep); err != nil {
			return err
		}
		return s.eraseConsents(ctx, id)
	})
}

func (s *Store) eraseTexts(ctx context.Context, id string, events []casework.Event, keep func(casework.Event) bool) error {
	for _, e := range events {
		if e.Text == "" {
			continue
		}
		var sealed []byte
		if keep(e) {
			var err error
			if sealed, err = s.vault.Seal(ctx, id, []byte(e.Text)); err != nil {
				return err
			}
		}
		if err := s.db.Conn(ctx).Exec("UPDATE case_events SET sealed = ? WHERE id = ?", sealed, e.ID).Error; err != nil {
			return err
		}
	}
	return nil
}

// eraseConsents takes the names of guardians, interpreters and witnesses away.
func (s *Store) eraseConsents(ctx context.Context, id string) error {
	var ids []string
	if err := s.db.Conn(ctx).Raw("SELECT id FROM case_consents WHERE case_id = ?", id).Scan(&ids).Error; err != nil {
		return err
	}
	for _, c := range ids {
		sealed, err := s.seal(ctx, id, secretConsent{})
		if err != nil {
			return err
		}
		if err := s.db.Conn(ctx).Exec("UPDATE case_consents SET sealed = ? WHERE id = ?", sealed, c).Error; err != nil {
			return err
		}
	}
	return nil
}
