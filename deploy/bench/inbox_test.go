package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// BenchmarkInbox sends signed offers to a running node over HTTP, so many at a
// time: verified, applied (the offer filed, its receipt written and cleared) and
// committed before each 202. ns/op is the time for one, all together. cpu-ms/op is
// what this process (the client too) and the database's own processes have used.
// Beside it stand the limits, taken in the same run: a bare verification on one
// core, a bare durable commit of one row, so many at a time, and how many times
// longer an offer takes than the two together.
func BenchmarkInbox(b *testing.B) {
	for name, db := range databases() {
		for _, many := range []int{1, 8, 32} {
			b.Run(fmt.Sprintf("%s/%d", name, many), func(b *testing.B) { offers(b, db, many) })
		}
	}
}

func offers(b *testing.B, at string, many int) {
	at = throwAway(b, at)
	to, key, stop := oneMember(b, at)
	defer stop()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: many}}
	work := make(chan *http.Request, b.N)
	for i := range b.N {
		work <- offer(b, key, to, int64(i+1))
	}
	close(work)
	b.ResetTimer()
	used := cpu() + backends(at)
	var wg sync.WaitGroup
	for range many {
		wg.Go(func() {
			for r := range work {
				res, err := client.Do(r)
				if err != nil {
					b.Error(err)
					return
				}
				_ = res.Body.Close()
				if res.StatusCode != http.StatusAccepted {
					b.Errorf("answered %d", res.StatusCode)
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	used = cpu() + backends(at) - used
	each := b.Elapsed() / time.Duration(b.N)
	verify, commit := bareVerify(b, key, to), bareCommit(b, at, many)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "offers/s")
	b.ReportMetric(used.Seconds()*1000/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(verify.Nanoseconds()), "verify-ns")
	b.ReportMetric(float64(commit.Nanoseconds()), "commit-ns")
	b.ReportMetric(float64(each)/float64(verify+commit), "x-limit")
}

func offer(b *testing.B, key *sign.Key, to *network.Server, seq int64) *http.Request {
	now := time.Now().UTC().Truncate(time.Hour)
	base := strings.TrimSuffix(key.ID(), "/ap/org#main-key")
	body, err := gofed.Encode(federation.Activity{ID: base + "/ap/act/" + opaque.ID(), Type: federation.Offer, Actor: base + "/ap/org", To: to.Actor,
		Published: now, Sequence: seq, Referral: &federation.Referral{ID: base + "/ap/ref/" + opaque.ID(), Schema: federation.SchemaReferral, Revision: 1,
			Kind: "service", Urgency: "normal", RespondBy: now.Add(72 * time.Hour), Purpose: "status_work", Needs: []string{"doc_drafting"},
			Disclosure: federation.Disclosure{Policy: "sha256:" + strings.Repeat("0", 64), K: 5},
			Consent:    federation.Consent{Basis: "explicit_consent", Scope: "anonymous_offer", Version: "th-1"}}})
	if err != nil {
		b.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, to.URL+"/inbox", bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", federation.MediaType)
	if err := key.Sign(r, body, time.Now()); err != nil {
		b.Fatal(err)
	}
	return r
}

// throwAway is a database of its own on the PostgreSQL server, dropped afterwards.
func throwAway(b *testing.B, at string) string {
	if at == "sqlite" {
		return at
	}
	name := "bench_" + opaque.ID()
	do := func(sql string) {
		db, err := database.Open(context.Background(), database.Config{URL: at})
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		if err := db.Conn(context.Background()).Exec(sql).Error; err != nil {
			b.Fatal(err)
		}
	}
	do("CREATE DATABASE " + name)
	u, err := url.Parse(at)
	if err != nil {
		b.Fatal(err)
	}
	u.Path = "/" + name
	b.Cleanup(func() { do("DROP DATABASE " + name + " WITH (FORCE)") })
	return u.String()
}
