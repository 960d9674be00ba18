package referral

import "time"

// Incoming is the receiver's end of an offer: what arrived, and what this
// member makes of it. It has no place for a person.
type Incoming struct {
	ID        string
	Offer     string // IRI of the Offer
	Reference string // IRI of the referral
	Sender    string // IRI of the member that asks
	SHA256    string // of the offer's bytes as they arrived, hex
	State     State
	Payload   Payload
	RespondBy time.Time
	ArrivedAt time.Time
	Answered  time.Time

	Expected  string
	Reason    string // of the decline, withdrawal or failure
	Suggested string
	Confirmed string // what the client told the sender, at the end

	Engagement Engagement
	TakenBy    string // user id of who accepted

	Changed time.Time
	Version int
}

// Payload is the offer's content in generalised terms. An empty value was not released.
type Payload struct {
	Kind        string            `json:"kind"`
	Urgency     string            `json:"urgency"`
	Purpose     string            `json:"purpose"`
	Needs       []string          `json:"needs"`
	Issues      []string          `json:"issues,omitempty"`
	Phrases     []Phrase          `json:"phrases,omitempty"`
	Subject     map[string]string `json:"subject,omitempty"` // ageBand, sex, sizeBand, … -> code
	FeedbackDue string            `json:"feedbackDue,omitempty"`
	Policy      string            `json:"policy,omitempty"`
	Transforms  []string          `json:"transforms,omitempty"`
	K           int               `json:"k,omitempty"`
	Basis       string            `json:"basis,omitempty"`
	Scope       string            `json:"scope,omitempty"`
	Version     string            `json:"version,omitempty"`
}

// OfferView is an offer as its page needs it.
type OfferView struct {
	Offer   Incoming
	From    Member
	Suggest Member
	Members []Member // whom one may suggest
	Events  []Event
	May     map[string]bool
	Outlook Outlook
}
