package casework

import (
	"context"
	"math/bits"
	"sort"
	"strings"

	"github.com/saphan-network/saphan/node/clinic"
)

// Attrs is how a user stands to a case: what the staff policy looks at, and what
// lists filter by. Every zero value is the most restrictive one.
type Attrs struct {
	Assigned, SameTeam, Open bool
	Openness                 int
	Compartment              bool
	InCompartment            bool
	ConflictCleared          bool
}

// Object is the attributes as the authority wants them.
func (a Attrs) Object(id string) clinic.Object {
	return clinic.Object{Type: "case", ID: id, Assigned: a.Assigned, SameTeam: a.SameTeam, Open: a.Open, Openness: a.Openness,
		Compartment: a.Compartment, InCompartment: a.InCompartment, ConflictCleared: a.ConflictCleared}
}

// Bit is one yes-or-no attribute of a case as seen by a user.
type Bit uint8

// The bits. Two stand for the three steps of openness.
const (
	BitAssigned Bit = 1 << iota
	BitSameTeam
	BitOpen
	BitRestricted // openness is at least 1
	BitNormal     // openness is at least 2
	BitCompartment
	BitInCompartment
	BitConflictCleared
)

const allBits = 256

// Bits is the attributes as a set of bits.
func (a Attrs) Bits() Bit {
	var b Bit
	set := func(on bool, bit Bit) {
		if on {
			b |= bit
		}
	}
	set(a.Assigned, BitAssigned)
	set(a.SameTeam, BitSameTeam)
	set(a.Open, BitOpen)
	set(a.Openness >= OpennessRestricted, BitRestricted)
	set(a.Openness >= OpennessNormal, BitNormal)
	set(a.Compartment, BitCompartment)
	set(a.InCompartment, BitInCompartment)
	set(a.ConflictCleared, BitConflictCleared)
	return b
}

// AttrsOf is the inverse of Attrs.Bits.
func AttrsOf(b Bit) Attrs {
	has := func(bit Bit) bool { return b&bit != 0 }
	a := Attrs{Assigned: has(BitAssigned), SameTeam: has(BitSameTeam), Open: has(BitOpen), Compartment: has(BitCompartment),
		InCompartment: has(BitInCompartment), ConflictCleared: has(BitConflictCleared)}
	switch {
	case has(BitNormal):
		a.Openness = OpennessNormal
	case has(BitRestricted):
		a.Openness = OpennessRestricted
	}
	return a
}

// Term is one way to be let through: the bits in Care have the values in Want.
// The zero Term lets everything through.
type Term struct{ Care, Want Bit }

// Terms lets through what any of its terms does; empty lets nothing through.
type Terms []Term

// Has reports whether the attributes are let through.
func (t Terms) Has(b Bit) bool {
	for _, x := range t {
		if b&x.Care == x.Want {
			return true
		}
	}
	return false
}

// Sight is what a user sees of all cases, derived from the staff policy itself,
// so that lists and single answers cannot drift apart.
type Sight struct {
	Read     Terms // which cases exist for the user
	Identity Terms // of which they may read who it is, and so search by it
}

// sight asks the authority about every combination of attributes and reduces
// the answers to a few terms that a database can filter by. The answer depends
// on the roles only, and the staff policy is fixed while the server runs.
func (s *Service) sight(ctx context.Context, actor clinic.Actor) (Sight, error) {
	if !actor.Active {
		return Sight{}, nil
	}
	roles := append([]string(nil), actor.Roles...)
	sort.Strings(roles)
	key := strings.Join(roles, "\x00")
	s.mu.Lock()
	v, ok := s.sights[key]
	s.mu.Unlock()
	if ok {
		return v, nil
	}
	var read, identity []Bit
	for i := range allBits {
		b := Bit(i)
		obj := AttrsOf(b).Object("")
		if err := s.Authority.May(ctx, actor, "read", obj); err != nil {
			if refusal(err) {
				continue
			}
			return Sight{}, err
		}
		read = append(read, b)
		if err := s.Authority.May(ctx, actor, "read-identity", obj); err == nil {
			identity = append(identity, b)
		} else if !refusal(err) {
			return Sight{}, err
		}
	}
	v = Sight{Read: reduce(read), Identity: reduce(identity)}
	s.mu.Lock()
	s.sights[key] = v
	s.mu.Unlock()
	return v, nil
}

// reduce finds few terms that cover exactly the given combinations (Quine and
// McCluskey's prime terms, then the greedy cover).
func reduce(allowed []Bit) Terms {
	level := map[Term]bool{}
	for _, b := range allowed {
		level[Term{Care: 0xff, Want: b}] = true
	}
	var primes []Term
	for len(level) > 0 {
		next, merged := map[Term]bool{}, map[Term]bool{}
		for t := range level {
			for bit := Bit(1); bit != 0; bit <<= 1 {
				if t.Care&bit == 0 {
					continue
				}
				if o := (Term{t.Care, t.Want ^ bit}); level[o] {
					next[Term{t.Care &^ bit, t.Want &^ bit}] = true
					merged[t], merged[o] = true, true
				}
			}
		}
		for t := range level {
			if !merged[t] {
				primes = append(primes, t)
			}
		}
		level = next
	}
	sort.Slice(primes, func(i, j int) bool {
		a, b := primes[i], primes[j]
		if x, y := bits.OnesCount8(uint8(a.Care)), bits.OnesCount8(uint8(b.Care)); x != y {
			return x < y
		}
		return uint16(a.Care)<<8|uint16(a.Want) < uint16(b.Care)<<8|uint16(b.Want)
	})
	return cover(primes, allowed)
}

func cover(primes []Term, allowed []Bit) Terms {
	left := map[Bit]bool{}
	for _, b := range allowed {
		left[b] = true
	}
	var out Terms
	for len(left) > 0 {
		best, most := Term{}, 0
		for _, t := range primes {
			n := 0
			for b := range left {
				if b&t.Care == t.Want {
					n++
				}
			}
			if n > most {
				best, most = t, n
			}
		}
		out = append(out, best)
		for b := range left {
			if b&best.Care == best.Want {
				delete(left, b)
			}
		}
	}
	return out
}
