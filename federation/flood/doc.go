// Package flood keeps a server answering while somebody sends more than it can
// take. A Guard is asked three times on the way of a request:
//
//	Enter   before the body is read: how many strangers are inside at once, all
//	        together and of one address, and how often the address was wrong lately;
//	        Body counts the bytes that they make us hold
//	Turn    before the signature is verified: so many verifications at once
//	Known   after that: what one peer may have under way, and may send in a while
//
// Each may answer with a fault of the kind TooMany, which says after how many
// seconds to come again. A peer of this network then keeps its order and waits.
//
// Who has just signed well comes from a proven place and neither waits in the
// strangers' line nor counts among them, until something from there is wrong.
// Nothing is decided by whether a key id is known here: how a stranger is slowed
// down does not tell who is a member.
//
// Memory is bounded by what is built in: strangers share a table of fixed size, and
// only who has signed well gets an entry anywhere.
package flood

import "time"

// What one Guard lets through. A clinic sends some hundred activities a day; what
// has waited for a year may come at once.
const (
	PeerBurst   = 10_000  // requests that a peer may make at once, after a time of quiet
	PeerRate    = 100     // a second, on and on
	PeerAtOnce  = 128     // requests of one peer under way
	WrongBurst  = 300     // wrong requests from one address
	WrongRate   = 5       // a second, on and on
	Inside      = 4096    // requests of strangers whose body is being read or that wait their turn
	InsideOne   = 16      // of these from one address
	HeldBytes   = 8 << 20 // of bodies of strangers, all together
	HeldProven  = 4 * HeldBytes
	Verifying   = 4       // signatures of strangers verified at once
	LogBurst    = 50      // lines of the log about strangers
	LogRate     = 1       // a second, on and on
	places      = 4096    // proven places that are remembered
	addresses   = 1 << 12 // cells for all addresses
	peersSwept  = 2048    // peers that are remembered before those at rest are forgotten
	waitFull    = 2 * time.Second
	waitAddress = 30 * time.Second
)
