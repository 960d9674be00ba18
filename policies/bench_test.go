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

// BenchmarkAsk is one question: to casbin alone, to the second evaluator alone,
// and as the gate asks it, of both.
func BenchmarkAsk(b *testing.B) {
	s, err := Compile(nil)
	if err != nil {
		b.Fatal(err)
	}
	sub, at := s.Audiences()[0].sub, best()
	for name, ask := range map[string]func() bool{
		"casbin": func() bool {
			v, err := s.first(sub, Referral, pathPlace, "generalised", at)
			return err == nil && v.allowed
		},
		"second": func() bool { return s.twin.second.Allows(sub.question(Referral, pathPlace, "generalised", at)) },
		"both": func() bool {
			v, err := s.ask(sub, Referral, pathPlace, "generalised", at)
			return err == nil && v.allowed
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !ask() {
					b.Fatal("refused")
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
		})
	}
}

// BenchmarkLoad is what a start waits for: reading the rules and comparing the
// evaluators.
func BenchmarkLoad(b *testing.B) {
	for _, rows := range []int{0, 100} {
		b.Run(fmt.Sprint(rows, " own rows"), func(b *testing.B) {
			var own [][]string
			for i := range rows {
				own = append(own, []string{fmt.Sprint("own_", i), fmt.Sprintf("org:https://member%d.example/ap/org", i), "referral", pathPlace, "*", "r.ctx.K < 11", "deny"})
			}
			g, err := (&world{}).open(own)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := g.Load(own); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
