package federation

import "time"

// Type is the ActivityStreams type of an activity that members exchange
// (https://www.w3.org/TR/activitystreams-vocabulary/#activity-types).
type Type string

// The closed list of activity types with an effect here. Any other type is
// answered with 202, kept, and ignored.
const (
	Offer           Type = "Offer"           // sender -> receiver: a referral, stage 1
	Read            Type = "Read"            // receiver's server -> sender: the offer has arrived, with its digest
	TentativeAccept Type = "TentativeAccept" // receiver -> sender: under consideration, or waiting list
	Accept          Type = "Accept"          // receiver accepts an Offer; sender accepts an Engagement's outcome; hub accepts a Join
	Reject          Type = "Reject"          // receiver declines an Offer (reason, perhaps another member suggested); hub rejects a Join; either: illegal_transition
	Update          Type = "Update"          // receiver: its Engagement has moved; hub: the members list has changed; node -> hub: a new key
	Undo            Type = "Undo"            // sender withdraws its Offer
	Join            Type = "Join"            // node -> hub: asks for membership
	Leave           Type = "Leave"           // node -> hub: ends it
	Invite          Type = "Invite"          // hub -> node: please join
)

// Activity is one message between two servers. Exactly one recipient: this
// network has no followers collections and no public address for cases.
// Which of the optional parts must or must not be there for each Type is the
// table in Validate.
type Activity struct {
	ID        string    // IRI on the sender's host, random
	Type      Type      //
	Actor     string    // IRI of the sending organisation
	To        string    // IRI of the one receiving organisation
	Published time.Time // rounded down to the hour, UTC: a finer time would tell when a family came
	Sequence  int64     // position among all that Actor has sent to To, from 1; receivers see gaps by it

	Object string // IRI that the activity is about, where the object is not embedded

	Referral   *Referral   // Offer
	Engagement *Engagement // Accept of an Offer (as result), Update
	Membership *Membership // Accept of a Join (as result)
	Members    *Members    // Update by the hub
	Key        *PublicKey  // Update by a member: the key with which it is going to sign

	Application *Application // Join, of who was not invited (as instrument)

	Request *DisclosureRequest // Offer, of stage 2: who is it?
	Package *SealedPackage     // Add
	Purge   *PurgeReceipt      // Delete (as result)

	Digest    string // Read: "SHA-256=" + base64 of the offer's bytes as they arrived; of a package, and in View: of its ciphertext
	Reason    string // Reject, Undo: a code of the vocabulary referral_decline_reason, withdraw_reason or illegal_transition
	Suggested string // Reject: IRI of another member that may help better
	Confirmed string // Accept of an Engagement: yes, no or unreachable (what the client said)
	Expected  string // TentativeAccept: month (2006-01) in which an answer or a place is expected, or ""
}

// Referral is the stage-1 payload: codes and generalised values only, built new
// from what the gate released, never by deleting from a case. On the wire it is
// an object of type ["Article","Referral"].
type Referral struct {
	ID          string    // IRI with a random reference, new for each recipient
	Schema      string    // "referral-stage1/1"
	Revision    int       // from 1
	Kind        string    // vocabulary referral_kind: service, transfer, consult, joint
	Urgency     string    // vocabulary urgency: emergency, urgent, normal
	RespondBy   time.Time // to the hour
	Purpose     string    // vocabulary purpose
	Needs       []string  // vocabulary service_type
	Issues      []string  // vocabulary issue
	Subject     Subject
	Phrases     []Phrase
	FeedbackDue string // date 2006-01-02 by which the sender asks for an outcome code
	Disclosure  Disclosure
	Consent     Consent
}

// Subject is the person, family, group or community in generalised terms. An
// empty string means: not released.
type Subject struct {
	Kind            string // person, family, group, community
	AgeBand         string // vocabulary age_band, or coarse: child, adult, older
	Sex             string // vocabulary sex, or ""
	SizeBand        string // 1, 2-3, 4-6, 7+, or "" / "family" when coarse
	Minors          string // 0, 1, 2+
	StatusFamily    string // vocabulary status_family, or coarser status_top
	AreaLevel       string // province, region, or ""
	AreaCode        string // DOPA province code or region code
	Interpreter     string // yes, no, or ""
	GuardianPresent string // yes, no, or ""
}

// Phrase is one controlled sentence that stands in for free text: a code of the
// vocabulary phrase, its slots filled with codes only.
type Phrase struct {
	Code  string
	Slots map[string]string
}

// Disclosure says under what rules a referral left: for the receiver's
// information and for the client's receipt.
type Disclosure struct {
	Policy     string   // "sha256:" + hex of the policy snapshot
	Transforms []string // names with versions, e.g. "age_band/1"
	K          int      // smallest number of people of the sender's caseload who share the released combination
}

// Consent says on what ground the sender shares.
type Consent struct {
	Basis   string // vocabulary legal_basis
	Scope   string // anonymous_offer
	Version string // version of the consent text, e.g. "th-3"
}

// Engagement is the receiver's side of an accepted referral: an object of type
// ["Article","Engagement"] that lives at the receiver and that only the receiver updates.
type Engagement struct {
	ID         string   // IRI at the receiver, random
	Referral   string   // IRI of the Referral
	Revision   int      // from 1; lower ones are dropped
	State      string   // accepted, in_service, on_hold, completed, failed, client_disengaged
	Step       string   // vocabulary service_step, or ""
	Outcomes   []string // vocabulary outcome_right, with completed
	Reason     string   // code, with failed, client_disengaged or on_hold
	NextUpdate string   // date 2006-01-02, or ""
	Month      string   // 2006-01, month of the last service, with completed
}
