// Package casestore keeps case files in the database. Class A and B values are
// sealed with the vault before they reach a row, one blob a case, a person, an
// event's text, a consent; what stands in clear is codes, coarse facts and
// opaque ids (deploy/adr/0006-blind-trigrams.md says which and why).
package casestore

import (
	"context"
	"embed"
	"encoding/json"
	"reflect"
	"strconv"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the set of tables that this package owns.
func Migrations() database.Set { return database.Embedded("casework", migrations) }

// Store implements casework.Cases, casework.Journal, casework.ConsentBook and
// casework.Drafts.
type Store struct {
	db    *database.DB
	vault clinic.Vault
}

// New makes a store over an open, migrated database.
func New(db *database.DB, vault clinic.Vault) *Store { return &Store{db: db, vault: vault} }

// secretCase is what of a case is sealed.
type secretCase struct {
	LocalNumber, Amphoe, Problem, HoldReason, Source string `json:",omitempty"`
}

type caseRow struct {
	ID, IntakeKey, AdminStatus            string
	Num, SinceAt, Openness                int64
	Compartment, Team, OwnerID            string
	OpenedOn, Province                    string
	Interpreter, GuardianPresent, Channel string
	LegalBasis, Conflict                  string
	WakeOn, CloseReason                   string
	LocalToken                            int64
	Sealed                                []byte
	Version, CreatedAt, UpdatedAt         int64
}

type personRow struct {
	ID, CaseID, Role, Sex, StatusFamily string
	Position, BirthYear, IdentityToken  int64
	Sealed                              []byte
}

func (r caseRow) domain(sec secretCase) casework.Case {
	return casework.Case{
		ID: r.ID, LocalNumber: sec.LocalNumber, AdminStatus: casework.Status(r.AdminStatus), Since: database.Time(r.SinceAt),
		Openness: int(r.Openness), Compartment: r.Compartment, Team: r.Team, OwnerID: r.OwnerID, OpenedOn: r.OpenedOn,
		ProvinceCode: r.Province, AmphoeName: sec.Amphoe, Problem: sec.Problem, Interpreter: r.Interpreter,
		GuardianPresent: r.GuardianPresent, Channel: r.Channel, Source: sec.Source, LegalBasis: r.LegalBasis,
		Conflict: casework.Conflict(r.Conflict), HoldReason: sec.HoldReason, WakeOn: r.WakeOn, CloseReason: r.CloseReason,
		Version: r.Version, CreatedAt: database.Time(r.CreatedAt), UpdatedAt: database.Time(r.UpdatedAt),
	}
}

func (s *Store) sealCase(ctx context.Context, c casework.Case) ([]byte, error) {
	return s.seal(ctx, c.ID, secretCase{LocalNumber: c.LocalNumber, Amphoe: c.AmphoeName, Problem: c.Problem,
		HoldReason: c.HoldReason, Source: c.Source})
}

func (s *Store) seal(ctx context.Context, scope string, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.vault.Seal(ctx, scope, b)
}

func (s *Store) open(ctx context.Context, scope string, sealed []byte, v any) error {
	b, err := s.vault.Open(ctx, scope, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// num is the short number under which a case stands in the index of tokens: 60
// of the 128 random bits of its id.
func num(id string) int64 {
	n, err := strconv.ParseInt(id[:min(15, len(id))], 16, 64)
	if err != nil {
		return 0
	}
	return n
}

// Insert stores a new case. The same key twice is a fault.Conflict.
func (s *Store) Insert(ctx context.Context, c casework.Case, key string) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		sealed, err := s.sealCase(ctx, c)
		if err != nil {
			return err
		}
		err = s.db.Conn(ctx).Exec(`INSERT INTO cases (id, num, intake_key, admin_status, since_at, openness, compartment, team, owner_id,
			opened_on, province, interpreter, guardian_present, channel, legal_basis, conflict, wake_on, close_reason, local_token,
			sealed, version, created_at, updated_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
			c.ID, num(c.ID), key, string(c.AdminStatus), database.Millis(c.Since), c.Openness, c.Compartment, c.Team, c.OwnerID,
			c.OpenedOn, c.ProvinceCode, c.Interpreter, c.GuardianPresent, c.Channel, c.LegalBasis, string(c.Conflict), c.WakeOn,
			c.CloseReason, s.localToken(c.LocalNumber), sealed, c.Version, database.Millis(c.CreatedAt), database.Millis(c.UpdatedAt)).Error
		if database.IsUnique(err) {
			return fault.Wrap(fault.Conflict, "cases.fault.duplicate", err)
		}
		if err != nil {
			return err
		}
		if err := s.insertPersons(ctx, c); err != nil {
			return err
		}
		if err := s.insertIssues(ctx, c); err != nil {
			return err
		}
		return s.insertTokens(ctx, c.ID, s.tokens(c))
	})
}

// insertPersons stores the persons of a case in their order.
func (s *Store) insertPersons(ctx context.Context, c casework.Case) error {
	rows := make([][]any, 0, len(c.Persons))
	for i, p := range c.Persons {
		sealed, err := s.seal(ctx, c.ID, p)
		if err != nil {
			return err
		}
		rows = append(rows, []any{p.ID, c.ID, i, p.Role, p.Sex, p.BirthYear(), p.StatusFamily(), s.identityToken(p), sealed})
	}
	return s.insert(ctx, "INSERT INTO case_persons (id, case_id, position, role, sex, birth_year, status_family, identity_token, sealed) VALUES ", "", rows)
}

func (s *Store) insertIssues(ctx context.Context, c casework.Case) error {
	rows := make([][]any, 0, len(c.Issues))
	for i, code := range c.Issues {
		rows = append(rows, []any{c.ID, code, i})
	}
	return s.insert(ctx, "INSERT INTO case_issues (case_id, issue, position) VALUES ", " ON CONFLICT DO NOTHING", rows)
}

// insert writes many rows with few statements.
func (s *Store) insert(ctx context.Context, head, tail string, rows [][]any) error {
	const batch = 400
	for len(rows) > 0 {
		n := min(batch, len(rows))
		q := []byte(head)
		args := make([]any, 0, n*len(rows[0]))
		for i, r := range rows[:n] {
			if i > 0 {
				q = append(q, ',')
			}
			q = append(q, '(')
			for j := range r {
				if j > 0 {
					q = append(q, ',')
				}
				q = append(q, '?')
			}
			q = append(q, ')')
			args = append(args, r...)
		}
		if err := s.db.Conn(ctx).Exec(string(q)+tail, args...).Error; err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// Get returns a case with its persons, or fault.Missing.
func (s *Store) Get(ctx context.Context, id string) (casework.Case, error) {
	for range 5 {
		all, err := s.load(ctx, []string{id})
		if err != nil {
			return casework.Case{}, err
		}
		if len(all) == 0 {
			return casework.Case{}, fault.Missing()
		}
		if s.db.Dialect() != database.Postgres {
			return all[0], nil
		}
		// There each statement sees what was committed before it: the case and its
		// persons belong together only if the case has not moved on meanwhile.
		var now int64
		if err := s.db.Reader(ctx).Raw("SELECT version FROM cases WHERE id = ?", id).Scan(&now).Error; err != nil {
			return casework.Case{}, err
		}
		if now == all[0].Version {
			return all[0], nil
		}
	}
	return casework.Case{}, fault.New(fault.Conflict, "cases.fault.stale")
}

// load reads cases in the order of ids; those that are absent are left out.
func (s *Store) load(ctx context.Context, ids []string) ([]casework.Case, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	r := s.db.Reader(ctx)
	var rows []caseRow
	if err := r.Raw("SELECT * FROM cases WHERE id IN ?", ids).Scan(&rows).Error; err != nil {
		return nil, err
	}
	byID := make(map[string]*casework.Case, len(rows))
	for _, row := range rows {
		var sec secretCase
		if err := s.open(ctx, row.ID, row.Sealed, &sec); err != nil {
			return nil, err
		}
		c := row.domain(sec)
		byID[row.ID] = &c
	}
	var persons []personRow
	if err := r.Raw("SELECT * FROM case_persons WHERE case_id IN ? ORDER BY case_id, position", ids).Scan(&persons).Error; err != nil {
		return nil, err
	}
	for _, row := range persons {
		var p casework.Person
		if err := s.open(ctx, row.CaseID, row.Sealed, &p); err != nil {
			return nil, err
		}
		if c := byID[row.CaseID]; c != nil {
			c.Persons = append(c.Persons, p)
		}
	}
	var pairs []struct{ CaseID, Value string }
	if err := r.Raw("SELECT case_id, issue AS value FROM case_issues WHERE case_id IN ? ORDER BY case_id, position", ids).Scan(&pairs).Error; err != nil {
		return nil, err
	}
	for _, p := range pairs {
		if c := byID[p.CaseID]; c != nil {
			c.Issues = append(c.Issues, p.Value)
		}
	}
	pairs = nil
	if err := r.Raw("SELECT case_id, user_id AS value FROM case_assignments WHERE case_id IN ? ORDER BY case_id, since_at, user_id", ids).Scan(&pairs).Error; err != nil {
		return nil, err
	}
	for _, p := range pairs {
		if c := byID[p.CaseID]; c != nil {
			c.Assigned = append(c.Assigned, p.Value)
		}
	}
	out := make([]casework.Case, 0, len(ids))
	for _, id := range ids {
		if c := byID[id]; c != nil {
			out = append(out, *c)
		}
	}
	return out, nil
}

// Save stores a changed case with its persons as Version+1: who is no longer in
// it is gone, and the indexes follow. A stale Version is a fault.Conflict and
// changes nothing.
func (s *Store) Save(ctx context.Context, c casework.Case) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		before, err := s.Get(ctx, c.ID)
		if err != nil {
			return err
		}
		sealed, err := s.sealCase(ctx, c)
		if err != nil {
			return err
		}
		res := s.db.Conn(ctx).Exec(`UPDATE cases SET admin_status = ?, since_at = ?, openness = ?, compartment = ?, team = ?, owner_id = ?,
			opened_on = ?, province = ?, interpreter = ?, guardian_present = ?, channel = ?, legal_basis = ?, conflict = ?, wake_on = ?,
			close_reason = ?, local_token = ?, sealed = ?, version = version + 1, updated_at = ? WHERE id = ? AND version = ?`,
			string(c.AdminStatus), database.Millis(c.Since), c.Openness, c.Compartment, c.Team, c.OwnerID, c.OpenedOn, c.ProvinceCode,
			c.Interpreter, c.GuardianPresent, c.Channel, c.LegalBasis, string(c.Conflict), c.WakeOn, c.CloseReason,
			s.localToken(c.LocalNumber), sealed, database.Millis(c.UpdatedAt), c.ID, c.Version)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected != 1 {
			return fault.New(fault.Conflict, "cases.fault.stale")
		}
		if err := s.db.Conn(ctx).Exec("DELETE FROM case_issues WHERE case_id = ?", c.ID).Error; err != nil {
			return err
		}
		if err := s.insertIssues(ctx, c); err != nil {
			return err
		}
		same := reflect.DeepEqual(before.Persons, c.Persons)
		if !same {
			if err := s.db.Conn(ctx).Exec("DELETE FROM case_persons WHERE case_id = ?", c.ID).Error; err != nil {
				return err
			}
			if err := s.insertPersons(ctx, c); err != nil {
				return err
			}
		}
		if before.LocalNumber == c.LocalNumber && same {
			return nil
		}
		if err := s.deleteTokens(ctx, c.ID, s.tokens(before)); err != nil {
			return err
		}
		return s.insertTokens(ctx, c.ID, s.tokens(c))
	})
}

// Assign makes the users the ones who have the case.
func (s *Store) Assign(ctx context.Context, id string, users []string, at time.Time) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		q := "DELETE FROM case_assignments WHERE case_id = ?"
		args := []any{id}
		if len(users) > 0 {
			q += " AND user_id NOT IN ?"
			args = append(args, users)
		}
		if err := s.db.Conn(ctx).Exec(q, args...).Error; err != nil {
			return err
		}
		rows := make([][]any, 0, len(users))
		for _, u := range users {
			rows = append(rows, []any{id, u, database.Millis(at)})
		}
		return s.insert(ctx, "INSERT INTO case_assignments (case_id, user_id, since_at) VALUES ", " ON CONFLICT DO NOTHING", rows)
	})
}

// Join puts a user on the list of a team or a compartment.
func (s *Store) Join(ctx context.Context, circle, userID string) error {
	return s.insert(ctx, "INSERT INTO case_circles (circle, user_id) VALUES ", " ON CONFLICT DO NOTHING", [][]any{{circle, userID}})
}

// Leave takes a user off the list of a team or a compartment.
func (s *Store) Leave(ctx context.Context, circle, userID string) error {
	return s.db.Conn(ctx).Exec("DELETE FROM case_circles WHERE circle = ? AND user_id = ?", circle, userID).Error
}
