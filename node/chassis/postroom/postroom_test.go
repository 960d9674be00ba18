package postroom_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/chassis/postroom"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/policies/staff"
)

const peer = "https://labour.example/ap/org"

var (
	admin   = clinic.Actor{UserID: "u1", Roles: []string{"admin"}, Active: true}
	auditor = clinic.Actor{UserID: "u2", Roles: []string{"auditor"}, Active: true}
)

// office is a desk over a real mailbox in which two messages of one peer wait aside.
func office(t *testing.T, db *database.DB) (desk *postroom.Desk, mail *mailbox.Store, trail *audit.Log, tried *int) {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC) }
	mail, trail = mailbox.New(db, now), audit.New(db, now)
	may, err := staff.New()
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.NewKey(peer + "#main-key")
	if err != nil {
		t.Fatal(err)
	}
	if err := mail.SavePeer(t.Context(), mailbox.Peer{Role: mailbox.RoleMember, Member: federation.Member{Actor: peer, Name: "ศูนย์แรงงาน",
		Inbox: "https://labour.example/inbox", KeyID: key.ID(), PublicKeyPEM: key.PublicPEM(), Tier: "full", State: "active"}}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"1", "2"} {
		r := mailbox.Received{ActivityID: "https://labour.example/ap/act/" + id, Actor: peer, Type: "Offer", SHA256: id, Raw: []byte("{}")}
		if err := mail.Quarantine(t.Context(), r, "error.internal"); err != nil {
			t.Fatal(err)
		}
	}
	tried = new(int)
	desk = postroom.New(mail, "https://north.example/ap/org", may, db, trail, now).Receiving(mail, func(context.Context) error { *tried++; return nil })
	return desk, mail, trail, tried
}

func TestAside(t *testing.T) {
	dbtest.Each(t, []database.Set{audit.Migrations(), mailbox.Migrations()}, func(t *testing.T, db *database.DB) {
		desk, _, trail, tried := office(t, db)
		ctx, one := t.Context(), "https://labour.example/ap/act/1"
		for what, err := range map[string]error{
			"again by a reader":   desk.Again(ctx, auditor),
			"discard by a reader": desk.Discard(ctx, auditor, one, postroom.Agreed),
			"pause by a reader":   desk.Pause(ctx, auditor, peer, postroom.Security),
		} {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", what, err)
			}
		}
		for _, reason := range []string{"", "because", postroom.Security, postroom.Mistake} {
			if err := desk.Discard(ctx, admin, one, reason); !fault.Is(err, fault.Invalid) || fault.As(err).Key != postroom.KeyReason {
				t.Errorf("discard for %q: %v", reason, err)
			}
		}
		if err := desk.Pause(ctx, admin, peer, postroom.Agreed); !fault.Is(err, fault.Invalid) {
			t.Errorf("a pause for a reason of something else: %v", err)
		}
		if err := desk.Discard(ctx, admin, "https://labour.example/ap/act/9", postroom.Agreed); !fault.Is(err, fault.NotFound) {
			t.Errorf("discard what is not there: %v", err)
		}

		lines, err := desk.Lines(ctx, auditor)
		if err != nil || len(lines) != 1 || lines[0].Aside != 2 || lines[0].State != "aside" {
			t.Fatalf("lines %+v, %v", lines, err)
		}
		all, err := desk.Asides(ctx, auditor, peer)
		if err != nil || len(all) != 2 || all[0].ID != one || all[0].Why != "error.internal" {
			t.Fatalf("aside %+v, %v", all, err)
		}
		if none, err := desk.Asides(ctx, auditor, "https://other.example/ap/org"); err != nil || len(none) != 0 {
			t.Errorf("of another peer: %+v, %v", none, err)
		}
		if err := errors.Join(desk.Again(ctx, admin), desk.Discard(ctx, admin, one, postroom.Otherwise)); err != nil || *tried != 1 {
			t.Errorf("%v, tried %d times", err, *tried)
		}
		if all, err = desk.Asides(ctx, auditor, peer); err != nil || len(all) != 1 || strings.HasSuffix(all[0].ID, "/1") {
			t.Errorf("after one was given up: %+v, %v", all, err)
		}
		if err := desk.Pause(ctx, admin, peer, postroom.Security); err != nil {
			t.Fatal(err)
		}
		told, err := trail.List(ctx, audit.Filter{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, e := range told {
			said = append(said, e.Act+" "+e.Detail["reason"])
		}
		if got := strings.Join(said, ", "); got != "delivery.pause security, delivery.discard otherwise, delivery.again " {
			t.Errorf("the ledger says %s", got)
		}
	})
}
