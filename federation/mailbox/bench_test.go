package mailbox_test

import (
	"context"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

// BenchmarkBacklog looks for work and takes one message while 5,000 wait for a
// peer that has been away, as it does when that peer has come back.
func BenchmarkBacklog(b *testing.B) {
	o := open(b, dbtest.SQLite(b, mailbox.Migrations()))
	for range 5000 {
		o.must(alpha, "")
	}
	ctx := context.Background()
	for b.Loop() {
		if due, err := o.store.Due(ctx); err != nil || len(due) != 1 {
			b.Fatal(due, err)
		}
		if _, err := o.store.NextDue(ctx); err != nil {
			b.Fatal(err)
		}
		c, err := o.store.Claim(ctx, alpha, time.Minute)
		if err != nil || c == nil {
			b.Fatal(c, err)
		}
		if err := o.store.Done(ctx, c); err != nil {
			b.Fatal(err)
		}
	}
}
