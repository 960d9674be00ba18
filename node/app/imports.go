package app

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/register"
)

// imports runs started imports in this process. What the register's own table
// says is the queue: after a crash Run finds the imports that were running.
type imports struct{ app *App }

// Enqueue implements register.Jobs: the import begins when its start is committed.
func (i imports) Enqueue(ctx context.Context, kind, _ string, payload []byte, _ time.Time) error {
	if kind == register.JobKind {
		id := string(payload)
		i.app.db.AfterCommit(ctx, func() { i.app.runImport(id) })
	}
	return nil
}

func (a *App) runImport(id string) {
	a.work.Go(func() {
		if err := a.Register.Run(a.running, id); err != nil && a.running.Err() == nil {
			a.cfg.Log.Error("import failed", "import", id, "cause", fault.Label(err))
		}
	})
}
