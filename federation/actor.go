package federation

// Actor is the public document of a server of the network: an Organization
// (member), a Group (hub), or the Application that signs fetches
// (https://www.w3.org/TR/activitypub/#actor-objects, FEP-2677).
type Actor struct {
	ID            string // IRI
	Type          string // Organization, Group or Application
	Name          string // of the organisation
	Username      string // for WebFinger: acct:Username@host
	Inbox, Outbox string
	SharedInbox   string
	URL           string // page for people
	KeyID         string // IRI of the public key
	PublicKeyPEM  string // PKIX
	Members       string // hub only: IRI of the members list
	RFC9421       bool   // it verifies signatures of RFC 9421 (FEP-844e)
}

// Membership is what the hub's Accept of a Join results in: an object of type
// ["Relationship","Membership"].
type Membership struct {
	ID      string // IRI at the hub
	Member  string // IRI of the organisation
	Network string // IRI of the hub
	Tier    string // provisional, full, affiliate, observer, secretariat
}

// Member is one line of the members list.
type Member struct {
	Actor        string   // IRI of the organisation
	Name         string   // of the organisation
	Inbox        string   // IRI
	KeyID        string   // IRI
	PublicKeyPEM string   // the pinned key
	Tier         string   // vocabulary member_tier
	State        string   // active, suspended
	Services     []string // vocabulary service_type: what the member offers
	Regions      []string // region codes, or province codes, in which it works
	Languages    []string // vocabulary language
	Capacity     string   // vocabulary capacity_status
}

// Members is the network's list of members: the allow-list of every node.
type Members struct {
	ID      string // IRI at the hub
	Network string // IRI of the hub
	Version int64  // rises by one with every change; a lower one is never taken
	Updated string // RFC 3339
	Items   []Member
}
