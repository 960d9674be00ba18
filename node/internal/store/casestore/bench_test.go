package casestore_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/vault"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/internal/store/casestore"
)

// BenchmarkThaiSearch50k reports the 95th percentile of a search by Thai name
// among 50,000 cases on SQLite (the promise is 100 ms).
func BenchmarkThaiSearch50k(b *testing.B) {
	ctx := context.Background()
	db, err := database.Open(ctx, database.Config{URL: filepath.Join(b.TempDir(), "bench.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if _, err := db.Migrate(ctx, audit.Migrations(), vault.Migrations(), casestore.Migrations()); err != nil {
		b.Fatal(err)
	}
	o := newOffice(b, db)
	rng := rand.New(rand.NewPCG(1, 2))
	name := syllables(rng)
	start := time.Now()
	const cases, batch = 50_000, 1000
	var queries []string
	for from := 0; from < cases; from += batch {
		err := db.Within(ctx, func(ctx context.Context) error {
			for i := from; i < from+batch; i++ {
				c := casework.Case{ID: opaque.ID(), LocalNumber: fmt.Sprintf("ชร %d/2569", i), AdminStatus: casework.StatusOpen, Openness: 2,
					Conflict: casework.ConflictClear, Version: 1, UpdatedAt: noon.Add(time.Duration(i) * time.Second), ProvinceCode: "57",
					Persons: []casework.Person{
						{ID: opaque.ID(), Given: name(2), Family: name(3), Role: casework.RoleClient, Birth: "2010"},
						{ID: opaque.ID(), Given: name(2), Family: name(3), Role: casework.RoleMember, IDNumber: fmt.Sprintf("60000%08d", i)}}}
				if err := o.store.Insert(ctx, c, c.ID); err != nil {
					return err
				}
				switch i % 250 {
				case 0:
					queries = append(queries, c.Persons[0].Given) // one word, many hits
				case 50:
					queries = append(queries, c.Persons[0].Name())
				case 100:
					queries = append(queries, c.Persons[1].IDNumber)
				case 150:
					queries = append(queries, string([]rune(c.Persons[0].Given)[:2])) // two letters
				case 200:
					queries = append(queries, strings.TrimPrefix(c.LocalNumber, "ชร "))
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%d cases written in %v", cases, time.Since(start))
	var took []time.Duration
	i := 0
	for b.Loop() {
		t := time.Now()
		p, err := o.List(ctx, staff["ying"], casework.Filter{Query: queries[i%len(queries)]})
		if err != nil {
			b.Fatal(err)
		}
		if p.Total == 0 {
			b.Fatalf("query %d finds nothing", i%len(queries))
		}
		took = append(took, time.Since(t))
		i++
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
	t := time.Now()
	if _, err := o.List(ctx, staff["ying"], casework.Filter{}); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(t).Microseconds())/1000, "first-page-ms")
}

// syllables makes names of n syllables that look like Thai ones.
func syllables(rng *rand.Rand) func(n int) string {
	lead := []string{"", "เ", "แ", "โ", "ไ"}
	cons := []string{"ก", "ข", "ค", "จ", "ช", "ด", "ต", "ท", "น", "บ", "ป", "พ", "ม", "ย", "ร", "ล", "ว", "ส", "ห", "อ"}
	vowel := []string{"", "า", "ิ", "ี", "ุ", "ู", "ื", "ั"}
	tone := []string{"", "", "่", "้"}
	last := []string{"", "น", "ง", "ม", "ย", "ก"}
	pick := func(s []string) string { return s[rng.IntN(len(s))] }
	return func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(pick(lead) + pick(cons) + pick(vowel) + pick(tone) + pick(last))
		}
		return b.String()
	}
}
