package station_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/proof"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/chassis/station"
)

// What the hub says of its list is compared with our copy: another digest or a later
// version is a difference, an earlier one is old news, and nobody else's word counts.
func TestListsAreCompared(t *testing.T) {
	dbtest.Each(t, []database.Set{mailbox.Migrations(), audit.Migrations()}, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		open, _ := clinic(t, db)
		s, err := open()
		if err != nil {
			t.Fatal(err)
		}
		k, err := sign.NewKey(hubActor + "#main-key")
		if err != nil {
			t.Fatal(err)
		}
		hub := mailbox.Peer{Role: mailbox.RoleHub, Member: federation.Member{Actor: hubActor, Name: "hub", Inbox: "https://hub.example/inbox", KeyID: k.ID(), PublicKeyPEM: k.PublicPEM()}}
		if err := s.Mail.SavePeer(ctx, hub); err != nil {
			t.Fatal(err)
		}
		line := federation.Member{Actor: clinicActor, Name: "clinic", Inbox: "https://clinic.example/inbox", KeyID: s.Key.ID(), PublicKeyPEM: s.Key.PublicPEM(), Tier: "full", State: "active"}
		const list = "https://hub.example/ap/members"
		if err := s.Mail.SaveMembers(ctx, federation.Members{ID: list, Network: hubActor, Version: 4, Updated: time.Now().UTC().Truncate(time.Second).Format(time.RFC3339),
			Items: []federation.Member{line}}); err != nil {
			t.Fatal(err)
		}
		ours, others := proof.CollectionDigest([]string{clinicActor}), proof.CollectionDigest(nil)
		member := mailbox.Peer{Role: mailbox.RoleMember, Member: line}
		for _, c := range []struct {
			name  string
			peer  mailbox.Peer
			said  sign.Sync
			drift bool
		}{
			{"the same", hub, sign.Sync{Collection: list, URL: list, Digest: ours, Version: "4"}, false},
			{"an earlier one", hub, sign.Sync{Collection: list, URL: list, Digest: others, Version: "3"}, false},
			{"a member's word", member, sign.Sync{Collection: list, URL: list, Digest: others, Version: "9"}, false},
			{"of another server", hub, sign.Sync{Collection: "https://evil.example/ap/members", URL: "https://evil.example/ap/members", Digest: others, Version: "9"}, false},
			{"to be read elsewhere", hub, sign.Sync{Collection: list, URL: "https://evil.example/ap/members", Digest: others, Version: "9"}, false},
			{"other members", hub, sign.Sync{Collection: list, URL: list, Digest: others, Version: "4"}, true},
			{"the same again", hub, sign.Sync{Collection: list, URL: list, Digest: ours, Version: "4"}, false},
			{"a later one", hub, sign.Sync{Collection: list, URL: list, Digest: ours, Version: "5"}, true},
		} {
			station.SyncedForTest(s, ctx, c.peer, c.said)
			notes, err := s.Mail.Notes(ctx, mailbox.NoteDrift)
			if err != nil || (len(notes) == 1) != c.drift {
				t.Errorf("%s: %+v, %v", c.name, notes, err)
			}
		}
		// The other end: members in good standing are told, nobody else.
		if got := station.SyncHeaderForTest(s, ctx, member); got != "" {
			t.Errorf("a node says %q", got)
		}
		s.ShowList(func(context.Context) ([]string, int64, error) { return []string{clinicActor}, 4, nil })
		suspended, candidate := member, member
		suspended.State, candidate.Role = "suspended", mailbox.RoleCandidate
		for _, p := range []mailbox.Peer{suspended, candidate, hub} {
			if got := station.SyncHeaderForTest(s, ctx, p); got != "" {
				t.Errorf("%s %s is told %q", p.Role, p.State, got)
			}
		}
		if got := station.SyncHeaderForTest(s, ctx, member); !strings.Contains(got, ours) || !strings.Contains(got, `version="4"`) {
			t.Errorf("a member is told %q", got)
		}
	})
}
