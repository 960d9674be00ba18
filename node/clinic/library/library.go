// Package library is what members of the network have learned and told each other:
// lessons in all their versions, what others made of them, and how to find them
// again. Every node and the hub keep the same library, each for itself.
package library

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Words are a text in Thai and, perhaps, in English.
type Words struct{ TH, EN string }

// In returns the text in a language, the Thai one where there is no other.
func (w Words) In(lang string) string {
	if lang == "en" && w.EN != "" {
		return w.EN
	}
	return w.TH
}

// Law is a law, regulation or circular in the version of a day.
type Law struct {
	Name Words
	Date string // ISO, from which that version holds
}

// Text is all that a lesson says. Title, Summary and the names of laws are one line,
// the rest is paragraphs of plain text.
type Text struct {
	Title, Summary                         Words
	Problem, Tried, Worked, Failed, Limits Words
	Laws                                   []Law
	Issue, Status, Office                  string // vocabularies issue, status_family, officeType
	Region, Evidence                       string // vocabularies region, evidence_level
}

// State is where a lesson stands in the library.
type State string

// The states.
const (
	Current   State = "current"
	Review    State = "review"    // a law that it rests on has changed; its authors have to look at it
	Retracted State = "retracted" // taken back; nothing of it is left but that, and why
)

// Lesson is one lesson as members read it.
type Lesson struct {
	ID       string // of its page here, see PageID
	IRI      string // at its author's
	Author   string // IRI of the organisation
	Revision int
	State    State
	Reason   string // of a retraction, a code
	Text     Text   // zero when retracted
	First    time.Time
	Since    time.Time // hour of this version
	Own      bool      // this organisation's own
	PassedOn time.Time // when the hub passed on what is ours; zero before
	Changed  []Law     // laws that have changed since, with the day of the change

	Worked, Partly, Failed int // what others say who tried it
	Questions              int
}

// PageID is the id of a lesson's or remark's page, the same on every server.
func PageID(iri string) string {
	sum := sha256.Sum256([]byte(iri))
	return hex.EncodeToString(sum[:16])
}

// Version is a former version of a lesson.
type Version struct {
	Revision int
	Since    time.Time
	Text     Text
}

// The kinds of remarks.
const (
	Trial = "trial" // it was tried
	Reply = "reply" // a question, or an answer
)

// Remark is what somebody says about a lesson.
type Remark struct {
	ID      string
	IRI     string // at its author's
	Lesson  string // IRI
	About   string // IRI of the lesson, or of the remark that is answered
	Author  string // IRI
	Kind    string
	Result  string // of a trial: worked, partly, failed
	Text    Words
	At      time.Time
	Own     bool
	Retired bool // taken back
}

// Facets narrow a search. Empty ones do not.
type Facets struct{ Issue, Status, Office, Region, Evidence, Author string }

// Query is what somebody looks for.
type Query struct {
	Words  string // all of them must be there
	Facets Facets
	Page   int    // from 1
	Size   int    // 0 means 20
	Gone   bool   // retracted ones too
	Not    string // IRI of one to leave out
	Any    bool   // some of the words are enough; the more, the earlier
}

// Result is one page of what was found.
type Result struct {
	Lessons []Lesson
	Total   int  // at most, since words are looked up in an index of their pieces
	Exact   bool // Total is what it is
	Page    int
	Size    int
	Counts  map[string]map[string]int // by facet and code, among what was found
}

// Shelf keeps the library. All that changes it runs in a transaction.
type Shelf interface {
	// Put keeps a lesson in a version and says whether it was news: an older or the
	// same version is not, nor is any of a lesson that was taken back.
	Put(ctx context.Context, l Lesson) (fresh bool, err error)
	// Get returns a lesson by its page's id, or fault.Missing.
	Get(ctx context.Context, id string) (Lesson, error)
	Versions(ctx context.Context, id string) ([]Version, error) // newest first, without the present one
	// Retract leaves a tombstone, also for what was never here.
	Retract(ctx context.Context, iri, author, reason string, at time.Time) error
	AddRemark(ctx context.Context, r Remark) (fresh bool, err error)
	Remarks(ctx context.Context, lesson string) ([]Remark, error) // oldest first
	// Remark returns a remark by its IRI, or fault.Missing.
	Remark(ctx context.Context, iri string) (Remark, error)
	Search(ctx context.Context, q Query) (Result, error)
}
