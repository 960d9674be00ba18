package database_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
)

// Whoever writes outside of a transaction waits for the one that has the connection,
// and must not hold anything meanwhile that this one needs.
func TestWritersBesideATransaction(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		if err := db.Conn(ctx).Exec("CREATE TABLE beside (n BIGINT NOT NULL)").Error; err != nil {
			t.Fatal(err)
		}
		for round := range 20 {
			var others sync.WaitGroup
			err := db.Within(ctx, func(tx context.Context) error {
				if err := db.Conn(tx).Exec("INSERT INTO beside VALUES (0)").Error; err != nil {
					return err
				}
				for range 8 {
					others.Go(func() { // the same words, which nobody has prepared yet
						if err := db.Conn(ctx).Exec(fmt.Sprintf("DELETE FROM beside WHERE n = -%d - 1", round)).Error; err != nil {
							t.Error(err)
						}
					})
				}
				for n := range 200 {
					runtime.Gosched()
					if err := db.Conn(tx).Exec(fmt.Sprintf("UPDATE beside SET n = %d WHERE n = %d", n, round*1000+n)).Error; err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			others.Wait()
		}
	})
}
