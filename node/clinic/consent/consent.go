// Package consent holds what a person agreed to: for which purpose, towards
// whom, in which words, how it was given, and whether it still holds. Resolve
// turns the records of a case into the one number that the egress policies ask.
package consent

import "time"

// The two recipients that are not a member: everybody in the network, and
// nobody outside the organisation.
const (
	Network = "network"
	Inside  = "inside"
)

// Scope is what the consent covers.
type Scope string

// ScopeAnonymousOffer is the first stage of a referral: coded and generalised
// facts, no identity.
const ScopeAnonymousOffer Scope = "anonymous_offer"

// ScopeHandover is the second stage: the fields that the record names, sealed to the
// one member that it names. Each stage has a consent of its own; none says anything of
// the other.
const ScopeHandover Scope = "sealed_handover"

// Explicit is the legal basis that is a consent in the person's own words; every
// other basis is a reason for which no consent was asked.
const Explicit = "explicit_consent"

// The media in which consent is given (vocabulary "consent_medium").
const (
	Paper      = "paper"
	Voice      = "voice"
	Thumbprint = "thumbprint"
	EForm      = "e_form"
)

// Levels of a resolved consent, as the egress policies compare them. Every
// doubt is LevelNone.
const (
	LevelNone    = 0 // none, unknown, refused, expired or withdrawn
	LevelInside  = 1 // inside this organisation only
	LevelNetwork = 2 // de-identified, to the named recipient
	LevelSpecial = 3 // the same, special categories (s. 26 of the PDPA) included
)

// Record is one consent (or one legal basis instead of a consent).
type Record struct {
	ID, CaseID   string
	Subjects     []string // ids of the persons whose data it covers; empty: all of the case
	Purpose      string   // vocabulary "purpose"
	Recipient    string   // a member's actor IRI, Network or Inside
	Scope        Scope
	Fields       []string // field paths that it is limited to; empty: all of the scope
	Special      bool     // special categories were explained and agreed to
	Basis        string   // Explicit, or another code of vocabulary "legal_basis"
	TextVersion  string   // of the text that was read out or signed, e.g. "th-3"
	Language     string   // in which it was explained
	Medium       string
	Interpreter  string // who interpreted, class A
	Witness      string // who was there, class A
	Minor        bool   // a subject is under age: a guardian is needed
	Guardian     string // who agreed for a minor, class A
	Assent       bool   // the minor agreed too
	GivenOn      string // ISO date
	ValidUntil   string // ISO date, the last day on which it holds; empty: until withdrawn
	RecordedBy   string
	RecordedAt   time.Time
	WithdrawnAt  time.Time
	WithdrawnHow string // code
	Version      int64
}

// Query asks whether a purpose towards a recipient is covered now.
type Query struct {
	Purpose, Recipient string
	Subjects           []string // persons whose data would be used; empty: all of the case
	Minor              bool     // one of them is, or may be, under age
	Today              string   // ISO date in the organisation's time zone
	Scope              Scope    // empty: ScopeAnonymousOffer
}

// Ground is the answer: how far it reaches and what it rests on. For LevelNone,
// Why is a message key that says what is missing.
type Ground struct {
	Level                            int
	Basis, Version, Scope, ConsentID string
	ValidUntil                       string
	Fields                           []string // of a hand-over: what it covers, vocabulary disclosure_field
	Guardian                         string   // of a hand-over: who agreed for a minor, class A
	Why                              string
}

// The reasons for LevelNone, message keys.
const (
	WhyUnknown   = "consent.why.unknown"
	WhyExpired   = "consent.why.expired"
	WhyWithdrawn = "consent.why.withdrawn"
	WhyRecipient = "consent.why.recipient"
	WhyPurpose   = "consent.why.purpose"
	WhyGuardian  = "consent.why.guardian"
	WhySubject   = "consent.why.subject"
	WhyText      = "consent.why.text"
	WhyNotYet    = "consent.why.not_yet"
)
