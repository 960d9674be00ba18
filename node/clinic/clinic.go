// Package clinic holds what all parts of a member's domain share: who acts, what
// they may do, and the ports through which a service reaches the world. The
// packages below it (casework, consent, referral, register) are plain Go; none
// of them knows a database, a web page or the wire.
package clinic

import (
	"context"
	"time"
)

// Actor is the person at the screen, or the server itself (System).
type Actor struct {
	UserID string
	Roles  []string // keys of policies/staff, e.g. "caseworker"
	Active bool
}

// System is the actor of timers and of incoming activities.
var System = Actor{UserID: "system", Roles: []string{"system"}, Active: true}

// Has reports whether the actor has a role.
func (a Actor) Has(role string) bool {
	for _, r := range a.Roles {
		if r == role {
			return true
		}
	}
	return false
}

// Object is what an actor wants to act upon, with the attributes that the staff
// policy looks at. Every zero value is the most restrictive one.
type Object struct {
	Type             string // case, referral, offer, handover, register, user, ledger, network, policy
	ID               string
	Assigned         bool // the actor is assigned to it
	SameTeam         bool
	Open             bool // not closed
	Openness         int  // 0 compartment or unknown, 1 restricted, 2 normal
	Compartment      bool // in a compartment
	InCompartment    bool // the actor is on the compartment's list
	ConflictCleared  bool // no conflict of interest known and the check was done
	DraftedByAnother bool // four eyes: somebody else made the draft
}

// Authority answers whether an actor may do something. The answer is nil, a
// fault.NotFound (the actor may not even know), or a fault.Forbidden.
type Authority interface {
	May(ctx context.Context, actor Actor, act string, obj Object) error
}

// Transactor runs f in one database transaction, carried in the context that f
// gets; calls nest into the outer transaction. An error rolls everything back.
type Transactor interface {
	Within(ctx context.Context, f func(ctx context.Context) error) error
}

// Recorder appends to the audit trail, in the running transaction if there is
// one. Detail carries codes and opaque ids only, never a personal value.
type Recorder interface {
	Record(ctx context.Context, actor Actor, act string, obj Object, outcome string, detail map[string]string) error
}

// Clock tells the time.
type Clock func() time.Time

// Vault seals class A and B values for storage. The scope (a case id) names the
// key, so that deleting the scope's key erases all that was sealed with it.
type Vault interface {
	Seal(ctx context.Context, scope string, plain []byte) ([]byte, error)
	Open(ctx context.Context, scope string, sealed []byte) ([]byte, error)
	Forget(ctx context.Context, scope string) error
	// Blind returns a keyed 64-bit token of a search term, the same on every call
	// of this node and of no use elsewhere.
	Blind(term string) int64
}
