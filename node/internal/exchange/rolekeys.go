package exchange

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/sealed"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/handover"
)

// How long a key for sealing is given out, and how long after that it is kept for what
// was sealed to it: longer than anything sealed can be opened.
const (
	sealingKeyLasts = 180 * 24 * time.Hour
	sealingKeyKept  = 90 * 24 * time.Hour
)

// KeyBook keeps the keys to which others seal; *handoverstore.Keys is one.
type KeyBook interface {
	Add(ctx context.Context, k handover.Key, private []byte, before handover.Key) error
	All(ctx context.Context) ([]handover.Key, error)
	Private(ctx context.Context, id string) ([]byte, error)
	Destroy(ctx context.Context, id string) error
}

// RoleKeys are the keys of this server's role that takes cases in: one that is given out
// with each request, and those before it until nothing that was sealed to them can wait.
type RoleKeys struct {
	Self     string
	Store    KeyBook
	Recorder clinic.Recorder
	Tx       clinic.Transactor
	Now      func() time.Time
}

// Current returns a key that this server can open with. It makes one when there is none,
// when it is old, and when the present one is lost: its private half cannot be read.
func (r *RoleKeys) Current(ctx context.Context) (handover.Key, error) {
	all, err := r.Store.All(ctx)
	if err != nil {
		return handover.Key{}, err
	}
	why := "first"
	if len(all) > 0 && all[0].Retired.IsZero() {
		switch _, err := r.Store.Private(ctx, all[0].ID); {
		case fault.Is(err, fault.NotFound):
			why = "lost"
		case err != nil:
			return handover.Key{}, err
		case r.Now().Sub(all[0].Created) < sealingKeyLasts:
			return all[0], nil
		default:
			why = "old"
		}
	}
	return r.make(ctx, why)
}

func (r *RoleKeys) make(ctx context.Context, why string) (handover.Key, error) {
	key, err := sealed.NewKey()
	if err != nil {
		return handover.Key{}, err
	}
	raw, err := key.Bytes()
	if err != nil {
		return handover.Key{}, err
	}
	now := r.Now()
	multibase := key.Public().Multibase()
	k := handover.Key{ID: r.Self + "#" + federation.SealingName(multibase), Multibase: multibase, Created: now}
	return k, r.Tx.Within(ctx, func(ctx context.Context) error {
		if err := r.Store.Add(ctx, k, raw, handover.Key{Retired: now, Until: now.Add(sealingKeyKept)}); err != nil {
			return err
		}
		return r.Recorder.Record(ctx, clinic.System, "sealing_key.made", clinic.Object{Type: "network"}, "ok", map[string]string{"key": k.ID, "why": why})
	})
}

// Tick destroys the keys whose time is over.
func (r *RoleKeys) Tick(ctx context.Context) error {
	all, err := r.Store.All(ctx)
	if err != nil {
		return err
	}
	for _, k := range all {
		if k.Retired.IsZero() || r.Now().Before(k.Until) {
			continue
		}
		err := r.Tx.Within(ctx, func(ctx context.Context) error {
			if err := r.Store.Destroy(ctx, k.ID); err != nil {
				return err
			}
			return r.Recorder.Record(ctx, clinic.System, "sealing_key.destroyed", clinic.Object{Type: "network"}, "ok", map[string]string{"key": k.ID})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
