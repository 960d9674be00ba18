package federation

import (
	"strconv"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

// SchemaReferral is the one schema of stage-1 referrals. A new property needs a
// new schema: a receiver refuses what it has no place for.
const SchemaReferral = "referral-stage1/1"

// ReasonIllegal and ReasonExpired are reason codes of the protocol itself.
const (
	ReasonIllegal = "illegal_transition" // Reject: the move does not fit the state
	ReasonExpired = "expired"            // Undo: the time to answer has passed (also a code of withdraw_reason)
)

// MaxSequence is the largest position that every JSON reader keeps exactly.
const MaxSequence = 1<<53 - 1

// Validate reports the first reason why a may not be sent, or may not have an
// effect when received, as a fault of kind Invalid whose arguments name the
// field ("field") and what is wrong with it ("why"). It looks at the value
// alone: who may send what to whom at this time is for others to judge.
func Validate(a Activity) error {
	s, known := shapes[a.Type]
	if !known {
		return invalid("type", "unknown")
	}
	if err := envelope(a); err != nil {
		return err
	}
	if err := s.parts(a); err != nil {
		return err
	}
	return s.rules(a)
}

// need says whether a part of an activity must be there.
type need int

const (
	never need = iota
	always
	maybe
)

// shape says for one type which parts there are, and what ties them together.
type shape struct {
	object, reason, suggested, expected, digest need
	payload                                     []payload // one of these; none: no payload at all
	bare                                        bool      // or nothing of it
	rules                                       func(Activity) error
}

// payload is what an activity carries beside codes.
type payload string

const (
	ofReferral   payload = "referral"
	ofEngagement payload = "engagement"
	ofMembership payload = "membership"
	ofMembers    payload = "members"
	ofConfirmed  payload = "confirmed"
	ofKey        payload = "key"
	ofRequest    payload = "request"
	ofPackage    payload = "package"
	ofPurge      payload = "purge"

	ofApplication payload = "application"
)

// shapes is the table: what each type of activity must, may and must not carry.
var shapes = map[Type]shape{
	Offer:           {payload: []payload{ofReferral, ofRequest}, rules: offerRules},
	Read:            {object: always, digest: always, rules: readRules},
	TentativeAccept: {object: always, expected: maybe, rules: tentativeRules},
	Accept:          {object: always, payload: []payload{ofEngagement, ofMembership, ofConfirmed}, rules: acceptRules},
	Reject:          {object: always, reason: always, suggested: maybe, rules: rejectRules},
	Update:          {payload: []payload{ofEngagement, ofMembers, ofKey}, rules: updateRules},
	Undo:            {object: always, reason: always, rules: undoRules},
	Join:            {object: always, payload: []payload{ofApplication}, bare: true, rules: joinRules},
	Leave:           {object: always, rules: objectIsReceiver},
	Invite:          {object: always, rules: objectIsSender},
	Add:             {payload: []payload{ofPackage}, rules: packageRules},
	View:            {object: always, digest: always, rules: readRules},
	Delete:          {object: always, payload: []payload{ofPurge}, rules: purgeRules},
}

func (s shape) parts(a Activity) error {
	for _, p := range []struct {
		field string
		need  need
		value string
	}{
		{"object", s.object, a.Object},
		{"digest", s.digest, a.Digest},
		{"reason", s.reason, a.Reason},
		{"suggested", s.suggested, a.Suggested},
		{"expected", s.expected, a.Expected},
	} {
		if p.need == always && p.value == "" {
			return invalid(p.field, "missing")
		}
		if p.need == never && p.value != "" {
			return invalid(p.field, "unexpected")
		}
	}
	return s.payloads(a)
}

func (s shape) payloads(a Activity) error {
	there := map[payload]bool{
		ofReferral:   a.Referral != nil,
		ofEngagement: a.Engagement != nil,
		ofMembership: a.Membership != nil,
		ofMembers:    a.Members != nil,
		ofConfirmed:  a.Confirmed != "",
		ofKey:        a.Key != nil,
		ofRequest:    a.Request != nil,
		ofPackage:    a.Package != nil,
		ofPurge:      a.Purge != nil,

		ofApplication: a.Application != nil,
	}
	n := 0
	for _, p := range s.payload {
		if there[p] {
			n++
		}
		delete(there, p)
	}
	for p, is := range there {
		if is {
			return invalid(string(p), "unexpected")
		}
	}
	if len(s.payload) > 0 && n != 1 && !(s.bare && n == 0) {
		return invalid(string(s.payload[0]), "exactly_one")
	}
	return nil
}

func envelope(a Activity) error {
	for _, p := range []struct{ field, iri string }{{"id", a.ID}, {"actor", a.Actor}, {"to", a.To}} {
		if err := CheckIRI(p.iri); err != nil {
			return invalid(p.field, "iri")
		}
	}
	if !SameOrigin(a.ID, a.Actor) {
		return invalid("id", "origin")
	}
	if a.Actor == a.To {
		return invalid("to", "self")
	}
	if a.Published.IsZero() || a.Published.Location() != time.UTC || !a.Published.Equal(a.Published.Truncate(time.Hour)) {
		return invalid("published", "hour")
	}
	if a.Sequence < 1 || a.Sequence > MaxSequence {
		return invalid("sequence", "range")
	}
	return nil
}

func offerRules(a Activity) error {
	if a.Request != nil {
		return requestRules(a)
	}
	r := a.Referral
	if CheckIRI(r.ID) != nil {
		return invalid("referral.id", "iri")
	}
	if !SameOrigin(r.ID, a.Actor) {
		return invalid("referral.id", "origin")
	}
	return r.check()
}

func readRules(a Activity) error {
	if err := hosted("object", a.Object, a.To); err != nil {
		return err
	}
	if !isDigest(a.Digest) {
		return invalid("digest", "form")
	}
	return nil
}

func tentativeRules(a Activity) error {
	if err := hosted("object", a.Object, a.To); err != nil {
		return err
	}
	if a.Expected != "" && !isMonth(a.Expected) {
		return invalid("expected", "month")
	}
	return nil
}

func acceptRules(a Activity) error {
	if err := hosted("object", a.Object, a.To); err != nil {
		return err
	}
	switch {
	case a.Engagement != nil:
		return engagementRules(a)
	case a.Membership != nil:
		return membershipRules(a)
	}
	switch a.Confirmed {
	case "yes", "no", "unreachable":
		return nil
	}
	return invalid("confirmed", "code")
}

func rejectRules(a Activity) error {
	if err := hosted("object", a.Object, a.To); err != nil {
		return err
	}
	if a.Suggested != "" {
		if CheckIRI(a.Suggested) != nil {
			return invalid("suggested", "iri")
		}
		if a.Suggested == a.Actor || a.Suggested == a.To {
			return invalid("suggested", "self")
		}
	}
	if a.Reason == ReasonIllegal {
		return nil
	}
	return code("reason", a.Reason, "referral_decline_reason", "membership_decline_reason", "handover_refusal", "package_refusal")
}

func updateRules(a Activity) error {
	if a.Engagement != nil {
		return engagementRules(a)
	}
	if a.Key != nil {
		return keyRules(a)
	}
	if a.Members.Network != a.Actor {
		return invalid("members.network", "actor")
	}
	return a.Members.check()
}

// keyRules: an organisation speaks of its own key only, under the name that the key
// itself gives, and does not say when it ends.
func keyRules(a Activity) error {
	if a.Key.End != "" {
		return invalid("key.expires", "unexpected")
	}
	// A first key, whose name is of no meaning, is told again with the Ed25519 key beside it.
	again := a.Key.ID == a.Actor+"#main-key" && a.Key.Assertion.ID != ""
	if name := KeyName(a.Key.PEM); name == "" || a.Key.ID != a.Actor+"#"+name && !again {
		return invalid("key.id", "name")
	}
	return a.Key.check("key", a.Actor)
}

func undoRules(a Activity) error {
	if err := hosted("object", a.Object, a.Actor); err != nil {
		return err
	}
	return code("reason", a.Reason, "withdraw_reason")
}

func objectIsReceiver(a Activity) error {
	if a.Object != a.To {
		return invalid("object", "receiver")
	}
	return nil
}

func objectIsSender(a Activity) error {
	if a.Object != a.Actor {
		return invalid("object", "sender")
	}
	return nil
}

func engagementRules(a Activity) error {
	e := a.Engagement
	if err := hosted("engagement.id", e.ID, a.Actor); err != nil {
		return err
	}
	if err := hosted("engagement.referral", e.Referral, a.To); err != nil {
		return err
	}
	if a.Type == Accept && (e.State != "accepted" || e.Revision != 1) {
		return invalid("engagement.state", "not_accepted")
	}
	return e.check()
}

func membershipRules(a Activity) error {
	m := a.Membership
	if err := hosted("membership.id", m.ID, a.Actor); err != nil {
		return err
	}
	if m.Member != a.To {
		return invalid("membership.member", "receiver")
	}
	if m.Network != a.Actor {
		return invalid("membership.network", "sender")
	}
	return code("membership.tier", m.Tier, "member_tier")
}

// hosted checks that an identifier is well-formed and lives where its owner does.
func hosted(field, iri, owner string) error {
	if CheckIRI(iri) != nil {
		return invalid(field, "iri")
	}
	if !SameOrigin(iri, owner) {
		return invalid(field, "origin")
	}
	return nil
}

func invalid(field, why string) error {
	return fault.New(fault.Invalid, "error.federation.invalid").With("field", field).With("why", why)
}

func index(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }

// Known reports whether activities of a type have an effect in this network.
func Known(t Type) bool {
	_, ok := shapes[t]
	return ok
}
