package consent_test

import (
	"testing"
	"time"

	"github.com/saphan-network/saphan/node/clinic/consent"
)

const peer = "https://lpn.example/ap/org"

var written = time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)

func good() consent.Record {
	return consent.Record{ID: "a", Purpose: "status_work", Recipient: peer, Scope: consent.ScopeAnonymousOffer, Basis: consent.Explicit,
		TextVersion: "th-3", Language: "th", Medium: consent.Paper, GivenOn: "2026-11-01", ValidUntil: "2027-11-01", RecordedAt: written,
		Special: true}
}

func ask() consent.Query {
	return consent.Query{Purpose: "status_work", Recipient: peer, Today: "2026-11-25"}
}

func TestNoDoubtReleases(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*consent.Record)
		query  func(*consent.Query)
		why    string
	}{
		"expired yesterday":              {func(r *consent.Record) { r.ValidUntil = "2026-11-24" }, nil, consent.WhyExpired},
		"withdrawn":                      {func(r *consent.Record) { r.WithdrawnAt = written.Add(time.Hour) }, nil, consent.WhyWithdrawn},
		"another recipient":              {func(r *consent.Record) { r.Recipient = "https://other.example/ap/org" }, nil, consent.WhyRecipient},
		"recipient with a longer path":   {func(r *consent.Record) { r.Recipient = peer + "/x" }, nil, consent.WhyRecipient},
		"no recipient":                   {func(r *consent.Record) { r.Recipient = "" }, nil, consent.WhyRecipient},
		"another purpose":                {func(r *consent.Record) { r.Purpose = "health" }, nil, consent.WhyPurpose},
		"a minor without guardian":       {nil, func(q *consent.Query) { q.Minor = true }, consent.WhyGuardian},
		"recorded as minor, no guardian": {func(r *consent.Record) { r.Minor = true }, nil, consent.WhyGuardian},
		"no text version":                {func(r *consent.Record) { r.TextVersion = "" }, nil, consent.WhyText},
		"no medium":                      {func(r *consent.Record) { r.Medium = "" }, nil, consent.WhyText},
		"no basis":                       {func(r *consent.Record) { r.Basis = "" }, nil, consent.WhyText},
		"given tomorrow":                 {func(r *consent.Record) { r.GivenOn = "2026-11-26" }, nil, consent.WhyNotYet},
		"never given":                    {func(r *consent.Record) { r.GivenOn = "" }, nil, consent.WhyNotYet},
		"other persons":                  {func(r *consent.Record) { r.Subjects = []string{"p1"} }, func(q *consent.Query) { q.Subjects = []string{"p1", "p2"} }, consent.WhySubject},
		"some persons, all asked":        {func(r *consent.Record) { r.Subjects = []string{"p1"} }, nil, consent.WhySubject},
		"a query without purpose":        {nil, func(q *consent.Query) { q.Purpose = "" }, consent.WhyUnknown},
		"a query without a day":          {nil, func(q *consent.Query) { q.Today = "" }, consent.WhyUnknown},
	} {
		r, q := good(), ask()
		if c.change != nil {
			c.change(&r)
		}
		if c.query != nil {
			c.query(&q)
		}
		g := consent.Resolve([]consent.Record{r}, q)
		if g.Level != consent.LevelNone || g.Why != c.why {
			t.Errorf("%s: level %d, why %q, want none and %q", name, g.Level, g.Why, c.why)
		}
	}
	if g := consent.Resolve(nil, ask()); g.Level != 0 || g.Why != consent.WhyUnknown {
		t.Errorf("no record at all: %+v", g)
	}
	if g := consent.Resolve([]consent.Record{{}}, consent.Query{}); g.Level != 0 {
		t.Errorf("zero values: %+v", g)
	}
}

func TestWithdrawalEndsOlderTwins(t *testing.T) {
	older, later := good(), good()
	later.ID, later.RecordedAt, later.WithdrawnAt = "b", written.Add(time.Hour), written.Add(2*time.Hour)
	if g := consent.Resolve([]consent.Record{older, later}, ask()); g.Level != consent.LevelNone || g.Why != consent.WhyWithdrawn {
		t.Fatalf("an older twin of a withdrawn consent still holds: %+v", g)
	}
	renewed := good()
	renewed.ID, renewed.RecordedAt = "c", written.Add(3*time.Hour)
	if g := consent.Resolve([]consent.Record{older, later, renewed}, ask()); g.ConsentID != "c" || g.Level != consent.LevelSpecial {
		t.Fatalf("a consent given anew does not hold: %+v", g)
	}
}

func TestLevels(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*consent.Record)
		level  int
	}{
		"inside only":         {func(r *consent.Record) { r.Recipient = consent.Inside }, consent.LevelInside},
		"unknown scope":       {func(r *consent.Record) { r.Scope = "everything" }, consent.LevelInside},
		"a basis that stays":  {func(r *consent.Record) { r.Basis = "legal_obligation" }, consent.LevelInside},
		"vital interest":      {func(r *consent.Record) { r.Basis = "vital_interest" }, consent.LevelNetwork},
		"no special":          {func(r *consent.Record) { r.Special = false }, consent.LevelNetwork},
		"special":             {func(*consent.Record) {}, consent.LevelSpecial},
		"whole network":       {func(r *consent.Record) { r.Recipient = consent.Network }, consent.LevelSpecial},
		"last day":            {func(r *consent.Record) { r.ValidUntil = "2026-11-25" }, consent.LevelSpecial},
		"minor with guardian": {func(r *consent.Record) { r.Minor, r.Guardian = true, "ย่า" }, consent.LevelSpecial},
		"without a last day":  {func(r *consent.Record) { r.ValidUntil = "" }, consent.LevelSpecial},
	} {
		r := good()
		c.change(&r)
		g := consent.Resolve([]consent.Record{r}, ask())
		if g.Level != c.level || g.ConsentID != "a" {
			t.Errorf("%s: %+v, want level %d", name, g, c.level)
		}
	}
}

func TestProblemsOfARecord(t *testing.T) {
	bad := consent.Record{Basis: consent.Explicit, Minor: true, GivenOn: "2570-01-01", ValidUntil: "2026-01-01"}
	got := map[string]bool{}
	for _, f := range bad.Problems("2026-11-25") {
		got[f.Name] = true
	}
	for _, name := range []string{"recipient", "scope", "given_on", "valid_until", "text_version", "language", "guardian"} {
		if !got[name] {
			t.Errorf("%s is not reported", name)
		}
	}
	if p := good().Problems("2026-11-25"); len(p) != 0 {
		t.Errorf("a good record has problems: %v", p)
	}
	for _, text := range []string{"anonymous_offer-1", "ฉบับที่ 3", "th-12345", "0000089000005", "th"} { // the gate would let no offer go with it
		r := good()
		r.TextVersion = text
		if p := r.Problems("2026-11-25"); len(p) != 1 || p[0].Name != "text_version" {
			t.Errorf("the text %q: %v", text, p)
		}
	}
}
