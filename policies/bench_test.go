package policies

import (
	"fmt"
	"testing"
)

// BenchmarkDecide is one whole referral, ladder and ledger entry included.
func BenchmarkDecide(b *testing.B) {
	for _, rows := range []int{0, 1000} {
		b.Run(fmt.Sprint(rows, " own rows"), func(b *testing.B) {
			var own [][]string
			for i := range rows {
				own = append(own, []string{fmt.Sprint("own_", i), fmt.Sprintf("org:https://member%d.example/ap/org", i), "referral", pathPlace, "*", "r.ctx.K < 11", "deny"})
			}
			w := &world{peers: map[string]Peer{fullPeer: {Actor: fullPeer, Tier: "full", State: "active", Role: "member"}}}
			g, err := w.open(own)
			if err != nil {
				b.Fatal(err)
			}
			q := offer()
			b.ReportAllocs()
			for b.Loop() {
				if d, err := g.Decide(b.Context(), q); err != nil || !d.Allowed {
					b.Fatal(d.Why, err)
				}
				w.entries = w.entries[:0]
			}
		})
	}
}
