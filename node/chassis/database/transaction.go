package database

import (
	"context"

	"gorm.io/gorm"
)

// txKey is the context key under which a database's transaction travels.
type txKey struct{ db *DB }

// running is the state of one transaction, or of one part of a shared one.
type running struct {
	tx       *gorm.DB
	after    []func()
	gathered []*gathering
	memory   *memory // of the whole transaction
}

// gathering is what was gathered under one key.
type gathering struct {
	key   any
	items []any
	flush func(ctx context.Context, items []any) error
}

// running returns the transaction that ctx carries, or nil.
func (d *DB) running(ctx context.Context) *running {
	r, _ := ctx.Value(txKey{d}).(*running)
	return r
}

// InTx reports whether ctx carries a transaction of this database.
func (d *DB) InTx(ctx context.Context) bool { return d.running(ctx) != nil }

// Within runs f in a transaction carried by the context that f gets, and
// commits it when f returns nil. A call inside another joins it.
func (d *DB) Within(ctx context.Context, f func(ctx context.Context) error) error {
	if d.InTx(ctx) {
		return f(ctx)
	}
	r := &running{memory: &memory{}}
	err := d.write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		r.tx = tx
		inner := context.WithValue(ctx, txKey{d}, r)
		if err := f(inner); err != nil {
			return err
		}
		return r.finish(inner)
	})
	if err != nil {
		return err
	}
	r.done()
	return nil
}

// Gather keeps an item until the last act of the running transaction, when flush is
// called once with all items that were gathered under the same key, in their order,
// those of the other parts of a shared transaction among them. Its error rolls all
// back. Outside of a transaction flush runs at once, in one of its own. It is for work
// under a lock that many transactions want (the ledger's head): taken last, it is held
// for a moment only and cannot be part of a deadlock.
func (d *DB) Gather(ctx context.Context, key, item any, flush func(ctx context.Context, items []any) error) error {
	r := d.running(ctx)
	if r == nil {
		return d.Within(ctx, func(ctx context.Context) error { return flush(ctx, []any{item}) })
	}
	r.gather(&gathering{key: key, items: []any{item}, flush: flush})
	return nil
}

// AfterCommit runs f once the running transaction has committed (at once if
// there is none, never if it rolls back). For waking workers, not for work.
func (d *DB) AfterCommit(ctx context.Context, f func()) {
	if r := d.running(ctx); r != nil {
		r.after = append(r.after, f)
		return
	}
	f()
}

func (r *running) gather(g *gathering) {
	for _, have := range r.gathered {
		if have.key == g.key {
			have.items = append(have.items, g.items...)
			return
		}
	}
	r.gathered = append(r.gathered, g)
}

// join takes over what a part of a shared transaction has left for the end.
func (r *running) join(part *running) {
	r.after = append(r.after, part.after...)
	for _, g := range part.gathered {
		r.gather(g)
	}
}

// finish does what was left for the end; one act may leave another.
func (r *running) finish(ctx context.Context) error {
	for len(r.gathered) > 0 {
		gathered := r.gathered
		r.gathered = nil
		for _, g := range gathered {
			if err := g.flush(ctx, g.items); err != nil {
				return err
			}
		}
	}
	return nil
}

// done is called after the commit.
func (r *running) done() {
	for _, f := range r.after {
		f()
	}
}
