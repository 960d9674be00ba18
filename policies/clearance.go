package policies

import (
	"crypto/sha256"
	"sync/atomic"

	"github.com/saphan-network/saphan/federation/fault"
)

// Clearance permits exactly one body to go to exactly one peer exactly once.
// Only a Gate makes one; the zero value permits nothing. Copies share their use.
type Clearance struct{ grant *grant }

type grant struct {
	sum     [sha256.Size]byte
	receipt Receipt
	used    atomic.Bool
}

// Receipt is what an outbox row keeps of a clearance: enough for Recheck at
// send time. Seal holds what was released (field paths, never values) under the
// gate's own mark.
type Receipt struct {
	Decision, Policy, Peer string
	SHA256                 string // hex, of the exact body
	Seal                   []byte
}

// Valid reports whether the clearance was made by a gate and is still unused.
func (c Clearance) Valid() bool { return c.grant != nil && !c.grant.used.Load() }

// Consume uses the clearance up for the body and peer that it was made for, and
// returns the receipt. Zero, used, and mismatched clearances are refused; a
// mismatch uses the clearance up as well.
func (c Clearance) Consume(body []byte, peer string) (Receipt, error) {
	if c.grant == nil {
		return Receipt{}, fault.New(fault.Denied, "policy.clearance.none")
	}
	if !c.grant.used.CompareAndSwap(false, true) {
		return Receipt{}, fault.New(fault.Denied, "policy.clearance.used")
	}
	if peer == "" || peer != c.grant.receipt.Peer {
		return Receipt{}, fault.New(fault.Denied, "policy.clearance.peer")
	}
	if sha256.Sum256(body) != c.grant.sum {
		return Receipt{}, fault.New(fault.Denied, "policy.clearance.body")
	}
	return c.grant.receipt, nil
}

func newClearance(body []byte, r Receipt) Clearance {
	return Clearance{grant: &grant{sum: sha256.Sum256(body), receipt: r}}
}
