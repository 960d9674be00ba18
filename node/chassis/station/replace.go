package station

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// ReplaceKey makes new keys in place of those in file, which are lost or in strange
// hands, and destroys what is left of them. The server must not run. Whoever has
// pinned the old ones believes neither of both until a person has compared the new
// fingerprint: nothing that the old key could sign would prove that it is not its
// thief who changes it.
func ReplaceKey(ctx context.Context, db *database.DB, trail *audit.Log, file, self string, mail *mailbox.Store, now time.Time) (KeyFile, error) {
	var key KeyFile
	return key, db.Within(ctx, func(ctx context.Context) error {
		if err := db.Exclusive(ctx, "signing key"); err != nil {
			return err
		}
		own, err := mail.OwnKeys(ctx)
		if err != nil {
			return err
		}
		for _, k := range own { // they hold no more, and no list shows them
			k.Listed, k.End = time.Time{}, now.UTC().Truncate(time.Second).Format(time.RFC3339)
			if err := mail.SaveOwnKey(ctx, k); err != nil {
				return err
			}
		}
		for _, suffix := range []string{nextSuffix, spentSuffix, ""} {
			info, err := os.Stat(file + suffix)
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err == nil {
				err = destroy(file+suffix, info.Size())
			}
			if err != nil {
				return err
			}
		}
		if err := nextKeyFile(file, self, now); err != nil {
			return err
		}
		if key, err = readKeyFile(file, self); err != nil {
			return err
		}
		if err := mail.SaveOwnKey(ctx, mailbox.OwnKey{PublicKey: key.published()}); err != nil {
			return err
		}
		return trail.Append(ctx, audit.Entry{Actor: "system", Act: "key.replaced", ObjectType: "key", ObjectID: self, Outcome: "done",
			Detail: map[string]string{"new": key.ID()}})
	})
}
