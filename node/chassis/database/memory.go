package database

import (
	"context"
	"errors"
	"strings"

	"gorm.io/gorm"
)

// memory is what was read in one transaction, by table and key.
type memory struct {
	tables map[string]map[any]any
}

// Remember returns what f reads of a table, and in the same transaction returns it
// again under the same key without asking f, until something is written to that table
// in it. A failure is not remembered. Outside of a transaction it just asks f.
//
// What others commit in the meantime is not seen, for as long as the transaction
// lasts: it is for what is read several times on the way to one decision.
func Remember[T any](ctx context.Context, d *DB, table string, key any, f func() (T, error)) (T, error) {
	r := d.running(ctx)
	if r == nil {
		return f()
	}
	if v, ok := r.memory.tables[table][key].(T); ok {
		return v, nil
	}
	v, err := f()
	if err != nil {
		return v, err
	}
	if r.memory.tables == nil {
		r.memory.tables = map[string]map[any]any{}
	}
	if r.memory.tables[table] == nil {
		r.memory.tables[table] = map[any]any{}
	}
	r.memory.tables[table][key] = v
	return v, nil
}

// Forget drops what the running transaction remembers of a table. Writing to the
// table through gorm does it by itself.
func (d *DB) Forget(ctx context.Context, table string) {
	if r := d.running(ctx); r != nil {
		delete(r.memory.tables, table)
	}
}

// forgetAll is for what was rolled back in part.
func (m *memory) forgetAll() { m.tables = nil }

// watchWrites makes every write forget what was remembered of its table.
func (d *DB) watchWrites() error {
	forget := func(tx *gorm.DB) {
		r := d.running(tx.Statement.Context)
		if r == nil {
			return
		}
		delete(r.memory.tables, tx.Statement.Table)
		if tx.Statement.Table == "" { // a raw statement
			sql := tx.Statement.SQL.String()
			for table := range r.memory.tables {
				if strings.Contains(sql, table) {
					delete(r.memory.tables, table)
				}
			}
		}
	}
	const name = "saphan:forget"
	c := d.write.Callback()
	return wrap("callbacks", errors.Join(c.Create().After("gorm:create").Register(name, forget), c.Update().After("gorm:update").Register(name, forget),
		c.Delete().After("gorm:delete").Register(name, forget), c.Raw().After("gorm:raw").Register(name, forget)))
}
