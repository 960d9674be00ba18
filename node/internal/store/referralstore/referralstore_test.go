package referralstore_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/node/internal/store/referralstore"
)

// Many who change one referral at the same moment wait for each other: nobody
// fails, and every event stands in the history once.
func TestOneAfterTheOther(t *testing.T) {
	dbtest.Each(t, []database.Set{referralstore.Migrations()}, func(t *testing.T, db *database.DB) {
		ctx, sent, received := t.Context(), referralstore.NewSent(db), referralstore.NewReceived(db)
		now := time.Date(2026, 11, 25, 5, 20, 0, 0, time.UTC)
		if err := sent.Insert(ctx, referral.Referral{ID: "r1", CaseID: "c1", State: referral.StateOffered, Created: now, Changed: now, Version: 1,
			Envelope: referral.Envelope{Activity: "https://a.example/ap/act/1", Reference: "https://a.example/ap/ref/1"}}); err != nil {
			t.Fatal(err)
		}
		if err := received.Insert(ctx, referral.Incoming{ID: "o1", Offer: "https://b.example/ap/act/1", State: referral.StateReceived,
			ArrivedAt: now, Changed: now, Version: 1}); err != nil {
			t.Fatal(err)
		}
		change := map[string]func(ctx context.Context) error{
			"sent, by id": func(ctx context.Context) error {
				r, err := sent.Get(ctx, "r1")
				if err != nil {
					return err
				}
				if err := sent.AddEvent(ctx, r.ID, referral.Event{At: now, What: "deliver", State: r.State}); err != nil {
					return err
				}
				return sent.Save(ctx, &r)
			},
			"sent, by offer": func(ctx context.Context) error {
				rs, err := sent.List(ctx, referral.Filter{Offer: "https://a.example/ap/act/1"})
				if err != nil {
					return err
				}
				if err := sent.AddEvent(ctx, rs[0].ID, referral.Event{At: now, What: "withdraw", State: rs[0].State}); err != nil {
					return err
				}
				return sent.Save(ctx, &rs[0])
			},
			"received": func(ctx context.Context) error {
				o, err := received.ByOffer(ctx, "https://b.example/ap/act/1")
				if err != nil {
					return err
				}
				if err := received.AddEvent(ctx, o.ID, referral.Event{At: now, What: "accept", State: o.State}); err != nil {
					return err
				}
				return received.Save(ctx, &o)
			},
		}
		const each = 20
		var wg sync.WaitGroup
		for name, f := range change {
			for range each {
				wg.Go(func() {
					if err := db.Within(ctx, f); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
		}
		wg.Wait()
		if es, err := sent.Events(ctx, "r1"); err != nil || len(es) != 2*each {
			t.Errorf("%d events of the sent one, %v", len(es), err)
		}
		if es, err := received.Events(ctx, "o1"); err != nil || len(es) != each {
			t.Errorf("%d events of the received one, %v", len(es), err)
		}
	})
}
