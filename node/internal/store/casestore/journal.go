package casestore

import (
	"context"
	"encoding/json"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
)

// Append adds an event to a case's timeline. Events of one case keep the order
// in which they were appended, also within one millisecond.
func (s *Store) Append(ctx context.Context, e casework.Event) error {
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return err
	}
	var sealed []byte
	if e.Text != "" {
		if sealed, err = s.vault.Seal(ctx, e.CaseID, []byte(e.Text)); err != nil {
			return err
		}
	}
	return s.db.Conn(ctx).Exec(`INSERT INTO case_events (id, case_id, happened_at, position, by_user, kind, detail, sealed)
		SELECT ?, ?, ?, COALESCE(MAX(position), 0) + 1, ?, ?, ?, ? FROM case_events WHERE case_id = ?`,
		e.ID, e.CaseID, database.Millis(e.At), e.By, e.Kind, string(detail), sealed, e.CaseID).Error
}

// Timeline returns a case's events, newest first.
func (s *Store) Timeline(ctx context.Context, caseID string) ([]casework.Event, error) {
	var rows []struct {
		ID, CaseID, ByUser, Kind, Detail string
		HappenedAt                       int64
		Sealed                           []byte
	}
	q := "SELECT id, case_id, happened_at, by_user, kind, detail, sealed FROM case_events WHERE case_id = ? ORDER BY position DESC, id DESC"
	if err := s.db.Reader(ctx).Raw(q, caseID).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]casework.Event, 0, len(rows))
	for _, r := range rows {
		e := casework.Event{ID: r.ID, CaseID: r.CaseID, At: database.Time(r.HappenedAt), By: r.ByUser, Kind: r.Kind}
		if err := json.Unmarshal([]byte(r.Detail), &e.Detail); err != nil {
			return nil, err
		}
		if len(r.Sealed) > 0 {
			b, err := s.vault.Open(ctx, caseID, r.Sealed)
			if err != nil {
				return nil, err
			}
			e.Text = string(b)
		}
		out = append(out, e)
	}
	return out, nil
}

// secretConsent is what of a consent is sealed; the language too, because that
// of a hill people tells ethnic origin.
type secretConsent struct {
	Language, Interpreter, Witness, Guardian string `json:",omitempty"`
}

type consentRow struct {
	ID, CaseID, Subjects, Purpose, Recipient, Scope, Fields string
	Special                                                 bool
	Basis, TextVersion, Medium                              string
	Minor, Assent                                           bool
	GivenOn, ValidUntil, RecordedBy                         string
	RecordedAt, WithdrawnAt                                 int64
	WithdrawnHow                                            string
	Sealed                                                  []byte
	Version                                                 int64
}

// AddConsent stores a new consent record.
func (s *Store) AddConsent(ctx context.Context, r consent.Record) error {
	sealed, err := s.seal(ctx, r.CaseID, secretConsent{r.Language, r.Interpreter, r.Witness, r.Guardian})
	if err != nil {
		return err
	}
	subjects, err := json.Marshal(r.Subjects)
	if err != nil {
		return err
	}
	fields, err := json.Marshal(r.Fields)
	if err != nil {
		return err
	}
	return s.insert(ctx, `INSERT INTO case_consents (id, case_id, subjects, purpose, recipient, scope, fields, special, basis, text_version,
		medium, minor, assent, given_on, valid_until, recorded_by, recorded_at, withdrawn_at, withdrawn_how, sealed, version) VALUES `, "",
		[][]any{{r.ID, r.CaseID, string(subjects), r.Purpose, r.Recipient, string(r.Scope), string(fields), r.Special, r.Basis, r.TextVersion,
			r.Medium, r.Minor, r.Assent, r.GivenOn, r.ValidUntil, r.RecordedBy, database.Millis(r.RecordedAt),
			database.Millis(r.WithdrawnAt), r.WithdrawnHow, sealed, r.Version}})
}

// Consents returns the consent records of a case, newest first.
func (s *Store) Consents(ctx context.Context, caseID string) ([]consent.Record, error) {
	var rows []consentRow
	q := "SELECT * FROM case_consents WHERE case_id = ? ORDER BY recorded_at DESC, id"
	if err := s.db.Reader(ctx).Raw(q, caseID).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]consent.Record, 0, len(rows))
	for _, r := range rows {
		var sec secretConsent
		if err := s.open(ctx, caseID, r.Sealed, &sec); err != nil {
			return nil, err
		}
		c := consent.Record{ID: r.ID, CaseID: r.CaseID, Purpose: r.Purpose, Recipient: r.Recipient, Scope: consent.Scope(r.Scope),
			Special: r.Special, Basis: r.Basis, TextVersion: r.TextVersion, Language: sec.Language, Medium: r.Medium,
			Interpreter: sec.Interpreter, Witness: sec.Witness, Minor: r.Minor, Guardian: sec.Guardian, Assent: r.Assent,
			GivenOn: r.GivenOn, ValidUntil: r.ValidUntil, RecordedBy: r.RecordedBy, RecordedAt: database.Time(r.RecordedAt),
			WithdrawnAt: database.Time(r.WithdrawnAt), WithdrawnHow: r.WithdrawnHow, Version: r.Version}
		if err := json.Unmarshal([]byte(r.Subjects), &c.Subjects); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(r.Fields), &c.Fields); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// SaveConsent stores the end of a consent as Version+1; all else of a record
// never changes. A stale Version is a fault.Conflict.
func (s *Store) SaveConsent(ctx context.Context, r consent.Record) error {
	res := s.db.Conn(ctx).Exec(`UPDATE case_consents SET withdrawn_at = ?, withdrawn_how = ?, version = version + 1
		WHERE id = ? AND case_id = ? AND version = ?`, database.Millis(r.WithdrawnAt), r.WithdrawnHow, r.ID, r.CaseID, r.Version)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected != 1 {
		return fault.New(fault.Conflict, "cases.fault.stale")
	}
	return nil
}
