// Package registerstore keeps imports of registers and their rows. Names of
// files and everything that was read of a row are sealed with the vault under
// the import's id; a row that is in a case file, or was put aside, is erased.
package registerstore

import (
	"context"
	"embed"
	"encoding/json"
	"strings"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/register"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the set of tables that this package owns.
func Migrations() database.Set { return database.Embedded("register", migrations) }

// Store implements register.Store.
type Store struct {
	db    *database.DB
	vault clinic.Vault
}

// New makes a store over an open, migrated database.
func New(db *database.DB, vault clinic.Vault) *Store { return &Store{db: db, vault: vault} }

type importRow struct {
	ID, Sha256, Format, State                    string
	TotalRows, ImportRows, QueueRows, RefuseRows int
	Units, NextUnit, CreatedRows, AlreadyRows    int
	Stop                                         bool
	StartedBy, Roles                             string
	UploadedAt, StartedAt, EndedAt               int64
	Sealed                                       []byte
	Version                                      int64
}

// secretFile is what of an import is sealed.
type secretFile struct{ Name string }

func (s *Store) file(ctx context.Context, r importRow) (register.File, error) {
	var sec secretFile
	if err := s.open(ctx, r.ID, r.Sealed, &sec); err != nil {
		return register.File{}, err
	}
	return register.File{ID: r.ID, SHA256: r.Sha256, Name: sec.Name, Format: r.Format, State: register.State(r.State),
		Rows: r.TotalRows, Import: r.ImportRows, Queue: r.QueueRows, Refuse: r.RefuseRows, Units: r.Units, Next: r.NextUnit,
		Created: r.CreatedRows, Already: r.AlreadyRows, Stop: r.Stop, StartedBy: r.StartedBy, Roles: strings.Fields(r.Roles),
		UploadedAt: database.Time(r.UploadedAt), StartedAt: database.Time(r.StartedAt), EndedAt: database.Time(r.EndedAt), Version: r.Version}, nil
}

func (s *Store) seal(ctx context.Context, scope string, v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.vault.Seal(ctx, scope, b)
}

func (s *Store) open(ctx context.Context, scope string, sealed []byte, v any) error {
	if len(sealed) == 0 {
		return nil
	}
	b, err := s.vault.Open(ctx, scope, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// Create stores a new import with all its rows.
func (s *Store) Create(ctx context.Context, f register.File, items []register.Item) error {
	return s.db.Within(ctx, func(ctx context.Context) error {
		sealed, err := s.seal(ctx, f.ID, secretFile{Name: f.Name})
		if err != nil {
			return err
		}
		err = s.db.Conn(ctx).Exec(`INSERT INTO register_imports (id, sha256, format, state, total_rows, import_rows, queue_rows, refuse_rows,
			units, next_unit, created_rows, already_rows, stop, started_by, roles, uploaded_at, started_at, ended_at, sealed, version)
			VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
			f.ID, f.SHA256, f.Format, string(f.State), f.Rows, f.Import, f.Queue, f.Refuse, f.Units, f.Next, f.Created, f.Already, f.Stop,
			f.StartedBy, strings.Join(f.Roles, " "), database.Millis(f.UploadedAt), database.Millis(f.StartedAt), database.Millis(f.EndedAt),
			sealed, f.Version).Error
		if err != nil {
			return err
		}
		const batch = 50
		for from := 0; from < len(items); from += batch {
			if err := s.insert(ctx, items[from:min(from+batch, len(items))]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) insert(ctx context.Context, items []register.Item) error {
	args := make([]any, 0, 16*len(items))
	for _, it := range items {
		sealed, err := s.sealDraft(ctx, it)
		if err != nil {
			return err
		}
		args = append(args, it.ID, it.ImportID, it.Position, it.Unit, it.Row, it.Table, it.Do, strings.Join(it.Why, " "), it.State,
			it.Key, it.UnitKey, it.CaseID, it.Reason, it.DecidedBy, database.Millis(it.DecidedAt), sealed)
	}
	return s.db.Conn(ctx).Exec(`INSERT INTO register_items (id, import_id, position, unit, row_number, kind, what, why, state,
		content_token, unit_token, case_id, reason, decided_by, decided_at, sealed) VALUES `+
		strings.TrimSuffix(strings.Repeat("(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?),", len(items)), ","), args...).Error
}

func (s *Store) sealDraft(ctx context.Context, it register.Item) ([]byte, error) {
	if len(it.Draft.Values) == 0 {
		return []byte{}, nil
	}
	return s.seal(ctx, it.ImportID, it.Draft)
}

// Get returns an import, or fault.Missing.
func (s *Store) Get(ctx context.Context, id string) (register.File, error) {
	var rows []importRow
	if err := s.db.Reader(ctx).Raw("SELECT * FROM register_imports WHERE id = ?", id).Scan(&rows).Error; err != nil {
		return register.File{}, err
	}
	if len(rows) == 0 {
		return register.File{}, fault.Missing()
	}
	return s.file(ctx, rows[0])
}

// Files returns the newest imports.
func (s *Store) Files(ctx context.Context, limit int) ([]register.File, error) {
	var rows []importRow
	if err := s.db.Reader(ctx).Raw("SELECT * FROM register_imports ORDER BY uploaded_at DESC, id LIMIT ?", limit).Scan(&rows).Error; err != nil {
		return nil, err
	}
	files := make([]register.File, 0, len(rows))
	for _, r := range rows {
		f, err := s.file(ctx, r)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// Save stores an import as Version+1; a stale one is a fault.Conflict.
func (s *Store) Save(ctx context.Context, f register.File) error {
	res := s.db.Conn(ctx).Exec(`UPDATE register_imports SET state = ?, next_unit = ?, created_rows = ?, already_rows = ?, stop = ?,
		started_by = ?, roles = ?, started_at = ?, ended_at = ?, version = version + 1 WHERE id = ? AND version = ?`,
		string(f.State), f.Next, f.Created, f.Already, f.Stop, f.StartedBy, strings.Join(f.Roles, " "), database.Millis(f.StartedAt),
		database.Millis(f.EndedAt), f.ID, f.Version)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected != 1 {
		return fault.New(fault.Conflict, "imports.fault.stale")
	}
	return nil
}
