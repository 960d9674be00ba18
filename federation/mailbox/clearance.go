package mailbox

// Clearance is what lets bytes leave.
type Clearance interface {
	Consume(body []byte, peer string) (Receipt, error)
}

// Receipt is what an outbox row keeps of a clearance.
type Receipt struct {
	Decision, Policy, Peer, SHA256 string
	Seal                           []byte
}
