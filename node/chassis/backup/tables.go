package backup

import (
	"errors"
	"fmt"
	"sort"

	"gorm.io/gorm"

	"github.com/saphan-network/saphan/node/chassis/database"
)

// order lists all tables but the one of migrations, each after those that its
// foreign keys point to.
func order(tx *gorm.DB, dialect database.Dialect) ([]string, error) {
	names := `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_migrations'`
	links := `SELECT m.name AS child, f."table" AS parent FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	if dialect == database.Postgres {
		names = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'schema_migrations'`
		links = `SELECT c.relname AS child, p.relname AS parent FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
			JOIN pg_class p ON p.oid = k.confrelid WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace`
	}
	var tables []string
	if err := tx.Raw(names).Scan(&tables).Error; err != nil {
		return nil, fmt.Errorf("backup: tables: %w", err)
	}
	var fks []struct{ Child, Parent string }
	if err := tx.Raw(links).Scan(&fks).Error; err != nil {
		return nil, fmt.Errorf("backup: foreign keys: %w", err)
	}
	sort.Strings(tables)
	needs := map[string][]string{}
	for _, k := range fks {
		if k.Child != k.Parent {
			needs[k.Child] = append(needs[k.Child], k.Parent)
		}
	}
	var out []string
	state := map[string]int{}
	var visit func(t string) error
	visit = func(t string) error {
		switch state[t] {
		case 1:
			return errors.New("backup: the foreign keys of " + t + " go round in a circle")
		case 2:
			return nil
		}
		state[t] = 1
		for _, p := range needs[t] {
			if err := visit(p); err != nil {
				return err
			}
		}
		state[t] = 2
		out = append(out, t)
		return nil
	}
	for _, t := range tables {
		if err := visit(t); err != nil {
			return nil, err
		}
	}
	return out, nil
}
