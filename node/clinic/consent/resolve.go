package consent

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
)

// WithdrawWays lists the codes of how a consent may be withdrawn.
func WithdrawWays() []string {
	return []string{"in_person", "by_phone", "in_writing", "guardian", "other"}
}

// outward lists the legal bases on which an anonymous offer may go out without
// a consent, where they truly apply (PDPA s. 26 (1) and (4)). All other bases
// stop at the organisation's door.
var outward = [...]string{"vital_interest", "legal_claims"}

// Resolve answers a query from the records of one case. The best record that
// covers purpose, recipient, day and persons decides; where none does, Why says
// what was closest. A withdrawal is final for the record that it ends, and for
// every older record of the same purpose and recipient.
func Resolve(records []Record, q Query) Ground {
	best := Ground{Why: WhyUnknown}
	rank := 0
	for _, r := range records {
		g := one(r, q)
		if g.Level > LevelNone && revoked(records, r) {
			g = Ground{Why: WhyWithdrawn, ConsentID: r.ID}
		}
		if g.Level > best.Level {
			best = g
			continue
		}
		if best.Level == LevelNone && closeness(g.Why) > rank {
			rank, best = closeness(g.Why), g
		}
	}
	return best
}

// one resolves a single record.
func one(r Record, q Query) Ground {
	no := func(why string) Ground { return Ground{Why: why, ConsentID: r.ID} }
	switch {
	case q.Purpose == "" || q.Recipient == "" || q.Today == "":
		return no(WhyUnknown)
	case (r.Scope == ScopeHandover) != (q.Scope == ScopeHandover):
		return no(WhyUnknown) // of the other stage: it says nothing here
	case r.Purpose != q.Purpose:
		return no(WhyPurpose)
	case q.Scope == ScopeHandover && (r.Recipient != q.Recipient || r.Basis != Explicit || len(r.Fields) == 0):
		return no(WhyRecipient)
	case r.Recipient != q.Recipient && r.Recipient != Network && r.Recipient != Inside:
		return no(WhyRecipient)
	case !r.WithdrawnAt.IsZero():
		return no(WhyWithdrawn)
	case r.GivenOn == "" || r.GivenOn > q.Today:
		return no(WhyNotYet)
	case r.ValidUntil != "" && r.ValidUntil < q.Today:
		return no(WhyExpired)
	case !covers(r.Subjects, q.Subjects):
		return no(WhySubject)
	case r.Basis == "" || r.Basis == Explicit && (r.TextVersion == "" || r.Medium == ""):
		return no(WhyText)
	case r.Basis == Explicit && (q.Minor || r.Minor) && r.Guardian == "":
		return no(WhyGuardian)
	}
	g := Ground{Level: LevelInside, Basis: r.Basis, Version: r.TextVersion, Scope: string(r.Scope), ConsentID: r.ID, ValidUntil: r.ValidUntil}
	if q.Scope == ScopeHandover {
		g.Level, g.Fields, g.Guardian = LevelNetwork, r.Fields, r.Guardian
		return g
	}
	if r.Recipient == Inside || r.Scope != ScopeAnonymousOffer {
		return g
	}
	switch {
	case r.Basis == Explicit && r.Special:
		g.Level = LevelSpecial
	case r.Basis == Explicit, slices.Contains(outward[:], r.Basis):
		g.Level = LevelNetwork
	}
	return g
}

// covers reports whether a consent given for some persons reaches all that are asked about.
func covers(given, asked []string) bool {
	if len(given) == 0 {
		return true
	}
	if len(asked) == 0 {
		return false
	}
	for _, id := range asked {
		if !slices.Contains(given, id) {
			return false
		}
	}
	return true
}

// revoked reports whether a later record for the same purpose and recipient was
// withdrawn at or after the time this one was written down.
func revoked(records []Record, r Record) bool {
	for _, o := range records {
		if o.ID != r.ID && o.Purpose == r.Purpose && o.Recipient == r.Recipient && o.Scope == r.Scope &&
			!o.WithdrawnAt.IsZero() && !o.WithdrawnAt.Before(r.RecordedAt) {
			return true
		}
	}
	return false
}

func closeness(why string) int {
	order := [...]string{WhyUnknown, WhyPurpose, WhyRecipient, WhyNotYet, WhyText, WhySubject, WhyGuardian, WhyExpired, WhyWithdrawn}
	return slices.Index(order[:], why)
}

// version is the form of a text's name, such as th-3: it goes out with an offer,
// and what could be a person's name or number does not pass there.
var version = regexp.MustCompile(`^[a-zA-Z0-9]{1,8}-[0-9]{1,4}$`)

// Problems lists what is missing or wrong in a record, by form field.
func (r Record) Problems(today string) []fault.Field {
	var bad []fault.Field
	add := func(name, key string) { bad = append(bad, fault.Field{Name: name, Key: key}) }
	if r.Recipient != Network && r.Recipient != Inside && !strings.HasPrefix(r.Recipient, "https://") && !strings.HasPrefix(r.Recipient, "http://") {
		add("recipient", "consent.error.recipient")
	}
	switch r.Scope {
	case ScopeAnonymousOffer:
	case ScopeHandover:
		if r.Recipient == Network || r.Recipient == Inside {
			add("recipient", "consent.error.recipient")
		}
		if r.Basis != Explicit { // who somebody is, only the person says
			add("basis", "consent.error.basis")
		}
		if len(r.Fields) == 0 {
			add("fields", "consent.error.fields")
		}
	default:
		add("scope", "consent.error.scope")
	}
	if !isDate(r.GivenOn) || r.GivenOn > today {
		add("given_on", "consent.error.given_on")
	}
	if r.ValidUntil != "" && (!isDate(r.ValidUntil) || r.ValidUntil < today) {
		add("valid_until", "consent.error.valid_until")
	}
	if r.Basis == Explicit {
		if !version.MatchString(r.TextVersion) {
			add("text_version", "consent.error.text_version")
		}
		if r.Language == "" {
			add("language", "consent.error.language")
		}
		if r.Minor && strings.TrimSpace(r.Guardian) == "" {
			add("guardian", "consent.error.guardian")
		}
	}
	for name, v := range map[string]string{"interpreter": r.Interpreter, "witness": r.Witness, "guardian": r.Guardian,
		"text_version": r.TextVersion, "recipient": r.Recipient} {
		if len(v) > maxText {
			add(name, "cases.error.too_long")
		}
	}
	return bad
}

const maxText = 400

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
