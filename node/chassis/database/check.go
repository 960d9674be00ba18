package database

import (
	"context"
	"fmt"
	"sort"
	"strings"
)

// Check verifies the promises that the rest of the program builds on: that a
// commit is on disk when it returns, and that text is stored as UTF-8.
func (d *DB) Check(ctx context.Context) error {
	one := func(q string) string {
		var v string
		if err := d.Conn(ctx).Raw(q).Scan(&v).Error; err != nil {
			return "?"
		}
		return v
	}
	type want struct{ query, name, must string }
	wants := []want{{"PRAGMA synchronous", "synchronous", "2"}, {"PRAGMA journal_mode", "journal_mode", "wal"}}
	if d.dialect == Postgres {
		wants = []want{{"SHOW fsync", "fsync", "on"}, {"SHOW full_page_writes", "full_page_writes", "on"},
			{"SHOW server_encoding", "server_encoding", "UTF8"}}
		if v := one("SHOW synchronous_commit"); v == "off" || v == "?" {
			return fmt.Errorf("database: synchronous_commit is %q, must not be off", v)
		}
	}
	for _, w := range wants {
		if v := one(w.query); v != w.must {
			return fmt.Errorf("database: %s is %q, must be %q", w.name, v, w.must)
		}
	}
	return nil
}

// Schema describes all tables, columns and indexes, one a line in a fixed
// order, so that a committed copy can be compared.
func (d *DB) Schema(ctx context.Context) (string, error) {
	var rows []string
	q := `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'`
	if d.dialect == Postgres {
		q = `SELECT table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
		       FROM information_schema.columns WHERE table_schema = current_schema()
		     UNION ALL SELECT replace(indexdef, current_schema() || '.', '') FROM pg_indexes WHERE schemaname = current_schema()
		     UNION ALL SELECT 'trigger ' || trigger_name || ' ' || event_manipulation || ' on ' || event_object_table
		       FROM information_schema.triggers WHERE trigger_schema = current_schema()`
	}
	if err := d.Reader(ctx).Raw(q).Scan(&rows).Error; err != nil {
		return "", wrap("schema", err)
	}
	for i, r := range rows {
		rows[i] = strings.Join(strings.Fields(r), " ")
	}
	sort.Strings(rows)
	return strings.Join(rows, "\n") + "\n", nil
}
