package database

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"github.com/saphan-network/saphan/federation/fault"
)

// leaders is how many shared transactions run at a time: SQLite has one writer, and
// on PostgreSQL statements wait for the network, while the ledger lets one commit at
// a time.
var leaders = map[Dialect]int{SQLite: 1, Postgres: 4}

const (
	maxShared = 64               // parts of one shared transaction
	partLimit = 20 * time.Second // for one part; a database that takes longer is away
	attempts  = 3                // of a part that another transaction got in the way of
)

// group holds those who wait to share a transaction.
type group struct {
	leaders int // how many may lead at a time

	mu      sync.Mutex
	waiting []*part
	busy    map[string]bool // keys of parts that run
	leading int
}

// part is one call of Shared.
type part struct {
	ctx  context.Context
	key  string
	f    func(ctx context.Context) error
	done chan error
	err  error // of the last run
}

// Shared runs f as Within does, but perhaps in one transaction with others that wait
// at the same time: they share the commit, which is what takes long. Each part has its
// own fate: an error or a panic of one takes back what that part did and nothing else.
// Shared returns after the commit, with f's own error or, when the commit has failed,
// with that one, for all parts alike.
//
// Parts with the same key run one after the other, in the order of their calls. f may
// be called more than once, each time after all that it did was rolled back. While f
// runs, the end of ctx does not stop it: that would tear the others down.
func (d *DB) Shared(ctx context.Context, key string, f func(ctx context.Context) error) error {
	if d.InTx(ctx) {
		return f(ctx)
	}
	p := &part{ctx: ctx, key: key, f: f, done: make(chan error, 1)}
	d.group.add(p, d.lead)
	select {
	case err := <-p.done:
		return err
	case <-ctx.Done():
		if d.group.remove(p) {
			return ctx.Err()
		}
		return <-p.done
	}
}

// add makes p wait, and somebody lead where fewer do than may.
func (g *group) add(p *part, lead func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, p)
	if g.leading < g.leaders {
		g.leading++
		go lead()
	}
}

func (g *group) remove(p *part) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting, p)
	if i < 0 {
		return false
	}
	g.waiting = slices.Delete(g.waiting, i, i+1)
	return true
}

// take returns those who can share the next transaction. Where there is none the
// caller leads no longer; who waits behind a busy key is taken by whoever runs that.
func (g *group) take() []*part {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out, rest []*part
	for _, p := range g.waiting {
		if len(out) < maxShared && !g.busy[p.key] {
			out = append(out, p)
		} else {
			rest = append(rest, p)
		}
	}
	g.waiting = rest
	if g.busy == nil {
		g.busy = map[string]bool{}
	}
	for _, p := range out {
		g.busy[p.key] = true
	}
	if len(out) == 0 {
		g.leading--
	}
	return out
}

func (g *group) release(parts []*part) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range parts {
		delete(g.busy, p.key)
	}
}

// lead runs shared transactions until nobody waits.
func (d *DB) lead() {
	for {
		parts := d.group.take()
		if len(parts) == 0 {
			return
		}
		d.together(parts)
		d.group.release(parts)
		for _, p := range parts {
			p.done <- p.err
		}
	}
}

// together runs parts in one transaction. Where that cannot be, it was rolled back, and
// each is run once more by itself.
func (d *DB) together(parts []*part) {
	if len(parts) == 1 {
		d.alone(parts[0])
		return
	}
	r, committing := &running{memory: &memory{}}, false
	ctx, cancel := context.WithTimeout(context.Background(), partLimit*time.Duration(len(parts)))
	defer cancel()
	err := d.write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		r.tx = tx
		for i, p := range parts {
			if err := d.within(p, r, "part_"+strconv.Itoa(i)); err != nil {
				return err
			}
		}
		if err := r.finish(context.WithValue(ctx, txKey{d}, r)); err != nil {
			return err
		}
		committing = true
		return nil
	})
	switch {
	case err == nil:
		r.done()
	case committing: // nobody knows whether it is on disk
		for _, p := range parts {
			p.err = errors.Join(p.err, err)
		}
		return
	}
	for _, p := range parts {
		if err != nil && (p.err == nil || inTheWay(p.err)) {
			d.alone(p)
		}
	}
}

// within runs one part between savepoints. Its error is of the transaction as a whole.
func (d *DB) within(p *part, r *running, savepoint string) error {
	if p.err = p.ctx.Err(); p.err != nil {
		return nil
	}
	if err := r.tx.Exec("SAVEPOINT " + savepoint).Error; err != nil {
		return err
	}
	mine := &running{tx: r.tx, memory: r.memory}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), partLimit)
	defer cancel()
	if p.err = contained(p.f, context.WithValue(ctx, txKey{d}, mine)); inTheWay(p.err) {
		return p.err // run all once more, each by itself, so that the order holds
	} else if p.err != nil {
		r.memory.forgetAll()
		return r.tx.Exec("ROLLBACK TO SAVEPOINT " + savepoint).Error
	}
	if err := r.tx.Exec("RELEASE SAVEPOINT " + savepoint).Error; err != nil {
		return err
	}
	r.join(mine)
	return nil
}

// alone runs one part in a transaction of its own.
func (d *DB) alone(p *part) {
	for range attempts {
		if p.err = p.ctx.Err(); p.err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), partLimit)
		p.err = d.Within(ctx, func(ctx context.Context) error { return contained(p.f, ctx) })
		cancel()
		if !inTheWay(p.err) {
			return
		}
	}
}

// contained makes a panic of f a failure like any other: others share the process.
func contained(f func(context.Context) error, ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fault.Wrap(fault.Internal, "error.internal", fault.Caught(v))
		}
	}()
	return f(ctx)
}

// inTheWay reports whether an error is about another transaction, so that trying again
// makes sense: a deadlock, or rows that changed under a serialisable one.
func inTheWay(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}
