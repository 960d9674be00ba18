package torture_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/vault"
)

// TestAcknowledgedOffersSurvive floods a real server with offers, many at a time, so
// that they share transactions, and kills it in the middle: whatever it has answered
// with 202 is there, with its effect, and what is sent again has no second one.
func TestAcknowledgedOffersSurvive(t *testing.T) {
	if testing.Short() {
		t.Skip("a real process, killed")
	}
	_, node := build(t)
	eachDatabase(t, func(t *testing.T, db func(name string) string) {
		dice := rand.New(rand.NewPCG(seed(t), 8)) //nolint:gosec // dice, not secrets
		at := freePorts(t, 2)
		m := newMachine(t, "north", node, at[0], at[1], db("north"))
		m.ask(&struct{}{}, 0, "init", "--base-url", m.base)
		m.start() // it makes its keys while it knows nobody
		m.kill()
		senders := pinned(t, m, db("north"), 8)
		requests := offersOf(t, m, senders, 240)
		m.start()

		enough := 60 + dice.IntN(120)
		var mu sync.Mutex
		var acknowledged []string
		strike := sync.OnceFunc(m.kill)
		post(requests, func(id string, status int) {
			if status != http.StatusAccepted {
				if status != 0 {
					t.Errorf("answered %d\n%s", status, m.said.tail())
				}
				return
			}
			mu.Lock()
			acknowledged = append(acknowledged, id)
			dead := len(acknowledged) >= enough
			mu.Unlock()
			if dead {
				strike()
			}
		})
		strike()
		if len(acknowledged) < enough {
			t.Fatalf("only %d of %d were acknowledged", len(acknowledged), enough)
		}
		kept := received(t, m, db("north"))
		for _, id := range acknowledged {
			if !slices.Contains(kept, id) {
				t.Errorf("acknowledged and lost: one of %d", len(acknowledged))
			}
		}
		t.Logf("%d acknowledged before the kill, %d kept", len(acknowledged), len(kept))

		m.start()
		again := 0
		post(requests, func(_ string, status int) {
			mu.Lock()
			defer mu.Unlock()
			if status == http.StatusAccepted {
				again++
			}
		})
		m.kill()
		if kept = received(t, m, db("north")); again != len(requests) || len(kept) != len(requests) {
			t.Errorf("sent again: %d of %d taken, %d kept", again, len(requests), len(kept))
		}
	})
}

// opened opens the database of a machine that does not run.
func opened(t *testing.T, m *machine, url string) *database.DB {
	t.Helper()
	cfg := database.Config{URL: url}
	if url == "" {
		key, err := vault.LoadOrCreateKey(filepath.Join(m.dir, "database.key"))
		if err != nil {
			t.Fatal(err)
		}
		cfg = database.Config{URL: "sqlite:" + filepath.Join(m.dir, "saphan.db"), Key: key}
	}
	db, err := database.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// pinned makes n peers known to a machine. Nobody is there to hear its answers.
func pinned(t *testing.T, m *machine, url string, n int) []*sign.Key {
	t.Helper()
	db := opened(t, m, url)
	defer func() { _ = db.Close() }()
	mail := mailbox.New(db, time.Now)
	var out []*sign.Key
	for i := range n {
		base := "http://127.0.0.1:" + string(rune('1'+i))
		key, err := sign.NewKey(base + "/ap/org#main-key")
		if err != nil {
			t.Fatal(err)
		}
		peer := mailbox.Peer{Role: mailbox.RoleMember, Member: federation.Member{Actor: base + "/ap/org", Name: "แรงดัน", Inbox: base + "/inbox", KeyID: key.ID(),
			PublicKeyPEM: key.PublicPEM(), Tier: "full", State: "active"}}
		if err := mail.SavePeer(t.Context(), peer); err != nil {
			t.Fatal(err)
		}
		if err := mail.Pause(t.Context(), peer.Actor, "nobody_there"); err != nil {
			t.Fatal(err)
		}
		out = append(out, key)
	}
	return out
}

// offer is one signed request, made before anything is timed.
type offer struct {
	id   string
	make func() *http.Request
}

func offersOf(t *testing.T, m *machine, senders []*sign.Key, n int) []offer {
	t.Helper()
	var out []offer
	for i := range n {
		key := senders[i%len(senders)]
		base := strings.TrimSuffix(key.ID(), "/ap/org#main-key")
		now := time.Now().UTC().Truncate(time.Hour)
		a := federation.Activity{ID: base + "/ap/act/" + opaque.ID(), Type: federation.Offer, Actor: base + "/ap/org", To: m.actor, Published: now, Sequence: int64(i/len(senders) + 1),
			Referral: &federation.Referral{ID: base + "/ap/ref/" + opaque.ID(), Schema: federation.SchemaReferral, Revision: 1, Kind: "service", Urgency: "normal",
				RespondBy: now.Add(72 * time.Hour), Purpose: "status_work", Needs: []string{"doc_drafting"},
				Disclosure: federation.Disclosure{Policy: "sha256:" + strings.Repeat("0", 64), K: 5},
				Consent:    federation.Consent{Basis: "explicit_consent", Scope: "anonymous_offer", Version: "th-1"}}}
		body, err := gofed.Encode(a)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, offer{a.ID, func() *http.Request {
			r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, m.base+"/inbox", bytes.NewReader(body))
			if err != nil {
				panic(err)
			}
			r.Header.Set("Content-Type", federation.MediaType)
			if err := key.Sign(r, body, time.Now()); err != nil {
				panic(err)
			}
			return r
		}})
	}
	return out
}

// post sends all, 16 at a time, and tells each answer; 0 is none.
func post(all []offer, tell func(id string, status int)) {
	client := &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	defer client.CloseIdleConnections()
	work := make(chan offer)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for o := range work {
				status := 0
				if res, err := client.Do(o.make()); err == nil {
					status = res.StatusCode
					_ = res.Body.Close()
				}
				tell(o.id, status)
			}
		})
	}
	for _, o := range all {
		work <- o
	}
	close(work)
	wg.Wait()
}

// received are the offers that a machine has, each with its effect: the row of the
// inbox, the offer that people see, and the receipt that goes back.
func received(t *testing.T, m *machine, url string) []string {
	t.Helper()
	db := opened(t, m, url)
	defer func() { _ = db.Close() }()
	var ids []string
	err := db.Reader(t.Context()).Raw(`SELECT i.activity_id FROM mailbox_inbox i JOIN referral_received r ON r.offer_id = i.activity_id WHERE i.state = 'applied'`).Scan(&ids).Error
	if err != nil {
		t.Fatal(err)
	}
	var rows, receipts int
	if err := db.Reader(t.Context()).Raw("SELECT count(*) FROM mailbox_inbox").Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	if err := db.Reader(t.Context()).Raw("SELECT count(*) FROM mailbox_outbox").Scan(&receipts).Error; err != nil {
		t.Fatal(err)
	}
	if rows != len(ids) || receipts != rows {
		t.Errorf("%d rows in the inbox, %d with their effect, %d receipts", rows, len(ids), receipts)
	}
	return ids
}
