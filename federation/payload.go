package federation

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
)

// MaxCodes is the number of codes that one list of a referral may hold.
const MaxCodes = 40

// MaxSlots is the number of slots that one controlled sentence may have.
const MaxSlots = 8

// MaxName is the length in bytes of an organisation's name.
const MaxName = 300

func (r *Referral) check() error {
	if r.Schema != SchemaReferral {
		return invalid("referral.schema", "unknown")
	}
	if r.Revision < 1 || r.Revision > 1_000_000 {
		return invalid("referral.revision", "range")
	}
	if r.RespondBy.IsZero() || !r.RespondBy.Equal(r.RespondBy.Truncate(time.Hour)) {
		return invalid("referral.respondBy", "hour")
	}
	if !isDate(r.FeedbackDue) && r.FeedbackDue != "" {
		return invalid("referral.feedbackDue", "date")
	}
	if len(r.Needs) == 0 {
		return invalid("referral.needs", "missing")
	}
	return first(
		code("referral.kind", r.Kind, "referral_kind"),
		code("referral.urgency", r.Urgency, "urgency"),
		code("referral.purpose", r.Purpose, "purpose"),
		codes("referral.needs", r.Needs, "service_type"),
		codes("referral.issues", r.Issues, "issue"),
		r.Subject.check(),
		phrases(r.Phrases),
		r.Disclosure.check(),
		r.Consent.check(),
	)
}

func (s Subject) check() error {
	if (s.AreaLevel == "") != (s.AreaCode == "") {
		return invalid("referral.subject.areaCode", "level")
	}
	area := ""
	switch s.AreaLevel {
	case "":
	case "province", "region":
		area = s.AreaLevel
	default:
		return invalid("referral.subject.areaLevel", "code")
	}
	return first(
		optional("referral.subject.kind", s.Kind, "subject_kind"),
		optional("referral.subject.ageBand", s.AgeBand, "age_band"),
		optional("referral.subject.sex", s.Sex, "sex"),
		optional("referral.subject.sizeBand", s.SizeBand, "size_band"),
		optional("referral.subject.minors", s.Minors, "minors_band"),
		optional("referral.subject.statusFamily", s.StatusFamily, "status_family", "status_top"),
		optional("referral.subject.areaCode", s.AreaCode, area),
		oneOf("referral.subject.interpreter", s.Interpreter, "", "yes", "no"),
		oneOf("referral.subject.guardianPresent", s.GuardianPresent, "", "yes", "no"),
	)
}

func phrases(list []Phrase) error {
	if len(list) > MaxCodes {
		return invalid("referral.phrases", "too_many")
	}
	for i, p := range list {
		field := index("referral.phrases", i)
		if err := code(field+".code", p.Code, "phrase"); err != nil {
			return err
		}
		if len(p.Slots) > MaxSlots {
			return invalid(field+".slots", "too_many")
		}
		for name, value := range p.Slots {
			if err := slot(field+".slots", name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d Disclosure) check() error {
	digits, ok := strings.CutPrefix(d.Policy, "sha256:")
	if sum, err := hex.DecodeString(digits); !ok || err != nil || len(sum) != 32 || digits != strings.ToLower(digits) {
		return invalid("referral.disclosure.policy", "form")
	}
	if len(d.Transforms) > MaxCodes {
		return invalid("referral.disclosure.transforms", "too_many")
	}
	for i, t := range d.Transforms {
		if !isVersioned(t) {
			return invalid(index("referral.disclosure.transforms", i), "form")
		}
	}
	if d.K < 1 || d.K > 1_000_000 {
		return invalid("referral.disclosure.k", "range")
	}
	return nil
}

func (c Consent) check() error {
	if !isCode(c.Version) {
		return invalid("referral.consent.version", "form")
	}
	return first(
		code("referral.consent.basis", c.Basis, "legal_basis"),
		oneOf("referral.consent.scope", c.Scope, "anonymous_offer"),
	)
}

func (e *Engagement) check() error {
	if e.Revision < 1 || e.Revision > 1_000_000 {
		return invalid("engagement.revision", "range")
	}
	if e.NextUpdate != "" && !isDate(e.NextUpdate) {
		return invalid("engagement.nextUpdate", "date")
	}
	if e.Month != "" && !isMonth(e.Month) {
		return invalid("engagement.month", "month")
	}
	if len(e.Outcomes) > 0 && e.State != "completed" {
		return invalid("engagement.outcomes", "unexpected")
	}
	if e.Month != "" && e.State != "completed" {
		return invalid("engagement.month", "unexpected")
	}
	switch e.State {
	case "failed":
		if e.Reason == "" {
			return invalid("engagement.reason", "missing")
		}
	case "client_disengaged", "on_hold":
	case "accepted", "in_service", "completed":
		if e.Reason != "" {
			return invalid("engagement.reason", "unexpected")
		}
	default:
		return invalid("engagement.state", "code")
	}
	return first(
		optional("engagement.step", e.Step, "service_step"),
		codes("engagement.outcomes", e.Outcomes, "outcome_right"),
		optional("engagement.reason", e.Reason, "fail_reason"),
	)
}

func (m *Members) check() error {
	if err := hosted("members.id", m.ID, m.Network); err != nil {
		return err
	}
	if m.Version < 1 || m.Version > MaxSequence {
		return invalid("members.version", "range")
	}
	if !isInstant(m.Updated) {
		return invalid("members.updated", "time")
	}
	if len(m.Items) > MaxMembers {
		return invalid("members.items", "too_many")
	}
	if err := m.keys(); err != nil {
		return err
	}
	seen := make(map[string]bool, 2*len(m.Items))
	for i, one := range m.Items {
		if err := one.check(index("members.items", i)); err != nil {
			return err
		}
		for _, id := range []string{one.Actor, one.KeyID, one.OldKey.ID, one.Assertion.ID, one.OldKey.Assertion.ID} {
			if id != "" && seen[id] {
				return invalid(index("members.items", i), "twice")
			}
			seen[id] = true
		}
	}
	return nil
}

// CheckMembers reports the first reason why a members list may not be taken.
func CheckMembers(m Members) error { return m.check() }

func (m Member) check(field string) error {
	for _, p := range []struct{ name, iri string }{{".inbox", m.Inbox}, {".publicKey", m.KeyID}} {
		if err := hosted(field+p.name, p.iri, m.Actor); err != nil {
			return err
		}
	}
	if !isName(m.Name) {
		return invalid(field+".name", "length")
	}
	if !isKey(m.PublicKeyPEM) {
		return invalid(field+".publicKey", "form")
	}
	if m.OldKey != (PublicKey{}) {
		if !isInstant(m.OldKey.End) {
			return invalid(field+".publicKey.expires", "time")
		}
		if err := m.OldKey.check(field+".publicKey", m.Actor); err != nil {
			return err
		}
	}
	if err := m.Assertion.check(field+".assertionMethod", m.Actor); err != nil {
		return err
	}
	return first(
		oneOf(field+".state", m.State, "active", "suspended"),
		shaped(field+".tier", []string{m.Tier}),
		shaped(field+".services", m.Services),
		shaped(field+".regions", m.Regions),
		shaped(field+".languages", m.Languages),
		shaped(field+".capacity", filled(m.Capacity)),
	)
}

// check refuses a key that is not its owner's: the name of a key is the owner's
// with a fragment.
func (k PublicKey) check(field, owner string) error {
	if CheckIRI(k.ID) != nil || !strings.HasPrefix(k.ID, owner+"#") {
		return invalid(field+".id", "owner")
	}
	if !isKey(k.PEM) {
		return invalid(field, "form")
	}
	return k.Assertion.check(field+".assertionMethod", owner)
}

// check refuses an Ed25519 key that is not its owner's, and any name but that which
// the key itself gives. There may be none.
func (k Multikey) check(field, owner string) error {
	if k == (Multikey{}) {
		return nil
	}
	if k.ID != owner+"#"+AssertionName(k.Multibase) {
		return invalid(field+".id", "name")
	}
	if !isEd25519(k.Multibase) {
		return invalid(field, "form")
	}
	return nil
}

// isEd25519 accepts what looks like an Ed25519 key in base 58: whether it is one is
// for package proof to say.
func isEd25519(multibase string) bool {
	rest, ok := strings.CutPrefix(multibase, "z6Mk")
	return ok && len(rest) == 44 && strings.Trim(rest, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz") == ""
}

func isKey(pem string) bool {
	return strings.HasPrefix(pem, "-----BEGIN PUBLIC KEY-----\n") && len(pem) <= MaxString
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func filled(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func oneOf(field, value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	return invalid(field, "code")
}

func optional(field, value string, lists ...string) error {
	if value == "" {
		return nil
	}
	return code(field, value, lists...)
}

func codes(field string, values []string, lists ...string) error {
	if len(values) > MaxCodes {
		return invalid(field, "too_many")
	}
	seen := make(map[string]bool, len(values))
	for i, v := range values {
		if err := code(index(field, i), v, lists...); err != nil {
			return err
		}
		if seen[v] {
			return invalid(index(field, i), "twice")
		}
		seen[v] = true
	}
	return nil
}

// isCode accepts what a vocabulary may hold: short, ASCII, no spaces, and
// therefore no sentence, name or address.
func isCode(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	digits := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c == '_', c == '-', c == '+', c == '.':
			digits = 0
		case c >= '0' && c <= '9':
			if digits++; digits > 7 {
				return false // no code is a number of this length; a telephone or identity number is
			}
		default:
			return false
		}
	}
	return true
}

func isVersioned(s string) bool {
	name, version, ok := strings.Cut(s, "/")
	return ok && isCode(name) && isCode(version)
}

func isDate(s string) bool {
	_, err := time.Parse("2006-01-02", s)
	return err == nil
}

// isInstant accepts a whole second in UTC.
func isInstant(s string) bool {
	t, err := time.Parse(time.RFC3339, s)
	return err == nil && t.Location() == time.UTC && t.Nanosecond() == 0
}

func isMonth(s string) bool {
	_, err := time.Parse("2006-01", s)
	return err == nil
}

func isDigest(s string) bool {
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, "SHA-256="))
	return err == nil && len(sum) == 32 && strings.HasPrefix(s, "SHA-256=")
}

// CheckActor reports the first reason why an actor document may not be published
// or believed: form, and that all it points to lives on its own server.
func CheckActor(a Actor) error {
	if CheckIRI(a.ID) != nil {
		return invalid("id", "iri")
	}
	for _, p := range []struct {
		name, iri string
		need      bool
	}{
		{"inbox", a.Inbox, true}, {"publicKey.id", a.KeyID, true}, {"outbox", a.Outbox, false},
		{"endpoints.sharedInbox", a.SharedInbox, false}, {"url", a.URL, false}, {"members", a.Members, false}, {"applications", a.Door, false},
	} {
		if p.iri == "" && !p.need {
			continue
		}
		if err := hosted(p.name, p.iri, a.ID); err != nil {
			return err
		}
	}
	if !isName(a.Name) {
		return invalid("name", "length")
	}
	if !isCode(a.Username) {
		return invalid("preferredUsername", "code")
	}
	if !isKey(a.PublicKeyPEM) {
		return invalid("publicKey", "form")
	}
	if err := a.Assertion.check("assertionMethod", a.ID); err != nil {
		return err
	}
	return oneOf("type", a.Type, "Organization", "Group", "Application")
}
